"""F6, F7: dates without a year are told from what stands around them, and the impossible is refused."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.sources.dates import Around, Days, read_days, years_in
from pipelines.sources.reading import RowRefused

IN_2026 = Around(years=(2026,), first=date(2022, 11, 2), last=date(2026, 10, 26))
ANY_YEAR = Around(first=date(2022, 11, 2), last=date(2026, 10, 26))


@pytest.mark.parametrize(
    ("printed", "sort", "start", "end"),
    [
        ("2 Jul", "2026-07-02", None, "2026-07-02"),
        ("1– 2 Jul", "2026-07-02", "2026-07-01", "2026-07-02"),
        ("1–2 Jul", None, "2026-07-01", "2026-07-02"),
        ("31 Dec – 1 Jan", "2026-01-01", "2025-12-31", "2026-01-01"),
        ("30 Sep – 1 Oct", "2026-10-01", "2026-09-30", "2026-10-01"),
        ("30 Sep – 1 Oct", "", "2026-09-30", "2026-10-01"),
        ("2 Jul", "000000002026-07-02-0000", None, "2026-07-02"),
        ("2–3 Jul 25", None, "2025-07-02", "2025-07-03"),
        ("28 Dec 23 – 2 Jan 24", None, "2023-12-28", "2024-01-02"),
        ("17 September 2024", None, None, "2024-09-17"),
        ("Feb 10, 2025", None, None, "2025-02-10"),
        ("Feb 10–12, 2025", None, "2025-02-10", "2025-02-12"),
        ("2026-07-02", None, None, "2026-07-02"),
        ("29 Feb 2024", None, None, "2024-02-29"),
        ("2 Jul [3]", "2026-07-02", None, "2026-07-02"),
        ("\u200f2\u00a0Jul\u200f", "2026-07-02", None, "2026-07-02"),
        ("2026-07-02 23:30", None, None, "2026-07-02"),
        ("2026-07-02T23:30:00.000Z", None, None, "2026-07-02"),
        ("2026/7/2", None, None, "2026-07-02"),
        ("02.07.2026", None, None, "2026-07-02"),
        ("28/06/2026", None, None, "2026-06-28"),
        ("6/28/2026", None, None, "2026-06-28"),
        ("7/7/2026", None, None, "2026-07-07"),
        ("02-Jul-26", None, None, "2026-07-02"),
        ("Thu 2 Jul 2026", None, None, "2026-07-02"),
        ("Thursday, 2 July 2026", None, None, "2026-07-02"),
        ("2 ביולי 2026", None, None, "2026-07-02"),
        ("1–2 יולי 2026", None, "2026-07-01", "2026-07-02"),
        ("30 ביוני – 2 ביולי 2026", None, "2026-06-30", "2026-07-02"),
        ("Dec 28, 2025 – Jan 2, 2026", None, "2025-12-28", "2026-01-02"),
    ],
)
def test_a_range_is_resolved(printed: str, sort: str | None, start: str | None, end: str) -> None:
    expected = Days(date.fromisoformat(start) if start else None, date.fromisoformat(end))
    around = ANY_YEAR if any(c.isdigit() for c in printed[-2:]) and "Jan" not in printed[-3:] else IN_2026
    assert read_days(printed, sort, around if around is IN_2026 or sort is None else IN_2026) == expected


@pytest.mark.parametrize(
    ("printed", "sort", "around", "why"),
    [
        ("30 Feb", None, IN_2026, "not a day"),
        ("29 Feb", None, IN_2026, "not a day"),
        ("30 Feb", "2026-02-30", IN_2026, "not a day"),
        ("2 Jul", "2026-02-30", IN_2026, "not a day"),
        ("5–2 Jul", "2026-07-02", IN_2026, "starts 2026-07-05, after it ends"),
        ("9 Jul", "2027-07-09", IN_2026, "its section is 2026"),
        ("9 Jul", "2027-07-09", ANY_YEAR, "outside"),
        ("9 Jul", "2020-07-09", ANY_YEAR, "outside"),
        ("9 Jul 2027", None, ANY_YEAR, "outside"),
        ("11 Feb", "2025-02-11", IN_2026, "sort value of '11 Feb' is 2025-02-11, but its section is 2026"),
        ("9 Jul", "2026-07-08", IN_2026, "does not end on its sort value"),
        ("9 Jul 2026", "2026-07-08", IN_2026, "does not end on its sort value"),
        ("9 Jul", "tomorrow", IN_2026, "no date"),
        ("9 Jul", None, ANY_YEAR, "year of '9 Jul' cannot be told"),
        (
            "31 Dec – 1 Jan",
            None,
            Around(years=(2025,), first=date(2020, 1, 1), last=date(2030, 1, 1)),
            "cannot be told",
        ),
        ("1 Jan – 30 Jun", "2026-06-30", IN_2026, "lasts 180 days"),
        ("9 Jupiter", None, IN_2026, "no month"),
        ("Jul", "2026-07", IN_2026, "no date we read"),
        ("", None, IN_2026, "no date we read"),
        ("9 Jul" * 100_000, None, IN_2026, "no date we read"),
        ("٩ Jul", None, IN_2026, "no date we read; write it as 2026-10-08"),
        ("08/10/2026", None, ANY_YEAR, r"'08/10/2026' may be two days; write 2026-10-08 \(or 2026-08-10\)"),
        ("8-10-26", None, ANY_YEAR, "may be two days"),
        ("32/13/2026", None, ANY_YEAR, "is not a day"),
        ("31.02.2026", None, ANY_YEAR, "is not a day"),
        ("7 Oct 2025", None, IN_2026, "^7 Oct 2025 stands in section 2026"),
    ],
)
def test_the_impossible_and_the_ambiguous_are_refused(printed: str, sort: str, around: Around, why: str) -> None:
    with pytest.raises(RowRefused, match=why):
        read_days(printed, sort, around)


def test_neighbours_tell_the_year_a_section_does_not() -> None:
    around = Around(first=date(2022, 11, 2), last=date(2026, 10, 26), before=date(2026, 7, 1), after=date(2026, 4, 30))
    assert read_days("11 Jun", None, around).end == date(2026, 6, 11)


@given(st.dates(date(2023, 1, 1), date(2026, 10, 1)), st.integers(0, 20))
def test_what_is_written_is_read_back(end: date, length: int) -> None:
    start = end - timedelta(days=length)
    printed = f"{start.day} {start:%b} – {end.day} {end:%b}" if length else f"{end.day} {end:%b}"
    days = read_days(printed, str(end), Around(years=(end.year,)))
    assert days == Days(start if length else None, end)


@given(st.text(max_size=20), st.one_of(st.none(), st.text(max_size=12)))
def test_any_text_is_a_day_or_refused(printed: str, sort: str | None) -> None:
    try:
        days = read_days(printed, sort, IN_2026)
    except RowRefused:
        return
    assert IN_2026.first <= days.end <= IN_2026.last


def test_years_of_headings() -> None:
    assert years_in("2022–2024") == (2022, 2023, 2024)
    assert years_in("Seat projections") == ()
    assert years_in("120 seats") == ()
    assert years_in("Polls in 2015 (Knesset dissolved)") == (2015,)
    assert years_in("January–March 2019") == (2019,)
    assert years_in("Bennett 2026 party") == years_in("Since the 2019 deadline") == ()
