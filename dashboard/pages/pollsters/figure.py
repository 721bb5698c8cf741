"""Gaps from the pollsters' average: a row each, the estimate and its 90 % interval against zero."""

from dashboard.blocks import FigureDict
from dashboard.drawing import in_two_lines, layout, line, margins, marks, name_label, phrase, rows_axis
from dashboard.i18n import Translator
from dashboard.pages.pollsters.numbers import GapsValues
from dashboard.render.template import token

ROW = 30
LONG_NAME = 22  # letters


def gaps_figure(shown: GapsValues, t: Translator) -> FigureDict:
    """Percentage points of the vote; where the interval excludes nought the dot is full."""
    rows = shown.gaps
    names = [in_two_lines(name_label(row.name, t), LONG_NAME, t) for row in rows]
    colours = [token(row.colour) for row in rows]
    reach = max([0.5, *(abs(value) for row in rows for value in (row.low_pct, row.high_pct))]) * 1.08
    room = min(200, 16 + 7 * max((len(line) for name in names for line in name.split("<br>")), default=8))
    drawn = layout(
        ROW * max(1, len(rows)) + 44,
        (room, 16, 4, 30),
        xaxis={"range": [-reach, reach], "showgrid": True, "nticks": 7},
        yaxis=rows_axis(names, range(len(rows))),
        shapes=[
            line(0, 0, 0, 1, token("ink"), 1.25, yref="paper", name="average"),
            *(line(row.low_pct, row.high_pct, at, at, colours[at], 2.5, name="ninety") for at, row in enumerate(rows)),
        ],
    )
    dots = marks(
        "gap",
        [round(row.gap_pct, 2) for row in rows],
        range(len(rows)),
        10,
        [colour if row.stands_out else token("paper") for row, colour in zip(rows, colours, strict=True)],
        colours,
        2,
        text=[
            f"{name}: {t.signed(row.gap_pct, 1)} ({t.span(row.low_pct, row.high_pct, 1)})"
            for name, row in zip(names, rows, strict=True)
        ],
        hovertemplate=phrase("%{text}", t) + "<extra></extra>",
    )
    return {"data": [dots], "layout": drawn, "narrow": {"margin": margins(min(room, 136), 12, 4, 30)}}
