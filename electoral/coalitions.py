"""Who can govern with whom: winning and blocking sets, stated positions, and the confidence vote."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations


@dataclass(frozen=True, slots=True)
class Position:
    """What a list has said of governing with others; `scope` "government", or "government+support".

    With "government+support" the list also refuses the others as outside support, and its own outside support
    to them. `condition` limits the refusal and is for the reader to weigh. A position that rules nobody out by
    name (`rules_out` empty) conflicts with nothing here.
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


def conflicts(
    members: Collection[str], positions: Iterable[Position], support: Collection[str] = ()
) -> list[Position]:
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


def minimal_winning(seats: Mapping[str, int], majority: int) -> list[frozenset[str]]:
    """The sets that reach `majority` and lose it with any one member, the largest total last.

    >>> sorted(map(sorted, minimal_winning({"a": 50, "b": 40, "c": 30}, 61)))
    [['a', 'b'], ['a', 'c'], ['b', 'c']]
    """
    holders = [name for name, count in seats.items() if count > 0]
    found = [
        frozenset(chosen)
        for size in range(1, len(holders) + 1)
        for chosen in combinations(holders, size)
        if 0 <= sum(seats[name] for name in chosen) - majority < min(seats[name] for name in chosen)
    ]
    return sorted(found, key=lambda members: sum(seats[name] for name in members))


def minimal_blocking(seats: Mapping[str, int], majority: int) -> list[frozenset[str]]:
    """The smallest sets without which nobody reaches `majority`: each loses that with any one member."""
    return minimal_winning(seats, sum(seats.values()) - majority + 1)
