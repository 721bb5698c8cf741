"""Trend and polling error → seeded draws of the vote shares of election day, or of a vote held on the as-of day."""

import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from electoral.lists import ElectoralList
from electoral.shares import ShareDraws
from pipelines.forecast.polling_error import DEGREES_OF_FREEDOM, STEADY, PollingError, closed, size_factor
from pipelines.trend.lines import CampaignTrend, Line, latest
from pipelines.trend.observations import Floats, last_per_house, to_share, week_mean

BLOC_SHRINK = 0.75  # votes move within a bloc: how much of a bloc's own error is left of the sum of its lists'


@dataclass(frozen=True, slots=True)
class Centre:
    """Where a list's draws lie and how sure the polls are of it, on z."""

    list: str
    mean: float
    variance: float
    is_steady: bool = False


def nowcast_centres(lines: Sequence[Line], lists: Mapping[str, ElectoralList]) -> tuple[Centre, ...]:
    """A vote held on the as-of day: the trend's own level."""
    return tuple(Centre(line.list, *latest(line), _is_steady(line, lists)) for line in lines)


def election_centres(lines: Sequence[Line], lists: Mapping[str, ElectoralList], as_of_day: float) -> tuple[Centre, ...]:
    """Election day: the mean of each house's newest poll, the reading that the hindcast chose of three."""
    levels = nowcast_centres(lines, lists)
    newest = [last_per_house(line.rows, as_of_day) for line in lines]
    return tuple(replace(level, mean=mean) for level, mean in zip(levels, newest, strict=True))


def week_centres(lines: Sequence[Line], lists: Mapping[str, ElectoralList], as_of_day: float) -> tuple[Centre, ...]:
    """Election day by the plain mean of the week's polls: what every forecast of ours is held beside."""
    levels = nowcast_centres(lines, lists)
    means = [week_mean(line.rows, as_of_day) for line in lines]
    return tuple(replace(level, mean=mean) for level, mean in zip(levels, means, strict=True))


def others_of(trend: CampaignTrend) -> Centre | float:
    """All other lists together: their line's own level, else what is assumed of them."""
    return trend.assumed_others_share if trend.others is None else Centre(trend.others.list, *latest(trend.others))


def _is_steady(line: Line, lists: Mapping[str, ElectoralList]) -> bool:
    return STEADY in lists[line.list].attributes


def draw(
    centres: Sequence[Centre],
    error: PollingError,
    days: float,
    count: int,
    seed: Sequence[int],
    bloc: Collection[str] = (),
    correlation: Floats | None = None,
    *,
    others: Centre | float,
) -> ShareDraws:
    """`count` draws of the vote: y = c + f·b + √(v + (s·f)²)·T₈ per list, b its own past miss.

    Errors are drawn apart unless a `correlation` (lists, lists) says otherwise. `others`, all other lists together, are
    drawn like a list where polls print them, else they have this share (0-1); each draw is closed to what they leave,
    and the error of `bloc` as a whole is shrunk. Shares are rounded to float32, so that the draws an edition
    stores are the draws it was made from.
    """
    drawn = [*centres, others] if isinstance(others, Centre) else list(centres)
    assumed = 0.0 if isinstance(others, Centre) else others
    mean = closed(np.array([centre.mean for centre in drawn]), assumed)
    factor = size_factor(to_share(mean), [centre.is_steady for centre in drawn])
    mean = mean + factor * np.array([error.own_miss(centre.list, days) for centre in drawn])
    variance = np.array([centre.variance for centre in drawn])
    spread = np.sqrt(variance + (error.scale(days) * factor) ** 2)
    noise = _noise(np.random.default_rng(seed), (len(drawn), count), correlation)
    shares = to_share(np.clip(mean[:, np.newaxis] + spread[:, np.newaxis] * noise, 0.0, np.pi))
    shares *= (1 - assumed) / shares.sum(axis=0)
    if isinstance(others, Centre):
        shares *= 1 - np.finfo(np.float32).eps * len(drawn)  # rounded to float32 they add up to one at most
    names = tuple(centre.list for centre in centres)
    shares, mean = shares[: len(names)], mean[: len(names)]
    shares = shrink_bloc(shares, to_share(mean), np.array([name in bloc for name in names]))
    return ShareDraws(names, shares.astype(np.float32).astype(np.float64))


def _noise(rng: np.random.Generator, size: tuple[int, int], correlation: Floats | None) -> Floats:
    """T₈ for every list and draw: normals, correlated where that is asked, each over a chi of its own."""
    if correlation is None:
        return rng.standard_t(DEGREES_OF_FREEDOM, size=size)
    normal = np.linalg.cholesky(correlation) @ rng.standard_normal(size)
    drawn: Floats = normal * np.sqrt(DEGREES_OF_FREEDOM / rng.chisquare(DEGREES_OF_FREEDOM, size=size))
    return drawn


def shrink_bloc(shares: Floats, centre: Floats, inside: Floats, keep: float = BLOC_SHRINK) -> Floats:
    """Pull a bloc's total towards its centre in each draw, and the rest the other way; lists keep their proportions.

    `shares` (lists, draws), `centre` (lists,), `inside` a mask (lists,); draws where either side is empty stay.
    """
    if not inside.any() or inside.all():
        return shares
    total = shares.sum(axis=0)
    held = shares[inside].sum(axis=0)
    wanted = keep * held + (1 - keep) * total * (centre[inside].sum() / centre.sum())
    movable = (held > 0) & (held < total)
    ours = np.divide(wanted, held, out=np.ones_like(held), where=movable)
    theirs = np.divide(total - wanted, total - held, out=np.ones_like(held), where=movable)
    moved: Floats = shares * np.where(inside[:, np.newaxis], ours, theirs)
    return moved


def seed_for(seed: int, election: str, as_of_day: int, purpose: str) -> tuple[int, ...]:
    """A seed of its own for each election, day and purpose, the same on every machine."""
    return (seed, zlib.crc32(election.encode()), as_of_day, zlib.crc32(purpose.encode()))
