"""A full ledger, and its own page again with columns lost, names respelt and rows doubled: nothing is lost or doubled.

The page is made from the polls that ship of the last weeks before the vote of 2026. Each example spoils it a little.
"""

import copy
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from html import escape
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from electoral.polls import UNKNOWN_LIST, Poll, PollKind, Status, Unit
from pipelines.errors import PageRefused
from pipelines.ingest import archive, snapshots
from pipelines.ingest.archive import open_reference
from pipelines.ingest.fold import CampaignLedger, PageCounts, fold, linkage_context, take_page
from pipelines.ingest.imports import describe
from pipelines.ingest.page import ParsedPages
from pipelines.ingest.readings import printed_values
from pipelines.ingest.similarity import is_equal
from pipelines.sources.archive import parse
from pipelines.sources.reading import ReportedCell, ReportedPoll
from tests.pipelines.sources.pages import TITLE, heading, page

ELECTION, TODAY = "knesset-26", date(2026, 10, 12)
FIRST_DAY = "2026-09-01"
EXAMPLES = int(os.environ.get("HEMICYCLE_LOSSY_PAGES", "50"))  # `make soak` runs 1,000
OF_ONE_NAME: dict[str, Callable[[str], str]] = {
    "case": str.upper,
    "dash": lambda name: name.replace("–", "-").replace("-", "‑"),
    "break": lambda name: name.replace("–", "-<br/>").replace(" ", "  "),
    "quote": lambda name: name.replace("'", "’"),
    "marks": lambda name: f"\u200f{name}\u00a0",
}
TYPOS: dict[str, Callable[[str], str]] = {
    "doubled letter": lambda name: name[:1] + name,
    "a word more": lambda name: f"{name} News",
    "blank": lambda _: "",
}


@dataclass
class Row:
    """One poll of the page, as it is printed; `day` may be its day of publication.

    A row is doubled to the letter or corrected, not both: with other numbers it is another poll, as near twins are.
    """

    day: str
    firm: str
    outlet: str
    sample: str
    cells: dict[str, str]
    fieldwork_end: date
    published: date | None
    is_double: bool = False
    is_corrected: bool = False


@dataclass
class Draft:
    """A page to spoil: its columns as printed, by the label that ships, and its rows."""

    rows: list[Row]
    headers: dict[str, str] = field(default_factory=dict)

    def body(self) -> bytes:
        columns = "".join(f"<th>{header}</th>" for header in self.headers.values())
        head = (
            f"<tr><th>Fieldwork<br />date</th><th>Polling firm</th><th>Publisher</th><th>Sample size</th>{columns}</tr>"
        )
        rows = "".join(self._row(row) for row in self.rows)
        table = f'<table class="wikitable"><tbody>{head}{rows}</tbody></table>'
        return (f"<html><head><title>{TITLE} - Wikipedia</title></head><body>" + page(
            heading(2, "Seat projections"), heading(3, "2026"), table
        ) + "</body></html>").encode()  # fmt: skip

    def _row(self, row: Row) -> str:
        day = date.fromisoformat(row.day)
        names = "".join(f"<td>{name}</td>" for name in (row.firm, row.outlet, row.sample))
        cells = "".join(f"<td>{row.cells.get(label, '–')}</td>" for label in self.headers)
        return f'<tr><td data-sort-value="{day}">{day.day} {day:%b}</td>{names}{cells}</tr>'


class Desk:
    """What every example begins with."""

    def __init__(self, ledger: CampaignLedger, draft: Draft) -> None:
        self.ledger = ledger
        self.draft = draft
        self.before = ledger.polls()


@pytest.fixture(scope="module")
def desk(root: Path) -> Desk:
    raw = root / "data" / "raw"
    reference = open_reference(raw)
    campaign = reference.campaign(ELECTION)
    ledger = fold(raw, campaign, ParsedPages(None))
    draft = draft_of(archive.apply(parse(raw, ELECTION), campaign.corrections))
    assert len(draft.rows) > 30
    return Desk(ledger, draft)


