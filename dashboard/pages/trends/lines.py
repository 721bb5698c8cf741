"""The lines of a trend in the unit and smoother asked for: which are drawn, on which days, and where they end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pipelines.editions.schema import Dot, Projection, Trend, TrendLine

MOST_POINTS = 240  # of a line: the drawing stays small however long the campaign
LONGEST_GAP = 35  # days

Unit = Literal["seats", "share"]
Smoother = Literal["model", "lowess", "mean"]
Subject = Literal["lists", "blocs"]
Values = Sequence[float | None]


@dataclass(frozen=True)
class TrendChoice:
    """What the reader asked the trend chart for: of these lists or blocs the lines, and the dots of one firm or all.

    `start` None is the campaign's first day; `polls` None is every poll; `chosen` are those in colour, all others grey.
    """

    unit: Unit
    smoother: Smoother
    shown: tuple[str, ...]
    start: date | None = None
    subject: Subject = "lists"
    polls: frozenset[str] | None = None
    chosen: tuple[str, ...] = ()


def drawn_lines(trend: Trend, choice: TrendChoice) -> list[TrendLine]:
    """The lines chosen, the highest at the end first."""
    lines = [item for item in trend.lines if item.id in choice.shown]
    return sorted(lines, key=lambda item: (-(last(values(item, choice)) or -1), item.id))


def values(item: TrendLine, choice: TrendChoice) -> Values:
    """The line in the unit and smoother asked for; shares in per cent."""
    if choice.unit == "seats":
        seats = {"model": item.seats, "lowess": item.lowess_seats, "mean": item.mean_14_seats}
        return seats[choice.smoother]
    shares = {"model": item.share, "lowess": item.lowess_share, "mean": item.mean_14_share}
    return _percent(shares[choice.smoother])


def high(item: TrendLine, choice: TrendChoice) -> Values:
    """The upper end of the 90 % band; the line itself where the smoother has none."""
    if choice.smoother != "model":
        return values(item, choice)
    return item.seats_high if choice.unit == "seats" else _percent(item.share_high)


def low(item: TrendLine, choice: TrendChoice) -> Values:
    """The lower end of the 90 % band."""
    return item.seats_low if choice.unit == "seats" else _percent(item.share_low)


def dot_value(dot: Dot, choice: TrendChoice) -> float:
    return dot.seats if choice.unit == "seats" else 100 * dot.share


def last(line_values: Values) -> float | None:
    """Where a line ends as drawn; None where it ended more than a broken line's gap ago."""
    return next((value for value in reversed(line_values[-LONGEST_GAP:]) if value is not None), None)


def shortened(value: float | None) -> float | None:
    """A value to the tenth, as much as a drawing shows."""
    return None if value is None else round(value, 1)


def shown_dots(item: TrendLine, start: date, choice: TrendChoice) -> list[Dot]:
    return [dot for dot in item.dots if dot.date >= start and (choice.polls is None or dot.poll in choice.polls)]


def first_day(trend: Trend, choice: TrendChoice) -> date:
    """Where the drawing begins."""
    return trend.dates[0] if choice.start is None else min(max(trend.dates[0], choice.start), trend.dates[-1])


def until(trend: Trend, end: date) -> Trend:
    """The trend as it is drawn up to a day: later days and dots left out."""
    days = max(1, sum(day <= end for day in trend.dates))
    if days == len(trend.dates):
        return trend
    lines = [_until(item, days, trend.dates[days - 1]) for item in trend.lines]
    return trend.model_copy(update={"dates": trend.dates[:days], "lines": lines})


def _until(item: TrendLine, days: int, end: date) -> TrendLine:
    cut: dict[str, object] = {name: value[:days] for name, value in item if isinstance(value, list) and name != "dots"}
    return item.model_copy(update={**cut, "dots": [dot for dot in item.dots if dot.date <= end]})


def won(projection: Projection, choice: TrendChoice) -> dict[str, int] | None:
    """The seats elected, of lists or blocs; None where no result is recorded. Results are recorded in seats."""
    if projection.result is None or choice.unit != "seats":
        return None
    if choice.subject == "lists":
        return projection.result
    return {bloc.id: sum(projection.result.get(name, 0) for name in bloc.lists) for bloc in projection.blocs}


def sampled(trend: Trend, choice: TrendChoice) -> tuple[int, ...]:
    """The places of the days that are drawn: the last one, and others at even steps, at most `MOST_POINTS`."""
    first, final = trend.dates.index(first_day(trend, choice)), len(trend.dates) - 1
    step = max(1, -(-(final - first) // MOST_POINTS))
    return tuple(range(final, first - 1, -step))[::-1]


def highest(item: TrendLine, trend: Trend, choice: TrendChoice) -> float:
    """The highest value of a line, its band and its dots from the first day drawn."""
    start = first_day(trend, choice)
    first = trend.dates.index(start)
    numbers = [1.0, *(dot_value(dot, choice) for dot in shown_dots(item, start, choice))]
    for series in (high(item, choice), values(item, choice)):
        numbers += [value for value in series[first:] if value is not None]
    return max(numbers)


def elected_in(trend: Trend, projection: Projection, choice: TrendChoice) -> dict[str, int] | None:
    """The result, where the drawing reaches the edition's last day."""
    return won(projection, choice) if trend.dates[-1] >= projection.as_of else None


def threshold_level(projection: Projection, unit: Unit) -> float:
    """The threshold on the value axis: per cent, or seats by the same formula as the trend's seats."""
    if unit == "share":
        return projection.threshold_pct
    above = [item.trend_share_pct for item in projection.lists if item.trend_share_pct >= projection.threshold_pct]
    return projection.house_size * projection.threshold_pct / (sum(above) or 100.0)


def _percent(shares: Values) -> Values:
    return [None if share is None else 100 * share for share in shares]
