"""Nights that are killed, or whose disk refuses: whole or not at all, and the rerun as if nothing had happened."""

import resource
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.editions.store import EditionStore
from tests.pipelines import nights
from tests.remembered import warm

pytestmark = pytest.mark.slow
STEP = 4  # writes: a file takes three and a record five, so that each of theirs comes up


@pytest.fixture(scope="module", autouse=True)
def remembered() -> Iterator[None]:
    """Tonight's numbers are worked out once: a night is then its reads and writes (`make soak` kills whole ones)."""
    with pytest.MonkeyPatch.context() as patch:
        nights.remember_work(patch)
        yield


@pytest.fixture(scope="module")
def base(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    warm(root / "data" / "raw", nights.ELECTION, nights.TONIGHT)
    return nights.yesterday(tmp_path_factory.mktemp("base") / "data", root / "data" / "raw")


@pytest.fixture(scope="module")
def clean(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = nights.copy(base, tmp_path_factory.mktemp("clean") / "data")
    assert nights.night_here(folder, nights.TONIGHT) == 0
    return folder


@pytest.fixture
def data_dir(base: Path, tmp_path: Path) -> Iterator[Path]:
    yield nights.copy(base, tmp_path / "data")
    shutil.rmtree(tmp_path)


@pytest.mark.usefixtures("clean")
def test_ten_nights_killed_at_random_moments(base: Path, tmp_path: Path) -> None:
    seen = nights.random_kills(tmp_path, base, count=10, seed=6)
    assert sum(seen.values()) == 10


def test_a_night_killed_at_each_of_its_writes(base: Path, clean: Path, tmp_path: Path) -> None:
    writes = nights.writes_of_a_night(base, tmp_path / "counted")
    assert writes.count > 40
    for at in writes.points(STEP):
        data_dir = nights.copy(base, tmp_path / f"at-{at}")
        assert nights.ended(nights.spawn(data_dir, nights.TONIGHT, nights.Writes(at, nights.die).install)) == -9, at
        nights.assert_served(data_dir)
        if at % 5 == 0 or at == writes.count:
            nights.assert_as_if_nothing_had_happened(data_dir, clean)
        shutil.rmtree(data_dir)


@pytest.mark.parametrize("most_bytes", [0, 60, 400, 3_000, 12_000])
def test_f28_a_night_killed_in_the_middle_of_a_write(most_bytes: int, data_dir: Path, clean: Path) -> None:
    """By the kernel, in the write that takes a file beyond a limit: what lies there is cut at that byte."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))

    assert nights.ended(nights.spawn(data_dir, nights.TONIGHT, limit)) == -signal.SIGXFSZ
    nights.assert_served(data_dir)
    assert EditionStore(data_dir / "processed").pointer_faults() == {}
    nights.assert_as_if_nothing_had_happened(data_dir, clean)


def test_a_disk_that_fails_each_write_in_turn(base: Path, clean: Path, tmp_path: Path) -> None:
    """Exit 1 naming a path, or done where only the log or a leftover was refused; yesterday's is served meanwhile."""
    for at in nights.writes_of_a_night(base, tmp_path / "counted").points(STEP, first=2):
        data_dir = nights.copy(base, tmp_path / f"at-{at}")
        output = tmp_path / f"said-{at}"
        writes = nights.Writes(at, nights.fill_disk)
        code = nights.ended(nights.spawn(data_dir, nights.TONIGHT, writes.install, output))
        assert code in (0, 1), output.read_text()
        assert "Traceback" not in output.read_text()
        if code:
            last = output.read_text().strip().splitlines()[-1]
            assert last.startswith("error: "), last
            assert str(data_dir / "processed") in last, last
        nights.assert_served(data_dir)
        if at % 5 == 1:
            nights.assert_as_if_nothing_had_happened(data_dir, clean)
        shutil.rmtree(data_dir)


@pytest.mark.parametrize("most_bytes", [0, 500, 5_000, 12_000])
def test_a_disk_that_is_full(most_bytes: int, data_dir: Path, clean: Path) -> None:
    """A limit the kernel holds: no file may grow beyond it, whoever writes it."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))

    code = nights.ended(nights.spawn(data_dir, nights.TONIGHT, limit))
    assert code == 1
    nights.assert_served(data_dir)
    nights.assert_as_if_nothing_had_happened(data_dir, clean)