def draft_of(polls: Iterable[ReportedPoll], first_day: str = FIRST_DAY) -> Draft:
    draft = Draft([])
    for poll in polls:
        if poll.kind is PollKind.POLL and str(poll.fieldwork_end) >= first_day:
            names = (escape(poll.pollster or ""), escape(poll.publisher or ""), str(poll.sample_size or ""))
            cells = {cell.label: cell_of(cell) for cell in poll.cells}
            draft.rows.append(Row(str(poll.fieldwork_end), *names, cells, poll.fieldwork_end, poll.published_date))
            draft.headers |= {label: escape(label, quote=False) for label in cells}
    return draft


def cell_of(cell: ReportedCell) -> str:
    if cell.status is Status.BELOW_THRESHOLD:
        return f"({cell.pct}%)" if cell.pct else "0"
    return "–" if cell.seats is None else f"{cell.seats:g}"


def import_into(desk: Desk, draft: Draft) -> tuple[CampaignLedger, PageCounts]:
    before = desk.ledger
    ledger = replace(
        before,
        revisions={name: list(revisions) for name, revisions in before.revisions.items()},
        readings=dict(before.readings),
        refusals={key: dict(rows) for key, rows in before.refusals.items()},
        events=dict(before.events),
        loaded_utc=dict(before.loaded_utc),
        pages={},
        read=[],
    )
    body = draft.body()
    snapshot = describe(body, "wikipedia", ledger.campaign, TODAY, file="page.html")
    assert snapshot.sha256 == snapshots.digest(body)
    return ledger, take_page(ledger, snapshot, body, ParsedPages(None))


def test_the_page_as_it_is_changes_nothing(desk: Desk) -> None:
    ledger, counts = import_into(desk, copy.deepcopy(desk.draft))
    assert (counts.accepted, counts.revised, counts.withdrawn, counts.quarantined) == (0, 0, 0, 0), counts
    assert counts.unchanged == counts.rows == len(desk.draft.rows)
    assert printed(ledger.polls()) == printed(desk.before)


@pytest.mark.parametrize("how", ["as it is", "doubled letter"])
def test_a_page_that_prints_again_what_was_corrected_changes_nothing(how: str, desk: Desk, root: Path) -> None:
    """Sources do not read our register: what was wrong on a page is wrong there the night after, also if misspelt."""
    as_compiled = draft_of(parse(root / "data" / "raw", ELECTION))
    assert as_compiled.rows != desk.draft.rows, "nothing is corrected in these weeks"
    for row in as_compiled.rows:
        row.outlet = TYPOS[how](row.outlet) if how in TYPOS and row.firm else row.outlet
    ledger, counts = import_into(desk, as_compiled)
    assert (counts.accepted, counts.revised, counts.withdrawn, counts.quarantined) == (0, 0, 0, 0), counts
    assert {name: facts(poll) for name, poll in ledger.polls().items()} == {
        name: facts(poll) for name, poll in desk.before.items()
    }


def facts(poll: Poll) -> tuple[object, ...]:
    return poll.pollster, poll.publisher, poll.fieldwork, poll.published_date, poll.sample_size, printed_values(poll)


Mutation = Callable[[Draft], None]
place = st.integers(0, 10_000)


def lose_column(at: int) -> Mutation:
    return lambda draft: draft.headers.pop(list(draft.headers)[at % len(draft.headers)]) and None


def rename_column(at: int, name: str) -> Mutation:
    def mutate(draft: Draft) -> None:
        draft.headers[list(draft.headers)[at % len(draft.headers)]] = name

    return mutate


def respell_column(at: int, how: str) -> Mutation:
    def mutate(draft: Draft) -> None:
        label = list(draft.headers)[at % len(draft.headers)]
        draft.headers[label] = OF_ONE_NAME[how](draft.headers[label])

    return mutate


def empty_cell(at: int, column: int, text: str) -> Mutation:
    def mutate(draft: Draft) -> None:
        cells = draft.rows[at % len(draft.rows)].cells
        cells[list(cells)[column % len(cells)]] = text

    return mutate


