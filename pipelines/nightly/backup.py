"""Backup and restore: one tar file with the ledger, the editions and every fetched byte, and their hashes and counts.

A backup may be made while a refresh runs: the ledger is copied by SQLite's own online backup, editions never change,
and what is written aside is left out. What ships with the code is not in it: of data/raw only snapshots and the desk's
own rulings are.

A restore brings it back into an empty place and believes nothing of the file: only regular files of known names and
bounded sizes are written, into a folder aside. Once hashes and counts are proved that is renamed to `restoring`; from
then on a restore that is cut off is ended by the next one.
"""

import errno
import hashlib
import io
import os
import re
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, ValidationError

from pipelines.editions.files import (
    ASIDE,
    READABLE_FILE,
    alone,
    make_folder,
    naming,
    remove_folder,
    sweep,
    sync_folder,
    write_through,
)
from pipelines.editions.records import PLAIN_NAME
from pipelines.editions.store import RECORDS, VOTES, EditionStore
from pipelines.editions.values import Value
from pipelines.errors import BackupRefused, LedgerDamaged, LedgerUnusable
from pipelines.ingest.store import REMEDY, SCHEMA_VERSION, Ledger, refuse_strange
from pipelines.log import LOG_FILE
from pipelines.nightly.lock import RESTORING
from pipelines.nightly.schedule import STATE_FILE

LEDGER = "processed/ledger.sqlite"
ROOM = f"{ASIDE}backup-"  # how the folder is called that a backup is made in, beside its file
CONTENTS = "backup.json"
OWN = ("raw/snapshots", "raw/desk", "raw/sealed")  # raw data that came in here
FORMAT, OLDEST_FORMAT = 2, 1  # 1 had no folder `current`

BY_NAME = (*RECORDS.values(), VOTES)
_FILE = r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}"
KNOWN_NAMES = re.compile(
    "|".join(
        (
            re.escape(LEDGER),
            r"processed/[a-z][a-z-]{0,99}\.json",
            rf"processed/current/{PLAIN_NAME}",
            rf"processed/(?:{'|'.join(BY_NAME)})/{PLAIN_NAME}\.json",
            rf"processed/changes/{PLAIN_NAME}/{PLAIN_NAME}\.\.{PLAIN_NAME}\.json",
            rf"processed/editions/{PLAIN_NAME}/{PLAIN_NAME}/{_FILE}",
            rf"(?:{'|'.join(OWN)})(?:/{_FILE}){{1,3}}",
        )
    ),
    re.ASCII,
)

MAY_BE_THERE = re.compile(rf"README\.md|[a-z0-9-]+\.lock|{re.escape(LOG_FILE)}(?:\.\d+)?|{re.escape(STATE_FILE)}")
MOST_FILES = 1_000_000
LARGEST_BYTES = 256 << 20  # of one file, but for the ledger
LARGEST_LEDGER_BYTES = 8 << 30
LARGEST_HEADER_BYTES = 64 << 10  # of what stands before an entry whose name or size the classic header does not hold
FURTHER_HEADERS = (
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
)
CHUNK_BYTES = 1 << 20
MANIFEST = re.compile(r"processed/editions/[^/]+/[^/]+/manifest\.json")


class Contents(Value):
    """`backup.json`: the hash of every other file by its name, and what they count to."""

    format: int
    editions: Annotated[int, Field(ge=0)]
    polls: Annotated[int, Field(ge=0)]
    files: dict[str, Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]]


@dataclass(frozen=True, slots=True)
class Counts:
    """What a backup holds, to be counted again after a restore; `left_out` are files of names it does not know."""

    files: int
    editions: int
    polls: int
    left_out: tuple[str, ...] = ()


def backup(data_dir: Path, target: Path) -> Counts:
    """Write everything that cannot be made again to one tar file, which appears whole or not at all."""
    if (data_dir / "processed" / RESTORING).exists():
        raise BackupRefused(f"{data_dir / 'processed' / RESTORING}: a restore was cut off here; run it again first")
    if not target.absolute().parent.is_dir():
        raise BackupRefused(f"{target}: no such folder; make it, or name another file")
    with naming(target), _room(target.absolute().parent) as room:
        ledger = room / "ledger.sqlite"
        _copy_ledger(data_dir / LEDGER, ledger, target)
        aside = room / "backup.tar"
        with tarfile.open(aside, "w") as tar:
            counts = _fill(tar, data_dir, ledger)
        with aside.open("rb") as file:
            os.fsync(file.fileno())
        os.replace(aside, target)
    return counts


