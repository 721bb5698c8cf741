"""What if: the reader's changes applied to the stored draws, allocated again, and set beside what is published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from typing import Literal

from dashboard.blocks import Name, Values
from dashboard.seats import is_in_doubt, once_an_edition, rules_of
from electoral.apparentement import SurplusAgreement, allocate
from electoral.draws import SeatDraws
from electoral.errors import ElectoralError
from electoral.lists import Bloc
from electoral.printed_allocation import printed_allocation
from electoral.projection import bloc_seats, p_majority, p_pass, summarise
from electoral.reverse import least_printed_swing, printed_where, with_printed_majority
from electoral.scenarios import (
    Change,
    Drop,
    Merge,
    MoveThreshold,
    Setting,
    Sign,
    Split,
    UniformSwing,
    Withdraw,
    apply_all,
)
from pipelines.editions.schema import BlocProjection
from pipelines.editions.store import Edition

MERGED = "merged"
PARTS = ("part-1", "part-2")

Pair = tuple[str, str]


@dataclass(frozen=True)
class Plan:
    """What the reader changes; nothing by default."""

    withdrawn: tuple[str, ...] = ()
    votes_to: str | None = None
    transfers: Mapping[str, Mapping[str, float]] = field(default_factory=dict)  # of one that spreads over several
    merged: tuple[str, ...] = ()
    retention: float = 1.0
    spread: float = 0.0  # of what a merged list keeps, on the log scale
    shifted: str | None = None
    shift: float = 0.0
    divided: str | None = None
    first_part: float = 0.5
    dropped: tuple[Pair, ...] = ()
    signed: tuple[Pair, ...] = ()
    threshold: Fraction | None = None

    @property
    def united(self) -> tuple[str, ...]:
        """The lists that run as one: at least two that stand."""
        standing = tuple(name for name in self.merged if name not in self.withdrawn)
        return standing if len(standing) > 1 else ()

    @property
    def halved(self) -> str | None:
        """The list that runs apart: one that stands, and stands alone."""
        return None if self.divided in (*self.withdrawn, *self.united) else self.divided

    def _standing(self, transfer: Mapping[str, float]) -> dict[str, float]:
        """What of a transfer goes to lists that stand, as a whole again."""
        standing = {name: part for name, part in transfer.items() if name not in self.withdrawn}
        return {name: part / sum(standing.values()) for name, part in standing.items()}

    @property
    def changes(self) -> list[Change]:
        """In an order in which each finds what it changes: votes, agreements, lists, the rule."""
        changes: list[Change] = []
        if self.shifted and self.shift:
            changes.append(UniformSwing((self.shifted,), self.shift))
        changes += [Drop(SurplusAgreement(*pair)) for pair in self.dropped]
        changes += [Sign(SurplusAgreement(*pair)) for pair in self.signed]
        heir = self.votes_to if self.votes_to not in self.withdrawn else None
        to_heir = {heir: 1.0} if heir else {}
        changes += [Withdraw(name, self._standing(self.transfers.get(name, to_heir))) for name in self.withdrawn]
        if self.united:
            changes.append(Merge(self.united, MERGED, self.retention, self.spread))
        if self.halved:
            changes.append(Split(self.halved, dict(zip(PARTS, (self.first_part, 1 - self.first_part), strict=True))))
        if self.threshold is not None:
            changes.append(MoveThreshold(self.threshold))
        return changes


class SideValues(Values):
    """Printed seats, those over the simulations, the chance to pass (0–1); lists together have none of their own."""

    seats: int
    mean_seats: float
    q05_seats: float
    q95_seats: float
    p_pass: float | None


@dataclass(frozen=True)
class ListRow:
    """One list, or those that would run as one, before and after; None where it does not stand.

    A list that runs apart has a row with both its parts together after, and a row for each `part` without a before.
    """

    lists: tuple[str, ...]
    before: SideValues | None
    after: SideValues | None
    part: int | None = None

    @property
    def difference(self) -> float | None:
        """The change in expected seats; None for a part, which was not there before."""
        if self.before is None:
            return None
        return (self.after.mean_seats if self.after else 0.0) - self.before.mean_seats

    @property
    def sides(self) -> tuple[SideValues, ...]:
        return tuple(side for side in (self.before, self.after) if side is not None)


@dataclass(frozen=True)
class BlocRow:
    """One bloc before and after; its printed seats are the sum of its lists'."""

    id: str
    before: SideValues
    after: SideValues
    p_before: float
    p_after: float


