"""How far polls lay from past results, learned only from the elections it is given.

Nearly all of a forecast's variance is error that all polls share, so that no amount of smoothing shows it; it is
measured on past elections, at several horizons, on z = 2·asin√p. Two things are learned: how wide the error is,
relative to f(p) = (p/0.06)^-0.2 (larger lists are missed by less on this scale), and each list's own miss, shrunk
hard, because some lists are under-polled every time.
See: Shirani-Mehr, Rothschild, Goel & Gelman 2018 (total survey error).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from pipelines.trend.observations import Floats, plain_centre, to_share, to_z

HORIZON_DAYS = (1, 7, 14, 30)
DEGREES_OF_FREEDOM = 8
PRIOR_SCALE = 0.06  # what stands in while there are few elections to learn from…
PRIOR_WEIGHT = 10  # …as strong as this many lists
LARGEST_MISS = 0.25  # one list out of nowhere does not set the scale for all
OWN_MISS_WEIGHT = 4  # a list's own miss counts as if it had missed by nothing this many times more
LARGEST_OWN_MISS = 0.12  # in one election, in units of f
UNIT_SHARE, SIZE_POWER = 0.06, -0.2  # f(p) is 1 at six per cent and falls with size
LEAST_SHARE = 0.005  # f(p) grows no further below
STEADY = "steady-vote"  # the attribute of lists whose voters stay: they are missed by half
STEADY_FACTOR = 0.5


@dataclass(frozen=True, slots=True)
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
        known = None if self.others is None else self.others[self.others["day"] <= day]
        return self.assumed_others_share if known is None or known.empty else float(to_share(plain_centre(known, day)))


@dataclass(frozen=True, slots=True)
class PollingError:
    """What past elections teach at each of HORIZON_DAYS: the scale s, and each list's own miss in units of f.

    `misses` is how many polled lists taught it.
    """

    scales: tuple[float, ...]
    own_misses: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    misses: int = 0

    def scale(self, days_to_election: float) -> float:
        """s at a horizon, interpolated; beyond the longest it is that one's."""
        return float(np.interp(days_to_election, HORIZON_DAYS, self.scales))

    def own_miss(self, name: str, days_to_election: float) -> float:
        """What a list has beaten its polls by, shrunk; 0 for a list without a past."""
        own = self.own_misses.get(name)
        return float(np.interp(days_to_election, HORIZON_DAYS, own)) if own else 0.0


def size_factor(share: Floats | float, is_steady: Sequence[bool] | bool = False) -> Floats:
    """f(p): how much wider the error is for a list of this share than for one of 6 %."""
    factor: Floats = (np.maximum(share, LEAST_SHARE) / UNIT_SHARE) ** SIZE_POWER
    return factor * np.where(is_steady, STEADY_FACTOR, 1.0)


def closed(z: Floats, others_share: float) -> Floats:
    """The same readings once their shares add up to what other lists leave."""
    share = to_share(z)
    return to_z(share * (1 - others_share) / share.sum())


def learn(past: Iterable[PastElection]) -> PollingError:
    """The error by horizon, shrunk to a prior; every result in `past` must be known on the as-of day."""
    elections = list(past)
    by_horizon = [[error for election in elections for error in errors(election, horizon)] for horizon in HORIZON_DAYS]
    own = [_own_misses(found) for found in by_horizon]
    names = sorted({name for misses in own for name in misses})
    # A longer look ahead is never the surer one.
    scales = np.maximum.accumulate([_scale(found) for found in by_horizon])
    return PollingError(
        scales=tuple(float(scale) for scale in scales),
        own_misses={name: tuple(misses.get(name, 0.0) for misses in own) for name in names},
        misses=max(len(found) for found in by_horizon),
    )


def errors(election: PastElection, horizon: int) -> Iterator[tuple[str, float]]:
    """Result minus polls per list, in units of f(p), as the polls stood `horizon` days before the vote."""
    day = election.vote_day - horizon
    known = {name: rows[rows["day"] <= day] for name, rows in election.rows_by_list.items()}
    names = [name for name, rows in known.items() if len(rows)]
    if not names:
        return
    centres = closed(np.array([plain_centre(known[name], day) for name in names]), election.others_share(day))
    factors = size_factor(to_share(centres), [name in election.steady for name in names])
    for name, centre, factor in zip(names, centres, factors, strict=True):
        yield name, (float(to_z(election.result_share.get(name, 0.0))) - float(centre)) / float(factor)


def _scale(found: Sequence[tuple[str, float]]) -> float:
    capped = np.minimum(np.abs([error for _, error in found]), LARGEST_MISS)
    # A t with 8 degrees of freedom has the variance 8/6 of its scale's square.
    squares = capped**2 * (DEGREES_OF_FREEDOM - 2) / DEGREES_OF_FREEDOM
    return float(np.sqrt((PRIOR_WEIGHT * PRIOR_SCALE**2 + squares.sum()) / (PRIOR_WEIGHT + len(found))))


def _own_misses(found: Sequence[tuple[str, float]]) -> dict[str, float]:
    by_list: dict[str, list[float]] = {}
    for name, error in found:
        by_list.setdefault(name, []).append(float(np.clip(error, -LARGEST_OWN_MISS, LARGEST_OWN_MISS)))
    return {name: sum(own) / (len(own) + OWN_MISS_WEIGHT) for name, own in by_list.items()}