@contextmanager
def _room(folder: Path) -> Iterator[Path]:
    """A folder aside, gone at the end; those that backups left when they were killed are swept first."""
    with ExitStack() as held:
        with alone(folder):  # or another sweep would take a room between its making and its lock
            for left in folder.glob(f"{ROOM}*"):
                with suppress(OSError), alone(left, waits=False):
                    shutil.rmtree(left)
            room = Path(tempfile.mkdtemp(prefix=ROOM, dir=folder))
            held.callback(shutil.rmtree, room, ignore_errors=True)
            held.enter_context(alone(room, waits=False))
        yield room


def polls_in(ledger: Path) -> int:
    """Revisions in a ledger, which reads back; one of an older version is counted and left as it is."""
    if not ledger.exists():
        return 0
    try:
        with closing(sqlite3.connect(ledger)) as connection:
            refuse_strange(connection, str(ledger))
            count = int(connection.execute("SELECT count(*) FROM revisions").fetchone()[0])
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            sound = connection.execute("PRAGMA quick_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise LedgerDamaged(f"{ledger}: {error!s:.120}") from error
    if sound != "ok":
        raise LedgerDamaged(f"{ledger}: {sound!s:.120}")
    if version >= SCHEMA_VERSION:
        with Ledger.open(ledger):
            pass
    return count


def _copy_ledger(source: Path, copy_file: Path, target: Path) -> None:
    """A consistent copy for the backup `target`, also while someone writes; none where there is no ledger yet."""
    if not source.exists():
        return
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as ledger,
        closing(sqlite3.connect(copy_file)) as copy,
    ):
        try:
            ledger.backup(copy)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):  # the disk's, not the file's
                raise LedgerUnusable(f"{target}: {error} while {source} was copied; make room and try again") from error
            raise LedgerDamaged(f"{source}: {error}; run `python -m pipelines rebuild` first") from error


def _fill(tar: tarfile.TarFile, data_dir: Path, ledger: Path) -> Counts:
    hashes: dict[str, str] = {}
    left_out = []
    editions = 0

    def add(path: Path, content: bytes) -> None:
        name = path.relative_to(data_dir).as_posix()
        if KNOWN_NAMES.fullmatch(name):
            hashes[name] = _add(tar, name, content)
        elif not name.endswith(".damaged"):  # what a refresh put aside and began anew
            left_out.append(name)

    # Pointers first: every edition they name was published by then, so the walk that follows meets them all.
    for path in _beside(data_dir):
        add(path, path.read_bytes())
    for folder in sorted((data_dir / "processed/editions").glob("*/[!.]*")):
        try:
            files = [(path, path.read_bytes()) for path in sorted(folder.iterdir()) if path.is_file()]
        except (FileNotFoundError, NotADirectoryError):  # removed by retention while we read
            continue
        before = len(hashes)
        for path, content in files:
            add(path, content)
        editions += len(hashes) > before
    if ledger.exists():
        hashes[LEDGER] = _add(tar, LEDGER, ledger.read_bytes())
    contents = Contents(format=FORMAT, editions=editions, polls=polls_in(ledger), files=hashes)
    _add(tar, CONTENTS, contents.model_dump_json().encode())
    return Counts(len(hashes), contents.editions, contents.polls, tuple(left_out))


def _beside(data_dir: Path) -> Iterator[Path]:
    for folder in ("processed/current", "processed/changes", *(f"processed/{name}" for name in BY_NAME), *OWN):
        for path in sorted((data_dir / folder).rglob("*")):
            if path.is_file() and ASIDE not in path.relative_to(data_dir).as_posix():
                yield path
    yield from sorted((data_dir / "processed").glob("[!.]*.json"))


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> str:
    """Put one file into the archive; returns its hash."""
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    entry.mode = 0o644
    tar.addfile(entry, io.BytesIO(content))
    return hashlib.sha256(content).hexdigest()


