"""Coalitions over draws: how often every set has a majority, is minimal, or could govern against no stated word."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from electoral.coalitions import Position, Roles, conflicts
from electoral.draws import SeatDraws
from electoral.projection import bloc_seats
from electoral.shares import index_of
from electoral.subsets import BoolArray, Players, check_bound, chunks, players, spread_least, spread_totals, totals_type

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SetOdds:
    """A probability for every set of lists, float64 (sets,); bit i of a set's index is `players.lists[i]`.

    `players.draws` of `players.all_draws` draws were used: fewer where there are more than 12 lists.
    """

    players: Players
    probability: FloatArray
    is_minimal: bool

    def of(self, members: Iterable[str]) -> float:
        """The probability of one set; a list that never holds a seat changes nothing, but is never needed."""
        chosen = set(members)
        if self.is_minimal and not chosen <= set(self.players.lists):
            return 0.0
        return float(self.probability[self.players.number(chosen)])

    def ranked(self, at_least: float = 0.0) -> list[tuple[frozenset[str], float]]:
        """The sets with a probability above zero and not under `at_least`, the likeliest first."""
        found = np.flatnonzero((self.probability > 0) & (self.probability >= at_least))
        order = found[np.argsort(-self.probability[found], kind="stable")]
        return [(self.players.members(int(number)), float(self.probability[number])) for number in order]


def majority_odds(draws: SeatDraws, majority: int) -> SetOdds:
    """How often each set of lists holds at least `majority` seats, all sets in one go."""
    return _odds(players(draws), majority, minimal=False)


def minimal_winning_odds(draws: SeatDraws, majority: int) -> SetOdds:
    """How often each set is minimal winning: it reaches `majority` and every member is needed for that."""
    return _odds(players(draws), majority, minimal=True)


def blocking_odds(draws: SeatDraws, majority: int) -> SetOdds:
    """How often each set blocks: the lists outside it do not reach `majority`."""
    who = players(draws)
    return _odds(who, who.house_size - majority + 1, minimal=False)


def minimal_blocking_odds(draws: SeatDraws, majority: int) -> SetOdds:
    """How often each set blocks with every member needed for that."""
    who = players(draws)
    return _odds(who, who.house_size - majority + 1, minimal=True)


def _odds(who: Players, bound: int, minimal: bool) -> SetOdds:
    """The share of draws in which each set reaches `bound`, or does so minimally.

    A total minus the bound wraps, below zero, to more than any house: one comparison tells whether a set
    reaches the bound, and with its smallest member, whether it does so minimally.
    """
    check_bound(who, bound)
    kind = totals_type(who.house_size)
    seats = who.seats.astype(kind)
    counts = np.zeros(who.sets, dtype=np.int64)
    width = max(part.stop - part.start for part in chunks(who))
    over, least = (np.empty((who.sets, width), dtype=kind) for _ in range(2))
    tally = np.zeros((who.sets, width), dtype=np.uint8)
    held = np.empty((who.sets, width), dtype=np.bool_)
    for at, part in enumerate(chunks(who), start=1):
        size = part.stop - part.start
        spread_totals(seats[:, part], bound, over[:, :size])
        if minimal:
            spread_least(seats[:, part], least[:, :size])
            np.less(over[:, :size], least[:, :size], out=held[:, :size])
        else:
            np.less_equal(over[:, :size], who.house_size - bound, out=held[:, :size])
        np.add(tally[:, :size], held[:, :size].view(np.uint8), out=tally[:, :size])
        if at % 255 == 0 or part.stop == who.draws:
            counts += tally.sum(axis=1, dtype=np.int64)
            tally[:] = 0
    counts[0] = 0
    return SetOdds(who, counts / who.draws, minimal)


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


def p_confidence(draws: SeatDraws, roles: Roles) -> float:
    """How often a government wins a confidence vote: more for than against, abstentions not counted."""
    in_favour = bloc_seats(draws, roles.government | roles.support)
    against = bloc_seats(draws, set(draws.lists) - roles.government - roles.support - roles.abstain)
    return float(np.mean(in_favour > against))


@dataclass(frozen=True, slots=True)
class GovernmentOdds:
    """A government's odds: of a majority, of one that breaks no stated position, and the positions it breaks."""

    p_majority: float
    p_without_conflict: float
    broken: tuple[Position, ...]


def government_odds(
    draws: SeatDraws,
    members: Collection[str],
    majority: int,
    positions: Iterable[Position],
    support: Collection[str] = (),
) -> GovernmentOdds:
    """The odds that members and outside support reach a majority, beside what they have said of each other."""
    chance = float(np.mean(bloc_seats(draws, {*members, *support}) >= majority))
    broken = tuple(conflicts(members, positions, support))
    return GovernmentOdds(chance, 0.0 if broken else chance, broken)


def free_sets(lists: Sequence[str], positions: Iterable[Position]) -> list[frozenset[str]]:
    """The largest sets of lists that could govern together and break no stated position."""
    apart: dict[str, set[str]] = {name: set() for name in lists}
    for position in positions:
        for other in position.rules_out:
            if position.list in apart and other in apart and other != position.list:
                apart[position.list].add(other)
                apart[other].add(position.list)
    found: list[frozenset[str]] = []
    _grow(frozenset(), set(lists), set(), apart, found)
    return sorted(found, key=lambda members: (-len(members), sorted(members)))


def _grow(
    chosen: frozenset[str],
    open_to: set[str],
    done: set[str],
    apart: Mapping[str, set[str]],
    found: list[frozenset[str]],
) -> None:
    """See: Bron and Kerbosch (1973), algorithm 457, on the lists that have said nothing of each other."""
    if not open_to and not done:
        found.append(chosen)
        return
    pivot = min(sorted(open_to | done), key=lambda name: len(open_to & (apart[name] | {name})))
    for name in sorted(open_to & (apart[pivot] | {pivot})):
        near = apart[name] | {name}
        _grow(chosen | {name}, open_to - near, done - near, apart, found)
        open_to = open_to - {name}
        done = done | {name}


def _any_majority(draws: SeatDraws, sets: Iterable[Iterable[str]], majority: int) -> BoolArray:
    possible = np.zeros(draws.draws, dtype=np.bool_)
    for members in sets:
        possible |= bloc_seats(draws, members) >= majority
    return possible


def p_some_government(draws: SeatDraws, majority: int, positions: Iterable[Position]) -> float:
    """How often some set of lists has a majority and breaks no stated position."""
    return float(np.mean(_any_majority(draws, free_sets(draws.lists, positions), majority)))


def in_the_way(draws: SeatDraws, majority: int, positions: Sequence[Position]) -> list[tuple[Position, float]]:
    """Each position with the odds of some government if that one word alone were taken back, the largest first."""
    freed = [
        (one, p_some_government(draws, majority, [other for other in positions if other is not one]))
        for one in positions
    ]
    return sorted(freed, key=lambda pair: -pair[1])


def p_in_every_government(draws: SeatDraws, majority: int, positions: Iterable[Position] = ()) -> dict[str, float]:
    """How often each list is pivotal to every winning set: there is one, and none without the list.

    With `positions`, only sets that break none of them count as winning.
    """
    sets = free_sets(draws.lists, positions)
    possible = _any_majority(draws, sets, majority)
    return {
        name: float(np.mean(possible & ~_any_majority(draws, [s - {name} for s in sets], majority)))
        for name in draws.lists
    }
