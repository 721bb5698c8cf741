"""Voting power: how often a list turns losing sets into winning ones, for one house or over every draw."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import factorial

import numpy as np
import numpy.typing as npt

from electoral.draws import SeatDraws
from electoral.errors import VotesError
from electoral.subsets import BoolArray, Players, check_bound, chunks, players, spread_totals, totals_type

FloatArray = npt.NDArray[np.float64]
CountArray = npt.NDArray[np.unsignedinteger]


def _coalitions_by_size(weights: list[int], total: int) -> list[list[int]]:
    """How many sets of each size (first index) have each total of seats (second index)."""
    table = [[0] * (total + 1) for _ in range(len(weights) + 1)]
    table[0][0] = 1
    for count, weight in enumerate(weights, start=1):
        for size in range(count, 0, -1):
            row, before = table[size], table[size - 1]
            for seats in range(weight, total + 1):
                row[seats] += before[seats - weight]
    return table


def _swings_by_size(seats: Mapping[str, int], majority: int) -> dict[str, list[int]]:
    """For each list, how many losing sets of the others of each size it turns into winning ones."""
    total = sum(seats.values())
    if not 0 < majority <= total:
        raise VotesError(f"majority {majority}: give from 1 to the {total} seats there are")
    swings = {}
    for name, own in seats.items():
        others = [count for other, count in seats.items() if other != name]
        table = _coalitions_by_size(others, total)
        swings[name] = [sum(row[max(majority - own, 0) : majority]) for row in table]
    return swings


def banzhaf_raw(seats: Mapping[str, int], majority: int) -> dict[str, Fraction]:
    """The share of sets of the others in which a list is decisive.

    See: Penrose (1946); Banzhaf (1965); Dubey and Shapley (1979), the absolute index.

    >>> {name: str(value) for name, value in banzhaf_raw({"a": 50, "b": 49, "c": 1}, 51).items()}
    {'a': '3/4', 'b': '1/4', 'c': '1/4'}
    """
    sets = 2 ** (len(seats) - 1)
    return {name: Fraction(sum(sizes), sets) for name, sizes in _swings_by_size(seats, majority).items()}


def banzhaf(seats: Mapping[str, int], majority: int) -> dict[str, Fraction]:
    """The raw index scaled to add up to one.

    >>> {name: str(value) for name, value in banzhaf({"a": 50, "b": 49, "c": 1}, 51).items()}
    {'a': '3/5', 'b': '1/5', 'c': '1/5'}
    """
    raw = banzhaf_raw(seats, majority)
    total = sum(raw.values())
    return {name: value / total for name, value in raw.items()}


def shapley_shubik(seats: Mapping[str, int], majority: int) -> dict[str, Fraction]:
    """The share of orders of joining in which a list brings the majority.

    See: Shapley and Shubik (1954).

    >>> {name: str(value) for name, value in shapley_shubik({"a": 50, "b": 49, "c": 1}, 51).items()}
    {'a': '2/3', 'b': '1/6', 'c': '1/6'}
    """
    count = len(seats)
    orders = [Fraction(factorial(size) * factorial(count - size - 1), factorial(count)) for size in range(count)]
    return {
        name: sum((swings * weight for swings, weight in zip(sizes, orders, strict=True)), Fraction(0))
        for name, sizes in _swings_by_size(seats, majority).items()
    }


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure over draws: its mean, standard deviation and 5 % and 95 % quantiles."""

    mean: float
    deviation: float
    q05: float
    q95: float


@dataclass(frozen=True, eq=False)
class PowerDraws:
    """Every power index in every draw used, each float64 (lists, draws used).

    `draws_used` of `all_draws`: fewer where more than 12 lists hold seats.
    """

    lists: tuple[str, ...]
    banzhaf_raw: FloatArray
    banzhaf: FloatArray
    shapley_shubik: FloatArray
    all_draws: int

    @property
    def draws_used(self) -> int:
        """How many draws the indices were computed on."""
        return int(self.banzhaf.shape[1])

    def spread(self, index: str) -> dict[str, Spread]:
        """One index ("banzhaf_raw", "banzhaf" or "shapley_shubik") over the draws, list by list."""
        values: FloatArray = getattr(self, index)
        low, high = np.quantile(values, (0.05, 0.95), axis=1, method="inverted_cdf")
        rows = zip(values.mean(axis=1), values.std(axis=1), low, high, strict=True)
        return {name: Spread(*map(float, row)) for name, row in zip(self.lists, rows, strict=True)}


