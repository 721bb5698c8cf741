"""The record of past elections as an edition carries it: its days, its models, and what it says of one day."""

from collections.abc import Sequence
from datetime import date
from statistics import fmean
from typing import Literal

from dashboard.blocks import Name, Number, Values, Words, words
from pipelines.editions.schema import Difference, PassCalibration, Record, RecordDay, Score, SizeClass

ROLLING, TAUGHT_BY_ALL = "hemicycle-rolling", "hemicycle"
BASELINES = (
    "last-poll",
    "mean-7",
    "mean-14",
    "lowess",
    "koala",
    "mean-7-fixed-normal",
    "level-only",
    "mean-7-learned-t-rolling",
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


def coverage(record: Record | None) -> float | None:
    """How many of all results (0–1) the 80 % intervals of the last day held; None where none were scored."""
    last = score(record, ROLLING, LAST_DAY) if record else None
    return last.cover80 if last else None


def coverage_sentence(record: Record | None) -> Words | None:
    """The same in words, for Record's headline and for Tonight."""
    cover80 = coverage(record)
    if record is None or cover80 is None:
        return None
    return words("record.headline", n=len(record.elections), held=Number(100 * cover80))


def models(record: Record) -> list[str]:
    """Ours first, then the baselines, in a fixed order; those that were scored."""
    scored = {row.model for row in record.rows}
    return [name for name in (ROLLING, TAUGHT_BY_ALL, *BASELINES) if name in scored]


def mean(record: Record, model: str, measure: str) -> float | None:
    """A measure's mean over the horizons that had anything to judge; None where none had."""
    scores = [value for row in record.rows if row.model == model and (value := getattr(row, measure)) is not None]
    return fmean(scores) if scores else None


def at(days: Sequence[Day], as_of: str) -> Day:
    """The day asked for; the last one where there is none."""
    return next((day for day in days if day.as_of.isoformat() == as_of), days[-1])


def holds(interval: Interval, won: int) -> bool:
    """Whether the 90 % interval held the result."""
    return interval[0] <= won <= interval[2]


class Headline(Values):
    """How many of 100 results the 80 % intervals of the last day held; None without a record."""

    elections: int
    cover80: float | None


class ReplayValues(Values):
    """What would have been said on one day."""

    kind: Literal["replay"] = "replay"
    days: int
    day: RecordDay | None


class PathDay(Values):
    """A bloc on one day: seats at 5 % and 95 %, and its chance of a majority (0–1)."""

    day: date
    low_seats: float
    high_seats: float
    p_majority: float | None


class PathValues(Values):
    """A bloc day by day against the majority, the day chosen, and what it won."""

    kind: Literal["path"] = "path"
    bloc: Name
    days: tuple[PathDay, ...]
    shown_day: date
    election_date: date
    majority_seats: int
    won_seats: int | None


class ReplayedRow(Values):
    """One list on one day: seats at 5 % and 95 %, its chance to pass (0–1), and what it won."""

    name: Name
    low_seats: float
    high_seats: float
    p_pass: float
    won_seats: int | None


class ReplayedValues(Values):
    """The lists of one day."""

    kind: Literal["replayed"] = "replayed"
    day: date
    lists: tuple[ReplayedRow, ...]


class ScoresValues(Values):
    """Mean scores of every method, over all horizons."""

    kind: Literal["scores"] = "scores"
    elections: int
    by_model: dict[str, dict[str, float | None]]


class CalibrationValues(Values):
    """The share of results in each tenth of their distribution."""

    kind: Literal["calibration"] = "calibration"
    shares: tuple[float, ...]


class SizesValues(Values):
    """How often 90 % intervals held by the size of a list, model by model."""

    kind: Literal["sizes"] = "sizes"
    by_model: dict[str, tuple[SizeClass, ...]]


class ChancesValues(Values):
    """The chance to pass: its slope and intercept, and what passed in each bin; taught by earlier elections."""

    kind: Literal["chances"] = "chances"
    calibration: PassCalibration


class DifferencesValues(Values):
    """Ours against each method: the relative difference in CRPS, with 90 % over resampled elections."""

    kind: Literal["differences"] = "differences"
    rows: tuple[Difference, ...]


class MissedResult(Values):
    """A miss as the record has it, without its median: what was won, the central 95 % of what was said, the chance."""

    election: str
    list: str
    seats: int
    q025: float
    q975: float
    p_pass: float
    share_pct: float
    share_q025_pct: float | None
    share_q975_pct: float | None


class MissesValues(Values):
    """Results outside the central 95 % on the last day, or on the wrong side of the threshold."""

    kind: Literal["misses"] = "misses"
    misses: tuple[MissedResult, ...]


def in_order(day: Day) -> list[str]:
    """The lists of a day, the largest first."""
    return sorted(day.seats, key=lambda name: (-day.seats[name][1], -day.seats[name][2], name))
