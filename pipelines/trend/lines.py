"""One campaign's trend as of a day: a line per list, broken where polls are missing, and what the forecast needs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtri
from scipy.stats import qmc

from electoral.apparentement import SurplusAgreement
from electoral.draws import ShareDraws, seat_draws
from electoral.polls import Poll
from electoral.rules import ElectoralRules
from electoral.shares import Contest
from pipelines.trend import local_level
from pipelines.trend.local_level import HouseEffects, Parameters
from pipelines.trend.observations import (
    Cut,
    Floats,
    known_cuts,
    newest_per_house,
    observe,
    observe_others,
    to_share,
    to_z,
    window_means,
)

Mask = npt.NDArray[np.bool_]

Z90 = 1.6449  # half of a 90 % interval, in standard deviations
GAP_DAYS = 35  # a line over a longer silence is broken
THIN_POLLS, THIN_DAYS = 3, 14  # fewer polls than this in a fortnight are too few to read much into
FEWEST_POLLS_FOR_LEVEL = 3
FEW_POLLS_VARIANCE = 0.05**2  # added to a list that has too few polls for a level
LOG2_DRAWS = 7
SEED = 1
DAYS_AT_ONCE = 200
GONE = "lists that no longer stand"
LEAST_GONE_SHARE = 1e-9  # so that there is somebody to hold the house where no list of today qualifies
TAIL = 0.05  # of each side beyond a 90 % band


@dataclass(frozen=True, slots=True)
class Line:
    """One list's trend on z per day of the campaign, the days it may be `drawn` on, and its polls.

    `mean` is the one line, the mean of the newest poll of every house; `variance` that of the smoothed level, and
    `level` its mean and variance on the as-of day. `rows` are the list's observations; `fallback` says what stands in
    for the model, if anything does.
    """

    list: str
    mean: Floats
    variance: Floats
    level: tuple[float, float]
    drawn: Mask
    thin: Mask
    rows: pd.DataFrame
    house_effects: HouseEffects | None
    fallback: str | None

    @property
    def share(self) -> Floats:
        """The line as vote shares, 0–1."""
        return to_share(self.mean)

    def since(self, day: float) -> pd.DataFrame:
        """Its rows from after a day."""
        return self.rows.iloc[int(np.searchsorted(self.rows["day"].to_numpy(np.float64), day, side="right")) :]

    def band(self) -> tuple[Floats, Floats]:
        """The two ends of the level's 90 % band, as shares."""
        half = Z90 * np.sqrt(self.variance)
        return to_share(self.mean - half), to_share(self.mean + half)


@dataclass(frozen=True, slots=True)
class CampaignTrend:
    """All lines over the same `days` (ordinals; the last is the as-of day), and the shared parameters.

    `others`: the line of all other lists together, where polls print them; else `assumed_others_share` (0-1) is theirs.
    """

    days: Floats
    lines: tuple[Line, ...]
    parameters: Parameters
    used: tuple[str, ...]
    others: Line | None = None
    assumed_others_share: float = 0.0

    def others_shares(self) -> Floats:
        """What all other lists together have on each day, 0-1."""
        return np.full(len(self.days), self.assumed_others_share) if self.others is None else self.others.share

    @property
    def others_share(self) -> float:
        """What all other lists together have on the as-of day, 0-1."""
        return self.assumed_others_share if self.others is None else float(self.others.share[-1])

    def dates(self) -> list[date]:
        return [date.fromordinal(int(day)) for day in self.days]


def draw_lines(
    polls: Sequence[Poll],
    targets: Sequence[str],
    contest: Contest,
    as_of: date,
    parameters: Parameters | None = None,
) -> CampaignTrend:
    """The trend of every target list that any poll covers; `polls` are those known on the as-of day.

    Parameters are fitted unless they are given.
    """
    frame = observe(polls, targets, contest)
    house_size = contest.rules.house_size
    by_list = {str(name): rows.reset_index(drop=True) for name, rows in frame.groupby("list", sort=False)}
    cuts = known_cuts(contest, as_of, polls)
    fitted = {name: rows for name, rows in by_list.items() if len(rows) >= FEWEST_POLLS_FOR_LEVEL}
    parameters = parameters or local_level.fit(fitted, house_size, cuts)
    days = np.arange(frame["day"].min(), as_of.toordinal() + 1) if len(frame) else np.array([])
    line_of = partial(_line, days, parameters, house_size)
    lines = tuple(line_of(name, by_list[name], cuts.get(name, ())) for name in targets if name in by_list)
    rest = observe_others(polls, targets, contest)
    others = line_of(str(rest["list"].iloc[0]), rest, ()) if len(rest) else None
    lines, others = _closed(lines, others, contest.others_share)
    return CampaignTrend(days, lines, parameters, tuple(sorted(frame["poll"].unique())), others, contest.others_share)


