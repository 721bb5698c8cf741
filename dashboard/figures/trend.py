"""The poll trend: a line a list with its band and its polls, labelled where it ends.

The number of points is bounded whatever the length of the campaign, so that the drawing stays small.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from dashboard.figures.base import Figure, Trace, axis, label, layout, line, note
from dashboard.figures.calendar import ticks
from dashboard.figures.labels import spread
from dashboard.i18n import Translator
from dashboard.theme import list_colour, token
from pipelines.editions.schema import Dot, Event, ListReference, Projection, Trend, TrendLine

MOST_POINTS = 240
HEIGHT, TOP, BOTTOM = 600, 26, 34
LABEL_HEIGHT = 17  # pixels
EVENT_GAP = 0.022  # of the width: nearer numbers share one mark

Unit = Literal["seats", "share"]
Smoother = Literal["model", "lowess"]
Values = Sequence[float | None]


@dataclass(frozen=True)
class TrendChoice:
    """What the reader asked the trend chart for; `days` None is the whole campaign."""

    unit: Unit
    smoother: Smoother
    lists: tuple[str, ...]
    days: int | None


@dataclass(frozen=True)
class Scale:
    """The days drawn, the ones given as points, and the top of the value axis."""

    start: date
    end: date
    last: date
    points: tuple[int, ...]
    top: float


def drawn_lines(trend: Trend, choice: TrendChoice) -> list[TrendLine]:
    """The chosen lists that have a line, the highest at the end first."""
    kept = [item for item in trend.lines if item.id in choice.lists]
    return sorted(kept, key=lambda item: (-(_last(values(item, choice)) or -1), item.id))


def values(item: TrendLine, choice: TrendChoice) -> Values:
    """The line in the unit and smoother asked for; shares in per cent."""
    if choice.unit == "seats":
        return item.seats if choice.smoother == "model" else item.lowess_seats
    return _percent(item.share if choice.smoother == "model" else item.lowess_share)


def trend_figure(
    trend: Trend, projection: Projection, lists: Mapping[str, ListReference], events: Sequence[Event],
    choice: TrendChoice, t: Translator,
) -> Figure:
    """The trend chart; empty data where no chosen list has a line."""
    lines = drawn_lines(trend, choice)
    scale = _scale(trend, projection, lines, choice)
    days = [trend.dates[at].isoformat() for at in scale.points]
    data: list[Trace] = []
    for item in lines:
        data += _dots(item, scale, choice)
    for item in lines:
        data += _band(item, scale, days, choice)
    for item in lines:
        data += _line(item, scale, days, choice, label(t.short(lists[item.id])))
    data += _results(projection, lines, choice)
    ends = _ends(lines, lists, scale, choice, t)
    marks = _events(events, scale)
    drawn = layout(
        HEIGHT, (34, 138, TOP, BOTTOM), hovermode="x unified", xaxis=_days_axis(scale, t), yaxis=_value_axis(scale, choice, t),
        shapes=[_zone(projection, choice), *marks[0], *ends[0]],
        annotations=[_zone_text(projection, choice, t), *marks[1], *ends[1]],
    )
    narrow = {
        "height": 460, "margin": {"l": 26, "r": 104, "t": TOP, "b": BOTTOM, "pad": 0},
        **_narrow_ends(lines, lists, scale, choice, t, marks, drawn),
    }
    return {"data": data, "layout": drawn, "narrow": narrow}


def threshold_level(projection: Projection, unit: Unit) -> float:
    """The threshold on the value axis: per cent, or seats by the same formula as the trend's seats."""
    if unit == "share":
        return projection.threshold_pct
    above = [item.trend_share_pct for item in projection.lists if item.trend_share_pct >= projection.threshold_pct]
    return projection.house_size * projection.threshold_pct / (sum(above) or 100.0)


def numbered(events: Sequence[Event], start: date, end: date) -> list[tuple[int, Event]]:
    """The events of a period with the numbers that mark them."""
    return list(enumerate((event for event in events if start <= event.date <= end), start=1))


def first_day(trend: Trend, days: int | None) -> date:
    """Where the drawing begins."""
    first, last = trend.dates[0], trend.dates[-1]
    return first if days is None else max(first, last - timedelta(days=days))


def _percent(shares: Values) -> Values:
    return [None if share is None else 100 * share for share in shares]


def _last(line_values: Values) -> float | None:
    return line_values[-1] if line_values else None


