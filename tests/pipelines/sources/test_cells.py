"""F8, F9: a table of accepted forms, and every other cell refused with its text."""

import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from electoral.polls import Status, Unit
from pipelines.sources.cells import Value, read_cell, read_name, read_sample
from pipelines.sources.reading import RowRefused

SEATS, BELOW, NOT_ASKED = Status.SEATS, Status.BELOW_THRESHOLD, Status.NOT_ASKED

ACCEPTED = {
    "24": Value(SEATS, 24),
    "24[3]": Value(SEATS, 24),
    "24 [ f ]": Value(SEATS, 24),
    "24 *": Value(SEATS, 24),
    " 24\u00a0": Value(SEATS, 24),
    "\u200f24\u200e": Value(SEATS, 24),
    "２４": Value(SEATS, 24),
    "24.0": Value(SEATS, 24),
    "24.00": Value(SEATS, 24),
    "0.0": Value(BELOW, 0),
    "(1)": Value(BELOW),
    "( 3 )": Value(BELOW),
    "(0.875%)": Value(BELOW, None, "0.875"),
    "4 (3.5%)": Value(SEATS, 4, "3.5"),
    "4(3.5%)": Value(SEATS, 4, "3.5"),
    "0": Value(BELOW, 0),
    "(2.1%)": Value(BELOW, None, "2.1"),
    "( 1.7%)": Value(BELOW, None, "1.7"),
    "(1.81%)": Value(BELOW, None, "1.81"),
    "(2%)": Value(BELOW, None, "2"),
    "(<1%)": Value(BELOW, None, "<1"),
    "(< 3.25%)": Value(BELOW, None, "<3.25"),
    "2.1%": Value(BELOW, None, "2.1"),
    "(1.7–2.1%)": Value(BELOW, None, "1.7-2.1"),
    "–": Value(NOT_ASKED),
    "−": Value(NOT_ASKED),
    "-": Value(NOT_ASKED),
    "– [ f ]": Value(NOT_ASKED),
    "— N/a": Value(NOT_ASKED),
    "—N/a": Value(NOT_ASKED),
}
REFUSED = (
    "21.5", "24.01", "0.5", "(12)", "(1.5)", "(1", "24.0.0", "-1", "(2.12345%)",
    "", "?", "TBA", "tba", "٢٤", "۲۴", "२४", "2,4", "²", "2²", "24²", "½", "①", "024", "00", "-3", "+3", "1_0", "nan",
    "inf", "1e2", "0x10", "24.", ".5", "23.5", "24 25", "2 4", "1000", "(24)", "(2.1)", "(2.1%", "2.1%)", "(12.5%)",
    "12%", "24%", "(<1)", "<script>", "=1+1", "24; DROP", "four", "כד", "24 seats", "^24", "24 ^3", "()", "(%)", "[3]",
    "*", "24[3",
)  # fmt: skip


@pytest.mark.parametrize("printed", ACCEPTED)
def test_accepted_forms_say_what_they_say(printed: str) -> None:
    assert read_cell(printed) == ACCEPTED[printed]


@pytest.mark.parametrize("printed", REFUSED)
def test_every_other_form_is_refused_with_its_text(printed: str) -> None:
    with pytest.raises(RowRefused) as refused:
        read_cell(printed)
    assert repr(printed) in str(refused.value)


def test_blank_dash_percentage_and_zero_are_four_things() -> None:
    read = [read_cell(printed) for printed in ("–", "(2.9%)", "0")]
    assert len(set(read)) == 3
    with pytest.raises(RowRefused, match="blank"):
        read_cell("")


def test_a_percentage_is_never_seats() -> None:
    assert read_cell("(3%)").seats is None


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused(printed: str) -> None:
    try:
        value = read_cell(printed)
    except RowRefused:
        return
    if value.status is SEATS:
        assert value.seats is not None
        assert 1 <= value.seats <= 999


@given(
    st.text(
        alphabet=[c for c in map(chr, range(0x660, 0xFF00)) if c.isdigit() and not "０" <= c <= "９"],
        min_size=1,
        max_size=3,
    )
)
def test_only_ascii_digits_count(printed: str) -> None:
    with pytest.raises(RowRefused):
        read_cell(printed)


@pytest.mark.parametrize(
    "pump", ["(" * 26, "1 " * 26, "[a" * 26, "–" * 26, "9" * 1_000_000, "( " * 500_000, "[" * 1_000_000]
)
def test_no_cell_takes_longer_than_a_moment(pump: str) -> None:
    """S16: a 1 MB cell and the classic pumps."""
    best = min(_seconds(pump) for _ in range(3))
    assert best < 0.050, "and one that is tried in every way takes seconds"


def _seconds(text: str) -> float:
    started = time.process_time()
    for read in (read_cell, read_sample):
        with pytest.raises(RowRefused):
            read(text)
    return time.process_time() - started


def test_sample_sizes() -> None:
    assert [read_sample(text).size for text in ("500", "1,552", "12,345[n]", "— N/a", "", "–", "?")] == [
        500, 1552, 12345, None, None, None, None,
    ]  # fmt: skip
    assert {read_sample(text).size for text in ("500", "500.0", "500.00")} == {500}
    assert {read_sample(text).size for text in ("1,552", "1 552", "1\u00a0552", "1.552", "1'552", "1552.0")} == {1552}
    printed = {text: read_sample(text) for text in ("≥ 3000", "≥3,000", "3000+", "> 3000", "n=3000", "N = 3,000")}
    assert {sample.size for sample in printed.values()} == {3000}
    assert [sample.printed for sample in printed.values()] == ["≥3000", "≥3000", "≥3000", ">3000", None, None]
    for wrong in ("500.5", "500.000", "1,552.5", "15,52", "1,5520", "±4.4%", "1,55", "٥٠٠", "0", "about 500"):
        with pytest.raises(RowRefused, match="sample size"):
            read_sample(wrong)


def test_names_lose_footnotes_and_dashes_are_nobody() -> None:
    assert read_name("Maariv [ 18 ][ 19 ]") == "Maariv"
    assert read_name("Walla!") == "Walla!"
    assert [read_name(text) for text in ("–", "", "— N/a")] == [None, None, None]


def test_printable_ascii_in_pairs_never_breaks_the_grammar() -> None:
    for first in string.printable:
        for second in string.printable:
            try:
                read_cell(first + second)
            except RowRefused:
                continue


SHARES = {
    "23.5": "23.5", "23,5": "23.5", "23.5%": "23.5", "23.5 %": "23.5", "18.81188": "18.81188", "0": "0",
    "0.4[a]": "0.4", "<1": "<1", "< 0,5 %": "<0.5", "100": "100",
}  # fmt: skip


@pytest.mark.parametrize("printed", SHARES)
def test_a_number_of_a_page_of_percentages_is_a_share_as_printed(printed: str) -> None:
    assert read_cell(printed, Unit.SHARE) == Value(Status.SHARE, None, SHARES[printed])


@pytest.mark.parametrize("printed", ["–", "— N/a", "N/A"])
def test_a_dash_asks_nothing_in_either_unit(printed: str) -> None:
    assert read_cell(printed, Unit.SHARE) == read_cell(printed) == Value(NOT_ASKED)


@pytest.mark.parametrize(
    "printed", ["", "?", "100.1", "101", "1.234,5", "²", "٢٣", "-3", "twelve", "(2.1%)", "12 (9%)"]
)
def test_what_is_no_share_is_refused(printed: str) -> None:
    with pytest.raises(RowRefused):
        read_cell(printed, Unit.SHARE)