def _closed(
    lines: tuple[Line, ...], others: Line | None, assumed_others_share: float
) -> tuple[tuple[Line, ...], Line | None]:
    """The lines scaled by the one factor that makes them add up on the as-of day: where draws of the vote lie, too.

    Lists are read off different polls, so that their means need not add to one.
    """
    everyone = lines if others is None else (*lines, others)
    room = 1 - assumed_others_share if others is None else 1.0
    factor = room / sum(float(line.share[-1]) for line in everyone) if everyone else 1.0
    scaled = tuple(replace(line, mean=to_z(np.minimum(factor * line.share, 1.0))) for line in everyone)
    return scaled[: len(lines)], None if others is None else scaled[-1]


def _line(
    days: Floats, parameters: Parameters, house_size: int, name: str, rows: pd.DataFrame, cuts: Sequence[Cut]
) -> Line:
    at = rows["day"].to_numpy(np.float64)
    if len(rows) < FEWEST_POLLS_FOR_LEVEL:
        level, variance = level_of_few(rows, days)
        effects: HouseEffects | None = None
        fallback: str | None = f"{len(rows)} polls: a wide band"
    else:
        smoothed = local_level.smooth(rows, days, parameters, house_size, cuts)
        level, variance, effects = smoothed.mean, smoothed.variance, smoothed.house_effects
        fallback = None if parameters.converged else "constants instead of a fit"
    return Line(
        list=name,
        mean=newest_per_house(rows, days),
        variance=variance,
        level=(float(level[-1]), float(variance[-1])),
        drawn=_drawn(at, days),
        thin=_thin(at, days),
        rows=rows,
        house_effects=effects,
        fallback=fallback,
    )


def level_of_few(rows: pd.DataFrame, days: Floats) -> tuple[Floats, Floats]:
    """A mean of the latest polls with a wide variance, for a list with one or two."""
    filled = np.asarray(pd.Series(window_means(rows, days, "z")).ffill().bfill(), dtype=np.float64)
    noise = float((1 / rows["sample_size"]).mean()) / len(rows)
    return filled, np.full(len(days), FEW_POLLS_VARIANCE + noise)


def _drawn(at: Floats, days: Floats) -> Mask:
    """Days from the first poll on that do not lie inside a silence of more than five weeks."""
    before = np.searchsorted(at, days, side="right") - 1
    after = np.searchsorted(at, days, side="left")
    began = before >= 0
    last = at[np.maximum(before, 0)]
    following = np.where(after < len(at), at[np.minimum(after, len(at) - 1)], days)
    return began & ((following - last <= GAP_DAYS) | np.isin(days, at))


def _thin(at: Floats, days: Floats) -> Mask:
    """Days on which fewer than three polls lie within the fortnight around."""
    half = THIN_DAYS / 2
    inside = np.searchsorted(at, days + half, side="right") - np.searchsorted(at, days - half, side="left")
    return inside < THIN_POLLS


def latest(line: Line) -> tuple[float, float]:
    """The line's level on z and its variance on the as-of day."""
    return float(line.mean[-1]), float(line.variance[-1])


@dataclass(frozen=True, slots=True)
class SeatLines:
    """Expected seats of every line and the ends of their 90 % band, each float64 (lists, days)."""

    expected: Floats
    low: Floats
    high: Floats


def seat_lines(trend: CampaignTrend, rules: ElectoralRules, agreements: Sequence[SurplusAgreement] = ()) -> SeatLines:
    """The lines in seats, day by day; `agreements` as they are known on the as-of day."""
    names = tuple(line.list for line in trend.lines)
    began = np.array([trend.days >= line.rows["day"].iloc[0] for line in trend.lines])
    gone = np.where(began.all(axis=0), 0.0, gone_share(trend, float(rules.threshold)))
    mean = np.array([line.mean for line in trend.lines])
    spread = np.sqrt(np.array([line.variance for line in trend.lines]))
    return expected_seats(names, mean, spread, began, gone, trend.others_shares(), rules, agreements)


