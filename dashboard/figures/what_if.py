"""Before and after, list by list: a hollow dot, a full one, and the new 90 % interval."""

from collections.abc import Sequence

from dashboard.figures.base import Figure, Trace, axis, label, layout, line, note
from dashboard.i18n import Translator
from dashboard.theme import list_colour, token
from dashboard.what_if import ListRow

ROW, ROW_NARROW = 34, 30
TOGETHER = " + "  # between lists that run as one: their names stand on lines of their own


def change_figure(rows: Sequence[ListRow], names: Sequence[str], t: Translator) -> Figure:
    """A row a list; one that withdrew keeps its hollow dot only, a part of one that split has the full dot only."""
    shown = [label(name).replace(TOGETHER, " +<br>") for name in names]
    top = max([10.0, *(side.seats.q95 for row in rows for side in row.sides)])
    room = min(170, 16 + 8 * max((len(part) for name in shown for part in name.split("<br>")), default=8))
    drawn = layout(
        ROW * len(rows) + 40,
        (room, 92, 4, 26),
        xaxis=axis(range=[-0.6, top + 1], showgrid=True, gridcolor=token("hair"), dtick=10),
        yaxis=axis(
            range=[len(rows) - 0.4, -0.6],
            tickvals=list(range(len(rows))),
            ticktext=shown,
            tickfont={"size": 13, "color": token("ink")},
            ticks="outside",
            ticklen=8,
            tickcolor="rgba(0,0,0,0)",
        ),
        shapes=[
            line(row.after.seats.q05, row.after.seats.q95, at, at, list_colour(row.lists[0], 45), 5, name="ninety")
            for at, row in enumerate(rows)
            if row.after is not None
        ],
        annotations=[_end(row, at, t) for at, row in enumerate(rows)],
    )
    return {
        "data": [_before(rows), _after(rows, shown)],
        "layout": drawn,
        "narrow": {
            "height": ROW_NARROW * len(rows) + 40,
            "margin": {"l": min(room, 120), "r": 76, "t": 4, "b": 26, "pad": 0},
        },
    }


def _end(row: ListRow, at: int, t: Translator) -> Figure:
    """The medians beside a row: before, then after in bold where it changed."""
    before, after = ("–" if side is None else t.number(side.seats.median) for side in (row.before, row.after))
    text = f"<b>{after}</b>" if before in (after, "–") else f"{before} → <b>{after}</b>"
    return note(1, at, text, xref="paper", xanchor="left", xshift=10)


def _before(rows: Sequence[ListRow]) -> Trace:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "before",
        "cliponaxis": False,
        "hoverinfo": "skip",
        "x": [row.before.seats.median for row in rows if row.before is not None],
        "y": [at for at, row in enumerate(rows) if row.before is not None],
        "marker": {"size": 12, "color": token("paper"), "line": {"color": token("quiet"), "width": 1.75}},
    }


def _after(rows: Sequence[ListRow], names: Sequence[str]) -> Trace:
    shown = [(at, row.after, row.lists[0]) for at, row in enumerate(rows) if row.after is not None]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "after",
        "cliponaxis": False,
        "x": [side.seats.median for _, side, _ in shown],
        "y": [at for at, _, _ in shown],
        "text": [names[at] for at, _, _ in shown],
        "hovertemplate": "%{text}: %{x:.0f}<extra></extra>",
        "marker": {
            "size": 9,
            "color": [list_colour(name) for _, _, name in shown],
            "line": {"color": token("paper"), "width": 1},
        },
    }
