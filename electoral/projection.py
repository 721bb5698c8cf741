"""From draws to what a page says: medians, intervals and probabilities, computed here and nowhere else."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from electoral.draws import SeatDraws, index_of
from electoral.errors import DrawsError


@dataclass(frozen=True, slots=True)
class SeatSummary:
    """Seats over draws: median, mean, and quantiles that are seat numbers some draw has (q05 = 5 %, ...)."""

    median: float
    mean: float
    q05: float
    q10: float
    q25: float
    q75: float
    q90: float
    q95: float


def summarise(seats_row: npt.NDArray[np.integer]) -> SeatSummary:
    """Median, mean and quantiles of whole seat numbers (draws,), by the inverted empirical distribution.

    See: Hyndman and Fan (1996), definition 1; numpy.quantile(method="inverted_cdf").

    >>> summarise(np.array([4, 0, 5, 4])).median, summarise(np.array([4, 0, 5, 4])).q05
    (4.0, 0.0)
    """
    count = seats_row.size
    if not count:
        raise DrawsError("no draws to summarise: give at least one")
    tally = np.bincount(seats_row)
    below = np.cumsum(tally)

    def quantile(per_cent: int) -> float:
        rank = max(1, -(-count * per_cent // 100))
        return float(np.searchsorted(below, rank))

    mean = float(tally @ np.arange(tally.size)) / count
    return SeatSummary(quantile(50), mean, *(quantile(q) for q in (5, 10, 25, 75, 90, 95)))


def p_pass(draws: SeatDraws) -> dict[str, float]:
    """How often each list reaches the threshold."""
    return dict(zip(draws.lists, draws.passes.mean(axis=1).tolist(), strict=True))


def p_largest(draws: SeatDraws) -> dict[str, float]:
    """How often each list has the most seats; lists level at the top share the draw."""
    top = draws.seats == draws.seats.max(axis=0)
    weight = 1.0 / np.count_nonzero(top, axis=0)
    return {name: float(weight[row].sum()) / draws.draws for name, row in zip(draws.lists, top, strict=True)}


def bloc_seats(draws: SeatDraws, lists: Iterable[str]) -> npt.NDArray[np.int64]:
    """The seats a set of lists holds together, int64 (draws,), draw by draw."""
    rows = [index_of(draws.lists, name) for name in dict.fromkeys(lists)]
    seats: npt.NDArray[np.int64] = draws.seats[rows].sum(axis=0, dtype=np.int64)
    return seats


def p_majority(draws: SeatDraws, lists: Iterable[str], majority: int) -> float:
    """How often a set of lists holds at least `majority` seats together."""
    return reach(bloc_seats(draws, lists), majority)


def reach(seats_row: npt.NDArray[np.integer], majority: int) -> float:
    """How often seats (draws,) are at least a majority."""
    return float(np.mean(seats_row >= majority))
