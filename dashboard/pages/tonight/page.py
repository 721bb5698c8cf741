"""Tonight: the sentence, the house in one strip, the seats, each outlet's last poll, what changed, the threshold."""

from dashboard import left_out, readings, sentences
from dashboard.address import READING, Parameter
from dashboard.blocks import (
    Anchor,
    Block,
    BlockType,
    Cell,
    Chance,
    Column,
    Control,
    Disclosure,
    Href,
    Interval,
    Key,
    Lines,
    Missing,
    Name,
    Note,
    Number,
    Paragraph,
    Parts,
    Span,
    Table,
    Words,
    href,
    words,
)
from dashboard.names import full, joined, list_name, reading_name, uncoloured, word
from dashboard.pages import downloads
from dashboard.pages.shared import Blocks, leaving_out, quiet, switch
from dashboard.pages.tonight import changed, latest, numbers, outlets
from dashboard.pages.tonight.figure import blocs_figure, seats_figure, strip_figure
from dashboard.pages.tonight.numbers import BlocRow, BlocsValues, SeatsRow, SeatsValues, holds, seats_values
from dashboard.pages.tonight.words import assignment, blocs_summary, headline, lead, members, odds, seats_summary
from dashboard.seats import in_doubt, is_in_doubt, is_printed, outlook, seats_if_in, seats_of
from dashboard.view import Page, View
from pipelines.editions.schema import ListProjection
from pipelines.editions.store import Edition

NAME = "tonight"
WORTH_SAYING = 0.005  # a chance of a majority below this is said of the two largest blocs only
FEW_READINGS = 5  # more than these stand behind a menu


READINGS = (READING,)
BLOCKS = Blocks(
    NAME,
    BlockType("headline", numbers.Headline, "headline", parameters=READINGS),
    BlockType("seats", SeatsValues, "chart", "tonight.seats", seats_figure, READINGS),
    BlockType("blocs", BlocsValues, "chart", "tonight.blocs", strip_figure, READINGS),
    BlockType("majorities", BlocsValues, "chart", "tonight.coalitions", blocs_figure, READINGS),
    BlockType("near", numbers.NearValues, "note", "tonight.near", parameters=READINGS),
    *changed.BLOCKS.types,
    *latest.BLOCKS.types,
    *outlets.BLOCKS.types,
    BlockType("result", numbers.ResultValues, "table", parameters=READINGS),
)


def blocks(view: View) -> Parts:
    reading_view = readings.read(view)
    return (
        _headline(view, reading_view),
        _result(reading_view),
        _majority(reading_view),
        *_readings(view),
        _seats(reading_view),
        outlets.block(view),
        *changed.blocks(reading_view),
        _near(reading_view),
        latest.block(view),
        *leaving_out(view),
    )


def _headline(view: View, reading_view: View) -> Block:
    polls = view.projection.polls
    values = numbers.Headline(
        reading=view.reading_asked,
        majority_seats=view.projection.majority,
        lists={item.id: seats_of(reading_view.projection, [item.id]) for item in reading_view.order.all},
        polls_used=polls.used,
        pollsters=polls.pollsters,
    )
    return BLOCKS.make(view, "headline", values, finding=headline(view), lead=lead(view, reading_view))


def _readings(view: View) -> tuple[Control, ...]:
    """The switch between all polls and the readings of those who stand apart."""
    offered = readings.options(view)
    if not offered:
        return ()
    labels = [(one, reading_name(view, one) or words("readings.all")) for one in offered]
    style = "switch" if len(labels) <= FEW_READINGS else "menu"
    return (switch(view, READING, words("readings.title"), labels, style=style),)


# Seats


def _seats(view: View) -> Block:
    values = seats_values(view)
    marks = ["seats" if is_printed(view.projection) else "expected", "half", "ninety"]
    marks += ["now"] if any(row.outgoing_seats is not None for row in values.lists) else []
    marks += ["result"] if view.projection.result is not None else []
    return BLOCKS.make(
        view,
        "seats",
        values,
        finding=seats_summary(values),
        table=_seats_table(view, values),
        notes=(Key(tuple((mark, words(f"seats.key_{mark}", **_house(view))) for mark in marks)), *_two_numbers(view)),
        claims_sum=whole_house(view),
    )


