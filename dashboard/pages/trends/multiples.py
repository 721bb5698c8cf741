"""Small multiples of the trend: a panel a line, the same days, each panel on its own scale from nought."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.blocks import FigureDict
from dashboard.drawing import CLEAR, Trace, layout, margins, name_label, nice_step, note, phrase, ticks
from dashboard.i18n import Translator
from dashboard.pages.trends import traces
from dashboard.pages.trends.marks import label
from dashboard.pages.trends.numbers import LineValues, TrendValues
from dashboard.render.template import token

TITLE = 26  # pixels above a panel for its name and value
FEW_TICKS = 3
AIR = 1.04
SMALL = {"size": 11, "color": token("quiet")}


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


def multiples_figure(shown: TrendValues, t: Translator) -> FigureDict:
    """A panel for each line chosen, the highest first; at least one of them has a line."""
    data: list[Trace] = []
    for at, item in enumerate(shown.lines):
        data += [{**trace, **_axes(at)} for trace in _panel(item, shown, t)]
    desk, phone = (_laid_out(shown.lines, shown, grid, t) for grid in (DESK, PHONE))
    return {
        "data": data,
        "layout": layout(DESK.height(len(shown.lines)), (26, 8, 0, 0), **desk),
        "narrow": {"height": PHONE.height(len(shown.lines)), "margin": margins(24, 6, 0, 0), **phone},
    }


def _panel(item: LineValues, shown: TrendValues, t: Translator) -> list[Trace]:
    return [
        *traces.dots(item, shown, t),
        *traces.band(item, shown),
        *traces.line(item, shown),
        *traces.projected([item], shown, t),
        *traces.results([item], shown),
    ]


def _number(at: int) -> str:
    return "" if at == 0 else str(at + 1)


def _axes(at: int) -> Trace:
    return {"xaxis": f"x{_number(at)}", "yaxis": f"y{_number(at)}"}


def _laid_out(lines: Sequence[LineValues], shown: TrendValues, grid: Grid, t: Translator) -> dict[str, Any]:
    """Axes and titles of every panel."""
    found: dict[str, Any] = {"annotations": []}
    for at, item in enumerate(lines):
        wide, tall = grid.domains(at, len(lines), is_rtl=t.is_rtl)
        found[f"xaxis{_number(at)}"] = _days(shown, wide, f"y{_number(at)}", t)
        found[f"yaxis{_number(at)}"] = _height(item, shown, tall, f"x{_number(at)}", t)
        found["annotations"].append(_title(item, shown, wide[0], tall[1], t))
    return found


def _days(shown: TrendValues, domain: list[float], anchor: str, t: Translator) -> FigureDict:
    """The first and the last tick only: a panel is narrow."""
    places, texts = ticks(shown.days[0], shown.end_day, t)
    ends = sorted({0, len(places) - 1}) if places else []
    return {
        "type": "date",
        "domain": domain,
        "anchor": anchor,
        "range": [shown.days[0].isoformat(), shown.end_day.isoformat()],
        "tickvals": [places[at] for at in ends],
        "ticktext": [texts[at].replace("<br>", " ") for at in ends],
        "tickfont": SMALL,
        "ticks": "outside",
        "ticklen": 5,
        "tickcolor": CLEAR,
    }


def _height(item: LineValues, shown: TrendValues, domain: list[float], anchor: str, t: Translator) -> FigureDict:
    top = AIR * item.top
    step = nice_step(top, FEW_TICKS)
    places = list(range(0, int(top) + 1, step))
    texts = [t.percent(place, 0) if shown.unit == "share" else t.number(place) for place in places]
    return {
        "domain": domain,
        "anchor": anchor,
        "range": [0, top],
        "tickvals": places,
        "ticktext": texts,
        "tickfont": SMALL,
        "showgrid": True,
        "gridcolor": token("hair"),
    }


def _title(item: LineValues, shown: TrendValues, left: float, top: float, t: Translator) -> FigureDict:
    """Name and value above a panel."""
    text = phrase(f"{name_label(item.name, t)} {label(item, shown, t)}", t)
    return note(
        left,
        top,
        text,
        xref="paper",
        yref="paper",
        xanchor="left",
        yanchor="bottom",
        yshift=3,
        name=f"end:{item.name.id}",
    )