def respell_name(at: int, which: str, how: str) -> Mutation:
    def mutate(draft: Draft) -> None:
        row = draft.rows[at % len(draft.rows)]
        if not (row.firm and row.outlet):  # a row keeps one of its names
            return
        setattr(row, which, (OF_ONE_NAME | TYPOS)[how](getattr(row, which)))

    return mutate


def print_publication_day(at: int, days: int) -> Mutation:
    def mutate(draft: Draft) -> None:
        row = draft.rows[at % len(draft.rows)]
        row.day = str(row.published or row.fieldwork_end + timedelta(days=days))

    return mutate


def double_row(at: int, how: str) -> Mutation:
    def mutate(draft: Draft) -> None:
        if draft.rows[at % len(draft.rows)].is_corrected:
            return
        draft.rows[at % len(draft.rows)].is_double = True
        row = copy.deepcopy(draft.rows[at % len(draft.rows)])
        if how in TYPOS and row.firm and row.outlet:
            row.outlet = TYPOS[how](row.outlet)
        draft.rows.insert(at % len(draft.rows), row)

    return mutate


def correct_cell(at: int, up: int, down: int) -> Mutation:
    def mutate(draft: Draft) -> None:
        row = draft.rows[at % len(draft.rows)]
        if row.is_double:
            return
        row.is_corrected, cells = True, row.cells
        seats = [label for label, text in cells.items() if text.isdigit() and 5 < int(text) < 50]
        raised, less = seats[up % len(seats)], seats[down % len(seats)]
        if raised != less:
            cells[raised], cells[less] = str(int(cells[raised]) + 1), str(int(cells[less]) - 1)

    return mutate


MUTATIONS = st.one_of(
    st.builds(lose_column, place),
    st.builds(rename_column, place, st.sampled_from(["New List", "Likud B", "A List of Nobody"])),
    st.builds(respell_column, place, st.sampled_from(sorted(OF_ONE_NAME))),
    st.builds(empty_cell, place, place, st.sampled_from(["–", "N/a", "?", ""])),
    st.builds(respell_name, place, st.sampled_from(["firm", "outlet"]), st.sampled_from(sorted(OF_ONE_NAME | TYPOS))),
    st.builds(double_row, place, st.sampled_from(["as it is", *sorted(TYPOS)])),
    st.one_of(st.builds(print_publication_day, place, st.integers(1, 2)), st.builds(correct_cell, place, place, place)),
)


def printed(polls: dict[str, Poll]) -> dict[str, dict[str, float | str]]:
    return {name: printed_values(poll) for name, poll in polls.items()}


@pytest.mark.parametrize("corrected", [0, 1])
@pytest.mark.parametrize("how", sorted(TYPOS))
def test_a_row_printed_again_with_a_misspelt_outlet_counts_once_though_one_of_them_was_corrected(
    how: str, corrected: int, desk: Desk
) -> None:
    """As when an editor mends a cell of the one row, and somebody else has entered the poll a second time."""
    draft = copy.deepcopy(desk.draft)
    outlets = desk.ledger.names.publisher  # "Walla! News" is no misspelling
    rows = [at for at, row in enumerate(draft.rows) if row.firm and row.outlet and not outlets(TYPOS[how](row.outlet))]
    for at in reversed(rows):
        double_row(at, how)(draft)
        draft.rows[at].is_double = False
        correct_cell(at + corrected, 0, 1)(draft)
    ledger, counts = import_into(desk, draft)
    assert counts.accounted == counts.rows == len(draft.rows)
    assert counts.accepted == 0, [name for name in ledger.polls() if name not in desk.before]
    assert counts.repeats == len(rows) > 30


