"""Files of a whole edition: ids and numbers as the edition holds them, the same in every language."""

from collections.abc import Callable, Mapping, Sequence

from dashboard.blocks import Cell, CellType, Column, Table, Unit, words
from dashboard.names import named, text
from dashboard.pages.polls.numbers import files_table
from dashboard.pages.record.numbers import days_of
from dashboard.pages.tonight.numbers import latest
from dashboard.reader import record_of
from dashboard.seats import by_day, seats_of
from dashboard.view import View
from pipelines.editions.schema import ListProjection, Summary

OVER_DRAWS = ("mean", "q05", "q10", "q25", "q75", "q90", "q95")
RECORD_FACTS: tuple[tuple[str, Unit, CellType], ...] = (
    ("as_of", "date", "date"),
    ("list", "text", "str"),
    ("q05", "seats", "float"),
    ("q95", "seats", "float"),
    ("p_pass", "share", "float"),
    ("result", "seats", "int"),
)
LIST_FACTS: tuple[tuple[str, Unit, CellType], ...] = (
    ("bloc", "text", "str"),
    ("seats_now", "seats", "int"),
    ("trend_seats", "seats", "float"),
    ("trend_share_pct", "pct", "float"),
)
DIGITS = 4


def projection(view: View) -> Table:
    """A row a list: where it stands, its printed seats, what lies around them over the draws, and the result."""
    spoken = sorted(view.electorate.languages)
    columns = [Column(name, text(name)) for name in ("list", *(f"name_{lang}" for lang in spoken))]
    columns += [Column(name, text(name), unit, kind) for name, unit, kind in LIST_FACTS]
    columns.append(Column("seats", text("seats"), "seats", "int"))
    columns += [
        Column(f"{side}_{name}", text(name), "seats", "float") for side in ("seats", "nowcast") for name in OVER_DRAWS
    ]
    columns += [Column(name, text(name), "share", "float") for name in ("p_pass", "p_largest")]
    columns.append(Column("result", text("result"), "seats", "int"))
    result = view.projection.result
    rows = tuple(_list(view, item, spoken, result) for item in view.order.all)
    return Table(tuple(_unformatted(column) for column in columns), rows, words("tonight.seats"))


def _unformatted(column: Column) -> Column:
    """A column whose numbers a file shows as they are."""
    return Column(column.id, column.label, column.unit, column.type, digits=-1)


def _list(
    view: View, item: ListProjection, spoken: Sequence[str], result: Mapping[str, int] | None
) -> tuple[Cell, ...]:
    names = named(item).texts
    return (
        item.id,
        *(names.get(lang) for lang in spoken),
        *(rounded(getattr(item, name)) for name, _, _ in LIST_FACTS),
        rounded(seats_of(view.projection, [item.id])),
        *_summary(item.seats),
        *_summary(item.nowcast),
        rounded(item.p_pass),
        rounded(item.p_largest),
        None if result is None else result.get(item.id, 0),
    )


def _summary(seats: Summary | None) -> list[Cell]:
    return [None if seats is None else rounded(getattr(seats, name)) for name in OVER_DRAWS]


def latest_polls(view: View) -> Table:
    """The polls of the first page with the same firms' previous ones, as published."""
    by_id = {poll.poll: poll for pair in latest(view.edition.polls.polls) for poll in pair if poll is not None}.values()
    polls = sorted(by_id, key=by_day, reverse=True)
    return files_table(polls, view.order.ids, view.edition.reference)


def rounded(value: str | float | None) -> Cell:
    """A number at four decimals, whole where it is whole."""
    if value is None or isinstance(value, str | int):
        return value
    return int(value) if value.is_integer() else round(value, DIGITS)


def record(view: View) -> Table:
    """A row a day and list of this campaign: what would have been said that day, and what was won."""
    result = view.projection.result
    rows = tuple(
        (
            day.as_of,
            name,
            rounded(seats[0]),
            rounded(seats[2]),
            rounded(day.p_pass.get(name)),
            None if result is None else result.get(name, 0),
        )
        for day in days_of(record_of(view.edition), view.edition.election)
        for name, seats in day.seats.items()
    )
    columns = tuple(Column(name, text(name), unit, kind, digits=-1) for name, unit, kind in RECORD_FACTS)
    return Table(columns, rows, words("record.replay"))


Files = Mapping[str, Callable[[View], Table]]
OF_TONIGHT: Files = {"latest": latest_polls, "projection": projection}
OF_RECORD: Files = {"record": record}
