"""F3–F7, F10, F11, F14–F17, S1: a polling page read by heading and header, each row accounted for."""

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer

from electoral.polls import PollKind, Status
from pipelines.errors import PageRefused, SourceError
from pipelines.http.client import Fetched, NotModified, Validators
from pipelines.sources.reading import Reading, ReportedPoll
from pipelines.sources.wikipedia import SOURCE, page_address
from pipelines.sources.wikipedia.parse import Headings, Section, parse, read_page, subpages_of
from tests.pipelines.http.servers import client
from tests.pipelines.sources import pages
from tests.pipelines.sources.pages import (
    FULL,
    PLAIN,
    SCOPE,
    SETTINGS,
    body,
    event,
    names,
    ordinary,
    poll_row,
    row,
    scenarios,
)


def read(*parts: str, **how: object) -> Reading:
    reading = parse(body(*parts), SCOPE, **how)  # type: ignore[arg-type]
    assert reading.accounted == reading.rows
    return reading


def seats(poll: ReportedPoll) -> dict[str, float | str | None]:
    return {cell.label: cell.seats if cell.status is Status.SEATS else cell.pct or cell.status for cell in poll.cells}


def test_ordinary_polls_are_read_whole() -> None:
    reading = read(ordinary(*PLAIN))
    assert [poll.id for poll in reading.polls] == [
        "2026-07-09-kantar-israel-hayom", "2026-07-09-lazar-maariv", "2026-07-02-filber-channel-14",
    ]  # fmt: skip
    first, second, joint = reading.polls
    assert seats(first) == {
        "Likud": 40, "Together": 30, "Shas": 10, "UTJ": 10, "Ra'am": 5, "Hadash–Ta'al": 5, "Balad": "2.1", "Dems": 20,
    }  # fmt: skip
    assert (second.fieldwork_start, second.sample_size, second.kind) == (date(2026, 7, 8), 500, PollKind.POLL)
    assert seats(joint)["Hadash–Ta'al+Balad"] == 5
    assert "Balad" not in seats(joint)
    assert reading.citations[first.id] == ("https://news.example/1",)
    assert reading.warnings == ()


@pytest.mark.parametrize("version", [1, 2])
def test_both_forms_of_the_answer_are_read(version: int) -> None:
    assert len(parse(body(ordinary(*PLAIN), version=version), SCOPE).polls) == 3


def test_a_joint_cell_is_stored_once_and_never_doubles_the_sum() -> None:
    """F10."""
    reading = read(ordinary(poll_row("2 Jul", "2026-07-02", "A", "B", ("40", "30", "10", "10", ("14", 3), "16"))))
    assert sum(cell.seats or 0 for cell in reading.polls[0].cells) == 120
    assert seats(reading.polls[0])["Ra'am+Hadash–Ta'al+Balad"] == 14


def test_a_dash_over_two_lists_is_not_asked_of_each() -> None:
    reading = read(ordinary(poll_row("2 Jul", "2026-07-02", "A", "B", ("50", "30", "10", "10", "5", ("–", 2), "15"))))
    assert seats(reading.polls[0])["Balad"] == Status.NOT_ASKED


def test_the_second_row_of_a_survey_is_its_scenario() -> None:
    """F10: date, firm and publisher span two rows of seats."""
    reading = read(
        ordinary(
            row(names("28 May", "Tatika", "Zman", "2026-05-28", rows=2), pages.cells(*FULL), pages.cells("N/a", "60")),
            row(pages.cells("39", "31", *FULL[2:4], ("10", 3), "20"), pages.cells("N/a", "59")),
            *PLAIN,
        )
    )
    assert [poll.kind for poll in reading.polls[:2]] == [PollKind.POLL, PollKind.SCENARIO]
    assert reading.polls[1].id == "2026-05-28-tatika-zman-scenario"
    assert reading.polls[1].fieldwork_end == date(2026, 5, 28)


