"""The desk's own sheet, long or wide, once its cells are text: shared by csv and xlsx.

Wide: one row a poll, one column a list. Long: one row a poll and list, with the columns `label` and `value` (or
`status`, `seats` and `pct`, as the archive has them). A value is printed as polls print it: 24, (2.1%), –.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from electoral.polls import PollKind
from pipelines.reported import UNNAMED_ROW, Refusal, ReportedCell, ReportedPoll
from pipelines.sources.cells import CellRefused, read_cell, read_name, read_sample
from pipelines.sources.dates import Around, DateRefused, read_days
from pipelines.sources.errors import PageRefused
from pipelines.sources.guards import refuse_emptied
from pipelines.sources.reading import Ids, Reading, Scope, name_refusal, name_warning
from pipelines.sources.references import safe_address
from pipelines.sources.text import one_line, tidy

FIXED = ("fieldwork_start", "fieldwork_end", "published_date", "pollster", "publisher", "sample_size", "kind", "link")
LONG = ("label", "value", "status", "seats", "pct")
IGNORED = ("poll", "source", "note")
MOST_ROWS, MOST_COLUMNS = 20_000, 128
EXAMPLE = "List A"

Rows = Sequence[Sequence[str]]
Day = Callable[[str], str]


@dataclass(slots=True)
class _Found:
    polls: list[ReportedPoll] = field(default_factory=list)
    citations: dict[str, tuple[str, ...]] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    ids: Ids = field(default_factory=Ids)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One poll of the sheet: where it starts, its fixed columns, and what is printed for each list."""

    row: int
    fixed: dict[str, str]
    printed: tuple[tuple[str, str], ...]


def template_rows(labels: Iterable[str]) -> list[list[str]]:
    """The header of the wide sheet, with the lists given or one example."""
    return [[*FIXED, *(list(labels) or [EXAMPLE])]]


def read_sheet(rows: Rows, scope: Scope, *, day: Day = str) -> Reading:
    """Every poll of a sheet; `day` turns a date cell into text (a workbook counts days). Raises PageRefused."""
    header = [tidy(cell) for cell in rows[0]] if rows else []
    while header and not header[-1]:
        header.pop()
    _check_header(header, len(rows))
    entries = _long(rows, header) if "label" in header else _wide(rows, header)
    found = _Found()
    for entry in entries:
        _read_entry(entry, scope, day, found)
    refuse_emptied(len(found.polls), len(entries))
    return Reading(
        polls=tuple(found.polls),
        citations=found.citations,
        places=found.places,
        refused=tuple(found.refused),
        warnings=tuple(found.warnings),
        rows=len(entries),
    )


def _check_header(header: list[str], rows: int) -> None:
    if "fieldwork_end" not in header or not {"pollster", "publisher"} & set(header):
        raise PageRefused("no column fieldwork_end, or neither pollster nor publisher; start from the template")
    if len(set(header)) != len(header) or "" in header:
        raise PageRefused("two columns have one name, or a column has none; start from the template")
    if rows > MOST_ROWS or len(header) > MOST_COLUMNS:
        raise PageRefused(f"at most {MOST_ROWS:,} rows and {MOST_COLUMNS} columns are read")


def _wide(rows: Rows, header: list[str]) -> list[_Entry]:
    lists = [name for name in header if name not in (*FIXED, *IGNORED)]
    entries = []
    for number, row in enumerate(rows[1:], start=2):
        cells = _cells(row, header, number)
        if any(cells.values()):
            # A blank says the list was not on this sheet's mind; it is no value.
            printed = tuple((name, cells[name]) for name in lists if cells[name])
            entries.append(_Entry(number, cells, printed))
    return entries


