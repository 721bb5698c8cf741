"""One writer at a time: the second is told at once, a dead owner holds nothing."""

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipelines.electorate.folder import electorates_of
from pipelines.errors import AlreadyRunning
from pipelines.nightly import lock

HOLD = """import sys, time
from pathlib import Path
from pipelines.nightly import lock
with lock.hold(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def worked() -> float:
    """Seconds of processor time of the processes that have ended: a busy machine makes them wait, not work."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.fixture
def owner(root: Path, tmp_path: Path) -> Any:
    """A process that holds the lock of `tmp_path/processed`."""
    folder = tmp_path / "processed"
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], cwd=root, stdout=subprocess.PIPE, text=True, env={**os.environ}
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_the_second_is_out_in_less_than_a_second_and_names_the_first(owner: Any, tmp_path: Path, command: Any) -> None:
    (tmp_path / "raw").symlink_to(Path("data/raw").absolute())
    took = []
    for _ in range(3):
        before = worked()
        done = command("pipelines", "refresh", "--election", "knesset-22", "--data-dir", tmp_path)
        took.append(worked() - before)
        assert done.returncode == 1
        assert done.stderr.startswith(f"error: already running: process {owner.pid} holds ")
        assert done.stderr.count("\n") == 1
    assert min(took) < 1.0, took
    assert sorted(path.name for path in (tmp_path / "processed").iterdir()) == ["refresh.lock"]


def test_a_dead_owner_holds_nothing(owner: Any, tmp_path: Path) -> None:
    folder = tmp_path / "processed"
    with pytest.raises(AlreadyRunning, match=str(owner.pid)), lock.hold(folder):
        pass
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    assert (folder / "refresh.lock").read_text() == f"{owner.pid}\n", "the dead owner's name still stands there"
    with lock.hold(folder):
        assert (folder / "refresh.lock").read_text() == f"{os.getpid()}\n"


def test_the_lock_is_free_again_after_use_and_after_an_error(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), lock.hold(tmp_path):
            _ = 1 / 0
    with lock.hold(tmp_path), pytest.raises(AlreadyRunning), lock.hold(tmp_path):
        pass


@pytest.mark.parametrize(
    "arguments",
    [
        ("refresh", "--election", "knesset-22"),
        ("rebuild",),
        ("import", "{file}", "--source", "csv", "--election", "knesset-22"),
        ("quarantine", "accept", "x", "--as", "as-printed", "--why", "y"),
    ],
)
def test_a_mistyped_data_folder_is_refused_and_nothing_is_left_in_it(
    arguments: tuple[str, ...], tmp_path: Path, command: Any
) -> None:
    (tmp_path / "typed").mkdir()
    (tmp_path / "polls.csv").write_text("")
    options = [part.format(file=tmp_path / "polls.csv") for part in arguments]
    wrong = command("pipelines", *options, "--data-dir", tmp_path / "typed")
    assert wrong.returncode == 1
    assert "no raw/electorates in it; give the folder" in wrong.stderr
    assert list((tmp_path / "typed").iterdir()) == []
    absent = command("pipelines", *options, "--data-dir", tmp_path / "absent")
    assert absent.returncode == 2
    assert not (tmp_path / "absent").exists()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "raw").symlink_to(Path("data/raw").absolute())
    return tmp_path


def test_two_electorates_are_refreshed_at_once_and_one_never_twice(place: Path) -> None:
    with lock.refreshing(place, ["il"]) as first:
        assert first
        with lock.refreshing(place, ["se"]) as second:
            assert not second, "what the other is writing must not be swept away"
        with pytest.raises(AlreadyRunning, match=r"refresh-il\.lock"), lock.refreshing(place, ["il", "se"]):
            pass
        with lock.refreshing(place, ["se"]):
            pass


def test_what_changes_the_whole_folder_waits_for_every_refresh(place: Path) -> None:
    with lock.refreshing(place, ["se"]), pytest.raises(AlreadyRunning, match=r"refresh\.lock"), lock.writing(place):
        pass
    with lock.writing(place), pytest.raises(AlreadyRunning, match=r"refresh\.lock"), lock.refreshing(place, ["se"]):
        pass


def test_an_election_is_refreshed_under_its_electorates_lock(root: Path) -> None:
    raw = root / "data" / "raw"
    assert electorates_of(raw, "knesset-22") == ("il",)
    assert electorates_of(raw, "se-2022") == ("se",)
    assert electorates_of(raw, "all-live") == tuple(sorted(path.name for path in (raw / "electorates").iterdir()))
    assert electorates_of(raw, "knesset-2") == ()