def test_one_date_over_two_firms_is_two_polls() -> None:
    first = row(
        '<td rowspan="2" data-sort-value="2026-05-28">28 May</td><td>A</td><td>B</td><td>500</td>',
        pages.cells(*FULL), pages.cells("N/a", "60"),
    )  # fmt: skip
    second = row("<td>C</td><td>D</td><td>500</td>", pages.cells(*FULL), pages.cells("N/a", "60"))
    reading = read(ordinary(first, second))
    assert [(poll.pollster, poll.kind) for poll in reading.polls] == [("A", PollKind.POLL), ("C", PollKind.POLL)]


def test_events_and_results_are_kept_as_what_they_are() -> None:
    reading = read(
        ordinary(
            event("7 Jul", "2026-07-07", "Hendel and the Reservists <b>merge</b><script>x</script>"),
            event("13 Mar", "2026-03-13", "13 Mar: Deadline for publishing election polls"),
            row("<td colspan='15'>14 Mar: Lists close and nothing more can change</td>"),
            row(names("1 Nov 25", "2022 legislative election", "–"), pages.cells(*FULL), pages.cells("–", "60")),
            row("<td colspan='4'>Current composition</td>", pages.cells(*FULL), pages.cells("–", "60")),
            *PLAIN,
        )
    )  # fmt: skip
    assert [(one.date, one.text) for one in reading.events][:2] == [
        (date(2026, 7, 7), "Hendel and the Reservists merge"),
        (date(2026, 3, 13), "13 Mar: Deadline for publishing election polls"),
    ]
    assert reading.events[2].date == date(2026, 3, 14)
    assert len(reading.results) == 2
    assert reading.results[0].cells[0].seats == 40
    assert len(reading.polls) == 3


def test_tables_are_told_apart_by_heading_and_signature() -> None:
    """F5: in whatever order, nothing of another kind is mixed in."""
    percent = poll_row("May", "2026-05-30", "X", "Y", ("23.4", "17.8", "10.8", "9.1", "8.2", "5.9", "4.5", "4.1"))
    parts = [
        ordinary(*PLAIN),
        scenarios(poll_row("1 Jul", "2026-07-01", "S", "T", FULL)),
        pages.heading(2, "Voting intention polls (reported as percentages)") + pages.table(percent),
        pages.heading(2, "Arab voters") + pages.table(*PLAIN),
        pages.heading(2, "Seat projections") + pages.heading(3, "Students") + pages.table(*PLAIN),
        pages.heading(2, "Seat projections") + pages.heading(3, "2025") + pages.table(percent),
        pages.heading(2, "Nobody knows") + pages.table(*PLAIN),
        '<table class="wikitable"><tr><th>Publisher</th><th>Firm</th></tr><tr><td>a</td><td>b</td></tr></table>',
    ]
    straight, mixed = read(*parts), read(*reversed(parts))
    assert sorted(poll.id for poll in straight.polls) == sorted(poll.id for poll in mixed.polls)
    assert [poll.kind for poll in straight.polls].count(PollKind.POLL) == 3
    assert [poll.id for poll in straight.polls if poll.kind is PollKind.SCENARIO] == ["2026-07-01-s-t-scenario"]
    assert len(straight.asides) == 6
    assert all(aside.reason for aside in straight.asides)


def test_exit_polls_are_known_by_heading_label_or_day() -> None:
    label = poll_row("26 Oct", "2026-10-26", "Midgam (exit poll)", "Channel 12", FULL)
    scope = replace(SCOPE, last_day=date(2026, 10, 27))
    day = poll_row("27 Oct", "2026-10-27", "Kantar", "Kan 11", FULL)
    headed = pages.heading(2, "Exit polls") + pages.table(poll_row("26 Oct 2026", None, "A", "B", FULL))
    reading = parse(body(ordinary(label, day), headed), scope)
    assert [poll.kind for poll in reading.polls] == [PollKind.EXIT_POLL] * 3
    assert reading.polls[1].id == "2026-10-27-kantar-kan-11-exit"


