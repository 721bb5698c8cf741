"""Every set of lists at once, over draws: how often each just has a majority.

A set is a number: bit i is set where list i belongs to it. Arrays are (sets, draws), so that one step adds a whole row
of draws, and totals stay in the narrowest whole-number type.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from electoral.draws import SeatDraws
from electoral.errors import DrawsError

MOST_LISTS = 16  # sets double with every list: of more, the largest
FULL_DRAWS_LISTS = 12  # up to here every draw is used
FEW_DRAWS = 20_000  # above, the first so many
CELLS = 1 << 19  # cells of one chunk: sets times draws, small enough for the processor's cache

Totals = npt.NDArray[np.unsignedinteger]
FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SetOdds:
    """How often each set of `lists` is minimal winning, float64 (sets,); bit i of a set's index is `lists[i]`.

    `left_out`: lists that hold seats in some draw and are in no set, the smallest where there are more than 16; what is
    said of a set does not depend on them. `draws_used` of `all_draws`: fewer where there are more than 12 lists.
    """

    lists: tuple[str, ...]
    left_out: tuple[str, ...]
    probability: FloatArray
    draws_used: int
    all_draws: int

    def ranked(self, at_least: float = 0.0) -> list[tuple[frozenset[str], float]]:
        """The sets with a probability above zero and not under `at_least`, the likeliest first."""
        numbers = np.flatnonzero((self.probability > 0) & (self.probability >= at_least))
        order = numbers[np.argsort(-self.probability[numbers], kind="stable")]
        return [(self._members(int(number)), float(self.probability[number])) for number in order]

    def _members(self, number: int) -> frozenset[str]:
        return frozenset(name for bit, name in enumerate(self.lists) if number >> bit & 1)


def minimal_winning_odds(draws: SeatDraws, majority: int) -> SetOdds:
    """How often each set is minimal winning: it reaches `majority` and every member is needed for that.

    Raises DrawsError for a majority outside the house.
    """
    house_size = int(draws.seats[:, 0].sum(dtype=np.int64))
    if not 1 <= majority <= house_size:
        raise DrawsError(f"{majority} seats asked for: give from 1 to the house of {house_size}")
    rows, left_out = _largest(draws)
    used = draws.draws if len(rows) <= FULL_DRAWS_LISTS else min(draws.draws, FEW_DRAWS)
    seats = draws.seats[rows, :used].astype(_totals_type(house_size))
    return SetOdds(
        tuple(draws.lists[row] for row in rows),
        tuple(draws.lists[row] for row in left_out),
        _count_minimal(seats, majority) / used,
        used,
        draws.draws,
    )


def _largest(draws: SeatDraws) -> tuple[list[int], list[int]]:
    """The rows of the largest lists that hold a seat in some draw, and of the rest, each in the draws' order."""
    totals = draws.seats.sum(axis=1, dtype=np.int64)
    order = np.argsort(-totals, kind="stable")[: np.count_nonzero(totals)].tolist()
    return sorted(order[:MOST_LISTS]), sorted(order[MOST_LISTS:])


def _totals_type(house_size: int) -> np.dtype[np.unsignedinteger]:
    """A type in which a total minus a majority, below zero, wraps to more than any house."""
    return np.dtype(np.uint8 if house_size < 128 else np.uint16 if house_size < 1 << 15 else np.uint32)


def _count_minimal(seats: Totals, majority: int) -> npt.NDArray[np.int64]:
    """In how many draws each set is minimal winning, int64 (sets,).

    A total minus the majority wraps, below zero, to more than any house: one comparison with the set's smallest member
    tells whether it reaches the majority and nobody could be spared.
    """
    sets = 1 << len(seats)
    parts = list(_chunks(seats.shape[1], sets))
    width = max(part.stop - part.start for part in parts)
    over, least = (np.empty((sets, width), dtype=seats.dtype) for _ in range(2))
    tally = np.zeros((sets, width), dtype=np.uint8)
    counts = np.zeros(sets, dtype=np.int64)
    for at, part in enumerate(parts, start=1):
        size = part.stop - part.start
        _spread_totals(seats[:, part], majority, over[:, :size])
        _spread_least(seats[:, part], least[:, :size])
        np.add(tally[:, :size], np.less(over[:, :size], least[:, :size]), out=tally[:, :size])
        if at % 255 == 0 or at == len(parts):
            counts += tally.sum(axis=1, dtype=np.int64)
            tally[:] = 0
    counts[0] = 0
    return counts


def _chunks(draws: int, sets: int) -> Iterator[slice]:
    """Slices of draws whose sets fit the cache."""
    step = max(16, CELLS // sets)
    for start in range(0, draws, step):
        yield slice(start, min(start + step, draws))


def _spread_totals(seats: Totals, base: int, out: Totals) -> None:
    """Every set's seats minus `base`, modulo the type, into `out` (sets, draws)."""
    out[0] = (-base) % (1 << 8 * out.itemsize)
    for bit, row in enumerate(seats):
        size = 1 << bit
        np.add(out[:size], row, out=out[size : 2 * size])


def _spread_least(seats: Totals, out: Totals) -> None:
    """The fewest seats of any member of every set, into `out` (sets, draws); the empty set has the type's largest."""
    out[0] = np.iinfo(out.dtype).max
    for bit, row in enumerate(seats):
        size = 1 << bit
        np.minimum(out[:size], row, out=out[size : 2 * size])
