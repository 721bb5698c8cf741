"""A restore believes nothing of its file, writes nothing but what a backup holds, and may be cut off anywhere."""

import gzip
import hashlib
import io
import json
import os
import random
import re
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines import log
from pipelines.editions.files import alone
from pipelines.editions.records import Alerts
from pipelines.editions.store import EditionStore
from pipelines.errors import BackupRefused, EditionError, LedgerDamaged, PipelineError
from pipelines.ingest.store import Ledger
from pipelines.nightly import lock
from pipelines.nightly.backup import CONTENTS, LARGEST_BYTES, LARGEST_HEADER_BYTES, LEDGER, ROOM, backup, restore
from tests.conftest import ROOT, Command
from tests.dashboard import editions

SNAPSHOT = "raw/snapshots/wikipedia/knesset-99-20190901T000000000000-abcdef123456.body"


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with two small editions, an alert, a fetched page and a ruling of the desk's."""
    data = tmp_path_factory.mktemp("original") / "data"
    for day in (1, 2):
        editions.publish(data / "processed", as_of=date(2019, 9, day))
    EditionStore(data / "processed").keep("il", Alerts(alerts=[]))
    for name in (SNAPSHOT, "raw/desk/rulings.csv"):
        (data / name).parent.mkdir(parents=True)
        (data / name).write_bytes(b"as it came")
    return data


