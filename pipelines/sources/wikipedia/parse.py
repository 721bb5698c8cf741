"""A polling page's bytes → reported polls, events and result rows, with every row accounted for."""

from collections.abc import Iterable
from datetime import date

from electoral.polls import PollKind
from pipelines.reported import ReportedPoll
from pipelines.sources.cells import CellRefused, read_name, read_sample
from pipelines.sources.columns import columns_of
from pipelines.sources.dates import Around
from pipelines.sources.guards import refuse_emptied
from pipelines.sources.reading import Aside, Reading, Scope
from pipelines.sources.text import one_line
from pipelines.sources.wikipedia.page import PlacedTable, Section, read_page, tables_of
from pipelines.sources.wikipedia.reader import PageReader
from pipelines.sources.wikipedia.rows import Row, RowRefused

KINDS = {
    Section.ORDINARY: PollKind.POLL,
    Section.SCENARIO: PollKind.SCENARIO,
    Section.EXIT_POLL: PollKind.EXIT_POLL,
}
# A table of seats prints whole numbers: more than this share of decimals and per cents is one of percentages.
MOST_DECIMALS = 0.25


def parse(body: bytes, scope: Scope, *, content_type: str = "", known: Iterable[ReportedPoll] = ()) -> Reading:
    """Everything a page says of one campaign's seats; raises PageRefused when the page is not to be trusted.

    `known` are polls the caller already holds: a scenario table that repeats one of them adds no second poll.
    """
    page = read_page(body, content_type)
    reader = PageReader(scope, known)
    asides: list[Aside] = []
    # Ordinary tables first: the scenario tables repeat their rows to compare with.
    for table in sorted(tables_of(page), key=lambda one: (one.section is Section.SCENARIO, one.number)):
        kind = KINDS.get(table.section)
        reason = f"under {table.section}" if kind is None else _not_seats(table)
        if kind is None or reason:
            body_rows = len(table.grid.rows) - table.grid.header_rows
            asides.append(Aside(table.place, str(table.section), body_rows, reason or ""))
        else:
            _read_table(table, kind, reader)
    reading = reader.reading(tuple(asides))
    refuse_emptied(len(reading.polls) + len(reading.repeats), reading.rows)
    return reading


def _not_seats(table: PlacedTable) -> str | None:
    """Why a table under a promising heading holds no polls of seats, by its columns and numbers."""
    columns = columns_of(table.grid)
    if columns is None:
        return "it has no date column with three lists beside it"
    if columns.pollster is None and columns.publisher is None:
        return "it names neither a firm nor an outlet"
    shown = decimals = 0
    for number in range(table.grid.header_rows, len(table.grid.rows)):
        for one in columns.lists:
            cell = table.grid.at(number, one.column)
            text = cell.text if cell else ""
            shown += text[:1].isdigit()
            decimals += text[:1].isdigit() and ("." in text or text.endswith("%"))
    return "its numbers are percentages" if decimals > MOST_DECIMALS * max(shown, 1) else None


def _read_table(table: PlacedTable, kind: PollKind, reader: PageReader) -> None:
    columns = columns_of(table.grid)
    if columns is None:
        return
    rows = [Row(table.grid, columns, number) for number in range(table.grid.header_rows, len(table.grid.rows))]
    dated = _dated(rows, table, reader.scope)
    for row in rows:
        place = f"{table.place}, row {row.number + 1}"
        around = _around(row, dated, table, reader.scope)
        if row.is_blank:
            continue
        reader.count()
        try:
            if columns.doubled:
                raise RowRefused("header", f"two columns are named {one_line(columns.doubled, 40)!r}")
            if row.is_event:
                reader.event(row, around, place)
            elif row.is_result:
                reader.result(row, around, place)
            else:
                _read_poll(row, kind, around, place, reader)
        except RowRefused as error:
            reader.refuse(row, error, place)


def _read_poll(row: Row, kind: PollKind, around: Around, place: str, reader: PageReader) -> None:
    days = row.days(around)
    pollster, publisher = read_name(row.text(row.columns.pollster)), read_name(row.text(row.columns.publisher))
    if row.columns.publisher is None and pollster:
        # Old pages have one column, "Smith/Maariv"; which of the two is the firm is for the aliases to say.
        first, _, second = pollster.partition("/")
        pollster, publisher = read_name(first), read_name(second)
    sample: int | None = None
    try:
        sample = read_sample(row.text(row.columns.sample))
    except CellRefused as error:
        reader.warn(place, str(error))
    reader.poll(row, kind, days, pollster, publisher, sample, place)


def _dated(rows: list[Row], table: PlacedTable, scope: Scope) -> dict[int, date]:
    """The rows whose day is told without their neighbours: by a year in the text, a sort value or the section."""
    alone = Around(table.years, scope.first_day, scope.last_day)
    found: dict[int, date] = {}
    for row in rows:
        try:
            found[row.number] = row.days(alone).end
        except RowRefused:
            continue
    return found


def _around(row: Row, dated: dict[int, date], table: PlacedTable, scope: Scope) -> Around:
    above = max((number for number in dated if number < row.number), default=None)
    below = min((number for number in dated if number > row.number), default=None)
    return Around(
        table.years,
        scope.first_day,
        scope.last_day,
        None if above is None else dated[above],
        None if below is None else dated[below],
    )
