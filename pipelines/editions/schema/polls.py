"""`polls.json`, `trend.json` and `record.json`: every poll as published, the lines through them, the past replayed."""

from datetime import date
from typing import Literal

from pydantic import Field

from pipelines.editions.values import Correction, Texts, Value

Low = float
Median = float
High = float


class PollValue(Value):
    """What a poll printed for one list, and the vote share derived from it (null: nothing was asked)."""

    list: str
    label: str
    status: Literal["seats", "share", "below_threshold", "not_asked"]
    seats: float | None
    pct: str | None
    share: float | None
    derivation: str | None


class UnknownColumn(Value):
    """A printed column whose list nobody knows yet: part of what the poll adds up to, counted as votes of others."""

    label: str
    status: Literal["seats", "share", "below_threshold", "not_asked"]
    seats: float | None
    pct: str | None


class PollRow(Value):
    """One survey's row as published; `ruling` says why an odd row stands.

    `unit` is what its values are printed in. `urls`: where it was published or is cited, http or https. `waves`: other
    polls of the same tracker whose fieldwork overlaps with this one's; respondents they share count once in the trend.
    `disclosed`: what its publication was found to say of it (`electorate.disclosure` has the items); `checked`: whether
    its numbers were held to that publication, null where nobody did.
    Editions of formats 1 and 2 held polls in seats alone, without addresses or corrections.
    """

    poll: str
    kind: Literal["poll", "scenario", "exit_poll"]
    pollster: str | None
    publisher: str | None
    fieldwork_start: date | None
    fieldwork_end: date
    published_date: date | None
    known_from: date
    known_from_assumed: bool
    sample_size: int | None
    sample_size_printed: str | None = None
    fieldwork_guessed: bool = False
    source: str
    revision: int
    ruling: str | None
    values: list[PollValue]
    unit: Literal["seats", "share"] = "seats"
    unknown: list[UnknownColumn] = Field(default_factory=list)
    urls: list[str] = Field(default_factory=list)
    waves: list[str] = Field(default_factory=list)
    disclosed: list[str] = Field(default_factory=list)
    checked: Literal["yes", "in_part", "corrected", "differs"] | None = None
    corrections: list[Correction] = Field(default_factory=list)


class Polls(Value):
    """`polls.json`: every poll known on the as-of day, oldest first."""

    election: str
    as_of: date
    edition: str
    polls: list[PollRow]


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
    """Ours over a baseline's, less one, with 90 % over resampled elections; `model` is which of ours."""

    measure: str
    baseline: str
    relative: float
    low: float
    high: float
    model: str = "hemicycle"  # records from before rolling origin stood first


class SizeClass(Value):
    """Lists of one size: how often the 90 % interval held, beside what a calibrated model would show so seldom judged.

    `low_seats` to `high_seats` by the median that was said, null where there is no end. `cells` are lists × horizons,
    `lists` distinct lists of an election. The band holds 90 % of what a calibrated model would show on as many
    elections, resampled; `is_inside` is null where too few were judged.
    """

    low_seats: int
    high_seats: int | None
    elections: int
    cells: int
    lists: int
    held: float
    band_low: float
    band_high: float
    is_inside: bool | None


class ChanceBin(Value):
    """Chances from `low` to `high`: what was said on average, how many passed, and on how many lists that rests."""

    low: float
    high: float
    said: float
    passed: float
    cells: int
    lists: int


class PassCalibration(Value):
    """logit P(passed) = intercept + slope · logit of what was said, with 90 % over resampled elections, and the bins.

    A calibrated forecast has slope 1 and intercept 0. `recalibrated_slope` is the mode under a prior N(1, 0.25), from
    all elections; `log_loss` is of the chances as said, `log_loss_recalibrated` of each election's by the slope that
    earlier ones give: `is_recalibration_kept` where that is no worse.
    """

    elections: int
    slope: float
    slope_low: float
    slope_high: float
    intercept: float
    intercept_low: float
    intercept_high: float
    recalibrated_slope: float
    log_loss: float
    log_loss_recalibrated: float
    is_recalibration_kept: bool
    bins: tuple[ChanceBin, ...]


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


class MergerEvidence(Value):
    """What merged lists kept of their parts in polls of one survey, and whether that predicts another merger.

    `kept` is a mean over mergers; errors and their difference (learned − sum of the parts, 90 %) are in points of the
    vote, each merger predicted by the others; `spread` is the standard deviation of log(kept) around `default`.
    """

    elections: tuple[str, ...]
    pairs: int
    mergers: int
    kept: float
    learned_error_pct: float
    sum_error_pct: float
    difference_pct: float
    low_pct: float
    high_pct: float
    default: float
    spread: float


class Record(Value):
    """`record.json`: past elections scored, means per model, and each campaign day by day.

    `names`: what each election is called, and under `<election>/<list>` the label of each list missed there.
    """

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
    mergers: dict[str, MergerEvidence] = Field(default_factory=dict)
    size_classes: dict[str, tuple[SizeClass, ...]] = Field(default_factory=dict)
    pass_calibration: dict[str, PassCalibration] = Field(default_factory=dict)
    names: dict[str, Texts] = Field(default_factory=dict)
