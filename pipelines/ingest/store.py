"""The ledger as it is written: a fold's revisions, readings, refusals and events in one SQLite file.

No table has row numbers and no row holds a time of ours, so that equal histories give equal rows. Each row carries a
checksum of its cells: SQLite finds a broken page, but not a changed letter inside one.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

from pydantic import TypeAdapter

from electoral.polls import Poll
from pipelines.errors import LedgerDamaged, LedgerUnusable
from pipelines.ingest.readings import SourceReading
from pipelines.sources.reading import Refusal

SCHEMA_VERSION = 5
POLL = TypeAdapter(Poll)
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


if TYPE_CHECKING:  # who only reads a ledger need not load what folds one
    from pipelines.ingest.fold import CampaignLedger


@dataclass(frozen=True, slots=True)
class Load:
    """What the ledger has of a source for an election; `loaded_utc` is its newest page's own moment."""

    election: str
    source: str
    loaded_utc: str
    accepted: int
    refused: int


@dataclass(frozen=True, slots=True)
class LedgerChange:
    """What a campaign's new rows changed: whether a poll is new, other or gone, and how many rows are newly refused."""

    has_news: bool = False
    newly_quarantined: int = 0


class Ledger:
    """One SQLite file; open it with `Ledger.open`, which refuses a damaged or newer one."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._db = connection

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Iterator["Ledger"]:
        """Open or make the ledger; raises LedgerDamaged or, where the disk refuses, LedgerUnusable, naming the file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as connection:
                prepare(path, connection)
                yield cls(path, connection)
        except sqlite3.OperationalError as error:
            if _is_of_the_file(error):
                raise LedgerDamaged(f"{path}: {error!s:.120}; {REMEDY}") from error
            raise LedgerUnusable(f"{path}: {error}; nothing was recorded") from error
        except sqlite3.DatabaseError as error:
            if type(error) is not sqlite3.DatabaseError:
                raise
            raise LedgerDamaged(f"{path}: {error!s:.120}; {REMEDY}") from error

    def fingerprint(self, election: str) -> str | None:
        """What a campaign's rows follow from; None where there are none."""
        row = self._db.execute("SELECT fingerprint FROM folds WHERE election = ?", (election,)).fetchone()
        return str(row[0]) if row else None

    def replace(self, fold: "CampaignLedger", fingerprint: str) -> LedgerChange:
        """Write a campaign's fold in the place of what was there, whole or not at all; returns what changed."""
        election = fold.campaign.election.id
        with self._transaction():
            polls = self._known(election)
            refused = self._refused(election)
            for table in NAMES:
                self._db.execute(f"DELETE FROM {table} WHERE election = ?", (election,))
            for table, rows in _rows(fold, fingerprint).items():
                put(self._db, table, rows)
            return LedgerChange(polls != self._known(election), len(self._refused(election) - refused))

    def loads(self, election: str | None = None) -> list[Load]:
        """What there is of each source, by election."""
        query = "SELECT election, source, loaded_utc, accepted, refused FROM loads ORDER BY 1, 2"
        return [Load(*row) for row in self._db.execute(query) if election in (None, row[0])]

    def polls(self, election: str) -> list[tuple[Poll, int]]:
        """The latest revision of every poll of an election with its number, by fieldwork end, then id."""
        polls = [
            (POLL.validate_json(body), revision) for _, revision, body in self._latest(election) if body is not None
        ]
        return sorted(polls, key=lambda item: (item[0].fieldwork.end, item[0].id))

    def readings(self, election: str) -> list[SourceReading]:
        """What every source says, or said last, of every poll of an election."""
        query = (
            "SELECT body, source, page, printed, family, is_shipped, adds_up, is_lossy, citations, is_open,"
            " arrived_utc, seen_date FROM readings WHERE election = ? ORDER BY arrived_utc, poll, source, is_lossy"
        )
        return [_reading(row) for row in self._db.execute(query, (election,))]

    def open_ids(self, election: str, source: str) -> set[str]:
        """The polls that a source still has."""
        query = "SELECT poll FROM readings WHERE election = ? AND source = ? AND is_open = 1"
        return {row[0] for row in self._db.execute(query, (election, source))}

    def known_ids(self, election: str) -> set[str]:
        """Every id that stands or once stood for a poll."""
        return {row[0] for row in self._db.execute("SELECT poll FROM revisions WHERE election = ?", (election,))}

    def refusals(self, election: str | None = None) -> list[Refusal]:
        """What is quarantined now."""
        query = 'SELECT election, source, poll, "check", text, reason, place FROM refusals ORDER BY 1, 3, 4, 2'
        return [Refusal(*row) for row in self._db.execute(query) if election in (None, row[0])]

    def write_to(self, path: Path) -> None:
        """A copy whose bytes follow from its rows: pages in order, nothing left over from how they came."""
        self._db.execute("VACUUM INTO ?", (str(path),))
        with closing(sqlite3.connect(path)) as copy:
            copy.execute("PRAGMA schema_version = 1")  # it counts copies of copies

    def _known(self, election: str) -> dict[str, Poll | None]:
        """Every poll as it stands; None where no source has it any more."""
        return {poll: POLL.validate_json(body) if body else None for poll, _, body in self._latest(election)}

    def _latest(self, election: str) -> list[tuple[str, int, str | None]]:
        query = "SELECT poll, max(revision), body FROM revisions WHERE election = ? GROUP BY poll"
        return self._db.execute(query, (election,)).fetchall()

    def _refused(self, election: str) -> set[tuple[str, ...]]:
        query = 'SELECT source, page, poll, "check", reason FROM refusals WHERE election = ?'
        return set(self._db.execute(query, (election,)))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if self._db.in_transaction:  # SQLite has rolled back by itself where the disk was full
                self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")


