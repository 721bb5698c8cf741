"""The poll trend: a line a list that ends in its projection; large lists above, small ones at the threshold below."""

from dashboard.blocks import FigureDict
from dashboard.drawing import Trace, layout, margins, name_label, nice_step, ticks
from dashboard.i18n import Translator
from dashboard.i18n import clean as visible
from dashboard.pages.trends import multiples, traces
from dashboard.pages.trends.marks import DESK, PHONE, Marks, Panel, Sheet, days, ends, label, levels, name_lines
from dashboard.pages.trends.numbers import TrendValues
from dashboard.render.template import token

TOP, BOTTOM = 26, 34
BOLD = "<b></b>"
LONGEST_LABEL = 32  # letters; chart labels have 14 at most, and a longer one must not push the plot out of its frame
DESK_ROOM, PHONE_ROOM = (150, 7.4), (112, 6.2)  # right of the plot: at least so many pixels, and so many a letter
AIR = 1.06  # above the highest mark
MOST_TICKS = 8


def trend_figure(shown: TrendValues, t: Translator) -> FigureDict:
    """The trend chart of the lines chosen, together or a panel each; there is at least one of them."""
    return multiples.multiples_figure(shown, t) if shown.panels == "each" else _together(shown, t)


def _together(shown: TrendValues, t: Translator) -> FigureDict:
    sheets = [(sheet, _panels(shown, sheet)) for sheet in (DESK, PHONE)]
    desk, phone = (_marks(shown, sheet, panels, t) for sheet, panels in sheets)
    (_, wide), (_, narrow) = sheets
    has_both = len(wide) > 1
    axes = {f"{panel.axis.replace('y', 'yaxis')}": _value_axis(shown, panel, t) for panel in wide}
    return {
        "data": [trace for panel in wide for trace in _traces(shown, panel, t)],
        "layout": layout(
            DESK.height(has_both=has_both) + TOP + BOTTOM,
            (34, _room(shown, DESK_ROOM, t, DESK), TOP, BOTTOM),
            hovermode="closest",
            dragmode="zoom",
            xaxis=_days_axis(shown, wide[-1].axis, t),
            shapes=desk.shapes,
            annotations=desk.texts,
            **axes,
        ),
        "narrow": {
            "height": PHONE.height(has_both=has_both) + TOP + BOTTOM,
            "margin": margins(26, _room(shown, PHONE_ROOM, t, PHONE), TOP, BOTTOM),
            "dragmode": False,
            "shapes": phone.shapes,
            "annotations": phone.texts,
            **{f"{panel.axis.replace('y', 'yaxis')}": _value_axis(shown, panel, t) for panel in narrow},
        },
    }


def _panels(shown: TrendValues, sheet: Sheet) -> list[Panel]:
    """The panels there are lines for, the large lists' on top."""
    large = tuple(item for item in shown.lines if not item.is_small)
    small = tuple(item for item in shown.lines if item.is_small)
    if not large or not small:
        lines = large or small
        return [Panel(lines, "y", AIR * max(item.top for item in lines), (0.0, 1.0), sheet.plot_height)]
    whole = sheet.height(has_both=True)
    foot, head = sheet.small_height / whole, 1 - sheet.plot_height / whole
    return [
        Panel(large, "y", AIR * max(item.top for item in large), (round(head, 4), 1.0), sheet.plot_height),
        Panel(small, "y2", AIR * max(item.top for item in small), (0.0, round(foot, 4)), sheet.small_height),
    ]


def _marks(shown: TrendValues, sheet: Sheet, panels: list[Panel], t: Translator) -> Marks:
    marks = days(shown, sheet, t)
    for panel in panels:
        marks += levels(shown, panel, t) + ends(shown, panel, t, sheet)
    return marks


def _traces(shown: TrendValues, panel: Panel, t: Translator) -> list[Trace]:
    """From back to front: grey lines, then of those chosen dots, bands and lines, then the projection and results."""
    order = sorted(panel.lines, key=lambda item: item.is_chosen)
    found = [
        *(trace for item in order for trace in traces.dots(item, shown, t)),
        *(trace for item in order for trace in traces.band(item, shown)),
        *(trace for item in order for trace in traces.line(item, shown)),
        *traces.projected(order, shown, t),
        *traces.results(order, shown),
    ]
    return found if panel.axis == "y" else [{**trace, "yaxis": panel.axis} for trace in found]


def _room(shown: TrendValues, needed: tuple[int, float], t: Translator, sheet: Sheet) -> int:
    """Pixels for the longest label with its value and its hair."""
    least, letter = needed
    names = [max(name_lines(name_label(item.name, t)), key=len) for item in shown.lines]
    numbers = [label(item, shown, t, has_interval=sheet.has_intervals) for item in shown.lines]
    plain = [f"{name} {number}" for name, number in zip(names, numbers, strict=True)]
    longest = max(len(visible(text)) - len(BOLD) for text in plain)
    return max(least, int(letter * (4 + min(longest, LONGEST_LABEL))))


def _days_axis(shown: TrendValues, anchor: str, t: Translator) -> FigureDict:
    """Days; a drag along them chooses a period, and the page's address follows."""
    places, texts = ticks(shown.days[0], shown.end_day, t)
    return {
        "type": "date",
        "anchor": anchor,
        "range": [shown.days[0].isoformat(), shown.end_day.isoformat()],
        "fixedrange": False,
        "tickvals": places,
        "ticktext": texts,
    }


def _value_axis(shown: TrendValues, panel: Panel, t: Translator) -> FigureDict:
    step = nice_step(panel.top, MOST_TICKS)
    places = list(range(0, int(panel.top) + 1, step))
    texts = [t.percent(place, 0) if shown.unit == "share" else t.number(place) for place in places]
    return {
        "domain": list(panel.domain),
        "anchor": "x",
        "range": [0, panel.top],
        "tickvals": places,
        "ticktext": texts,
        "showgrid": True,
        "gridcolor": token("hair"),
    }
