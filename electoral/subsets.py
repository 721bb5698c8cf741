"""Every set of lists at once: seat totals by doubling, one bit per list, in a chunk of draws.

A set is a number: bit i is set where list i belongs to it. Arrays are (sets, draws), so that one step adds a
whole row of draws, and totals stay in the narrowest whole-number type.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from electoral.draws import SeatDraws
from electoral.errors import DrawsError

MOST_LISTS = 16
FULL_DRAWS_LISTS = 12  # up to here every draw is used
FEW_DRAWS = 20_000  # above, the first so many
CELLS = 1 << 19  # cells of one chunk: sets times draws, small enough for the processor's cache

Totals = npt.NDArray[np.unsignedinteger]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Players:
    """The lists that hold a seat in some draw used, their seats (lists, draws), and how many draws that is of all."""

    lists: tuple[str, ...]
    seats: Totals
    house_size: int
    all_draws: int

    @property
    def draws(self) -> int:
        """Draws used."""
        return int(self.seats.shape[1])

    @property
    def sets(self) -> int:
        """How many sets of lists there are, the empty one included."""
        return 1 << len(self.lists)

    def members(self, number: int) -> frozenset[str]:
        """The lists of a set's number."""
        return frozenset(name for bit, name in enumerate(self.lists) if number >> bit & 1)

    def number(self, members: Iterable[str]) -> int:
        """A set's number; lists that never hold a seat add nothing to it."""
        return sum(1 << self.lists.index(name) for name in set(members) if name in self.lists)


def players(draws: SeatDraws) -> Players:
    """The lists to build sets of: those with a seat in some draw, 16 at most, above 12 on the first 20,000 draws."""
    seated = np.flatnonzero(draws.seats.any(axis=1))
    if len(seated) > MOST_LISTS:
        raise DrawsError(
            f"{len(seated)} lists hold seats: sets are built of at most {MOST_LISTS}; merge or leave out some"
        )
    used = draws.draws if len(seated) <= FULL_DRAWS_LISTS else min(draws.draws, FEW_DRAWS)
    house_size = int(draws.seats[:, 0].sum(dtype=np.int64))
    return Players(tuple(draws.lists[row] for row in seated), draws.seats[seated, :used], house_size, draws.draws)


def check_bound(who: Players, bound: int) -> None:
    """DrawsError unless the seats asked for are from 1 to the house: nothing else is a majority."""
    if not 1 <= bound <= who.house_size:
        raise DrawsError(f"{bound} seats asked for: give from 1 to the house of {who.house_size}")


def chunks(who: Players) -> Iterator[slice]:
    """Slices of draws whose sets fit the cache."""
    step = max(16, CELLS // who.sets)
    for start in range(0, who.draws, step):
        yield slice(start, min(start + step, who.draws))


def totals_type(house_size: int) -> np.dtype[np.unsignedinteger]:
    """A type in which a total minus a majority, below zero, wraps to more than any house."""
    return np.dtype(np.uint8 if house_size < 128 else np.uint16 if house_size < 1 << 15 else np.uint32)


def spread_totals(seats: Totals, base: int, out: Totals) -> None:
    """Every set's seats minus `base`, modulo the type, into `out` (sets, draws)."""
    out[0] = (-base) % (1 << 8 * out.itemsize)
    for bit, row in enumerate(seats):
        size = 1 << bit
        np.add(out[:size], row, out=out[size : 2 * size])


def spread_least(seats: Totals, out: Totals) -> None:
    """The fewest seats of any member of every set, into `out` (sets, draws); the empty set has the type's largest."""
    out[0] = np.iinfo(out.dtype).max
    for bit, row in enumerate(seats):
        size = 1 << bit
        np.minimum(out[:size], row, out=out[size : 2 * size])
