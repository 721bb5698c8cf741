"""The values of the trend chart: what the reader asked for of an edition's trend, language-free."""

from collections.abc import Iterable, Mapping
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
    sampled,
    shortened,
    shown_dots,
    threshold_level,
    values,
)
from dashboard.render.template import token
from dashboard.seats import is_printed, outlook, seats_of
from pipelines.editions.schema import Projection, Trend, TrendLine

Series = tuple[float | None, ...]


class DotValues(Values):
    """One poll's reading of a line, in the chart's unit (seats, or per cent of the vote).

    `is_composed` where the poll asked for what is one list now as lists of their own, and this is their sum.
    """

    day: date
    poll: str
    value: float
    is_composed: bool


class PollFacts(Values):
    """A poll as its dots name it: the firm, who published it, its days and how many were asked."""

    firm: Name
    outlet: Name | None
    start_day: date | None
    end_day: date
    sample_size: int | None
    pollster: str


class Projected(Values):
    """What a line ends in: the printed seats of election day, and where 9 of 10 simulations lie."""

    seats: float
    low_seats: float
    high_seats: float


class LineValues(Values):
    """One line on the chart's days: its level, its 90 % band where it has one, where it ends, and the result.

    `end` is where the poll average ends; `projected` what is printed, in a chart of seats that reaches the edition's
    day; a list under the threshold has `under_pct`, its share, in the place of seats.
    """

    name: Name
    is_chosen: bool
    is_small: bool
    level: Series
    low: Series
    high: Series
    is_thin: tuple[bool, ...]
    dots: tuple[DotValues, ...]
    end: float | None
    projected: Projected | None
    under_pct: float | None
    elected_seats: int | None
    top: float


def colour(item: LineValues, percent: int | None = None) -> str:
    """A chosen line's own colour or a tint of it; grey for the rest."""
    return token(item.name.colour, percent) if item.is_chosen else token("quiet", (percent or 100) * 45 // 100)


class EventValues(Values):
    """A dated event in words."""

    day: date
    text: Name


class TrendValues(Values):
    """The trend as it is drawn; levels are in seats or per cent of the vote, as `unit` says."""

    kind: Literal["trend"] = "trend"
    subject: Subject
    unit: Unit
    smoother: Smoother
    panels: Literal["one", "each"]
    days: tuple[date, ...]
    end_day: date
    last_poll: date
    election_date: date
    threshold: float
    threshold_pct: float
    majority_seats: int
    is_one_firm: bool
    lines: tuple[LineValues, ...]
    polls: dict[str, PollFacts]
    events: tuple[EventValues, ...]


SMALL = 3  # lists that end below so many times the threshold stand in a panel of their own


def trend_values(
    trend: Trend,
    projection: Projection,
    choice: TrendChoice,
    panels: str,
    names: Mapping[str, Name],
    polls: Mapping[str, PollFacts],
    events: Iterable[EventValues],
) -> TrendValues:
    """The chart's values; `names` are those of lines, `polls` say what dots are of."""
    places = sampled(trend, choice)
    elected = elected_in(trend, projection, choice)
    is_whole = trend.dates[-1] >= projection.as_of and is_printed(projection)
    is_ahead = is_whole and choice.unit == "seats"
    end = max(trend.dates[-1], projection.election_date) if elected is not None or is_ahead else trend.dates[-1]
    threshold = threshold_level(projection, choice.unit)
    lines = [
        _line(item, trend, choice, places, names[item.id], elected, projection if is_ahead else None)
        for item in drawn_lines(trend, choice)
    ]
    is_split = choice.subject == "lists"
    lines = [item.model_copy(update={"is_small": is_split and _stands_at(item) < SMALL * threshold}) for item in lines]
    lines.sort(key=lambda item: (-_stands_at(item), item.name.id))
    poll_ids = {dot.poll for item in lines for dot in item.dots}
    return TrendValues(
        subject=choice.subject,
        unit=choice.unit,
        smoother=choice.smoother,
        panels="each" if panels == "each" else "one",
        days=tuple(trend.dates[at] for at in places),
        end_day=end,
        last_poll=projection.polls.until,
        election_date=projection.election_date,
        threshold=round(threshold, 2),
        threshold_pct=projection.threshold_pct,
        majority_seats=projection.majority,
        is_one_firm=choice.polls is not None,
        lines=tuple(lines),
        polls={poll: facts for poll, facts in polls.items() if poll in poll_ids},
        events=tuple(
            event for event in sorted(events, key=lambda event: event.day) if trend.dates[places[0]] <= event.day <= end
        ),
    )


def _stands_at(item: LineValues) -> float:
    """The number a line is ordered by: what is printed, else where the average ends."""
    return item.projected.seats if item.projected else item.end or 0.0


def _line(
    item: TrendLine,
    trend: Trend,
    choice: TrendChoice,
    places: tuple[int, ...],
    name: Name,
    elected: Mapping[str, int] | None,
    ahead: Projection | None,
) -> LineValues:
    level, upper, lower = values(item, choice), high(item, choice), low(item, choice)
    is_chosen = item.id in choice.chosen
    has_band = is_chosen and choice.smoother == "model" and any(value is not None for value in lower)
    levels = tuple(shortened(level[at]) for at in places)
    projected, under = _projected(ahead, choice, item.id) if ahead else (None, None)
    reach = [highest(item, trend, choice) if is_chosen else max((value or 0 for value in levels), default=1.0)]
    reach += [float(elected.get(item.id, 0))] if elected is not None else []
    reach += [projected.high_seats] if projected and is_chosen else []
    return LineValues(
        name=name,
        is_chosen=is_chosen,
        is_small=False,
        level=levels,
        low=tuple(shortened(lower[at]) for at in places) if has_band else (),
        high=tuple(shortened(upper[at]) for at in places) if has_band else (),
        is_thin=tuple(item.thin[at] for at in places),
        dots=tuple(
            DotValues(day=dot.date, poll=dot.poll, value=round(dot_value(dot, choice), 1), is_composed=dot.composed)
            for dot in shown_dots(item, first_day(trend, choice), choice)
        )
        if is_chosen
        else (),
        end=last(levels),
        projected=projected,
        under_pct=under,
        elected_seats=None if elected is None else elected.get(item.id, 0),
        top=max(1.0, *reach),
    )


def _projected(projection: Projection, choice: TrendChoice, name: str) -> tuple[Projected | None, float | None]:
    """A list's or bloc's printed seats with their interval; of a list without a seat the share it has instead."""
    if choice.subject == "blocs":
        bloc = next(bloc for bloc in projection.blocs if bloc.id == name)
        spread, members = bloc.seats, bloc.lists
    else:
        item = next((item for item in projection.lists if item.id == name), None)
        if item is None:
            return None, None
        spread, members = outlook(item), [name]
        if not seats_of(projection, members):
            return None, item.trend_share_pct
    printed = seats_of(projection, members)
    return Projected(seats=printed, low_seats=spread.q05, high_seats=spread.q95), None
