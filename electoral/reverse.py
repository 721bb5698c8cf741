"""The reverse question: what is the least that would give some lists a majority together?

Asked of votes (a count, a result, a poll's shares as whole numbers) the answers are exact: the smallest uniform swing,
each list that would do it by passing or by falling below its threshold, each agreement that would do it if signed or
dropped. Asked of draws, the printed allocation has to have the majority.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise
from math import ceil, floor

from electoral.apparentement import SurplusAgreement, allocate, check_agreements
from electoral.apportionment import Allocation
from electoral.draws import SeatDraws, index_of
from electoral.errors import VotesError
from electoral.lists import Bloc
from electoral.next_seat import threshold_votes
from electoral.printed_allocation import PrintedAllocation, printed_allocation
from electoral.rules import ElectoralRules
from electoral.scenarios import Change, Setting, UniformSwing


@dataclass(frozen=True, slots=True)
class SwingNeeded:
    """The fewest votes that go from all other voters to the lists, each side in proportion, and the seats they bring.

    `share`: of the valid votes (0-1). `lot_votes`: fewer votes with which a lot could give the majority; None where no
    number does.
    """

    votes: int
    share: Fraction
    lot_votes: int | None
    seats: int


@dataclass(frozen=True, slots=True)
class ThresholdNeeded:
    """A list that would give the majority by crossing its threshold: votes it gains from outside, below zero: loses."""

    list: str
    votes: int
    seats: int


@dataclass(frozen=True, slots=True)
class AgreementNeeded:
    """An agreement that would give the majority: signed, or dropped."""

    lists: tuple[str, str]
    is_signed: bool
    seats: int


@dataclass(frozen=True, slots=True)
class Reverse:
    """What would give some lists a majority; `seats` are what they surely have now.

    `swing` is None where they have it already, or no swing brings it. `thresholds`: fewest votes first. `agreements`:
    most seats first, then in the order of the votes.
    """

    seats: int
    majority: int
    swing: SwingNeeded | None
    thresholds: tuple[ThresholdNeeded, ...]
    agreements: tuple[AgreementNeeded, ...]


def reverse(
    votes: Mapping[str, int],
    rules: ElectoralRules,
    lists: Collection[str],
    agreements: Iterable[SurplusAgreement] = (),
    other_votes: int = 0,
) -> Reverse:
    """What would give `lists` the majority of the house together; other arguments and errors as of `allocate`.

    VotesError for a list that has no votes in the table.

    >>> from electoral.rules import Formula
    >>> rules = ElectoralRules(10, Fraction(5, 100), Formula.DHONDT)
    >>> answer = reverse({"a": 480, "b": 290, "c": 190, "d": 40}, rules, ["a", "d"])
    >>> answer.seats, answer.swing.votes, [(one.list, one.votes) for one in answer.thresholds]
    (5, 43, [('c', -148), ('b', -253)])
    """
    count = _Count(dict(votes), rules, check_agreements(agreements, votes), other_votes, frozenset(lists))
    strangers = sorted(count.lists - votes.keys())
    if strangers:
        raise VotesError(f"{', '.join(strangers)}: no such list among the votes; correct the name")
    seats = count.sure_seats(allocate(count.votes, rules, count.agreements, other_votes))
    if seats >= rules.majority:
        return Reverse(seats, rules.majority, None, (), ())
    return Reverse(seats, rules.majority, _swing(count), _thresholds(count), _agreements(count))


@dataclass(frozen=True)
class _Count:
    """Votes, rules and agreements, and the lists that ask."""

    votes: dict[str, int]
    rules: ElectoralRules
    agreements: tuple[SurplusAgreement, ...]
    other_votes: int
    lists: frozenset[str]

    def sure_seats(self, allocation: Allocation | None) -> int:
        """The seats the lists have together however lots are drawn."""
        return self._held(allocation) + sum(max(tied - theirs, 0) for tied, _, theirs in self._ties(allocation))

    def possible_seats(self, allocation: Allocation | None) -> int:
        """The most seats the lists can have together once lots are drawn."""
        return self._held(allocation) + sum(min(tied, ours) for tied, ours, _ in self._ties(allocation))

    def _held(self, allocation: Allocation | None) -> int:
        return sum(allocation.seats[name] for name in self.lists) if allocation else 0

    def _ties(self, allocation: Allocation | None) -> Iterator[tuple[int, int, int]]:
        """Of every tie its seats, and how many of ours and of all others claim one."""
        for tie in allocation.ties if allocation else ():
            ours = sum(name in self.lists for name in tie.lists)
            yield tie.seats, ours, len(tie.lists) - ours

    def allocation(
        self, votes: Mapping[str, int], agreements: Iterable[SurplusAgreement], other_votes: int
    ) -> Allocation | None:
        """An allocation of other votes or agreements; None where no list would qualify."""
        try:
            return allocate(votes, self.rules, agreements, other_votes)
        except VotesError:
            return None


# A swing.


def _swing(count: _Count) -> SwingNeeded | None:
    """The smallest swing, searched by halving between the swings at which some list begins or ceases to qualify."""
    ours = sum(count.votes[name] for name in count.lists)
    valid = sum(count.votes.values()) + count.other_votes
    if not ours or ours == valid:
        return None
    majority = count.rules.majority

    def swung(number: int) -> Allocation | None:
        return _swung(count, number, ours, valid - ours)

    edges = _swing_edges(count, ours, valid)
    lot_votes = _fewest(edges, lambda number: count.possible_seats(swung(number)) >= majority)
    votes = _fewest(edges, lambda number: count.sure_seats(swung(number)) >= majority)
    if votes is None:
        return None
    seats = count.sure_seats(swung(votes))
    return SwingNeeded(votes, Fraction(votes, valid), lot_votes if lot_votes != votes else None, seats)


def _swung(count: _Count, number: int, ours: int, theirs: int) -> Allocation | None:
    """The allocation after a swing, every count multiplied by both sides' votes so that it stays whole."""
    gain, loss = theirs * (ours + number), ours * (theirs - number)
    votes = {name: votes * (gain if name in count.lists else loss) for name, votes in count.votes.items()}
    return count.allocation(votes, count.agreements, count.other_votes * loss)


