"""The ledger: what each source says of a poll, and the poll as it is used, appended as revisions.

Nothing is changed or deleted in a revision; a poll that no source has any more gets a tombstone. What the ledger holds
follows from data/raw alone, so a damaged file is never repaired: `rebuild` puts it aside and makes it again.
"""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from electoral.polls import Poll
from pipelines.errors import LedgerDamaged, LedgerUnusable
from pipelines.ledger.readings import Reading, Said, from_body, same_but_for_citation, to_body, used
from pipelines.ledger.tables import REMEDY, SCHEMA_VERSION, prepare
from pipelines.reported import Refusal

__all__ = ["SCHEMA_VERSION", "Appended", "Ledger", "Load", "Page", "Reading", "Said"]


@dataclass(frozen=True, slots=True)
class Appended:
    """What one load changed, counted in polls."""

    new: int
    revised: int
    withdrawn: int
    unchanged: int
    newly_refused: int

    def __add__(self, other: "Appended") -> "Appended":
        return Appended(
            self.new + other.new,
            self.revised + other.revised,
            self.withdrawn + other.withdrawn,
            self.unchanged + other.unchanged,
            self.newly_refused + other.newly_refused,
        )


@dataclass(frozen=True, slots=True)
class Load:
    """The last time a source was read for an election."""

    election: str
    source: str
    fingerprint: str
    loaded_utc: str
    accepted: int
    refused: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a source, read: its polls, what was refused, which polls it no longer has, and its events."""

    election: str
    source: str
    page: str
    fingerprint: str
    said: Sequence[Said]
    refused: Sequence[Refusal]
    gone: Collection[str] = ()
    events: Sequence[tuple[str, str]] = ()
    snapshot: str | None = None


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
        """Record the whole of what a source says now, on one page: a poll it no longer has is withdrawn."""
        said = [Said(poll, poll.id, source) for poll in polls]
        return self.append_whole(Page(election, source, "", fingerprint, said, list(refused)))

    def append_whole(self, page: Page) -> Appended:
        """Record a source that is one page: every open reading it no longer has is withdrawn."""
        names = {said.poll.id for said in page.said}
        gone = {
            one.poll.id
            for one in self.readings(page.election)
            if one.source == page.source and one.is_open and one.poll.id not in names
        }
        return self.record(Page(page.election, page.source, page.page, page.fingerprint, page.said, page.refused, gone))

    def record(self, page: Page) -> Appended:
        """Record what a page of a source says now, whole or not at all; returns what changed."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._transaction():
            counts = self._append_polls(page, now)
            newly = self._append_refusals(page, now)
            rows = [(page.election, page.source, day, text) for day, text in page.events]
            self._db.executemany("INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?)", rows)
            if page.snapshot:
                pair = (page.election, page.snapshot)
                self._db.execute("INSERT OR IGNORE INTO taken (election, snapshot) VALUES (?, ?)", pair)
            self._mark(page, now)
        return Appended(counts["new"], counts["revised"], counts["withdrawn"], counts["unchanged"], newly)

    def polls(self, election: str) -> list[tuple[Poll, int]]:
        """The latest revision of every poll of an election with its number, by fieldwork end, then id."""
        latest = self._latest(election).values()
        found = [(from_body(body), revision) for revision, _, body in latest if body is not None]
        return sorted(found, key=lambda item: (item[0].fieldwork.end, item[0].id))

    def readings(self, election: str) -> list[Reading]:
        """What every source says, or said last, of every poll of an election."""
        query = (
            "SELECT body, source, page, printed, family, is_shipped, is_whole, citations, is_open, arrived, said"
            " FROM readings WHERE election = ? ORDER BY arrived"
        )
        return [_reading(row) for row in self._db.execute(query, (election,))]

    def known_ids(self, election: str) -> set[str]:
        """Every id that stands or once stood for a poll."""
        return set(self._latest(election))

    def taken(self, election: str) -> list[str]:
        """The snapshots that have been read, in that order."""
        query = "SELECT snapshot FROM taken WHERE election = ? ORDER BY number"
        return [row[0] for row in self._db.execute(query, (election,))]

    def refusals(self, election: str | None = None) -> list[Refusal]:
        """What is quarantined now."""
        query = (
            'SELECT election, source, poll, "check", text, reason, place FROM refusals'
            " WHERE is_open = 1 ORDER BY 1, 3, 4, 2"
        )
        return [Refusal(*row) for row in self._db.execute(query) if election in (None, row[0])]

    def _latest(self, election: str) -> dict[str, tuple[int, str, str | None]]:
        query = "SELECT poll, revision, source, body FROM revisions WHERE election = ? ORDER BY poll, revision"
        return {poll: (revision, source, body) for poll, revision, source, body in self._db.execute(query, (election,))}

    def _append_polls(self, page: Page, now: str) -> dict[str, int]:
        before, counts = self._latest(page.election), dict.fromkeys(("new", "revised", "withdrawn", "unchanged"), 0)
        known = {(one.poll.id, one.source): one for one in self.readings(page.election)}
        count = max((one.said for one in known.values()), default=0)
        for said in page.said:
            count += 1
            self._say(page, said, known.get((said.poll.id, page.source)), count)
        closing_down = [(page.election, poll, page.source) for poll in page.gone]
        self._db.executemany(
            "UPDATE readings SET is_open = 0 WHERE election = ? AND poll = ? AND source = ?", closing_down
        )
        by_poll: dict[str, list[Reading]] = {}
        for one in self.readings(page.election):
            by_poll.setdefault(one.poll.id, []).append(one)
        for poll in dict.fromkeys([*(said.poll.id for said in page.said), *page.gone]):
            own = known.get((poll, page.source))
            word = next((one for one in by_poll[poll] if one.source == page.source), None)
            has_new_word = bool(own and own.is_open and word and not same_but_for_citation(own.poll, word.poll))
            change = self._revise(page, poll, before.get(poll), used(by_poll[poll]), now, is_cited=own is None)
            counts["revised" if change == "unchanged" and has_new_word else change] += change != "nothing"
        return counts

    def _say(self, page: Page, said: Said, before: Reading | None, count: int) -> None:
        arrived = before.arrived if before else count
        self._db.execute(
            "INSERT OR REPLACE INTO readings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?)",
            (page.election, said.poll.id, page.source, page.page, said.printed, said.family, said.is_shipped,
             said.is_whole, to_body(said.poll), json.dumps(said.citations), arrived, count),
        )  # fmt: skip

    def _revise(
        self,
        page: Page,
        poll: str,
        before: tuple[int, str, str | None] | None,
        now_used: Poll | None,
        now: str,
        *,
        is_cited: bool,
    ) -> str:
        """Append a revision where the poll as used has changed; returns what to count it as.

        `is_cited`: the source says it for the first time, so that what it adds beside the numbers is a citation.
        """
        revision, _, known = before or (0, page.source, None)
        body = None if now_used is None else to_body(now_used)
        if revision and known == body:
            return "unchanged" if body else "nothing"
        self._db.execute(
            "INSERT INTO revisions VALUES (?, ?, ?, ?, ?, ?)",
            (page.election, poll, revision + 1, page.source, body, now),
        )
        if body is None:
            return "withdrawn"
        if known and now_used and _is_unchanged(from_body(known), now_used, is_cited=is_cited):
            return "unchanged"
        return "revised" if revision else "new"

    def _append_refusals(self, page: Page, now: str) -> int:
        where = "election = ? AND source = ? AND page = ?"
        self._db.execute(f"UPDATE refusals SET is_open = 0 WHERE {where}", (page.election, page.source, page.page))
        newly = 0
        for row in page.refused:
            key = (row.election, row.source, page.page, row.poll, row.check, row.reason)
            known = self._db.execute(
                f'UPDATE refusals SET is_open = 1 WHERE {where} AND poll = ? AND "check" = ? AND reason = ?', key
            ).rowcount
            if not known:
                newly += 1
                self._db.execute(
                    "INSERT INTO refusals VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?)",
                    (*key[:5], row.text, row.reason, row.place, now),
                )
        return newly

    def _mark(self, page: Page, now: str) -> None:
        key = (page.election, page.source)
        standing = self._count("readings", key)
        self._db.execute(
            "INSERT OR REPLACE INTO loads VALUES (?, ?, ?, ?, ?, ?)",
            (*key, page.fingerprint, now, standing, self._count("refusals", key)),
        )

    def _count(self, table: str, key: tuple[str, str]) -> int:
        query = f"SELECT count(*) FROM {table} WHERE election = ? AND source = ? AND is_open = 1"
        return int(self._db.execute(query, key).fetchone()[0])

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


def _is_unchanged(before: Poll, now: Poll, *, is_cited: bool) -> bool:
    return same_but_for_citation(before, now) or (is_cited and before.values == now.values)


def _reading(row: tuple[str, str, str, str, str, int, int, str, int, int, int]) -> Reading:
    body, source, page, printed, family, is_shipped, is_whole, citations, is_open, arrived, said = row
    cited = tuple(json.loads(citations))
    return Reading(
        from_body(body), source, page, printed, family, bool(is_shipped), bool(is_whole), cited, bool(is_open),
        arrived, said,
    )  # fmt: skip
