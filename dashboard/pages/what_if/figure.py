"""Before and after, list by list: a hollow dot, a full one, and the new 90 % interval."""

from collections.abc import Sequence
from typing import Any

from dashboard.blocks import FigureDict
from dashboard.drawing import Trace, layout, line, margins, marks, name_label, name_room, note, phrase, rows_axis
from dashboard.i18n import Translator
from dashboard.pages.what_if.numbers import ChangeRow, ChangeValues, SideValues
from dashboard.render.template import token

ROW, ROW_NARROW = 34, 30
TOGETHER = " + "  # between lists that run as one: their names stand on lines of their own


def change_figure(values: ChangeValues, t: Translator) -> FigureDict:
    """A row a list; one that withdrew keeps its hollow dot only, a part of one that split has the full dot only."""
    rows = values.rows
    names = [_name(row, t) for row in rows]
    top = max([10.0, *(side.q95_seats for row in rows for side in (row.before, row.after) if side is not None)])
    room = name_room(names, most=170)
    plane = layout(
        ROW * len(rows) + 40,
        (room, 92, 4, 26),
        xaxis={"range": [-0.6, top + 1], "showgrid": True, "dtick": 10},
        yaxis=rows_axis(names, range(len(rows))),
        shapes=[
            line(row.after.q05_seats, row.after.q95_seats, at, at, token(row.name.colour, 45), 5, name="ninety")
            for at, row in enumerate(rows)
            if row.after is not None
        ],
        annotations=[_end(row, at, t) for at, row in enumerate(rows)],
    )
    return {
        "data": [_before(rows, names, t), _after(rows, names, t)],
        "layout": plane,
        "narrow": {"height": ROW_NARROW * len(rows) + 40, "margin": margins(min(room, 120), 76, 4, 26)},
    }


def _name(row: ChangeRow, t: Translator) -> str:
    name = name_label(row.name, t).replace(TOGETHER, " +<br>")
    return name if row.part is None else t("what_if.part", name=name, n=row.part)


def _end(row: ChangeRow, at: int, t: Translator) -> FigureDict:
    """The seats beside a row: before, then after in bold where it changed."""
    before, after = ("–" if side is None else t.number(side.seats) for side in (row.before, row.after))
    text = f"<b>{after}</b>" if before in (after, "–") else f"{before} → <b>{after}</b>"
    return note(1, at, text, xref="paper", xanchor="left", xshift=10)


def _before(rows: Sequence[ChangeRow], names: Sequence[str], t: Translator) -> Trace:
    sides = [(at, row.before) for at, row in enumerate(rows) if row.before is not None]
    return _dots("before", sides, names, 12, (token("paper"), token("quiet"), 1.75), t)


def _after(rows: Sequence[ChangeRow], names: Sequence[str], t: Translator) -> Trace:
    sides = [(at, row.after) for at, row in enumerate(rows) if row.after is not None]
    colours = [token(rows[at].name.colour) for at, _ in sides]
    return _dots("after", sides, names, 9, (colours, token("paper"), 1), t)


def _dots(
    side: str,
    sides: Sequence[tuple[int, SideValues]],
    names: Sequence[str],
    size: int,
    look: tuple[Any, str, float],
    t: Translator,
) -> Trace:
    hover = phrase(f"%{{text}}, {t(f'what_if.{side}')}: %{{x:.0f}}", t) + "<extra></extra>"
    seats, places = [one.seats for _, one in sides], [at for at, _ in sides]
    return marks(side, seats, places, size, *look, text=[names[at] for at in places], hovertemplate=hover)
