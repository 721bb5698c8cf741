"""What a kill in the middle of a write or a power cut leaves: the old bytes or the new, never half of them."""

import errno
import json
import os
import resource
import signal
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines.editions import files
from pipelines.editions.files import ASIDE, packed, replace, sweep, sync_folder, unpacked, write_folder, write_through
from pipelines.editions.objects import Folder
from pipelines.editions.schema import Manifest
from pipelines.editions.store import EditionStore

OLD, NEW = b"old" * 2000, b"new" * 2000


def in_child(work: Callable[[], None]) -> int:
    """Do it in a forked child; its exit code, or minus the signal that ended it."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed_after(most_bytes: int, work: Callable[[], None]) -> int:
    """The kernel kills the child in the middle of the write that takes a file beyond so many bytes."""

    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
        work()

    return in_child(limited)


@pytest.mark.parametrize("most_bytes", [0, 1, 3000, 5999])
def test_f28_a_kill_in_the_middle_of_a_write_leaves_the_old_file(tmp_path: Path, most_bytes: int) -> None:
    path = tmp_path / "current"
    path.write_bytes(OLD)
    assert killed_after(most_bytes, lambda: replace(path, NEW)) == -signal.SIGXFSZ
    assert path.read_bytes() == OLD
    sweep(tmp_path)
    assert list(tmp_path.iterdir()) == [path]
    replace(path, NEW)
    assert path.read_bytes() == NEW


@pytest.mark.parametrize("most_bytes", [0, 10, 200])
def test_f28_a_kill_in_the_middle_of_an_edition_leaves_none(tmp_path: Path, most_bytes: int) -> None:
    store = EditionStore(tmp_path)
    store.publish(manifest("2019-09-10"), {"a.json": b"{}"})
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    files = {"a.json": os.urandom(3000).hex().encode(), "b.parquet": b"x" * 3000}
    assert killed_after(most_bytes, lambda: _publish(tmp_path, "2019-09-11", files)) == -signal.SIGXFSZ
    store.sweep()
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    assert not list(tmp_path.rglob(f"{ASIDE}*"))


def _publish(processed: Path, day: str, files: dict[str, bytes]) -> None:
    EditionStore(processed).publish(manifest(day), files)


def manifest(day: str) -> Manifest:
    return Manifest(
        election="e",
        as_of=date.fromisoformat(day),
        kind="live",
        edition=f"{day}-aaa",
        inputs={},
        code="c",
        libraries={},
        parameters={},
        files={},
    )


@dataclass(frozen=True)
class Step:
    """One thing told to the disk: a file or folder it must have by then, or a rename, with what lay under the name."""

    kind: str  # "write": a file that was synced, "fsync": a folder that was, "rename"
    path: str
    target: str
    inodes: dict[str, int]  # inode → size of every file under the path at that moment


def traced(tmp_path: Path, work: Callable[[], None]) -> list[Step]:
    """Every fsync and rename of some work, in order; the work is done in a child, where a hook may stay."""
    steps_file = tmp_path / "told"

    def recorded() -> None:
        steps: list[dict[str, Any]] = []
        real = os.fsync

        def fsync(handle: int) -> None:
            path = os.readlink(f"/proc/self/fd/{handle}")
            kind = "fsync" if Path(path).is_dir() else "write"
            steps.append({"kind": kind, "path": path, "target": "", "inodes": _inodes(Path(path))})
            real(handle)

        def hear(event: str, arguments: tuple[Any, ...]) -> None:
            if event == "os.rename":
                source, target = str(arguments[0]), str(arguments[1])
                steps.append({"kind": "rename", "path": source, "target": target, "inodes": _inodes(Path(source))})

        os.fsync = fsync
        sys.addaudithook(hear)
        work()
        steps_file.write_text(json.dumps(steps))

    assert in_child(recorded) == 0
    return [Step(**step) for step in json.loads(steps_file.read_text())]


def _inodes(path: Path) -> dict[str, int]:
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return {str(file.stat().st_ino): file.stat().st_size for file in files}


def assert_durable(steps: list[Step], pointed_at: str) -> None:
    """By a rename the disk has the whole content of each file under it, and before a pointer turns, their names too."""
    on_disk: dict[str, int] = {}
    names_to_sync: set[str] = set()
    for step in steps:
        if step.kind == "fsync":
            names_to_sync.discard(step.path)
            continue
        if step.kind == "write":
            on_disk |= step.inodes
            continue
        missing = {inode for inode, size in step.inodes.items() if on_disk.get(inode) != size}
        assert missing == set(), f"renamed to {step.target} before the disk had its content"
        if pointed_at in step.target:
            assert names_to_sync == set(), f"{step.target} turned before the disk had a name it may point to"
        names_to_sync.add(str(Path(step.target).parent))
    assert names_to_sync == set(), "the last names were left to chance"


@pytest.mark.parametrize("content", [b"small enough to wait in a buffer", NEW])
def test_f28_a_replaced_file_is_on_the_disk_before_its_name_and_its_name_before_the_end(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "a").write_bytes(OLD)
    steps = traced(tmp_path, lambda: replace(tmp_path / "a", content))
    assert [step.kind for step in steps] == ["write", "rename", "fsync"]
    assert_durable(steps, "/a")


def test_f28_an_edition_is_on_the_disk_before_its_pointer_turns(tmp_path: Path) -> None:
    _publish(tmp_path, "2019-09-10", {"a.json": b"{}"})
    files = {"a.json": b"{}", "b.json": b"{}", "c.parquet": b"x" * 3000}
    steps = traced(tmp_path, lambda: _publish(tmp_path, "2019-09-11", files))
    assert [Path(step.target).name for step in steps if step.kind == "rename"] == ["2019-09-11-aaa", "e"]
    assert_durable(steps, "/current/")


@pytest.mark.parametrize("content", [b"", b"text", packed(b"text")[:-9], packed(b"text" * 300)[:20]])
def test_a3_what_is_no_whole_gzip_is_refused(content: bytes) -> None:
    with pytest.raises(zlib.error):
        unpacked(content)


def test_a3_what_unpacks_to_more_than_a_document_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_UNPACKED_BYTES", 1000)
    assert unpacked(packed(bytes(1000))) == bytes(1000)
    with pytest.raises(zlib.error, match="more than 1,000 bytes"):
        unpacked(packed(bytes(1001)))


def test_f29_an_error_without_a_name_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel knows a number where a write or a sync fails, not a name."""

    def fail(_handle: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", fail)
    for work, named in ((write_through, tmp_path / "a"), (lambda path, _: sync_folder(path), tmp_path)):
        with pytest.raises(OSError, match="Input/output error") as refused:
            work(named, b"1")
        assert refused.value.filename == str(named)


def test_f28_a_folder_that_is_filled_is_on_the_disk_when_it_is_done(tmp_path: Path) -> None:
    (tmp_path / "aside").mkdir()
    steps = traced(tmp_path, lambda: write_folder(tmp_path / "aside", {"a": b"1", "b": b"22"}))
    assert [Path(step.path).name for step in steps] == ["a", "b", "aside"]
    assert [sum(step.inodes.values()) for step in steps] == [1, 2, 3]


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_a1_what_is_no_file_is_refused_at_once(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """A pipe would be waited for until somebody writes, by every request of every reader."""
    make(tmp_path / "manifest.json")
    with pytest.raises(OSError, match="no regular file; remove it") as refused:
        Folder(tmp_path).get("manifest.json")
    assert refused.value.filename == str(tmp_path / "manifest.json")
