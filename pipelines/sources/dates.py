"""Fieldwork dates as pages print them, most without a year: resolved from what stands around them, or refused."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from pipelines.errors import one_line
from pipelines.sources.reading import RowRefused
from pipelines.sources.text import tidy

LONGEST_FIELDWORK = timedelta(days=45)
LONGEST_DATE = 60
# How far a row may stand from its neighbours' dates: pages are sorted by publication, not by fieldwork.
SLACK = timedelta(days=31)
# How far over the turn of a year a section reaches: a poll of 30 December is published, and listed, in January.
TURN = timedelta(days=7)
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january ינואר ינו", "feb february פברואר פבר", "mar march מרץ מרס", "apr april אפריל אפר", "may מאי",
            "jun june יוני יונ", "jul july יולי יול", "aug august אוגוסט אוג", "sep sept september ספטמבר ספט",
            "oct october אוקטובר אוק", "nov november נובמבר נוב", "dec december דצמבר דצמ",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = "[a-zא-ת]{3,9}"
_START = rf"(?P<sd>\d{{1,2}})(?: ?(?P<sm>{_MONTH})\.?(?: (?P<sy>\d{{4}}|\d{{2}}))?)?"
_END = rf"(?P<ed>\d{{1,2}}) ?(?P<em>{_MONTH})\.?(?: (?P<ey>\d{{4}}|\d{{2}}))?"
_TIME = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_FORMS = tuple(
    re.compile(pattern, re.ASCII | re.IGNORECASE)
    for pattern in (
        rf"(?P<ey>\d{{4}})-(?P<em>\d{{1,2}})-(?P<ed>\d{{1,2}}){_TIME}",
        r"(?P<ey>\d{4})[/.](?P<em>\d{1,2})[/.](?P<ed>\d{1,2})",
        f"{_START} ?- ?{_END}",
        _END,
        rf"(?P<ed>\d{{1,2}})-(?P<em>{_MONTH})-(?P<ey>\d{{4}}|\d{{2}})",
        rf"(?P<em>{_MONTH})\.? (?P<ed>\d{{1,2}}),? (?P<ey>\d{{4}})",
        rf"(?P<em>{_MONTH})\.? (?P<sd>\d{{1,2}}) ?- ?(?P<ed>\d{{1,2}}),? (?P<ey>\d{{4}})",
        rf"(?P<sm>{_MONTH})\.? (?P<sd>\d{{1,2}})(?:,? (?P<sy>\d{{4}}))? ?- ?"
        rf"(?P<em>{_MONTH})\.? (?P<ed>\d{{1,2}}),? (?P<ey>\d{{4}})",
    )
)
_WEEKDAY = re.compile(r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,? ", re.ASCII | re.IGNORECASE)
_DAY_MONTH = re.compile(rf"(\d{{1,2}})(?P<mark>[/.-])(\d{{1,2}})(?P=mark)(\d{{4}}|\d{{2}}){_TIME}", re.ASCII)
# "2026-07-02" or the older padded "000000002019-04-09-0000".
_SORT = re.compile(r"0{0,8}(\d{4})-?(\d{1,2})-?(\d{1,2})(?:-0000)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Around:
    """What helps a date without a year: its section's years, the days that can be, and its dated neighbours.

    `only` is the one day that all rows of a table are of, where they print none (exit polls).
    """

    years: tuple[int, ...] = ()
    first: date = date(1949, 1, 1)
    last: date = date(2199, 12, 31)
    before: date | None = None
    after: date | None = None
    only: date | None = None


@dataclass(frozen=True, slots=True)
class Days:
    """Fieldwork: the first day where printed, and the last; `remark` is what was odd about a day that was read."""

    start: date | None
    end: date
    remark: str = ""


@lru_cache(maxsize=4_096)
def read_days(printed: str, sort: str | None, around: Around) -> Days:
    """The fieldwork a date cell prints; raises RowRefused when it is impossible or more than one year fits.

    >>> read_days("31 Dec – 1 Jan", "2026-01-01", Around(years=(2026,)))
    Days(start=datetime.date(2025, 12, 31), end=datetime.date(2026, 1, 1), remark='')
    """
    parts = _parts(printed)
    month, day = _month(parts["em"], printed), int(parts["ed"])
    sort_date, remark = _sorted(sort), ""
    if year := parts.get("ey"):
        end = _day(_century(year), month, day, printed)
    elif sort_date and (sort_date.month, sort_date.day) == (month, day):
        end = sort_date
    else:
        crosses = bool(parts.get("sm")) and _month(parts["sm"], printed) > month
        end = _nearby(month, day, crosses, around, printed)
    start = _start(parts, end, printed)
    if sort_date and sort_date != end:
        remark = _misprinted_sort(end, sort_date, printed)
    _refuse_other_section(start, end, around, printed, is_year_printed="ey" in parts)
    if not around.first <= end <= around.last:
        raise RowRefused("dates", f"{_quoted(printed)} is {end}, outside {around.first} to {around.last}")
    return Days(start, end, remark)


def _parts(printed: str) -> dict[str, str]:
    text = re.sub("[–—−‒―‐‑]", "-", tidy(printed[: LONGEST_DATE + 1]))
    text = _WEEKDAY.sub("", re.sub(r" ?\[[^\]]{0,8}\]$", "", text), count=1)
    if not text:
        raise RowRefused("dates", f"{_quoted(printed)} is no date we read; write one, such as 2026-10-08")
    for form in _FORMS if len(text) <= LONGEST_DATE else ():
        if match := form.fullmatch(text):
            return {name: value for name, value in match.groupdict().items() if value}
    if match := _DAY_MONTH.fullmatch(text):
        return _day_month(int(match[1]), int(match[3]), match[4], match["mark"], printed)
    raise RowRefused("dates", f"{_quoted(printed)} is no date we read; write it as 2026-10-08")


def _day_month(first: int, second: int, year: str, mark: str, printed: str) -> dict[str, str]:
    """A day of numbers only, read where it can be one day alone; with points the day stands first."""
    fitting = [(day, month) for day, month in ((first, second), (second, first)) if _maybe(_century(year), month, day)]
    if mark == ".":
        fitting = [(first, second)]
    if len(set(fitting)) == 1:
        day, month = fitting[0]
        return {"ey": year, "em": str(month), "ed": str(day)}
    days = [f"{_century(year)}-{month:02}-{day:02}" for day, month in fitting]
    if not days:
        raise RowRefused("dates", f"{_quoted(printed)} is not a day; write it as 2026-10-08")
    raise RowRefused("dates", f"{_quoted(printed)} may be two days; write {days[0]} (or {days[1]})")


def _misprinted_sort(end: date, sort: date, printed: str) -> str:
    """The printed day stands over a sort value that differs in the month alone; any other one refuses the row."""
    if (sort.year, sort.day) != (end.year, end.day):
        raise RowRefused("dates", f"{_quoted(printed)} does not end on its sort value {sort}; mend one of them")
    return f"{_quoted(printed)} is read as printed, {end}; its sort value says {sort}"


def _refuse_other_section(
    start: date | None, end: date, around: Around, printed: str, *, is_year_printed: bool
) -> None:
    """A day of another year than its section's: refused, but for the days at the turn of the year."""
    if not around.years or {end.year, (start or end).year} & set(around.years):
        return
    first, last = date(min(around.years), 1, 1), date(max(around.years), 12, 31)
    if first - TURN <= end <= last + TURN and _fits(end, around):
        return
    if is_year_printed:
        raise RowRefused(
            "dates", f"{one_line(printed, 40)} stands in section {_years(around)}; mend the year or move the row"
        )
    raise RowRefused("dates", f"the sort value of {_quoted(printed)} is {end}, but its section is {_years(around)}")


