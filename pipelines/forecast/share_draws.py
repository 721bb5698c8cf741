"""Trend and polling error → seeded draws of the vote shares of election day, or of a vote held on the as-of day."""

import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from electoral.draws import ShareDraws
from electoral.lists import ElectoralList
from pipelines.forecast.polling_error import DEGREES_OF_FREEDOM, STEADY, PollingError
from pipelines.trend.lines import CampaignTrend, Line, latest
from pipelines.trend.observations import Floats, closed, to_share, week_mean

BLOC_SHRINK = 0.75  # votes move within a bloc: how much of a bloc's own error is left of the sum of its lists'


@dataclass(frozen=True, slots=True)
class Centre:
    """Where a list's draws lie and how sure the polls are of it, on z."""

    list: str
    mean: float
    variance: float
    is_steady: bool = False


def line_centres(lines: Sequence[Line], lists: Mapping[str, ElectoralList]) -> tuple[Centre, ...]:
    """Where the one line ends: the centre of a vote held on the as-of day and of election day alike."""
    return tuple(Centre(line.list, *latest(line), STEADY in lists[line.list].attributes) for line in lines)


def week_centres(lines: Sequence[Line], lists: Mapping[str, ElectoralList], as_of_day: float) -> tuple[Centre, ...]:
    """Election day by the plain mean of the week's polls: what every forecast of ours is held beside."""
    means = [week_mean(line.rows, as_of_day) for line in lines]
    return tuple(
        replace(centre, mean=mean, variance=line.level[1])
        for centre, line, mean in zip(line_centres(lines, lists), lines, means, strict=True)
    )


def others_of(trend: CampaignTrend) -> Centre | float:
    """All other lists together: their line's own level, else what is assumed of them."""
    return trend.assumed_others_share if trend.others is None else Centre(trend.others.list, *latest(trend.others))


def draw(
    centres: Sequence[Centre],
    error: PollingError,
    days: float,
    count: int,
    seed: Sequence[int],
    blocs: Sequence[Collection[str]] = (),
    *,
    others: Centre | float,
) -> ShareDraws:
    """`count` draws of the vote: y = c + √(v + (s·f)²)·T₈ per list, drawn apart.

    `others`, all other lists together, are drawn like a list where polls print them, else they have this share (0-1);
    each draw is closed to what they leave, and the error of each of `blocs` as a whole is shrunk. Shares are rounded
    to float32, so that the draws an edition stores are the draws it was made from.
    """
    drawn = [*centres, others] if isinstance(others, Centre) else list(centres)
    assumed = 0.0 if isinstance(others, Centre) else others
    mean = closed(np.array([centre.mean for centre in drawn]), assumed)
    factor = error.factor(to_share(mean), [centre.is_steady for centre in drawn])
    variance = np.array([centre.variance for centre in drawn])
    spread = np.sqrt(variance + (error.scale(days) * factor) ** 2)
    noise = np.random.default_rng(seed).standard_t(DEGREES_OF_FREEDOM, size=(len(drawn), count))
    shares = to_share(np.clip(mean[:, np.newaxis] + spread[:, np.newaxis] * noise, 0.0, np.pi))
    shares *= (1 - assumed) / shares.sum(axis=0)
    if isinstance(others, Centre):
        shares *= 1 - np.finfo(np.float32).eps * len(drawn)  # rounded to float32 they add up to one at most
    names = tuple(centre.list for centre in centres)
    shares = shrink_blocs(shares[: len(names)], to_share(mean[: len(names)]), _bloc_of(names, blocs))
    return ShareDraws(names, shares.astype(np.float32).astype(np.float64))


def _bloc_of(names: Sequence[str], blocs: Sequence[Collection[str]]) -> Floats:
    """The number of each list's bloc; those of none have one together."""
    return np.array([next((at for at, bloc in enumerate(blocs) if name in bloc), -1) for name in names])


def shrink_blocs(shares: Floats, centre: Floats, bloc_of: Floats, keep: float = BLOC_SHRINK) -> Floats:
    """Pull every bloc's total towards its centre in each draw; its lists keep their proportions.

    `shares` (lists, draws), `centre` and `bloc_of` (lists,). A draw in which a bloc has nobody stays. What all have
    together stays, whatever the order of blocs.
    """
    total = shares.sum(axis=0)
    moved = np.ones_like(shares)
    everyone = np.ones(shares.shape[1], dtype=bool)
    for bloc in np.unique(bloc_of):
        inside = bloc_of == bloc
        held = shares[inside].sum(axis=0)
        wanted = keep * held + (1 - keep) * total * (centre[inside].sum() / centre.sum())
        everyone &= held > 0
        moved[inside] = np.divide(wanted, held, out=np.ones_like(held), where=held > 0)
    found: Floats = np.where(everyone, shares * moved, shares)
    return found


def seed_for(seed: int, election: str, as_of_day: int, purpose: str) -> tuple[int, ...]:
    """A seed of its own for each election, day and purpose, the same on every machine."""
    return (seed, zlib.crc32(election.encode()), as_of_day, zlib.crc32(purpose.encode()))
