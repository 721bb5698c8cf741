"""What the lines are worth in seats: expected seats, over draws of their own uncertainty, through the rule.

A list near the threshold has some of its seats some of the time, so its crossing moves nobody's line by a jump. The
draws are of one quasi-random sequence for every day, so that a line moves where its shares move.
See: Owen 1998 (scrambled Sobol' points), doi 10.1006/jcom.1998.0487.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.special import ndtri
from scipy.stats import qmc

from electoral.apparentement import SurplusAgreement
from electoral.draws import seat_draws
from electoral.rules import ElectoralRules
from electoral.shares import ShareDraws
from pipelines.trend.lines import CampaignTrend, Line
from pipelines.trend.observations import Floats, to_share
from pipelines.trend.readings import window_means

LOG2_DRAWS = 8
SEED = 1
DAYS_AT_ONCE = 200
GONE = "lists that no longer stand"
LEAST_GONE_SHARE = 1e-9  # so that there is somebody to hold the house where no list of today qualifies
TAIL = 0.05  # of each side beyond a 90 % band


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
    found = [
        _expected(names, part, noise, rules, agreements)
        for part in (
            (mean[:, days], spread[:, days], began[:, days], gone[days], others[days])
            for days in (slice(at, at + DAYS_AT_ONCE) for at in range(0, mean.shape[1], DAYS_AT_ONCE))
        )
    ]
    expected, low, high = (np.concatenate(parts, axis=1) for parts in zip(*found, strict=True))
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
    found = expected_seats(names, mean, np.sqrt(variance), everyone, nobody, others, rules, agreements)
    return dict(zip(names, found.expected[:, 0].tolist(), strict=True))


def latest_levels(lines: Sequence[Line]) -> list[tuple[float, float]]:
    """Each line's level on z and its variance on the as-of day."""
    return [(float(line.mean[-1]), float(line.variance[-1])) for line in lines]
