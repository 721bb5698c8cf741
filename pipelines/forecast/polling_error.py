"""How far polls lie from the result, on z = 2·asin√p, and seeded draws of the vote by it.

Nearly all of a forecast's variance is error all polls share. Its scale grows with the days to go and not with a list's
size. It was learned on elections that do not ship and is learned on none of those it is scored on, so that an
electorate without a past has it from its first poll on. The reference that every forecast of ours is held beside learns
its own scale, from past elections of its electorate.
See: Shirani-Mehr, Rothschild, Goel & Gelman 2018 (total survey error).
"""

import zlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd

from electoral.draws import CHUNK, ShareDraws
from electoral.lists import ElectoralList
from pipelines.forecast import from_abroad
from pipelines.trend.lines import CampaignTrend, Line, latest
from pipelines.trend.observations import Floats, closed, plain_centre, plain_centres, to_share, to_z, week_mean

HORIZON_DAYS = (1, 7, 14, 30)
DEGREES_OF_FREEDOM = 8
STEADY = "steady-vote"  # the attribute of lists whose voters stay: they are missed by half
STEADY_FACTOR = 0.5
BLOC_SHRINK = 0.75  # votes move within a bloc: how much of a bloc's own error is left of the sum of its lists'

# Of the reference alone.
LEARNED_PRIOR_SCALE = 0.06  # what stands in while there are few elections to learn from…
LEARNED_PRIOR_WEIGHT = 10  # …as strong as this many lists
LARGEST_MISS = 0.25  # one list out of nowhere does not set the scale for all
UNIT_SHARE, LEARNED_SIZE_POWER = 0.06, -0.2  # f(p) is 1 at six per cent and falls with size
LEAST_SHARE = 0.005  # f(p) grows no further below


@dataclass(frozen=True, eq=False)
class PastElection:
    """An election already held: its polls per list (z, day, house), its day, its results, its steady lists.

    `others`: its polls of all other lists together, where they printed them.
    """

    rows_by_list: Mapping[str, pd.DataFrame]
    vote_day: float
    result_share: Mapping[str, float]
    steady: frozenset[str] = frozenset()
    others: pd.DataFrame | None = None
    assumed_others_share: float = 0.0

    def others_share(self, day: float) -> float:
        """What all other lists together had in the polls known on a day, 0-1; assumed where none printed it."""
        rows = None if self.others is None else self.others[self.others["day"] <= day]
        return self.assumed_others_share if rows is None or rows.empty else float(to_share(plain_centre(rows, day)))


@dataclass(frozen=True, slots=True)
class PollingError:
    """The scale s at each of HORIZON_DAYS for a list of six per cent, and the power of size it goes by."""

    scales: tuple[float, ...]
    size_power: float

    def scale(self, days_to_election: float) -> float:
        """s at a horizon, interpolated; beyond the longest it is that one's."""
        return float(np.interp(days_to_election, HORIZON_DAYS, self.scales))

    def factor(self, share: Floats, is_steady: Sequence[bool]) -> Floats:
        """f(p): how much wider the error is for a list of this share than for one of six per cent."""
        factor: Floats = (np.maximum(share, LEAST_SHARE) / UNIT_SHARE) ** self.size_power
        return factor * np.where(is_steady, STEADY_FACTOR, 1.0)


FROM_ABROAD = PollingError(
    tuple(float(np.hypot(from_abroad.START_SCALE, from_abroad.DAILY_SCALE * np.sqrt(days))) for days in HORIZON_DAYS),
    from_abroad.SIZE_POWER,
)


def learn(past: Iterable[PastElection]) -> PollingError:
    """The reference's error by horizon, shrunk to a prior; every result in `past` must be known on the as-of day."""
    by_horizon: dict[int, list[float]] = {days: [] for days in HORIZON_DAYS}
    for election in past:
        for days, errors_by_list in errors(election).items():
            by_horizon[days] += errors_by_list.values()
    # A longer look ahead is never the surer one.
    return PollingError(
        tuple(np.maximum.accumulate([_scale(by_horizon[days]) for days in HORIZON_DAYS]).tolist()), LEARNED_SIZE_POWER
    )


@lru_cache(maxsize=4096)  # every campaign of a night learns from the same elections
def errors(election: PastElection) -> dict[int, dict[str, float]]:
    """Result minus polls in units of the reference's f(p), by days before the vote and list polled by then."""
    days = election.vote_day - np.array(HORIZON_DAYS)
    centres = {name: plain_centres(rows, days) for name, rows in election.rows_by_list.items()}
    is_polled = {name: float(rows["day"].iloc[0]) <= days for name, rows in election.rows_by_list.items()}
    return {
        horizon: _errors_on(election, day, {name: z[at] for name, z in centres.items() if is_polled[name][at]})
        for at, (horizon, day) in enumerate(zip(HORIZON_DAYS, days, strict=True))
    }


