"""Simulated shares as one array, and the rule's vectorised twin: every draw through threshold, agreements and averages.

Same answer as `apparentement.allocate` on every draw without a tie. In a draw with a tie the first of the lists with an
equal claim has the seat (shares drawn from a continuous distribution do not tie).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from electoral.apparentement import SurplusAgreement, check_agreements
from electoral.errors import DrawsError
from electoral.rules import ElectoralRules, Formula

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.intp]
SeatArray = npt.NDArray[np.unsignedinteger]

SUM_SLACK = 1e-9  # what adding a column of float64 shares may exceed 1 by
CHUNK = 8192  # draws worked on at a time: a chunk's arrays stay in the processor's cache
_SMALLEST = float(np.nextafter(0, 1))


@dataclass(frozen=True, eq=False)
class ShareDraws:
    """Simulated vote shares, one column per draw.

    `shares`: float64 (lists, draws), shares of the valid votes, 0-1; a column adds up to at most 1 and the
    rest are valid votes of other lists. Raises DrawsError for anything else. The array is made read-only.
    """

    lists: tuple[str, ...]
    shares: FloatArray

    def __post_init__(self) -> None:
        shares = np.ascontiguousarray(self.shares, dtype=np.float64)
        if shares.ndim != 2 or shares.shape[0] != len(self.lists) or not shares.size:
            raise DrawsError(f"shares of shape {shares.shape}: give ({len(self.lists)} lists, at least 1 draw)")
        if len(set(self.lists)) != len(self.lists):
            raise DrawsError(f"lists {self.lists}: a list is named twice")
        _check_columns(self.lists, shares)
        shares = shares.view()
        shares.flags.writeable = False
        object.__setattr__(self, "shares", shares)

    def row(self, name: str) -> FloatArray:
        """One list's shares, float64 (draws,); DrawsError for a stranger."""
        row: FloatArray = self.shares[index_of(self.lists, name)]
        return row


def index_of(lists: tuple[str, ...], name: str) -> int:
    """Where a list stands in the rows of draws; DrawsError naming the stranger otherwise."""
    try:
        return lists.index(name)
    except ValueError:
        raise DrawsError(f"no list {name!r} in these draws; they hold {', '.join(lists)}") from None


def _check_columns(lists: Sequence[str], shares: FloatArray) -> None:
    low = shares.min(axis=1)  # NaN comes through min, and no comparison with it is true
    for name, value in zip(lists, low.tolist(), strict=True):
        if not value >= 0:
            raise DrawsError(f"share {value} of {name!r}: give shares from 0 to 1, without NaN")
    top = float(shares.sum(axis=0).max())
    if not top <= 1 + SUM_SLACK:
        raise DrawsError(f"shares of a draw add up to {top}: give shares of the valid votes, at most 1 together")


@dataclass(frozen=True, eq=False)
class SeatDraws:
    """Seats and passes of every list in every draw.

    `seats`: uint8 (lists, draws), wider where the house needs it. `passes`: bool (lists, draws), whether the
    list reaches the threshold.

    Each column of `seats` adds up to the house. Both arrays are read-only.
    """

    lists: tuple[str, ...]
    seats: SeatArray
    passes: BoolArray

    def __post_init__(self) -> None:
        if self.seats.ndim != 2 or self.seats.shape[0] != len(self.lists) or not self.seats.size:
            raise DrawsError(f"seats of shape {self.seats.shape}: give ({len(self.lists)} lists, at least 1 draw)")
        if self.passes.shape != self.seats.shape:
            raise DrawsError(f"passes of shape {self.passes.shape}: give the shape of seats, {self.seats.shape}")
        for name in ("seats", "passes"):
            view = getattr(self, name).view()
            view.flags.writeable = False
            object.__setattr__(self, name, view)

    @property
    def draws(self) -> int:
        """How many draws there are."""
        return int(self.seats.shape[1])

    def row(self, name: str) -> SeatArray:
        """One list's seats, (draws,); DrawsError for a stranger."""
        row: SeatArray = self.seats[index_of(self.lists, name)]
        return row


def seat_dtype(house_size: int) -> np.dtype[np.unsignedinteger]:
    """The narrowest unsigned type that holds a whole house."""
    return np.dtype(np.min_scalar_type(house_size))