def expected_seats(
    names: tuple[str, ...],
    mean: Floats,
    spread: Floats,
    began: np.ndarray,
    gone: Floats,
    others: Floats,
    rules: ElectoralRules,
    agreements: Sequence[SurplusAgreement],
) -> SeatLines:
    """Expected seats from levels on z: `mean`, `spread` and `began` (lists, days), `gone` and `others` (days,)."""
    rules = replace(rules, exempt=rules.exempt | {GONE})
    points = qmc.Sobol(len(names), seed=SEED).random_base2(LOG2_DRAWS)
    noise = ndtri(points).T  # (lists, draws)
    by_days = [
        _expected(names, part, noise, rules, agreements)
        for part in (
            (mean[:, days], spread[:, days], began[:, days], gone[days], others[days])
            for days in (slice(at, at + DAYS_AT_ONCE) for at in range(0, mean.shape[1], DAYS_AT_ONCE))
        )
    ]
    expected, low, high = (np.concatenate(parts, axis=1) for parts in zip(*by_days, strict=True))
    return SeatLines(expected, low, high)


def _expected(
    names: tuple[str, ...],
    levels: tuple[Floats, Floats, np.ndarray, Floats, Floats],
    noise: Floats,
    rules: ElectoralRules,
    agreements: Sequence[SurplusAgreement],
) -> tuple[Floats, Floats, Floats]:
    mean, spread, began, gone, others = levels
    shares = to_share(np.clip(mean[:, :, np.newaxis] + spread[:, :, np.newaxis] * noise[:, np.newaxis], 0.0, np.pi))
    shares = np.where(began[:, :, np.newaxis], shares, 0.0)
    missing = np.broadcast_to(np.maximum(gone, LEAST_GONE_SHARE)[np.newaxis, :, np.newaxis], (1, *shares.shape[1:]))
    shares = np.concatenate([shares, missing])
    room = (1 - others)[:, np.newaxis]
    shares *= np.minimum(1.0, room / shares.sum(axis=0))
    flat = ShareDraws((*names, GONE), shares.reshape(len(names) + 1, -1))
    seats = seat_draws(flat, rules, agreements).seats[:-1].reshape(len(names), mean.shape[1], -1)
    low, high = np.quantile(seats, [TAIL, 1 - TAIL], axis=2)
    return seats.mean(axis=2), low, high


def gone_share(trend: CampaignTrend, threshold: float) -> Floats:
    """The fortnight's mean share (days,) of lists above the threshold that no longer stand."""
    rows = pd.concat([line.rows for line in trend.lines], ignore_index=True)
    rows["ours"] = rows["share"].where(rows["share"] >= threshold, 0.0)
    polls = rows.groupby(["day", "poll"]).agg(passing=("passing", "first"), ours=("ours", "sum")).reset_index("day")
    polls["share"] = (polls["passing"] - polls["ours"]).clip(lower=0.0)
    means = pd.Series(window_means(polls, trend.days))
    return np.asarray(means.ffill().fillna(0.0), dtype=np.float64)


def seats_on_last_day(
    names: tuple[str, ...],
    levels: Sequence[tuple[float, float]],
    others_share: float,
    rules: ElectoralRules,
    agreements: Sequence[SurplusAgreement] = (),
) -> dict[str, float]:
    """Expected seats of lists at given levels, (z, variance) each: what the last day of their lines has."""
    mean, variance = np.array(levels).T[:, :, np.newaxis]
    everyone, nobody = np.ones_like(mean, dtype=bool), np.zeros(1)
    others = np.array([others_share])
    seats = expected_seats(names, mean, np.sqrt(variance), everyone, nobody, others, rules, agreements)
    return dict(zip(names, seats.expected[:, 0].tolist(), strict=True))


def latest_levels(lines: Sequence[Line]) -> list[tuple[float, float]]:
    """Each line's level on z and its variance on the as-of day."""
    return [(float(line.mean[-1]), float(line.variance[-1])) for line in lines]