def _nearby(month: int, day: int, crosses: bool, around: Around, printed: str) -> date:
    """The one year that fits the section, the days that can be and the rows next to it."""
    section = {year + extra for year in around.years for extra in range(1 + crosses)}
    tried = section | _years_beside(month, day, around.years) or range(around.first.year, around.last.year + 1)
    possible = [end for year in sorted(tried) if (end := _maybe(year, month, day))]
    if not possible:
        raise RowRefused("dates", f"{_quoted(printed)} is not a day of {_years(around)}")
    inside = [end for end in possible if around.first <= end <= around.last]
    fitting = [end for end in inside if _fits(end, around)]
    if len(fitting) == 1:
        return fitting[0]
    if not inside:
        raise RowRefused("dates", f"{_quoted(printed)} is outside {around.first} to {around.last}")
    # A year from the heading stands even where the rows around are out of order.
    of_section = [end for end in inside if end.year in section]
    if len(of_section) == 1:
        return of_section[0]
    raise RowRefused("dates", f"the year of {_quoted(printed)} cannot be told; give it one")


def _years_beside(month: int, day: int, years: tuple[int, ...]) -> set[int]:
    """The year next to a section's that a day so near its turn may be of."""
    if not years:
        return set()
    beside = ((date(min(years), 1, 1), min(years) - 1), (date(max(years), 12, 31), max(years) + 1))
    return {year for edge, year in beside if (end := _maybe(year, month, day)) and abs(end - edge) <= TURN}