def restore(source: Path, data_dir: Path) -> Counts:
    """Bring a backup back into a place where nothing was published; raises BackupRefused and leaves nothing there.

    One that was cut off before is begun anew, or ended where the backup had been proved. Only for who holds the lock.
    """
    processed = data_dir / "processed"
    proved = processed / RESTORING
    make_folder(processed)
    for folder in (processed, data_dir / "raw"):
        sweep(folder)
    if proved.exists():
        contents = _contents_of(source)
        if contents != _parsed(proved / CONTENTS, (proved / CONTENTS).read_bytes()):
            raise BackupRefused(f"{proved}: the restore of another backup was cut off here; run that one again first")
    else:
        _refuse_unless_empty(data_dir)
        contents = _prove(source, proved)
    _move_into_place(proved, data_dir)
    return Counts(len(contents.files), contents.editions, contents.polls)


def _refuse_unless_empty(data_dir: Path) -> None:
    processed = data_dir / "processed"
    names = sorted(path.name for path in processed.iterdir() if not MAY_BE_THERE.fullmatch(path.name))
    names += [str(data_dir / folder) for folder in OWN if (data_dir / folder).exists()]
    if names:
        raise BackupRefused(
            f"{processed}: not empty ({', '.join(names)}); restore into an empty place, or move this away first"
        )


def _prove(source: Path, proved: Path) -> Contents:
    """Unpack into a folder aside and rename that to `proved` once hashes, editions, ledger and counts agree."""
    with tempfile.TemporaryDirectory(prefix=ASIDE, dir=proved.parent) as room:
        aside = Path(room) / RESTORING
        contents = _unpack(source, aside)
        _count(aside, contents)
        if contents.format == OLDEST_FORMAT:
            EditionStore(aside / "processed").mend()  # what its `current.json` says, as pointers
        os.sync()
        aside.rename(proved)
    sync_folder(proved.parent)
    return contents


