"""The ledger's tables, how an older file is brought up to date, and what refuses a file.

No table has row numbers and no row holds a time of ours, so that equal histories give equal rows. Each row carries a
checksum of its cells: SQLite finds a broken page, but not a changed letter inside one.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from zlib import crc32

from pipelines.errors import LedgerDamaged

SCHEMA_VERSION = 3
REMEDY = "run `python -m pipelines rebuild`: it is made again from data/raw"
Cell = str | int | None
NAMES = ("revisions", "readings", "refusals", "loads", "taken", "events")
TABLES = """
CREATE TABLE revisions (
    election TEXT NOT NULL, poll TEXT NOT NULL, revision INTEGER NOT NULL, source TEXT NOT NULL,
    body TEXT,  -- NULL: no source has the poll any more
    recorded_utc TEXT NOT NULL, crc INTEGER NOT NULL,
    PRIMARY KEY (election, poll, revision)
) STRICT, WITHOUT ROWID;
-- what each source says of a poll: the latest word of each, kept when it is withdrawn
CREATE TABLE readings (
    election TEXT NOT NULL, poll TEXT NOT NULL, source TEXT NOT NULL, page TEXT NOT NULL, printed TEXT NOT NULL,
    family TEXT NOT NULL, is_shipped INTEGER NOT NULL, is_whole INTEGER NOT NULL, body TEXT NOT NULL,
    citations TEXT NOT NULL, is_open INTEGER NOT NULL, arrived_utc TEXT NOT NULL, crc INTEGER NOT NULL,
    PRIMARY KEY (election, poll, source)
) STRICT, WITHOUT ROWID;
CREATE TABLE refusals (
    election TEXT NOT NULL, source TEXT NOT NULL, page TEXT NOT NULL, poll TEXT NOT NULL, "check" TEXT NOT NULL,
    reason TEXT NOT NULL, text TEXT NOT NULL, place TEXT NOT NULL, first_seen_utc TEXT NOT NULL, crc INTEGER NOT NULL,
    PRIMARY KEY (election, source, page, poll, "check", reason)
) STRICT, WITHOUT ROWID;
CREATE TABLE loads (
    election TEXT NOT NULL, source TEXT NOT NULL, fingerprint TEXT NOT NULL, loaded_utc TEXT NOT NULL,
    accepted INTEGER NOT NULL, refused INTEGER NOT NULL, crc INTEGER NOT NULL,
    PRIMARY KEY (election, source)
) STRICT, WITHOUT ROWID;
CREATE TABLE taken (  -- snapshots that have been read
    election TEXT NOT NULL, snapshot TEXT NOT NULL, crc INTEGER NOT NULL, PRIMARY KEY (election, snapshot)
) STRICT, WITHOUT ROWID;
CREATE TABLE events (
    election TEXT NOT NULL, source TEXT NOT NULL, date TEXT NOT NULL, text TEXT NOT NULL, crc INTEGER NOT NULL,
    PRIMARY KEY (election, source, date, text)
) STRICT, WITHOUT ROWID;
"""
# Version 1 knew one source, the archive, and no pages: each of its polls is what the archive says. What it read
# last is forgotten, so that it is read again.
FROM_1 = {
    "revisions": "SELECT election, poll, revision, source, body, recorded_utc FROM old_revisions",
    "readings": "SELECT election, poll, source, '', poll, source, 1, 1, body, '[]', 1, recorded_utc"
    " FROM old_revisions AS one WHERE body IS NOT NULL AND revision ="
    " (SELECT max(revision) FROM old_revisions AS two WHERE two.election = one.election AND two.poll = one.poll)",
    "refusals": "SELECT election, source, '', poll, \"check\", reason, text, '', first_seen_utc"
    " FROM old_refusals WHERE is_open = 1",
}
# Version 2 counted what it was told; the counts keep their order before every moment.
FROM_2 = {
    "revisions": FROM_1["revisions"],
    "readings": "SELECT election, poll, source, page, printed, family, is_shipped, is_whole, body, citations, is_open,"
    " printf('%012d', arrived) FROM old_readings",
    "refusals": 'SELECT election, source, page, poll, "check", reason, text, place, first_seen_utc'
    " FROM old_refusals WHERE is_open = 1",
    "loads": "SELECT election, source, fingerprint, loaded_utc, accepted, refused FROM old_loads",
    "taken": "SELECT election, snapshot FROM old_taken",
    "events": "SELECT election, source, date, text FROM old_events",
}
OLDER = {1: FROM_1, 2: FROM_2}


def checksum(cells: Sequence[Cell]) -> int:
    return crc32(repr(tuple(cells)).encode())


def put(db: sqlite3.Connection, table: str, rows: Iterable[Sequence[Cell]]) -> None:
    """Write whole rows, each in the place of the one with its key."""
    signed = [(*row, checksum(row)) for row in rows]
    if signed:
        marks = ", ".join("?" * len(signed[0]))
        db.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", signed)


def prepare(path: Path, db: sqlite3.Connection) -> None:
    """Check the file, make its tables or bring them up to date; raises LedgerDamaged and leaves the file as it is."""
    version = db.execute("PRAGMA user_version").fetchone()[0]
    sound = db.execute("PRAGMA quick_check").fetchone()[0]
    if sound != "ok":
        raise LedgerDamaged(f"{path}: {sound}; {REMEDY}")
    if version > SCHEMA_VERSION:
        raise LedgerDamaged(f"{path}: written by a newer version ({version} > {SCHEMA_VERSION}); update the program")
    if version == 0:
        db.executescript(f"BEGIN; {TABLES} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
    elif version in OLDER:
        _copy_aside(path, db, version)
        _bring_up_to_date(db, OLDER[version])
    else:
        _refuse_changed_rows(path, db)
    db.execute("PRAGMA journal_mode = WAL")


def _refuse_changed_rows(path: Path, db: sqlite3.Connection) -> None:
    for table in NAMES:
        for row in db.execute(f"SELECT * FROM {table}"):
            if checksum(row[:-1]) != row[-1]:
                named = " ".join(str(cell) for cell in row[:2])
                raise LedgerDamaged(f"{path}: a row of {table} ({named}) is not what was written; {REMEDY}")


def _bring_up_to_date(db: sqlite3.Connection, queries: dict[str, str]) -> None:
    there = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    db.execute("BEGIN IMMEDIATE")
    for table in NAMES:
        if table in there:
            db.execute(f"ALTER TABLE {table} RENAME TO old_{table}")
    for statement in TABLES.split(";"):
        db.execute(statement)
    for table, query in queries.items():
        put(db, table, db.execute(query).fetchall())
    for table in NAMES:
        db.execute(f"DROP TABLE IF EXISTS old_{table}")
    db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    db.execute("COMMIT")


def _copy_aside(path: Path, db: sqlite3.Connection, version: int) -> None:
    """A copy of the older file beside it, before anything in it changes."""
    with closing(sqlite3.connect(path.with_name(f"{path.name}.version-{version}"))) as copy:
        db.backup(copy)
