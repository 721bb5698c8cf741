"""The record of past elections as an edition carries it: its days, its models, and what it says of one day."""

from collections.abc import Sequence
from statistics import fmean

from pipelines.editions.schema import Record, RecordDay, Score

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
Day = RecordDay
Interval = tuple[float, float, float]


def days_of(record: Record | None, election: str) -> list[Day]:
    """The days of one campaign, the earliest first; none without a record."""
    daily = record.daily if record else []
    return sorted((day for day in daily if day.election == election), key=lambda day: day.as_of)


def replayed(record: Record) -> tuple[str, ...]:
    """The campaigns that can be followed day by day, the newest first."""
    last = {day.election: day.as_of for day in record.daily}
    return tuple(sorted(last, key=lambda election: last[election], reverse=True))


def score(record: Record, model: str, horizon: str) -> Score | None:
    return next((row for row in record.rows if (row.model, row.horizon) == (model, horizon)), None)


def models(record: Record) -> list[str]:
    """Ours first, then the baselines, in a fixed order; those that were scored."""
    scored = {row.model for row in record.rows}
    return [name for name in (ROLLING, TAUGHT_BY_ALL, *BASELINES) if name in scored]


def mean(record: Record, model: str, measure: str) -> float | None:
    """A measure's mean over the horizons that had anything to judge; None where none had."""
    found = [value for row in record.rows if row.model == model and (value := getattr(row, measure)) is not None]
    return fmean(found) if found else None


def at(days: Sequence[Day], as_of: str) -> Day:
    """The day asked for; the last one where there is none."""
    return next((day for day in days if day.as_of.isoformat() == as_of), days[-1])


def holds(interval: Interval, won: int) -> bool:
    """Whether the 90 % interval held the result."""
    return interval[0] <= won <= interval[2]
