"""The saved all-polls table → reported polls; its Hebrew words become the labels of the archive."""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from electoral.polls import PollKind, Status
from pipelines.errors import PageRefused, one_line
from pipelines.sources.cells import CellRefused, read_cell, read_sample
from pipelines.sources.dates import Around, DateRefused, read_days
from pipelines.sources.decode import complete_html, decode, markup_of, refuse_sheet
from pipelines.sources.guards import refuse_challenge, refuse_emptied
from pipelines.sources.html import Cell, Grid, grid_of, parse_html
from pipelines.sources.reading import (
    UNNAMED_ROW,
    Ids,
    Reading,
    Refusal,
    ReportedCell,
    ReportedPoll,
    Scope,
    name_refusal,
)
from pipelines.sources.source import SourceModule
from pipelines.sources.text import spelling_key, tidy

NUMBER, DATE, SAMPLE, PUBLISHER, POLLSTER = "מספר הסקר", "תאריך", "משיבים", "כלי תקשורת", "עורך משאלים"
META = (NUMBER, DATE, SAMPLE, PUBLISHER, POLLSTER)


@dataclass(frozen=True, slots=True)
class Names:
    """The table's words and what they are in the archive."""

    columns: dict[str, dict[str, str]]
    pollsters: dict[str, str]
    publishers: dict[str, str]


@cache
def names() -> Names:
    words: dict[str, Any] = tomllib.loads((Path(__file__).with_suffix(".toml")).read_text(encoding="utf-8"))
    return Names(
        {spelling_key(row["printed"]): row for row in words["columns"]},
        {spelling_key(printed): label for printed, label in words["pollsters"].items()},
        {spelling_key(printed): label for printed, label in words["publishers"].items()},
    )


@dataclass(slots=True)
class _Collected:
    polls: list[ReportedPoll] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    surveys: set[tuple[str, str, str]] = field(default_factory=set)
    ids: Ids = field(default_factory=Ids)


def parse(body: bytes, scope: Scope, *, content_type: str = "") -> Reading:
    """Every row of the saved table; raises PageRefused when the page is not that table.

    A blank cell says the list did not stand and gives no value; "0" says it got no seats, under the threshold.
    A column whose name is new keeps its printed name: nobody guesses who it is.
    """
    grid = _table(decode(body, content_type))
    header = {spelling_key(cell.text): cell for cell in grid.rows[0] if cell is not None}
    roles = {name: header.pop(_key(header, name)).column for name in META if _key(header, name) in header}
    if not {DATE, PUBLISHER, POLLSTER} <= set(roles) or len(header) < 3:
        raise PageRefused(f"no column {DATE}, {PUBLISHER} or {POLLSTER}, or no lists: not the all-polls table")
    collected = _Collected()
    for number in range(1, len(grid.rows)):
        _read_row(grid, number, roles, header, scope, collected)
    refuse_emptied(len(collected.polls), len(grid.rows) - 1, refused=collected.refused)
    unknown = [
        f"the column {one_line(tidy(cell.text))!r} is new" for key, cell in header.items() if key not in names().columns
    ]
    return Reading(
        polls=tuple(collected.polls),
        places=collected.places,
        refused=tuple(collected.refused),
        warnings=tuple(unknown),
        rows=len(grid.rows) - 1,
    )


def _key(header: dict[str, Cell], name: str) -> str:
    """A header broken over two lines loses its blank in some copies: "מספרהסקר"."""
    plain = spelling_key(name)
    return next((key for key in header if key.replace(" ", "") == plain.replace(" ", "")), plain)


def _table(text: str) -> Grid:
    refuse_challenge(text)
    refuse_sheet(text)
    if markup_of(text) == "json":
        raise PageRefused("this is an answer of Wikipedia's API or other JSON: import it with --source wikipedia")
    if not complete_html(text):
        raise PageRefused("the saved page breaks off before </html>; save it again")
    for table in parse_html(text).iter("table"):
        if table.get("id") == "myTable" or "list" in (table.get("class") or "").split():
            grid = grid_of(table)
            if len(grid.rows) > 1:
                return grid
    raise PageRefused("the saved page has no table of all polls (id myTable); save the whole page")


def _read_row(
    grid: Grid, number: int, roles: dict[str, int], lists: dict[str, Cell], scope: Scope, to: _Collected
) -> None:
    def text(column: int | None) -> str:
        cell = None if column is None else grid.at(number, column)
        return cell.text if cell else ""

    pollster = _known(text(roles[POLLSTER]), names().pollsters)
    publisher = _known(text(roles[PUBLISHER]), names().publishers)
    printed = one_line(" | ".join(text(column) for column in range(grid.width)), 600)
    check, poll_id = "dates", f"{UNNAMED_ROW}{text(roles.get(NUMBER)) or number}"
    try:
        end = read_days(text(roles[DATE]), None, Around((), scope.first_day, scope.last_day)).end
        survey = (str(end), pollster or "", publisher or "")
        kind = PollKind.SCENARIO if survey in to.surveys else PollKind.POLL
        poll_id, check = to.ids.next(end, pollster, publisher, kind), "name"
        if why := name_refusal((pollster, publisher)) or (None if pollster or publisher else "nobody is named"):
            raise CellRefused(why)
        check = "cell"
        cells = _cells([(tidy(header.text), text(header.column)) for header in lists.values()])
        sample = read_sample(text(roles.get(SAMPLE)))
    except (CellRefused, DateRefused) as error:
        to.refused.append(Refusal(scope.election, scope.source, poll_id, check, printed, f"{error} (row {number + 1})"))
        return
    to.surveys.add(survey)
    to.places[poll_id] = f"row {number + 1}"
    to.polls.append(
        ReportedPoll(
            poll_id, scope.election, kind, pollster, publisher, None, end, None, sample, cells, scope.source
        )
    )  # fmt: skip


def _known(printed: str, labels: dict[str, str]) -> str | None:
    return labels.get(spelling_key(printed), tidy(printed)) or None


def _cells(printed: list[tuple[str, str]]) -> tuple[ReportedCell, ...]:
    cells: list[ReportedCell] = []
    shown = {spelling_key(name) for name, text in printed if text}
    for name, text in printed:
        if not text:
            continue
        column = names().columns.get(spelling_key(name), {"label": name})
        label = column["label"]
        try:
            value = read_cell(text)
        except CellRefused as error:
            raise CellRefused(f"{one_line(name, 40)}: {error}") from error
        blank = column.get("joint_while_blank")
        if blank and spelling_key(blank) not in shown and value.status is Status.SEATS:
            label = column["joint_label"]
        cells.append(ReportedCell(label, value.status, value.seats, value.pct))
    return tuple(cells)


SOURCE = SourceModule("themadad", "html", "themadad.com {}", parse, page="all-polls table")
