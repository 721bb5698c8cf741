"""How far polls lie from the result, on z = 2·asin√p: nearly all of a forecast's variance is error all polls share.

Its scale grows with the days to go and not with a list's size. It was learned on Nordic elections that do not ship and
on none of the electorate it is asked about but Sweden's, so that one without a past has it from its first poll on. The
reference that every forecast of ours is held beside learns its own scale, from past elections of its electorate.
See: Shirani-Mehr, Rothschild, Goel & Gelman 2018 (total survey error).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipelines.forecast import from_abroad
from pipelines.trend.observations import Floats, closed, plain_centre, to_share, to_z

HORIZON_DAYS = (1, 7, 14, 30)
DEGREES_OF_FREEDOM = 8
STEADY = "steady-vote"  # the attribute of lists whose voters stay: they are missed by half
STEADY_FACTOR = 0.5

# Of the reference alone.
LEARNED_PRIOR_SCALE = 0.06  # what stands in while there are few elections to learn from…
LEARNED_PRIOR_WEIGHT = 10  # …as strong as this many lists
LARGEST_MISS = 0.25  # one list out of nowhere does not set the scale for all
UNIT_SHARE, LEARNED_SIZE_POWER = 0.06, -0.2  # f(p) is 1 at six per cent and falls with size
LEAST_SHARE = 0.005  # f(p) grows no further below


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
    elections = list(past)
    by_horizon = [[error for election in elections for _, error in errors(election, days)] for days in HORIZON_DAYS]
    # A longer look ahead is never the surer one.
    return PollingError(
        tuple(np.maximum.accumulate([_scale(found) for found in by_horizon]).tolist()), LEARNED_SIZE_POWER
    )


def errors(election: PastElection, horizon: int) -> Iterator[tuple[str, float]]:
    """Result minus polls per list, in units of the reference's f(p), as they stood `horizon` days before the vote."""
    day = election.vote_day - horizon
    known = {name: rows[rows["day"] <= day] for name, rows in election.rows_by_list.items()}
    names = [name for name, rows in known.items() if len(rows)]
    if not names:
        return
    centres = closed(np.array([plain_centre(known[name], day) for name in names]), election.others_share(day))
    factors = PollingError((), LEARNED_SIZE_POWER).factor(
        to_share(centres), [name in election.steady for name in names]
    )
    for name, centre, factor in zip(names, centres, factors, strict=True):
        yield name, (float(to_z(election.result_share.get(name, 0.0))) - float(centre)) / float(factor)


def _scale(found: Sequence[float]) -> float:
    capped = np.minimum(np.abs(found), LARGEST_MISS)
    # A t with 8 degrees of freedom has the variance 8/6 of its scale's square.
    squares = capped**2 * (DEGREES_OF_FREEDOM - 2) / DEGREES_OF_FREEDOM
    prior = LEARNED_PRIOR_WEIGHT * LEARNED_PRIOR_SCALE**2
    return float(np.sqrt((prior + squares.sum()) / (LEARNED_PRIOR_WEIGHT + len(found))))
