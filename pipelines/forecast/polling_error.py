"""How far polls lay from past results, learned only from elections held before the as-of day.

About 94 % of a forecast's variance is error that all polls share, so that no amount of smoothing shows it;
it is measured on past elections, at several horizons, on z = 2·asin√p and relative to f(p) = (p/0.06)^-0.2:
larger lists are missed by less on this scale.
See: Shirani-Mehr, Rothschild, Goel & Gelman 2018 (total survey error).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipelines.trend.observations import Floats, to_share, to_z
from pipelines.trend.readings import plain_centre

HORIZON_DAYS = (1, 7, 14, 30)
DEGREES_OF_FREEDOM = 8
PRIOR_SCALE = 0.06  # what stands in while there are few elections to learn from…
PRIOR_WEIGHT = 10  # …as strong as this many lists
FRESH_DAYS = 30  # a list without a poll in this time has nothing to be judged by


@dataclass(frozen=True, slots=True)
class PastElection:
    """An election already held: its polls per list (z, day, house), its day and its results as shares."""

    rows_by_list: Mapping[str, pd.DataFrame]
    vote_day: float
    result_share: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class PollingError:
    """The scale s of the shared error on z at each of HORIZON_DAYS, and how many lists taught it."""

    scales: tuple[float, ...]
    lists: int

    def scale(self, days_to_election: float) -> float:
        """s at a horizon, interpolated; beyond the longest it is that one's."""
        return float(np.interp(days_to_election, HORIZON_DAYS, self.scales))


def size_factor(share: Floats | float) -> Floats:
    """f(p): how much wider the error is for a list of this share than for one of 6 %."""
    return (np.maximum(share, 0.005) / 0.06) ** -0.2


def learn(past: Iterable[PastElection]) -> PollingError:
    """The error's scale by horizon, shrunk to a prior; every result in `past` must be known on the as-of day."""
    elections = list(past)
    counted = 0
    scales = []
    for horizon in HORIZON_DAYS:
        errors = np.array([error for election in elections for error in _errors(election, horizon)])
        # A t with 8 degrees of freedom has the variance 8/6 of its scale's square.
        squares = errors**2 * (DEGREES_OF_FREEDOM - 2) / DEGREES_OF_FREEDOM
        weighted = PRIOR_WEIGHT * PRIOR_SCALE**2 + float(squares.sum())
        scales.append(float(np.sqrt(weighted / (PRIOR_WEIGHT + len(squares)))))
        counted = max(counted, len(squares))
    # A longer look ahead is never the surer one.
    return PollingError(tuple(np.maximum.accumulate(scales).tolist()), counted)


def _errors(election: PastElection, horizon: int) -> Iterable[float]:
    """Result minus polls per list, in units of f(p), as the polls stood `horizon` days before the vote."""
    day = election.vote_day - horizon
    for name, rows in election.rows_by_list.items():
        known = rows[rows["day"] <= day]
        if name in election.result_share and len(known) and known["day"].iloc[-1] > day - FRESH_DAYS:
            centre = plain_centre(known, day)
            miss = float(to_z(election.result_share[name])) - centre
            yield miss / float(size_factor(float(to_share(centre))))