def test_a_column_added_in_the_middle_shifts_nothing() -> None:
    """F4."""
    lists = ("Likud", "New List", *pages.LISTS[1:])
    added = poll_row("9 Jul", "2026-07-09", "Kantar", "Israel Hayom", (FULL[0], "(1%)", *FULL[1:]))
    plain = seats(read(ordinary(*PLAIN[:1])).polls[0])
    assert seats(read(ordinary(added, head=pages.header(lists))).polls[0]) == {**plain, "New List": "1"}


def test_an_unknown_header_keeps_its_printed_name() -> None:
    """F3: the parser guesses nobody; naming is for the aliases."""
    lists = ("Likudd", *pages.LISTS[1:])
    assert "Likudd" in seats(read(ordinary(*PLAIN, head=pages.header(lists))).polls[0])


def test_two_columns_of_one_name_refuse_their_rows() -> None:
    lists = ("Likud", "Likud", *pages.LISTS[2:])
    with pytest.raises(PageRefused, match="no poll"):
        parse(body(ordinary(*PLAIN, head=pages.header(lists))), SCOPE)


@pytest.mark.parametrize(
    ("days", "sort", "check"),
    [
        ("9 Jul", "2027-07-09", "dates"), ("9 Jul", "2019-07-09", "dates"), ("30 Feb", "2026-02-30", "dates"),
        ("9–3 Jul", "2026-07-03", "dates"), ("", "2026-07-03", "dates"), ("27 Oct", "2026-10-28", "dates"),
        ("26 Dec", "2026-12-26", "dates"), ("27 Oct 2026", None, "dates"),
    ],
)  # fmt: skip
def test_an_impossible_day_refuses_its_row_alone(days: str, sort: str, check: str) -> None:
    """F6."""
    reading = read(ordinary(poll_row(days, sort, "Bad", "Day", FULL), *PLAIN))
    assert len(reading.polls) == 3
    assert [refusal.check for refusal in reading.refused] == [check]
    assert reading.refused[0].place.endswith("row 5")
    assert "Bad" in reading.refused[0].text


def test_a_year_is_told_by_sort_value_section_or_neighbours() -> None:
    """F7."""
    over = poll_row("31 Dec – 1 Jan", "2026-01-01", "A", "B", FULL)
    bare = poll_row("11 Jun", None, "C", "D", FULL)
    reading = read(ordinary(bare, over), scenarios(
        poll_row("1 Jul", "2026-07-01", "S", "T", FULL),
        poll_row("11 Jun", None, "U", "V", FULL),
        poll_row("30 Apr", "2026-04-30", "W", "X", FULL),
    ))  # fmt: skip
    assert [str(poll.fieldwork_end) for poll in reading.polls] == [
        "2026-06-11", "2026-01-01", "2026-07-01", "2026-06-11", "2026-04-30",
    ]  # fmt: skip
    assert reading.polls[1].fieldwork_start == date(2025, 12, 31)
    lone = read(ordinary(*PLAIN), scenarios(poll_row("11 Jun", None, "U", "V", FULL)))
    assert "cannot be told" in lone.refused[0].reason


@pytest.mark.parametrize("printed", ["?", "TBA", "٢٤", "2,4", "²", "", "24 25", "<b></b>", "poop"])
def test_a_cell_in_no_form_refuses_its_row_with_its_text(printed: str) -> None:
    """F8."""
    reading = read(ordinary(poll_row("9 Jul", "2026-07-09", "Bad", "Cell", (printed, *FULL[1:])), *PLAIN))
    assert len(reading.polls) == 3
    assert reading.refused[0].check == "cell"
    assert "Likud" in reading.refused[0].reason
    assert reading.refused[0].poll == "2026-07-09-bad-cell"


