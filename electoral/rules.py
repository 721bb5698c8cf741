"""The rules one election is held under, stage by stage, and the election itself; no country has a default here.

Stages: eligibility (threshold, exemptions, direct seats, alliances) → allocation (formula) → house size, as known on
a day → investiture. Districts would stand between the first two; they are refused in words.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction

from electoral.errors import RulesError
from electoral.investiture import Investiture

Divisor = int | Fraction


class Formula(StrEnum):
    """How the seats of a house are given out: highest averages by their divisors, largest remainders by their quota.

    See: Balinski and Young, Fair Representation (1982), ch. 8 and appendix A; Pukelsheim (2017), ch. 4-5. The first
    divisor 1.4 was the Swedish rule until 2014, 1.2 is since (Elections Act 2005:837, ch. 14 s. 3).
    """

    DHONDT = "dhondt"
    SAINTE_LAGUE = "sainte-lague"
    MODIFIED_SAINTE_LAGUE_14 = "modified-sainte-lague-1.4"
    MODIFIED_SAINTE_LAGUE_12 = "modified-sainte-lague-1.2"
    HARE = "hare"
    DROOP = "droop"

    @classmethod
    def _missing_(cls, value: object) -> "Formula":
        raise RulesError(
            f"formula {value!r}: give one of {', '.join(cls)}; seats given in districts or one by one are not modelled"
        )

    @property
    def is_largest_remainder(self) -> bool:
        """Whether seats go by whole quotas and largest remainders; otherwise by highest averages."""
        return self in (Formula.HARE, Formula.DROOP)

    @property
    def first_divisor(self) -> Divisor:
        """What a list's votes are divided by to claim its first seat."""
        return _FIRST_DIVISORS.get(self, 1)

    def divisor(self, seats: int) -> Divisor:
        """What a list's votes are divided by to claim one seat beyond `seats`; RulesError where averages play no part.

        >>> [Formula.DHONDT.divisor(s) for s in range(4)], [Formula.SAINTE_LAGUE.divisor(s) for s in range(4)]
        ([1, 2, 3, 4], [1, 3, 5, 7])
        >>> Formula.MODIFIED_SAINTE_LAGUE_14.divisor(0), Formula.MODIFIED_SAINTE_LAGUE_14.divisor(1)
        (Fraction(7, 5), 3)
        """
        if self.is_largest_remainder:
            raise RulesError(f"formula {self}: it has a quota and no divisors")
        if self is Formula.DHONDT:
            return seats + 1
        return 2 * seats + 1 if seats else self.first_divisor

    def quota(self, votes: int, seats: int) -> Fraction:
        """Votes for one whole seat: votes ÷ seats (Hare), or what more than votes ÷ (seats + 1) fills (Droop).

        Neither is rounded, so that the same shares give the same seats whatever the turnout.

        >>> Formula.HARE.quota(100, 4), Formula.DROOP.quota(100, 4)
        (Fraction(25, 1), Fraction(20, 1))
        """
        if not self.is_largest_remainder:
            raise RulesError(f"formula {self}: it has divisors and no quota")
        return Fraction(votes, seats + (self is Formula.DROOP))


_FIRST_DIVISORS: Mapping[Formula, Divisor] = {
    Formula.MODIFIED_SAINTE_LAGUE_14: Fraction(7, 5),
    Formula.MODIFIED_SAINTE_LAGUE_12: Fraction(6, 5),
}

_PER_CENT = re.compile(r"[0-9]{1,3}(\.[0-9]{1,20})?")
_FRACTION = re.compile(r"[0-9]{1,9}/[0-9]{1,9}")


def parse_threshold(text: str, house_size: int) -> Fraction:
    """A threshold as rules write it, as an exact share (0-1): per cent, a fraction, or "quota", one seat's worth.

    Raises RulesError for anything else.

    Law, of "quota": Elections Act (Netherlands), arts. P 5 and P 7: the valid votes over the seats.

    >>> parse_threshold("3.25", 120), parse_threshold("1/150", 150), parse_threshold("quota", 150)
    (Fraction(13, 400), Fraction(1, 150), Fraction(1, 150))
    """
    if text == "quota" and house_size > 0:
        return Fraction(1, house_size)
    if _PER_CENT.fullmatch(text) and Fraction(text) <= 100:
        return Fraction(text) / 100
    if _FRACTION.fullmatch(text):
        over, under = map(int, text.split("/"))
        if over <= under and under:
            return Fraction(over, under)
    raise RulesError(f"threshold {text!r}: give per cent from 0 to 100 like 3.25, a fraction like 1/150, or quota")


