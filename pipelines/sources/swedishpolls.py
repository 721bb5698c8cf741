"""SwedishPolls' one file of all polls → the polls of one campaign, as printed: percentages, days of publication."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlsplit

from electoral.polls import PollKind, Status, Unit
from pipelines.electorate.settings import SourceSettings
from pipelines.errors import PageRefused, one_line
from pipelines.http.answers import Validators
from pipelines.http.client import Client, ClientSettings
from pipelines.sources.cells import CellRefused, read_cell, read_name, read_sample
from pipelines.sources.decode import decode, refuse_markup
from pipelines.sources.guards import refuse_emptied
from pipelines.sources.reading import Aside, Ids, Reading, Refusal, ReportedCell, ReportedPoll, Scope, name_refusal
from pipelines.sources.source import FetchedPage, SourceModule

PAGE = "Data/Polls.csv"
MISSING = "NA"
FIRM, HOUSE, SAMPLE, PUBLISHED = "Company", "house", "n", "PublDate"
START, END, IS_GUESSED = "collectPeriodFrom", "collectPeriodTo", "approxPeriod"
MONTH = "PublYearMonth"
NEEDED = (FIRM, SAMPLE, PUBLISHED, START, END, IS_GUESSED)
OTHER_COLUMNS = frozenset({*NEEDED, HOUSE, MONTH})
FEWEST_LISTS = 3


@dataclass(slots=True)
class _Collected:
    polls: list[ReportedPoll] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)
    ids: Ids = field(default_factory=Ids)
    rows: int = 0
    elsewhere: int = 0


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
    collected = _Collected()
    # The file begins with the newest poll; ids are given in the order of time, as what ships has them.
    for number, row in reversed(list(enumerate(rows, start=2))):
        _read_row(number, row, labels, scope, collected)
    refuse_emptied(len(collected.polls), collected.rows, refused=collected.refused)
    asides = (Aside(PAGE, "other campaigns", collected.elsewhere, f"not of {scope.first_day} to {scope.last_day}"),)
    return Reading(
        polls=tuple(collected.polls),
        places=collected.places,
        refused=tuple(collected.refused),
        asides=asides if collected.elsewhere else (),
        rows=collected.rows,
    )


def _read_row(number: int, row: Mapping[str, str | None], labels: list[str], scope: Scope, to: _Collected) -> None:
    """One row as a poll, a refusal, or one of another campaign."""
    place = f"{PAGE}, row {number}"
    printed = {name: "" if cell in (None, MISSING) else str(cell).strip() for name, cell in row.items() if name}
    try:
        start, end, published = (_day(printed, column) for column in (START, END, PUBLISHED))
    except ValueError as error:
        to.rows += 1
        _refuse(printed, "dates", str(error), place, scope, to)
        return
    last = end or published
    if last is None or not scope.first_day <= last <= scope.last_day:
        to.elsewhere += 1
        return
    to.rows += 1
    firm = read_name(printed[FIRM])
    kind = PollKind.EXIT_POLL if last == scope.vote_date else PollKind.POLL
    why = name_refusal((firm,)) if firm else "no firm is named"
    if why:
        _refuse(printed, "name", why, place, scope, to)
        return
    poll_id = to.ids.next(last, firm, None, kind)
    try:
        sample = read_sample(printed[SAMPLE])
        cells = tuple(_cell(label, printed[label]) for label in labels if printed[label])
    except CellRefused as error:
        _refuse(printed, "cell", str(error), place, scope, to, poll_id)
        return
    if not cells:
        _refuse(printed, "empty", "no list has a percentage", place, scope, to, poll_id)
        return
    to.places[poll_id] = place
    to.polls.append(
        ReportedPoll(
            id=poll_id,
            election=scope.election,
            kind=kind,
            pollster=firm,
            publisher=None,
            fieldwork_start=start,
            fieldwork_end=last,
            published_date=published,
            sample_size=sample,
            cells=cells,
            source=scope.source,
            unit=Unit.SHARE,
            is_fieldwork_guessed=_is_guessed(printed[IS_GUESSED], end, published),
        )
    )


def _is_guessed(said: str, end: date | None, published: date | None) -> bool:
    """Days that the file says are approximate, has not, or has ending after they were published."""
    return said.upper() == "TRUE" or end is None or (published is not None and end > published)


def _cell(label: str, printed: str) -> ReportedCell:
    try:
        value = read_cell(printed, Unit.SHARE)
    except CellRefused as error:
        raise CellRefused(f"{one_line(label, 40)}: {error}") from error
    return ReportedCell(label, value.status or Status.SHARE, None, value.pct)


def _day(printed: Mapping[str, str], column: str) -> date | None:
    """A day as the file writes it, 2026-08-19; raises ValueError for another form."""
    try:
        return date.fromisoformat(printed[column]) if printed[column] else None
    except ValueError as error:
        raise ValueError(f"{column} is {one_line(printed[column], 30)!r}, no day like 2026-08-19") from error


def _refuse(
    printed: Mapping[str, str], check: str, why: str, place: str, scope: Scope, to: _Collected, poll: str = ""
) -> None:
    text = one_line(" | ".join(cell for cell in printed.values() if cell), 600)
    name = poll or to.ids.next_named(f"refused-{place.rpartition(' ')[2]}")
    to.refused.append(Refusal(scope.election, scope.source, name, check, text, one_line(f"{why} ({place})", 400)))


@dataclass(frozen=True, slots=True)
class SwedishPolls(SourceModule):
    """The file on GitHub, for every live campaign of its electorate; asked whether it changed by its ETag."""

    def page_of(self, settings: SourceSettings, election: str) -> str | None:
        del election
        return PAGE if settings.address else None

    def client_settings(self, settings: SourceSettings) -> ClientSettings:
        address = settings.address or ""
        return ClientSettings(self.id, address, self.kind, hosts=(urlsplit(address).netloc,), most_bytes=10_000_000)

    def fetch(self, client: Client, page: str, known: Mapping[str, Validators]) -> tuple[FetchedPage, ...]:
        return (FetchedPage(page, client.get(client.settings.url, known.get(page))),)


SOURCE = SwedishPolls("swedishpolls", "csv", "SwedishPolls: {}", parse, page=PAGE)
