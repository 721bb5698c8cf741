"""The vote by which a house accepts a government: four rules, and who backs whom."""

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

    def margin(self, in_favour: Count, against: Count, house_size: int) -> Count:
        """Above zero where the vote is carried: whole numbers, or int64 arrays of one shape (a vote a draw).

        RulesError where no vote is held.

        >>> Investiture.NEGATIVE.margin(115, 153, 349), Investiture.POSITIVE.margin(115, 153, 349)
        (22, -38)
        """
        if self is Investiture.POSITIVE:
            return in_favour - against
        if self is Investiture.NEGATIVE:
            return house_size // 2 + 1 - against
        if self is Investiture.MAJORITY_OF_MEMBERS:
            return in_favour - house_size // 2
        raise RulesError("no investiture: the house holds no vote on a government, there is nothing to carry")


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
