"""How near each list is to one seat more and to one less: the fewest votes, exactly, through thresholds and agreements.

Three models of change, each with the smallest number of votes that does it:

- *gain*: votes are added to the list from outside, so that the valid votes grow, and with them every list's threshold;
- *loss*: the list loses votes to nobody, so that the valid votes shrink, and lists below their threshold may pass it;
- *transfer*: votes move between the list and the one it takes the seat from, or loses it to; the valid votes stay.

Seats do not simply grow with votes: an added vote can lift the threshold over the list's own partner and end their
agreement. So the numbers of votes at which any list begins or ceases to qualify are computed first. Between two of them
a list's seats only grow with its votes, whatever the formula (tests/electoral/test_theorems.py), and halving finds the
number.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

from electoral.apparentement import SurplusAgreement, allocate, check_agreements, gainers_inside
from electoral.apportionment import Allocation, Stage, Standing, Unit
from electoral.errors import VotesError
from electoral.rules import Divisor, ElectoralRules


@dataclass(frozen=True, slots=True)
class SeatClaim:
    """A claim to a seat: whose average it is (a list or pair), which of its lists has or would have the seat.

    `lists` are several where a lot decides between them. Under largest remainders `divisor` is 1 and `votes` a
    remainder.
    """

    lists: tuple[str, ...]
    unit: Unit
    votes: Divisor
    divisor: Divisor

    @property
    def claim(self) -> Fraction:
        """The average, or remainder, in votes."""
        return Fraction(self.votes) / self.divisor


@dataclass(frozen=True, slots=True)
class Transfer:
    """The fewest votes that, moved between a list and `other`, move its seats; `lot_votes` as in `Margin`."""

    other: str
    votes: int | None
    lot_votes: int | None


@dataclass(frozen=True, slots=True)
class Margin:
    """The fewest votes added (or lost) with which a list surely has more (or fewer) seats than it surely has now.

    `lot_votes`: fewer votes with which a lot decides (0: one decides now); None where no number does. `seats_after` and
    `changes` (other lists' seats) are those at `votes`. `transfer`: with the list whose seats change most the other
    way; None where there is none.
    """

    votes: int
    lot_votes: int | None
    seats_after: int
    changes: Mapping[str, int]
    transfer: Transfer | None


@dataclass(frozen=True, slots=True)
class ListMargins:
    """One list: its seats, votes to spare over its threshold (below zero: short of it), and its next seat either way.

    `threshold_votes` counts votes lost to nobody, or added from outside; None where no number of votes moves it across.
    `gain` is None for a list with the whole house, `loss` for one without seats.
    """

    seats: int
    threshold_votes: int | None
    gain: Margin | None
    loss: Margin | None


@dataclass(frozen=True, slots=True)
class AgreementEffect:
    """An agreement: whether it counts, and what every list has with it, less what it would have without that one."""

    lists: tuple[str, str]
    is_valid: bool
    changes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class NextSeat:
    """An allocation, who holds its last seat and who is next, every list's margins, and what each agreement changed.

    `last` is None where every seat is a whole quota of largest remainders. Where a lot decides the last seats, `last`
    names the lists that could have them and `next_claim` is None.
    """

    allocation: Allocation
    last: SeatClaim | None
    next_claim: SeatClaim | None
    margins: Mapping[str, ListMargins]
    agreements: tuple[AgreementEffect, ...]


def next_seat(
    votes: Mapping[str, int],
    rules: ElectoralRules,
    agreements: Iterable[SurplusAgreement] = (),
    other_votes: int = 0,
) -> NextSeat:
    """Every list's distance from its next seat; arguments and errors as of `apparentement.allocate`.

    >>> from electoral.rules import Formula
    >>> rules = ElectoralRules(10, Fraction(5, 100), Formula.DHONDT)
    >>> result = next_seat({"a": 416_000, "b": 338_000, "c": 246_000}, rules)
    >>> result.last.lists, result.next_claim.lists, result.margins["a"].gain.votes, result.margins["b"].loss.votes
    (('b',), ('a',), 6501, 5201)
    """
    count = _Count(dict(votes), rules, check_agreements(agreements, votes), other_votes)
    allocation = allocate(count.votes, rules, count.agreements, other_votes)
    return NextSeat(
        allocation,
        _last(allocation, rules),
        None if allocation.ties else _next(allocation, rules),
        {name: _margins(count, allocation, name) for name in count.votes},
        tuple(_effect(count, allocation, at) for at in range(len(count.agreements))),
    )


# Who holds the last seat, and who is next.


def _last(allocation: Allocation, rules: ElectoralRules) -> SeatClaim | None:
    """The smallest claim that has a seat, or the claims a lot decides between."""
    if allocation.ties:
        tie = allocation.ties[-1]
        return SeatClaim(tie.lists, tie.lists, tie.claim, 1)
    if rules.formula.is_largest_remainder:
        steps = [step for step in allocation.steps if step.stage is Stage.REMAINDER]
        if not steps:
            return None
        step = min(steps, key=lambda step: step.remainder)
        lists = gainers_inside(allocation.votes, step.lists, step.seats_after - 1, rules.formula)
        return SeatClaim(lists, step.lists, step.remainder, 1)
    holders = [standing for standing in allocation.standings if standing.seats]
    last = min(holders, key=lambda standing: Fraction(standing.votes) / rules.formula.divisor(standing.seats - 1))
    lists = gainers_inside(allocation.votes, last.lists, last.seats - 1, rules.formula)
    return SeatClaim(lists, last.lists, last.votes, rules.formula.divisor(last.seats - 1))


def _next(allocation: Allocation, rules: ElectoralRules) -> SeatClaim | None:
    """The largest claim that has no seat; None where every unit is stopped."""
    open_units: list[Standing] = [standing for standing in allocation.standings if not standing.is_stopped]
    if not open_units:
        return None
    first = max(open_units, key=lambda standing: standing.next_claim)
    lists = gainers_inside(allocation.votes, first.lists, first.seats, rules.formula)
    if rules.formula.is_largest_remainder:
        return SeatClaim(lists, first.lists, first.next_claim, 1)
    return SeatClaim(lists, first.lists, first.votes, rules.formula.divisor(first.seats))


# The fewest votes.


@dataclass(frozen=True)
class _Count:
    """Votes, rules and agreements before any change."""

    votes: dict[str, int]
    rules: ElectoralRules
    agreements: tuple[SurplusAgreement, ...]
    other_votes: int

    @property
    def valid_votes(self) -> int:
        return sum(self.votes.values()) + self.other_votes


@dataclass(frozen=True)
class _Change:
    """Votes that some lists gain (1) or lose (-1) together, and the allocations after so many of them."""

    count: _Count
    steps: Mapping[str, int]
    allocations: dict[int, Allocation | None] = field(default_factory=dict)

    def allocation(self, times: int) -> Allocation | None:
        """The allocation after so many votes; None where no list would qualify."""
        if times not in self.allocations:
            votes = dict(self.count.votes)
            for name, step in self.steps.items():
                votes[name] += step * times
            try:
                after = allocate(votes, self.count.rules, self.count.agreements, self.count.other_votes)
            except VotesError:
                self.allocations[times] = None
            else:
                self.allocations[times] = after
        return self.allocations[times]

    @property
    def most(self) -> int:
        """As many votes as can be lost, or as surely are enough to win the whole house."""
        lost = [self.count.votes[name] for name, step in self.steps.items() if step < 0]
        return min(lost) if lost else 2 * self.count.rules.house_size * (self.count.valid_votes + 1)

    def turning_points(self) -> Iterator[int]:
        """The numbers of votes with which some list begins or ceases to qualify, from one below to the next."""
        valid_step = sum(self.steps.values())
        for name, votes in self.count.votes.items():
            step = self.steps.get(name, 0)
            turn = _turn(votes, step, self.count.rules.threshold_of(name), self.count.valid_votes, valid_step)
            if turn is not None:
                yield turn

    def fewest(self, reached: Callable[[Allocation | None], bool], start: int = 1) -> int | None:
        """The smallest number of votes from `start` that does it; None where none does."""
        most = self.most
        edges = sorted({start, most + 1, *(turn for turn in self.turning_points() if start < turn <= most)})
        for low, end in pairwise(edges):
            if reached(self.allocation(end - 1)):
                return self._halved(low, end - 1, reached)
        return None

    def _halved(self, low: int, high: int, reached: Callable[[Allocation | None], bool]) -> int:
        """The first number that does it, of numbers among which all after one that does it do."""
        while low < high:
            middle = (low + high) // 2
            if reached(self.allocation(middle)):
                high = middle
            else:
                low = middle + 1
        return low


def _turn(votes: int, step: int, threshold: Fraction, valid: int, valid_step: int) -> int | None:
    """The first number of steps with which votes ≥ threshold × valid votes is no longer what it was before."""
    slope = step - threshold * valid_step
    if not slope:
        return None
    crossing = (threshold * valid - votes) / slope
    return ceil(crossing) if slope > 0 else floor(crossing) + 1


def _surely(allocation: Allocation | None, name: str) -> int:
    return allocation.seats[name] if allocation else 0


def _possibly(allocation: Allocation | None, name: str) -> int:
    """The most seats a list can have once lots are drawn: one more, even if it is in a tie inside and one outside."""
    if allocation is None:
        return 0
    return allocation.seats[name] + any(name in tie.lists for tie in allocation.ties)


def _margins(count: _Count, allocation: Allocation, name: str) -> ListMargins:
    seats = allocation.seats[name]
    return ListMargins(
        seats,
        threshold_votes(count.votes, count.rules, name, count.other_votes),
        _margin(count, allocation, name, 1) if seats < count.rules.house_size else None,
        _margin(count, allocation, name, -1) if seats else None,
    )


def threshold_votes(votes: Mapping[str, int], rules: ElectoralRules, name: str, other_votes: int = 0) -> int | None:
    """The votes a list can lose to nobody and still qualify; below zero, those it lacks, added from outside.

    None where no number of votes moves it across.
    """
    valid, threshold = sum(votes.values()) + other_votes, rules.threshold_of(name)
    if not threshold or threshold == 1:
        return None
    return floor((votes[name] - threshold * valid) / (1 - threshold))


def _margin(count: _Count, allocation: Allocation, name: str, sign: int) -> Margin | None:
    """The fewest votes added to the list (sign 1) or lost by it (-1) that move its seats the same way."""
    change = _Change(count, {name: sign})
    votes, lot_votes = _fewest_votes(change, allocation, name, sign)
    if votes is None:  # nor is there a lot then: votes enough make whatever a lot decides sure
        return None
    after = change.allocation(votes)
    changes = _changes(after, allocation, name)
    against = [other for other, moved in changes.items() if moved * sign < 0]
    transfer = None
    if against:
        other = max(against, key=lambda other: -sign * changes[other])
        transfer = Transfer(other, *_fewest_votes(_Change(count, {name: sign, other: -sign}), allocation, name, sign))
    return Margin(votes, lot_votes, _surely(after, name), changes, transfer)


def _fewest_votes(change: _Change, now: Allocation, name: str, sign: int) -> tuple[int | None, int | None]:
    """Votes that surely move the list's seats, and fewer ones with which a lot decides."""
    held = now.seats[name]

    def may_move(after: Allocation | None) -> bool:
        return _possibly(after, name) > held if sign > 0 else _surely(after, name) < held

    def moves(after: Allocation | None) -> bool:
        return _surely(after, name) > held if sign > 0 else _possibly(after, name) < held

    lot_votes = 0 if may_move(now) else change.fewest(may_move)
    if lot_votes is None:
        return None, None
    votes = change.fewest(moves, max(lot_votes, 1))
    return votes, None if votes == lot_votes else lot_votes


def _changes(after: Allocation | None, before: Allocation, name: str) -> dict[str, int]:
    """The other lists whose seats differ, with the difference."""
    return {
        other: _surely(after, other) - seats
        for other, seats in before.seats.items()
        if other != name and _surely(after, other) != seats
    }


def _effect(count: _Count, allocation: Allocation, at: int) -> AgreementEffect:
    """The allocation with every agreement, less the one without this one."""
    rest = count.agreements[:at] + count.agreements[at + 1 :]
    without = allocate(count.votes, count.rules, rest, count.other_votes).seats
    outcome = allocation.agreements[at]
    changes = {name: seats - without[name] for name, seats in allocation.seats.items() if seats != without[name]}
    return AgreementEffect(outcome.lists, outcome.is_valid, changes)