def _errors_on(election: PastElection, day: float, centres: Mapping[str, float]) -> dict[str, float]:
    if not centres:
        return {}
    z = closed(np.array(list(centres.values())), election.others_share(day))
    factors = PollingError((), LEARNED_SIZE_POWER).factor(to_share(z), [name in election.steady for name in centres])
    result = to_z(np.array([election.result_share.get(name, 0.0) for name in centres]))
    return dict(zip(centres, ((result - z) / factors).tolist(), strict=True))


def _scale(in_units: Sequence[float]) -> float:
    capped = np.minimum(np.abs(in_units), LARGEST_MISS)
    # A t with 8 degrees of freedom has the variance 8/6 of its scale's square.
    squares = capped**2 * (DEGREES_OF_FREEDOM - 2) / DEGREES_OF_FREEDOM
    prior = LEARNED_PRIOR_WEIGHT * LEARNED_PRIOR_SCALE**2
    return float(np.sqrt((prior + squares.sum()) / (LEARNED_PRIOR_WEIGHT + len(in_units))))


# Draws


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


Noise = Callable[[tuple[int, ...], int, int], Floats]  # of a seed, a number of lists and one of draws


def student_t(seed: tuple[int, ...], lists: int, count: int) -> Floats:
    """Student's t of eight degrees, (lists, draws)."""
    return np.random.default_rng(seed).standard_t(DEGREES_OF_FREEDOM, size=(lists, count))


def draw(
    centres: Sequence[Centre],
    error: PollingError,
    days: float,
    count: int,
    seed: Sequence[int],
    blocs: Sequence[Collection[str]] = (),
    *,
    others: Centre | float,
    noise: Noise = student_t,
) -> ShareDraws:
    """`count` draws of the vote: y = c + √(v + (s·f)²)·T₈ per list, drawn apart.

    `others`, all other lists together, are drawn like a list where polls print them, else they have this share (0-1);
    each draw is closed to what they leave, and the error of each of `blocs` as a whole is shrunk. Shares are rounded
    to float32, so that the draws an edition stores are the draws it was made from. `noise` gives T₈, an array to
    overwrite, where readings beside each other are drawn with the same numbers.
    """
    sources = [*centres, others] if isinstance(others, Centre) else list(centres)
    assumed = 0.0 if isinstance(others, Centre) else others
    mean = closed(np.array([centre.mean for centre in sources]), assumed)
    factor = error.factor(to_share(mean), [centre.is_steady for centre in sources])
    variance = np.array([centre.variance for centre in sources])
    spread = np.sqrt(variance + (error.scale(days) * factor) ** 2)
    names = tuple(centre.list for centre in centres)
    centre_share, bloc_of = to_share(mean[: len(names)]), _bloc_of(names, blocs)
    shares = noise(tuple(seed), len(sources), count)
    for start in range(0, count, CHUNK):  # in place: a copy of all draws is a tenth of what a night may hold
        part = shares[:, start : start + CHUNK]
        part *= spread[:, np.newaxis]
        part += mean[:, np.newaxis]
        part[:] = to_share(part)
        part *= (1 - assumed) / part.sum(axis=0)
        if isinstance(others, Centre):
            part *= 1 - np.finfo(np.float32).eps * len(sources)  # rounded to float32 they add up to one at most
        part[: len(names)] = shrink_blocs(part[: len(names)], centre_share, bloc_of).astype(np.float32)
    return ShareDraws(names, shares[: len(names)])


def _bloc_of(names: Sequence[str], blocs: Sequence[Collection[str]]) -> Floats:
    """The number of each list's bloc; those of none have one together."""
    return np.array([next((at for at, bloc in enumerate(blocs) if name in bloc), -1) for name in names])


def shrink_blocs(shares: Floats, centre: Floats, bloc_of: Floats, keep: float = BLOC_SHRINK) -> Floats:
    """Pull every bloc's total towards its centre in each draw; its lists keep their proportions.

    `shares` (lists, draws), `centre` and `bloc_of` (lists,). A draw in which a bloc has nobody stays. What all have
    together stays, whatever the order of blocs.
    """
    total = shares.sum(axis=0)
    blocs = [bloc_of == bloc for bloc in np.unique(bloc_of)]
    held = [shares[inside].sum(axis=0) for inside in blocs]
    is_held = np.all([own > 0 for own in held], axis=0)
    shrunk = shares.copy()
    for inside, own in zip(blocs, held, strict=True):
        wanted = keep * own + (1 - keep) * total * (centre[inside].sum() / centre.sum())
        shrunk[inside] *= np.divide(wanted, own, out=np.ones_like(own), where=is_held)
    return shrunk


def seed_for(seed: int, election: str, as_of_day: int, purpose: str) -> tuple[int, ...]:
    """A seed of its own for each election, day and purpose, the same on every machine."""
    return (seed, zlib.crc32(election.encode()), as_of_day, zlib.crc32(purpose.encode()))
