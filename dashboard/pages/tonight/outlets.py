"""Each outlet's last poll as blocs: what a Friday evening is about; publishers first, firms without one after them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal

from dashboard.blocks import Block, BlockType, Cell, Column, Name, Table, Unit, Values, Words, words
from dashboard.names import firm_short, group_name, outlet_name, text, uncoloured
from dashboard.pages.shared import Blocks
from dashboard.seats import Group, by_day, printed_number
from dashboard.view import View
from pipelines.editions.schema import PollRow

RECENT = timedelta(days=45)  # before the newest poll; an outlet that has published none since is left out


class OutletRow(Values):
    """An outlet's last poll: each side and the rest in its own unit, their sum, and the change from its own last."""

    outlet: Name
    firm: Name | None
    poll: str
    sides: tuple[float, ...]
    rest: float
    total: float
    change: tuple[float, ...] | None


class OutletsValues(Values):
    """The last poll of each outlet, in seats or per cent as `unit` says; sides and rest add up to the total."""

    kind: Literal["outlets"] = "outlets"
    unit: Literal["seats", "pct"]
    sides: tuple[Name, ...]
    outlets: tuple[OutletRow, ...]


BLOCKS = Blocks("tonight", BlockType("outlets", OutletsValues, "table", "outlets.title"))


def block(view: View) -> Block | None:
    """The table, where there are sides to count and polls to count them in."""
    values = outlets_values(view)
    if not values.outlets:
        return None
    return BLOCKS.make(view, "outlets", values, said=words("outlets.note"), table=_table(view, values))


def outlets_values(view: View) -> OutletsValues:
    groups = view.sides
    names = tuple(uncoloured(group_name(view, group)) for group in groups)
    unit: Literal["seats", "share"] = "share" if view.electorate.unit == "share" else "seats"
    rows = [_row(view, series, groups) for series in _series(view, unit)] if groups else []
    rows.sort(key=lambda row: row.firm is None)  # publishers, then firms that published by themselves
    return OutletsValues(unit="pct" if unit == "share" else "seats", sides=names, outlets=tuple(rows))


def _series(view: View, unit: str) -> list[list[PollRow]]:
    """The polls of each outlet that is still at it, newest first; a firm without a publisher is one itself."""
    series: dict[str, list[PollRow]] = {}
    polls = [poll for poll in view.edition.polls.polls if poll.kind == "poll" and poll.unit == unit]
    for poll in sorted(polls, key=by_day, reverse=True):
        series.setdefault(poll.publisher or poll.pollster or "", []).append(poll)
    newest = max((own[0].fieldwork_end for own in series.values()), default=None)
    return [own for name, own in series.items() if name and newest and own[0].fieldwork_end >= newest - RECENT]


def _row(view: View, series: Sequence[PollRow], groups: Sequence[Group]) -> OutletRow:
    poll, before = series[0], series[1] if len(series) > 1 else None
    parts = _parts(poll, groups)
    old = _parts(before, groups) if before else None
    firm = firm_short(view, poll.pollster) if poll.pollster else None
    return OutletRow(
        outlet=outlet_name(view, poll.publisher) if poll.publisher else firm or text(""),
        firm=firm if poll.publisher else None,
        poll=poll.poll,
        sides=parts[:-1],
        rest=parts[-1],
        total=round(sum(parts), 2),
        change=tuple(round(now - was, 2) for now, was in zip(parts, old, strict=True)) if old else None,
    )


def _parts(poll: PollRow, groups: Sequence[Group]) -> tuple[float, ...]:
    """What a poll printed for each side, and for all else it printed."""
    sides = [0.0] * (len(groups) + 1)
    for value in poll.values:
        place = next((at for at, group in enumerate(groups) if value.list in group.lists), len(groups))
        sides[place] += printed_number(poll, value.list) or 0.0
    sides[-1] += sum(column.seats or 0 for column in poll.unknown)
    return tuple(round(side, 2) for side in sides)


def _table(view: View, values: OutletsValues) -> Table:
    unit: Unit = values.unit
    digits = 1 if unit == "pct" else 0
    has_rest = any(row.rest for row in values.outlets)
    columns = [
        Column("outlet", words("outlets.outlet"), is_row_header=True),
        Column("firm", words("polls.firm"), under="outlet"),
        Column("fieldwork_end", words("polls.dates"), "date", "date", says="outlets.day"),
    ]
    sides: list[Name | Words] = [*values.sides, *([words("outlets.rest")] if has_rest else [])]
    for at, side in enumerate(sides):
        name = f"side_{at + 1}"
        columns.append(Column(f"{name}_{unit}", side, unit, "float", digits=digits))
        columns.append(
            Column(
                f"{name}_change", side, unit, "float", digits=digits, is_signed=True, zero="=", under=f"{name}_{unit}"
            )
        )
    columns.append(Column(f"total_{unit}", words("table.sum"), unit, "float", digits=digits))
    days = {poll.poll: poll.fieldwork_end for poll in view.edition.polls.polls}
    return Table(
        tuple(columns),
        tuple(
            (row.outlet, row.firm, days[row.poll], *_cells(row, has_rest=has_rest), row.total) for row in values.outlets
        ),
        words("outlets.title"),
        classes="outlets",
    )


def _cells(row: OutletRow, *, has_rest: bool) -> list[Cell]:
    parts = [*row.sides, *([row.rest] if has_rest else [])]
    changes: Sequence[float | None] = row.change or [None] * len(parts)
    return [cell for pair in zip(parts, changes, strict=False) for cell in pair]
