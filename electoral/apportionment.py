"""Seats from votes in exact numbers, by highest averages or largest remainders: who takes which seat and why.

There is a tie where only a lot could say.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import ceil

from electoral.rules import Divisor, Formula

Unit = tuple[str, ...]  # lists that share one row of the distribution: one list, or a pair in an agreement


class Stage(StrEnum):
    """Where in the distribution a step belongs."""

    QUOTA = "quota"  # whole quotas of one list (of a list or pair, where largest remainders follow)
    ROUNDED = "rounded"  # a list's or pair's votes over a divisor that is surely not too small, rounded to the nearest
    AVERAGE = "average"  # one remaining seat, to the largest average among lists and pairs
    REMAINDER = "remainder"  # one remaining seat, to the largest remainder among lists and pairs
    PAIR_QUOTA = "pair_quota"  # a pair's seats, whole quotas of one of its lists
    PAIR_ROUNDED = "pair_rounded"
    PAIR_AVERAGE = "pair_average"  # a pair's remaining seat
    PAIR_REMAINDER = "pair_remainder"


@dataclass(frozen=True, slots=True)
class Step:
    """Seats given in one move: to whom, for how many votes, divided by what, and how many it then holds."""

    stage: Stage
    lists: Unit
    seats: int
    votes: int
    divisor: Divisor
    seats_after: int

    @property
    def average(self) -> Fraction:
        """Votes per seat at which the step was won; for quotas, rounding and remainders, the votes over the divisor."""
        return Fraction(self.votes) / self.divisor

    @property
    def remainder(self) -> Fraction:
        """Of a quota or remainder step: the votes the seats before it did not use."""
        return self.votes - Fraction(self.divisor) * (self.seats_after - self.seats)


@dataclass(frozen=True, slots=True)
class Tie:
    """Seats nobody holds: fewer than the lists with an equal claim, so a lot decides.

    `claim`: the equal averages, or remainders, in votes.

    Law: s. 81(d)(2), equal list quotients are decided by lot.
    """

    lists: tuple[str, ...]
    seats: int
    claim: Fraction


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a list or pair stood at the end: votes, seats, and the average (or remainder) that claims its next seat."""

    lists: Unit
    votes: int
    seats: int
    next_claim: Fraction
    is_stopped: bool = False


@dataclass(frozen=True, slots=True)
class AgreementOutcome:
    """A surplus-vote agreement and whether it counted (both lists qualified)."""

    lists: tuple[str, str]
    is_valid: bool


@dataclass(frozen=True, slots=True)
class Allocation:
    """The seats of every list named, with everything needed to explain them.

    `seats` plus the seats of `ties` add up to the house. `quota` is the whole-number quotient of qualifying
    votes and house size (0 where there are fewer votes than seats); with largest remainders the formula's own, not
    rounded. `steps` are in the order of the law.
    """

    seats: Mapping[str, int]
    qualifying: tuple[str, ...]
    quota: Divisor
    agreements: tuple[AgreementOutcome, ...]
    ties: tuple[Tie, ...]
    steps: tuple[Step, ...]
    standings: tuple[Standing, ...]
    votes: Mapping[str, int]
    valid_votes: int
    threshold_votes: Fraction

    @property
    def qualifying_votes(self) -> int:
        """The votes that take part in the distribution."""
        return sum(self.votes[name] for name in self.qualifying)


@dataclass(frozen=True, slots=True)
class Course:
    """How a distribution went: seats per unit, the steps that gave them, and the units tied for what is left.

    `next_claims`: the average or remainder with which each unit would have claimed one seat more.
    """

    seats: Mapping[Unit, int]
    steps: tuple[Step, ...]
    tied: tuple[Unit, ...]
    tied_seats: int
    next_claims: Mapping[Unit, Fraction]


