"""Trend and polling error → seeded draws of the vote shares of election day, or of a vote held on the as-of day."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from electoral.shares import ASSUMED_OTHERS_SHARE, ShareDraws
from pipelines.forecast.polling_error import DEGREES_OF_FREEDOM, PollingError, size_factor
from pipelines.trend.lines import Line, latest
from pipelines.trend.observations import Floats, to_share
from pipelines.trend.readings import RECENT_DAYS, last_per_house, window_mean


@dataclass(frozen=True, slots=True)
class Centre:
    """Where a list's draws lie and how sure the polls are of it, on z."""

    list: str
    mean: float
    variance: float


def nowcast_centres(lines: Sequence[Line]) -> tuple[Centre, ...]:
    """A vote held on the as-of day: the trend's own level."""
    return tuple(Centre(line.list, *latest(line)) for line in lines)


def election_centres(lines: Sequence[Line], as_of_day: float) -> tuple[Centre, ...]:
    """Election day: the mean of three readings — the level, the last week's polls, each house's newest poll."""
    return tuple(_three_readings(line, as_of_day) for line in lines)


def _three_readings(line: Line, day: float) -> Centre:
    level, variance = latest(line)
    recent = window_mean(line.rows, day, RECENT_DAYS)
    others = [last_per_house(line.rows)] + ([] if recent is None else [recent])
    return Centre(line.list, float(np.mean([level, *others])), variance)


def draw(centres: Sequence[Centre], error: PollingError, days: float, count: int, seed: Sequence[int]) -> ShareDraws:
    """`count` draws of the vote: y = c + √(v + (s·f)²)·T₈ per list, closed to what other lists leave.

    Shares are rounded to float32, so that the draws an edition stores are the draws it was made from.
    """
    mean = np.array([centre.mean for centre in centres])
    variance = np.array([centre.variance for centre in centres])
    spread = np.sqrt(variance + (error.scale(days) * size_factor(to_share(mean))) ** 2)
    noise = np.random.default_rng(seed).standard_t(DEGREES_OF_FREEDOM, size=(len(centres), count))
    shares: Floats = to_share(np.clip(mean[:, np.newaxis] + spread[:, np.newaxis] * noise, 0.0, np.pi))
    shares *= (1 - ASSUMED_OTHERS_SHARE) / shares.sum(axis=0)
    return ShareDraws(tuple(centre.list for centre in centres), shares.astype(np.float32).astype(np.float64))


def seed_for(seed: int, election: str, as_of_day: int, purpose: str) -> tuple[int, ...]:
    """A seed of its own for each election, day and purpose, the same on every machine."""
    return (seed, zlib.crc32(election.encode()), as_of_day, zlib.crc32(purpose.encode()))