@pytest.mark.parametrize("which", ["firm", "outlet"])
def test_a_name_of_which_no_letter_is_right_makes_no_second_survey_where_every_number_is_the_same(
    which: str, desk: Desk, root: Path
) -> None:
    """On the page of the source that had it before; with another sample it is another survey."""
    shipped = archive.apply(parse(root / "data" / "raw", ELECTION), desk.ledger.campaign.corrections)
    draft = draft_of(poll for poll in shipped if archive.family_of(poll.source) == "wikipedia")
    rows = [row for row in draft.rows if row.firm and row.outlet]
    for row in rows:
        setattr(row, which, "Qqq")
    ledger, counts = import_into(desk, draft)
    assert (counts.accepted, counts.withdrawn) == (0, 0), [one for one in ledger.polls() if one not in desk.before]
    assert counts.accounted == counts.rows
    assert printed(ledger.polls()) == printed(desk.before)
    with_sample = [row for row in rows if row.sample]
    for row in with_sample:
        row.sample = str(int(row.sample) * 3)  # no number that was corrected since
    assert import_into(desk, draft)[1].accepted == len(with_sample) > 20


@pytest.mark.parametrize("name", ["", "Mmaariv", "Qqq"])
def test_a_row_that_was_ruled_to_be_another_poll_is_that_poll_in_every_spelling(
    name: str, desk: Desk, root: Path
) -> None:
    campaign = desk.ledger.campaign
    twins = [row for row in campaign.rulings.values() if (row.check, row.ruling) == ("twin", "same")]
    rows = {poll.id: poll for poll in parse(root / "data" / "raw", ELECTION)}
    ruled = [(rows[row.poll], rows[row.printed]) for row in twins if row.poll in rows and row.printed in rows]
    apart = [(row, poll) for row, poll in ruled if row.fieldwork_end.year == 2026 and row.publisher]
    assert apart
    for row, poll in apart:
        draft = draft_of([replace(row, publisher=name, cells=poll.cells), poll], first_day="2022-01-01")
        for header in ("Shas", "New List"):
            draft.headers["Shas"] = header
            ledger, counts = import_into(desk, draft)
            assert (counts.accepted, counts.repeats, counts.unchanged) == (0, 1, 1), header
            assert ledger.polls().keys() == desk.before.keys()


def test_a_scenario_with_a_column_nobody_knows_is_the_one_with_that_number_in_it(desk: Desk) -> None:
    context = linkage_context(desk.ledger, "wikipedia", "page")
    scenarios = [poll for poll in desk.before.values() if poll.kind is PollKind.SCENARIO and poll.unit is Unit.SEATS]
    assert len(scenarios) > 100
    for poll in scenarios:
        seats = [value for value in poll.values if value.seats]
        rest = tuple(value for value in poll.values if value is not seats[-1])
        strange = replace(seats[-1], list=f"{UNKNOWN_LIST}New List", label="New List")
        assert is_equal(replace(poll, values=rest, unknown=(strange,)), poll, context) is (len(seats) > 3)
        apart = replace(strange, seats=(strange.seats or 0) + 1)
        assert not is_equal(replace(poll, values=rest, unknown=(apart,)), poll, context)


def test_a_row_that_lost_a_column_and_had_a_cell_corrected_is_the_same_survey_whatever_its_firm_is_called(
    desk: Desk,
) -> None:
    draft = copy.deepcopy(desk.draft)
    rename_column(1, "New List")(draft)
    for at in range(len(draft.rows)):
        correct_cell(at, 2, 0)(draft)
    ledger, counts = import_into(desk, draft)
    assert counts.accounted == counts.rows
    assert [name for name in ledger.polls() if name not in desk.before] == []


@given(st.lists(MUTATIONS, min_size=1, max_size=3))
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_shipped_poll_loses_a_list_no_survey_counts_twice_and_every_row_is_accounted_for(
    desk: Desk, mutations: list[Mutation]
) -> None:
    draft = copy.deepcopy(desk.draft)
    for mutate in mutations:
        mutate(draft)
    try:
        ledger, counts = import_into(desk, draft)
    except PageRefused:
        return  # the whole page is refused, and nothing has changed
    assert counts.accounted == counts.rows == len(draft.rows), counts
    after = ledger.polls()
    for name, before in printed(desk.before).items():
        assert name in after, f"{name} is gone"
        now = printed_values(after[name])
        assert before.keys() <= now.keys(), (name, before.keys() - now.keys())
        assert not after[name].unknown
    new = [poll for name, poll in after.items() if name not in desk.before and poll.kind is PollKind.POLL]
    assert new == [], [poll.id for poll in new]
