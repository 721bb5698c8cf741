"""The poll trend, a line a list that ends in its projection: together, small lists below the large, or a panel each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.blocks import FigureDict
from dashboard.drawing import CLEAR, Trace, layout, margins, name_label, nice_step, note, phrase, ticks
from dashboard.i18n import Translator
from dashboard.i18n import clean as visible
from dashboard.pages.trends import traces
from dashboard.pages.trends.marks import DESK, PHONE, Marks, Panel, Sheet, days, ends, label, levels, name_lines
from dashboard.pages.trends.numbers import LineValues, TrendValues
from dashboard.render.template import token

TOP, BOTTOM = 26, 34
BOLD = "<b></b>"
LONGEST_LABEL = 32  # letters; chart labels have 14 at most, and a longer one must not push the plot out of its frame
DESK_ROOM, PHONE_ROOM = (150, 7.4), (112, 6.2)  # right of the plot: at least so many pixels, and so many a letter
AIR = 1.06  # above the highest mark
MOST_TICKS = 8


def trend_figure(values: TrendValues, t: Translator) -> FigureDict:
    """The trend chart of the lines chosen, together or a panel each; there is at least one of them."""
    return _each(values, t) if values.panels == "each" else _together(values, t)


def _together(values: TrendValues, t: Translator) -> FigureDict:
    sheets = [(sheet, _panels(values, sheet)) for sheet in (DESK, PHONE)]
    desk, phone = (_marks(values, sheet, panels, t) for sheet, panels in sheets)
    (_, wide), (_, narrow) = sheets
    has_both = len(wide) > 1
    axes = {
        f"{panel.axis.replace('y', 'yaxis')}": _value_axis(values, panel.top, panel.domain, "x", MOST_TICKS, t)
        for panel in wide
    }
    return {  # a drag along the days chooses a period, and the page's address follows
        "data": [{**trace, **_on(panel)} for panel in wide for trace in _traces(panel.lines, values, t)],
        "layout": layout(
            DESK.height(has_both=has_both) + TOP + BOTTOM,
            (34, _room(values, DESK_ROOM, t, DESK), TOP, BOTTOM),
            hovermode="closest",
            dragmode="zoom",
            xaxis={**_days_axis(values, wide[-1].axis, t), "fixedrange": False},
            shapes=desk.shapes,
            annotations=desk.texts,
            **axes,
        ),
        "narrow": {
            "height": PHONE.height(has_both=has_both) + TOP + BOTTOM,
            "margin": margins(26, _room(values, PHONE_ROOM, t, PHONE), TOP, BOTTOM),
            "dragmode": False,
            "shapes": phone.shapes,
            "annotations": phone.texts,
            **{
                f"{panel.axis.replace('y', 'yaxis')}": _value_axis(values, panel.top, panel.domain, "x", MOST_TICKS, t)
                for panel in narrow
            },
        },
    }


def _panels(values: TrendValues, sheet: Sheet) -> list[Panel]:
    """The panels there are lines for, the large lists' on top."""
    large = tuple(item for item in values.lines if not item.is_small)
    small = tuple(item for item in values.lines if item.is_small)
    if not large or not small:
        lines = large or small
        return [Panel(lines, "y", AIR * max(item.top for item in lines), (0.0, 1.0), sheet.plot_height)]
    whole = sheet.height(has_both=True)
    foot, head = sheet.small_height / whole, 1 - sheet.plot_height / whole
    return [
        Panel(large, "y", AIR * max(item.top for item in large), (round(head, 4), 1.0), sheet.plot_height),
        Panel(small, "y2", AIR * max(item.top for item in small), (0.0, round(foot, 4)), sheet.small_height),
    ]


def _on(panel: Panel) -> Trace:
    """The axis a panel's traces stand on; the first needs none."""
    return {} if panel.axis == "y" else {"yaxis": panel.axis}


def _marks(values: TrendValues, sheet: Sheet, panels: list[Panel], t: Translator) -> Marks:
    marks = days(values, sheet, t)
    for panel in panels:
        marks += levels(values, panel, t) + ends(values, panel, t, sheet)
    return marks


def _traces(lines: Sequence[LineValues], values: TrendValues, t: Translator) -> list[Trace]:
    """From back to front: grey lines, then of those chosen dots, bands and lines, then the projection and results."""
    order = sorted(lines, key=lambda item: item.is_chosen)
    return [
        *(trace for item in order for trace in traces.open_dots(item, values, t)),  # behind: paper is in them
        *(trace for item in order for trace in traces.dots(item, values, t)),
        *(trace for item in order for trace in traces.band(item, values)),
        *(trace for item in order for trace in traces.line(item, values)),
        *traces.projected(order, values, t),
        *traces.results(order, values),
    ]


