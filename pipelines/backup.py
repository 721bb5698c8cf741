"""Backup and restore: one tar file with the ledger, the editions and every fetched byte, proved by hashes and counts.

A backup may be made while a refresh runs: the ledger is copied by SQLite's own online backup, editions never change,
and what is written aside is left out. What ships with the code is not in it: of data/raw only snapshots and the
desk's own rulings are.
"""

import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from pipelines.editions.files import ASIDE, naming
from pipelines.editions.store import EditionStore
from pipelines.errors import BackupRefused, LedgerDamaged
from pipelines.ingest.store import Ledger
from pipelines.lock import LOCK_FILE
from pipelines.log import LOG_FILE

LEDGER = "processed/ledger.sqlite"
CONTENTS = "backup.json"
OWN = ("raw/snapshots", "raw/desk")  # raw data that came in here
FORMAT = 1
MAY_BE_THERE = ("README.md", LOCK_FILE, LOG_FILE)


@dataclass(frozen=True, slots=True)
class Counts:
    """What a backup holds, to be counted again after a restore."""

    files: int
    editions: int
    polls: int


def backup(data_dir: Path, target: Path) -> Counts:
    """Write everything that cannot be made again to one tar file, which appears whole or not at all."""
    with naming(target), tempfile.TemporaryDirectory(prefix=ASIDE, dir=target.absolute().parent) as room:
        ledger = Path(room) / "ledger.sqlite"
        _copy_ledger(data_dir / LEDGER, ledger)
        aside = Path(room) / "backup.tar"
        with tarfile.open(aside, "w") as tar:
            counts = _fill(tar, data_dir, ledger)
        with aside.open("rb") as file:
            os.fsync(file.fileno())
        os.replace(aside, target)
    return counts


def restore(source: Path, data_dir: Path) -> Counts:
    """Bring a backup back into a place where nothing was published; raises BackupRefused and leaves nothing there."""
    processed = data_dir / "processed"
    taken = [path.name for path in processed.glob("*") if path.name not in MAY_BE_THERE]
    own = [data_dir / folder for folder in OWN]
    if taken or any(folder.exists() for folder in own):
        found = ", ".join([*sorted(taken), *(str(folder) for folder in own if folder.exists())])
        raise BackupRefused(f"{processed}: not empty ({found}); restore into an empty place, or move this away first")
    processed.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=ASIDE, dir=processed) as room:
        counts = _unpack(source, Path(room))
        _prove(Path(room), counts)
        for folder in OWN:
            if (Path(room) / folder).exists():
                (data_dir / folder).parent.mkdir(parents=True, exist_ok=True)
                shutil.move(Path(room) / folder, data_dir / folder)
        # The pointers come last: until they are there, nobody is served.
        for path in sorted((Path(room) / "processed").iterdir(), key=lambda path: path.stem == "current"):
            path.rename(processed / path.name)
    return counts


def _copy_ledger(source: Path, target: Path) -> None:
    """A consistent copy, also while someone writes; none where there is no ledger yet."""
    if not source.exists():
        return
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as ledger,
        closing(sqlite3.connect(target)) as copy,
    ):
        try:
            ledger.backup(copy)
        except sqlite3.DatabaseError as error:
            raise LedgerDamaged(f"{source}: {error}; run `python -m pipelines rebuild` first") from error


def _fill(tar: tarfile.TarFile, data_dir: Path, ledger: Path) -> Counts:
    hashes: dict[str, str] = {}
    editions = 0
    # Pointers first: every edition they name was published by then, so the walk that follows meets them all.
    for path in _beside(data_dir):
        _add(tar, hashes, path.relative_to(data_dir).as_posix(), path.read_bytes())
    for folder in sorted((data_dir / "processed/editions").glob("*/[!.]*")):
        try:
            files = [(path, path.read_bytes()) for path in sorted(folder.iterdir())]
        except (FileNotFoundError, NotADirectoryError):  # removed by retention while we read
            continue
        editions += 1
        for path, content in files:
            _add(tar, hashes, path.relative_to(data_dir).as_posix(), content)
    if ledger.exists():
        _add(tar, hashes, LEDGER, ledger.read_bytes())
    counts = Counts(len(hashes), editions, _polls(ledger))
    contents = {"format": FORMAT, "editions": counts.editions, "polls": counts.polls, "files": hashes}
    _add(tar, {}, CONTENTS, json.dumps(contents, sort_keys=True).encode())
    return counts


def _beside(data_dir: Path) -> Iterator[Path]:
    yield from sorted((data_dir / "processed").glob("[!.]*.json"))
    for folder in ("processed/current", "processed/changes", *OWN):
        for path in sorted((data_dir / folder).rglob("*")):
            if path.is_file() and ASIDE not in path.relative_to(data_dir).as_posix():
                yield path


def _add(tar: tarfile.TarFile, hashes: dict[str, str], name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    entry.mode = 0o644
    tar.addfile(entry, io.BytesIO(content))
    hashes[name] = hashlib.sha256(content).hexdigest()


def _unpack(source: Path, room: Path) -> Counts:
    try:
        with tarfile.open(source) as tar:
            tar.extractall(room, filter="data")  # no way out of the folder, no links, no devices
        contents = json.loads((room / CONTENTS).read_bytes())
        files, version = dict(contents["files"]), contents["format"]
        counts = Counts(len(files), int(contents["editions"]), int(contents["polls"]))
    except (tarfile.TarError, EOFError, ValueError, KeyError, TypeError, FileNotFoundError) as error:
        raise BackupRefused(f"{source}: no backup of ours, or a cut one ({error})") from error
    if version != FORMAT:
        raise BackupRefused(f"{source}: format {version}, this program reads {FORMAT}")
    (room / CONTENTS).unlink()
    found = {path.relative_to(room).as_posix(): path for path in room.rglob("*") if path.is_file()}
    for name in sorted(found.keys() ^ files.keys()):
        raise BackupRefused(f"{source}: {name} is in it or in its contents, not in both")
    for name, path in found.items():
        if hashlib.sha256(path.read_bytes()).hexdigest() != files[name]:
            raise BackupRefused(f"{source}: {name} is not what was backed up")
    return counts


def _prove(room: Path, counts: Counts) -> None:
    """Editions and ledger must open and count to what the backup says."""
    store = EditionStore(room / "processed")
    elections = [path.name for path in (room / "processed/editions").glob("*")]
    editions = [edition for election in elections for edition in store.all(election)]
    damage = [found for edition in editions if (found := edition.damage())]
    if damage:
        raise BackupRefused(f"{damage[0]} (as it was when the backup was made)")
    for election in store.current():
        store.open(election)
    again = Counts(counts.files, len(editions), _polls(room / LEDGER))
    if again != counts:
        raise BackupRefused(f"the backup counts {counts.editions} editions and {counts.polls} polls, it has {again}")


def _polls(ledger: Path) -> int:
    """Revisions in a ledger; opening it proves that it reads back."""
    if not ledger.exists():
        return 0
    with Ledger.open(ledger):
        pass
    with closing(sqlite3.connect(ledger)) as connection:
        return int(connection.execute("SELECT count(*) FROM revisions").fetchone()[0])