def _long(rows: Rows, header: list[str]) -> list[_Entry]:
    unknown = [name for name in header if name not in (*FIXED, *IGNORED, *LONG)]
    if unknown:
        raise PageRefused(f"unknown column {one_line(unknown[0], 40)!r} in a long sheet; start from the template")
    grouped: dict[tuple[str, ...], tuple[int, dict[str, str], list[tuple[str, str]]]] = {}
    for number, row in enumerate(rows[1:], start=2):
        cells = _cells(row, header, number)
        if any(cells.values()):
            key = tuple(cells.get(name, "") for name in ("poll", *FIXED))
            group = grouped.setdefault(key, (number, cells, []))
            group[2].append((cells["label"], _printed(cells)))
    return [_Entry(number, cells, tuple(printed)) for number, cells, printed in grouped.values()]


def _cells(row: Sequence[str], header: list[str], number: int) -> dict[str, str]:
    if any(cell.strip() for cell in row[len(header) :]):
        raise PageRefused(f"row {number} has more cells than the header; mend the commas")
    return {name: tidy(row[at]) if at < len(row) else "" for at, name in enumerate(header)}


def _printed(cells: dict[str, str]) -> str:
    """A long row's value as polls print it."""
    if cells.get("value"):
        return cells["value"]
    if cells.get("pct"):
        return f"({cells['pct']}%)"
    return cells.get("seats") or ("–" if cells.get("status") == "not_asked" else "")


def _read_entry(entry: _Entry, scope: Scope, day: Day, to: _Found) -> None:
    fixed = entry.fixed
    poll_id, check = f"{UNNAMED_ROW}{entry.row}", "dates"
    try:
        start, end, published = _days(fixed, scope, day)
        check = "name"
        kind = _kind(fixed.get("kind", ""))
        pollster, publisher = read_name(fixed.get("pollster", "")), read_name(fixed.get("publisher", ""))
        if why := name_refusal((pollster, publisher)) or (None if pollster or publisher else "nobody is named"):
            raise CellRefused(why)
        poll_id, check = to.ids.next(end, pollster, publisher, kind), "cell"
        cells = _values(entry.printed)
        sample = read_sample(fixed.get("sample_size", ""))
    except (CellRefused, DateRefused) as error:
        text = one_line(" | ".join(value for value in fixed.values() if value), 600)
        reason = f"{error} (row {entry.row})"
        to.refused.append(Refusal(scope.election, scope.source, poll_id, check, text, reason))
        return
    to.places[poll_id] = f"row {entry.row}"
    if link := safe_address(fixed.get("link")):
        to.citations[poll_id] = (link,)
    to.warnings += [flag for name in ("pollster", "publisher") if (flag := name_warning(fixed.get(name, "")))]
    to.polls.append(
        ReportedPoll(
            id=poll_id,
            election=scope.election,
            kind=kind,
            pollster=pollster,
            publisher=publisher,
            fieldwork_start=start,
            fieldwork_end=end,
            published_date=published,
            sample_size=sample,
            cells=cells,
            source=scope.source,
        )
    )


def _days(fixed: dict[str, str], scope: Scope, day: Day) -> tuple[date | None, date, date | None]:
    around = Around((), scope.first_day, scope.last_day)
    end = read_days(day(fixed["fieldwork_end"]), None, around)
    began, shown = fixed.get("fieldwork_start"), fixed.get("published_date")
    start = read_days(day(began), None, around).end if began else end.start
    published = read_days(day(shown), None, around).end if shown else None
    if start and start > end.end:
        raise DateRefused(f"fieldwork starts {start}, after it ends {end.end}")
    return start, end.end, published


def _kind(printed: str) -> PollKind:
    try:
        return PollKind(printed or "poll")
    except ValueError as error:
        raise CellRefused(f"kind {one_line(printed, 20)!r} is none of {', '.join(PollKind)}") from error


def _values(printed: tuple[tuple[str, str], ...]) -> tuple[ReportedCell, ...]:
    found: list[ReportedCell] = []
    for label, text in printed:
        if any(cell.label == label for cell in found):
            raise CellRefused(f"{one_line(label, 40)} stands twice")
        try:
            value = read_cell(text)
        except CellRefused as error:
            raise CellRefused(f"{one_line(label, 40)}: {error}") from error
        found.append(ReportedCell(label, value.status, value.seats, value.pct))
    if not found:
        raise CellRefused("no list has a value")
    return tuple(found)