@pytest.fixture(scope="module")
def saved(original: Path) -> Path:
    backup(original, original.with_name("saved.tar"))
    return original.with_name("saved.tar")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The data folder of a fresh checkout."""
    for name in ("processed/README.md", "raw/electorates/il/elections.csv"):
        (tmp_path / "data" / name).parent.mkdir(parents=True)
        (tmp_path / "data" / name).write_text("shipped\n")
    return tmp_path / "data"


def files(data: Path) -> dict[str, bytes]:
    return {path.relative_to(data).as_posix(): path.read_bytes() for path in data.rglob("*") if path.is_file()}


def tar_of(path: Path, *entries: tuple[tarfile.TarInfo, bytes], after: Path | None = None) -> Path:
    """An archive of these entries and then those of another archive."""
    with tarfile.open(path, "w") as tar:
        for entry, content in entries:
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
        if after:
            with tarfile.open(after) as other:
                for entry in other:
                    tar.addfile(entry, other.extractfile(entry))
    return path


def entry_of(name: str, kind: bytes = tarfile.REGTYPE, linkname: str = "") -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, linkname
    return entry


def assert_refused(source: Path, place: Path, words: str = ".") -> None:
    """Refused in one line, and nothing is there that was not there before."""
    before = files(place)
    with pytest.raises((BackupRefused, EditionError), match=words) as refusal:
        restore(source, place)
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) < 700
    assert files(place) == before
    assert not (place / "processed/restoring").exists()


LINKS = {
    "the lock, which the next run empties": ("processed/refresh.lock", "../raw/electorates/il/elections.csv"),
    "the log, to which the next run appends": ("processed/refresh.log", "../raw/electorates/il/lists.csv"),
    "the changes, which the next run writes": ("processed/changes", "../raw/electorates/il"),
    "a campaign, whose old editions are removed": ("processed/editions/other-1", "../../raw"),
    "a document": ("processed/alerts/il.json", "editions/test-1/2019-09-01-00000000/manifest.json"),
    "the desk's rulings": ("raw/desk/more.csv", "../electorates/il/elections.csv"),
}


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE], ids=["symbolic", "hard"])
@pytest.mark.parametrize("case", LINKS)
def test_a3_a_link_in_a_backup_is_refused(saved: Path, place: Path, tmp_path: Path, case: str, kind: bytes) -> None:
    name, points_to = LINKS[case]
    folder = entry_of("raw", tarfile.DIRTYPE)
    hostile = tar_of(tmp_path / "hostile.tar", (entry_of(name, kind, points_to), b""), (folder, b""), after=saved)
    assert_refused(hostile, place, "no regular file")


@pytest.mark.parametrize("kind", [tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.DIRTYPE])
def test_a3_a_device_a_pipe_or_a_folder_in_a_backup_is_refused(
    saved: Path, place: Path, tmp_path: Path, kind: bytes
) -> None:
    hostile = tar_of(tmp_path / "hostile.tar", (entry_of("processed/alerts/il.json", kind), b""), after=saved)
    assert_refused(hostile, place, "no regular file")


@pytest.mark.parametrize(
    "name",
    [
        "processed/anything.sh",
        "processed/pages/0123456789ab/test-1/e/en/index.html.gz",
        "processed/.hemicycle-x/y",
        "processed/restoring/backup.json",
        "processed/refresh.lock",
        "processed/refresh.log",
        "processed/current/../../raw/electorates/il/elections.csv",
        "processed/current/.hidden",
        "processed/editions/test-1/2019-09-01-00000000/a/b",
        "processed/editions/../../raw/electorates/il/lists.csv",
        "raw/electorates/il/elections.csv",
        "raw/snapshots/../electorates/il/elections.csv",
        "raw/desk/.hidden",
        "/etc/passwd",
        "../escaped",
        "processed/runs.json\n",
        "processed/runs.json/",
        "",
        "processed/editions/test-1/2019-09-01-00000000/" + "a" * 5000,
    ],
)
def test_a3_a_name_that_no_backup_has_is_refused(saved: Path, place: Path, tmp_path: Path, name: str) -> None:
    """Also where the contents name it: whoever plants a file plants its hash beside it."""
    with tarfile.open(saved) as tar:
        contents = json.loads(tar.extractfile(CONTENTS).read())  # type: ignore[union-attr]
    contents["files"][name] = "0" * 64
    planted = (entry_of(name), b"planted"), (entry_of(CONTENTS), json.dumps(contents).encode())
    assert_refused(tar_of(tmp_path / "hostile.tar", *planted, after=saved), place)
    assert not list(tmp_path.parent.rglob("escaped"))


def test_a3_a_file_that_comes_twice_is_refused(saved: Path, place: Path, tmp_path: Path) -> None:
    twice = (entry_of("processed/runs.json"), b"1"), (entry_of("processed/runs.json"), b"2")
    assert_refused(tar_of(tmp_path / "hostile.tar", *twice, after=saved), place, "not the first of that name")


def test_a3_a_file_beyond_measure_is_refused_before_it_is_written(place: Path, tmp_path: Path) -> None:
    entry = entry_of("processed/runs.json")
    entry.size = LARGEST_BYTES + 1
    (tmp_path / "hostile.tar").write_bytes(entry.tobuf())
    assert_refused(tmp_path / "hostile.tar", place, "more than a backup of ours holds")


def test_a3_what_would_unpack_to_more_than_it_takes_is_refused(saved: Path, place: Path, tmp_path: Path) -> None:
    """A sound backup that somebody compressed, and one with a hole in a file."""
    (tmp_path / "packed.tar").write_bytes(gzip.compress(saved.read_bytes()))
    assert_refused(tmp_path / "packed.tar", place, "no backup of ours")
    sparse = entry_of("processed/runs.json")
    sparse.pax_headers = {"GNU.sparse.size": "900000000000", "GNU.sparse.map": "0,0"}
    assert_refused(tar_of(tmp_path / "sparse.tar", (sparse, b""), after=saved), place)


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK])
@pytest.mark.parametrize("size", [1 << 62, 3 << 30, LARGEST_HEADER_BYTES + 1])
def test_a3_a_header_beyond_measure_is_refused_before_it_is_read(
    place: Path, tmp_path: Path, kind: bytes, size: int
) -> None:
    entry = entry_of("x", kind)
    entry.size = size
    (tmp_path / "hostile.tar").write_bytes(entry.tobuf(tarfile.GNU_FORMAT) + bytes(1024))
    assert_refused(tmp_path / "hostile.tar", place, f"a header of {size:,} bytes")


ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c"
STRANGE = {
    "a view without end": f"CREATE VIEW revisions AS {ENDLESS}",
    "a trigger": "CREATE TABLE revisions (x); CREATE TRIGGER t AFTER INSERT ON revisions BEGIN SELECT 1; END",
    "a name that is a statement": """CREATE TABLE "revisions""; ATTACH 'escaped' AS e; --" (x)""",
    "a virtual table": "CREATE VIRTUAL TABLE revisions USING rtree(a, b, c)",
}


@pytest.mark.parametrize("case", STRANGE)
def test_a3_a_ledger_with_what_no_ledger_holds_is_refused_before_it_is_asked(
    saved: Path, place: Path, tmp_path: Path, case: str
) -> None:
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as ledger:
        ledger.executescript(f"{STRANGE[case]}; PRAGMA user_version = 1")
    content = (tmp_path / "ledger.sqlite").read_bytes()
    with tarfile.open(saved) as tar:
        contents = json.loads(tar.extractfile(CONTENTS).read())  # type: ignore[union-attr]
        rest = [(entry, tar.extractfile(entry).read()) for entry in tar if entry.name != CONTENTS]  # type: ignore[union-attr]
    contents["files"][LEDGER] = hashlib.sha256(content).hexdigest()
    planted = (entry_of(LEDGER), content), (entry_of(CONTENTS), json.dumps(contents).encode())
    with pytest.raises(BackupRefused, match=f"its {LEDGER}: holds the .*, which no ledger does .as it was"):
        restore(tar_of(tmp_path / "hostile.tar", *rest, *planted), place)
    with pytest.raises(LedgerDamaged, match="which no ledger does"), Ledger.open(tmp_path / "ledger.sqlite"):
        pass


@pytest.mark.parametrize(
    "contents",
    [
        b"[" * 200_000,
        b'{"format": 1, "files": {}, "editions": Infinity, "polls": 0}',
        b'{"format": 1, "files": {}, "editions": -1, "polls": 0}',
        b'{"format": 1, "files": {}, "editions": ' + b"9" * 5000 + b', "polls": 0}',
        b'{"format": 1, "files": [], "editions": 0, "polls": 0}',
        b'{"format": 1, "files": {"processed/runs.json": 7}, "editions": 0, "polls": 0}',
        b'{"format": 99, "files": {}, "editions": 0, "polls": 0}',
        b"\xff\xfe",
        b"",
        b"null",
    ],
)
def test_a3_contents_that_make_no_sense_are_refused_in_words(place: Path, tmp_path: Path, contents: bytes) -> None:
    assert_refused(tar_of(tmp_path / "hostile.tar", (entry_of(CONTENTS), contents)), place)


def test_a3_whatever_byte_of_a_backup_is_changed_it_is_restored_or_refused(
    saved: Path, original: Path, tmp_path: Path
) -> None:
    """Only bytes that carry nothing, such as a time or a name of an owner, may change without being noticed."""
    rng, content = random.Random(16), saved.read_bytes()
    refused = 0
    for number in range(150):
        changed = bytearray(content)
        for _ in range(rng.choice((1, 1, 8))):  # headers are 512 bytes each, and most of the file is content
            at = rng.randrange(len(content)) if number % 2 else 512 * rng.randrange(len(content) // 512)
            changed[min(at + rng.randrange(160), len(content) - 1)] ^= 1 << rng.randrange(8)
        place = tmp_path / str(number)
        (tmp_path / "changed.tar").write_bytes(bytes(changed) if number % 5 else content[: rng.randrange(len(content))])
        try:
            restore(tmp_path / "changed.tar", place)
        except (PipelineError, EditionError):
            refused += 1
            assert files(place) == {}
        else:
            assert {**files(place), "processed/ledger.sqlite": b""} == {
                **files(original),
                "processed/ledger.sqlite": b"",
            }
    assert refused > 50


def test_what_is_restored_may_be_read_by_the_web_server(saved: Path, tmp_path: Path) -> None:
    umask = os.umask(0o077)
    try:
        restore(saved, tmp_path / "data")
    finally:
        os.umask(umask)
    for path in (tmp_path / "data").rglob("*"):
        assert path.stat().st_mode & 0o044 == 0o044, path


def test_a_backup_leaves_out_what_restore_would_refuse_and_says_so(
    original: Path, place: Path, tmp_path: Path, command: Command
) -> None:
    data = place.with_name("mine")
    restore(backup_of(original, tmp_path), data)
    strange = data / "raw/desk/what the desk.noted?", data / "processed/editions/test-1/a copy/x"
    for path in strange:
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    done = command("pipelines", "backup", tmp_path / "more.tar", "--data-dir", data)
    assert done.returncode == 3, done.stderr
    assert done.stderr.count("left out") == 2
    restore(tmp_path / "more.tar", place)
    assert files(place).keys() - files(data).keys() == {"processed/README.md", "raw/electorates/il/elections.csv"}


def backup_of(original: Path, tmp_path: Path) -> Path:
    backup(original, tmp_path / "mine.tar")
    return tmp_path / "mine.tar"


# Cut off and run again


class Renames:
    """Counts renames into a place, in a forked child, and acts before the n-th; the n-th of none is all."""

    def __init__(self, place: Path, at: int, act: Callable[[], None]) -> None:
        self.count, self._place, self._at, self._act = 0, str(place), at, act

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "os.rename" and self._place in str(arguments[1]):
            self.count += 1
            if self.count == self._at:
                self._act()


def restored_until(saved: Path, place: Path, rename: int) -> int:
    """A restore in a child that is killed before its n-th rename; its exit code, or minus the signal."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            sys.addaudithook(Renames(place, rename, lambda: os.kill(os.getpid(), signal.SIGKILL)))
            with lock.hold(place / "processed"):
                restore(saved, place)
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_a4_a_restore_that_was_killed_anywhere_can_be_run_again_at_once(
    saved: Path, original: Path, tmp_path: Path
) -> None:
    """Before each of its renames in turn, until it gets through; and in the middle of unpacking."""
    for rename in range(1, 30):
        place = tmp_path / str(rename)
        if restored_until(saved, place, rename) == 0:
            break
        assert restore(saved, place).editions == 2, f"killed before rename {rename}"
        assert files(place).keys() == {*files(original), "processed/refresh.lock"}
        assert EditionStore(place / "processed").current() == EditionStore(original / "processed").current()
        assert not [path for path in place.rglob("*") if path.name.startswith(".") or path.name == "restoring"]
    assert rename > 6


