"""Sheets as desks really keep them: titles above, totals beside, notes below, numbers as spreadsheets write them."""

import time
from collections.abc import Callable, Sequence
from datetime import date, datetime

import pytest

from electoral.polls import PollKind, Status
from pipelines.errors import PageRefused
from pipelines.sources.reading import Reading, ReportedPoll, Scope, source_of
from pipelines.sources.sheet import plain_value
from pipelines.sources.text import spelling_key
from tests.pipelines.sources.workbooks import workbook

LISTS = ("Likud", "Together", "ש״ס", "Yashar")
HEBREW = ("הליכוד", "ביחד", "RZP–Zehut", "likud")
SCOPE = Scope(
    "knesset-99", "desk", date(2026, 1, 1), date(2026, 10, 9), None,
    frozenset(map(spelling_key, (*LISTS, *HEBREW))), house_size=120,
    most_below_seats=3,
)  # fmt: skip
HEAD = ("fieldwork_end", "pollster", "publisher", *LISTS)
POLLS = (
    ("2026-10-08", "Kantar", "Kan 11", 50, 30, 25, 15),
    ("2026-10-07", "Lazar", "Maariv", 48, 32, 24, 16),
    ("2026-10-06", "Midgam", "Channel 12", 52, 28, 26, 14),
)
Rows = Sequence[Sequence[object]]


def csv_of(rows: Rows, separator: str = ",") -> bytes:
    def cell(value: object) -> str:
        text = "" if value is None else str(value)
        return f'"{text}"' if separator in text else text

    return "\n".join(separator.join(map(cell, row)) for row in rows).encode()


def read(rows: Rows, scope: Scope = SCOPE) -> Reading:
    reading = source_of("csv").parse(csv_of(rows), scope)
    assert reading.accounted == reading.rows
    return reading


def seats(poll: ReportedPoll) -> list[float | None]:
    return [cell.seats for cell in poll.cells]


def with_column(name: str, values: Sequence[object]) -> list[list[object]]:
    return [[*HEAD, name], *([*row, value] for row, value in zip(POLLS, values, strict=True))]


def with_cell(text: object, column: int = 6) -> list[list[object]]:
    odd: list[object] = [*POLLS[0]]
    odd[column] = text
    return [[*HEAD], odd, [*POLLS[1]]]


@pytest.mark.parametrize("text", ["15²", "15½", "①"])
def test_a_footnote_or_a_fraction_makes_no_other_number_of_seats(text: str) -> None:
    (row,) = read(with_cell(text)).refused
    assert row.reason.startswith(f"Yashar: {text!r} is not a number of seats")


@pytest.mark.parametrize(
    ("cell", "words"), [("a", "this sheet has 1000000"), ("", "the sheet is empty"), (" ", "the sheet is empty")]
)
def test_a6_a_sheet_wider_than_any_is_refused_at_once(cell: str, words: str) -> None:
    began = time.process_time()
    with pytest.raises(PageRefused, match=words):
        source_of("csv").parse(f"{cell},".encode() * 1_000_000, SCOPE)
    assert time.process_time() - began < 1


def test_a_sheet_of_a_header_alone_says_what_is_missing() -> None:
    with pytest.raises(PageRefused, match="no poll that can be read: write one a row below the header, row 1"):
        read([HEAD])


@pytest.mark.parametrize("name", ["Outgoing Knesset", "Pre-election seats", "2022 election", "תוצאות 2022"])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_result_or_a_houses_seats_among_the_polls_is_said_and_is_no_poll(name: str, place: int) -> None:
    row: list[object] = ["", "", "", 60, 30, 20, 10]
    row[place] = name
    reading = read([HEAD, row, *POLLS])
    assert (len(reading.polls), reading.refused) == (3, ())
    assert f"row 2 is a result or a house's seats, no poll: {name}" in reading.warnings[0]


@pytest.mark.parametrize("text", ["(1)", "(1.0)", "(1,0)", "-1", "-1.0"])
def test_seats_in_brackets_are_under_the_threshold_however_a_spreadsheet_writes_them(text: str) -> None:
    rows = [[*HEAD, "Shas 2"], ["2026-10-08", "Kantar", "Kan 11", 50, 30, 25, 15, text]]
    (poll,) = read(rows).polls
    assert (poll.cells[-1].status, poll.cells[-1].seats) == (Status.BELOW_THRESHOLD, None)


@pytest.mark.parametrize("text", ["-4", "-5", "−5", "'-5", "-5.0", "-9,0"])
def test_a_number_below_none_that_could_be_seats_refuses_its_row(text: str) -> None:
    (row,) = read(with_cell(text)).refused
    assert (row.check, row.place) == ("cell", "row 2")
    assert row.reason.startswith(f"Yashar: {text!r} is less than no seat; write seats as {text.strip(chr(39))[1]}, a")


