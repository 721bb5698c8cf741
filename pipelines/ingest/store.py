"""The ledger as it is written: a fold's revisions, readings, refusals and events, in a SQLite file or in PostgreSQL.

No table has row numbers and no row holds a time of ours, so that equal histories give equal rows, in either. Each row
carries a checksum of its cells: SQLite finds a broken page, but not a changed letter inside one.
"""

import hashlib
import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

from pydantic import TypeAdapter

from electoral.polls import Poll, PollKind
from pipelines.errors import AlreadyRunning, LedgerDamaged, LedgerUnusable
from pipelines.ingest.readings import SourceReading
from pipelines.sources.reading import Refusal

if TYPE_CHECKING:  # who only reads a ledger need not load what folds one; psycopg is an extra
    import psycopg

    from pipelines.ingest.fold import CampaignLedger

LEDGER = "ledger.sqlite"
SCHEMA_VERSION = 6
REMEDY = "run `python -m pipelines rebuild`: it is made again from data/raw"
Cell = str | int | None
# Every table, and how many of its first cells are the key of a row.
NAMES = {"folds": 1, "revisions": 3, "readings": 4, "refusals": 6, "loads": 2, "events": 4}
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


@cache
def _poll_file() -> TypeAdapter[Poll]:
    return TypeAdapter(Poll)


def checksum(cells: Sequence[Cell]) -> int:
    return crc32(repr(tuple(cells)).encode())