def _scale(trend: Trend, projection: Projection, lines: Sequence[TrendLine], choice: TrendChoice) -> Scale:
    start = first_day(trend, choice.days)
    first = trend.dates.index(start)
    last = len(trend.dates) - 1
    step = max(1, -(-(last - first) // MOST_POINTS))
    points = tuple(range(last, first - 1, -step))[::-1]
    numbers = [1.0]
    for item in lines:
        numbers += [value for value in _high(item, choice)[first:] if value is not None]
        numbers += [_dot_value(dot, choice) for dot in item.dots if dot.date >= start]
    end = trend.dates[-1]
    if projection.result is not None and choice.unit == "seats":
        end = max(end, projection.election_date)
        numbers += [float(projection.result.get(item.id, 0)) for item in lines]
    return Scale(start, end, trend.dates[-1], points, max(numbers) * 1.04)


def _high(item: TrendLine, choice: TrendChoice) -> Values:
    if choice.smoother == "lowess":
        return values(item, choice)
    return item.seats_high if choice.unit == "seats" else _percent(item.share_high)


def _low(item: TrendLine, choice: TrendChoice) -> Values:
    return item.seats_low if choice.unit == "seats" else _percent(item.share_low)


def _dot_value(dot: Dot, choice: TrendChoice) -> float:
    return dot.seats if choice.unit == "seats" else 100 * dot.share


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _dots(item: TrendLine, scale: Scale, choice: TrendChoice) -> list[Trace]:
    shown = [dot for dot in item.dots if dot.date >= scale.start]
    if not shown:
        return []
    return [{
        "type": "scatter", "mode": "markers", "name": f"polls:{item.id}", "hoverinfo": "skip",
        "x": [dot.date.isoformat() for dot in shown],
        "y": [_short(_dot_value(dot, choice)) for dot in shown],
        "marker": {"size": 4, "color": list_colour(item.id), "opacity": 0.28, "line": {"width": 0}},
    }]


def _band(item: TrendLine, scale: Scale, days: Sequence[str], choice: TrendChoice) -> list[Trace]:
    """The 90 % band as one closed outline per unbroken stretch."""
    if choice.smoother == "lowess":
        return []
    high, low = _high(item, choice), _low(item, choice)
    xs: list[str | None] = []
    ys: list[float | None] = []
    for stretch in _stretches([high[at] for at in scale.points]):
        there = [(days[at], _short(high[scale.points[at]])) for at in stretch]
        back = [(days[at], _short(low[scale.points[at]])) for at in reversed(stretch)]
        if xs:
            xs.append(None)
            ys.append(None)
        xs += [day for day, _ in there + back]
        ys += [value for _, value in there + back]
    return [{
        "type": "scatter", "mode": "lines", "name": f"band:{item.id}", "hoverinfo": "skip", "x": xs, "y": ys,
        "fill": "toself", "fillcolor": list_colour(item.id, 14), "line": {"width": 0},
    }]


def _stretches(series: Values) -> list[list[int]]:
    """Places of unbroken runs of values."""
    runs: list[list[int]] = []
    for at, value in enumerate(series):
        if value is None:
            continue
        if at and series[at - 1] is not None and runs:
            runs[-1].append(at)
        else:
            runs.append([at])
    return runs


def _line(item: TrendLine, scale: Scale, days: Sequence[str], choice: TrendChoice, name: str) -> list[Trace]:
    """The line, and its thin parts again on their own: faint, and without a word in the hover."""
    drawn = values(item, choice)
    line_values = [_short(drawn[at]) for at in scale.points]
    thin = [item.thin[at] for at in scale.points]
    firm = [None if is_thin and not _borders(thin, at) else value for at, (value, is_thin) in enumerate(zip(line_values, thin, strict=True))]
    traces = [{
        "type": "scatter", "mode": "lines", "name": f"line:{item.id}", "x": list(days), "y": firm,
        "line": {"color": list_colour(item.id), "width": 2.5}, "hoverinfo": "skip",
    }]
    if any(thin):
        faint = [value if is_thin else None for value, is_thin in zip(line_values, thin, strict=True)]
        traces.append({
            "type": "scatter", "mode": "lines", "name": f"thin:{item.id}", "x": list(days), "y": faint,
            "line": {"color": list_colour(item.id, 38), "width": 2.5}, "hoverinfo": "skip",
        })
    traces[0].update(hoverinfo="all", hovertemplate=f"{name} %{{y:.1f}}<extra></extra>")
    return traces


def _borders(thin: Sequence[bool], at: int) -> bool:
    """A thin point beside a firm one belongs to both, so that the line does not break there."""
    return (at > 0 and not thin[at - 1]) or (at + 1 < len(thin) and not thin[at + 1])


def _results(projection: Projection, lines: Sequence[TrendLine], choice: TrendChoice) -> list[Trace]:
    if projection.result is None or choice.unit != "seats":
        return []
    return [{
        "type": "scatter", "mode": "markers", "name": "result", "hoverinfo": "skip", "cliponaxis": False,
        "x": [projection.election_date.isoformat()] * len(lines),
        "y": [projection.result.get(item.id, 0) for item in lines],
        "marker": {
            "symbol": "diamond", "size": 10, "color": [list_colour(item.id) for item in lines],
            "line": {"color": token("ink"), "width": 1.25},
        },
    }]


def _days_axis(scale: Scale, t: Translator) -> Figure:
    places, texts = ticks(scale.start, scale.end, t)
    return axis(
        type="date", range=[scale.start.isoformat(), scale.end.isoformat()], tickvals=places, ticktext=texts,
        hoverformat="%-d.%-m.%Y", showspikes=False,
    )


def _value_axis(scale: Scale, choice: TrendChoice, t: Translator) -> Figure:
    step = 5 if scale.top > 16 else 2
    places = list(range(0, int(scale.top) + 1, step))
    texts = [t.percent(place, 0) if choice.unit == "share" else str(place) for place in places]
    return axis(range=[0, scale.top], tickvals=places, ticktext=texts, showgrid=True, gridcolor=token("hair"))


def _zone(projection: Projection, choice: TrendChoice) -> Figure:
    return {
        "type": "rect", "name": "threshold", "xref": "paper", "x0": 0, "x1": 1, "y0": 0,
        "y1": round(threshold_level(projection, choice.unit), 2),
        "fillcolor": token("zone"), "line": {"width": 0}, "layer": "below",
    }


def _zone_text(projection: Projection, choice: TrendChoice, t: Translator) -> Figure:
    return note(
        0, round(threshold_level(projection, choice.unit), 2), t("trends.threshold"), xref="paper", xanchor="left",
        yanchor="top", xshift=4, font={"size": 12, "color": token("quiet")},
    )


def _events(events: Sequence[Event], scale: Scale) -> tuple[list[Figure], list[Figure]]:
    """Hairlines with numbers above; what lies too close together shares a mark."""
    length = max(1, (scale.end - scale.start).days)
    groups: list[list[tuple[int, Event]]] = []
    for number, event in numbered(events, scale.start, scale.end):
        if groups and (event.date - groups[-1][0][1].date).days / length < EVENT_GAP:
            groups[-1].append((number, event))
        else:
            groups.append([(number, event)])
    shapes, texts = [], []
    for group in groups:
        day = group[0][1].date.isoformat()
        said = str(group[0][0]) if len(group) == 1 else f"{group[0][0]}–{group[-1][0]}"
        shapes.append(line(day, day, 0, 1, token("hair"), 1, yref="paper", name="event"))
        texts.append(note(
            day, 1, said, yref="paper", yanchor="bottom", yshift=3, font={"size": 12, "color": token("quiet")}
        ))
    return shapes, texts


Drawn = tuple[list[Figure], list[Figure]]


def _ends(
    lines: Sequence[TrendLine], lists: Mapping[str, ListReference], scale: Scale, choice: TrendChoice, t: Translator,
    height: int = HEIGHT, gap: float = 0.016,
) -> Drawn:
    """Names and values at the lines' ends, pushed apart, each joined to its line by a hair."""
    ending = [(item, value) for item in lines if (value := _last(values(item, choice))) is not None]
    unit = scale.top / (height - TOP - BOTTOM)
    places = spread([value for _, value in ending], LABEL_HEIGHT * unit, 0.0, scale.top)
    shapes, texts = [], []
    for (item, value), place in zip(ending, places, strict=True):
        shapes.append(line(1, 1 + gap, round(value, 2), round(place, 2), list_colour(item.id), 2, xref="paper", name="hair"))
        number = t.percent(value) if choice.unit == "share" else t.number(value)
        texts.append(note(
            1 + gap, round(place, 2), f"{label(t.short(lists[item.id]))} <b>{number}</b>", xref="paper",
            xanchor="left", xshift=2, font={"size": 13}, name=f"end:{item.id}",
        ))
    return shapes, texts


def _narrow_ends(
    lines: Sequence[TrendLine], lists: Mapping[str, ListReference], scale: Scale, choice: TrendChoice, t: Translator,
    marks: Drawn, drawn: Figure,
) -> Figure:
    ends = _ends(lines, lists, scale, choice, t, height=460, gap=0.035)
    for text in ends[1]:
        text["font"] = {"size": 12}
    return {
        "shapes": [drawn["shapes"][0], *marks[0], *ends[0]],
        "annotations": [drawn["annotations"][0], *marks[1], *ends[1]],
        "font": {**drawn["font"], "size": 12},
    }