# --- the header


@pytest.mark.parametrize(
    "header",
    [
        ("Date", "Polling firm", "Media"), ("FIELDWORK END", "Pollster ", "Publisher"),
        ("Fieldwork-end", "Firm", "Client"), ("poll date", "Polling company", "Outlet"),
        ("תאריך", "מכון", "כלי תקשורת"), ("תאריך סיום", "מכון סקרים", "גוף מזמין"),
    ],
)  # fmt: skip
def test_columns_go_by_what_desks_call_them(header: Sequence[str]) -> None:
    reading = read([[*header, *LISTS], *POLLS])
    assert (reading.polls[0].pollster, reading.polls[0].publisher) == ("Kantar", "Kan 11")
    assert seats(reading.polls[0]) == [50, 30, 25, 15]


def test_who_ordered_a_poll_is_disclosed_and_stands_for_an_outlet_nobody_names() -> None:
    days, firms = ["תאריך סיום", "2026-10-08"], ["סוקר", "Kantar"]
    ordered = [["מזמין הסקר", "Kan 11"], ["אופן הסקר", "internet"], ["טעות דגימה", ""]]
    lists = [list(pair) for pair in zip(LISTS, POLLS[0][3:], strict=True)]
    for outlet in ([], [["ערוץ", "Maariv"]]):
        poll = read([*map(list, zip(days, firms, *ordered, *outlet, *lists, strict=True))]).polls[0]
        assert (poll.publisher, poll.disclosed) == ("Maariv" if outlet else "Kan 11", ("commissioner", "mode"))


@pytest.mark.parametrize(
    "names", [LISTS, ("likud", "TOGETHER", 'ש"ס', "YASHAR"), ("הליכוד", "ביחד", "RZP - Zehut", "Yashar")]
)
def test_a_list_s_name_in_any_spelling_stays_its_column(names: Sequence[str]) -> None:
    reading = read([[*HEAD[:3], *names], *POLLS])
    assert [cell.label for cell in reading.polls[0].cells] == list(names)
    assert reading.warnings == ()


def test_titles_and_blank_rows_above_the_header_are_left_aside() -> None:
    reading = read([["Our polls, October", *[""] * 6], [""] * 7, HEAD, [""] * 7, *POLLS])
    assert len(reading.polls) == 3
    assert "the header is row 3" in reading.warnings[0]
    assert reading.places[reading.polls[0].id] == "row 5"


def test_one_column_names_firm_and_outlet() -> None:
    reading = read([["Date", "Polling firm / Publisher", *LISTS], ["2026-10-08", "Smith/Maariv", *POLLS[0][3:]]])
    assert [(poll.pollster, poll.publisher) for poll in reading.polls] == [("Smith", "Maariv")]


@pytest.mark.parametrize(
    ("rows", "remedy"),
    [
        (
            [["a", "b"], ["1", "2"]],
            r"no header row names fieldwork_end \(the last day of fieldwork\); the sheet begins 'a, b'",
        ),
        ([["Date", *LISTS], ["2026-10-08", "1", "2", "3", "4"]], "no header row names pollster or publisher"),
        ([[*HEAD, "LIKUD"], [*POLLS[0], "1"]], "two columns say the same: 'Likud' and 'LIKUD'"),
        ([["Date", *HEAD], ["x", *POLLS[0]]], "two columns say the same: 'Date' and 'fieldwork_end'"),
        ([["Date", "2026-10-08"], ["Pollster", "Kantar"], ["Likud", "50"], ["Together", "70"]], "lies on its side"),
        ([[*HEAD, ""], [*POLLS[0], "1552"]], r"the column number 8, which has no name, holds numbers \('1552'\)"),
        ([HEAD, [*POLLS[0], "x"]], "row 2 has more cells than the header"),
        ([HEAD], "no poll that can be read"),
        ([[""], [""]], "the (file|sheet) is empty"),
    ],
)
def test_a_sheet_that_cannot_be_read_says_what_to_mend(rows: Rows, remedy: str) -> None:
    with pytest.raises(PageRefused, match=remedy):
        read(rows)


def test_one_bad_row_alone_is_said_with_row_value_and_remedy() -> None:
    with pytest.raises(PageRefused, match=r"'08/10/2026' may be two days; write 2026-10-08 .*\(row 2\)"):
        read([HEAD, ["08/10/2026", *POLLS[0][1:]]])


# --- totals, notes and columns nobody knows