def test_a4_what_a_backup_that_was_killed_left_is_swept_and_anothers_is_not(original: Path, tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        os.replace = lambda *_names: os.kill(os.getpid(), signal.SIGKILL)
        backup(original, tmp_path / "a.tar")
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert len(list(tmp_path.glob(".hemicycle-*/backup.tar"))) == 1
    at_work = tmp_path / f"{ROOM}at-work"
    at_work.mkdir()
    with alone(at_work):
        backup(original, tmp_path / "a.tar")
    assert {path.name for path in tmp_path.iterdir()} == {"a.tar", at_work.name}


def test_a4_no_other_backup_sweeps_a_room_before_it_is_held(
    original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, is_held = tempfile.mkdtemp, []

    def made_while_held(**wanted: Any) -> str:
        with pytest.raises(BlockingIOError), alone(tmp_path, waits=False):
            pass
        is_held.append(True)
        return make(**wanted)

    monkeypatch.setattr(tempfile, "mkdtemp", made_while_held)
    backup(original, tmp_path / "a.tar")
    assert is_held


def test_a4_what_was_unpacked_before_a_kill_is_swept(saved: Path, place: Path) -> None:
    (place / "processed/.hemicycle-left/restoring/processed").mkdir(parents=True)
    (place / "raw/.hemicycle-desk").mkdir()
    restore(saved, place)
    assert not list(place.rglob(".hemicycle-*"))


def half_restored(saved: Path, place: Path) -> None:
    for rename in range(2, 9):  # the first is what commits to it
        assert restored_until(saved, place, rename) == -signal.SIGKILL
        if (place / "processed/editions").exists():
            return
    pytest.fail("no restore was cut off half-way")


def test_a4_nobody_writes_into_a_place_that_is_half_restored(saved: Path, place: Path, command: Command) -> None:
    half_restored(saved, place)
    for arguments in (("refresh", "--election", "knesset-22", "--offline"), ("rebuild",)):
        done = command("pipelines", *arguments, "--data-dir", place)
        assert done.returncode == 1
        assert "a restore was cut off here; run it again first" in done.stderr
    with pytest.raises(BackupRefused, match="cut off here"):
        backup(place, place.with_name("half.tar"))
    done = command("pipelines", "restore", saved, "--data-dir", place)
    assert done.returncode == 0, done.stderr
    assert (place / SNAPSHOT).read_bytes() == b"as it came"


def test_a4_another_backup_is_not_mixed_into_one_that_was_cut_off(saved: Path, place: Path, tmp_path: Path) -> None:
    half_restored(saved, place)
    editions.publish(tmp_path / "other/processed", "other-1")
    backup(tmp_path / "other", tmp_path / "other.tar")
    before = files(place)
    with pytest.raises(BackupRefused, match="another backup"):
        restore(tmp_path / "other.tar", place)
    assert files(place) == before


def test_a_restore_onto_two_disks_copies_what_cannot_be_renamed(
    saved: Path, original: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def over_one_disk(path: Path, target: Path) -> Path:
        if "restoring" in str(path) and "/raw/" in str(target) and "/processed/" not in str(target):
            raise OSError(18, "Invalid cross-device link", str(path))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", over_one_disk)
    restore(saved, place)
    shipped = {"processed/README.md", "raw/electorates/il/elections.csv"}
    assert files(place).keys() - shipped == files(original).keys()


# Links where the lock and the log are written


def test_a3_a_lock_that_is_a_link_is_refused_and_what_it_points_to_is_left(place: Path) -> None:
    (place / "processed/refresh.lock").symlink_to("../raw/electorates/il/elections.csv")
    with pytest.raises(OSError, match=r"a link or no regular file.*refresh\.lock"), lock.hold(place / "processed"):
        pass
    assert (place / "raw/electorates/il/elections.csv").read_text() == "shipped\n"


def test_a3_a_lock_that_is_a_pipe_is_refused_at_once(place: Path) -> None:
    os.mkfifo(place / "processed/refresh.lock")
    with pytest.raises(OSError, match="no regular file"), lock.hold(place / "processed"):
        pass


def test_a3_a_log_that_is_a_link_adds_nothing_to_what_it_points_to(place: Path) -> None:
    (place / "processed/refresh.log").symlink_to("../raw/electorates/il/elections.csv")
    with log.recorded(place / "processed"):
        log.say("one event")
    assert (place / "raw/electorates/il/elections.csv").read_text() == "shipped\n"


def test_a3_a_log_of_its_own_is_written(place: Path) -> None:
    for event in ("first", "second"):
        with log.recorded(place / "processed"):
            log.say(event)
    lines = (place / "processed/refresh.log").read_text().splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["first", "second"]


def test_a_backup_of_the_first_format_brings_its_pointers_and_the_order_of_its_files_times(
    original: Path, place: Path, tmp_path: Path
) -> None:
    """`current.json` for all campaigns, and of two editions of a day the one whose manifest was written last."""
    names = [f"editions/test-1/2019-09-02-{mark}" for mark in ("aaa", "bbb", "ccc")]
    sound = original / "processed/editions/test-1/2019-09-02-00000000"
    entries, hashes = [], {}
    for name, written in zip(names, (30, 10, 20), strict=True):
        for path in sorted(sound.iterdir()):
            entry, content = entry_of(f"processed/{name}/{path.name}"), path.read_bytes()
            entry.mtime = written
            entries.append((entry, content))
    entries.append((entry_of("processed/current.json"), b'{"test-1": "2019-09-02-aaa"}'))
    hashes = {entry.name: hashlib.sha256(content).hexdigest() for entry, content in entries}
    contents = {"format": 1, "editions": 3, "polls": 0, "files": hashes}
    old = tar_of(tmp_path / "old.tar", *entries, (entry_of(CONTENTS), json.dumps(contents).encode()))
    restore(old, place)
    store = EditionStore(place / "processed")
    assert store.pointer_faults() == {}
    assert [edition.id[-3:] for edition in store.all("test-1")] == ["bbb", "ccc", "aaa"]
    assert store.current() == {"test-1": "2019-09-02-aaa"}


# A disk that is full


def with_room_for(kilobytes: int, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """A command of ours on a disk that takes no file of more than that."""
    command = shlex.join(map(str, (sys.executable, "-m", "pipelines", *arguments)))
    limited = ["bash", "-c", f"ulimit -f {kilobytes}; exec {command}"]
    return subprocess.run(limited, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)


@pytest.mark.parametrize("kilobytes", [1, 40, 100])
def test_f29_a_full_disk_while_backing_up_names_the_file_and_leaves_nothing(
    original: Path, tmp_path: Path, kilobytes: int
) -> None:
    data = tmp_path / "data"
    shutil.copytree(original, data)
    with Ledger.open(data / "processed/ledger.sqlite"):
        pass
    done = with_room_for(kilobytes, "backup", tmp_path / "saved.tar", "--data-dir", data)
    assert done.returncode == 1, done.stderr
    assert f"error: {tmp_path / 'saved.tar'}" in done.stderr, done.stderr
    assert "rebuild" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


@pytest.mark.parametrize("kilobytes", [1, 6])
def test_f29_a_full_disk_while_restoring_names_the_file_and_leaves_nothing(
    saved: Path, place: Path, kilobytes: int
) -> None:
    done = with_room_for(kilobytes, "restore", saved, "--data-dir", place)
    assert done.returncode == 1, done.stderr
    assert re.search(rf"error: {place / 'processed'}/\S+: File too large", done.stderr), done.stderr
    assert files(place).keys() == {"processed/README.md", "processed/refresh.lock", "raw/electorates/il/elections.csv"}
    assert restore(saved, place).editions == 2
