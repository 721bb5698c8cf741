"""One writer at a time: a lock on a file that the kernel releases when its owner ends, however it ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.editions.files import make_folder, naming, open_itself
from pipelines.errors import AlreadyRunning, BackupRefused, RawDataError

LOCK_FILE = "refresh.lock"
RESTORING = "restoring"  # a folder beside it while what a backup held is moved into place


@contextmanager
def writing(data_dir: Path) -> Iterator[None]:
    """Hold the lock of a data folder; raises RawDataError where the folder is none, and leaves nothing in it."""
    if not (data_dir / "raw" / "electorates").is_dir():
        raise RawDataError(
            f"{data_dir}: no raw/electorates in it; give the folder that ships as data/ with --data-dir,"
            " or put raw/electorates of this release into it"
        )
    with hold(data_dir / "processed"):
        unfinished = data_dir / "processed" / RESTORING
        if unfinished.exists():
            raise BackupRefused(f"{unfinished}: a restore was cut off here; run it again first, it goes on from there")
        yield


@contextmanager
def hold(processed: Path) -> Iterator[None]:
    """Hold the lock of a `data/processed` folder; raises AlreadyRunning at once where another process does.

    The file stays; its text, the owner's process id, is there for the message alone. A dead owner holds nothing.
    """
    make_folder(processed)
    path = processed / LOCK_FILE
    handle = open_itself(path, os.O_RDWR)  # a link in its place would have another file emptied
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.read(handle, 20).decode("ascii", "replace").strip() or "unknown"
            raise AlreadyRunning(f"already running: process {owner} holds {path}; wait until it has ended") from None
        with naming(path):
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)