def test_a_cut_or_shifted_row_is_refused() -> None:
    cut = row(names("9 Jul", "Cut", "Row", "2026-07-09"), pages.cells(*FULL[:4]))
    shifted = row(names("9 Jul", "Long", "Row", "2026-07-09"), pages.cells("9", *FULL), pages.cells("N/a", "60"))
    reading = read(ordinary(cut, shifted, *PLAIN))
    assert [refusal.check for refusal in reading.refused] == ["columns", "columns"]


def test_the_same_survey_twice_is_one_poll_with_both_citations() -> None:
    """F11."""
    again = poll_row("9 Jul", "2026-07-09", "Kantar", "Israel Hayom", FULL, note=3)
    reading = read(ordinary(*PLAIN, again))
    assert len(reading.polls) == 3
    assert reading.citations["2026-07-09-kantar-israel-hayom"] == ("https://news.example/1", "https://news.example/3")
    assert len(reading.repeats) == 1


def test_a_near_twin_stays_a_second_poll() -> None:
    other_number = poll_row("9 Jul", "2026-07-09", "Kantar", "Israel Hayom", ("39", "31", *FULL[2:]))
    other_client = poll_row("9 Jul", "2026-07-09", "Kantar", "Kan 11", FULL)
    reading = read(ordinary(*PLAIN, other_number, other_client))
    assert [poll.id for poll in reading.polls[3:]] == ["2026-07-09-kantar-israel-hayom-2", "2026-07-09-kantar-kan-11"]


def test_a_scenario_table_that_repeats_the_poll_adds_none() -> None:
    pair = scenarios(
        row(
            names("9 Jul", "Kantar", "Israel Hayom", "2026-07-09", rows=2), pages.cells(*FULL), pages.cells("N/a", "60")
        ),
        row(pages.cells("38", "32", *FULL[2:]), pages.cells("N/a", "58")),
    )
    reading = read(ordinary(*PLAIN), pair)
    assert [poll.id for poll in reading.polls if poll.kind is PollKind.SCENARIO] == [
        "2026-07-09-kantar-israel-hayom-scenario"
    ]
    assert [repeat.poll for repeat in reading.repeats] == ["2026-07-09-kantar-israel-hayom"]


def test_hidden_text_is_ignored() -> None:
    """F16."""
    tricky = '<span style="display:none">99</span><style>x</style><span class="sortkey">0040</span>40<sup>[a]</sup>'
    reading = read(ordinary(poll_row("9 Jul", "2026-07-09", "A", "B", (tricky, *FULL[1:]))))
    assert seats(reading.polls[0])["Likud"] == 40


def test_a_bloc_column_that_does_not_add_up_is_a_warning() -> None:
    """F17."""
    reading = read(ordinary(poll_row("9 Jul", "2026-07-09", "A", "B", FULL, gov="77")))
    assert len(reading.polls) == 1
    assert "says 77, its lists add to 60" in reading.warnings[0]


@pytest.mark.parametrize(
    "emptied",
    [
        body("<p>x</p>"), body(), body(ordinary()), b"", b"{}", b"[]", b"null", b"{",
        b'{"error": {"code": "missingtitle", "info": "no\\nsuch page"}}', b'{"parse": {"text": 5}}', b'{"parse": []}',
        b'{"parse": {"text": ""}}', b"[" * 100_000, b'{"a":' * 100_000, b"<html><table class='wikitable'><tr><td>",
        b"<html><title>Just a moment...</title><div id=cf-challenge></div></html>",
        b'<html><form><input type="password"></form></html>', body(ordinary(*PLAIN))[:-200], b"\xff\xfe\x00", b"\x00",
    ],
)  # fmt: skip
def test_an_emptied_cut_or_challenge_page_is_refused(emptied: bytes) -> None:
    """F15, F20, F22."""
    with pytest.raises(PageRefused) as refused:
        parse(emptied, SCOPE)
    assert "\n" not in str(refused.value)


