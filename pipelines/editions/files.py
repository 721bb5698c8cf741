"""Writing so that a reader, a crash or a full disk never meets half a file."""

import errno
import fcntl
import gzip
import os
import shutil
import stat
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ASIDE = ".hemicycle-"  # how every name starts that is not finished yet
MOST_UNPACKED_BYTES = 256 << 20  # of a document: a campaign of twenty thousand polls has a fifth of it
READABLE_FILE, READABLE_FOLDER = 0o644, 0o755  # the web server is another user


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """An OSError inside names this path where the system named none."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(path)
        raise


def make_folder(folder: Path) -> None:
    """Make a folder and those above it that every user may read, whatever the umask; one that is there is left."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    folder.chmod(READABLE_FOLDER)


def open_itself(path: str | Path, flags: int) -> int:
    """Open or make a regular file, never what a link in its place points to; raises OSError naming it."""
    try:
        handle = os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, READABLE_FILE)
        if stat.S_ISREG(os.fstat(handle).st_mode):
            return handle
        os.close(handle)
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
    raise OSError(errno.ELOOP, "a link or no regular file; remove it", str(path))


@contextmanager
def alone(folder: Path, *, waits: bool = True) -> Iterator[None]:
    """Hold a folder's own lock, which leaves no file and ends with its owner; raises OSError rather than wait."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
        yield
    finally:
        os.close(handle)


def read(path: Path) -> bytes:
    """A regular file's bytes, never waiting for who would write into a pipe in its place; raises OSError naming it."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "no regular file; remove it", str(path))
        with open(handle, "rb", closefd=False) as file:
            return file.read()
    finally:
        os.close(handle)


def write_through(path: Path, content: bytes) -> None:
    """Write a new file that every user may read, whatever the umask, and wait until the disk has it."""
    with naming(path), path.open("wb") as file:
        path.chmod(READABLE_FILE)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until the disk has a folder's names: a rename is only then there for good."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        with naming(folder):
            os.fsync(handle)
    finally:
        os.close(handle)


def replace(path: Path, content: bytes) -> None:
    """Replace a file by one rename; a reader sees the old bytes or the new."""
    handle, aside = tempfile.mkstemp(prefix=ASIDE, dir=path.parent)
    os.close(handle)
    try:
        write_through(Path(aside), content)
        os.replace(aside, path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_folder(aside: Path, files: Mapping[str, bytes]) -> None:
    """Fill a folder nobody reads yet and wait until the disk has it."""
    for name, content in files.items():
        write_through(aside / name, content)
    aside.chmod(READABLE_FOLDER)
    sync_folder(aside)


def remove_folder(folder: Path) -> None:
    """Take a folder away by one rename, so that no reader meets half of it."""
    aside = Path(tempfile.mkdtemp(prefix=ASIDE, dir=folder.parent))
    folder.rename(aside / folder.name)
    shutil.rmtree(aside)


def sweep(folder: Path) -> None:
    """Remove what a run that was cut off left behind."""
    for path in folder.glob(f"{ASIDE}*"):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def packed(content: bytes) -> bytes:
    """Gzip that depends on the content alone: no time, no name. Level 9 takes five times the time for 3 % less."""
    return gzip.compress(content, compresslevel=6, mtime=0)


def unpacked(content: bytes) -> bytes:
    """What was packed; raises zlib.error where it is cut off, is no gzip, or holds more than any document."""
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 16)
    whole = unpack.decompress(content, MOST_UNPACKED_BYTES)
    if not unpack.eof:
        raise zlib.error(f"cut off, or more than {MOST_UNPACKED_BYTES:,} bytes")
    return whole
