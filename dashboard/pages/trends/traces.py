"""The traces of the trend chart: polls as dots, bands, lines with their thin parts, results."""

from collections.abc import Mapping, Sequence

from dashboard.drawing import Trace, name_label, phrase
from dashboard.i18n import Translator
from dashboard.pages.trends.numbers import LineValues, Series, TrendValues
from dashboard.render.template import token

MANY_DOTS = 150  # of one list: above, they are drawn fainter


def firm_labels(shown: TrendValues, t: Translator) -> dict[str, str]:
    """The firms of the polls on show, as texts of the drawing, by the polls' ids."""
    texts = {name.id: name_label(name, t) for name in shown.firms.values()}
    return {poll: texts[name.id] for poll, name in shown.firms.items()}


def dots(item: LineValues, shown: TrendValues, firms: Mapping[str, str], t: Translator) -> list[Trace]:
    """Every poll as a faint dot that names its firm; the polls of one firm stand out."""
    if not item.dots:
        return []
    opacity = 0.7 if shown.is_one_firm else 0.28 if len(item.dots) <= MANY_DOTS else 0.16
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "name": f"polls:{item.name.id}",
            "x": [dot.day.isoformat() for dot in item.dots],
            "y": [dot.value for dot in item.dots],
            "text": [firms.get(dot.poll, "") for dot in item.dots],
            "hovertemplate": phrase(f"{name_label(item.name, t)} · %{{text}}: %{{y}}", t) + "<extra></extra>",
            "marker": {"size": 4, "color": token(item.name.colour), "opacity": opacity, "line": {"width": 0}},
        }
    ]


def band(item: LineValues, shown: TrendValues) -> list[Trace]:
    """The 90 % band as one closed outline per unbroken stretch."""
    if not item.low:
        return []
    days = [day.isoformat() for day in shown.days]
    xs: list[str | None] = []
    ys: list[float | None] = []
    for stretch in stretches(item.high):
        if xs:
            xs.append(None)
            ys.append(None)
        xs += [days[at] for at in (*stretch, *reversed(stretch))]
        ys += [*(item.high[at] for at in stretch), *(item.low[at] for at in reversed(stretch))]
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "name": f"band:{item.name.id}",
            "hoverinfo": "skip",
            "x": xs,
            "y": ys,
            "fill": "toself",
            "fillcolor": token(item.name.colour, 14),
            "line": {"width": 0},
        }
    ]


def line(item: LineValues, shown: TrendValues, t: Translator) -> list[Trace]:
    """The line, and its thin parts on their own, faint; nulls break both."""
    thin, level = item.is_thin, item.level
    firm = [None if is_thin and not _borders(thin, at) else level[at] for at, is_thin in enumerate(thin)]
    common: Trace = {"type": "scatter", "mode": "lines", "x": [day.isoformat() for day in shown.days]}
    traces = [
        {
            **common,
            "name": f"line:{item.name.id}",
            "y": firm,
            "line": {"color": token(item.name.colour), "width": 2.5},
            "hovertemplate": f"{name_label(item.name, t)} %{{y:.1f}}<extra></extra>",
        }
    ]
    if any(thin):
        faint = [point if is_thin else None for point, is_thin in zip(level, thin, strict=True)]
        traces.append(
            {
                **common,
                "name": f"thin:{item.name.id}",
                "y": faint,
                "hoverinfo": "skip",
                "line": {"color": token(item.name.colour, 40), "width": 2.5},
            }
        )
    return traces


def results(items: Sequence[LineValues], shown: TrendValues) -> list[Trace]:
    """The recorded result as diamonds on the day of the vote."""
    elected = [item for item in items if item.elected_seats is not None]
    if not elected:
        return []
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "name": "result",
            "hoverinfo": "skip",
            "cliponaxis": False,
            "x": [shown.election_date.isoformat()] * len(elected),
            "y": [item.elected_seats for item in elected],
            "marker": {
                "symbol": "diamond",
                "size": 10,
                "color": [token(item.name.colour) for item in elected],
                "line": {"color": token("ink"), "width": 1.25},
            },
        }
    ]


def stretches(series: Series) -> list[list[int]]:
    """Places of unbroken runs of values.

    >>> stretches((1.0, None, 2.0, 3.0))
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
