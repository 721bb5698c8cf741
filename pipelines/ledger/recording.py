"""One page's words into the ledger, inside one transaction: readings, revisions, tombstones, refusals."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import replace

from electoral.polls import Poll
from pipelines.ledger.pages import Appended, Page
from pipelines.ledger.readings import Reading, Said, from_body, same_but_for_citation, to_body, used
from pipelines.ledger.tables import put

Latest = Mapping[str, tuple[int, str | None]]  # poll -> its newest revision and body


def record_page(db: sqlite3.Connection, page: Page, latest: Latest, readings: Iterable[Reading]) -> Appended:
    """Write what a page says now beside what the ledger has; returns what changed."""
    counts = _append_polls(db, page, latest, readings)
    newly = _append_refusals(db, page)
    put(db, "events", ((page.election, page.source, day, text) for day, text in page.events))
    if page.snapshot:
        put(db, "taken", [(page.election, page.snapshot)])
    _mark(db, page)
    return Appended(counts["new"], counts["revised"], counts["withdrawn"], counts["unchanged"], newly)


def _append_polls(db: sqlite3.Connection, page: Page, latest: Latest, readings: Iterable[Reading]) -> dict[str, int]:
    counts = dict.fromkeys(("new", "revised", "withdrawn", "unchanged"), 0)
    words: dict[str, dict[str, Reading]] = {}
    for one in readings:
        words.setdefault(one.poll.id, {})[one.source] = one
    touched = dict.fromkeys([*(said.poll.id for said in page.said), *page.gone])
    before = {poll: words.get(poll, {}).get(page.source) for poll in touched}
    for said in page.said:
        words.setdefault(said.poll.id, {})[page.source] = _word(page, said, before[said.poll.id])
    for poll in page.gone:
        words[poll][page.source] = replace(words[poll][page.source], is_open=False)
    put(db, "readings", (_row(page.election, words[poll][page.source]) for poll in touched))
    revisions = []
    for poll in touched:
        own, word = before[poll], words[poll][page.source]
        now_used = used(list(words[poll].values()))
        revision, known = latest.get(poll, (0, None))
        still = own is not None and own.is_open and word.is_open
        change, is_revision = _change(revision, known, now_used, is_cited=own is None, is_read_again=still)
        if is_revision:
            body = None if now_used is None else to_body(now_used)
            revisions.append((page.election, poll, revision + 1, page.source, body, page.recorded_utc))
        has_new_word = own is not None and still and not same_but_for_citation(own.poll, word.poll)
        if change:
            counts["revised" if change == "unchanged" and has_new_word else change] += 1
    put(db, "revisions", revisions)
    return counts


def _word(page: Page, said: Said, before: Reading | None) -> Reading:
    """A source's latest word; it keeps the moment its first one arrived."""
    arrived = before.arrived_utc if before else page.recorded_utc
    return Reading(
        said.poll, page.source, page.page, said.printed, said.family, said.is_shipped, said.is_whole, said.citations,
        True, arrived,
    )  # fmt: skip


def _row(election: str, one: Reading) -> tuple[str | int, ...]:
    return (
        election, one.poll.id, one.source, one.page, one.printed, one.family, int(one.is_shipped), int(one.is_whole),
        to_body(one.poll), json.dumps(one.citations), int(one.is_open), one.arrived_utc,
    )  # fmt: skip


def _change(
    revision: int, known: str | None, now_used: Poll | None, *, is_cited: bool, is_read_again: bool
) -> tuple[str | None, bool]:
    """What a poll counts as, and whether it gets a revision.

    `is_cited`: the source says it for the first time, so that what it adds beside the numbers is a citation.
    `is_read_again`: it said it before; that it says it on another page now is no revision.
    """
    if revision and known == (None if now_used is None else to_body(now_used)):
        return ("unchanged" if now_used else None), False
    if now_used is None:
        return "withdrawn", True
    if known is None:
        return ("revised" if revision else "new"), True
    before = from_body(known)
    if same_but_for_citation(before, now_used):
        return "unchanged", not is_read_again
    return ("unchanged" if is_cited and before.values == now_used.values else "revised"), True


def _append_refusals(db: sqlite3.Connection, page: Page) -> int:
    """What the page refuses now, in the place of what it refused before; returns how many rows are new in it."""
    where, key = "election = ? AND source = ? AND page = ?", (page.election, page.source, page.page)
    query = f'SELECT poll, "check", reason, first_seen_utc FROM refusals WHERE {where}'
    before = {(poll, check, reason): seen for poll, check, reason, seen in db.execute(query, key)}
    now = {(row.poll, row.check, row.reason): row for row in page.refused}
    db.execute(f"DELETE FROM refusals WHERE {where}", key)
    rows = [
        (*key, row.poll, row.check, row.reason, row.text, row.place, before.get(name, page.recorded_utc))
        for name, row in now.items()
    ]
    put(db, "refusals", rows)
    return len(now.keys() - before.keys())


def _mark(db: sqlite3.Connection, page: Page) -> None:
    key = (page.election, page.source)
    standing = _count(db, "readings", key, " AND is_open = 1")
    seen = db.execute("SELECT max(loaded_utc) FROM loads WHERE election = ? AND source = ?", key).fetchone()[0]
    loaded = max(seen or "", page.recorded_utc)
    put(db, "loads", [(*key, page.fingerprint, loaded, standing, _count(db, "refusals", key))])


def _count(db: sqlite3.Connection, table: str, key: tuple[str, str], more: str = "") -> int:
    query = f"SELECT count(*) FROM {table} WHERE election = ? AND source = ?{more}"
    return int(db.execute(query, key).fetchone()[0])
