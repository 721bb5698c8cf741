"""Coalitions over draws: a named one's odds, who decides it, and whether any has a majority without a conflict."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt

from electoral.coalitions import Position, conflicts, minimal_winning
from electoral.draws import SeatDraws, index_of
from electoral.investiture import Investiture, Roles
from electoral.projection import SeatSummary, bloc_seats, reach, summarise
from electoral.rules import ElectoralRules

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Conditional:
    """A probability among the draws that meet a condition, and how many draws that is; None where there are none."""

    probability: float | None
    draws: int


def p_majority_given(
    draws: SeatDraws,
    lists: Iterable[str],
    majority: int,
    passing: Iterable[str] = (),
    failing: Iterable[str] = (),
) -> Conditional:
    """How often `lists` have a majority among the draws in which some lists pass the threshold and others fail."""
    chosen = np.ones(draws.draws, dtype=np.bool_)
    for name in passing:
        chosen &= draws.passes[index_of(draws.lists, name)]
    for name in failing:
        chosen &= ~draws.passes[index_of(draws.lists, name)]
    count = int(np.count_nonzero(chosen))
    holds = bloc_seats(draws, lists) >= majority
    return Conditional(float(np.mean(holds[chosen])) if count else None, count)


@dataclass(frozen=True, slots=True)
class WinningSet:
    """Lists that reach a majority with none to spare, the largest first, and their odds over draws."""

    lists: list[str]
    seats_median: float
    p_majority: float


def winning_sets(draws: SeatDraws, seats: Mapping[str, int], majority: int, most: int) -> list[WinningSet]:
    """The minimal winning sets of an allocation: the fewest lists first, then by their odds, `most` at the most.

    Of the many sets the small ones say most: no larger ones are judged than are given.
    """
    chosen: list[WinningSet] = []
    for _, of_one_size in groupby(sorted(minimal_winning(seats, majority), key=len), key=len):
        rows = [
            WinningSet(
                sorted(members, key=lambda name: (-seats[name], name)),
                summarise(together).median,
                reach(together, majority),
            )
            for members in of_one_size
            for together in [bloc_seats(draws, members)]
        ]
        chosen += sorted(rows, key=lambda row: (-row.p_majority, row.lists))
        if len(chosen) >= most:
            break
    return chosen[:most]


@dataclass(frozen=True, slots=True)
class GovernmentOdds:
    """A named coalition over draws: its backers' seats and odds, and the stated positions it conflicts with.

    `p_investiture`: how often the house accepts it, the other lists voting by their roles; None where no vote is held.
    `decisive`: by list, how often it turns the backers into a majority or out of one.
    """

    seats: SeatSummary
    p_majority: float
    p_investiture: float | None
    decisive: dict[str, float]
    conflicts: tuple[Position, ...]


def government_odds(
    draws: SeatDraws, roles: Roles, rules: ElectoralRules, positions: Iterable[Position] = ()
) -> GovernmentOdds:
    """The odds of a coalition with its outside support, beside what its lists have stated of each other."""
    seats = bloc_seats(draws, roles.backers)
    return GovernmentOdds(
        summarise(seats),
        float(np.mean(seats >= rules.majority)),
        p_investiture(draws, roles, rules),
        _decisive(draws, seats, roles, rules.majority),
        tuple(conflicts(roles.government, positions, roles.support)),
    )


def p_investiture(draws: SeatDraws, roles: Roles, rules: ElectoralRules) -> float | None:
    """How often the house accepts a government by its own rule; None where it holds no vote."""
    if rules.investiture is Investiture.NONE:
        return None
    in_favour = bloc_seats(draws, roles.backers)
    against = rules.house_size - in_favour - bloc_seats(draws, roles.abstain)
    return float(np.mean(rules.investiture.margin(in_favour, against, rules.house_size) > 0))


def _decisive(draws: SeatDraws, seats: npt.NDArray[np.int64], roles: Roles, majority: int) -> dict[str, float]:
    decisive = {}
    for name in draws.lists:
        own = draws.row(name)
        without = seats - own if name in roles.backers else seats
        decisive[name] = float(np.mean((without < majority) & (without + own >= majority)))
    return decisive


def free_sets(lists: Sequence[str], positions: Iterable[Position]) -> list[frozenset[str]]:
    """The largest sets of lists that could govern together against no stated position."""
    apart: dict[str, set[str]] = {name: set() for name in lists}
    for position in positions:
        for other in position.rules_out:
            if position.list in apart and other in apart and other != position.list:
                apart[position.list].add(other)
                apart[other].add(position.list)
    sets: list[frozenset[str]] = []
    _grow(frozenset(), set(lists), set(), apart, sets)
    return sorted(sets, key=lambda members: (-len(members), sorted(members)))


def _grow(
    chosen: frozenset[str],
    open_to: set[str],
    excluded: set[str],
    apart: Mapping[str, set[str]],
    sets: list[frozenset[str]],
) -> None:
    """See: Bron and Kerbosch (1973), algorithm 457, on the lists that have stated nothing of each other."""
    if not open_to and not excluded:
        sets.append(chosen)
        return
    pivot = min(sorted(open_to | excluded), key=lambda name: len(open_to & (apart[name] | {name})))
    for name in sorted(open_to & (apart[pivot] | {pivot})):
        near = apart[name] | {name}
        _grow(chosen | {name}, open_to - near, excluded - near, apart, sets)
        open_to = open_to - {name}
        excluded = excluded | {name}


def p_some_government(draws: SeatDraws, majority: int, positions: Iterable[Position]) -> float:
    """How often some set of lists has a majority and conflicts with no stated position."""
    possible = np.zeros(draws.draws, dtype=np.bool_)
    for members in free_sets(draws.lists, positions):
        possible |= bloc_seats(draws, members) >= majority
    return float(np.mean(possible))
