"""The traces of the trend chart: polls as dots, bands, lines with their thin parts, results."""

from collections.abc import Mapping, Sequence

from dashboard.figures.base import Trace
from dashboard.figures.trend_scale import (
    Scale,
    TrendChoice,
    Values,
    colour,
    dot_value,
    high,
    low,
    shortened,
    shown_dots,
    values,
)
from dashboard.theme import token
from pipelines.editions.schema import TrendLine

MANY_DOTS = 150  # of one list: above, they are drawn fainter


def dots(item: TrendLine, scale: Scale, choice: TrendChoice) -> list[Trace]:
    """Every poll as a faint dot; the polls of one firm stand out."""
    shown = shown_dots(item, scale.start, choice)
    if not shown:
        return []
    opacity = 0.7 if choice.polls is not None else 0.28 if len(shown) <= MANY_DOTS else 0.16
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "name": f"polls:{item.id}",
            "hoverinfo": "skip",
            "x": [dot.date.isoformat() for dot in shown],
            "y": [shortened(dot_value(dot, choice)) for dot in shown],
            "marker": {"size": 4, "color": colour(choice, item.id), "opacity": opacity, "line": {"width": 0}},
        }
    ]


def band(item: TrendLine, scale: Scale, choice: TrendChoice) -> list[Trace]:
    """The 90 % band as one closed outline per unbroken stretch."""
    upper, lower = high(item, choice), low(item, choice)
    if choice.smoother != "model" or all(value is None for value in lower):
        return []
    xs: list[str | None] = []
    ys: list[float | None] = []
    for stretch in stretches([upper[at] for at in scale.points]):
        there = [(scale.days[at], shortened(upper[scale.points[at]])) for at in stretch]
        back = [(scale.days[at], shortened(lower[scale.points[at]])) for at in reversed(stretch)]
        if xs:
            xs.append(None)
            ys.append(None)
        xs += [day for day, _ in there + back]
        ys += [value for _, value in there + back]
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "name": f"band:{item.id}",
            "hoverinfo": "skip",
            "x": xs,
            "y": ys,
            "fill": "toself",
            "fillcolor": colour(choice, item.id, 14),
            "line": {"width": 0},
        }
    ]


def line(item: TrendLine, scale: Scale, choice: TrendChoice, name: str) -> list[Trace]:
    """The line, and its thin parts on their own, faint; nulls break both."""
    drawn = values(item, choice)
    points = [shortened(drawn[at]) for at in scale.points]
    thin = [item.thin[at] for at in scale.points]
    firm = [None if is_thin and not _borders(thin, at) else points[at] for at, is_thin in enumerate(thin)]
    common: Trace = {"type": "scatter", "mode": "lines", "x": list(scale.days)}
    traces = [
        {
            **common,
            "name": f"line:{item.id}",
            "y": firm,
            "line": {"color": colour(choice, item.id), "width": 2.5},
            "hovertemplate": f"{name} %{{y:.1f}}<extra></extra>",
        }
    ]
    if any(thin):
        faint = [point if is_thin else None for point, is_thin in zip(points, thin, strict=True)]
        traces.append(
            {
                **common,
                "name": f"thin:{item.id}",
                "y": faint,
                "hoverinfo": "skip",
                "line": {"color": colour(choice, item.id, 40), "width": 2.5},
            }
        )
    return traces


def results(
    day: str, elected: Mapping[str, int] | None, lines: Sequence[TrendLine], choice: TrendChoice
) -> list[Trace]:
    """The recorded result as diamonds on the day of the vote."""
    if elected is None:
        return []
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "name": "result",
            "hoverinfo": "skip",
            "cliponaxis": False,
            "x": [day] * len(lines),
            "y": [elected.get(item.id, 0) for item in lines],
            "marker": {
                "symbol": "diamond",
                "size": 10,
                "color": [colour(choice, item.id) for item in lines],
                "line": {"color": token("ink"), "width": 1.25},
            },
        }
    ]


def stretches(series: Values) -> list[list[int]]:
    """Places of unbroken runs of values.

    >>> stretches([1.0, None, 2.0, 3.0])
    [[0], [2, 3]]
    """
    runs: list[list[int]] = []
    for at, value in enumerate(series):
        if value is None:
            continue
        if runs and runs[-1][-1] == at - 1:
            runs[-1].append(at)
        else:
            runs.append([at])
    return runs


def _borders(thin: Sequence[bool], at: int) -> bool:
    """A thin point beside a firm one belongs to both, so that the line does not break there."""
    return (at > 0 and not thin[at - 1]) or (at + 1 < len(thin) and not thin[at + 1])
