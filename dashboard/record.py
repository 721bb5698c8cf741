"""The record of past elections as an edition carries it, and what it says of one day of one campaign."""

from collections.abc import Sequence
from datetime import date
from statistics import fmean

from pydantic import BaseModel, ConfigDict

RECORD_FILE = "record.json"
ROLLING, TAUGHT_BY_ALL = "hemicycle-rolling", "hemicycle"
BASELINES = (
    "last-poll",
    "mean-7",
    "mean-14",
    "lowess",
    "koala",
    "mean-7-fixed-normal",
    "level-only",
    "mean-7-learned-t",
)
LAST_DAY = "final"
Low = float
Median = float
High = float


class Part(BaseModel):
    """A part of the record; what this page does not draw may stand beside it."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class Score(Part):
    """One model at one horizon, over all elections; errors and CRPS in seats."""

    model: str
    horizon: str
    crps: float
    mae_median: float
    bloc_abs_err: float
    cover50: float
    cover80: float
    cover95: float
    brier_pass: float
    brier_majority: float
    n: int


class Difference(Part):
    """Ours over a baseline's, less one, with 90 % over resampled elections."""

    measure: str
    baseline: str
    relative: float
    low: float
    high: float


class Miss(Part):
    """A result outside the central 95 % on the last day, or on the wrong side of the threshold."""

    election: str
    list: str
    seats: int
    median: float
    q025: float
    q975: float
    p_pass: float
    share_pct: float


class Day(Part):
    """What would have been said on one day: seats at 5 %, the median and 95 %, and the chances."""

    election: str
    as_of: date
    seats: dict[str, tuple[Low, Median, High]]
    p_pass: dict[str, float]
    bloc_seats: tuple[Low, Median, High] | None = None
    p_majority: float | None = None


class Record(Part):
    """`record.json`."""

    elections: list[str]
    rows: list[Score]
    differences: list[Difference]
    calibration: dict[str, list[float]]
    misses: list[Miss]
    daily: list[Day]

    def days(self, election: str) -> list[Day]:
        """The days of one campaign, the earliest first."""
        return sorted((day for day in self.daily if day.election == election), key=lambda day: day.as_of)

    @property
    def replayed(self) -> tuple[str, ...]:
        """The campaigns that can be followed day by day, the newest first."""
        last = {day.election: day.as_of for day in self.daily}
        return tuple(sorted(last, key=lambda election: last[election], reverse=True))

    def score(self, model: str, horizon: str) -> Score | None:
        return next((row for row in self.rows if (row.model, row.horizon) == (model, horizon)), None)

    def models(self) -> list[str]:
        """Ours first, then the baselines, in a fixed order; those that were scored."""
        scored = {row.model for row in self.rows}
        return [name for name in (ROLLING, TAUGHT_BY_ALL, *BASELINES) if name in scored]

    def mean(self, model: str, measure: str) -> float:
        """A measure's mean over the horizons."""
        return fmean(getattr(row, measure) for row in self.rows if row.model == model)


def at(days: Sequence[Day], as_of: str) -> Day:
    """The day asked for; the last one where there is none."""
    return next((day for day in days if day.as_of.isoformat() == as_of), days[-1])


def holds(interval: tuple[Low, Median, High], won: int) -> bool:
    """Whether the 90 % interval held the result."""
    return interval[0] <= won <= interval[2]