def _swing_edges(count: _Count, ours: int, valid: int) -> list[int]:
    """1, every swing with which some list begins or ceases to qualify, and one more than can swing."""
    most = valid - ours
    turns = []
    for name, votes in count.votes.items():
        needed = count.rules.threshold_of(name) * valid
        if votes and name in count.lists:
            turns.append(ceil(ours * needed / votes - ours))
        elif votes:
            turns.append(floor(most - most * needed / votes) + 1)
    return sorted({1, most + 1, *(turn for turn in turns if 1 < turn <= most)})


def _fewest(edges: list[int], reached: Callable[[int], bool]) -> int | None:
    for low, end in pairwise(edges):
        high = end - 1
        if not reached(high):
            continue
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if reached(middle) else (middle + 1, high)
        return low
    return None


# A threshold, an agreement.


def _thresholds(count: _Count) -> tuple[ThresholdNeeded, ...]:
    """Every list that gives the majority by just passing its threshold, or by just falling below it."""
    needed = []
    for name, votes in count.votes.items():
        spare = threshold_votes(count.votes, count.rules, name, count.other_votes)
        if spare is None:
            continue
        change = -spare if spare < 0 else -spare - 1
        if votes + change < 0:
            continue
        after = count.allocation(count.votes | {name: votes + change}, count.agreements, count.other_votes)
        seats = count.sure_seats(after)
        if seats >= count.rules.majority:
            needed.append(ThresholdNeeded(name, change, seats))
    return tuple(sorted(needed, key=lambda one: abs(one.votes)))


def _agreements(count: _Count) -> tuple[AgreementNeeded, ...]:
    """Every agreement that gives the majority if it is dropped, or if two lists that have none sign it."""
    signed = {name for pair in count.agreements for name in (pair.list_a, pair.list_b)}
    free = [name for name in count.votes if name not in signed]
    changes = [
        (pair, False, tuple(other for other in count.agreements if other is not pair)) for pair in count.agreements
    ]
    for first, second in combinations(free, 2):
        pair = SurplusAgreement(first, second)
        changes.append((pair, True, (*count.agreements, pair)))
    needed = []
    for pair, is_signed, agreements in changes:
        seats = count.sure_seats(count.allocation(count.votes, agreements, count.other_votes))
        if seats >= count.rules.majority:
            needed.append(AgreementNeeded((pair.list_a, pair.list_b), is_signed, seats))
    return tuple(sorted(needed, key=lambda one: -one.seats))


# Over draws.


@dataclass(frozen=True, slots=True)
class PrintedSwing:
    """The smallest swing, a share of the valid votes (0-1), with which a printed allocation has the majority."""

    share: Fraction
    printed: PrintedAllocation


def least_printed_swing(
    setting: Setting,
    lists: Collection[str],
    blocs: Iterable[Bloc] = (),
    step: Fraction = Fraction(1, 1000),
    most: int = 150,
) -> PrintedSwing | None:
    """The fewest steps of a uniform swing to `lists` with which the printed allocation gives them a majority.

    None where `most` steps do not. Found by halving, since in no draw a swing takes a seat from those it favours; the
    answer has the majority and one step less has not. VotesError where no swing is needed.
    """
    blocs, lists = tuple(blocs), tuple(lists)

    def printed(steps: int) -> PrintedAllocation:
        swung = UniformSwing(lists, float(steps * step)).apply(setting) if steps else setting
        return printed_allocation(swung.allocate(), blocs)

    def has_majority(answer: PrintedAllocation) -> bool:
        return sum(answer.seats[name] for name in lists) >= setting.rules.majority

    if has_majority(printed(0)):
        raise VotesError(f"{', '.join(lists)} have the majority as printed: no swing is needed")
    found, low, high = printed(most), 0, most
    if not has_majority(found):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        answer = printed(middle)
        if has_majority(answer):
            found, high = answer, middle
        else:
            low = middle
    return PrintedSwing(high * step, found)


def printed_where(draws: SeatDraws, name: str, passes: bool, blocs: Iterable[Bloc] = ()) -> PrintedAllocation | None:
    """The allocation to print where a list passes its threshold, or fails it: of those draws; None without any."""
    chosen = draws.passes[index_of(draws.lists, name)] == passes
    if not chosen.any():
        return None
    return printed_allocation(SeatDraws(draws.lists, draws.seats[:, chosen], draws.passes[:, chosen]), blocs)


def with_printed_majority(
    setting: Setting, changes: Iterable[Change], lists: Collection[str], blocs: Iterable[Bloc] = ()
) -> list[tuple[Change, PrintedAllocation]]:
    """The changes after which the printed allocation gives `lists` a majority, each tried on the setting itself.

    `lists` and `blocs` must stand after each of them.
    """
    blocs = tuple(blocs)
    tried = ((change, printed_allocation(change.apply(setting).allocate(), blocs)) for change in changes)
    return [
        (change, printed)
        for change, printed in tried
        if sum(printed.seats[name] for name in lists) >= setting.rules.majority
    ]