@dataclass(frozen=True)
class _Plan:
    """Rows of the distribution: a pair's row is the sum of its lists, so that a void pair is the list that passed."""

    rules: ElectoralRules
    thresholds: FloatArray
    pairs: tuple[tuple[int, int], ...]
    singles: IntArray

    @classmethod
    def of(cls, lists: tuple[str, ...], rules: ElectoralRules, agreements: Iterable[SurplusAgreement]) -> "_Plan":
        pairs = tuple(
            (min(a, b), max(a, b))
            for a, b in (
                (lists.index(pair.list_a), lists.index(pair.list_b)) for pair in check_agreements(agreements, lists)
            )
        )
        paired = {row for pair in pairs for row in pair}
        singles = np.array([row for row in range(len(lists)) if row not in paired], dtype=np.intp)
        thresholds = np.array([[max(float(rules.threshold_of(name)), _SMALLEST)] for name in lists])
        return cls(rules, thresholds, pairs, singles)


def seat_draws(
    draws: ShareDraws, rules: ElectoralRules, agreements: Iterable[SurplusAgreement] = (), chunk: int = CHUNK
) -> SeatDraws:
    """Every draw's exact seats; the chunk size changes the speed and nothing else.

    Raises VotesError for an agreement with a list that is not in the draws or with two agreements for one
    list, DrawsError for a draw in which no list qualifies.

    Law: s. 81(a)-(d), s. 82, as in `apparentement.allocate`; other formulas as `rules.Formula` has them.
    """
    plan = _Plan.of(draws.lists, rules, agreements)
    seats = np.empty(draws.shares.shape, dtype=seat_dtype(rules.house_size))
    passes = np.empty(draws.shares.shape, dtype=np.bool_)
    for start in range(0, draws.shares.shape[1], chunk):
        part = slice(start, start + chunk)
        try:
            _allocate(draws.shares[:, part], plan, seats[:, part], passes[:, part])
        except _NobodyError as nobody:
            raise DrawsError(
                f"draw {start + nobody.draw}: no list reaches {float(rules.threshold):.4%}; check the shares"
            ) from None
    return SeatDraws(draws.lists, seats, passes)


class _NobodyError(Exception):
    def __init__(self, draw: int) -> None:
        self.draw = draw


def _allocate(shares: FloatArray, plan: _Plan, seats: SeatArray, passes: BoolArray) -> None:
    """One chunk, written into its columns of `seats` and `passes`."""
    np.greater_equal(shares, plan.thresholds, out=passes)
    votes = np.where(passes, shares, 0.0)
    rows = _unit_votes(votes, plan)
    held = _apportion(rows, plan.rules)
    singles = len(plan.singles)
    seats[plan.singles] = held[:singles]
    for at, (first, second) in enumerate(plan.pairs, start=singles):
        own = _first_of_pair(votes[first], votes[second], rows[at], held[at], plan.rules.formula)
        seats[first] = own
        np.subtract(held[at], own, out=own)
        seats[second] = own


def _unit_votes(votes: FloatArray, plan: _Plan) -> FloatArray:
    rows = np.empty((len(plan.singles) + len(plan.pairs), votes.shape[1]))
    np.take(votes, plan.singles, axis=0, out=rows[: len(plan.singles)])
    for at, (first, second) in enumerate(plan.pairs, start=len(plan.singles)):
        np.add(votes[first], votes[second], out=rows[at])
    return rows


def _first_of_pair(
    first: FloatArray, second: FloatArray, both: FloatArray, seats: FloatArray, formula: Formula
) -> FloatArray:
    """The seats of a pair's first list, of the `seats` the pair holds.

    Between two lists highest averages and largest remainders are one rounding: D'Hondt and Droop round (seats + 1)
    times the first list's part down, Sainte-Laguë and Hare round seats times its part to the nearest; an exact boundary
    is a tie, which goes to the first list.
    """
    rounds_down = formula in (Formula.DHONDT, Formula.DROOP)
    part = first * (seats + 1 if rounds_down else seats)
    np.divide(part, np.maximum(both, _SMALLEST), out=part)
    if not rounds_down:
        part += 0.5
    np.floor(part, out=part)
    np.minimum(part, seats, out=part)
    if formula.first_divisor != 1:
        _claim_first_seats(part, first, second, seats, formula)
    return part


def _claim_first_seats(
    part: FloatArray, first: FloatArray, second: FloatArray, seats: FloatArray, formula: Formula
) -> None:
    """Take back a list's only seat where its claim, by the larger first divisor, falls under the other's next one."""
    only, rest = _divisors(np.zeros(1), formula), _divisors(seats - 1, formula)
    several = seats > 1
    gives_up = several & (part == 1) & (first / only < second / rest)
    takes_all = several & (seats - part == 1) & (second / only <= first / rest)
    part[gives_up] = 0
    part[takes_all] = seats[takes_all]