@contextmanager
def _reading(source: Path) -> Iterator[None]:
    """Whatever an archive of nonsense makes the reader say is one refusal."""
    try:
        with naming(source):
            yield
    except (tarfile.TarError, EOFError, ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise BackupRefused(f"{source}: no backup of ours, or a cut one ({error!s:.120})") from error


class _Entry(tarfile.TarInfo):
    """An entry of whose further header (a long name, more than the classic fields hold) little is read."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        entry = super().frombuf(buf, encoding, errors)
        if entry.type in FURTHER_HEADERS and not 0 <= entry.size <= LARGEST_HEADER_BYTES:
            raise tarfile.ReadError(f"a header of {entry.size:,} bytes")
        return entry


def _open(source: Path) -> tarfile.TarFile:
    """Never compressed: what it takes is what it unpacks to."""
    return tarfile.open(source, "r:", tarinfo=_Entry)


def _contents_of(source: Path) -> Contents:
    with _reading(source), _open(source) as tar:
        return _parsed(source, _read(tar, tar.getmember(CONTENTS)))


def _unpack(source: Path, aside: Path) -> Contents:
    hashes: dict[str, str] = {}
    contents = None
    with _reading(source), _open(source) as tar:
        for count, entry in enumerate(tar, start=1):
            _refuse_strange(source, entry, count, hashes)
            if entry.name == CONTENTS:
                content = _read(tar, entry)
                contents = _parsed(source, content)
                make_folder(aside)
                write_through(aside / CONTENTS, content)
            else:
                hashes[entry.name] = _write(tar, entry, aside / entry.name)
    if contents is None:
        raise BackupRefused(f"{source}: no backup of ours, or a cut one (no {CONTENTS} in it)")
    for name in sorted(hashes.keys() ^ contents.files.keys()):
        raise BackupRefused(f"{source}: {name} is in it or in its contents, not in both")
    for name, digest in hashes.items():
        if digest != contents.files[name]:
            raise BackupRefused(f"{source}: {name} is not what was backed up")
    return contents


def _refuse_strange(source: Path, entry: tarfile.TarInfo, count: int, before: dict[str, str]) -> None:
    """No link, no device, no folder, no name that a backup does not write, nothing twice, nothing beyond measure."""
    named = f"{source}: {entry.name!r:.120}"
    if not entry.isreg() or entry.issparse():
        raise BackupRefused(f"{named} is no regular file; no backup of ours holds another")
    if entry.name in before or not (entry.name == CONTENTS or KNOWN_NAMES.fullmatch(entry.name)):
        raise BackupRefused(f"{named} is no name, or not the first of that name, in a backup of ours")
    if entry.size > (LARGEST_LEDGER_BYTES if entry.name == LEDGER else LARGEST_BYTES) or count > MOST_FILES:
        raise BackupRefused(f"{named} is file {count:,} of {entry.size:,} bytes; more than a backup of ours holds")


def _write(tar: tarfile.TarFile, entry: tarfile.TarInfo, path: Path) -> str:
    """Unpack one file to a path where nothing is; returns its hash."""
    digest, packed = hashlib.sha256(), tar.extractfile(entry)
    if packed is None:
        raise BackupRefused(f"{entry.name!r:.120} has no content")
    make_folder(path.parent)
    with naming(path), path.open("xb") as file:
        path.chmod(READABLE_FILE)
        while chunk := packed.read(CHUNK_BYTES):
            digest.update(chunk)
            file.write(chunk)
    if path.stat().st_size != entry.size:
        raise BackupRefused(f"{entry.name!r:.120} is cut off")
    if MANIFEST.fullmatch(entry.name):  # of two editions of a day, the order of the first format
        moment = entry.mtime if 0 <= entry.mtime < 1 << 33 else 0
        os.utime(path, (moment, moment))
    return digest.hexdigest()


def _read(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> bytes:
    packed = tar.extractfile(entry) if entry.isreg() and entry.size <= LARGEST_BYTES else None
    return packed.read() if packed else b""


def _parsed(source: Path, content: bytes) -> Contents:
    try:
        contents = Contents.model_validate_json(content)
    except ValidationError as error:
        raise BackupRefused(f"{source}: {CONTENTS} makes no sense ({error.errors()[0]['msg']})") from error
    if not OLDEST_FORMAT <= contents.format <= FORMAT:
        raise BackupRefused(f"{source}: format {contents.format}, this program reads {OLDEST_FORMAT} to {FORMAT}")
    return contents


def _count(aside: Path, contents: Contents) -> None:
    """Editions and ledger must open and count to what the backup says."""
    store = EditionStore(aside / "processed")
    elections = [path.name for path in (aside / "processed/editions").glob("*")]
    editions = [edition for election in elections for edition in store.all(election)]
    for edition in editions:
        if damage := edition.damage():
            raise BackupRefused(f"{damage} (as it was when the backup was made)")
    for election in store.current():
        store.open(election)
    try:
        polls = polls_in(aside / LEDGER)
    except LedgerDamaged as error:
        fault = str(error).removeprefix(f"{aside / LEDGER}: ").removesuffix(f"; {REMEDY}")
        raise BackupRefused(f"its {LEDGER}: {fault} (as it was when the backup was made)") from error
    if (len(editions), polls) != (contents.editions, contents.polls):
        raise BackupRefused(
            f"the backup counts {contents.editions} editions and {contents.polls} polls,"
            f" it has {len(editions)} and {polls}"
        )


def _move_into_place(proved: Path, data_dir: Path) -> None:
    """Each folder and file by one rename, what a reader is pointed by last; what was moved before is left.

    Only what is still here is to be moved, so that it can be cut off anywhere and run again.
    """
    for folder in OWN:
        _move(proved / folder, data_dir / folder)
    # The pointers come last: until they are there, readers have the editions alone to go by.
    paths = sorted((proved / "processed").glob("*"), key=lambda path: (path.name.startswith("current"), path.name))
    for path in paths:
        _move(path, data_dir / "processed" / path.name)
    sync_folder(data_dir / "processed")
    remove_folder(proved)


def _move(source: Path, target: Path) -> None:
    if not source.exists() or target.exists():
        return
    make_folder(target.parent)
    try:
        source.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        aside = target.with_name(f"{ASIDE}{target.name}")  # data/raw may lie on another disk
        shutil.copytree(source, aside)
        aside.rename(target)
    sync_folder(target.parent)
