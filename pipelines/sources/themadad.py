"""The saved all-polls table → reported polls; its Hebrew words become the labels of the archive."""

import tomllib
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from electoral.polls import PollKind, Status
from pipelines.errors import PageRefused, one_line
from pipelines.sources.cells import read_sample, read_value
from pipelines.sources.dates import Around, read_days
from pipelines.sources.guards import refuse_challenge, refuse_cut_page, refuse_emptied
from pipelines.sources.html import Cell, Grid, grid_of, parse_html
from pipelines.sources.reading import (
    UNNAMED_ROW,
    PageCollector,
    Reading,
    ReportedCell,
    ReportedPoll,
    RowRefused,
    Scope,
    Source,
)
from pipelines.sources.text import decode, markup_of, spelling_key, tidy

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
    page = PageCollector(scope)
    page.rows = len(grid.rows) - 1
    surveys: set[tuple[date, str | None, str | None]] = set()
    for number in range(1, len(grid.rows)):
        _read_row(grid, number, roles, header, page, surveys)
    refuse_emptied(len(page.polls), page.rows, refused=page.refused)
    page.warnings += [
        f"the column {one_line(tidy(cell.text))!r} is new" for key, cell in header.items() if key not in names().columns
    ]
    return page.reading()


def _key(header: dict[str, Cell], name: str) -> str:
    """A header broken over two lines loses its blank in some copies: "מספרהסקר"."""
    plain = spelling_key(name)
    return next((key for key in header if key.replace(" ", "") == plain.replace(" ", "")), plain)


def _table(text: str) -> Grid:
    refuse_challenge(text)
    if markup_of(text) == "json":
        raise PageRefused("this is an answer of Wikipedia's API or other JSON: import it with --source wikipedia")
    refuse_cut_page(text)
    for table in parse_html(text).iter("table"):
        if table.get("id") == "myTable" or "list" in (table.get("class") or "").split():
            grid = grid_of(table)
            if len(grid.rows) > 1:
                return grid
    raise PageRefused("the saved page has no table of all polls (id myTable); save the whole page")


def _read_row(
    grid: Grid,
    number: int,
    roles: dict[str, int],
    lists: dict[str, Cell],
    page: PageCollector,
    surveys: set[tuple[date, str | None, str | None]],
) -> None:
    """One row as a poll, a scenario where its survey has a poll already (`surveys`), or a refusal."""

    def text(column: int | None) -> str:
        cell = None if column is None else grid.at(number, column)
        return cell.text if cell else ""

    pollster = _label(text(roles[POLLSTER]), names().pollsters)
    publisher = _label(text(roles[PUBLISHER]), names().publishers)
    scope, place, poll_id = page.scope, f"row {number + 1}", f"{UNNAMED_ROW}{text(roles.get(NUMBER)) or number}"
    try:
        end = read_days(text(roles[DATE]), None, Around((), scope.first_day, scope.last_day)).end
        survey = (end, pollster, publisher)
        kind = PollKind.SCENARIO if survey in surveys else PollKind.POLL
        poll_id = page.next_id(end, pollster, publisher, kind)
        cells = _cells([(tidy(header.text), text(header.column)) for header in lists.values()])
        sample = read_sample(text(roles.get(SAMPLE))).size
    except RowRefused as error:
        page.refuse(poll_id, error, " | ".join(text(column) for column in range(grid.width)), place)
        return
    surveys.add(survey)
    page.poll(
        ReportedPoll(
            poll_id, scope.election, kind, pollster, publisher, None, end, None, sample, cells, scope.source
        ),
        place,
    )  # fmt: skip


def _label(printed: str, labels: dict[str, str]) -> str | None:
    return labels.get(spelling_key(printed), tidy(printed)) or None


def _cells(printed: list[tuple[str, str]]) -> tuple[ReportedCell, ...]:
    cells: list[ReportedCell] = []
    filled = {spelling_key(name) for name, text in printed if text}
    for name, text in printed:
        if not text:
            continue
        column = names().columns.get(spelling_key(name), {"label": name})
        value = read_value(name, text)
        blank = column.get("joint_while_blank")
        if blank and spelling_key(blank) not in filled and value.status is Status.SEATS:
            cells.append(replace(value, label=column["joint_label"]))
        else:
            cells.append(replace(value, label=column["label"]))
    return tuple(cells)


SOURCE = Source("themadad", "themadad.com {}", parse, page="all-polls table")