def power_draws(draws: SeatDraws, majority: int) -> PowerDraws:
    """Banzhaf (raw and normalised) and Shapley-Shubik indices of every list in every draw."""
    who = players(draws)
    rows = [draws.lists.index(name) for name in who.lists]
    swings = np.zeros((len(draws.lists), who.draws))
    shapley = np.zeros_like(swings)
    weights = _order_weights(len(who.lists))
    for part, wins in _winning(who, majority):
        shapley[rows, part] = weights @ wins
        swings[rows, part] = _swings(wins, len(who.lists))
    return PowerDraws(
        draws.lists, swings / 2 ** (len(who.lists) - 1), swings / swings.sum(axis=0), shapley, who.all_draws
    )


def banzhaf_swings(draws: SeatDraws, majority: int) -> npt.NDArray[np.int64]:
    """How many sets each list is decisive in, int64 (lists, draws used): the counts behind both Banzhaf indices."""
    who = players(draws)
    swings = np.zeros((len(draws.lists), who.draws), dtype=np.int64)
    rows = [draws.lists.index(name) for name in who.lists]
    for part, wins in _winning(who, majority):
        swings[rows, part] = _swings(wins, len(who.lists))
    return swings


def _winning(who: Players, majority: int) -> Iterator[tuple[slice, BoolArray]]:
    """Chunk by chunk, which sets win: bool (sets, draws of the chunk), overwritten by the next chunk."""
    check_bound(who, majority)
    kind = totals_type(who.house_size)
    seats = who.seats.astype(kind)
    parts = list(chunks(who))
    over = np.empty((who.sets, max(part.stop - part.start for part in parts)), dtype=kind)
    for part in parts:
        totals = over[:, : part.stop - part.start]
        spread_totals(seats[:, part], majority, totals)
        yield part, totals <= who.house_size - majority


def _swings(wins: BoolArray, players_count: int) -> npt.NDArray[np.int64]:
    """Winning sets with each list minus those without it: its swings, as a larger set never loses.

    The sets are folded in half list by list, so that all lists together cost twice one list.
    """
    swings = np.empty((players_count, wins.shape[1]), dtype=np.int64)
    counts: CountArray = wins.view(np.uint8)
    most = 1
    for bit in reversed(range(players_count)):
        half = 1 << bit
        swings[bit] = _total(counts[half:], most)
        most *= 2
        counts = np.add(counts[:half], counts[half:], dtype=np.min_scalar_type(most))
    swings *= 2
    swings -= counts[0]
    return swings


def _total(block: CountArray, most: int) -> CountArray:
    """The sum over all sets of a block of counts up to `most`, by halves, in the narrowest type that holds it."""
    while len(block) > 1:
        half = len(block) // 2
        most *= 2
        block = np.add(block[:half], block[half:], dtype=np.min_scalar_type(most))
    total: CountArray = block[0]
    return total


def _order_weights(count: int) -> FloatArray:
    """What each winning set adds to each list's Shapley-Shubik index, (lists, sets).

    A winning set of size s counts for its members as the orders in which the member came last of the s, and
    against the others as the orders in which they would have come next.
    """
    sets = np.arange(1 << count)
    within = (sets >> np.arange(count)[:, None] & 1).astype(bool)
    sizes = within.sum(axis=0)
    orders = [factorial(size) * factorial(count - size - 1) / factorial(count) for size in range(count)]
    joined = np.array([0.0, *orders])[sizes]
    follow = np.array([*orders, 0.0])[sizes]
    weights: FloatArray = np.where(within, joined, -follow)
    return weights
