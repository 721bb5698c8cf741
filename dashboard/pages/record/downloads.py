"""The record of a campaign as a file."""

from collections.abc import Callable, Mapping

from dashboard.blocks import CellType, Column, Table, Unit, words
from dashboard.names import text
from dashboard.pages.record.numbers import days_of
from dashboard.pages.tonight.downloads import rounded
from dashboard.reader import record_of
from dashboard.view import View

COLUMNS: tuple[tuple[str, Unit, CellType], ...] = (
    ("as_of", "date", "date"),
    ("list", "text", "str"),
    ("q05", "seats", "float"),
    ("q95", "seats", "float"),
    ("p_pass", "share", "float"),
    ("result", "seats", "int"),
)


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
    columns = tuple(Column(name, text(name), unit, kind, digits=-1) for name, unit, kind in COLUMNS)
    return Table(columns, rows, words("record.replay"))


FILES: Mapping[str, Callable[[View], Table]] = {"record": record}
