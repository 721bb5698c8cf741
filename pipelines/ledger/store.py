"""The ledger: polls are appended as revisions, a poll that its file no longer has gets a tombstone.

Nothing is changed or deleted. What the ledger holds follows from data/raw alone, so a damaged file is
never repaired: `rebuild` puts it aside and makes it again.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from electoral.polls import Fieldwork, Poll, PollKind, ReportedValue, Status
from pipelines.errors import LedgerDamaged, LedgerUnusable
from pipelines.reported import Refusal

SCHEMA_VERSION = 1
REMEDY = "run `python -m pipelines rebuild`: it is made again from data/raw"
TABLES = """
CREATE TABLE revisions (
    election TEXT NOT NULL, poll TEXT NOT NULL, revision INTEGER NOT NULL, source TEXT NOT NULL,
    body TEXT,  -- NULL: the source no longer has the poll
    recorded_utc TEXT NOT NULL,
    PRIMARY KEY (election, poll, revision)
) STRICT;
CREATE TABLE refusals (
    election TEXT NOT NULL, source TEXT NOT NULL, poll TEXT NOT NULL, "check" TEXT NOT NULL,
    text TEXT NOT NULL, reason TEXT NOT NULL, is_open INTEGER NOT NULL, first_seen_utc TEXT NOT NULL,
    PRIMARY KEY (election, source, poll, "check", reason)
) STRICT;
CREATE TABLE loads (
    election TEXT NOT NULL, source TEXT NOT NULL, fingerprint TEXT NOT NULL, loaded_utc TEXT NOT NULL,
    accepted INTEGER NOT NULL, refused INTEGER NOT NULL,
    PRIMARY KEY (election, source)
) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Appended:
    """What one load changed, counted in polls."""

    new: int
    revised: int
    withdrawn: int
    unchanged: int
    newly_refused: int


@dataclass(frozen=True, slots=True)
class Load:
    """The last time a source was read for an election."""

    election: str
    source: str
    fingerprint: str
    loaded_utc: str
    accepted: int
    refused: int


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
                _prepare(path, connection)
                yield cls(path, connection)
        except sqlite3.OperationalError as error:  # full, read-only, unreadable: the disk's fault, not the file's
            raise LedgerUnusable(f"{path}: {error}; nothing was recorded") from error
        except sqlite3.DatabaseError as error:
            if type(error) is not sqlite3.DatabaseError:
                raise
            raise LedgerDamaged(f"{path}: {error}; {REMEDY}") from error

    def load(self, election: str, source: str) -> Load | None:
        rows = self.loads(election)
        return next((row for row in rows if row.source == source), None)

    def loads(self, election: str | None = None) -> list[Load]:
        """The last load per election and source."""
        query = "SELECT election, source, fingerprint, loaded_utc, accepted, refused FROM loads ORDER BY 1, 2"
        return [Load(*row) for row in self._db.execute(query) if election in (None, row[0])]

    def append(
        self, election: str, source: str, fingerprint: str, polls: Iterable[Poll], refused: Iterable[Refusal]
    ) -> Appended:
        """Record what a source says now, whole or not at all; returns what changed."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        polls, refused = list(polls), list(refused)
        with self._transaction():
            counts = self._append_polls(election, source, polls, now)
            newly = self._append_refusals(election, source, refused, now)
            self._db.execute(
                "INSERT OR REPLACE INTO loads VALUES (?, ?, ?, ?, ?, ?)",
                (election, source, fingerprint, now, len(polls), len(refused)),
            )
        return Appended(counts["new"], counts["revised"], counts["withdrawn"], counts["unchanged"], newly)

    def polls(self, election: str) -> list[tuple[Poll, int]]:
        """The latest revision of every poll of an election with its number, by fieldwork end, then id."""
        latest = self._latest(election).items()
        found = [(_poll(body), revision) for _, (revision, _, body) in latest if body is not None]
        return sorted(found, key=lambda item: (item[0].fieldwork.end, item[0].id))

    def refusals(self, election: str | None = None) -> list[Refusal]:
        """What is quarantined now."""
        query = 'SELECT election, source, poll, "check", text, reason FROM refusals WHERE is_open = 1 ORDER BY 1, 3, 4'
        return [Refusal(*row) for row in self._db.execute(query) if election in (None, row[0])]

    def _latest(self, election: str) -> dict[str, tuple[int, str, str | None]]:
        query = "SELECT poll, revision, source, body FROM revisions WHERE election = ? ORDER BY poll, revision"
        return {poll: (revision, source, body) for poll, revision, source, body in self._db.execute(query, (election,))}

    def _append_polls(self, election: str, source: str, polls: list[Poll], now: str) -> dict[str, int]:
        before = self._latest(election)
        counts = dict.fromkeys(("new", "revised", "withdrawn", "unchanged"), 0)
        bodies: dict[str, str | None] = {poll.id: _body(poll) for poll in polls}
        gone = [poll for poll, (_, owner, body) in before.items() if owner == source and body and poll not in bodies]
        for poll, body in [*bodies.items(), *((poll, None) for poll in gone)]:
            revision, _, known = before.get(poll, (0, source, None))
            if revision and known == body:
                counts["unchanged"] += 1
                continue
            counts["withdrawn" if body is None else "revised" if revision else "new"] += 1
            self._db.execute(
                "INSERT INTO revisions VALUES (?, ?, ?, ?, ?, ?)", (election, poll, revision + 1, source, body, now)
            )
        return counts

    def _append_refusals(self, election: str, source: str, refused: list[Refusal], now: str) -> int:
        self._db.execute("UPDATE refusals SET is_open = 0 WHERE election = ? AND source = ?", (election, source))
        newly = 0
        for row in refused:
            key = (row.election, row.source, row.poll, row.check, row.reason)
            where = 'election = ? AND source = ? AND poll = ? AND "check" = ? AND reason = ?'
            known = self._db.execute(f"UPDATE refusals SET is_open = 1 WHERE {where}", key).rowcount
            if not known:
                newly += 1
                self._db.execute(
                    "INSERT INTO refusals VALUES (?, ?, ?, ?, ?, ?, 1, ?)", (*key[:4], row.text, row.reason, now)
                )
        return newly

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


def _prepare(path: Path, connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    sound = connection.execute("PRAGMA quick_check").fetchone()[0]
    if sound != "ok":
        raise LedgerDamaged(f"{path}: {sound}; {REMEDY}")
    if version > SCHEMA_VERSION:
        raise LedgerDamaged(f"{path}: written by a newer version ({version} > {SCHEMA_VERSION}); update the program")
    if version == 0:
        connection.executescript(f"BEGIN; {TABLES} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")


def _body(poll: Poll) -> str:
    return json.dumps(asdict(poll), default=date.isoformat, ensure_ascii=False, sort_keys=True)


def _poll(body: str) -> Poll:
    record = json.loads(body)
    values = tuple(ReportedValue(**{**value, "status": Status(value["status"])}) for value in record.pop("values"))
    fieldwork = record.pop("fieldwork")
    published = record.pop("published_date")
    return Poll(
        **{**record, "kind": PollKind(record["kind"])},
        values=values,
        published_date=_day(published),
        fieldwork=Fieldwork(_day(fieldwork["start"]), date.fromisoformat(fieldwork["end"])),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
