"""The traces of the trend chart: polls as dots, bands, lines with their thin parts, the projection, results."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from dashboard.drawing import Trace, label, marks, name_label, phrase
from dashboard.i18n import Translator
from dashboard.pages.trends.numbers import DotValues, LineValues, PollFacts, TrendValues, colour
from dashboard.render.template import token

MANY_DOTS = 150  # of one list: above, they are drawn fainter


def dots(item: LineValues, values: TrendValues, t: Translator) -> list[Trace]:
    """Polls that asked for the list itself, as dots; the polls of one firm stand out."""
    opacity = 0.85 if values.is_one_firm else 0.45 if len(item.dots) <= MANY_DOTS else 0.25
    look = {"size": 5, "color": token(item.name.colour), "opacity": opacity, "line": {"width": 0}}
    return _dots("polls", item, [dot for dot in item.dots if not dot.is_composed], look, values, t)


def open_dots(item: LineValues, values: TrendValues, t: Translator) -> list[Trace]:
    """Polls that asked for what is one list now as lists of their own: their sum, as open dots."""
    look = {"size": 4, "symbol": "circle-open", "color": token(item.name.colour, 70), "line": {"width": 1}}
    return _dots("parts", item, [dot for dot in item.dots if dot.is_composed], look, values, t)


def _dots(
    kind: str, item: LineValues, polls: Sequence[DotValues], look: Trace, values: TrendValues, t: Translator
) -> list[Trace]:
    """Every poll as a dot that names it and leads to its row."""
    if not polls:
        return []
    facts = [values.polls.get(dot.poll) for dot in polls]
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "name": f"{kind}:{item.name.id}",
            "x": [dot.day.isoformat() for dot in polls],
            "y": [dot.value for dot in polls],
            # side by side, for they are much alike: what a dot leads to and what it says
            "customdata": [
                [f"/polls?poll={dot.poll}#asked", poll_label(poll, t) if poll else ""]
                for dot, poll in zip(polls, facts, strict=True)
            ],
            "hovertemplate": phrase(f"<b>{name_label(item.name, t)} %{{y}}</b><br>%{{customdata[1]}}", t)
            + "<extra></extra>",
            "marker": look,
        }
    ]


def poll_label(poll: PollFacts, t: Translator) -> str:
    """Whose poll a dot is: firm, publisher, days, sample."""
    who = [name_label(poll.firm, t), *([name_label(poll.outlet, t)] if poll.outlet else [])]
    sample = [t("trends.sample", n=t.number(poll.sample_size))] if poll.sample_size else []
    return " · ".join([*who, label(t.days(poll.start_day or poll.end_day, poll.end_day)), *sample])


def _trace(kind: str, item: LineValues, x: Sequence[str | None], y: Sequence[float | None], **look: Any) -> Trace:
    """A line or an outline, broken where a value is missing, that says nothing under the hand."""
    name = f"{kind}:{item.name.id}"
    return {"type": "scatter", "mode": "lines", "name": name, "hoverinfo": "skip", "x": x, "y": y, **look}


def band(item: LineValues, chart: TrendValues) -> list[Trace]:
    """The 90 % band as one closed outline per unbroken stretch; of seats left out where it reaches down to none."""
    is_drawn = [
        high is not None and bool(low or chart.unit != "seats") for low, high in zip(item.low, item.high, strict=True)
    ]
    outline: list[tuple[str | None, float | None]] = []
    for is_unbroken, places in groupby(range(len(is_drawn)), key=is_drawn.__getitem__):
        if is_unbroken:
            stretch = [(chart.days[at].isoformat(), at) for at in places]
            outline += [(day, item.high[at]) for day, at in stretch]
            outline += [(day, item.low[at]) for day, at in reversed(stretch)]
            outline.append((None, None))
    if not outline:
        return []
    days, values = (list(side) for side in zip(*outline[:-1], strict=True))
    return [_trace("band", item, days, values, fill="toself", fillcolor=colour(item, 14), line={"width": 0})]


def line(item: LineValues, chart: TrendValues) -> list[Trace]:
    """The line, its thin parts on their own, faint, and what lies after the last poll dotted; nulls break all three."""
    level, thin, days = item.level, item.is_thin, [day.isoformat() for day in chart.days]
    end = next((at for at, day in enumerate(chart.days) if day >= chart.last_poll), len(days))  # dotted from there
    is_firm = [at <= end and (not is_thin or _borders(thin, at)) for at, is_thin in enumerate(thin)]
    is_faint = [at <= end and is_thin for at, is_thin in enumerate(thin)]

    def part(kind: str, first: int, is_drawn: Sequence[bool], percent: int | None = None, **look: str) -> Trace:
        values = [level[at] if is_drawn[at] else None for at in range(first, len(days))]
        width = 2.5 if item.is_chosen else 1.25
        return _trace(kind, item, days[first:], values, line={"color": colour(item, percent), "width": width, **look})

    parts = [part("line", 0, is_firm)]
    if any(is_faint[at] and level[at] is not None for at in range(len(days))):
        parts.append(part("thin", 0, is_faint, 40))
    if end + 1 < len(days):
        parts.append(part("after", end, [True] * len(days), 60, dash="dot"))
    return parts


def projected(items: Sequence[LineValues], values: TrendValues, t: Translator) -> list[Trace]:
    """The printed seats as dots on the day of the vote: what every page says."""
    ends = [(item, item.projected) for item in items if item.projected]
    if not ends:
        return []
    hovers = [
        f"{name_label(item.name, t)} {t.number(end.seats)} ({t.span(end.low_seats, end.high_seats)})"
        for item, end in ends
    ]
    days, seats = [values.election_date.isoformat()] * len(ends), [end.seats for _, end in ends]
    look = ([colour(item) for item, _ in ends], token("paper"), 1.5)
    return [marks("projection", days, seats, 9, *look, text=hovers, hovertemplate="%{text}<extra></extra>")]


def results(items: Sequence[LineValues], values: TrendValues) -> list[Trace]:
    """The recorded result as diamonds on the day of the vote."""
    elected = [item for item in items if item.elected_seats is not None]
    if not elected:
        return []
    days, seats = [values.election_date.isoformat()] * len(elected), [item.elected_seats for item in elected]
    colours = [colour(item) for item in elected]
    return [marks("result", days, seats, 11, colours, colours, 1.75, symbol="diamond-open", hoverinfo="skip")]


def _borders(thin: Sequence[bool], at: int) -> bool:
    """A thin point beside a firm one belongs to both, so that the line does not break there."""
    return (at > 0 and not thin[at - 1]) or (at + 1 < len(thin) and not thin[at + 1])
