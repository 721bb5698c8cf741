"""Restore: a backup brought back into an empty place, proved by hashes and counts before anything of it is in place.

Nothing in the file is believed: only regular files of known names and bounded sizes are written, into a folder aside.
Once that is proved it is renamed to `restoring`; from then on a restore that is cut off is ended by the next one.
"""

import errno
import hashlib
import os
import re
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from pipelines.editions.files import (
    ASIDE,
    READABLE_FILE,
    make_folder,
    naming,
    remove_folder,
    sweep,
    sync_folder,
    write_through,
)
from pipelines.editions.store import EditionStore
from pipelines.errors import BackupRefused
from pipelines.log import LOG_FILE
from pipelines.nightly.backup import CONTENTS, FORMAT, KNOWN_NAMES, LEDGER, OLDEST_FORMAT, OWN, Contents, Counts
from pipelines.nightly.backup import polls_in as polls_in_ledger
from pipelines.nightly.lock import LOCK_FILE, RESTORING
from pipelines.nightly.schedule import STATE_FILE

MAY_BE_THERE = re.compile(rf"README\.md|{re.escape(LOCK_FILE)}|{re.escape(LOG_FILE)}(?:\.\d+)?|{re.escape(STATE_FILE)}")
MOST_FILES = 1_000_000
LARGEST_BYTES = 256 << 20  # of one file, but for the ledger
LARGEST_LEDGER_BYTES = 8 << 30
CHUNK_BYTES = 1 << 20
MANIFEST = re.compile(r"processed/editions/[^/]+/[^/]+/manifest\.json")


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
        _add_pointers(aside, contents)
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


def _contents_of(source: Path) -> Contents:
    with _reading(source), tarfile.open(source, "r:") as tar:
        return _parsed(source, _read(tar, tar.getmember(CONTENTS)))


def _unpack(source: Path, aside: Path) -> Contents:
    hashes: dict[str, str] = {}
    contents = None
    with _reading(source), tarfile.open(source, "r:") as tar:  # never compressed: what it takes is what it unpacks to
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
    polls = polls_in_ledger(aside / LEDGER)
    if (len(editions), polls) != (contents.editions, contents.polls):
        raise BackupRefused(
            f"the backup counts {contents.editions} editions and {contents.polls} polls,"
            f" it has {len(editions)} and {polls}"
        )


def _add_pointers(aside: Path, contents: Contents) -> None:
    """What `current.json` of the first format says, as pointers."""
    if contents.format == OLDEST_FORMAT:
        EditionStore(aside / "processed").mend()


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