def _room(values: TrendValues, needed: tuple[int, float], t: Translator, sheet: Sheet) -> int:
    """Pixels for the longest label with its value and its hair."""
    least, letter = needed
    names = [max(name_lines(name_label(item.name, t)), key=len) for item in values.lines]
    numbers = [label(item, values, t, has_interval=sheet.has_intervals) for item in values.lines]
    plain = [f"{name} {number}" for name, number in zip(names, numbers, strict=True)]
    longest = max(len(visible(text)) - len(BOLD) for text in plain)
    return max(least, int(letter * (4 + min(longest, LONGEST_LABEL))))


def _days_axis(values: TrendValues, anchor: str, t: Translator) -> FigureDict:
    """Days, with a tick at each of the larger steps."""
    places, texts = ticks(values.days[0], values.end_day, t)
    return {
        "type": "date",
        "anchor": anchor,
        "range": [values.days[0].isoformat(), values.end_day.isoformat()],
        "tickvals": places,
        "ticktext": texts,
    }


def _value_axis(
    values: TrendValues, top: float, domain: Sequence[float], anchor: str, most_ticks: int, t: Translator
) -> FigureDict:
    places = list(range(0, int(top) + 1, nice_step(top, most_ticks)))
    return {
        "domain": list(domain),
        "anchor": anchor,
        "range": [0, top],
        "tickvals": places,
        "ticktext": [t.percent(place, 0) if values.unit == "share" else t.number(place) for place in places],
        "showgrid": True,
        "gridcolor": token("hair"),
    }


# Small multiples: a panel a line, the same days, each on its own scale from nought

TITLE = 26  # pixels above a panel for its name and value
FEW_TICKS = 3
AIR_EACH = 1.04
TINY = {"size": 11, "color": token("quiet")}


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


WIDE = Grid(columns=4, panel_height=128, gap=0.045)
NARROW = Grid(columns=2, panel_height=104, gap=0.1)


def _each(values: TrendValues, t: Translator) -> FigureDict:
    """A panel for each line chosen, the highest first; at least one of them has a line."""
    data: list[Trace] = []
    for at, item in enumerate(values.lines):
        data += [{**trace, **_axes(at)} for trace in _traces([item], values, t)]
    desk, phone = (_laid_out(values.lines, values, grid, t) for grid in (WIDE, NARROW))
    return {
        "data": data,
        "layout": layout(WIDE.height(len(values.lines)), (26, 8, 0, 0), **desk),
        "narrow": {"height": NARROW.height(len(values.lines)), "margin": margins(24, 6, 0, 0), **phone},
    }


def _number(at: int) -> str:
    return "" if at == 0 else str(at + 1)


def _axes(at: int) -> Trace:
    return {"xaxis": f"x{_number(at)}", "yaxis": f"y{_number(at)}"}


def _laid_out(lines: Sequence[LineValues], values: TrendValues, grid: Grid, t: Translator) -> dict[str, Any]:
    """Axes and titles of every panel."""
    axes: dict[str, Any] = {"annotations": []}
    for at, item in enumerate(lines):
        wide, tall = grid.domains(at, len(lines), is_rtl=t.is_rtl)
        axes[f"xaxis{_number(at)}"] = _few_days(values, wide, f"y{_number(at)}", t)
        tight = _value_axis(values, AIR_EACH * item.top, tall, f"x{_number(at)}", FEW_TICKS, t)
        axes[f"yaxis{_number(at)}"] = {**tight, "tickfont": TINY}
        axes["annotations"].append(_title(item, values, wide[0], tall[1], t))
    return axes


def _few_days(values: TrendValues, domain: list[float], anchor: str, t: Translator) -> FigureDict:
    """The first and the last tick only: a panel is narrow."""
    axis = _days_axis(values, anchor, t)
    places, texts = axis["tickvals"], axis["ticktext"]
    ends = sorted({0, len(places) - 1}) if places else []
    return {
        **axis,
        "domain": domain,
        "tickvals": [places[at] for at in ends],
        "ticktext": [texts[at].replace("<br>", " ") for at in ends],
        "tickfont": TINY,
        "ticks": "outside",
        "ticklen": 5,
        "tickcolor": CLEAR,
    }


def _title(item: LineValues, values: TrendValues, left: float, top: float, t: Translator) -> FigureDict:
    """Name and value above a panel."""
    text = phrase(f"{name_label(item.name, t)} {label(item, values, t)}", t)
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
