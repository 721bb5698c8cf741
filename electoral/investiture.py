"""The vote by which a house accepts a government: four rules, who votes how, and the count."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import TYPE_CHECKING, TypeVar

from electoral.errors import RulesError, VotesError

if TYPE_CHECKING:  # a rule is named without an array
    import numpy as np
    import numpy.typing as npt

Count = TypeVar("Count", int, "npt.NDArray[np.int64]")


class Investiture(StrEnum):
    """What a government needs when the house votes on it.

    Law: *positive*, Basic Law: The Government, s. 13(d), and Basic Law: The Knesset, s. 25: a majority of those
    voting, abstentions not counted; *negative*, Instrument of Government (Sweden), ch. 6 art. 4: rejected only if more
    than half of the members vote against; *majority_of_members*, Basic Law (Germany), art. 63(2); *none*: no vote is
    held.
    """

    POSITIVE = "positive"
    NEGATIVE = "negative"
    MAJORITY_OF_MEMBERS = "majority_of_members"
    NONE = "none"

    @classmethod
    def _missing_(cls, value: object) -> "Investiture":
        raise RulesError(f"investiture {value!r}: give one of {', '.join(cls)}")

    def accepts(self, vote: "InvestitureVote", house_size: int) -> bool:
        """Whether the vote carries the government; RulesError where no vote is held.

        >>> vote = InvestitureVote(in_favour=115, against=153, abstaining=77, absent=4)
        >>> Investiture.NEGATIVE.accepts(vote, 349), Investiture.POSITIVE.accepts(vote, 349)
        (True, False)
        """
        return self.margin(vote.in_favour, vote.against, house_size) > 0

    def margin(self, in_favour: Count, against: Count, house_size: int) -> Count:
        """Above zero where the vote is carried: whole numbers, or int64 arrays of one shape (a vote a draw).

        RulesError where no vote is held.
        """
        if self is Investiture.POSITIVE:
            return in_favour - against
        if self is Investiture.NEGATIVE:
            return house_size // 2 + 1 - against
        if self is Investiture.MAJORITY_OF_MEMBERS:
            return in_favour - house_size // 2
        raise RulesError("no investiture: the house holds no vote on a government, there is nothing to carry")

    def safe_seats(self, house_size: int) -> int | None:
        """The fewest members with whom nobody can stop a government; None where no vote is held.

        They vote for it (*positive*, *majority_of_members*), or at least do not vote against it (*negative*).

        >>> [rule.safe_seats(120) for rule in Investiture]
        [61, 60, 61, None]
        """
        if self is Investiture.NONE:
            return None
        majority = house_size // 2 + 1
        return house_size - majority + 1 if self is Investiture.NEGATIVE else majority


@dataclass(frozen=True, slots=True)
class InvestitureVote:
    """Members for, against, abstaining and absent."""

    in_favour: int
    against: int
    abstaining: int
    absent: int


class Stance(StrEnum):
    """What members do in the vote."""

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

    @property
    def backers(self) -> frozenset[str]:
        """Government and outside support: who votes for it."""
        return self.government | self.support

    def stance(self, name: str) -> Stance:
        """How a list votes where its members keep its line."""
        if name in self.backers:
            return Stance.FOR
        return Stance.ABSTAIN if name in self.abstain else Stance.AGAINST


def count_vote(
    seats: Mapping[str, int], roles: Roles, broke_ranks: Mapping[tuple[str, Stance], int] | None = None
) -> InvestitureVote:
    """Count a vote by roles; `broke_ranks`: how many of a list's members voted otherwise, and how.

    Raises VotesError where a role or a rebel belongs to no list, or more members break ranks than a list has.

    >>> count_vote({"a": 60, "b": 60}, Roles(frozenset({"a"})), {("b", Stance.ABSTAIN): 1})
    InvestitureVote(in_favour=60, against=59, abstaining=1, absent=0)
    """
    strangers = (roles.backers | roles.abstain) - seats.keys()
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
    return InvestitureVote(*(counts[stance] for stance in Stance))