def whole_house(view: View) -> tuple[tuple[str, float], ...]:
    """What the printed seats of all lists add up to; expected seats, which are rounded, claim nothing."""
    return (("seats", view.projection.house_size),) if is_printed(view.projection) else ()


def _two_numbers(view: View) -> tuple[Note, ...]:
    """That per cent are of the polls and seats of the simulations, where both stand beside a list."""
    return (quiet(words("seats.share_note")),) if view.is_share_first else ()


def _house(view: View) -> dict[str, Name]:
    return {"house": word(view, "house"), "the_house": word(view, "the_house")}


def _seats_table(view: View, values: SeatsValues) -> Table:
    """A row a list that can be read aloud; all of it leads to the list's own page."""
    number = seats_column(view)
    trend = Column("trend_pct", words("table.trend"), "pct", "float", digits=1)
    half = Column("half_seats", words("table.half"), "seats", "float", is_hidden=True)
    ninety = Column("ninety_seats", words("table.ninety"), "seats", "float")
    outgoing = Column("outgoing_seats", words("table.now", **_house(view)), "seats", "int")
    moved = Column(
        "from_outgoing_seats",
        words("table.from_now", **_house(view)),
        "seats",
        "int",
        is_signed=True,
        zero="=",
        under="outgoing_seats",
    )
    week = Column("week_before_seats", words("table.week_before"), "seats", "int", is_hidden=True)
    in_week = Column("in_week_seats", words("table.in_week"), "seats", "int", is_signed=True, zero="=")
    has_outgoing = any(row.outgoing_seats is not None for row in values.lists)
    has_week = any(row.week_seats is not None for row in values.lists)
    middle = (ninety, half, number) if values.intervals_first else (number, half, ninety)
    columns = (
        Column("list", words("table.list"), is_row_header=True),
        *([Column("leader", words("table.leader"), under="list")] if any(row.leaders for row in values.lists) else []),
        *([trend] if values.share_first else []),
        *middle,
        *((outgoing, moved) if has_outgoing else ()),
        *((week, in_week) if has_week else ()),
        Column("passes_of_100", words("table.passes"), "count", "float"),
    )
    rows: list[tuple[Cell, ...]] = []
    for row in values.lists:
        cells: dict[str, Cell] = {
            "list": full(view.lists[row.name.id]),
            "leader": joined(row.leaders) if row.leaders else None,
            "trend_pct": row.trend_pct,
            number.id: row.seats,
            "half_seats": Interval(row.interval_seats.q25, row.interval_seats.q75),
            "ninety_seats": Interval(row.interval_seats.q05, row.interval_seats.q95),
            "outgoing_seats": _or_unknown(row.outgoing_seats),
            "from_outgoing_seats": _moved(row, row.outgoing_seats),
            "week_before_seats": _or_unknown(row.week_seats),
            "in_week_seats": _moved(row, row.week_seats),
            "passes_of_100": 100 * row.p_pass if is_in_doubt(row.p_pass) else Missing("none"),
        }
        rows.append(tuple(cells[column.id] for column in columns))
    links = tuple(Href(f"/list/{row.name.id}") for row in values.lists)
    return Table(columns, tuple(rows), words("tonight.seats"), row_links=links, classes="rows")


def _or_unknown(seats: int | None) -> Cell:
    return Missing("unknown") if seats is None else seats


def _moved(row: SeatsRow, before: int | None) -> Cell:
    """The change in printed seats; nothing where one of the two is no printed number."""
    return None if before is None or row.digits else int(row.seats) - before


def seats_column(view: View) -> Column:
    """The column of printed seats; of expected seats in another reading of the polls."""
    if is_printed(view.projection):
        return Column("seats", words("table.seats"), "seats", "int")
    return Column("expected_seats", words("table.expected"), "seats", "float", digits=1)


# The majority


def _majority(view: View) -> Block | None:
    """The house in one strip where there are blocs; else the coalitions of interest, a bar each."""
    values = numbers.blocs_values(view)
    if view.projection.blocs:
        opened = Disclosure("assignment", words("blocs.open"), assignment(view))
        return _against(view, "blocs", values, (*_rows_in_question(values), *values.combined), opened)
    if not values.blocs:
        return None
    opened = Disclosure("coalition-members", words("blocs.open"), members(view, values.blocs))
    return _against(view, "majorities", values, values.blocs, opened)


