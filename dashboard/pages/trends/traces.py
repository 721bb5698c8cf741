"""The traces of the trend chart: polls as dots, bands, lines with their thin parts, the projection, results."""

from collections.abc import Sequence

from dashboard.drawing import Trace, label, marks, name_label, phrase
from dashboard.i18n import Translator
from dashboard.pages.trends.numbers import LineValues, PollFacts, Series, TrendValues, colour
from dashboard.render.template import token

MANY_DOTS = 150  # of one list: above, they are drawn fainter


def dots(item: LineValues, shown: TrendValues, t: Translator) -> list[Trace]:
    """Every poll as a dot that names it and leads to its row; the polls of one firm stand out."""
    if not item.dots:
        return []
    opacity = 0.85 if shown.is_one_firm else 0.45 if len(item.dots) <= MANY_DOTS else 0.25
    facts = [shown.polls.get(dot.poll) for dot in item.dots]
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "name": f"polls:{item.name.id}",
            "x": [dot.day.isoformat() for dot in item.dots],
            "y": [dot.value for dot in item.dots],
            # side by side, for they are much alike: what a dot leads to and what it says
            "customdata": [
                [f"/polls?poll={dot.poll}#asked", poll_label(poll, t) if poll else ""]
                for dot, poll in zip(item.dots, facts, strict=True)
            ],
            "hovertemplate": phrase(f"<b>{name_label(item.name, t)} %{{y}}</b><br>%{{customdata[1]}}", t)
            + "<extra></extra>",
            "marker": {"size": 5, "color": token(item.name.colour), "opacity": opacity, "line": {"width": 0}},
        }
    ]


def poll_label(poll: PollFacts, t: Translator) -> str:
    """Whose poll a dot is: firm, publisher, days, sample."""
    who = [name_label(poll.firm, t), *([name_label(poll.outlet, t)] if poll.outlet else [])]
    sample = [t("trends.sample", n=t.number(poll.sample_size))] if poll.sample_size else []
    return " · ".join([*who, label(t.days(poll.start_day or poll.end_day, poll.end_day)), *sample])


def band(item: LineValues, shown: TrendValues) -> list[Trace]:
    """The 90 % band as one closed outline per unbroken stretch; of seats left out where it reaches down to none."""
    is_always_drawn = shown.unit != "seats"
    above = tuple(high if low or is_always_drawn else None for low, high in zip(item.low, item.high, strict=True))
    if not any(above):
        return []
    days = [day.isoformat() for day in shown.days]
    xs: list[str | None] = []
    ys: list[float | None] = []
    for stretch in stretches(above):
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
            "fillcolor": colour(item, 14),
            "line": {"width": 0},
        }
    ]


def line(item: LineValues, shown: TrendValues) -> list[Trace]:
    """The line, its thin parts on their own, faint, and what lies after the last poll dotted; nulls break all three."""
    level, thin, days = item.level, item.is_thin, [day.isoformat() for day in shown.days]
    end = next((at for at, day in enumerate(shown.days) if day >= shown.last_poll), len(days))  # dotted from there
    is_firm = [at <= end and (not is_thin or _borders(thin, at)) for at, is_thin in enumerate(thin)]
    is_faint = [at <= end and is_thin for at, is_thin in enumerate(thin)]

    def part(kind: str, first: int, is_drawn: Sequence[bool], look: Trace, percent: int | None = None) -> Trace:
        return {
            "type": "scatter",
            "mode": "lines",
            "name": f"{kind}:{item.name.id}",
            "hoverinfo": "skip",
            "x": days[first:],
            "y": [level[at] if is_drawn[at] else None for at in range(first, len(days))],
            "line": {"color": colour(item, percent), "width": 2.5 if item.is_chosen else 1.25, **look},
        }

    parts = [part("line", 0, is_firm, {})]
    if any(is_faint[at] and level[at] is not None for at in range(len(days))):
        parts.append(part("thin", 0, is_faint, {}, 40))
    if end + 1 < len(days):
        parts.append(part("after", end, [True] * len(days), {"dash": "dot"}, 60))
    return parts


def projected(items: Sequence[LineValues], shown: TrendValues, t: Translator) -> list[Trace]:
    """The printed seats as dots on the day of the vote: what every page says."""
    ends = [(item, item.projected) for item in items if item.projected]
    if not ends:
        return []
    said = [
        f"{name_label(item.name, t)} {t.number(end.seats)} ({t.span(end.low_seats, end.high_seats)})"
        for item, end in ends
    ]
    days, seats = [shown.election_date.isoformat()] * len(ends), [end.seats for _, end in ends]
    look = ([colour(item) for item, _ in ends], token("paper"), 1.5)
    return [marks("projection", days, seats, 9, *look, text=said, hovertemplate="%{text}<extra></extra>")]


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
                "symbol": "diamond-open",
                "size": 11,
                "color": [colour(item) for item in elected],
                "line": {"width": 1.75},
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
