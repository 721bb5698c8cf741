"""A polling page's bytes → reported polls, events and result rows, with every row accounted for."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from electoral.polls import PollKind, Unit
from pipelines.sources.cells import BlankMeans, BlankRule, CellRefused, read_name, read_sample
from pipelines.sources.columns import Columns, Vocabulary, columns_of
from pipelines.sources.dates import Around
from pipelines.sources.guards import refuse_emptied
from pipelines.sources.reading import Aside, Reading, Scope
from pipelines.sources.text import one_line, spelling_key
from pipelines.sources.wikipedia.page import Headings, PlacedTable, Section, option, read_page, tables_of
from pipelines.sources.wikipedia.reader import PageReader
from pipelines.sources.wikipedia.rows import Row, RowRefused

KINDS = {
    Section.ORDINARY: PollKind.POLL,
    Section.SCENARIO: PollKind.SCENARIO,
    Section.EXIT_POLL: PollKind.EXIT_POLL,
}
# A table of seats prints whole numbers: more than this share of decimals and per cents is one of percentages.
MOST_DECIMALS = 0.25
WHOLE_PCT = 100


@dataclass(frozen=True, slots=True)
class PollTable:
    """A table of polls: where it stands, what kind its polls are, and its columns."""

    placed: PlacedTable
    kind: PollKind
    columns: Columns


def parse(body: bytes, scope: Scope, *, content_type: str = "") -> Reading:
    """Everything a page says of one campaign, in its unit; raises PageRefused when the page is not to be trusted."""
    page = read_page(body, content_type)
    reader = PageReader(scope)
    rule = BlankRule(_blank_means(scope), scope.house_size)
    tables, asides = _poll_tables(tables_of(page, Headings(scope.unit, scope.settings)), scope)
    # Ordinary tables first: the scenario tables repeat their rows to compare with.
    for table in sorted(tables, key=lambda one: (one.placed.section is Section.SCENARIO, one.placed.number)):
        _read_table(table, rule, reader)
    for aside in asides:
        if aside.reason == UNKNOWN_HEADING:
            reader.warn(aside.place, f"{aside.rows} rows left aside: {aside.reason}")
    reading = reader.reading(tuple(asides))
    refuse_emptied(len(reading.polls) + len(reading.repeats), reading.rows, refused=reading.refused, asides=asides)
    return reading


UNKNOWN_HEADING = "a table of polls under a heading nobody knows"


def _blank_means(scope: Scope) -> BlankMeans:
    """What a blank cell says, by the option `blank_cell`; where it is not given, a full house tells."""
    means = option(scope.settings, "blank_cell")
    if means:
        return BlankMeans(means[0])
    return BlankMeans.NOT_ASKED_IF_WHOLE if scope.unit is Unit.SEATS else BlankMeans.NOT_ASKED


def _poll_tables(placed: tuple[PlacedTable, ...], scope: Scope) -> tuple[list[PollTable], list[Aside]]:
    """The tables of this campaign's polls in its unit, and why the others are none.

    A column that one table proves to be a total is one in every table of the page.
    """
    house_size = scope.house_size if scope.unit is Unit.SEATS else None
    words = Vocabulary(scope.list_keys, house_size, scope.unit)
    proven = (columns.totals for table in placed if (columns := _columns(table, words)))
    words = replace(words, total_keys=frozenset(spelling_key(label) for labels in proven for label in labels))
    tables: list[PollTable] = []
    asides: list[Aside] = []
    for table in placed:
        kind, columns = KINDS.get(table.section), _columns(table, words)
        reason = _why_no_polls(table, columns, scope)
        if kind is not None and columns is not None and not reason:
            tables.append(PollTable(table, kind, columns))
            continue
        if kind is None:
            is_unknown = table.section is Section.UNKNOWN and not reason and _has_known_lists(columns, words)
            reason = UNKNOWN_HEADING if is_unknown else f"under {table.section}"
        rows = len(table.grid.rows) - table.grid.header_rows
        asides.append(Aside(table.place, str(table.section), rows, reason))
    return tables, asides


def _columns(table: PlacedTable, words: Vocabulary) -> Columns | None:
    return columns_of(table.grid, words, needs_date=table.section is not Section.EXIT_POLL)


def _has_known_lists(columns: Columns | None, words: Vocabulary) -> bool:
    if columns is None:
        return False
    known_lists = sum(spelling_key(one.label) in words.list_keys for one in columns.lists)
    return known_lists * 2 > len(columns.lists)


def _why_no_polls(table: PlacedTable, columns: Columns | None, scope: Scope) -> str:
    """Why a table holds no polls in the campaign's unit, by its columns and numbers; nothing where it does."""
    if columns is None:
        return "it has no date column with three lists beside it"
    if columns.pollster is None and columns.publisher is None:
        return "it names neither a firm nor an outlet"
    shown = decimals = full = 0
    for number in range(table.grid.header_rows, len(table.grid.rows)):
        cells = dict.fromkeys(cell for one in columns.lists if (cell := table.grid.at(number, one.column)))
        texts = [cell.text for cell in cells if cell.text[:1].isdigit()]
        shown += len(texts)
        decimals += sum(("." in text or text.endswith("%")) and not text.endswith(".0") for text in texts)
        full += sum(int(text) for text in texts if text.isascii() and text.isdigit()) == scope.house_size
    if scope.unit is Unit.SEATS:
        return "its numbers are percentages" if decimals > MOST_DECIMALS * max(shown, 1) else ""
    is_seats = full * 2 > len(table.grid.rows) - table.grid.header_rows and scope.house_size != WHOLE_PCT
    return "its numbers are seats" if is_seats and not decimals else ""