@pytest.mark.parametrize(
    "name",
    ["Total", "סה״כ", "Sum", "Right bloc", "Opposition", "קואליציה", "Change bloc", "גוש השינוי", "Sum of right"],
)
def test_a_column_with_a_total_s_word_is_not_counted(name: str) -> None:
    reading = read(with_column(name, [120, 120, 120]))
    assert seats(reading.polls[0]) == [50, 30, 25, 15]
    assert "is a total of lists: it is not counted" in reading.warnings[0]


@pytest.mark.parametrize("name", ["", "Control", "R"])
def test_a_column_that_sums_the_same_lists_in_three_rows_is_not_counted(name: str) -> None:
    reading = read(with_column(name, [row[3] + row[5] for row in POLLS]))  # type: ignore[operator]
    assert seats(reading.polls[0]) == [50, 30, 25, 15]
    assert "is a total of lists" in reading.warnings[0]


def test_a_seat_column_nobody_knows_stays_for_names_to_refuse() -> None:
    """A poll of a desk is whole or not at all: nothing of it is dropped here, and the source says so."""
    rows = [[*HEAD, "Newcomers"], *([*row[:3], row[3] - 5, *row[4:], 5] for row in POLLS)]  # type: ignore[operator]
    assert [cell.label for cell in read(rows).polls[0].cells][-1] == "Newcomers"
    assert source_of("csv").is_own
    assert source_of("xlsx").is_own
    assert not source_of("wikipedia").is_own


@pytest.mark.parametrize("name", ["", "Comments by the editor", "Method"])
@pytest.mark.parametrize("words", [("by phone", "", "online"), ("26 Feb: called twice", "n/a", "x")])
def test_a_column_of_words_is_left_aside_and_said(name: str, words: Sequence[str]) -> None:
    reading = read(with_column(name, words))
    assert [len(poll.cells) for poll in reading.polls] == [4, 4, 4]
    assert "holds words, not seats: it is left aside" in reading.warnings[0]


@pytest.mark.parametrize("name", ["note", "Comments", "הערות", "source"])
def test_a_column_of_notes_is_said(name: str) -> None:
    reading = read(with_column(name, ["by phone", "", "7"]))
    assert [len(poll.cells) for poll in reading.polls] == [4, 4, 4]
    assert reading.warnings == (f"the column {name} is left aside",)


@pytest.mark.parametrize(
    "row",
    [
        ["סה״כ", "", "", 150, 90, 75, 45], ["Average", "", "", 50, 30, 25, 15], ["", "Total", "", 150, 90, 75, 45],
        ["2026-10-08", "Average of polls", "", 50, 30, 25, 15],
        ["ממוצע", "", "", "50.0", "30.0", "25.0", "15.0"],
    ],
)  # fmt: skip
def test_a_row_of_totals_or_averages_is_no_poll(row: Sequence[object]) -> None:
    reading = read([HEAD, *POLLS, row])
    assert (len(reading.polls), reading.rows, reading.refused) == (3, 3, ())
    assert "row 5 is a total or an average" in reading.warnings[0]


@pytest.mark.parametrize("row", [["Source: the firms' own sites"], ["", "* landlines only"], ["הערה: טלפוני"]])
def test_notes_below_are_no_polls(row: Sequence[object]) -> None:
    reading = read([HEAD, *POLLS, [""] * 7, row])
    assert (len(reading.polls), reading.rows) == (3, 3)
    assert "row 6 is a note" in reading.warnings[0]


def test_a_header_printed_again_is_no_poll() -> None:
    assert read([HEAD, *POLLS[:1], HEAD, *POLLS[1:]]).rows == 3


def test_the_same_poll_twice_is_one() -> None:
    reading = read([HEAD, *POLLS, POLLS[0]])
    assert (len(reading.polls), len(reading.repeats), reading.rows) == (3, 1, 4)


# --- numbers as spreadsheets write them


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("15.0", (15, None)), ("15,0", (15, None)), ("'15", (15, None)),
        ("0.029", (None, "2.9")), ("-0.029", (None, "2.9")),
        (".029", (None, "2.9")), ("0.02875", (None, "2.88")), ("-2.90 %", (None, "2.9")), ("-2.9%", (None, "2.9")),
        ("−2.9%", (None, "2.9")), ("(2,9%)", (None, "2.9")), ("2.90%", (None, "2.90")), ("(2.9%)", (None, "2.9")),
        ("0.01", (None, "1")), ("(1)", (None, None)), ("-0.01", (None, "1")),
    ],
)  # fmt: skip
def test_a_list_s_cell_says_what_was_typed(printed: str, value: tuple[float | None, str | None]) -> None:
    last = read(with_cell(printed)).polls[0].cells[-1]
    assert (last.seats, last.pct) == value
    assert last.status is (Status.SEATS if value[0] else Status.BELOW_THRESHOLD)


