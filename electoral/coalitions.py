"""Who can govern with whom: winning and blocking sets, stated positions, and the confidence vote."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import combinations

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


class Stance(StrEnum):
    """What members do in a confidence vote."""

    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Roles:
    """Which lists govern, support from outside or abstain; every other list opposes."""

    government: frozenset[str]
    support: frozenset[str] = frozenset()
    abstain: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for one, other in combinations((self.government, self.support, self.abstain), 2):
            if one & other:
                raise VotesError(f"{', '.join(sorted(one & other))} in two roles: give a list one role")

    def stance(self, name: str) -> Stance:
        """How a list votes where its members keep its line."""
        if name in self.government | self.support:
            return Stance.FOR
        return Stance.ABSTAIN if name in self.abstain else Stance.AGAINST


@dataclass(frozen=True, slots=True)
class ConfidenceVote:
    """Members for, against, abstaining and absent; carried by more for than against, so a tie fails.

    Law: Basic Law: The Government, s. 13(d), a government takes office once the Knesset has expressed
    confidence in it; Basic Law: The Knesset, s. 25, a majority of those voting, abstentions not counted.

    >>> ConfidenceVote(60, 59, 1, 0).is_carried, ConfidenceVote(60, 60, 0, 0).is_carried
    (True, False)
    """

    in_favour: int
    against: int
    abstaining: int
    absent: int

    @property
    def is_carried(self) -> bool:
        """Whether more vote for than against."""
        return self.in_favour > self.against


def confidence_vote(
    seats: Mapping[str, int], roles: Roles, broke_ranks: Mapping[tuple[str, Stance], int] | None = None
) -> ConfidenceVote:
    """Count a confidence vote by roles; `broke_ranks`: how many of a list's members voted otherwise, and how.

    Raises VotesError where a role or a rebel belongs to no list, or more members break ranks than a list has.
    """
    strangers = (roles.government | roles.support | roles.abstain) - seats.keys()
    if strangers:
        raise VotesError(f"{', '.join(sorted(strangers))} has a role and no seats: name lists of this house")
    counts = dict.fromkeys(Stance, 0)
    left = dict(seats)
    for (name, stance), members in (broke_ranks or {}).items():
        if not 0 <= members <= left.get(name, -1):
            raise VotesError(f"{members} members of {name!r} break ranks: it has {seats.get(name, 0)}")
        left[name] -= members
        counts[stance] += members
    for name, members in left.items():
        counts[roles.stance(name)] += members
    return ConfidenceVote(*(counts[stance] for stance in Stance))