def _is_of_the_file(error: sqlite3.OperationalError) -> bool:
    """A table, column or letter that is not there any more; else the disk is full, read-only or failing."""
    code = getattr(error, "sqlite_errorcode", None)
    return code == sqlite3.SQLITE_ERROR or str(error).startswith("Could not decode")


def _body(poll: Poll) -> str:
    return POLL.dump_json(poll).decode()


def _rows(fold: "CampaignLedger", fingerprint: str) -> dict[str, list[tuple[str | int | None, ...]]]:
    """A fold as rows, by table."""
    election = fold.campaign.election.id
    readings = sorted(fold.readings.items())
    loads = {source: [0, 0] for source in fold.loaded_utc}
    for (_, source, is_lossy), reading in readings:
        loads[source][0] += reading.is_open and not is_lossy
    for (source, _), refusals in fold.refusals.items():
        loads[source][1] += len(refusals)
    return {
        "folds": [(election, fingerprint)],
        "revisions": [
            (election, name, one.number, one.source, None if one.poll is None else _body(one.poll), one.recorded_utc)
            for name, revisions in fold.revisions.items()
            for one in revisions
        ],
        "readings": [
            (election, name, source, int(is_lossy), one.page, one.printed, one.family, int(one.is_shipped),
             int(one.adds_up), _body(one.poll), json.dumps(one.citations), int(one.is_open), one.arrived_utc,
             one.seen_date.isoformat() if one.seen_date else None)
            for (name, source, is_lossy), one in readings
        ],
        "refusals": [
            (election, source, page, one.row.poll, one.row.check, one.row.reason, one.row.text, one.row.place,
             one.first_seen_utc)
            for (source, page), refusals in fold.refusals.items()
            for one in refusals.values()
        ],
        "loads": [
            (election, source, fold.loaded_utc[source], accepted, refused)
            for source, (accepted, refused) in loads.items()
        ],
        "events": [(election, source, day, text) for source, day, text in fold.events],
    }  # fmt: skip


def _reading(row: tuple[str, str, str, str, str, int, int, int, str, int, str, str | None]) -> SourceReading:
    body, source, page, printed, family, is_shipped, adds_up, is_lossy, citations, is_open, arrived, seen = row
    return SourceReading(
        poll=POLL.validate_json(body),
        source=source,
        page=page,
        printed=printed,
        family=family,
        is_shipped=bool(is_shipped),
        adds_up=bool(adds_up),
        is_lossy=bool(is_lossy),
        citations=tuple(json.loads(citations)),
        is_open=bool(is_open),
        arrived_utc=arrived,
        seen_date=date.fromisoformat(seen) if seen else None,
    )
