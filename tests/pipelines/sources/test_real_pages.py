"""The real polling page, where somebody has it: whole, in time, and equal to the archive that others made of it."""

import csv
import json
import time
from collections import defaultdict
from datetime import date

import pytest

from electoral.polls import PollKind, Status
from pipelines.sources.archive import parse as archive
from pipelines.sources.guards import defaced, vanished
from pipelines.sources.html import grid_of, parse_html
from pipelines.sources.reading import Reading, ReportedCell, ReportedPoll, Scope
from pipelines.sources.wikipedia.parse import parse, read_page, subpages_of
from tests.pipelines.sources.pages import SETTINGS
from tests.pipelines.sources.real import ROOT, real_page
from tests.pipelines.sources.test_html import SlowReader, texts

ELECTION = "knesset-26"
SCOPE = Scope(ELECTION, "Wikipedia", date(2022, 11, 2), date(2026, 10, 27), date(2026, 10, 27), settings=SETTINGS)
# The page's own mistakes in the rows of 2026: a sort value of a year before, so the day cannot be told.
WRONG_YEARS = {"2026-01-14-kantar-israel-hayom", "2026-02-11-kantar-israel-hayom"}


@pytest.fixture(scope="module")
def page() -> bytes:
    return real_page("wikipedia_2026_polling.parse.json").read_bytes()


@pytest.fixture(scope="module")
def shipped() -> list[ReportedPoll]:
    return archive(ROOT / "data" / "raw", ELECTION)


@pytest.fixture(scope="module")
def reading(page: bytes) -> Reading:
    return parse(page, SCOPE)


def test_every_row_is_accounted_for(reading: Reading) -> None:
    assert reading.accounted == reading.rows > 400
    assert len({poll.id for poll in reading.polls}) == len(reading.polls)
    assert {refusal.check for refusal in reading.refused} == {"cell", "dates", "empty"}
    assert len(reading.events) == 13


def test_no_ordinary_poll_is_missing_doubled_or_different(reading: Reading, shipped: list[ReportedPoll]) -> None:
    first, last = date(2026, 1, 1), date(2026, 7, 9)
    with (ROOT / "data/raw/electorates/il/corrections.csv").open(encoding="utf-8", newline="") as file:
        later_found = {row["poll"] for row in csv.DictReader(file) if row["field"] == "added"}
    theirs = {
        poll.id: poll
        for poll in shipped
        if poll.kind is PollKind.POLL
        and first <= poll.fieldwork_end <= last
        and poll.source.startswith("Wikipedia")
        and poll.id not in later_found
    }
    ours = {poll.id: poll for poll in reading.polls if poll.kind is PollKind.POLL}
    assert set(theirs) - set(ours) == WRONG_YEARS
    assert set(ours) <= set(theirs)
    for name, poll in ours.items():
        assert cells(poll) == cells(theirs[name]), name
        assert poll.fieldwork_start == theirs[name].fieldwork_start
        assert (poll.pollster, poll.publisher) == (theirs[name].pollster, theirs[name].publisher)


def test_ordinary_polls_add_up_but_for_the_printed_oddities(reading: Reading) -> None:
    """The three were checked against another copy: rulings.csv says so."""
    odd = {poll.id: total(poll) for poll in reading.polls if poll.kind is PollKind.POLL and total(poll) != 120}
    assert odd == {
        "2026-06-11-lazar-maariv": 117, "2026-04-23-midgam-hahadashot-12-2": 118, "2026-03-29-kantar-kan-11": 121,
    }  # fmt: skip


def test_scenarios_agree_cell_by_cell(reading: Reading, shipped: list[ReportedPoll]) -> None:
    """The archive numbers a survey's scenarios otherwise, so each is put beside its survey's most similar row.

    Some repeat an ordinary poll of another page: one page alone cannot tell, linkage can.
    """
    theirs = defaultdict(list)
    for poll in shipped:
        if poll.kind is not PollKind.EXIT_POLL:
            theirs[poll.fieldwork_end, poll.pollster, poll.publisher].append(cells(poll))
    same = both = 0
    for poll in reading.polls:
        others = theirs[poll.fieldwork_end, poll.pollster, poll.publisher]
        if poll.kind is PollKind.SCENARIO and others:
            mine = cells(poll)
            best = max(others, key=lambda other: len(mine.items() & other.items()))
            both += len(mine.keys() & best.keys())
            same += sum(mine[label] == best[label] for label in mine.keys() & best.keys())
    assert both > 1_500
    assert same >= 0.99 * both, (same, both)


def cells(poll: ReportedPoll) -> dict[str, tuple[Status, float | None, str | None]]:
    return {cell.label: value(cell) for cell in poll.cells}


def value(cell: ReportedCell) -> tuple[Status, float | None, str | None]:
    return cell.status, cell.seats, cell.pct


def total(poll: ReportedPoll) -> float:
    return sum(cell.seats or 0 for cell in poll.cells)


def test_guards_pass_an_honest_page(reading: Reading, shipped: list[ReportedPoll]) -> None:
    assert defaced((poll for poll in reading.polls if poll.kind is PollKind.POLL), 120) == ()
    assert vanished([poll.id for poll in reading.polls], [poll.id for poll in reading.polls]) == ()
    assert shipped


def test_sub_pages_are_named(page: bytes) -> None:
    assert len(subpages_of(read_page(page))) == 3


def test_the_grid_equals_the_second_readers(page: bytes) -> None:
    from lxml import html

    root = parse_html(json.loads(page)["parse"]["text"])
    compared = 0
    for table in root.iter("table"):
        if "wikitable" not in (table.get("class") or ""):
            continue
        for unseen in table.xpath(".//style | .//sup | .//link"):
            tail, before = unseen.tail or "", unseen.getprevious()
            if before is not None:
                before.tail = (before.tail or "") + tail
            else:
                unseen.getparent().text = (unseen.getparent().text or "") + tail
            unseen.getparent().remove(unseen)
        slow = SlowReader(html.tostring(table, encoding="unicode")).slots()
        squeezed = [[None if text is None else "".join(text.split()).strip("\u3164") for text in row] for row in slow]
        ours = [[None if text is None else "".join(text.split()) for text in row] for row in texts(grid_of(table))]
        assert ours == squeezed
        compared += sum(map(len, ours))
    assert compared > 10_000


def test_the_page_is_read_in_good_time(page: bytes) -> None:
    started = time.process_time()
    parse(page, SCOPE)
    assert time.process_time() - started < 3