def test_markup_in_names_is_only_text() -> None:
    """S1: what is kept is the text; nobody downstream gets markup to forget about."""
    evil = "&lt;img src=x onerror=alert(1)&gt;"
    reading = read(ordinary(poll_row("9 Jul", "2026-07-09", evil, "B<script>alert(1)</script>", FULL)))
    assert reading.polls[0].pollster == "<img src=x onerror=alert(1)>"
    assert reading.polls[0].publisher == "B"


def test_hidden_marks_in_a_name_are_flagged_and_lookalikes_refused() -> None:
    """S17."""
    marked = poll_row("9 Jul", "2026-07-09", "La\u202ezar", "Maariv", FULL)
    fake = poll_row("9 Jul", "2026-07-09", "L\u0430zar", "Maariv", FULL)
    reading = read(ordinary(marked, fake))
    assert [poll.pollster for poll in reading.polls] == ["Lazar"]
    assert "U+202E" in reading.warnings[0]
    assert reading.refused[0].check == "name"


HATNOTE = (
    '<div role="note" class="hatnote navigation-not-searchable">Main article: '
    '<a href="/wiki/2025" title="2025 opinion polling for the 2026 Israeli legislative election">2025</a>'
    '<a href="/wiki/2022" title="Opinion polling for the 2022 Israeli legislative election">2022</a>'
    '<a href="/wiki/Likud" title="Likud">Likud</a></div>'
)


def test_sub_pages_are_those_of_this_election() -> None:
    assert subpages_of(read_page(body(HATNOTE, ordinary(*PLAIN)))) == (
        "2025 opinion polling for the 2026 Israeli legislative election",
    )


def test_a_sub_page_takes_its_year_from_its_title() -> None:
    title = "2025 opinion polling for the 2026 Israeli legislative election"
    old = poll_row("9 Jul", None, "A", "B", FULL)
    reading = parse(body(pages.heading(2, "Seat projections") + pages.table(old), title=title), SCOPE)
    assert reading.polls[0].fieldwork_end == date(2025, 7, 9)


def test_a_page_and_its_sub_pages_are_fetched(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api", query_string={**QUERY, "page": pages.TITLE}).respond_with_data(
        body(HATNOTE, ordinary(*PLAIN)), content_type="application/json", headers={"ETag": '"7"'}
    )
    sub = "2025 opinion polling for the 2026 Israeli legislative election"
    httpserver.expect_request("/api", query_string={**QUERY, "page": sub}).respond_with_data(body(ordinary(*PLAIN)))
    http_client = client(f"{httpserver.host}:{httpserver.port}", kind="json", url=httpserver.url_for("/api"))
    first, second = SOURCE.fetch(http_client, pages.TITLE, {})
    assert (first.title, second.title) == (pages.TITLE, sub)
    assert isinstance(first.answer, Fetched)
    assert isinstance(second.answer, Fetched)


