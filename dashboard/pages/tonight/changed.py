"""What changed: week on week and since the edition before, list by list with its causes; never empty."""

from dashboard import compared, news
from dashboard.blocks import (
    BlockType,
    Cell,
    Choice,
    Column,
    Control,
    Day,
    Heading,
    Href,
    Join,
    Lines,
    Missing,
    Note,
    Number,
    Parts,
    Strong,
    Table,
    words,
)
from dashboard.names import list_name
from dashboard.pages.shared import Blocks, quiet
from dashboard.pages.tonight import numbers
from dashboard.view import View
from pipelines.editions.records import Changes

BLOCKS = Blocks("tonight", BlockType("changed", numbers.MoveValues, "note", "news.title"))


def blocks(view: View) -> Parts:
    """Sentences and a table against earlier editions; how the lines moved in a week where none is as old."""
    comparisons = compared.comparisons(view.edition)
    first = comparisons[0][1] if comparisons else None
    has_week = bool(comparisons) and comparisons[0][0] == "news.week"
    replayed = first is not None and compared.is_replayed(view.edition, first)
    rows = numbers.moves(view, first) if first else ()
    own = dict(numbers.movers(view)) if not has_week and len(view.edition.trend.dates) >= 8 else {}
    values = numbers.MoveValues(
        from_edition=first.from_edition if first else None,
        from_date=first.from_as_of if first else None,
        to_date=view.projection.as_of,
        is_replayed=replayed,
        lists=rows,
        moves_seats=own,
    )
    notes: list[Note] = [quiet(words("news.replayed", date=Day(first.from_as_of)))] if first and replayed else []
    notes += [] if comparisons else [quiet(words("news.none"))]
    for key, changes in comparisons:
        notes += [
            Heading(news.title(key, changes)),
            Lines(tuple(((one,),) for one in news.statements(view, changes)), "lines told"),
        ]
    block = BLOCKS.make(
        view,
        "changed",
        values,
        table=_table(view, first, rows) if first and rows else None,
        lead=tuple(notes),
        notes=() if has_week else tuple(_movers(view)),
    )
    return (block, *_days(view))


def _table(view: View, changes: Changes, rows: tuple[numbers.MoveRow, ...]) -> Table:
    """A row a list that moved: printed seats, the average, what moved it, and how far its polls usually move."""
    columns = (
        Column("list", words("table.list"), is_row_header=True),
        Column("before_seats", words("news.before", date=Day(changes.from_as_of, "short")), "seats", "int"),
        Column("after_seats", words("news.after"), "seats", "int"),
        Column("average_seats", words("news.average"), "seats", "float", digits=1, is_signed=True, zero="="),
        Column("causes", words("news.causes")),
        Column("usual_seats", words("news.usual"), "seats", "float", digits=1),
    )
    cells: tuple[tuple[Cell, ...], ...] = tuple(
        (
            row.name,
            Missing("unknown") if row.before_seats is None else row.before_seats,
            Missing("unknown") if row.after_seats is None else row.after_seats,
            row.average_seats,
            Join(tuple(news.causes(view, row.causes_seats)), ", "),
            row.usual_seats,
        )
        for row in rows
    )
    return Table(columns, cells, classes="moves")


def _movers(view: View) -> list[Note]:
    """The lines that moved most in a week, as this edition draws them."""
    dates = view.edition.trend.dates
    if len(dates) < 8:
        return []
    moved = numbers.movers(view)
    heading = Heading(words("tonight.week"))
    if not moved:
        return [heading, quiet(words("tonight.week_still", from_date=Day(dates[-8])))]
    items = tuple(((list_name(view, name), " ", Strong(Number(move, 1, "signed"))),) for name, move in moved)
    note = words("tonight.week_note", from_date=Day(dates[-8], "short"), to_date=Day(dates[-1]))
    return [heading, Lines(items, "movers"), quiet(note)]


def _days(view: View) -> tuple[Control, ...]:
    """Any other day: those of which there is an edition, and a field for a day of one's own."""
    days = compared.days(view.edition)
    choices = tuple(
        Choice(day.isoformat(), Join((Day(day),)), Href("/", edition=edition), edition == view.edition.id)
        for day, edition in days
    )
    ends = (choices[-1], choices[0])
    return (
        Control("kept-days", "edition", words("news.days"), choices, "menu"),
        Control("as-of", "as_of", words("news.day"), ends, "day", default=view.projection.as_of.isoformat()),
    )
