"""The ledger's tables, how an older file is brought up to date, and what refuses a file."""

import sqlite3
from contextlib import closing
from pathlib import Path

from pipelines.errors import LedgerDamaged

SCHEMA_VERSION = 2
REMEDY = "run `python -m pipelines rebuild`: it is made again from data/raw"
TABLES = """
CREATE TABLE revisions (
    election TEXT NOT NULL, poll TEXT NOT NULL, revision INTEGER NOT NULL, source TEXT NOT NULL,
    body TEXT,  -- NULL: no source has the poll any more
    recorded_utc TEXT NOT NULL,
    PRIMARY KEY (election, poll, revision)
) STRICT;
-- what each source says of a poll: the latest word of each, kept when it is withdrawn
CREATE TABLE readings (
    election TEXT NOT NULL, poll TEXT NOT NULL, source TEXT NOT NULL, page TEXT NOT NULL, printed TEXT NOT NULL,
    family TEXT NOT NULL, is_shipped INTEGER NOT NULL, is_whole INTEGER NOT NULL, body TEXT NOT NULL,
    citations TEXT NOT NULL, is_open INTEGER NOT NULL, arrived INTEGER NOT NULL, said INTEGER NOT NULL,
    PRIMARY KEY (election, poll, source)
) STRICT;
CREATE TABLE refusals (
    election TEXT NOT NULL, source TEXT NOT NULL, page TEXT NOT NULL, poll TEXT NOT NULL, "check" TEXT NOT NULL,
    text TEXT NOT NULL, reason TEXT NOT NULL, place TEXT NOT NULL, is_open INTEGER NOT NULL,
    first_seen_utc TEXT NOT NULL,
    PRIMARY KEY (election, source, page, poll, "check", reason)
) STRICT;
CREATE TABLE loads (
    election TEXT NOT NULL, source TEXT NOT NULL, fingerprint TEXT NOT NULL, loaded_utc TEXT NOT NULL,
    accepted INTEGER NOT NULL, refused INTEGER NOT NULL,
    PRIMARY KEY (election, source)
) STRICT;
CREATE TABLE taken (  -- snapshots that have been read, in order
    number INTEGER PRIMARY KEY, election TEXT NOT NULL, snapshot TEXT NOT NULL, UNIQUE (election, snapshot)
) STRICT;
CREATE TABLE events (
    election TEXT NOT NULL, source TEXT NOT NULL, date TEXT NOT NULL, text TEXT NOT NULL,
    PRIMARY KEY (election, source, date, text)
) STRICT;
"""
# Version 1 knew one source, the archive, and no pages: each of its polls is what the archive says.
FROM_1 = """
ALTER TABLE refusals RENAME TO refusals_1;
{tables}
INSERT INTO refusals
    SELECT election, source, '', poll, "check", text, reason, '', is_open, first_seen_utc FROM refusals_1;
INSERT INTO readings
    SELECT election, poll, source, '', poll, source, 1, 1, body, '[]', 1, rowid, rowid FROM revisions AS one
    WHERE body IS NOT NULL AND revision =
        (SELECT max(revision) FROM revisions AS other WHERE other.election = one.election AND other.poll = one.poll);
DROP TABLE refusals_1;
DELETE FROM loads;
"""


def prepare(path: Path, connection: sqlite3.Connection) -> None:
    """Check the file, make its tables or bring them up to date; raises LedgerDamaged and leaves the file as it is."""
    connection.execute("PRAGMA journal_mode = WAL")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    sound = connection.execute("PRAGMA quick_check").fetchone()[0]
    if sound != "ok":
        raise LedgerDamaged(f"{path}: {sound}; {REMEDY}")
    if version > SCHEMA_VERSION:
        raise LedgerDamaged(f"{path}: written by a newer version ({version} > {SCHEMA_VERSION}); update the program")
    if version == 0:
        connection.executescript(f"BEGIN; {TABLES} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
    elif version == 1:
        _copy_aside(path, connection)
        missing = ";".join(table for table in TABLES.split(";") if _name(table) not in ("", "revisions", "loads")) + ";"
        script = FROM_1.format(tables=missing)
        connection.executescript(f"BEGIN; {script} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")


def _name(table: str) -> str:
    return table.partition("CREATE TABLE ")[2].partition(" (")[0]


def _copy_aside(path: Path, connection: sqlite3.Connection) -> None:
    """A copy of the older file beside it, before anything in it changes."""
    with closing(sqlite3.connect(path.with_name(f"{path.name}.version-1"))) as copy:
        connection.backup(copy)
