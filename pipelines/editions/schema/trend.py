"""`trend.json`: lines, bands, dots and house effects."""

from datetime import date

from pipelines.editions.schema.value import Value


class Dot(Value):
    """One poll's reading of one list; `composed` where it is the sum of the list's parents."""

    date: date
    poll: str
    share: float
    seats: float
    composed: bool


class TrendLine(Value):
    """One list's trend, a value a day (null where the line is broken); bands hold 90 % for the level.

    Seats are expected seats over draws of the level through the rule; of moving averages, what their share is worth.
    """

    id: str
    share: list[float | None]
    share_low: list[float | None]
    share_high: list[float | None]
    seats: list[float | None]
    seats_low: list[float | None]
    seats_high: list[float | None]
    lowess_share: list[float | None]
    lowess_seats: list[float | None]
    mean_14_share: list[float | None]
    mean_14_seats: list[float | None]
    thin: list[bool]
    fallback: str | None
    dots: list[Dot]


class OthersLine(Value):
    """The share of all other lists together, a value a day, where polls print it."""

    share: list[float | None]
    share_low: list[float | None]
    share_high: list[float | None]


class HouseEffect(Value):
    """A pollster's lean for one list against the pollsters' average, in percentage points, with 90 %."""

    pollster: str
    list: str
    effect_pct: float
    low_pct: float
    high_pct: float
    polls: int


class Trend(Value):
    """`trend.json`: lines over `dates`, and the fitted parameters shared by all lists."""

    dates: list[date]
    lines: list[TrendLine]
    parameters: dict[str, float]
    converged: bool
    house_effects: list[HouseEffect]
    others: OthersLine | None = None
