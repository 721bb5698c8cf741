"""The rules one election is held under, and the election itself; no country has a default here."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction

from electoral.errors import RulesError


class Formula(StrEnum):
    """A highest-averages rule, named by its divisors."""

    DHONDT = "dhondt"
    SAINTE_LAGUE = "sainte-lague"


@dataclass(frozen=True, slots=True)
class ElectoralRules:
    """How votes become seats: house size, threshold as a share of valid votes, divisor formula."""

    house_size: int
    threshold: Fraction
    formula: Formula

    def __post_init__(self) -> None:
        if self.house_size < 1:
            raise RulesError(f"house_size {self.house_size}: a house has at least one seat")
        if not 0 <= self.threshold < 1:
            raise RulesError(f"threshold {self.threshold}: give a share of valid votes from 0 to below 1")

    @property
    def majority(self) -> int:
        """The fewest seats that are more than half of the house."""
        return self.house_size // 2 + 1


@dataclass(frozen=True, slots=True)
class Election:
    """One election: its date, when its lists close, its publication ban (local times) and its rules."""

    id: str
    vote_date: date
    lists_close_date: date | None
    publication_ban_start: datetime | None
    publication_ban_end: datetime | None
    rules: ElectoralRules
