"""Largest remainders in exact numbers: whole quotas first, then a seat each to the largest remainders."""

from collections.abc import Mapping
from fractions import Fraction
from math import ceil

from electoral.apportionment import Course, Stage, Step, Unit
from electoral.rules import Formula


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
