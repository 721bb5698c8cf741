"""The allocation to print: one whole house, with the least expected error for lists and blocs over all draws."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from electoral.draws import SeatDraws
from electoral.errors import DrawsError
from electoral.lists import Bloc
from electoral.projection import bloc_seats

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PrintedAllocation:
    """A whole house to print: seats by list and by bloc, a bloc's being the sum of its lists'."""

    seats: Mapping[str, int]
    blocs: Mapping[str, int]


def printed_allocation(draws: SeatDraws, blocs: Iterable[Bloc] = ()) -> PrintedAllocation:
    """The seats a, adding up to the house, that minimise Σ E|S - a| over lists plus Σ E|B - Σa| over blocs.

    A list has seats exactly if it holds any in at least half of the draws, wherever a house can do that. Of allocations
    with equal error the one that gives most to the list with the largest mean, then by id, is taken. Blocs are
    optional, and lists may be in none; DrawsError for a list in two, or in none of the draws.

    One seat more for a list changes its term by 2 P(S ≤ a) - 1, and its bloc's likewise. Both only grow with a, and the
    sets are nested, so that giving each seat where it adds least is exact.

    See: Federgruen and Groenevelt (1986), greedy resource allocation; Murota (2003), s. 6.3, laminar convex functions.

    >>> seats = np.array([[5, 6, 6], [4, 3, 3], [1, 1, 0], [0, 0, 1]], np.uint8)
    >>> printed = printed_allocation(SeatDraws(("a", "b", "c", "d"), seats, seats > 0), [Bloc("ab", ("a", "b"))])
    >>> printed.seats, printed.blocs
    ({'a': 6, 'b': 3, 'c': 1, 'd': 0}, {'ab': 9})
    """
    blocs = tuple(blocs)
    house_size = int(draws.seats[:, 0].sum(dtype=np.int64))
    of_lists = {name: _Term.of(row, house_size) for name, row in zip(draws.lists, draws.seats, strict=True)}
    of_blocs = {bloc.id: _Term.of(bloc_seats(draws, bloc.lists), house_size) for bloc in blocs}
    means = dict(zip(draws.lists, draws.seats.sum(axis=1, dtype=np.int64).tolist(), strict=True))
    order = sorted(draws.lists, key=lambda name: (-means[name], name))
    often = [name for name in order if of_lists[name].is_mostly_above_zero]
    holds = 0 < len(often) <= house_size
    start = {name: int(holds and name in often) for name in draws.lists}
    seats = _give(house_size, start, often if holds else order, of_lists, of_blocs, _bloc_of(blocs))
    return PrintedAllocation(seats, {bloc.id: sum(seats[name] for name in bloc.lists) for bloc in blocs})


@dataclass(frozen=True, slots=True)
class _Term:
    """One list's or bloc's absolute errors, summed over draws.

    `at_most`: in how many draws there are at most as many seats as the index says, int64 (house size + 1,).
    """

    at_most: Counts
    draws: int

    @classmethod
    def of(cls, seats: npt.NDArray[np.integer], house_size: int) -> "_Term":
        return cls(np.cumsum(np.bincount(seats, minlength=house_size + 1), dtype=np.int64), seats.size)

    @property
    def is_mostly_above_zero(self) -> bool:
        """Whether there are seats in at least half of the draws."""
        return 2 * int(self.at_most[0]) <= self.draws

    def added(self, seats: int) -> int:
        """What one seat more than these adds to the errors."""
        return 2 * int(self.at_most[seats]) - self.draws


def _bloc_of(blocs: Iterable[Bloc]) -> dict[str, str]:
    bloc_of: dict[str, str] = {}
    for bloc in blocs:
        for name in bloc.lists:
            if name in bloc_of:
                raise DrawsError(f"list {name!r} in the blocs {bloc_of[name]!r} and {bloc.id!r}: give it one")
            bloc_of[name] = bloc.id
    return bloc_of


def _give(
    house_size: int,
    start: Mapping[str, int],
    order: Sequence[str],
    of_lists: Mapping[str, _Term],
    of_blocs: Mapping[str, _Term],
    bloc_of: Mapping[str, str],
) -> dict[str, int]:
    """Every seat beyond the start to the list where it adds least, the first in order of equals."""
    seats = dict(start)
    totals = dict.fromkeys(of_blocs, 0)
    for name, bloc in bloc_of.items():
        totals[bloc] += seats[name]

    def added(name: str) -> int:
        bloc = bloc_of.get(name)
        return of_lists[name].added(seats[name]) + (of_blocs[bloc].added(totals[bloc]) if bloc else 0)

    for _ in range(house_size - sum(seats.values())):
        best = min(order, key=added)
        seats[best] += 1
        if best in bloc_of:
            totals[bloc_of[best]] += 1
    return seats