def test_an_unchanged_page_still_names_its_sub_pages(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api").respond_with_data(status=304)
    http_client = client(f"{httpserver.host}:{httpserver.port}", kind="json", url=httpserver.url_for("/api"))
    answers = SOURCE.fetch(http_client, pages.TITLE, {pages.TITLE: Validators('"7"'), "2025": Validators()})
    assert [(page.title, type(page.answer)) for page in answers] == [(pages.TITLE, NotModified), ("2025", NotModified)]


QUERY = {
    "action": "parse", "prop": "text|revid", "format": "json", "formatversion": "2", "redirects": "1",
}  # fmt: skip


def test_the_address_asks_for_formatversion_2_and_redirects() -> None:
    assert all(
        part in page_address("A & B", "https://x.example/api")
        for part in ("page=A+%26+B", "formatversion=2", "redirects=1")
    )


WHOLE = ordinary(
    *PLAIN,
    event("7 Jul", "2026-07-07", "Hendel and the Reservists merge"),
    row(names("28 May", "Tatika", "Zman", "2026-05-28", rows=2), pages.cells(*FULL), pages.cells("N/a", "60")),
    row(pages.cells("39", "31", *FULL[2:4], ("10", 3), "20"), pages.cells("N/a", "59")),
) + scenarios(poll_row("1 Jul", "2026-07-01", "S", "T", FULL))
TOKENS = (
    "<td", "</td>", "<tr>", "</tr>", "<th", "colspan=2", "rowspan=9", "24", "60", "–", "%", "2026", "Jul", "<table>",
    "</table>", "TBA", "\u202e", "٢", '"', ">", "<", "Likud", "0", "99999999",
)  # fmt: skip


@given(
    st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 60), st.sampled_from((*TOKENS, *[""] * 8))), min_size=1, max_size=4
    )
)
@settings(max_examples=1_000, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_mutation_crashes_doubles_or_loses_a_row(changes: list[tuple[float, int, str]]) -> None:
    text = WHOLE
    for place, length, put in changes:
        at = int(place * len(text))
        text = text[:at] + put + text[at + length :]
    try:
        reading = parse(json.dumps({"parse": {"title": pages.TITLE, "revid": 1, "text": text}}).encode(), SCOPE)
    except SourceError:
        return
    assert reading.accounted == reading.rows
    assert len({poll.id for poll in reading.polls}) == len(reading.polls)
    surveys = [(p.kind, p.fieldwork_end, p.pollster, p.publisher, frozenset(p.cells)) for p in reading.polls]
    assert len(set(surveys)) == len(surveys)
    for poll in reading.polls:
        labels = [part for cell in poll.cells for part in cell.label.split("+")]
        assert len(labels) == len(set(labels))


def test_a_row_of_nothing_but_dashes_is_no_poll() -> None:
    reading = read(ordinary(poll_row("9 Jul", "2026-07-09", "A", "B", ("–",) * len(FULL)), *PLAIN))
    assert [refusal.check for refusal in reading.refused] == ["empty"]


@pytest.mark.parametrize(
    ("path", "section"),
    [
        (("Seat projections", "2026"), Section.ORDINARY),
        (("Polls",), Section.ORDINARY),
        (("2022–2023",), Section.ORDINARY),
        (("Scenario polls", "Haredi Public party"), Section.SCENARIO),
        (("Scenarios", "Arab parties"), Section.SCENARIO),
        (("Hypothetical polls",), Section.SCENARIO),
        (("Exit polls",), Section.EXIT_POLL),
        (("Polls", "Arab sector"), Section.SUBGROUP),
        (("Polls", "Students"), Section.SUBGROUP),
        (("Seat projections", "Arab voters"), Section.SUBGROUP),
        (("Polls (percentages)",), Section.PERCENTAGE),
        (("Preferred prime minister polls",), Section.OTHER),
        (("By party",), Section.ORDINARY),
        (("23rd Diet",), Section.ORDINARY),
        (("By bloc",), Section.UNKNOWN),
        ((), Section.UNKNOWN),
        (("Nobody knows",), Section.UNKNOWN),
        (("January–March 2019",), Section.ORDINARY),
    ],
)
def test_headings_say_what_a_table_is(path: tuple[str, ...], section: Section) -> None:
    assert Headings(settings=SETTINGS).section_of(path) is section


def test_one_column_for_firm_and_outlet_is_split() -> None:
    head = row("<th>Date</th><th>Polling firm/Publisher</th>", *(f"<th>{name}</th>" for name in pages.LISTS))
    old = row("<td>Feb 10, 2026</td><td>Smith/Maariv<sup>[8]</sup></td>", pages.cells(*FULL))
    (poll,) = read(ordinary(old, head=head)).polls
    assert (poll.pollster, poll.publisher, poll.id) == ("Smith", "Maariv", "2026-02-10-smith-maariv")
