"""Surplus-vote agreements, and the whole distribution by stages: who takes part, seats between pairs, inside pairs.

Districts would be a stage before the second, adjustment seats one after it; `rules.ElectoralRules` refuses them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import index

from electoral.apportionment import (
    AgreementOutcome,
    Allocation,
    Course,
    Stage,
    Standing,
    Step,
    Tie,
    Unit,
    highest_averages,
    largest_remainders,
    rounded_votes,
    stopped_units,
    whole_quotas,
)
from electoral.errors import VotesError
from electoral.rules import Divisor, ElectoralRules, Formula


@dataclass(frozen=True, slots=True)
class SurplusAgreement:
    """Two lists that count as one where the remaining seats are given out.

    Law: s. 82.
    """

    list_a: str
    list_b: str


def check_agreements(agreements: Iterable[SurplusAgreement], lists: Iterable[str]) -> tuple[SurplusAgreement, ...]:
    """The agreements, once each names two known lists and no list is in two of them; VotesError otherwise."""
    names = set(lists)
    seen: dict[str, str] = {}
    checked = tuple(agreements)
    for agreement in checked:
        if agreement.list_a == agreement.list_b:
            raise VotesError(f"agreement of {agreement.list_a!r} with itself: name two lists")
        for name in (agreement.list_a, agreement.list_b):
            if name not in names:
                raise VotesError(
                    f"agreement {agreement.list_a!r} with {agreement.list_b!r}: no such list as {name!r}; "
                    "correct the name or leave the agreement out"
                )
            if name in seen:
                raise VotesError(
                    f"agreement {agreement.list_a!r} with {agreement.list_b!r}: {name!r} has already signed with "
                    f"{seen[name]!r}; a list may sign one agreement"
                )
            seen[name] = agreement.list_b if name == agreement.list_a else agreement.list_a
    return checked


def check_votes(votes: Mapping[str, int], other_votes: int) -> None:
    """VotesError unless every count is a whole number from 0 and every list has a name."""
    for name, count in [*votes.items(), ("(other lists)", other_votes)]:
        if not name:
            raise VotesError("votes of a list with no name: pass them as other_votes")
        try:
            whole = index(count)
        except TypeError:
            raise VotesError(f"votes {count!r} of {name!r}: give a whole number") from None
        if isinstance(count, bool) or whole < 0:
            raise VotesError(f"votes {count!r} of {name!r}: give a whole number from 0")


def qualifying(votes: Mapping[str, int], rules: ElectoralRules, other_votes: int = 0) -> tuple[str, ...]:
    """The lists, in the order given, whose votes are not less than their threshold's share of all valid votes.

    `other_votes` are valid votes of lists not named. A list without a single vote never qualifies.

    Law: s. 81(a), "not less than"; the base is the valid votes, s. 78 having taken the invalid ones out.

    >>> from fractions import Fraction
    >>> from electoral.rules import Formula
    >>> rules = ElectoralRules(120, Fraction(3, 100), Formula.DHONDT)
    >>> qualifying({"a": 60, "b": 37, "c": 3}, rules)
    ('a', 'b', 'c')
    >>> qualifying({"a": 971, "b": 29}, rules)
    ('a',)
    """
    valid = sum(votes.values()) + other_votes
    needed = {name: rules.threshold_of(name) for name in votes}
    passing = tuple(
        name
        for name, count in votes.items()
        if count > 0 and count * needed[name].denominator >= needed[name].numerator * valid
    )
    if not passing:
        raise VotesError(
            f"no list qualifies: none of {len(votes)} lists has {float(rules.threshold):.4%} of {valid} valid "
            "votes; check the votes or lower the threshold"
        )
    return passing


def allocate(
    votes: Mapping[str, int],
    rules: ElectoralRules,
    agreements: Iterable[SurplusAgreement] = (),
    other_votes: int = 0,
) -> Allocation:
    """The seats of every list by the exact rule, with quota, steps, standings and ties.

    Votes are valid votes per list; `other_votes` are valid votes of lists not named (they raise the threshold
    and never win a seat). Raises VotesError for votes that are no whole numbers, for agreements that
    contradict the lists or each other, and where no list qualifies.

    Law: s. 81 and s. 82 (Bader-Ofer); an agreement is void unless both of its lists qualify.

    >>> from fractions import Fraction
    >>> from electoral.rules import ElectoralRules, Formula
    >>> rules = ElectoralRules(10, Fraction(5, 100), Formula.DHONDT)
    >>> allocate({"a": 416, "b": 338, "c": 246}, rules).seats
    {'a': 4, 'b': 4, 'c': 2}
    >>> allocate({"a": 416, "b": 338, "c": 246}, rules, [SurplusAgreement("a", "c")]).seats
    {'a': 5, 'b': 3, 'c': 2}
    """
    check_votes(votes, other_votes)
    pairs = check_agreements(agreements, votes)
    votes = {name: index(count) for name, count in votes.items()}
    names = qualifying(votes, rules, other_votes)
    outcomes = tuple(
        AgreementOutcome((pair.list_a, pair.list_b), pair.list_a in names and pair.list_b in names) for pair in pairs
    )
    counted = {name: votes[name] for name in names}
    units = alliances(names, outcomes)
    quota_steps, between = _between(counted, units, rules)
    seats, inside_steps, ties = _inside(counted, between, rules.formula)
    valid = sum(votes.values()) + other_votes
    return Allocation(
        seats={name: seats.get(name, 0) for name in votes},
        qualifying=names,
        quota=_quota(sum(counted.values()), rules),
        agreements=outcomes,
        ties=ties,
        steps=(*quota_steps, *between.steps, *inside_steps),
        standings=_standings(counted, between, rules),
        votes=votes,
        valid_votes=valid,
        threshold_votes=rules.threshold * valid,
    )


def alliances(names: Sequence[str], outcomes: Iterable[AgreementOutcome]) -> tuple[Unit, ...]:
    """The rows of the distribution: every valid pair as one, every other list by itself, in the lists' order."""
    partner: dict[str, Unit] = {}
    for outcome in outcomes:
        if outcome.is_valid:
            pair = tuple(sorted(outcome.lists, key=names.index))
            partner.update(dict.fromkeys(pair, pair))
    return tuple(dict.fromkeys(partner.get(name, (name,)) for name in names))