def _fits(end: date, around: Around) -> bool:
    neighbours = [day for day in (around.before, around.after) if day]
    return not neighbours or min(neighbours) - SLACK <= end <= max(neighbours) + SLACK


def _start(parts: dict[str, str], end: date, printed: str) -> date | None:
    if "sd" not in parts:
        return None
    month = _month(parts["sm"], printed) if "sm" in parts else end.month
    year = _century(parts["sy"]) if "sy" in parts else end.year - (month > end.month)
    start = _day(year, month, int(parts["sd"]), printed)
    if start > end:
        raise RowRefused("dates", f"{_quoted(printed)} starts {start}, after it ends {end}")
    if end - start > LONGEST_FIELDWORK:
        raise RowRefused("dates", f"{_quoted(printed)} lasts {(end - start).days} days, more than a poll does")
    return start


def _sorted(sort: str | None) -> date | None:
    """A sort value as a date; blank is none, and anything else must be a day."""
    if not sort:
        return None
    match = _SORT.fullmatch(sort)
    if not match:
        raise RowRefused("dates", f"the sort value {_quoted(sort)} is no date")
    return _day(int(match[1]), int(match[2]), int(match[3]), sort)


def _month(name: str, printed: str) -> int:
    plain = name.lower()
    number = int(name) if name.isdigit() else MONTHS.get(plain) or MONTHS.get(plain.removeprefix("ב"))
    if not number:
        raise RowRefused("dates", f"{_quoted(printed)} names no month we know")
    return number


def _century(year: str) -> int:
    return int(year) + (2000 if len(year) == 2 else 0)


def _maybe(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _day(year: int, month: int, day: int, printed: str) -> date:
    day_date = _maybe(year, month, day)
    if day_date is None:
        raise RowRefused("dates", f"{_quoted(printed)} is not a day: {year}-{month:02}-{day:02}")
    return day_date


def _quoted(text: str) -> str:
    return repr(one_line(text, 40))


def _years(around: Around) -> str:
    return " or ".join(map(str, around.years)) or "any year of the campaign"


# Words that may stand beside a section's years; with any other word a year is part of a name ("Bennett 2026").
_SECTION_WORDS = re.compile(
    rf"(?:{'|'.join(MONTHS)}|opinion|polls?|polling|seats?|projections?|in|of|from|to|the|during|year|campaign|period)",
    re.IGNORECASE,
)


def years_in(heading: str) -> tuple[int, ...]:
    """The years a heading is about, a span filled in; none where a year is part of something else's name.

    >>> years_in("2022–2024"), years_in("Seat projections"), years_in("Bennett 2026 party")
    ((2022, 2023, 2024), (), ())
    """
    plain = re.sub(r"\([^)]*\)", " ", heading[:200])
    if any(not _SECTION_WORDS.fullmatch(word) for word in re.findall(r"[^\W\d_]+", plain)):
        return ()
    years = sorted({int(year) for year in re.findall(r"(?<!\d)((?:19|20)\d{2})(?!\d)", plain, re.ASCII)})
    return tuple(range(years[0], years[-1] + 1)) if years and years[-1] - years[0] < 10 else ()
