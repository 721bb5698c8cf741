"""The rules one election is held under, and the election itself; no country has a default here."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction

from electoral.errors import RulesError


class Formula(StrEnum):
    """A highest-averages rule, named by its divisors.

    See: Balinski and Young, Fair Representation (1982), ch. 8 and appendix A.
    """

    DHONDT = "dhondt"
    SAINTE_LAGUE = "sainte-lague"

    def divisor(self, seats: int) -> int:
        """The number a list's votes are divided by to claim one seat beyond `seats`.

        >>> [Formula.DHONDT.divisor(s) for s in range(4)], [Formula.SAINTE_LAGUE.divisor(s) for s in range(4)]
        ([1, 2, 3, 4], [1, 3, 5, 7])
        """
        return seats + 1 if self is Formula.DHONDT else 2 * seats + 1


@dataclass(frozen=True, slots=True)
class ElectoralRules:
    """How votes become seats: house size, threshold as a share of valid votes (0-1), divisor formula.

    `stops_at_half`: whoever holds half of the seats without more than half of the qualifying votes takes no
    further seat. Off unless an election's own rules say otherwise.

    Law: s. 81(d)(4).
    """

    house_size: int
    threshold: Fraction
    formula: Formula
    stops_at_half: bool = False

    def __post_init__(self) -> None:
        if self.house_size < 1:
            raise RulesError(f"house_size {self.house_size}: a house has at least one seat")
        if not 0 <= self.threshold <= 1:
            raise RulesError(f"threshold {self.threshold}: give a share of valid votes from 0 to 1")

    @property
    def majority(self) -> int:
        """The fewest seats that are more than half of the house."""
        return self.house_size // 2 + 1

    @property
    def half_seats(self) -> int:
        """The fewest seats that are half of the house or more."""
        return (self.house_size + 1) // 2


@dataclass(frozen=True, slots=True)
class Election:
    """One election: its date, when its lists close, its publication ban (local times) and its rules."""

    id: str
    vote_date: date
    lists_close_date: date | None
    publication_ban_start: datetime | None
    publication_ban_end: datetime | None
    rules: ElectoralRules
