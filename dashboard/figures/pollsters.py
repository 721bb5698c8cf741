"""Gaps from the pollsters' average: a row each, the estimate and its 90 % interval against nought."""

from collections.abc import Sequence

from dashboard.figures.base import Figure, axis, label, layout, line
from dashboard.pollsters import stands_out
from dashboard.theme import token
from pipelines.editions.schema import HouseEffect

ROW = 30


def gaps_figure(effects: Sequence[HouseEffect], names: Sequence[str], colours: Sequence[str]) -> Figure:
    """Percentage points of the vote; where the interval excludes nought the dot is full."""
    shown = [label(name) for name in names]
    places = list(range(len(effects)))
    reach = max([0.5, *(abs(value) for row in effects for value in (row.low_pct, row.high_pct))]) * 1.08
    room = min(200, 16 + 7 * max((len(name) for name in shown), default=8))
    drawn = layout(
        ROW * max(1, len(effects)) + 44,
        (room, 16, 4, 30),
        xaxis=axis(range=[-reach, reach], showgrid=True, gridcolor=token("hair"), nticks=7),
        yaxis=axis(
            range=[len(effects) - 0.4, -0.6],
            tickvals=places,
            ticktext=shown,
            tickfont={"size": 13, "color": token("ink")},
            ticks="outside",
            ticklen=8,
            tickcolor="rgba(0,0,0,0)",
        ),
        shapes=[
            line(0, 0, 0, 1, token("ink"), 1.25, yref="paper", name="average"),
            *(
                line(row.low_pct, row.high_pct, at, at, colours[at], 2.5, name="ninety")
                for at, row in enumerate(effects)
            ),
        ],
    )
    dots = {
        "type": "scatter",
        "mode": "markers",
        "name": "gap",
        "x": [round(row.effect_pct, 2) for row in effects],
        "y": places,
        "text": shown,
        "hovertemplate": "%{text}: %{x:+.1f}<extra></extra>",
        "marker": {
            "size": 10,
            "color": [
                colour if stands_out(row) else token("paper") for row, colour in zip(effects, colours, strict=True)
            ],
            "line": {"color": list(colours), "width": 2},
        },
    }
    narrow = {"margin": {"l": min(room, 136), "r": 12, "t": 4, "b": 30, "pad": 0}}
    return {"data": [dots], "layout": drawn, "narrow": narrow}
