"""Backup: one tar file with the ledger, the editions and every fetched byte, and their hashes and counts.

It may be made while a refresh runs: the ledger is copied by SQLite's own online backup, editions never change, and what
is written aside is left out. What ships with the code is not in it: of data/raw only snapshots and the desk's own
rulings are. `restore.py` reads it.
"""

import hashlib
import io
import os
import re
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from pipelines.editions.files import ASIDE, naming
from pipelines.editions.records import PLAIN_NAME
from pipelines.editions.schema import Value
from pipelines.errors import BackupRefused, LedgerDamaged, LedgerUnusable
from pipelines.ingest.store import Ledger
from pipelines.ingest.tables import SCHEMA_VERSION
from pipelines.nightly.lock import RESTORING

LEDGER = "processed/ledger.sqlite"
CONTENTS = "backup.json"
OWN = ("raw/snapshots", "raw/desk")  # raw data that came in here
FORMAT, OLDEST_FORMAT = 2, 1  # 1 had no folder `current`

_FILE = r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}"
KNOWN_NAMES = re.compile(
    "|".join(
        (
            re.escape(LEDGER),
            r"processed/[a-z][a-z-]{0,99}\.json",
            rf"processed/current/{PLAIN_NAME}",
            rf"processed/changes/{PLAIN_NAME}/{PLAIN_NAME}\.\.{PLAIN_NAME}\.json",
            rf"processed/editions/{PLAIN_NAME}/{PLAIN_NAME}/{_FILE}",
            rf"(?:{'|'.join(OWN)})(?:/{_FILE}){{1,3}}",
        )
    ),
    re.ASCII,
)


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
    with naming(target), tempfile.TemporaryDirectory(prefix=ASIDE, dir=target.absolute().parent) as room:
        ledger = Path(room) / "ledger.sqlite"
        _copy_ledger(data_dir / LEDGER, ledger, target)
        aside = Path(room) / "backup.tar"
        with tarfile.open(aside, "w") as tar:
            counts = _fill(tar, data_dir, ledger)
        with aside.open("rb") as file:
            os.fsync(file.fileno())
        os.replace(aside, target)
    return counts


def polls_in(ledger: Path) -> int:
    """Revisions in a ledger, which reads back; one of an older version is counted and left as it is."""
    if not ledger.exists():
        return 0
    try:
        with closing(sqlite3.connect(ledger)) as connection:
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
        else:
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
    for folder in ("processed/current", "processed/changes", *OWN):
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