def whole_quotas(votes: Mapping[str, int], seats: int) -> dict[str, int]:
    """Each list's whole quotas, the quota being the whole-number quotient of all votes and seats.

    With fewer votes than seats squared the rounded-down quota may promise more seats than there are, or one that no
    average would win. The law does not say what then; nobody gets any here, and the highest averages give every seat.

    Law: s. 81(b), "the whole number"; s. 81(c).

    >>> whole_quotas({"a": 70, "b": 30}, 4)
    {'a': 2, 'b': 1}
    >>> whole_quotas({"a": 3, "b": 3, "c": 1}, 4)
    {'a': 0, 'b': 0, 'c': 0}
    """
    quota = sum(votes.values()) // seats if seats else 0
    return {name: count // quota if quota >= seats > 0 else 0 for name, count in votes.items()}


def rounded_votes(votes: Mapping[Unit, int], seats: int, formula: Formula) -> tuple[dict[Unit, int], Fraction]:
    """Most of a Sainte-Laguë rule's seats at once: votes over one divisor, rounded to the nearest; and that divisor.

    With votes ÷ (seats - units/2) as divisor the rounded numbers add up to the seats at most, so that all of them are
    among the largest averages. Under a larger first divisor a first seat needs that half, not one half.

    See: Balinski and Young (1982), appendix A, prop. 3.3; Pukelsheim (2017), s. 4.6.

    >>> rounded_votes({("a",): 53, ("b",): 24, ("c",): 23}, 7, Formula.SAINTE_LAGUE)
    ({('a',): 3, ('b',): 1, ('c',): 1}, Fraction(200, 11))
    """
    rest = 2 * seats - len(votes)
    if rest <= 0:
        return dict.fromkeys(votes, 0), Fraction(0)
    divisor = Fraction(2 * sum(votes.values()), rest)
    quotients = {unit: count / divisor for unit, count in votes.items()}
    half = Fraction(formula.first_divisor) / 2
    return {unit: int(part + Fraction(1, 2)) if part >= half else 0 for unit, part in quotients.items()}, divisor


def heads(
    votes: Mapping[Unit, int], seats: Mapping[Unit, int], formula: Formula, stopped: Iterable[Unit] = ()
) -> list[Unit]:
    """The units with the largest average for one more seat, all of them where several are equal.

    Compared by cross-multiplication: exact numbers only, so equal means equal.
    """
    out = set(stopped)
    best: list[Unit] = []
    top_votes: int = -1
    top_divisor: Divisor = 1
    for unit, count in votes.items():
        if unit in out:
            continue
        divisor = formula.divisor(seats[unit])
        left, right = count * top_divisor, top_votes * divisor
        if left > right:
            best, top_votes, top_divisor = [unit], count, divisor
        elif left == right:
            best.append(unit)
    return best


def stopped_units(votes: Mapping[Unit, int], seats: Mapping[Unit, int], house_size: int) -> list[Unit]:
    """The units that hold half of the house without more than half of the votes; a pair counts as one list.

    Law: s. 81(d)(4); s. 82 makes a pair one list for s. 81(d).
    """
    total = sum(votes.values())
    return [unit for unit in votes if 2 * seats[unit] >= house_size and 2 * votes[unit] <= total]


def highest_averages(
    votes: Mapping[Unit, int],
    seats: int,
    formula: Formula,
    start: Mapping[Unit, int],
    stage: Stage,
    stops_at_half: bool = False,
) -> Course:
    """Give the seats beyond `start` one by one to the largest average of votes over the next divisor.

    Equal averages each take a seat while there are enough; where there are not, the rest is a tie.

    Law: s. 81(d)(1)-(3).
    """
    held = dict(start)
    steps: list[Step] = []
    left = seats - sum(held.values())
    while left:
        stopped = stopped_units(votes, held, seats) if stops_at_half else ()
        first = heads(votes, held, formula, stopped)
        if len(first) > left:
            return Course(held, tuple(steps), tuple(first), left, _next_averages(votes, held, formula))
        for unit in first:
            divisor = formula.divisor(held[unit])
            held[unit] += 1
            steps.append(Step(stage, unit, 1, votes[unit], divisor, held[unit]))
        left -= len(first)
    return Course(held, tuple(steps), (), 0, _next_averages(votes, held, formula))


def _next_averages(votes: Mapping[Unit, int], seats: Mapping[Unit, int], formula: Formula) -> dict[Unit, Fraction]:
    return {unit: Fraction(count) / formula.divisor(seats[unit]) for unit, count in votes.items()}


def largest_remainders(
    votes: Mapping[Unit, int], seats: int, formula: Formula, quota_stage: Stage, stage: Stage
) -> Course:
    """Give every unit its whole quotas, and one of the remaining seats to each of the largest remainders.

    Hare fills a seat with a whole quota; Droop with more than one, so that no more seats fill than there are. Equal
    remainders each take a seat while there are enough; where there are not, the rest is a tie.

    See: Pukelsheim (2017), ch. 5, quota methods and their shifts.

    >>> course = largest_remainders({("a",): 60, ("b",): 28, ("c",): 12}, 4, Formula.HARE, Stage.QUOTA, Stage.REMAINDER)
    >>> course.seats, [float(step.remainder) for step in course.steps if step.stage is Stage.REMAINDER]
    ({('a',): 2, ('b',): 1, ('c',): 1}, [12.0])
    """
    if not seats:
        return Course(dict.fromkeys(votes, 0), (), (), 0, {unit: Fraction(count) for unit, count in votes.items()})
    quota = formula.quota(sum(votes.values()), seats)
    held = {unit: _whole(Fraction(count) / quota, formula) for unit, count in votes.items()}
    steps = [Step(quota_stage, unit, count, votes[unit], quota, count) for unit, count in held.items() if count]
    remainders = {unit: votes[unit] - count * quota for unit, count in held.items()}
    left = seats - sum(held.values())
    while left:
        top = max(remainders.values())
        first = [unit for unit, remainder in remainders.items() if remainder == top]
        if len(first) > left:
            return Course(held, tuple(steps), tuple(first), left, remainders)
        for unit in first:
            held[unit] += 1
            remainders[unit] -= quota
            steps.append(Step(stage, unit, 1, votes[unit], quota, held[unit]))
        left -= len(first)
    return Course(held, tuple(steps), (), 0, remainders)


def _whole(quotas: Fraction, formula: Formula) -> int:
    """The seats these quotas fill; half a vote's worth above them would change nothing for Droop."""
    if formula is Formula.HARE:
        return quotas.numerator // quotas.denominator
    return max(ceil(quotas) - 1, 0)