@dataclass(frozen=True)
class Outcome:
    """The published seats beside those after the changes."""

    lists: list[ListRow]
    blocs: list[BlocRow]
    is_across_blocs: bool
    """Whether lists of different blocs run together: their list is counted in none."""


@dataclass(frozen=True)
class House:
    """Seats over draws, what is printed of them by list, and every list's chance to pass."""

    draws: SeatDraws
    printed_seats: Mapping[str, int]
    p_pass: Mapping[str, float]

    def side(self, *lists: str) -> SideValues:
        """Lists together: what is printed is a sum."""
        together = sum(self.printed_seats.get(name, 0) for name in lists)
        chance = self.p_pass[lists[0]] if len(lists) == 1 else None
        seats = summarise(bloc_seats(self.draws, lists))
        return SideValues(
            seats=together, mean_seats=seats.mean, q05_seats=seats.q05, q95_seats=seats.q95, p_pass=chance
        )


@dataclass(frozen=True)
class Published:
    """The side before: every list, and every bloc with its chance of a majority."""

    house: House
    lists: dict[str, SideValues]
    blocs: dict[str, tuple[SideValues, float]]


@once_an_edition
def published(edition: Edition) -> Published:
    """The same for every change, so worked out once an edition."""
    draws, projection = edition.seat_draws, edition.projection
    house = House(draws, projection.allocation, p_pass(draws))
    blocs = {bloc.id: [name for name in bloc.lists if name in draws.lists] for bloc in projection.blocs}
    return Published(
        house,
        {name: house.side(name) for name in draws.lists},
        {
            bloc: (house.side(*members), p_majority(draws, members, projection.majority))
            for bloc, members in blocs.items()
        },
    )


def outcome(edition: Edition, setting: Setting, plan: Plan) -> Outcome:
    """Both sides over the same draws; raises ElectoralError for changes that contradict each other."""
    before = published(edition)
    home = {name: bloc.id for bloc in edition.projection.blocs for name in bloc.lists}
    is_across_blocs = len({home.get(name) for name in plan.united}) > 1
    draws = apply_all(setting, plan.changes).allocate() if plan.changes else edition.seat_draws
    blocs = [Bloc(bloc.id, _members(bloc, draws, plan)) for bloc in edition.projection.blocs]
    after = _after(draws, blocs) if plan.changes else before.house
    rows = [_bloc(edition, bloc, after) for bloc in blocs]
    return Outcome(_lists(before, after, plan), rows, is_across_blocs)


def _after(draws: SeatDraws, blocs: Sequence[Bloc]) -> House:
    """The changed draws, printed as those of an edition are."""
    printed = printed_allocation(draws, [bloc for bloc in blocs if bloc.lists])
    return House(draws, printed.seats, p_pass(draws))


def _members(bloc: BlocProjection, draws: SeatDraws, plan: Plan) -> tuple[str, ...]:
    """Which lists of the changed draws a bloc holds."""
    left = [name for name in bloc.lists if name in draws.lists]
    if plan.united and set(plan.united) <= set(bloc.lists):
        left.append(MERGED)
    if plan.halved in bloc.lists:
        left += PARTS
    return tuple(left)


def _lists(before: Published, after: House, plan: Plan) -> list[ListRow]:
    rows = []
    for name, side in before.lists.items():
        if name in plan.united or name == plan.halved:
            continue
        rows.append(ListRow((name,), side, after.side(name) if name in after.draws.lists else None))
    if plan.united:
        rows.append(ListRow(plan.united, before.house.side(*plan.united), after.side(MERGED)))
    rows.sort(key=lambda row: (-row.sides[-1].mean_seats, row.lists))
    return rows if plan.halved is None else _with_parts(rows, plan.halved, before.lists[plan.halved], after)