class Sqlite:
    """The ledger's few statements on one file."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.place = str(path)
        self._path, self._db = path, connection

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Iterator["Sqlite"]:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as connection:
                yield cls(path, connection)
        except sqlite3.OperationalError as error:
            if _is_of_the_file(error):
                raise LedgerDamaged(f"{path}: {error!s:.120}; {REMEDY}") from error
            raise LedgerUnusable(f"{path}: {error}; nothing was recorded") from error
        except sqlite3.DatabaseError as error:
            if type(error) is not sqlite3.DatabaseError:
                raise
            raise LedgerDamaged(f"{path}: {error!s:.120}; {REMEDY}") from error

    def rows(self, query: str, cells: Sequence[Cell] = ()) -> list[Any]:
        return self._db.execute(query, cells).fetchall()

    def write(self, statement: str, rows: Iterable[Sequence[Cell]]) -> None:
        self._db.executemany(statement, rows)

    @contextmanager
    def alone(self, election: str) -> Iterator[None]:  # noqa: ARG002
        """A transaction of the one writer; the whole file is its own meanwhile."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if self._db.in_transaction:  # SQLite has rolled back by itself where the disk was full
                self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def prepare(self, *, is_whole: bool, is_read: bool) -> bool:
        """Check the file and make its tables; returns whether it may hold rows. Raises LedgerDamaged.

        Everything in a ledger follows from data/raw, so one of an older version is copied aside and begun anew: the
        next fold of each campaign fills it.
        """
        version = self.rows("PRAGMA user_version")[0][0]
        _refuse_version(self.place, version, is_read=is_read)
        refuse_strange(self._db, self.place)
        sound = self.rows("PRAGMA quick_check")[0][0] if is_whole else "ok"
        if sound != "ok":
            raise LedgerDamaged(f"{self.place}: {sound}; {REMEDY}")
        if version != SCHEMA_VERSION:
            if version:
                self._copy_aside(version)
            self._begin()
        return bool(version == SCHEMA_VERSION)

    def begin(self) -> None:
        """What is done to a file only once it is known to be sound."""
        self._db.execute("PRAGMA journal_mode = WAL")

    def _begin(self) -> None:
        older = [row[0] for row in self.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
        drops = "".join(f'DROP TABLE "{table}"; ' for table in older)
        self._db.executescript(f"BEGIN IMMEDIATE; {drops} {TABLES} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")

    def _copy_aside(self, version: int) -> None:
        """A copy of the older file beside it, before anything in it changes."""
        with closing(sqlite3.connect(self._path.with_name(f"{self._path.name}.version-{version}"))) as copy:
            self._db.backup(copy)

    def write_to(self, path: Path) -> None:
        """A copy whose bytes follow from its rows: pages in order, nothing left over from how they came."""
        self._db.execute("VACUUM INTO ?", (str(path),))
        with closing(sqlite3.connect(path)) as copy:
            copy.execute("PRAGMA schema_version = 1")  # it counts copies of copies


def refuse_strange(connection: sqlite3.Connection, place: str) -> None:
    """No view, trigger or name that no ledger has had, before anything is asked that would run what they say."""
    query = "SELECT type, name FROM sqlite_master WHERE type NOT IN ('table', 'index') OR name GLOB '*[^a-z0-9_]*'"
    if row := connection.execute(f"{query} OR sql LIKE 'CREATE VIRTUAL%'").fetchone():
        raise LedgerDamaged(f"{place}: holds the {row[0]} {row[1]!r:.40}, which no ledger does; {REMEDY}")


class Postgres:
    """The same statements in a schema of a PostgreSQL database; texts are compared by their bytes, as in SQLite."""

    SCHEMA = "hemicycle"

    def __init__(self, place: str, connection: "psycopg.Connection[Any]") -> None:
        self.place = place
        self._db = connection

    @classmethod
    @contextmanager
    def open(cls, url: str) -> Iterator["Postgres"]:
        try:
            import psycopg
        except ImportError as error:
            raise LedgerUnusable(f"{LEDGER}: PostgreSQL needs requirements-scale.txt (psycopg)") from error
        place = re.sub(r"//[^@/]*@", "//", url)  # no password in a message
        try:
            with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
                yield cls(place, connection)
        except psycopg.errors.UndefinedTable as error:
            raise LedgerDamaged(f"{place}: {error!s:.120}; {REMEDY}") from error
        except psycopg.OperationalError as error:
            reason = " ".join(str(error).split())
            raise LedgerUnusable(f"{place}: {reason:.200}; nothing was recorded") from error

    def rows(self, query: str, cells: Sequence[Cell] = ()) -> list[Any]:
        return self._db.execute(query.replace("?", "%s").encode(), cells).fetchall()

    def write(self, statement: str, rows: Iterable[Sequence[Cell]]) -> None:
        with self._db.cursor() as cursor:
            cursor.executemany(statement.replace("?", "%s").encode(), rows)

    @contextmanager
    def alone(self, election: str) -> Iterator[None]:
        """A transaction of the one writer of an election; who writes another one goes on."""
        with self._db.transaction():
            self.rows("SELECT pg_advisory_xact_lock(?)", (_lock_number(f"ledger {election}"),))
            yield

    def prepare(self, *, is_whole: bool, is_read: bool) -> bool:  # noqa: ARG002
        """As in a file; an older version's tables are kept under the name of their version."""
        with self.alone(""):
            schemas = self.rows("SELECT 1 FROM pg_namespace WHERE nspname = ?", (self.SCHEMA,))
            version = self.rows(f"SELECT number FROM {self.SCHEMA}.version")[0][0] if schemas else None
            _refuse_version(self.place, version or 0, is_read=is_read)
            if version != SCHEMA_VERSION:
                if version is not None:
                    self._set_aside(f"version_{version}")
                self._begin()
        self._db.execute(f"SET search_path TO {self.SCHEMA}".encode())
        return bool(version == SCHEMA_VERSION)

    def begin(self) -> None:
        """Nothing is left to be done."""

    def _begin(self) -> None:
        tables = TABLES.replace("INTEGER", "BIGINT").replace("TEXT", 'TEXT COLLATE "C"')
        tables = tables.replace(") STRICT, WITHOUT ROWID;", ");")
        self._db.execute(
            f"CREATE SCHEMA {self.SCHEMA}; SET LOCAL search_path TO {self.SCHEMA}; {tables}"
            f" CREATE TABLE version (number INTEGER); INSERT INTO version VALUES ({SCHEMA_VERSION})".encode()
        )

    def _set_aside(self, name: str) -> str:
        name_aside = f"{self.SCHEMA}_{name}"
        self._db.execute(f"DROP SCHEMA IF EXISTS {name_aside} CASCADE".encode())
        self._db.execute(f"ALTER SCHEMA {self.SCHEMA} RENAME TO {name_aside}".encode())
        return name_aside

    def begin_anew(self) -> str:
        """Empty tables in the place of those there, which are kept as the last ones set aside; returns their name."""
        with self.alone(""):
            name_aside = self._set_aside("set_aside")
            self._begin()
        return name_aside


def _refuse_version(place: str, version: int, *, is_read: bool) -> None:
    """LedgerDamaged for a newer version's ledger; LedgerUnusable for an older one's that is only to be read."""
    if version > SCHEMA_VERSION:
        raise LedgerDamaged(f"{place}: written by a newer version ({version} > {SCHEMA_VERSION}); update the program")
    if is_read and 0 < version < SCHEMA_VERSION:
        raise LedgerUnusable(f"{place}: written by an older version ({version}); `rebuild` or a refresh makes it anew")


def _lock_number(name: str) -> int:
    """What PostgreSQL knows a lock by."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)


@contextmanager
def holding(url: str, alone: Iterable[str], beside: Iterable[str] = ()) -> Iterator[None]:
    """Hold locks of a PostgreSQL ledger, on whichever machine: `alone` nobody else has, `beside` others may have too.

    Raises AlreadyRunning at once where somebody else holds one. They end with their owner, however it ends.
    """
    with Postgres.open(url) as db:
        try:
            for names, kind in ((sorted(beside), "_shared"), (sorted(alone), "")):
                for name in names:
                    query = f"SELECT pg_try_advisory_lock{kind}(?)"
                    if not db.rows(query, (_lock_number(f"refresh {name}"),))[0][0]:
                        place = f"somebody holds {name} in {db.place}"
                        raise AlreadyRunning(f"already running: {place}; wait until it ended")
            yield
        finally:
            db.rows("SELECT pg_advisory_unlock_all()")  # now, and not when the server has noticed that we left


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
    """Open it with `Ledger.open`, which refuses a damaged or newer one."""

    def __init__(self, db: Sqlite | Postgres) -> None:
        self._db = db

    @classmethod
    @contextmanager
    def open(
        cls,
        where: Path | str,
        only: str | None = None,
        *,
        tables: Iterable[str] = NAMES,
        is_read: bool = False,
        is_checked: bool = False,
    ) -> Iterator["Ledger"]:
        """Open or make the ledger, a file or `postgresql://…`; raises LedgerDamaged or LedgerUnusable, naming it.

        Who only reads it (`is_read`) leaves one of an older version as it is, which is LedgerUnusable then.

        `only`: the one campaign that is read; of the others nothing is checked, so that a night of very many campaigns
        does not read all of them for each. `tables`: those whose rows are held to their checksums; `is_checked`: this
        run has held them to those before.
        """
        kind: Any = Postgres if isinstance(where, str) else Sqlite
        with kind.open(where) as db:
            ledger = cls(db)
            may_hold_rows = db.prepare(is_whole=only is None and not is_checked, is_read=is_read)
            if may_hold_rows and not is_checked:
                ledger._refuse_changed_rows(tables, only)
            db.begin()
            yield ledger

    def _refuse_changed_rows(self, tables: Iterable[str], only: str | None) -> None:
        of, cells = _of(only)
        for table in tables:
            for row in self._db.rows(f"SELECT * FROM {table}{of}", cells):
                if checksum(row[:-1]) != row[-1]:
                    named = " ".join(str(cell) for cell in row[:2])
                    raise LedgerDamaged(
                        f"{self._db.place}: a row of {table} ({named}) is not what was written; {REMEDY}"
                    )

    def dump(self) -> Iterator[str]:
        """Every row as a line, in order: equal ledgers give equal lines, whichever database they lie in."""
        for table, width in NAMES.items():
            order = ", ".join(str(at) for at in range(1, width + 1))
            for row in self._db.rows(f"SELECT * FROM {table} ORDER BY {order}"):
                yield json.dumps([table, *row], ensure_ascii=False)

    def begin_anew(self) -> str | None:
        """Empty tables in a database; None for a file, which is replaced by another."""
        return self._db.begin_anew() if isinstance(self._db, Postgres) else None

    def fingerprint(self, election: str) -> str | None:
        """What a campaign's rows follow from; None where there are none."""
        rows = self._db.rows("SELECT fingerprint FROM folds WHERE election = ?", (election,))
        return str(rows[0][0]) if rows else None

    def replace(self, fold: "CampaignLedger", fingerprint: str) -> LedgerChange:
        """Write a campaign's fold in the place of what was there, whole or not at all; returns what changed."""
        election = fold.campaign.election.id
        with self._db.alone(election):
            polls = self._standing(election)
            refused = self._refused(election)
            for table in NAMES:
                self._db.write(f"DELETE FROM {table} WHERE election = ?", [(election,)])
            for table, rows in _rows(fold, fingerprint).items():
                self._put(table, rows)
            return LedgerChange(polls != self._standing(election), len(self._refused(election) - refused))

    def _put(self, table: str, rows: Iterable[Sequence[Cell]]) -> None:
        """Write whole rows in the order of their keys; of those with one key the last."""
        by_key = {tuple(row[: NAMES[table]]): row for row in rows}
        signed = [(*by_key[key], checksum(by_key[key])) for key in sorted(by_key)]
        if signed:
            marks = ", ".join("?" * len(signed[0]))
            self._db.write(f"INSERT INTO {table} VALUES ({marks})", signed)

    def loads(self, election: str | None = None) -> list[Load]:
        """What there is of each source, by election."""
        of, cells = _of(election)
        query = f"SELECT election, source, loaded_utc, accepted, refused FROM loads{of} ORDER BY 1, 2"
        return [Load(*row) for row in self._db.rows(query, cells)]

    def polls(self, election: str, kind: PollKind | None = None) -> list[tuple[Poll, int]]:
        """The latest revision of each poll, or of those of a kind, with its number, by fieldwork end, then id."""
        mark = f'"kind":"{kind}"' if kind else ""  # as `_body` writes it
        polls = [
            (_poll_file().validate_json(body), revision)
            for _, revision, body in self._latest(election)
            if body is not None and mark in body
        ]
        return sorted(polls, key=lambda item: (item[0].fieldwork.end, item[0].id))

    def readings(self, election: str) -> list[SourceReading]:
        """What every source says, or said last, of every poll of an election."""
        query = "SELECT * FROM readings WHERE election = ? ORDER BY arrived_utc, poll, source, is_lossy"
        return [_reading(row) for row in self._db.rows(query, (election,))]

    def open_ids(self, election: str, source: str) -> set[str]:
        """The polls that a source still has."""
        query = "SELECT poll FROM readings WHERE election = ? AND source = ? AND is_open = 1"
        return {row[0] for row in self._db.rows(query, (election, source))}

    def known_ids(self, election: str) -> set[str]:
        """Every id that stands or once stood for a poll."""
        return {row[0] for row in self._db.rows("SELECT poll FROM revisions WHERE election = ?", (election,))}

    def refusals(self, election: str | None = None) -> list[Refusal]:
        """What is quarantined now."""
        of, cells = _of(election)
        query = f'SELECT election, source, poll, "check", text, reason, place FROM refusals{of} ORDER BY 1, 3, 4, 2'
        return [Refusal(*row) for row in self._db.rows(query, cells)]

    def write_to(self, path: Path) -> None:
        """A copy of a file whose bytes follow from its rows."""
        assert isinstance(self._db, Sqlite)
        self._db.write_to(path)

    def _standing(self, election: str) -> dict[str, str | None]:
        """Every poll as it is written now; None where no source has it any more."""
        return {poll: body for poll, _, body in self._latest(election)}

    def _latest(self, election: str) -> list[tuple[str, int, str | None]]:
        query = (
            "SELECT poll, revision, body FROM revisions AS one WHERE election = ? AND revision = (SELECT max(revision)"
            " FROM revisions AS other WHERE other.election = one.election AND other.poll = one.poll) ORDER BY poll"
        )
        return self._db.rows(query, (election,))

    def _refused(self, election: str) -> set[tuple[str, ...]]:
        query = 'SELECT source, page, poll, "check", reason FROM refusals WHERE election = ?'
        return {tuple(row) for row in self._db.rows(query, (election,))}


def _of(election: str | None) -> tuple[str, tuple[str, ...]]:
    return (" WHERE election = ?", (election,)) if election else ("", ())


def _is_of_the_file(error: sqlite3.OperationalError) -> bool:
    """A table, column or letter that is not there any more; else the disk is full, read-only or failing."""
    code = getattr(error, "sqlite_errorcode", None)
    return code == sqlite3.SQLITE_ERROR or str(error).startswith("Could not decode")


def _body(poll: Poll) -> str:
    return _poll_file().dump_json(poll).decode()


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


def _reading(row: Sequence[Any]) -> SourceReading:
    _, _, source, is_lossy, page, printed, family, is_shipped, adds_up, body, citations, is_open, arrived, seen, _ = row
    return SourceReading(
        poll=_poll_file().validate_json(body),
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
