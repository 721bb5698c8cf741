"""The ledger's tables, and what refuses a file.

No table has row numbers and no row holds a time of ours, so that equal histories give equal rows. Each row carries a
checksum of its cells: SQLite finds a broken page, but not a changed letter inside one.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from zlib import crc32

from pipelines.errors import LedgerDamaged

SCHEMA_VERSION = 5
REMEDY = "run `python -m pipelines rebuild`: it is made again from data/raw"
Cell = str | int | None
NAMES = ("folds", "revisions", "readings", "refusals", "loads", "events")
TABLES = """
CREATE TABLE folds (  -- what the rows of a campaign follow from
    election TEXT NOT NULL, fingerprint TEXT NOT NULL, crc INTEGER NOT NULL, PRIMARY KEY (election)
) STRICT, WITHOUT ROWID;
CREATE TABLE revisions (
    election TEXT NOT NULL, poll TEXT NOT NULL, revision INTEGER NOT NULL, source TEXT NOT NULL,
    body TEXT,  -- NULL: no source has the poll any more
    recorded_utc TEXT NOT NULL, crc INTEGER NOT NULL,
    PRIMARY KEY (election, poll, revision)
) STRICT, WITHOUT ROWID;
-- what each source says of a poll: the latest reading of each, kept when it is withdrawn, and beside it a later one
-- that lost something
CREATE TABLE readings (
    election TEXT NOT NULL, poll TEXT NOT NULL, source TEXT NOT NULL, is_lossy INTEGER NOT NULL, page TEXT NOT NULL,
    printed TEXT NOT NULL, family TEXT NOT NULL, is_shipped INTEGER NOT NULL, adds_up INTEGER NOT NULL,
    body TEXT NOT NULL, citations TEXT NOT NULL, is_open INTEGER NOT NULL, arrived_utc TEXT NOT NULL,
    seen_date TEXT, crc INTEGER NOT NULL,
    PRIMARY KEY (election, poll, source, is_lossy)
) STRICT, WITHOUT ROWID;
CREATE TABLE refusals (
    election TEXT NOT NULL, source TEXT NOT NULL, page TEXT NOT NULL, poll TEXT NOT NULL, "check" TEXT NOT NULL,
    reason TEXT NOT NULL, text TEXT NOT NULL, place TEXT NOT NULL, first_seen_utc TEXT NOT NULL, crc INTEGER NOT NULL,
    PRIMARY KEY (election, source, page, poll, "check", reason)
) STRICT, WITHOUT ROWID;
CREATE TABLE loads (
    election TEXT NOT NULL, source TEXT NOT NULL, loaded_utc TEXT NOT NULL, accepted INTEGER NOT NULL,
    refused INTEGER NOT NULL, crc INTEGER NOT NULL,
    PRIMARY KEY (election, source)
) STRICT, WITHOUT ROWID;
CREATE TABLE events (
    election TEXT NOT NULL, source TEXT NOT NULL, date TEXT NOT NULL, text TEXT NOT NULL, crc INTEGER NOT NULL,
    PRIMARY KEY (election, source, date, text)
) STRICT, WITHOUT ROWID;
"""


def checksum(cells: Sequence[Cell]) -> int:
    return crc32(repr(tuple(cells)).encode())


def put(db: sqlite3.Connection, table: str, rows: Iterable[Sequence[Cell]]) -> None:
    """Write whole rows, each in the place of the one with its key."""
    signed = [(*row, checksum(row)) for row in rows]
    if signed:
        marks = ", ".join("?" * len(signed[0]))
        db.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", signed)


def prepare(path: Path, db: sqlite3.Connection) -> None:
    """Check the file and make its tables; raises LedgerDamaged and leaves the file as it is.

    Everything in a ledger follows from data/raw, so one of an older version is copied aside and begun anew: the next
    fold of each campaign fills it.
    """
    version = db.execute("PRAGMA user_version").fetchone()[0]
    sound = db.execute("PRAGMA quick_check").fetchone()[0]
    if sound != "ok":
        raise LedgerDamaged(f"{path}: {sound}; {REMEDY}")
    if version > SCHEMA_VERSION:
        raise LedgerDamaged(f"{path}: written by a newer version ({version} > {SCHEMA_VERSION}); update the program")
    if version == SCHEMA_VERSION:
        _refuse_changed_rows(path, db)
    else:
        if version:
            _copy_aside(path, db, version)
        _begin(db)
    db.execute("PRAGMA journal_mode = WAL")


def _begin(db: sqlite3.Connection) -> None:
    older = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    drops = "".join(f'DROP TABLE "{table}"; ' for table in older)
    db.executescript(f"BEGIN IMMEDIATE; {drops} {TABLES} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")


def _refuse_changed_rows(path: Path, db: sqlite3.Connection) -> None:
    for table in NAMES:
        for row in db.execute(f"SELECT * FROM {table}"):
            if checksum(row[:-1]) != row[-1]:
                named = " ".join(str(cell) for cell in row[:2])
                raise LedgerDamaged(f"{path}: a row of {table} ({named}) is not what was written; {REMEDY}")


def _copy_aside(path: Path, db: sqlite3.Connection, version: int) -> None:
    """A copy of the older file beside it, before anything in it changes."""
    with closing(sqlite3.connect(path.with_name(f"{path.name}.version-{version}"))) as copy:
        db.backup(copy)