def _with_parts(rows: list[ListRow], halved: str, whole: SideValues, after: House) -> list[ListRow]:
    """The list that runs apart where its seats put it, its parts beneath it."""
    own = ListRow((halved,), whole, after.side(*PARTS))
    parts = [ListRow((halved,), None, after.side(name), part) for part, name in enumerate(PARTS, start=1)]
    at = sum(row.sides[-1].mean_seats > own.sides[-1].mean_seats for row in rows)
    return [*rows[:at], own, *parts, *rows[at:]]


def _bloc(edition: Edition, bloc: Bloc, after: House) -> BlocRow:
    before, chance = published(edition).blocs[bloc.id]
    chance_after = p_majority(after.draws, bloc.lists, edition.projection.majority)
    return BlocRow(bloc.id, before, after.side(*bloc.lists), chance, chance_after)


class ChangeRow(Values):
    """One list, or those that run as one, before and after; None where it does not stand."""

    lists: tuple[str, ...]
    name: Name
    part: int | None
    before: SideValues | None
    after: SideValues | None


class ChangeValues(Values):
    """Before and after, list by list."""

    kind: Literal["change"] = "change"
    rows: tuple[ChangeRow, ...]


class BlocChange(Values):
    """One bloc before and after, with its chance of a majority (0–1)."""

    bloc: str
    before_seats: int
    after_seats: int
    p_majority_before: float
    p_majority_after: float


class OutcomeValues(Values):
    """What the reader changed, and what came of it for the blocs."""

    kind: Literal["outcome"] = "outcome"
    is_changed: bool
    is_contradiction: bool
    blocs: tuple[BlocChange, ...]


def bloc_changes(rows: Sequence[BlocRow]) -> tuple[BlocChange, ...]:
    return tuple(
        BlocChange(
            bloc=row.id,
            before_seats=row.before.seats,
            after_seats=row.after.seats,
            p_majority_before=row.p_before,
            p_majority_after=row.p_after,
        )
        for row in rows
    )


def spread_over_bloc(edition: Edition, withdrawn: Sequence[str]) -> dict[str, dict[str, float]]:
    """Where the votes of lists that withdraw go if each spreads over its bloc, by the polls' average of the others.

    A list without others in its bloc spreads over all that stand.
    """
    shares = {item.id: max(0.0, item.trend_share_pct) for item in edition.projection.lists if item.id not in withdrawn}
    home = {name: bloc for bloc in edition.projection.blocs for name in bloc.lists}
    transfers = {}
    for name in withdrawn:
        near = {other: shares[other] for other in home[name].lists if other in shares} if name in home else {}
        chosen = near if sum(near.values()) > 0 else shares
        total = sum(chosen.values())
        transfers[name] = {other: share / total for other, share in chosen.items()} if total else {}
    return transfers


# The reverse question, and shares that a reader types


class SwingAnswer(Values):
    """The smallest uniform swing in points of the vote, and the seats with it."""

    points: float
    seats: int


class ListAnswer(Values):
    """A list whose passing (or failing) gives the majority: how often it does so (0–1), and the seats then."""

    list: str
    passes: bool
    probability: float
    seats: int


class PairAnswer(Values):
    """Two lists whose agreement gives the majority, and the seats with it."""

    lists: Pair
    seats: int


class ReverseValues(Values):
    """What would give some lists a majority in the printed allocation; `swing` None: none up to the most tried."""

    kind: Literal["reverse"] = "reverse"
    asked: str
    lists: tuple[str, ...]
    seats: int
    majority_seats: int
    most_points: float
    swing: SwingAnswer | None
    thresholds: tuple[ListAnswer, ...]
    agreements: tuple[PairAnswer, ...]


SWING_STEP, SWING_STEPS = Fraction(1, 1000), 150  # of the valid votes: up to 15 points
MOST_BY_AGREEMENT = 2  # seats: an agreement moves no more, so that further away none is tried