def _apportion(votes: FloatArray, rules: ElectoralRules) -> FloatArray:
    """Seats (float64 whole numbers) of each row of votes (rows, draws), the house per column."""
    total = votes.sum(axis=0)
    if not total.all():
        raise _NobodyError(int(np.flatnonzero(total == 0)[0]))
    if rules.formula.is_largest_remainder:
        return _largest_remainders(votes, total, rules.house_size, rules.formula)
    held = _highest_averages(votes, total, rules.house_size, rules.formula)
    if rules.stops_at_half:
        _stop_at_half(votes, held, rules)
    return held


def _highest_averages(votes: FloatArray, total: FloatArray, house_size: int, formula: Formula) -> FloatArray:
    """Round votes times one guessed multiplier per draw, then move the few seats it missed by.

    Any multiplier's rounding is part of the sequence of largest averages, so adding at the largest next
    average or taking from the smallest last one ends at the same allocation. Those comparisons divide, which
    is exact in order and in equality at vote sizes; multiplying by reciprocals is not.

    See: Balinski and Young (1982), appendix A, prop. 3.3; Pukelsheim (2017), s. 4.6.
    """
    if formula is Formula.DHONDT:
        held: FloatArray = votes * ((house_size + 0.5 * np.count_nonzero(votes, axis=0)) / total)
    else:
        held = votes * (house_size / total)
        if formula.first_divisor != 1:
            held[held < float(formula.first_divisor) / 2] = 0
        held += 0.5
    np.floor(held, out=held)
    missing = house_size - held.sum(axis=0)
    _settle(votes, held, missing, formula, 1)
    _settle(votes, held, missing, formula, -1)
    return held


def _settle(votes: FloatArray, held: FloatArray, missing: FloatArray, formula: Formula, sign: int) -> None:
    """Give (sign 1) or take back (sign -1) seats one at a time in the columns that miss or exceed the house."""
    columns = np.flatnonzero(missing * sign > 0)
    left = missing[columns] * sign
    while columns.size:
        held[_next_row(votes[:, columns], held[:, columns], formula, sign), columns] += sign
        left -= 1
        columns, left = columns[left > 0], left[left > 0]


def _next_row(votes: FloatArray, held: FloatArray, formula: Formula, sign: int) -> IntArray:
    """The row whose next average is largest, or whose last one is smallest, in every column."""
    if sign > 0:
        largest: IntArray = np.argmax(votes / _divisors(held, formula), axis=0)
        return largest
    last = np.full(votes.shape, np.inf)
    np.divide(votes, _divisors(held - 1, formula), out=last, where=held > 0)
    # The last of equals gives way, so that the first of equals keeps the seat.
    smallest: IntArray = len(votes) - 1 - np.argmin(last[::-1], axis=0)
    return smallest


def _divisors(held: FloatArray, formula: Formula) -> FloatArray:
    """The divisor of each row's next seat, all five times as large where the first one is no whole number."""
    if formula is Formula.DHONDT:
        return held + 1.0
    if formula.first_divisor == 1:
        return 2 * held + 1.0
    return np.where(held > 0, 10 * held + 5.0, float(5 * formula.first_divisor))


def _largest_remainders(votes: FloatArray, total: FloatArray, house_size: int, formula: Formula) -> FloatArray:
    """Whole quotas of each row, and one seat more for the largest remainders of its column.

    Quotas are counted in votes times seats modulo all votes, which is exact at vote sizes. Where a row fills its last
    Droop quota to the vote, that quota is a remainder (`apportionment.largest_remainders`).
    """
    scaled = votes * (house_size + (formula is Formula.DROOP))
    remainders = np.fmod(scaled, total)
    if formula is Formula.DROOP:
        remainders = np.where((remainders == 0) & (votes > 0), total, remainders)
    held: FloatArray = np.rint((scaled - remainders) / total)
    missing = house_size - held.sum(axis=0)
    order = np.argsort(-remainders, axis=0, kind="stable")
    gains = np.arange(len(votes))[:, None] < missing
    np.put_along_axis(held, order, np.take_along_axis(held, order, axis=0) + gains, axis=0)
    return held


def _stop_at_half(votes: FloatArray, held: FloatArray, rules: ElectoralRules) -> None:
    """Hold the row that would pass half of the house without more than half of the votes at half of it.

    Law: s. 81(d)(4).
    """
    total = votes.sum(axis=0)
    over = (held > rules.half_seats) & (2 * votes <= total)
    columns = np.flatnonzero(over.any(axis=0))
    if not columns.size:
        return
    stopped = np.argmax(over[:, columns], axis=0)
    rest = votes[:, columns]
    rest[stopped, np.arange(len(columns))] = 0.0
    left = rest.sum(axis=0)
    held[:, columns] = _highest_averages(rest, left, rules.house_size - rules.half_seats, rules.formula)
    held[stopped, columns] = rules.half_seats
