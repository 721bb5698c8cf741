"""SwedishPolls' one file of all polls → the polls of one campaign, as printed: percentages, days of publication."""

import csv
import io
from collections.abc import Mapping
from datetime import date

from electoral.polls import PollKind, Unit
from pipelines.errors import PageRefused, one_line
from pipelines.sources.cells import read_name, read_sample, read_value
from pipelines.sources.guards import refuse_emptied
from pipelines.sources.reading import Aside, FetchedSource, PageCollector, Reading, ReportedPoll, RowRefused, Scope
from pipelines.sources.text import decode, refuse_markup

PAGE = "Data/Polls.csv"
MISSING = "NA"
FIRM, HOUSE, SAMPLE, PUBLISHED = "Company", "house", "n", "PublDate"
START, END, IS_GUESSED = "collectPeriodFrom", "collectPeriodTo", "approxPeriod"
MONTH = "PublYearMonth"
NEEDED = (FIRM, SAMPLE, PUBLISHED, START, END, IS_GUESSED)
OTHER_COLUMNS = frozenset({*NEEDED, HOUSE, MONTH})
FEWEST_LISTS = 3


def parse(body: bytes, scope: Scope, *, content_type: str = "") -> Reading:
    """Every poll whose last day is of the campaign; rows of other campaigns are left aside and counted.

    `NA` is missing: it gives no value, and never zero. A poll without days is of its day of publication, guessed.
    """
    text = decode(body, content_type)
    refuse_markup(text)
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise PageRefused(f"the file is no CSV: {error}; ask again") from error
    header = list(rows[0]) if rows else []
    lacking = [name for name in NEEDED if name not in header]
    labels = [name for name in header if name not in OTHER_COLUMNS]
    if lacking or len(labels) < FEWEST_LISTS:
        raise PageRefused(f"no column {lacking[0] if lacking else 'of a list'!r}: it is not the file of all polls")
    page = PageCollector(scope)
    elsewhere = 0
    # The file begins with the newest poll; ids are given in the order of time, as what ships has them.
    for number, row in reversed(list(enumerate(rows, start=2))):
        elsewhere += not _read_row(number, row, labels, page)
    refuse_emptied(len(page.polls), page.rows, refused=page.refused)
    if elsewhere:
        page.asides.append(Aside(PAGE, "other campaigns", elsewhere, f"not of {scope.first_day} to {scope.last_day}"))
    return page.reading()


def _read_row(number: int, row: Mapping[str, str | None], labels: list[str], page: PageCollector) -> bool:
    """One row as a poll or a refusal; False for one of another campaign, which is only counted."""
    scope, place, name = page.scope, f"{PAGE}, row {number}", f"refused-{number}"
    printed = {name: "" if cell in (None, MISSING) else str(cell).strip() for name, cell in row.items() if name}
    try:
        start, end, published = (_day(printed, column) for column in (START, END, PUBLISHED))
        last = end or published
        if last is None or not scope.first_day <= last <= scope.last_day:
            return False
        firm = read_name(printed[FIRM])
        if firm is None:
            raise RowRefused("name", "no firm is named")
        kind = PollKind.EXIT_POLL if last == scope.vote_date else PollKind.POLL
        name = page.next_id(last, firm, None, kind)
        sample = read_sample(printed[SAMPLE])
        cells = tuple(read_value(label, printed[label], Unit.SHARE) for label in labels if printed[label])
        if not cells:
            raise RowRefused("empty", "no list has a percentage")
    except RowRefused as error:
        page.rows += 1
        page.refuse(name, error, " | ".join(cell for cell in printed.values() if cell), place)
        return True
    page.rows += 1
    page.poll(
        ReportedPoll(
            id=name,
            election=scope.election,
            kind=kind,
            pollster=firm,
            publisher=None,
            fieldwork_start=start,
            fieldwork_end=last,
            published_date=published,
            sample_size=sample.size,
            sample_size_printed=sample.printed,
            cells=cells,
            source=scope.source,
            unit=Unit.SHARE,
            is_fieldwork_guessed=_is_guessed(printed[IS_GUESSED], end, published),
        ),
        place,
    )
    return True


def _is_guessed(flag: str, end: date | None, published: date | None) -> bool:
    """Days that the file says are approximate, has not, or has ending after they were published."""
    return flag.upper() == "TRUE" or end is None or (published is not None and end > published)


def _day(printed: Mapping[str, str], column: str) -> date | None:
    """A day as the file writes it, 2026-08-19; raises RowRefused for another form."""
    try:
        return date.fromisoformat(printed[column]) if printed[column] else None
    except ValueError as error:
        raise RowRefused("dates", f"{column} is {one_line(printed[column], 30)!r}, no day like 2026-08-19") from error


# The file on GitHub, for every live campaign of its electorate; asked whether it changed by its ETag.
SOURCE = FetchedSource("swedishpolls", "SwedishPolls: {}", parse, page=PAGE, kind="csv", most_bytes=10_000_000)
