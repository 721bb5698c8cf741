"""The ledger: what each source says of a poll, and the poll as it is used, appended as revisions.

Nothing is changed or deleted in a revision; a poll that no source has any more gets a tombstone. What the ledger holds
follows from data/raw alone, so a damaged file is never repaired: `rebuild` puts it aside and makes it again.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from electoral.polls import Poll
from pipelines.errors import LedgerDamaged, LedgerUnusable
from pipelines.ledger.pages import Appended, Load, Page
from pipelines.ledger.readings import Reading, Said, from_body
from pipelines.ledger.recording import record_page
from pipelines.ledger.tables import REMEDY, prepare
from pipelines.reported import Refusal


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

    def load(self, election: str, source: str) -> Load | None:
        rows = self.loads(election)
        return next((row for row in rows if row.source == source), None)

    def loads(self, election: str | None = None) -> list[Load]:
        """The last load per election and source."""
        query = "SELECT election, source, fingerprint, loaded_utc, accepted, refused FROM loads ORDER BY 1, 2"
        return [Load(*row) for row in self._db.execute(query) if election in (None, row[0])]

    def append(
        self,
        election: str,
        source: str,
        fingerprint: str,
        polls: Iterable[Poll],
        refused: Iterable[Refusal],
        recorded_utc: str = "",
    ) -> Appended:
        """Record the whole of what a source says now, on one page: a poll it no longer has is withdrawn."""
        said = [Said(poll, poll.id, source) for poll in polls]
        return self.append_whole(Page(election, source, "", fingerprint, recorded_utc, said, list(refused)))

    def append_whole(self, page: Page) -> Appended:
        """Record a source that is one page: every open reading it no longer has is withdrawn."""
        names = {said.poll.id for said in page.said}
        return self.record(replace(page, gone=self.open_ids(page.election, page.source) - names))

    def record(self, page: Page) -> Appended:
        """Record what a page of a source says now, whole or not at all; returns what changed."""
        with self._transaction():
            latest = {poll: (revision, body) for poll, revision, body in self._latest(page.election)}
            return record_page(self._db, page, latest, self.readings(page.election))

    def polls(self, election: str) -> list[tuple[Poll, int]]:
        """The latest revision of every poll of an election with its number, by fieldwork end, then id."""
        found = [(from_body(body), revision) for _, revision, body in self._latest(election) if body is not None]
        return sorted(found, key=lambda item: (item[0].fieldwork.end, item[0].id))

    def readings(self, election: str) -> list[Reading]:
        """What every source says, or said last, of every poll of an election."""
        query = (
            "SELECT body, source, page, printed, family, is_shipped, is_whole, citations, is_open, arrived_utc"
            " FROM readings WHERE election = ? ORDER BY arrived_utc, poll, source"
        )
        return [_reading(row) for row in self._db.execute(query, (election,))]

    def open_ids(self, election: str, source: str) -> set[str]:
        """The polls that a source still has."""
        query = "SELECT poll FROM readings WHERE election = ? AND source = ? AND is_open = 1"
        return {row[0] for row in self._db.execute(query, (election, source))}

    def known_ids(self, election: str) -> set[str]:
        """Every id that stands or once stood for a poll."""
        return {row[0] for row in self._db.execute("SELECT poll FROM revisions WHERE election = ?", (election,))}

    def taken(self, election: str) -> set[str]:
        """The snapshots that have been read."""
        return {row[0] for row in self._db.execute("SELECT snapshot FROM taken WHERE election = ?", (election,))}

    def refusals(self, election: str | None = None) -> list[Refusal]:
        """What is quarantined now."""
        query = 'SELECT election, source, poll, "check", text, reason, place FROM refusals ORDER BY 1, 3, 4, 2'
        return [Refusal(*row) for row in self._db.execute(query) if election in (None, row[0])]

    def write_to(self, path: Path) -> None:
        """A copy whose bytes follow from its rows: pages in order, nothing left over from how they came."""
        self._db.execute("VACUUM INTO ?", (str(path),))
        with closing(sqlite3.connect(path)) as copy:
            copy.execute("PRAGMA schema_version = 1")  # it counts copies of copies

    def _latest(self, election: str) -> list[tuple[str, int, str | None]]:
        query = "SELECT poll, max(revision), body FROM revisions WHERE election = ? GROUP BY poll"
        return self._db.execute(query, (election,)).fetchall()

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


def _reading(row: tuple[str, str, str, str, str, int, int, str, int, str]) -> Reading:
    body, source, page, printed, family, is_shipped, is_whole, citations, is_open, arrived = row
    cited = tuple(json.loads(citations))
    return Reading(
        from_body(body), source, page, printed, family, bool(is_shipped), bool(is_whole), cited, bool(is_open), arrived
    )
