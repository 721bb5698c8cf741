"""`record.json`: what the model would have said of past elections, and how that came out."""

from datetime import date

from pipelines.editions.schema.value import Value

Low = float
Median = float
High = float


class Score(Value):
    """One model at one horizon, over all elections: errors and CRPS in seats, coverage and Brier scores 0–1.

    A measure that had nothing to judge is null; `n` counts lists.
    """

    model: str
    horizon: str
    crps: float | None
    mae_median: float | None
    bloc_abs_err: float | None
    cover50: float | None
    cover80: float | None
    cover95: float | None
    brier_pass: float | None
    brier_majority: float | None
    n: int


class Difference(Value):
    """Ours over a baseline's, less one, with 90 % over resampled elections."""

    measure: str
    baseline: str
    relative: float
    low: float
    high: float


class Goal(Value):
    """What was asked of the model, and where it stands with 90 % over resampled elections."""

    what: str
    asked: str
    value: float
    low: float
    high: float
    is_share: bool
    is_difference: bool
    is_reached: bool


class Miss(Value):
    """A result outside the central 95 % on the last day, on the wrong side of the threshold, or nearly so."""

    election: str
    list: str
    seats: int
    q025: float
    median: float
    q975: float
    p_pass: float
    share_pct: float
    share_q025_pct: float | None = None
    share_q975_pct: float | None = None


class BlocError(Value):
    """The last polls of an election's houses beside the seats the bloc in question won."""

    election: str
    seats: int
    houses: int
    lowest: float
    highest: float
    under: int
    over: int


class RecordDay(Value):
    """What would have been said on one day: seats at 5 %, the median and 95 %, and the chances.

    `bloc` is the one whose seats and chance of a majority these are; null in records from before it was named.
    """

    election: str
    as_of: date
    seats: dict[str, tuple[Low, Median, High]]
    p_pass: dict[str, float]
    bloc_seats: tuple[Low, Median, High] | None
    p_majority: float | None
    bloc: str | None = None


class Record(Value):
    """`record.json`: past elections scored, means per model, and each campaign day by day."""

    elections: list[str]
    rows: list[Score]
    mean: dict[str, float]
    differences: list[Difference]
    by_threshold_pct: dict[str, dict[str, float]]
    by_election: dict[str, list[float]]
    calibration: dict[str, list[float]]
    misses: list[Miss]
    daily: list[RecordDay]
    goals: tuple[Goal, ...] = ()
    narrow: tuple[Miss, ...] = ()
    bloc_errors: tuple[BlocError, ...] = ()