def _rows_in_question(values: BlocsValues) -> list[BlocRow]:
    """The blocs whose majority alone is a question: the two largest, and whoever else has a chance."""
    largest = sorted(values.blocs, key=lambda row: -row.seats)[:2]
    return [row for row in values.blocs if row in largest or row.p_majority >= WORTH_SAYING]


def _against(view: View, block_id: str, values: BlocsValues, rows: tuple[BlocRow, ...], opened: Disclosure) -> Block:
    """The figure against the majority, then each combination's odds in words."""
    builder = Anchor(words("coalitions.headline", majority=view.projection.majority), href("/coalitions"))
    key = quiet(words("blocs.key_strip" if block_id == "blocs" else "blocs.key", n=values.house_seats))
    return BLOCKS.make(
        view,
        block_id,
        values,
        finding=blocs_summary(view, rows),
        table=_blocs_table(view, (*values.blocs, *values.combined)),
        **({} if values.blocs else {"figure": None}),
        notes=(key, odds(view, rows), Paragraph((builder,), ""), opened),
    )


def _blocs_table(view: View, rows: tuple[BlocRow, ...]) -> Table:
    columns = (
        Column("bloc", words("table.bloc"), is_row_header=True),
        seats_column(view),
        Column("ninety_seats", words("table.ninety"), "seats", "float"),
        Column("majority_of_100", words("table.reaches", majority=view.projection.majority), "count", "float"),
    )
    cells = tuple(
        (
            uncoloured(row.name),
            row.seats,
            Interval(row.interval_seats.q05, row.interval_seats.q95),
            100 * row.p_majority,
        )
        for row in rows
    )
    return Table(columns, cells, is_open=False)


# The result, the threshold


def _result(view: View) -> Block | None:
    """A row a list: its seats, 90 % interval, result, and whether the interval held it."""
    result = view.projection.result
    if result is None:
        return None
    order = view.order.all
    columns = (
        Column("list", words("table.list"), is_row_header=True),
        seats_column(view),
        Column("ninety_seats", words("table.ninety"), "seats", "float"),
        Column("won_seats", words("table.result"), "seats", "int"),
        Column("is_inside", words("table.inside")),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            list_name(view, item.id),
            seats_of(view.projection, [item.id]),
            Interval(outlook(item).q05, outlook(item).q95),
            result.get(item.id, 0),
            words("table.yes" if holds(item, result.get(item.id, 0)) else "table.no"),
        )
        for item in order
    )
    inside = sum(holds(item, result.get(item.id, 0)) for item in order)
    summary = words("tonight.result_summary", inside=Number(inside), all=Number(len(order)))
    return BLOCKS.make(
        view,
        "result",
        numbers.ResultValues(inside=inside, lists=len(order), won_seats=result),
        heading=words("tonight.result", projection=word(view, "projection")),
        said=summary,
        table=Table(columns, rows, words("tonight.result", projection=word(view, "projection"))),
        claims_sum=whole_house(view),
    )


def _near(view: View) -> Block:
    near = in_doubt(view.projection)
    items = tuple(((list_name(view, item.id), " ", _near_words(view, item)),) for item in near)
    note = words("tonight.near_note", threshold=sentences.threshold_pct(view))
    values = numbers.NearValues(
        threshold_pct=view.projection.threshold_pct, p_pass={item.id: item.p_pass for item in near}
    )
    none = words(f"tonight.near_none_{sentences.tense(view)}")
    notes: tuple[Note, ...] = (Lines(items), quiet(note)) if items else (quiet(none),)
    return BLOCKS.make(view, "near", values, notes=notes)


def _near_words(view: View, item: ListProjection) -> Words:
    """The chance to pass, the seats then, and what the polls say; another reading has neither of its own."""
    chance = Chance(item.p_pass)
    if view.reading is not None:
        return words("seats.passes", chance=chance)
    seats = seats_if_in(view.edition, item.id)
    share = Number(item.trend_share_pct, 1, "percent")
    key = f"tonight.near_item_{sentences.tense(view)}"
    return words(key, chance=chance, seats=Span(seats.q05, seats.q95), share=share)


def parameters(edition: Edition) -> dict[str, Parameter]:
    """Another reading of the polls, or what a reader leaves out."""
    return readings.parameters(edition) | left_out.parameters(edition)


PAGE = Page("/", NAME, headline, blocks, BLOCKS.types, parameters, downloads.OF_TONIGHT)
