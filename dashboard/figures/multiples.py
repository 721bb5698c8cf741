"""Small multiples of the trend: a panel a line, the same days, each panel on its own scale from nought."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.figures import trend_traces
from dashboard.figures.base import Figure, Trace, axis, label, layout, note, words
from dashboard.figures.calendar import ticks
from dashboard.figures.trend_scale import Scale, TrendChoice, drawn_lines, elected_in, last, scale, values
from dashboard.i18n import Translator
from dashboard.theme import token
from pipelines.editions.schema import Projection, Trend, TrendLine

TITLE = 26  # pixels above a panel for its name and value
FEW_TICKS = 3
STEPS = (1, 2, 5, 10, 20, 50)


@dataclass(frozen=True)
class Grid:
    """How panels stand: so many in a row, each so high, with air between."""

    columns: int
    panel_height: int
    gap: float  # of the width

    def rows(self, panels: int) -> int:
        return -(-panels // self.columns)

    def height(self, panels: int) -> int:
        return self.rows(panels) * (self.panel_height + TITLE + 30)

    def domains(self, at: int, panels: int, *, is_rtl: bool) -> tuple[list[float], list[float]]:
        """Where a panel stands, in parts of the width and of the height; read in the direction of the language."""
        row, column = divmod(at, self.columns)
        if is_rtl:
            column = self.columns - 1 - column
        wide = (1 - self.gap * (self.columns - 1)) / self.columns
        left = column * (wide + self.gap)
        tall, total = 1 / self.rows(panels), self.height(panels)
        top = 1 - row * tall - TITLE / total
        return [round(left, 4), round(left + wide, 4)], [round(top - self.panel_height / total, 4), round(top, 4)]


DESK = Grid(columns=4, panel_height=128, gap=0.045)
PHONE = Grid(columns=2, panel_height=104, gap=0.1)


def multiples_figure(
    trend: Trend, projection: Projection, names: Mapping[str, str], choice: TrendChoice, t: Translator
) -> Figure:
    """A panel for each line chosen, the highest first; at least one of them has a line."""
    lines = drawn_lines(trend, choice)
    scales = [scale(trend, projection, [item], choice) for item in lines]
    data: list[Trace] = []
    for at, (item, drawn) in enumerate(zip(lines, scales, strict=True)):
        data += [{**trace, **_axes(at)} for trace in _panel(item, drawn, trend, projection, names, choice)]
    desk, phone = (_laid_out(lines, scales, names, choice, grid, t) for grid in (DESK, PHONE))
    return {
        "data": data,
        "layout": layout(DESK.height(len(lines)), (26, 8, 0, 0), **desk),
        "narrow": {
            "height": PHONE.height(len(lines)),
            "margin": {"l": 24, "r": 6, "t": 0, "b": 0, "pad": 0},
            **phone,
        },
    }


def _panel(
    item: TrendLine,
    drawn: Scale,
    trend: Trend,
    projection: Projection,
    names: Mapping[str, str],
    choice: TrendChoice,
) -> list[Trace]:
    day, elected = projection.election_date.isoformat(), elected_in(trend, projection, choice)
    return [
        *trend_traces.dots(item, drawn, choice),
        *trend_traces.band(item, drawn, choice),
        *trend_traces.line(item, drawn, choice, label(names[item.id])),
        *trend_traces.results(day, elected, [item], choice),
    ]


def _axes(at: int) -> Trace:
    number = "" if at == 0 else str(at + 1)
    return {"xaxis": f"x{number}", "yaxis": f"y{number}"}


def _laid_out(
    lines: Sequence[TrendLine],
    scales: Sequence[Scale],
    names: Mapping[str, str],
    choice: TrendChoice,
    grid: Grid,
    t: Translator,
) -> dict[str, Any]:
    """Axes and titles of every panel."""
    found: dict[str, Any] = {"annotations": []}
    for at, (item, drawn) in enumerate(zip(lines, scales, strict=True)):
        wide, tall = grid.domains(at, len(lines), is_rtl=t.is_rtl)
        number = "" if at == 0 else str(at + 1)
        found[f"xaxis{number}"] = _days(drawn, wide, f"y{number}", t)
        found[f"yaxis{number}"] = _height(drawn, tall, f"x{number}", choice, t)
        found["annotations"].append(_title(item, names, choice, wide[0], tall[1], t))
    return found


def _days(drawn: Scale, domain: list[float], anchor: str, t: Translator) -> Figure:
    """The first and the last tick only: a panel is narrow."""
    places, texts = ticks(drawn.start, drawn.end, t)
    ends = sorted({0, len(places) - 1}) if places else []
    return axis(
        type="date",
        domain=domain,
        anchor=anchor,
        range=[drawn.start.isoformat(), drawn.end.isoformat()],
        tickvals=[places[at] for at in ends],
        ticktext=[texts[at].replace("<br>", " ") for at in ends],
        tickfont={"size": 11, "color": token("quiet")},
        ticks="outside",
        ticklen=5,
        tickcolor="rgba(0,0,0,0)",
    )


def _height(drawn: Scale, domain: list[float], anchor: str, choice: TrendChoice, t: Translator) -> Figure:
    step = next((step for step in STEPS if drawn.top / step <= FEW_TICKS), STEPS[-1])
    places = list(range(0, int(drawn.top) + 1, step))
    texts = [t.percent(place, 0) if choice.unit == "share" else str(place) for place in places]
    return axis(
        domain=domain,
        anchor=anchor,
        range=[0, drawn.top],
        tickvals=places,
        ticktext=texts,
        tickfont={"size": 11, "color": token("quiet")},
        showgrid=True,
        gridcolor=token("hair"),
    )


def _title(
    item: TrendLine, names: Mapping[str, str], choice: TrendChoice, left: float, top: float, t: Translator
) -> Figure:
    """Name and value above a panel."""
    value = last(values(item, choice))
    shown = "" if value is None else t.percent(value) if choice.unit == "share" else t.number(value)
    text = words(f"{label(names[item.id])} <b>{shown}</b>", t)
    return note(
        left, top, text, xref="paper", yref="paper", xanchor="left", yanchor="bottom", yshift=3, name=f"end:{item.id}"
    )
