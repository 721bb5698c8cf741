"""One writer at a time: a lock on a file that the kernel releases when its owner ends, however it ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.editions.files import naming
from pipelines.errors import AlreadyRunning, RawDataError

LOCK_FILE = "refresh.lock"


@contextmanager
def writing(data_dir: Path) -> Iterator[None]:
    """Hold the lock of a data folder; raises RawDataError where the folder is none, and leaves nothing in it."""
    if not (data_dir / "raw" / "electorates").is_dir():
        raise RawDataError(
            f"{data_dir}: no raw/electorates in it; give the folder that ships as data/ with --data-dir,"
            " or put raw/electorates of this release into it"
        )
    with hold(data_dir / "processed"):
        yield


@contextmanager
def hold(processed: Path) -> Iterator[None]:
    """Hold the lock of a `data/processed` folder; raises AlreadyRunning at once where another process does.

    The file stays; its text, the owner's process id, is there for the message alone. A dead owner holds nothing.
    """
    processed.mkdir(parents=True, exist_ok=True)
    path = processed / LOCK_FILE
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
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