def _read_table(table: PollTable, rule: BlankRule, reader: PageReader) -> None:
    grid, columns = table.placed.grid, table.columns
    for remark in columns.remarks:
        reader.warn(table.placed.place, remark)
    words = option(reader.scope.settings, "results")
    numbers = range(grid.header_rows, len(grid.rows))
    rows = [Row(grid, columns, number, rule, reader.scope.unit, words) for number in numbers]
    other_header: str | None = None
    for row, around in _with_around(rows, table, reader.scope):
        place = f"{table.placed.place}, row {row.number + 1}"
        other_header = other_header or row.other_header
        if row.is_blank:
            continue
        reader.count()
        try:
            if columns.doubled:
                raise RowRefused("header", f"two columns are named {one_line(columns.doubled, 40)!r}; rename one")
            if other_header:
                reason = f"it stands under a second header with other lists ({one_line(other_header, 40)!r})"
                raise RowRefused("header", f"{reason}; part the table there")
            if row.is_event:
                reader.event(row, around, place)
            elif row.is_result:
                reader.result(row, around, place)
            else:
                _read_poll(row, table.kind, around, place, reader)
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


def _with_around(rows: list[Row], table: PollTable, scope: Scope) -> Iterator[tuple[Row, Around]]:
    """Each row with what tells its day: the years of its banner or section, and the dated rows next to it."""
    alone = {row.number: _alone(row, table, scope) for row in rows}
    dated: dict[int, date] = {}
    for row in rows:
        try:
            dated[row.number] = row.days(alone[row.number]).end
        except RowRefused:
            continue
    for row in rows:
        above = max((number for number in dated if number < row.number), default=None)
        below = min((number for number in dated if number > row.number), default=None)
        before = None if above is None else dated[above]
        after = None if below is None else dated[below]
        yield row, replace(alone[row.number], before=before, after=after)


def _alone(row: Row, table: PollTable, scope: Scope) -> Around:
    """What tells a row's day without its neighbours."""
    placed = table.placed
    banner = max((number for number in placed.grid.banners if number < row.number), default=None)
    years = placed.years if banner is None else placed.grid.banners[banner]
    is_exit = placed.section is Section.EXIT_POLL and scope.vote_date is not None
    if is_exit and not years and scope.vote_date is not None:
        years = (scope.vote_date.year,)
    return Around(years, scope.first_day, scope.last_day, only=scope.vote_date if is_exit else None)