def _unit_votes(votes: Mapping[str, int], units: Iterable[Unit]) -> dict[Unit, int]:
    return {unit: sum(votes[name] for name in unit) for unit in units}


def _quota(votes: int, rules: ElectoralRules) -> Divisor:
    if rules.formula.is_largest_remainder:
        return rules.formula.quota(votes, rules.house_size)
    return votes // rules.house_size


def _first_seats(
    votes: Mapping[str, int], seats: int, units: Iterable[Unit], formula: Formula, is_inside: bool
) -> tuple[dict[Unit, int], list[Step]]:
    """What comes before the averages: whole quotas list by list (D'Hondt), or the votes of each unit rounded."""
    totals = _unit_votes(votes, units)
    if formula is not Formula.DHONDT:
        stage = Stage.PAIR_ROUNDED if is_inside else Stage.ROUNDED
        start, divisor = rounded_votes(totals, seats, formula)
        return start, [Step(stage, unit, count, totals[unit], divisor, count) for unit, count in start.items() if count]
    stage = Stage.PAIR_QUOTA if is_inside else Stage.QUOTA
    whole_seats = whole_quotas(votes, seats)
    quota = sum(votes.values()) // seats if seats else 0
    steps = [Step(stage, (name,), count, votes[name], quota, count) for name, count in whole_seats.items() if count]
    return {unit: sum(whole_seats[name] for name in unit) for unit in totals}, steps


def _between(votes: Mapping[str, int], units: tuple[Unit, ...], rules: ElectoralRules) -> tuple[list[Step], Course]:
    """Whole quotas list by list, then the remaining seats among lists and pairs.

    Law: s. 81(c), 81(d), s. 82: a pair starts from the quotas of both its lists.
    """
    totals = _unit_votes(votes, units)
    if rules.formula.is_largest_remainder:
        return [], largest_remainders(totals, rules.house_size, rules.formula, Stage.QUOTA, Stage.REMAINDER)
    start, steps = _first_seats(votes, rules.house_size, units, rules.formula, is_inside=False)
    course = highest_averages(totals, rules.house_size, rules.formula, start, Stage.AVERAGE, rules.stops_at_half)
    return steps, course


def _inside(
    votes: Mapping[str, int], between: Course, formula: Formula
) -> tuple[dict[str, int], list[Step], tuple[Tie, ...]]:
    """Each unit's seats among its own lists, and every tie left over, inside a pair or between units."""
    seats: dict[str, int] = {}
    steps: list[Step] = []
    ties: list[Tie] = []
    for unit, total in between.seats.items():
        if len(unit) == 1:
            seats[unit[0]] = total
            continue
        quota_steps, course = share_inside(votes, unit, total, formula)
        seats.update({name: course.seats[(name,)] for name in unit})
        steps += [*quota_steps, *course.steps]
        ties += _ties(course, course.tied)
    next_inside = [
        (name,) for unit in between.tied for name in gainers_inside(votes, unit, between.seats[unit], formula)
    ]
    return seats, steps, (*ties, *_ties(between, next_inside))


def share_inside(votes: Mapping[str, int], unit: Unit, seats: int, formula: Formula) -> tuple[list[Step], Course]:
    """A pair's seats among its lists: its own quotas, then its own averages or remainders.

    Law: s. 82: the pair's own quota, then the largest votes / (seats + 1).
    """
    own = {name: votes[name] for name in unit}
    rows: dict[Unit, int] = {(name,): count for name, count in own.items()}
    if formula.is_largest_remainder:
        return [], largest_remainders(rows, seats, formula, Stage.PAIR_QUOTA, Stage.PAIR_REMAINDER)
    start, steps = _first_seats(own, seats, rows, formula, is_inside=True)
    return steps, highest_averages(rows, seats, formula, start, Stage.PAIR_AVERAGE)


def _ties(course: Course, units: Sequence[Unit]) -> list[Tie]:
    """The seats a distribution left over, claimed by the lists of these units."""
    if not course.tied:
        return []
    lists = tuple(name for unit in units for name in unit)
    return [Tie(lists, course.tied_seats, course.next_claims[course.tied[0]])]


def gainers_inside(votes: Mapping[str, int], unit: Unit, seats: int, formula: Formula) -> Unit:
    """The lists of a unit that gain, or are tied for it, where the unit has one seat more than `seats`."""
    if len(unit) == 1:
        return unit
    now, after = (share_inside(votes, unit, seats + extra, formula)[1] for extra in (0, 1))
    gained = [name for name in unit if after.seats[(name,)] > now.seats[(name,)]]
    return tuple(gained) or tuple(name for (name,) in after.tied)


def _standings(votes: Mapping[str, int], between: Course, rules: ElectoralRules) -> tuple[Standing, ...]:
    totals = _unit_votes(votes, between.seats)
    stopped = stopped_units(totals, between.seats, rules.house_size) if rules.stops_at_half else []
    return tuple(
        Standing(unit, totals[unit], held, between.next_claims[unit], unit in stopped)
        for unit, held in between.seats.items()
    )
