"""Fieldwork dates as pages print them, most without a year: resolved from what stands around them, or refused."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from pipelines.sources.text import one_line, tidy

LONGEST_FIELDWORK = timedelta(days=45)
LONGEST_DATE = 60
# How far a row may stand from its neighbours' dates: pages are sorted by publication, not by fieldwork.
SLACK = timedelta(days=31)
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
            "sep sept september", "oct october", "nov november", "dec december",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_START = r"(?P<sd>\d{1,2})(?: ?(?P<sm>[a-z]{3,9})\.?(?: (?P<sy>\d{4}|\d{2}))?)?"
_END = r"(?P<ed>\d{1,2}) ?(?P<em>[a-z]{3,9})\.?(?: (?P<ey>\d{4}|\d{2}))?"
_FORMS = tuple(
    re.compile(pattern, re.ASCII | re.IGNORECASE)
    for pattern in (
        r"(?P<ey>\d{4})-(?P<em>\d{2})-(?P<ed>\d{2})",
        f"{_START} ?- ?{_END}",
        _END,
        r"(?P<em>[a-z]{3,9})\.? (?P<ed>\d{1,2}),? (?P<ey>\d{4})",
        r"(?P<em>[a-z]{3,9})\.? (?P<sd>\d{1,2}) ?- ?(?P<ed>\d{1,2}),? (?P<ey>\d{4})",
        r"(?P<sm>[a-z]{3,9})\.? (?P<sd>\d{1,2}) ?- ?(?P<em>[a-z]{3,9})\.? (?P<ed>\d{1,2}),? (?P<ey>\d{4})",
    )
)
# "2026-07-02" or the older padded "000000002019-04-09-0000".
_SORT = re.compile(r"0{0,8}(\d{4})-(\d{1,2})-(\d{1,2})(?:-0000)?", re.ASCII)


class DateRefused(ValueError):
    """A date that is impossible or cannot be told; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Around:
    """What helps a date without a year: its section's years, the days that can be, and its dated neighbours."""

    years: tuple[int, ...] = ()
    first: date = date(1949, 1, 1)
    last: date = date(2199, 12, 31)
    before: date | None = None
    after: date | None = None


@dataclass(frozen=True, slots=True)
class Days:
    """Fieldwork: the first day where printed, and the last."""

    start: date | None
    end: date


def read_days(printed: str, sort: str | None, around: Around) -> Days:
    """The fieldwork a date cell prints; raises DateRefused when it is impossible or more than one year fits.

    >>> read_days("31 Dec – 1 Jan", "2026-01-01", Around(years=(2026,)))
    Days(start=datetime.date(2025, 12, 31), end=datetime.date(2026, 1, 1))
    """
    found = _parts(printed)
    month, day = _month(found["em"], printed), int(found["ed"])
    crosses = bool(found.get("sm")) and _month(found["sm"], printed) > month
    if year := found.get("ey"):
        end = _day(_century(year), month, day, printed)
        _agree(end, _sorted(sort), printed, sort)
    else:
        end = _undated(month, day, crosses, _sorted(sort), around, printed)
    if not around.first <= end <= around.last:
        raise DateRefused(f"{_shown(printed)} is {end}, outside {around.first} to {around.last}")
    return Days(_start(found, end, printed), end)


def _parts(printed: str) -> dict[str, str]:
    text = re.sub("[–—−‒―‐‑]", "-", tidy(printed[: LONGEST_DATE + 1]))
    text = re.sub(r" ?\[[^\]]{0,8}\]$", "", text)
    for form in _FORMS if len(text) <= LONGEST_DATE else ():
        if match := form.fullmatch(text):
            return {name: value for name, value in match.groupdict().items() if value}
    raise DateRefused(f"{_shown(printed)} is no date we read")


