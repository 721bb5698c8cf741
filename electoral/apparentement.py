"""Surplus-vote agreements and the whole distribution: highest averages between alliances, then inside each pair."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
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
    heads,
    highest_averages,
    stopped_units,
    whole_quotas,
)
from electoral.errors import VotesError
from electoral.rules import ElectoralRules, Formula
from electoral.threshold import qualifying


@dataclass(frozen=True, slots=True)
class SurplusAgreement:
    """Two lists that count as one where the remaining seats are given out.

    Law: s. 82.
    """

    list_a: str
    list_b: str


def check_agreements(agreements: Iterable[SurplusAgreement], lists: Iterable[str]) -> tuple[SurplusAgreement, ...]:
    """The agreements, once each names two known lists and no list is in two of them; VotesError otherwise."""
    known = set(lists)
    seen: dict[str, str] = {}
    checked = tuple(agreements)
    for agreement in checked:
        if agreement.list_a == agreement.list_b:
            raise VotesError(f"agreement of {agreement.list_a!r} with itself: name two lists")
        for name in (agreement.list_a, agreement.list_b):
            if name not in known:
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
    names = qualifying(votes, rules.threshold, other_votes)
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
        quota=sum(counted.values()) // rules.house_size,
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


def _quotas(
    votes: Mapping[str, int], seats: int, units: Iterable[Unit], formula: Formula, stage: Stage
) -> tuple[dict[str, int], list[Step]]:
    """The first division, which only D'Hondt has: Sainte-Laguë may give a list less than its whole quotas."""
    if formula is not Formula.DHONDT:
        return dict.fromkeys(votes, 0), []
    given = whole_quotas(votes, seats, units)
    quota = sum(votes.values()) // seats if seats else 0
    steps = [Step(stage, (name,), count, votes[name], quota, count) for name, count in given.items() if count]
    return given, steps


def _between(votes: Mapping[str, int], units: tuple[Unit, ...], rules: ElectoralRules) -> tuple[list[Step], Course]:
    """Whole quotas list by list, then the remaining seats among lists and pairs.

    Law: s. 81(c), 81(d), s. 82: a pair starts from the quotas of both its lists.
    """
    given, steps = _quotas(votes, rules.house_size, units, rules.formula, Stage.QUOTA)
    start = {unit: sum(given[name] for name in unit) for unit in units}
    totals = _unit_votes(votes, units)
    course = highest_averages(totals, rules.house_size, rules.formula, start, Stage.AVERAGE, rules.stops_at_half)
    return steps, course


def _inside(
    votes: Mapping[str, int], between: Course, formula: Formula
) -> tuple[dict[str, int], list[Step], tuple[Tie, ...]]:
    """Each unit's seats among its own lists, and every tie left over, inside a pair or between units.

    Law: s. 82: the pair's own quota, then the largest votes / (seats + 1).
    """
    seats: dict[str, int] = {}
    steps: list[Step] = []
    ties: list[Tie] = []
    for unit, total in between.seats.items():
        if len(unit) == 1:
            seats[unit[0]] = total
            continue
        own = {name: votes[name] for name in unit}
        rows: dict[Unit, int] = {(name,): count for name, count in own.items()}
        given, quota_steps = _quotas(own, total, rows, formula, Stage.PAIR_QUOTA)
        course = highest_averages(rows, total, formula, {(n,): s for n, s in given.items()}, Stage.PAIR_AVERAGE)
        seats.update({name: course.seats[(name,)] for name in unit})
        steps += [*quota_steps, *course.steps]
        if course.tied:
            ties.append(_tie(course.tied, course.tied_seats, votes, course.seats, formula))
    if between.tied:
        claim = _tie(between.tied, between.tied_seats, votes, between.seats, formula)
        claimants = tuple(name for unit in between.tied for name in _next_inside(unit, votes, seats, formula))
        ties.append(Tie(claimants, claim.seats, claim.average))
    return seats, steps, tuple(ties)


def _tie(
    units: Iterable[Unit], seats: int, votes: Mapping[str, int], held: Mapping[Unit, int], formula: Formula
) -> Tie:
    rows = tuple(units)
    count = sum(votes[name] for name in rows[0])
    lists = tuple(name for unit in rows for name in unit)
    return Tie(lists, seats, Fraction(count, formula.divisor(held[rows[0]])))


def _next_inside(unit: Unit, votes: Mapping[str, int], seats: Mapping[str, int], formula: Formula) -> list[str]:
    """The lists of a unit that would gain if the lot gave the unit one more seat."""
    rows: dict[Unit, int] = {(name,): votes[name] for name in unit}
    return [name for (name,) in heads(rows, {(n,): seats[n] for n in unit}, formula)]


def _standings(votes: Mapping[str, int], between: Course, rules: ElectoralRules) -> tuple[Standing, ...]:
    totals = _unit_votes(votes, between.seats)
    stopped = stopped_units(totals, between.seats, rules.house_size) if rules.stops_at_half else []
    return tuple(
        Standing(unit, totals[unit], held, Fraction(totals[unit], rules.formula.divisor(held)), unit in stopped)
        for unit, held in between.seats.items()
    )
