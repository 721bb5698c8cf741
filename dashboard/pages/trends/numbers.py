"""The values of the trend chart: what the reader asked for of an edition's trend, language-free."""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from dashboard.blocks import Name, Values
from dashboard.pages.trends.lines import (
    Smoother,
    Subject,
    TrendChoice,
    Unit,
    dot_value,
    drawn_lines,
    elected_in,
    first_day,
    high,
    highest,
    last,
    low,
    numbered,
    sampled,
    shortened,
    shown_dots,
    threshold_level,
    values,
)
from pipelines.editions.schema import Event, Projection, Trend, TrendLine

Series = tuple[float | None, ...]


class DotValues(Values):
    """One poll's reading of a line, in the chart's unit (seats, or per cent of the vote)."""

    day: date
    poll: str
    value: float


class LineValues(Values):
    """One line on the chart's days: its level, its 90 % band where it has one, where it ends, and the result."""

    name: Name
    level: Series
    low: Series
    high: Series
    is_thin: tuple[bool, ...]
    dots: tuple[DotValues, ...]
    end: float | None
    elected_seats: int | None
    top: float


class EventValues(Values):
    """A dated event by the number that marks it."""

    number: int
    day: date


class TrendValues(Values):
    """The trend as it is drawn; levels are in seats or per cent of the vote, as `unit` says."""

    kind: Literal["trend"] = "trend"
    subject: Subject
    unit: Unit
    smoother: Smoother
    panels: Literal["one", "each"]
    days: tuple[date, ...]
    end_day: date
    election_date: date
    threshold: float
    majority_seats: int
    is_one_firm: bool
    lines: tuple[LineValues, ...]
    firms: dict[str, Name]
    events: tuple[EventValues, ...]


def trend_values(
    trend: Trend,
    projection: Projection,
    choice: TrendChoice,
    panels: str,
    names: Mapping[str, Name],
    firms: Mapping[str, Name],
    events: list[Event],
) -> TrendValues:
    """The chart's values; `names` are those of lines, `firms` those of polls by their ids."""
    places = sampled(trend, choice)
    elected = elected_in(trend, projection, choice)
    end = trend.dates[-1] if elected is None else max(trend.dates[-1], projection.election_date)
    start = first_day(trend, choice)
    lines = tuple(_line(item, trend, choice, places, names[item.id], elected) for item in drawn_lines(trend, choice))
    polls = {dot.poll for item in lines for dot in item.dots}
    return TrendValues(
        subject=choice.subject,
        unit=choice.unit,
        smoother=choice.smoother,
        panels="each" if panels == "each" else "one",
        days=tuple(trend.dates[at] for at in places),
        end_day=end,
        election_date=projection.election_date,
        threshold=round(threshold_level(projection, choice.unit), 2),
        majority_seats=projection.majority,
        is_one_firm=choice.polls is not None,
        lines=lines,
        firms={poll: name for poll, name in firms.items() if poll in polls},
        events=tuple(EventValues(number=at, day=event.date) for at, event in numbered(events, start, end)),
    )


def _line(
    item: TrendLine,
    trend: Trend,
    choice: TrendChoice,
    places: tuple[int, ...],
    name: Name,
    elected: Mapping[str, int] | None,
) -> LineValues:
    level, upper, lower = values(item, choice), high(item, choice), low(item, choice)
    has_band = choice.smoother == "model" and any(value is not None for value in lower)
    return LineValues(
        name=name,
        level=tuple(shortened(level[at]) for at in places),
        low=tuple(shortened(lower[at]) for at in places) if has_band else (),
        high=tuple(shortened(upper[at]) for at in places) if has_band else (),
        is_thin=tuple(item.thin[at] for at in places),
        dots=tuple(
            DotValues(day=dot.date, poll=dot.poll, value=round(dot_value(dot, choice), 1))
            for dot in shown_dots(item, first_day(trend, choice), choice)
        ),
        end=last(level),
        elected_seats=None if elected is None else elected.get(item.id, 0),
        top=max(highest(item, trend, choice), 0.0 if elected is None else float(elected.get(item.id, 0))),
    )