def _undated(month: int, day: int, crosses: bool, sort: date | None, around: Around, printed: str) -> date:
    if sort:
        if (sort.month, sort.day) != (month, day):
            raise DateRefused(f"{_shown(printed)} does not end on its sort value {sort}")
        # Fieldwork over the new year may stand in the section of either year.
        if around.years and not {sort.year, sort.year - crosses} & set(around.years):
            raise DateRefused(f"the sort value of {_shown(printed)} is {sort}, but its section is {_years(around)}")
        return sort
    return _nearby(month, day, crosses, around, printed)


def _nearby(month: int, day: int, crosses: bool, around: Around, printed: str) -> date:
    """The one year that fits the section, the days that can be and the rows next to it."""
    years = {year + extra for year in around.years for extra in range(1 + crosses)}
    tried = sorted(years or range(around.first.year, around.last.year + 1))
    possible = [found for year in tried if (found := _maybe(year, month, day))]
    if not possible:
        raise DateRefused(f"{_shown(printed)} is not a day of {_years(around)}")
    inside = [end for end in possible if around.first <= end <= around.last]
    fitting = [end for end in inside if _fits(end, around)]
    if len(fitting) == 1:
        return fitting[0]
    if not inside:
        raise DateRefused(f"{_shown(printed)} is outside {around.first} to {around.last}")
    # A year from the heading stands even where the rows around are out of order.
    if len(inside) == 1 and around.years:
        return inside[0]
    raise DateRefused(f"the year of {_shown(printed)} cannot be told; give it one")


def _fits(end: date, around: Around) -> bool:
    neighbours = [day for day in (around.before, around.after) if day]
    return not neighbours or min(neighbours) - SLACK <= end <= max(neighbours) + SLACK


def _start(found: dict[str, str], end: date, printed: str) -> date | None:
    if "sd" not in found:
        return None
    month = _month(found["sm"], printed) if "sm" in found else end.month
    year = _century(found["sy"]) if "sy" in found else end.year - (month > end.month)
    start = _day(year, month, int(found["sd"]), printed)
    if start > end:
        raise DateRefused(f"{_shown(printed)} starts {start}, after it ends {end}")
    if end - start > LONGEST_FIELDWORK:
        raise DateRefused(f"{_shown(printed)} lasts {(end - start).days} days, more than a poll does")
    return start


def _sorted(sort: str | None) -> date | None:
    """A sort value as a date; blank is none, and anything else must be a day."""
    if not sort:
        return None
    match = _SORT.fullmatch(sort)
    if not match:
        raise DateRefused(f"the sort value {_shown(sort)} is no date")
    return _day(int(match[1]), int(match[2]), int(match[3]), sort)


def _agree(end: date, sort: date | None, printed: str, shown: str | None) -> None:
    if sort and sort != end:
        raise DateRefused(f"{_shown(printed)} does not end on its sort value {_shown(shown or '')}")


def _month(name: str, printed: str) -> int:
    number = int(name) if name.isdigit() else MONTHS.get(name.lower())
    if not number:
        raise DateRefused(f"{_shown(printed)} names no month we know")
    return number


def _century(year: str) -> int:
    return int(year) + (2000 if len(year) == 2 else 0)


def _maybe(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _day(year: int, month: int, day: int, printed: str) -> date:
    found = _maybe(year, month, day)
    if found is None:
        raise DateRefused(f"{_shown(printed)} is not a day: {year}-{month:02}-{day:02}")
    return found


def _shown(text: str) -> str:
    return repr(one_line(text, 40))


def _years(around: Around) -> str:
    return " or ".join(map(str, around.years)) or "any year of the campaign"


def years_in(heading: str) -> tuple[int, ...]:
    """The years a heading names, a span filled in.

    >>> years_in("2022–2024"), years_in("Seat projections")
    ((2022, 2023, 2024), ())
    """
    found: Iterable[int] = map(int, re.findall(r"(?<!\d)((?:19|20)\d{2})(?!\d)", heading, re.ASCII))
    years = sorted(set(found))
    return tuple(range(years[0], years[-1] + 1)) if years and years[-1] - years[0] < 10 else ()
