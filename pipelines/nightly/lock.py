"""One writer an electorate: locks on files that the kernel releases when their owner ends, however it ends."""

import fcntl
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path

from pipelines.editions.files import make_folder, naming, open_itself
from pipelines.errors import AlreadyRunning, BackupRefused, RawDataError
from pipelines.settings import ledger_of

LOCK_FILE = "refresh.lock"
EVERYTHING = "all electorates"
OUTBOX_LOCK = "outbox.lock"
RESTORING = "restoring"  # a folder beside it while what a backup held is moved into place


@contextmanager
def writing(data_dir: Path) -> Iterator[None]:
    """Hold a data folder alone; raises RawDataError where the folder is none, and leaves nothing in it."""
    _refuse_no_data(data_dir)
    with hold(data_dir / "processed"), _elsewhere(data_dir, [EVERYTHING]):
        _refuse_cut_off(data_dir / "processed")
        yield


def _refuse_no_data(data_dir: Path) -> None:
    if not (data_dir / "raw" / "electorates").is_dir():
        raise RawDataError(
            f"{data_dir}: no raw/electorates in it; give the folder that ships as data/ with --data-dir,"
            " or put raw/electorates of this release into it"
        )


def _refuse_cut_off(processed: Path) -> None:
    unfinished = processed / RESTORING
    if unfinished.exists():
        raise BackupRefused(f"{unfinished}: a restore was cut off here; run it again first, it goes on from there")


@contextmanager
def refreshing(data_dir: Path, electorates: Iterable[str]) -> Iterator[bool]:
    """Hold the locks of some electorates, beside refreshes of others; AlreadyRunning where one of them is held.

    Yields whether nobody else writes: only then may what a run that was cut off left behind be swept away.
    """
    _refuse_no_data(data_dir)
    processed = data_dir / "processed"
    names = sorted(set(electorates))
    with ExitStack() as held:
        is_alone = held.enter_context(_locked(processed / LOCK_FILE, is_shared=True))
        for electorate in names:
            held.enter_context(_locked(processed / f"refresh-{electorate}.lock"))
        held.enter_context(_elsewhere(data_dir, names, [EVERYTHING]))
        _refuse_cut_off(processed)
        yield is_alone


def _elsewhere(data_dir: Path, alone: Sequence[str], beside: Sequence[str] = ()) -> AbstractContextManager[None]:
    """The same locks for other machines, where they share a ledger in a database."""
    where = ledger_of(data_dir / "processed")
    if isinstance(where, Path):
        return nullcontext()
    from pipelines.ingest.store import holding  # a second run is told so before it has loaded what takes time

    return holding(where, alone, beside)


@contextmanager
def sending(processed: Path) -> Iterator[None]:
    """Hold the channels' outbox, so that nobody is told twice; waits for it."""
    with _locked(processed / OUTBOX_LOCK, is_patient=True):
        yield


@contextmanager
def hold(processed: Path) -> Iterator[None]:
    """Hold the lock of a `data/processed` folder alone; raises AlreadyRunning at once where another process has it."""
    with _locked(processed / LOCK_FILE):
        yield


@contextmanager
def _locked(path: Path, *, is_shared: bool = False, is_patient: bool = False) -> Iterator[bool]:
    """A lock on a file; yields whether it was free of anybody else.

    The file stays; its text, the owner's process id, is there for the message alone. A dead owner holds nothing.
    """
    make_folder(path.parent)
    handle = open_itself(path, os.O_RDWR)  # a link in its place would have another file emptied
    try:
        is_alone = _take(handle, fcntl.LOCK_EX, is_patient)
        if is_alone and is_shared:
            fcntl.flock(handle, fcntl.LOCK_SH)
        if not is_alone and not (is_shared and _take(handle, fcntl.LOCK_SH, is_patient)):
            owner = os.read(handle, 20).decode("ascii", "replace").strip() or "unknown"
            raise AlreadyRunning(f"already running: process {owner} holds {path}; wait until it has ended")
        if is_alone:
            with naming(path):
                os.ftruncate(handle, 0)
                os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield is_alone
    finally:
        os.close(handle)


def _take(handle: int, kind: int, is_patient: bool) -> bool:
    try:
        fcntl.flock(handle, kind if is_patient else kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
