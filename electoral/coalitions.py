"""Who can govern with whom: winning and blocking sets, and stated positions."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice

from electoral.errors import VotesError


@dataclass(frozen=True, slots=True)
class Position:
    """What a list has said of governing with others; `scope` "government", or "government+support".

    With "government+support" the list also refuses the others as outside support, and its own outside support
    to them. `condition` limits the refusal and is for the reader to weigh. A position that rules out nobody
    by name (`rules_out` empty) conflicts with nothing here.
    """

    list: str
    rules_out: tuple[str, ...]
    scope: str
    condition: str | None
    quote: str
    is_paraphrase: bool
    source: str
    date: date

    @property
    def covers_support(self) -> bool:
        """Whether outside support is refused too."""
        return "support" in self.scope


def conflicts(members: Collection[str], positions: Iterable[Position], support: Collection[str] = ()) -> list[Position]:
    """The stated positions a government of `members`, with outside support from `support`, would break.

    A position is broken where its list and one it rules out both govern, or, if it also covers outside
    support, where one of the two governs and the other supports.
    """
    return [position for position in positions if _breaks(position, set(members), set(support))]


def _breaks(position: Position, members: set[str], support: set[str]) -> bool:
    others = set(position.rules_out) - {position.list}
    if position.list in members:
        return bool(others & (members | support if position.covers_support else members))
    return position.list in support and position.covers_support and bool(others & members)


MOST_SETS = 10_000  # sets worth listing; many small lists have more of them than can be


def minimal_winning(seats: Mapping[str, int], majority: int, most: int = MOST_SETS) -> list[frozenset[str]]:
    """The sets that reach `majority` and lose it with any one member, the largest total last.

    Of more than `most` sets those with the fewest lists are given; `count_minimal_winning` says how many there are.

    >>> sorted(map(sorted, minimal_winning({"a": 50, "b": 40, "c": 30}, 61)))
    [['a', 'b'], ['a', 'c'], ['b', 'c']]
    """
    holders = _largest_first(seats, majority)
    weights = [seats[name] for name in holders]
    by_size = (chosen for size in range(1, len(holders) + 1) for chosen in _just_winning(weights, majority, size))
    sets = [frozenset(holders[at] for at in chosen) for chosen in islice(by_size, most)]
    return sorted(sets, key=lambda members: sum(seats[name] for name in members))


def _largest_first(seats: Mapping[str, int], majority: int) -> list[str]:
    if majority < 1:
        raise VotesError(f"majority {majority}: give at least 1 seat")
    return sorted((name for name, count in seats.items() if count > 0), key=lambda name: -seats[name])


def _just_winning(
    weights: list[int], needed: int, size: int, start: int = 0, chosen: tuple[int, ...] = ()
) -> Iterator[tuple[int, ...]]:
    """The sets of `size` more places from `start` that reach `needed`, but not without their last and smallest one.

    `weights` are the largest first: where the next ones together are too few, no later ones are enough.
    """
    for at in range(start, len(weights) - size + 1):
        if sum(weights[at : at + size]) < needed:
            return
        if size == 1:
            yield (*chosen, at)
        elif weights[at] < needed:
            yield from _just_winning(weights, needed - weights[at], size - 1, at + 1, (*chosen, at))


def count_minimal_winning(seats: Mapping[str, int], majority: int) -> int:
    """How many sets reach `majority` and lose it with any one member, counted by their seats.

    >>> count_minimal_winning({"a": 50, "b": 40, "c": 30}, 61)
    3
    """
    holders = _largest_first(seats, majority)
    ways = [1, *[0] * (majority - 1)]  # sets of the larger lists by their seats, below the majority
    count = 0
    for name in holders:
        own = seats[name]
        count += sum(ways[max(majority - own, 0) :])
        ways = [number + (ways[total - own] if total >= own else 0) for total, number in enumerate(ways)]
    return count


def minimal_blocking(seats: Mapping[str, int], majority: int, most: int = MOST_SETS) -> list[frozenset[str]]:
    """The smallest sets without which nobody reaches `majority`: each loses that with any one member."""
    return minimal_winning(seats, sum(seats.values()) - majority + 1, most)
