"""What the figures of all pages share: axes, shapes, texts that stay text, ticks of dates, labels pushed apart.

A figure is `{"data", "layout", "narrow"}`; `narrow` holds what a phone lays out differently. It says only what differs
from the template (render.template), and is drawn by Plotly in a browser and by render.svg everywhere else.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from html import escape
from typing import Any

from dashboard.blocks import FigureDict, Name
from dashboard.i18n import POP_ISOLATE, RIGHT_TO_LEFT_ISOLATE, Translator, in_figure
from dashboard.render.template import token

Trace = dict[str, Any]
SMALL = {"size": 12, "color": token("quiet")}
CLEAR = "rgba(0,0,0,0)"


def label(text: str) -> str:
    """A name from data as a text of the drawing: no tags, marks in place.

    >>> label("<b>x</b>")
    '&lt;b&gt;x&lt;/b&gt;'
    """
    return in_figure(escape(text, quote=False)) if text else ""


def name_label(name: Name, t: Translator) -> str:
    """A name in the drawing's language, as a text of the drawing."""
    return label(t.pick(name.texts, name.id))


def in_two_lines(name: str, letters: int, t: Translator) -> str:
    """A label longer than so many letters, broken between the two words nearest its middle; each runs its own way."""
    parts = name.split(" ")
    if len(name) <= letters or len(parts) < 2:
        return phrase(name, t)
    ends = [len(" ".join(parts[:at])) for at in range(1, len(parts))]
    at = min(range(len(ends)), key=lambda one: abs(ends[one] - len(name) / 2)) + 1
    return "<br>".join(phrase(" ".join(line), t) for line in (parts[:at], parts[at:]))


def phrase(text: str, t: Translator) -> str:
    """A phrase of ours inside the left-to-right drawing; right to left where the language is, numbers included."""
    return f"{RIGHT_TO_LEFT_ISOLATE}{text}{POP_ISOLATE}" if t.is_rtl else text


def layout(height: int, margin: tuple[int, int, int, int], **properties: Any) -> FigureDict:
    """A layout; margin is left, right, top, bottom, in pixels."""
    return {"height": height, "margin": margins(*margin), **properties}


def margins(left: int, right: int, top: int, bottom: int) -> dict[str, int]:
    return {"l": left, "r": right, "t": top, "b": bottom, "pad": 0}


def rows_axis(names: Sequence[str], places: Sequence[float], **properties: Any) -> FigureDict:
    """An upright axis with a name a row, the first on top."""
    return {
        "range": [len(names) - 0.4, -0.6],
        "tickvals": list(places),
        "ticktext": list(names),
        "tickfont": {"size": 13, "color": token("ink")},
        "ticks": "outside",
        "ticklen": 8,
        "tickcolor": CLEAR,
        **properties,
    }


def line(x0: object, x1: object, y0: object, y1: object, colour: str, width: float, **properties: Any) -> FigureDict:
    """A straight line as a shape."""
    return {
        "type": "line",
        "x0": x0,
        "x1": x1,
        "y0": y0,
        "y1": y1,
        "line": {"color": colour, "width": width},
        "layer": "between",
        **properties,
    }


def marks(
    name: str, x: Sequence[Any], y: Sequence[Any], size: float, colour: Any, edge: Any, width: float, **properties: Any
) -> Trace:
    """Dots as a trace, each in its colour with an edge, whole at the plot's border; `properties` are what they say."""
    symbol = {"symbol": properties.pop("symbol")} if "symbol" in properties else {}
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "cliponaxis": False,
        "x": list(x),
        "y": list(y),
        **properties,
        "marker": {**symbol, "size": size, "color": colour, "line": {"color": edge, "width": width}},
    }


HOVER = {"hovertemplate": "%{hovertext}<extra></extra>"}  # with a text a mark


def bars(name: str, x: Iterable[Any], y: Iterable[Any], width: float, colour: Any, **properties: Any) -> Trace:
    """Bars as a trace, filled and without an edge; `properties` are how they lie and what they say."""
    marker = {"color": colour, "line": {"width": 0}}
    return {"type": "bar", "name": name, "x": list(x), "y": list(y), "width": width, "marker": marker, **properties}


def note(x: object, y: object, text: str, **properties: Any) -> FigureDict:
    """A piece of text at a place, without an arrow."""
    return {"x": x, "y": y, "text": text, "showarrow": False, **properties}


def name_room(names: Sequence[str], per_letter: int = 8, most: int = 150) -> int:
    """Pixels left of an axis for the longest line of a name."""
    return min(most, 16 + per_letter * max((len(line) for name in names for line in name.split("<br>")), default=8))


def nice_step(length: float, most: int) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50, … that divides a length into at most so many steps.

    >>> [nice_step(length, 5) for length in (4, 12, 40, 208)]
    [1, 5, 10, 50]
    """
    step = 1
    while length / step > most:
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    return step


# Up to so many days: a tick every so many months (0: every week).
STEPS = ((45, 0), (210, 1), (430, 2), (800, 3), (1700, 6))


def ticks(start: date, end: date, t: Translator) -> tuple[list[str], list[str]]:
    """Places and texts: days for a short period, months for a long one, the year under January and the first."""
    length = (end - start).days
    months = next((step for days, step in STEPS if length <= days), 12)
    if months == 0:
        days = [start + timedelta(days=at) for at in range(0, length + 1, 7)]
        return [day.isoformat() for day in days], [t.day(day) for day in days]
    firsts = [day for day in _first_days(start, end) if (day.month - 1) % months == 0]
    texts = []
    for at, day in enumerate(firsts):
        has_year = at == 0 or day.month == 1 or day.year != firsts[at - 1].year
        texts.append(f"{t.month(day)}<br>{day.year}" if has_year else t.month(day))
    return [day.isoformat() for day in firsts], texts


def _first_days(start: date, end: date) -> list[date]:
    days = []
    for months in range(start.year * 12 + start.month - 1, end.year * 12 + end.month):
        day = date(months // 12, months % 12 + 1, 1)
        if start <= day <= end:
            days.append(day)
    return days


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places at least `gap` apart, near the wanted ones, in their order, inside low–high while there is room.

    Clusters that touch are pooled around their mean, which is the least-squares answer.

    >>> spread([10.0, 10.0, 3.0], 2.0, 0.0, 20.0)
    [11.0, 9.0, 3.0]
    """
    order = sorted(range(len(wanted)), key=lambda at: (wanted[at], -at))
    pools: list[list[float]] = []  # sum of (wanted - offset), count
    for rank, at in enumerate(order):
        pools.append([wanted[at] - rank * gap, 1.0])
        while len(pools) > 1 and pools[-2][0] / pools[-2][1] > pools[-1][0] / pools[-1][1]:
            total, count = pools.pop()
            pools[-1][0] += total
            pools[-1][1] += count
    levels = [total / count for total, count in pools for _ in range(int(count))]
    room = max(low, high - gap * (len(wanted) - 1))
    places = [0.0] * len(wanted)
    for rank, (at, level) in enumerate(zip(order, levels, strict=True)):
        places[at] = min(max(level, low), room) + rank * gap
    return places
