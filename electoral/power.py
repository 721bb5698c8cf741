"""Voting power: how often a list turns losing sets into winning ones, for one house or over every draw.

Sets are counted by their seats, not one by one, so that any number of lists will do.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import factorial

import numpy as np
import numpy.typing as npt

from electoral.draws import SeatDraws
from electoral.errors import DrawsError, VotesError

FloatArray = npt.NDArray[np.float64]
SeatArray = npt.NDArray[np.integer]

CHUNK = 128  # draws worked on at a time


def _sets_by_size(weights: list[int], total: int) -> list[list[int]]:
    """How many sets of each size (first index) have each total of seats (second index)."""
    table = [[0] * (total + 1) for _ in range(len(weights) + 1)]
    table[0][0] = 1
    for count, weight in enumerate(weights, start=1):
        for size in range(count, 0, -1):
            row, before = table[size], table[size - 1]
            for seats in range(weight, total + 1):
                row[seats] += before[seats - weight]
    return table


def _without(table: list[list[int]], weight: int) -> Iterator[list[int]]:
    """The same counts, size by size, over the sets that leave out one list of this weight."""
    before = [0] * len(table[0])
    for row in table[:-1]:
        before = [count - (before[seats - weight] if seats >= weight else 0) for seats, count in enumerate(row)]
        yield before


def _swings_by_size(seats: Mapping[str, int], majority: int) -> dict[str, list[int]]:
    """For each list, how many losing sets of the others of each size it turns into winning ones."""
    total = sum(seats.values())
    if not 0 < majority <= total:
        raise VotesError(f"majority {majority}: give from 1 to the {total} seats there are")
    table = _sets_by_size(list(seats.values()), total)
    return {
        name: [sum(row[max(majority - own, 0) : majority]) for row in _without(table, own)]
        for name, own in seats.items()
    }


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
    """Every power index in every draw, each float64 (lists, draws)."""

    lists: tuple[str, ...]
    banzhaf_raw: FloatArray
    banzhaf: FloatArray
    shapley_shubik: FloatArray

    def spread(self, index: str) -> dict[str, Spread]:
        """One index ("banzhaf_raw", "banzhaf" or "shapley_shubik") over the draws, list by list."""
        values: FloatArray = getattr(self, index)
        low, high = np.quantile(values, (0.05, 0.95), axis=1, method="inverted_cdf")
        rows = zip(values.mean(axis=1), values.std(axis=1), low, high, strict=True)
        return {name: Spread(*map(float, row)) for name, row in zip(self.lists, rows, strict=True)}


def power_draws(draws: SeatDraws, majority: int) -> PowerDraws:
    """Banzhaf (raw and normalised) and Shapley-Shubik indices of every list in every draw.

    Where every other list joins with probability p, a list's chance to be decisive is its raw Banzhaf index at p = 1/2
    and its Shapley-Shubik index on average over p from 0 to 1: a polynomial of degree lists - 1, so that Gauss-Legendre
    quadrature gives it without error. Work grows with lists² × majority × draws. Raises DrawsError for a majority
    outside the house.

    See: Owen (1972), multilinear extensions of games.
    """
    house_size = int(draws.seats[:, 0].sum(dtype=np.int64))
    if not 1 <= majority <= house_size:
        raise DrawsError(f"{majority} seats asked for: give from 1 to the house of {house_size}")
    seated = np.flatnonzero(draws.seats.any(axis=1))
    nodes, weights = np.polynomial.legendre.leggauss((len(seated) + 1) // 2)
    raw, shapley = np.zeros(draws.seats.shape), np.zeros(draws.seats.shape)
    for start in range(0, draws.draws, CHUNK):
        part = slice(start, start + CHUNK)
        chances = _decisive(draws.seats[seated, part], majority, np.append((nodes + 1) / 2, 0.5))
        raw[seated, part] = chances[:, -1]
        shapley[seated, part] = np.einsum("lcd,c->ld", chances[:, :-1], weights / 2)
    return PowerDraws(draws.lists, raw, raw / raw.sum(axis=0), shapley)


def _decisive(seats: SeatArray, majority: int, joining: FloatArray) -> FloatArray:
    """The chance that those who join are short of `majority` seats, and not with this list: (lists, chances, draws).

    `joining` (chances,) is how likely each other list joins. A distribution is (chances, draws, majority + 1): of no
    seats in its second column, the first is of fewer than none.
    """
    joins = joining[:, np.newaxis, np.newaxis]
    moves = [_places(own, majority + 1) for own in seats]
    nobody = np.zeros((len(joining), seats.shape[1], majority + 1))
    nobody[..., 1] = 1.0
    before, after = [nobody], nobody
    for move in moves[:-1]:
        before.append(_joined(before[-1], move, joins))
    decisive = np.empty((len(seats), *nobody.shape[:2]))
    for at in reversed(range(len(seats))):
        fewer = np.cumsum(after, axis=2)
        within = fewer - _moved(
            fewer, moves[at]
        )  # fewer seats than the column's number, by no more than the list's own
        decisive[at] = np.einsum("cds,cds->cd", before[at][..., 1:], within[..., :0:-1])
        after = _joined(after, moves[at], joins)
    return decisive


def _places(own: SeatArray, width: int) -> npt.NDArray[np.intp]:
    """Where, in a table of (draws, width), what `own` seats (draws,) move to each place comes from; else the first."""
    columns = np.maximum(np.arange(width) - own[:, np.newaxis], 0)
    places: npt.NDArray[np.intp] = (columns + width * np.arange(len(own))[:, np.newaxis]).ravel()
    return places


def _moved(table: FloatArray, places: npt.NDArray[np.intp]) -> FloatArray:
    moved: FloatArray = table.reshape(len(table), -1).take(places, axis=1, mode="clip")  # all are places of the table
    return moved.reshape(table.shape)


def _joined(table: FloatArray, places: npt.NDArray[np.intp], joins: FloatArray) -> FloatArray:
    """The distribution after a list has joined, or not."""
    joined = _moved(table, places)
    joined *= joins
    joined += (1 - joins) * table
    return joined
