"""What pages print in forms nobody listed: names over two lines, banners of years, totals, brackets, result rows."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from html import escape

import pytest

from electoral.polls import PollKind, Status
from pipelines.electorate.settings import SourceSettings
from pipelines.errors import PageRefused
from pipelines.sources.cells import BlankMeans, BlankRule
from pipelines.sources.reading import Reading, ReportedPoll, Scope
from pipelines.sources.text import spelling_key
from pipelines.sources.wikipedia.parse import parse
from tests.pipelines.sources.pages import SETTINGS, heading, row, table

LISTS = ("Likud", "Labor", "RZP-Zehut", "Hadash–Ta'al", "Kulanu", "Shas")
VOTE = date(2019, 4, 9)
SCOPE = Scope(
    "knesset-99",
    "a page",
    date(2017, 1, 1),
    VOTE,
    VOTE,
    frozenset(map(spelling_key, LISTS)),
    house_size=120,
    settings=SETTINGS,
)
TITLE = "Opinion polling for the April 2019 Israeli legislative election"
PARTS = (("40", "30", "20", "15", "10", "5"), ("41", "28", "19", "16", "10", "6"), ("38", "32", "21", "14", "9", "6"))


def saved(*parts: str, title: str = TITLE) -> bytes:
    return f"<html><head><title>{title} - Wikipedia</title></head><body>{''.join(parts)}</body></html>".encode()


def head(*names: str, firm: Sequence[str] = ("Polling firm", "Publisher")) -> str:
    return row(*(f"<th>{name}</th>" for name in ("Date", *firm, *(names or LISTS))))


def cells(*printed: str) -> str:
    return "".join(f"<td>{text}</td>" for text in printed)


def poll_rows(days: Sequence[str], parts: Sequence[Sequence[str]] = PARTS, added: Sequence[str] = ()) -> list[str]:
    """A row a day, by firms of their own; `added` stands after the lists."""
    return [
        row(cells(day, f"Firm {at}", f"Outlet {at}", *parts[at % len(parts)], *added)) for at, day in enumerate(days)
    ]


DAYS = ("5 Apr 2019", "4 Apr 2019", "3 Apr 2019")


def read(*parts: str, scope: Scope = SCOPE, title: str = TITLE, settings: SourceSettings = SETTINGS) -> Reading:
    scope = replace(scope, settings=settings)
    reading = parse(saved(*parts, title=title), scope)
    assert reading.accounted == reading.rows
    return reading


def seats(poll: ReportedPoll) -> dict[str, float | None]:
    return {cell.label: cell.seats for cell in poll.cells}


# --- one name, two ways of printing it


@pytest.mark.parametrize(
    "header", ["RZP-<br />Zehut", "RZP<br/>-Zehut", "RZP –<br>Zehut", "RZP&#8209;\u200bZehut", "rzp—zehut"]
)
def test_a_header_broken_at_its_dash_is_the_list(header: str) -> None:
    names = [header if name == "RZP-Zehut" else escape(name) for name in LISTS]
    reading = read(heading(2, "Polls"), table(*poll_rows(DAYS), head=head(*names)))
    labels = [cell.label for cell in reading.polls[0].cells]
    assert spelling_key(labels[2]) == "rzp-zehut"
    assert "\n" not in labels[2]
    assert reading.warnings == ()


def test_two_spellings_of_one_name_are_one_column_twice() -> None:
    names = ("RZP-<br/>Zehut", "RZP–Zehut", *LISTS[:4])
    with pytest.raises(PageRefused, match="two columns are named 'RZP–Zehut'; rename one"):
        read(heading(2, "Polls"), table(*poll_rows(DAYS), head=head(*names)))


# --- context between the rows and over them

BANNERS = (
    "<th colspan='{width}'>{year}</th>",
    "<td colspan='{width}'>{year}</td>",
    "<td colspan='{width}'><b>{year}</b></td>",
    "<th colspan='40'>{year}</th>",
    "<td>{year}</td>" + "<td></td>" * 8,
)


def banner(form: str, year: int) -> str:
    return row(form.format(width=len(LISTS) + 3, year=year))


@pytest.mark.parametrize("form", BANNERS)
def test_a_banner_gives_the_year_to_the_rows_under_it(form: str) -> None:
    first, second, third = poll_rows(("26 Feb", "2 Jan", "20 Dec"))
    reading = read(
        heading(2, "Polls"), table(banner(form, 2019), first, second, banner(form, 2018), third, head=head())
    )
    assert [str(poll.fieldwork_end) for poll in reading.polls] == ["2019-02-26", "2019-01-02", "2018-12-20"]
    assert reading.rows == 3


def test_a_banner_between_header_rows_names_no_list() -> None:
    top = head() + banner(BANNERS[0], 2019) + row("<th></th>" * (len(LISTS) + 3))
    reading = read(heading(2, "Polls"), table(*poll_rows(("26 Feb",)), head=top))
    assert list(seats(reading.polls[0])) == list(LISTS)
    assert reading.polls[0].fieldwork_end == date(2019, 2, 26)


def test_a_name_with_a_year_is_no_section_of_that_year() -> None:
    scenario = heading(2, "Scenario polls") + heading(3, "Bennett 2018 party")
    reading = read(scenario, table(*poll_rows(DAYS), head=head()))
    assert [poll.fieldwork_end.year for poll in reading.polls] == [2019] * 3


def test_a_table_before_any_heading_belongs_to_the_page() -> None:
    for title in (TITLE, ""):
        assert len(read(table(*poll_rows(DAYS), head=head()), title=title).polls) == 3
    with pytest.raises(PageRefused, match="no seats asked"):
        read(table(*poll_rows(DAYS), head=head()), title="Preferred prime minister")


def test_seats_under_a_heading_nobody_knows_are_left_aside_and_said() -> None:
    polls_section = heading(2, "Polls") + table(*poll_rows(DAYS), head=head())
    reading = read(polls_section, heading(2, "Something new"), table(*poll_rows(DAYS), head=head()))
    assert len(reading.polls) == 3
    assert reading.warnings == (
        "Something new, table 2: 3 rows left aside: a table of polls under a heading nobody knows",
    )


def test_a_second_header_with_other_lists_relabels_nobody() -> None:
    other = head("Likud", "Gesher", *LISTS[2:])
    same = head()
    reading = read(heading(2, "Polls"), table(*poll_rows(DAYS), same, *poll_rows(("2 Apr 2019",)), head=head()))
    assert len(reading.polls) == 4
    reading = read(heading(2, "Polls"), table(*poll_rows(DAYS), other, *poll_rows(("2 Apr 2019",)), head=head()))
    assert len(reading.polls) == 3
    assert "second header with other lists ('Gesher')" in reading.refused[0].reason


# --- totals are not parts


def blocs(parts: Sequence[str], *groups: Sequence[int]) -> list[str]:
    return [str(sum(int(parts[at]) for at in group)) for group in groups]


@pytest.mark.parametrize("names", [("L", "R"), ("Left", "Right"), ("Gov.", "Opp."), ("", ""), ("Total", "L")])
def test_sums_after_the_lists_are_totals_whatever_they_are_called(names: tuple[str, str]) -> None:
    rows = [
        row(cells(day, "F", f"O{at}", *PARTS[at], *blocs(PARTS[at], (1, 3), (0, 2, 4, 5))))
        for at, day in enumerate(DAYS)
    ]
    reading = read(heading(2, "Polls"), table(*rows, head=head(*LISTS, *names)))
    assert [sum(seats_read.values()) for seats_read in map(seats, reading.polls)] == [120] * 3  # type: ignore[arg-type]
    assert list(seats(reading.polls[0])) == list(LISTS)


def test_a_total_proven_in_one_table_is_one_on_the_whole_page() -> None:
    def rows(days: Sequence[str]) -> list[str]:
        return [
            row(cells(day, "F", f"O{day}", *PARTS[at], *blocs(PARTS[at], (1, 3), (0, 2, 4, 5))))
            for at, day in enumerate(days)
        ]

    short = table(*rows(("2 Mar 2019",)), head=head(*LISTS, "L", "R"))
    reading = read(heading(2, "Polls"), table(*rows(DAYS), head=head(*LISTS, "L", "R")), short)
    assert [list(seats(poll)) for poll in reading.polls] == [list(LISTS)] * 4


def test_a_column_nobody_knows_that_is_a_part_stays_and_is_said() -> None:
    scope = replace(SCOPE, list_keys=SCOPE.list_keys - {"kulanu"})
    reading = read(heading(2, "Polls"), table(*poll_rows(DAYS), head=head()), scope=scope)
    assert seats(reading.polls[0])["Kulanu"] == 10
    assert "the column 'Kulanu' is no list of this campaign; it stays as printed" in reading.warnings[0]


def test_a_known_list_is_never_a_total() -> None:
    """Even where it is called like one and equals the sum of others in every row."""
    parts = [(*row[:5], "0", row[0]) for row in (("40", "30", "20", "15", "15"), ("38", "32", "20", "15", "15"))]
    scope = replace(SCOPE, list_keys=SCOPE.list_keys | {"total"}, house_size=160)
    reading = read(heading(2, "Polls"), table(*poll_rows(DAYS, parts), head=head(*LISTS, "Total")), scope=scope)
    assert seats(reading.polls[0])["Total"] == 40


def test_a_column_of_words_is_left_aside_and_said() -> None:
    reading = read(heading(2, "Polls"), table(*poll_rows(DAYS, added=("online panel",)), head=head(*LISTS, "Method")))
    assert list(seats(reading.polls[0])) == list(LISTS)
    assert "the column 'Method' holds words, not seats" in reading.warnings[0]


# --- printed forms


@pytest.mark.parametrize("printed", ["(1)", "( 2 )", "(3)[a]", "<small>(1)</small>"])
def test_seats_in_brackets_are_under_the_threshold(printed: str) -> None:
    parts = ("45", "30", "20", "15", "10", printed)
    (poll,) = read(heading(2, "Polls"), table(*poll_rows(DAYS[:1], [parts]), head=head())).polls
    last = poll.cells[-1]
    assert (last.status, last.seats, last.pct) == (Status.BELOW_THRESHOLD, None, None)
    assert sum(cell.seats or 0 for cell in poll.cells) == 120


@pytest.mark.parametrize(
    "words",
    [
        "Pre-election seats", "<b>Pre-election seats</b>[1]", "Outgoing Knesset", "Current seats", "Current Knesset",
        "Election results", "Final results", "2015 election results", "Seats in the outgoing Knesset",
        "Results of the 2015 election", "Last election", "Seats at dissolution", "Outgoing seats", "Previous election",
    ],
)  # fmt: skip
@pytest.mark.parametrize("tag", ["td", "th"])
def test_rows_of_seats_that_are_no_poll_are_results(words: str, tag: str) -> None:
    printed = "".join(f"<{tag}>{seats}</{tag}>" for seats in PARTS[0])
    for where in (0, 3):
        rows = poll_rows(DAYS)
        rows.insert(where, row(f"<{tag} colspan='3'>{words}</{tag}>", printed))
        reading = read(heading(2, "Polls"), table(*rows, head=head()))
        assert (len(reading.polls), len(reading.results), reading.refused) == (3, 1, ())
        assert reading.results[0].cells[0].seats == 40


def test_outlets_with_the_house_in_their_name_are_polls() -> None:
    printed = row(cells("5 Apr 2019", "Panels", "Knesset Channel", *PARTS[0]))
    assert len(read(heading(2, "Polls"), table(printed, head=head())).polls) == 1


def test_a_table_of_exit_polls_needs_no_day() -> None:
    rows = [row(cells("Midgam", "Channel 12", *PARTS[0])), row(cells("Kantar", "Kan 11", *PARTS[1]))]
    names = row(*(f"<th>{name}</th>" for name in ("Polling firm", "Publisher", *LISTS)))
    reading = read(heading(2, "Exit polls"), table(*rows, head=names))
    assert [(poll.kind, poll.fieldwork_end) for poll in reading.polls] == [(PollKind.EXIT_POLL, VOTE)] * 2


@pytest.mark.parametrize("printed", ["Channel 1 exit poll[2]", "Channel 1 (exit poll)", "Exit poll: Channel 1"])
def test_an_exit_poll_is_named_without_its_kind(printed: str) -> None:
    rows = [row(cells("9 Apr", printed, *PARTS[0]))]
    reading = read(heading(2, "Polls"), table(banner(BANNERS[0], 2019), *rows, head=head(firm=("Poll",))))
    assert [(poll.kind, poll.pollster) for poll in reading.polls] == [(PollKind.EXIT_POLL, "Channel 1")]


@pytest.mark.parametrize(
    "name", ["Polling firm/Publisher", "Poll", "Pollster / Publisher", "Polling firm/<br/>Publisher"]
)
def test_one_column_names_firm_and_outlet(name: str) -> None:
    rows = [row(cells("5 Apr 2019", "Smith/Maariv", *PARTS[0])), row(cells("4 Apr 2019", "Channel 2[5]", *PARTS[1]))]
    reading = read(heading(2, "Polls"), table(*rows, head=head(firm=(name,))))
    assert [(poll.pollster, poll.publisher) for poll in reading.polls] == [("Smith", "Maariv"), ("Channel 2", None)]


# --- blanks mean what the page's rule says


BLANK = ("45", "30", "20", "15", "10", "")


@pytest.mark.parametrize(
    ("means", "status"),
    [
        (BlankMeans.NOT_ASKED, Status.NOT_ASKED), (BlankMeans.BELOW_THRESHOLD, Status.BELOW_THRESHOLD),
        (BlankMeans.NO_VALUE, None), (BlankMeans.NOT_ASKED_IF_WHOLE, Status.NOT_ASKED), (BlankMeans.REFUSED, "refused"),
    ],
)  # fmt: skip
def test_a_blank_means_what_the_page_s_rule_says(means: BlankMeans, status: Status | str | None) -> None:
    settings = SETTINGS.model_copy(update={"options": {"blank_cell": str(means)}})
    reading = read(heading(2, "Polls"), table(*poll_rows(DAYS[:2], [BLANK, PARTS[1]]), head=head()), settings=settings)
    if status == "refused":
        assert "the cell is blank; write –" in reading.refused[0].reason
        return
    statuses = {cell.label: cell.status for cell in reading.polls[0].cells}
    assert statuses.get("Shas") == status


def test_without_a_rule_a_blank_is_not_asked_where_the_row_is_whole() -> None:
    short = ("45", "30", "20", "15", "9", "")
    reading = read(heading(2, "Polls"), table(*poll_rows(DAYS, [BLANK, short, PARTS[2]]), head=head()))
    assert [cell.status for cell in reading.polls[0].cells][-1] is Status.NOT_ASKED
    assert [refusal.check for refusal in reading.refused] == ["cell"]
    assert BlankRule().status(120) is None


# --- the reason is said


def test_a_page_without_a_good_row_says_why() -> None:
    rows = poll_rows(("5 Apr 2091", "31 Feb 2019", "x", "4 Apr 2091", "5 May 2091"))
    with pytest.raises(PageRefused) as refused:
        read(heading(2, "Polls"), table(*rows, head=head()))
    message = str(refused.value)
    assert "(5 rows)" in message
    assert "'5 Apr 2091' is 2091-04-05, outside 2017-01-01 to 2019-04-09 (Polls, table 1, row 2)" in message
    assert "'31 Feb 2019' is not a day" in message
    assert "and 2 more" in message


def test_a_row_of_percentages_is_none_of_seats() -> None:
    shares = ("(2.1%)", "(1.9%)", "(3.1%)", "(0.5%)", "(1.0%)", "(2.2%)")
    reading = read(heading(2, "Polls"), table(*poll_rows(DAYS, [*PARTS[:2], shares]), head=head()))
    assert [refusal.check for refusal in reading.refused] == ["unit"]


# --- a year that contradicts its section


@pytest.mark.parametrize(
    ("days", "sort", "end"),
    [
        ("31 Dec 2018", None, "2018-12-31"), ("25 Dec 2018", None, "2018-12-25"), ("24 Dec 2018", None, None),
        ("7 Jan 2018", None, None), ("2 Jan 2018", None, None), ("31 Dec 2019", None, None), ("5 Apr 2018", None, None),
        ("31 Dec", "2018-12-31", "2018-12-31"), ("31 Dec", None, "2018-12-31"), ("24 Dec", "2018-12-24", None),
        ("30 Dec 18 – 1 Jan 19", None, "2019-01-01"), ("28 Dec – 2 Jan", None, "2019-01-02"),
        ("1 Jan 2019", None, "2019-01-01"), ("1 Jan", "2018-01-01", None),
    ],
)  # fmt: skip
def test_only_days_at_the_turn_of_the_year_stand_in_the_next_section(
    days: str, sort: str | None, end: str | None
) -> None:
    """The rows around are of January 2019: what is a year away from them is a wrong year."""
    around = [row(cells(day, "A", day, *PARTS[0])) for day in ("4 Jan 2019", "3 Jan 2019")]
    sorted_by = f" data-sort-value='{sort}'" if sort else ""
    odd = row(f"<td{sorted_by}>{days}</td>", cells("Odd", "Outlet", *PARTS[1]))
    reading = read(heading(2, "Polls"), heading(3, "2019"), table(around[0], odd, around[1], head=head()))
    ends = {poll.pollster: str(poll.fieldwork_end) for poll in reading.polls}
    assert ends.get("Odd") == end
    if end is None and not sort:
        assert [refusal.check for refusal in reading.refused] == ["dates"]


def test_a_day_at_the_turn_that_fits_no_row_around_it_is_of_a_wrong_year() -> None:
    rows = poll_rows(("5 Apr 2019", "31 Dec 2018", "3 Apr 2019"))
    reading = read(heading(2, "Polls"), heading(3, "2019"), table(*rows, head=head()))
    assert "31 Dec 2018 stands in section 2019" in reading.refused[0].reason


def test_both_years_are_named() -> None:
    rows = poll_rows(("5 Apr 2019", "7 Oct 2018", "3 Apr 2019"))
    reading = read(heading(2, "Polls"), heading(3, "2019"), table(*rows, head=head()))
    assert reading.refused[0].reason.startswith("7 Oct 2018 stands in section 2019")


def test_a_sort_value_of_another_month_gives_way_to_the_printed_day() -> None:
    printed = row("<td data-sort-value='2019-03-05'>5 Apr</td>", cells("A", "B", *PARTS[0]))
    other = row("<td data-sort-value='2019-03-04'>5 Apr</td>", cells("C", "D", *PARTS[0]))
    reading = read(heading(2, "Polls"), heading(3, "2019"), table(printed, other, head=head()))
    assert [poll.fieldwork_end for poll in reading.polls] == [date(2019, 4, 5)]
    assert "read as printed, 2019-04-05; its sort value says 2019-03-05" in reading.warnings[0]
    assert "does not end on its sort value 2019-03-04" in reading.refused[0].reason
