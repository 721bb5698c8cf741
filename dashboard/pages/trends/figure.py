"""The poll trend: a line a list with its band and its polls, labelled where it ends."""

from dashboard.blocks import FigureDict
from dashboard.drawing import Trace, layout, margins, name_label, nice_step, ticks
from dashboard.i18n import Translator
from dashboard.pages.trends import multiples, traces
from dashboard.pages.trends.marks import DESK, PHONE, Marks, Sheet, end_marks, event_marks, levels
from dashboard.pages.trends.numbers import TrendValues
from dashboard.render.template import token

TOP, BOTTOM = 26, 34
LONGEST_LABEL = 24  # letters; chart labels have 14 at most, and a longer one must not push the plot out of its frame
DESK_ROOM, PHONE_ROOM = (138, 8.2), (108, 6.4)  # right of the plot: at least so many pixels, and so many a letter
AIR = 1.04  # above the highest mark
MOST_TICKS = 9


def trend_figure(shown: TrendValues, t: Translator) -> FigureDict:
    """The trend chart of the lines chosen, together or a panel each; there is at least one of them."""
    return multiples.multiples_figure(shown, t) if shown.panels == "each" else _together(shown, t)


def _together(shown: TrendValues, t: Translator) -> FigureDict:
    top = AIR * max(item.top for item in shown.lines)

    def marks(sheet: Sheet) -> Marks:
        return levels(shown, t) + event_marks(shown, sheet) + end_marks(shown, top, t, sheet)

    desk, phone = marks(DESK), marks(PHONE)
    return {
        "data": _traces(shown, t),
        "layout": layout(
            DESK.plot_height + TOP + BOTTOM,
            (34, _room(shown, DESK_ROOM, t), TOP, BOTTOM),
            hovermode="x unified",
            dragmode="zoom",
            xaxis=_days_axis(shown, t),
            yaxis=_value_axis(shown, top, t),
            shapes=desk.shapes,
            annotations=desk.texts,
        ),
        "narrow": {
            "height": PHONE.plot_height + TOP + BOTTOM,
            "margin": margins(26, _room(shown, PHONE_ROOM, t), TOP, BOTTOM),
            "dragmode": False,
            "shapes": phone.shapes,
            "annotations": phone.texts,
        },
    }


def _traces(shown: TrendValues, t: Translator) -> list[Trace]:
    """From back to front: dots, bands, lines, results."""
    firms = traces.firm_labels(shown, t)
    return [
        *(trace for item in shown.lines for trace in traces.dots(item, shown, firms, t)),
        *(trace for item in shown.lines for trace in traces.band(item, shown)),
        *(trace for item in shown.lines for trace in traces.line(item, shown, t)),
        *traces.results(shown.lines, shown),
    ]


def _room(shown: TrendValues, needed: tuple[int, float], t: Translator) -> int:
    """Pixels for the longest label with its value and its hair."""
    least, letter = needed
    longest = max(len(name_label(item.name, t)) for item in shown.lines)
    return max(least, int(letter * (6 + min(longest, LONGEST_LABEL))))


def _days_axis(shown: TrendValues, t: Translator) -> FigureDict:
    """Days; a drag along them chooses a period, and the page's address follows."""
    places, texts = ticks(shown.days[0], shown.end_day, t)
    return {
        "type": "date",
        "range": [shown.days[0].isoformat(), shown.end_day.isoformat()],
        "fixedrange": False,
        "tickvals": places,
        "ticktext": texts,
        "hoverformat": "%-d.%-m.%Y",
    }


def _value_axis(shown: TrendValues, top: float, t: Translator) -> FigureDict:
    step = nice_step(top, MOST_TICKS)
    places = list(range(0, int(top) + 1, step))
    texts = [t.percent(place, 0) if shown.unit == "share" else t.number(place) for place in places]
    return {
        "range": [0, top],
        "tickvals": places,
        "ticktext": texts,
        "showgrid": True,
        "gridcolor": token("hair"),
    }