def reverse_values(edition: Edition, setting: Setting, target: str, lists: tuple[str, ...]) -> ReverseValues:
    """The smallest swing, the lists in doubt and the agreements of two of its lists that give `lists` the majority."""
    draws, projection = edition.seat_draws, edition.projection
    majority = projection.majority
    members = tuple(name for name in lists if name in draws.lists)
    blocs = [Bloc(bloc.id, tuple(name for name in bloc.lists if name in draws.lists)) for bloc in projection.blocs]
    blocs = [bloc for bloc in blocs if bloc.lists]
    seats = sum(projection.allocation.get(name, 0) for name in members)
    swing, thresholds, agreements = None, [], []
    if seats < majority:
        swing_found = least_printed_swing(setting, members, blocs, SWING_STEP, SWING_STEPS)
        if swing_found is not None:
            together = sum(swing_found.printed.seats[name] for name in members)
            swing = SwingAnswer(points=float(100 * swing_found.share), seats=together)
        thresholds = _by_threshold(edition, members, blocs)
        agreements = _by_agreement(edition, setting, members, blocs) if majority - seats <= MOST_BY_AGREEMENT else []
    return ReverseValues(
        asked=target,
        lists=members,
        seats=seats,
        majority_seats=majority,
        most_points=float(100 * SWING_STEP * SWING_STEPS),
        swing=swing,
        thresholds=tuple(thresholds),
        agreements=tuple(agreements),
    )


def _by_threshold(edition: Edition, members: Sequence[str], blocs: Sequence[Bloc]) -> list[ListAnswer]:
    answers = []
    for name, chance in p_pass(edition.seat_draws).items():
        if not is_in_doubt(chance):
            continue
        for passes in (True, False):
            printed = printed_where(edition.seat_draws, name, passes, blocs)
            together = sum(printed.seats[member] for member in members) if printed else 0
            if together >= edition.projection.majority:
                odds = chance if passes else 1 - chance
                answers.append(ListAnswer(list=name, passes=passes, probability=odds, seats=together))
    return answers


def _by_agreement(
    edition: Edition, setting: Setting, members: Sequence[str], blocs: Sequence[Bloc]
) -> list[PairAnswer]:
    if not edition.reference.seat_rule.agreements:
        return []
    bound = {name for pair in setting.agreements for name in (pair.list_a, pair.list_b)}
    free = [name for name in members if name not in bound]
    signings = [Sign(SurplusAgreement(*pair)) for pair in combinations(free, 2)]
    reached = with_printed_majority(setting, signings, members, blocs)
    return [
        PairAnswer(
            lists=(change.agreement.list_a, change.agreement.list_b),
            seats=sum(printed.seats[name] for name in members),
        )
        for change, printed in reached
        if isinstance(change, Sign)
    ]


class TypedRow(Values):
    """One list's share of the valid votes as somebody typed it, in per cent, and its seats by the law."""

    list: str
    share_pct: float
    seats: int


class TypedValues(Values):
    """Seats of shares somebody typed; empty where nothing was typed or they add to more than 100."""

    kind: Literal["typed"] = "typed"
    rows: tuple[TypedRow, ...]
    sum_pct: float
    tied_seats: int


CENTS = 100  # a per cent of votes in hundredths: what can be typed is a whole number of them


def typed_values(edition: Edition, setting: Setting, shares_pct: Mapping[str, float]) -> TypedValues:
    """The seats of typed shares by the edition's rule and agreements; what is missing to 100 goes to nobody."""
    votes = {name: round(CENTS * share) for name, share in shares_pct.items()}
    total = sum(votes.values())
    empty = TypedValues(rows=(), sum_pct=total / CENTS, tied_seats=0)
    if not any(votes.values()) or total > 100 * CENTS:
        return empty
    agreements = [pair for pair in setting.agreements if {pair.list_a, pair.list_b} <= votes.keys()]
    try:
        allocation = allocate(votes, rules_of(edition), agreements, 100 * CENTS - total)
    except ElectoralError:
        return empty
    rows = tuple(TypedRow(list=name, share_pct=shares_pct[name], seats=allocation.seats[name]) for name in votes)
    return TypedValues(rows=rows, sum_pct=total / CENTS, tied_seats=sum(tie.seats for tie in allocation.ties))