@pytest.mark.parametrize("printed", ["21.5", "2,4", "-15", "15 seats", "#N/A", "#REF!", "=10+5", "1e1", "fifteen"])
def test_a_number_in_no_form_refuses_its_row_with_its_text(printed: str) -> None:
    reading = read(with_cell(printed))
    assert [refusal.check for refusal in reading.refused] == ["cell"]
    assert f"Yashar: '{printed}'" in reading.refused[0].reason
    assert reading.refused[0].place == "row 2"


def test_a_blank_gives_no_value() -> None:
    assert [cell.label for cell in read(with_cell("")).polls[0].cells] == list(LISTS[:3])


def test_plain_value_leaves_printed_forms_alone() -> None:
    for printed in ("24", "(2.1%)", "–", "", "0", "0.0", "24[3]", "N/A", "4 (3.5%)"):
        assert plain_value(printed) == printed


@pytest.mark.parametrize(
    "values",
    [
        ("41.5%", "25%", "20.8%", "12.5%"), ("(41.5%)", "(25.0%)", "(20.8%)", "(12.5%)"), (0.415, 0.25, 0.208, 0.125),
        ("41.5", "25.2", "20.8", "12.5"), ("2.1%", "1.9%", "0.8%", "0.5%"),
    ],
)  # fmt: skip
def test_a_row_of_percentages_is_named_as_one_and_never_read_as_seats(values: Sequence[object]) -> None:
    reading = read([HEAD, *POLLS, ["2026-10-05", "Smith", "Maariv", *values]])
    assert [refusal.check for refusal in reading.refused] == ["unit"]
    assert "in seats" in reading.refused[0].reason
    with pytest.raises(PageRefused, match="in seats"):
        read([HEAD, ["2026-10-05", "Smith", "Maariv", *values]])


@pytest.mark.parametrize("printed", ["500.0", "1,552", "1.552", ""])
def test_sample_sizes_with_points_and_commas(printed: str) -> None:
    poll = read([[*HEAD, "sample_size"], [*POLLS[0], printed]]).polls[0]
    assert poll.sample_size in (500, 1552, None)


@pytest.mark.parametrize("kind", ["exit poll", "Exit-Poll", "EXIT_POLL"])
def test_a_kind_goes_by_any_spelling(kind: str) -> None:
    assert read([[*HEAD, "kind"], [*POLLS[0], kind]]).polls[0].kind is PollKind.EXIT_POLL


# --- separators and containers


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("prefix", ["", "\ufeff"])
def test_separators_are_told_from_the_sheet(separator: str, prefix: str) -> None:
    body = prefix.encode() + csv_of([["Polls, of October; ours"], HEAD, *POLLS], separator)
    assert len(source_of("csv").parse(body, SCOPE).polls) == 3


def test_excel_s_own_line_of_the_separator_is_followed() -> None:
    body = b"sep=;\r\n" + csv_of([HEAD, *POLLS], ";")
    reading = source_of("csv").parse(body, SCOPE)
    assert reading.places[reading.polls[0].id] == "row 3"


Day = Callable[[date], object]


@pytest.mark.parametrize(
    "day",
    [str, lambda day: datetime(day.year, day.month, day.day, 23, 30),
     lambda day: (day - date(1899, 12, 30)).days + 0.979, lambda day: f"{day:%d.%m.%Y}", lambda day: f"{day} 23:30:00"],
)  # fmt: skip
@pytest.mark.parametrize("date_1904", [False, True])
def test_a_moment_in_a_workbook_is_its_day(day: Day, date_1904: bool) -> None:
    moment = day(date(2026, 10, 8))
    if date_1904 and isinstance(moment, float):
        moment -= (date(1904, 1, 1) - date(1899, 12, 30)).days
    body = workbook([HEAD, [moment, *POLLS[0][1:]]], date_1904=date_1904)
    (poll,) = source_of("xlsx").parse(body, SCOPE).polls
    assert poll.fieldwork_end == date(2026, 10, 8)


def test_a_workbook_says_what_the_sheet_of_text_says() -> None:
    rows = [*with_column("Total", [120, 120, 120]), ["Source: us"]]
    as_csv, as_xlsx = read(rows), source_of("xlsx").parse(workbook(rows), SCOPE)
    assert (as_xlsx.polls, as_xlsx.warnings) == (as_csv.polls, as_csv.warnings)