@dataclass(frozen=True, slots=True)
class DirectSeatClause:
    """So many seats won in person let a list in below the threshold.

    `won`: direct seats by list, as known, or assumed, on the day; a list not named has none.

    Law: Federal Elections Act (Germany), s. 6(3) until 2023, s. 4(2) no. 2 since: three constituencies.
    """

    needed: int
    won: Mapping[str, int] = field(hash=False)

    def __post_init__(self) -> None:
        if self.needed < 1:
            raise RulesError(f"direct-seat clause of {self.needed} seats: give at least 1, or leave the clause out")

    def lets_in(self, name: str) -> bool:
        """Whether the list has the direct seats needed."""
        return self.won.get(name, 0) >= self.needed


@dataclass(frozen=True, slots=True)
class AllianceThresholds:
    """Other thresholds for lists that unite several parties.

    `thresholds`: share of valid votes (0-1) by the fewest parties it applies to; `parties`: how many parties each
    list unites; a list not named is one party.

    Law: Election Code (Poland), art. 196(1) and (2): 5 % of a party, 8 % of a coalition.
    """

    thresholds: Mapping[int, Fraction] = field(hash=False)
    parties: Mapping[str, int] = field(hash=False)

    def __post_init__(self) -> None:
        for parties, threshold in self.thresholds.items():
            if parties < 2 or not 0 <= threshold <= 1:
                raise RulesError(
                    f"threshold {threshold} of alliances of {parties} parties: give a share of valid votes from 0 "
                    "to 1, for 2 parties or more"
                )

    def of(self, name: str) -> Fraction | None:
        """The alliance's threshold; None for a list the ordinary one holds for."""
        parties = self.parties.get(name, 1)
        steps = [step for step in self.thresholds if step <= parties]
        return self.thresholds[max(steps)] if steps else None


@dataclass(frozen=True, slots=True)
class ElectoralRules:
    """How votes become seats and seats a government, in one election, as known on one day.

    Eligibility: `threshold`, a share of valid votes (0-1, `parse_threshold` reads it); `exempt` lists need none;
    `direct_seats` lets lists in below it; `alliances` have others. Allocation: `formula`; `stops_at_half`: whoever
    holds half of the seats without more than half of the qualifying votes takes no further seat. `house_size`: as
    known on the day. `districts`: 1, the whole country. `investiture`: what a government needs.

    Law, of `stops_at_half`: s. 81(d)(4).
    """

    house_size: int
    threshold: Fraction
    formula: Formula
    stops_at_half: bool = False
    exempt: frozenset[str] = frozenset()
    direct_seats: DirectSeatClause | None = None
    alliances: AllianceThresholds | None = None
    districts: int = 1
    investiture: Investiture = Investiture.NONE

    def __post_init__(self) -> None:
        if self.house_size < 1:
            raise RulesError(f"house_size {self.house_size}: a house has at least one seat")
        if not 0 <= self.threshold <= 1:
            raise RulesError(f"threshold {self.threshold}: give a share of valid votes from 0 to 1")
        if self.districts != 1:
            raise RulesError(
                f"districts {self.districts}: seats are given out once, from the votes of the whole country; "
                "districts and single-member seats are not modelled, leave this electorate out"
            )
        if self.stops_at_half and self.formula.is_largest_remainder:
            raise RulesError(f"stops_at_half with formula {self.formula}: the stop belongs to highest averages")

    @property
    def majority(self) -> int:
        """The fewest seats that are more than half of the house."""
        return self.house_size // 2 + 1

    @property
    def half_seats(self) -> int:
        """The fewest seats that are half of the house or more."""
        return (self.house_size + 1) // 2

    def threshold_of(self, name: str) -> Fraction:
        """The share of valid votes (0-1) this list needs; 0 where it needs none.

        >>> rules = ElectoralRules(630, Fraction(5, 100), Formula.SAINTE_LAGUE, exempt=frozenset({"minority"}))
        >>> rules.threshold_of("minority"), rules.threshold_of("other")
        (Fraction(0, 1), Fraction(1, 20))
        """
        if name in self.exempt or (self.direct_seats and self.direct_seats.lets_in(name)):
            return Fraction(0)
        of_alliance = self.alliances.of(name) if self.alliances else None
        return self.threshold if of_alliance is None else of_alliance


@dataclass(frozen=True, slots=True)
class Election:
    """One election: its date, when its lists close, and its rules."""

    id: str
    vote_date: date
    lists_close_date: date | None
    rules: ElectoralRules
