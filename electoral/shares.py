"""What one poll's printed seats and percentages say of the votes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from functools import cached_property, lru_cache
from math import ceil

from electoral.errors import VotesError
from electoral.lists import ElectoralList, LineageEvent, ListKind
from electoral.polls import Poll, ReportedValue, Status
from electoral.rules import ElectoralRules

MOST_PRINTED_PER_MILLE = 1_020  # what rounded percentages of one poll may add up to
BELOW_BOUND_FACTOR = Fraction(55, 100)  # where under a bound ("<x", or the threshold itself) an unprinted share is put


class Derivation(StrEnum):
    """How a share was made from what was printed."""

    PUBLISHED_PCT = "published_pct"
    SEATS_MIDPOINT = "seats_midpoint"
    SEATS_PROPORTIONAL = "seats_proportional"
    BELOW_ASSUMED = "below_assumed"
    BELOW_BOUND = "below_bound"


@dataclass(frozen=True, slots=True)
class DerivedShare:
    """A share of the valid votes (0-1) and how it was derived."""

    share: float
    derivation: Derivation


_NUMBER = r"([0-9]{1,3}(?:\.[0-9]{1,12})?)"
_PLAIN = re.compile(rf"{_NUMBER}\s*%?")
_UNDER = re.compile(rf"[<≤]\s*{_NUMBER}\s*%?")
_RANGE = re.compile(rf"{_NUMBER}\s*%?\s*[-–]\s*{_NUMBER}\s*%?")


@lru_cache(maxsize=4_096)
def printed_share(pct: str) -> DerivedShare:
    """A printed percentage as a share: "2.9" as it is, "1.7-2.1" its middle, "<1" a bit over half of it.

    >>> printed_share("2.9").share, printed_share("<1").derivation.value
    (0.029, 'below_bound')
    """
    text = pct.strip()
    if plain := _PLAIN.fullmatch(text):
        value, derivation = Fraction(plain[1]), Derivation.PUBLISHED_PCT
    elif under := _UNDER.fullmatch(text):
        value, derivation = BELOW_BOUND_FACTOR * Fraction(under[1]), Derivation.BELOW_BOUND
    elif between := _RANGE.fullmatch(text):
        value, derivation = (Fraction(between[1]) + Fraction(between[2])) / 2, Derivation.BELOW_BOUND
    else:
        raise VotesError(f"percentage {pct!r}: give a number, <number or number-number")
    if value > 100:
        raise VotesError(f"percentage {pct!r}: give at most 100")
    return DerivedShare(float(value / 100), derivation)


def shares_from_poll(
    values: Sequence[ReportedValue],
    rules: ElectoralRules,
    residual: frozenset[str] = frozenset(),
    others_share: float = 0.0,
) -> dict[str, DerivedShare]:
    """One poll's printed seats and percentages as vote shares by list; a list not asked about is absent.

    `residual` names the lists that stand for all others: where none is printed, lists nobody asked about are assumed
    to have `others_share` (0-1) beside printed seats. The votes of one seat are what the lists under the threshold
    leave, over the house plus half a seat for each list with seats.

    Raises VotesError for a list twice, or percentages that leave no votes to the seats.
    """
    fixed, seats, left = _settled(values, rules, residual, others_share)
    if not seats:
        # Per cents whose rounding passes 100 by a little are scaled to it.
        over = max(sum(derived.share for derived in fixed.values()), 1.0)
        return {name: DerivedShare(one.share / over, one.derivation) for name, one in fixed.items()}
    with_pct = sum(value.seats or 0 for value in values if value.list in fixed)
    return fixed | _from_seats(seats, left, rules, rules.house_size - with_pct)


Settled = tuple[dict[str, DerivedShare], dict[str, float], float]


def _settled(
    values: Sequence[ReportedValue], rules: ElectoralRules, residual: frozenset[str], others_share: float
) -> Settled:
    """The shares that percentages settle, everyone else's seats, and the votes left to those; raises VotesError."""
    fixed, seats = _split(values, rules)
    printed = sum(derived.share for derived in fixed.values())
    if not seats:
        if round(1000 * printed) > MOST_PRINTED_PER_MILLE:
            raise VotesError(f"percentages that add up to {printed:.1%}: give at most 100 together")
        return fixed, seats, 1 - printed
    left = 1 - (0.0 if residual & (fixed.keys() | seats.keys()) else others_share) - printed
    if left <= 0:
        raise VotesError(f"percentages that add up to {printed:.1%}: they leave nothing to the lists with seats")
    return fixed, seats, left


def _split(values: Sequence[ReportedValue], rules: ElectoralRules) -> tuple[dict[str, DerivedShare], dict[str, float]]:
    """What is settled by a percentage or by being under the threshold, and the seats of everyone else."""
    fixed: dict[str, DerivedShare] = {}
    seats: dict[str, float] = {}
    for value in values:
        if value.list in fixed or value.list in seats:
            raise VotesError(f"list {value.list!r} twice in one poll: keep one value")
        if value.status is Status.NOT_ASKED:
            continue
        if value.status is Status.SHARE and not value.pct:
            raise VotesError(f"list {value.list!r} has no percentage: give it, or say that it was not asked about")
        if value.pct:
            fixed[value.list] = printed_share(value.pct)
        elif value.status is Status.SEATS and value.seats:
            if not value.seats > 0:
                raise VotesError(f"seats {value.seats} of {value.list!r}: give a number from 0")
            seats[value.list] = value.seats
        else:
            fixed[value.list] = _assumed(rules.threshold)
    return fixed, seats


@lru_cache(maxsize=64)
def _assumed(threshold: Fraction) -> DerivedShare:
    return DerivedShare(float(BELOW_BOUND_FACTOR * threshold), Derivation.BELOW_ASSUMED)


def _from_seats(
    seats: Mapping[str, float], mass: float, rules: ElectoralRules, house_seats: float
) -> dict[str, DerivedShare]:
    """Shares of lists with seats: small ones inside their own bracket, the others by seats plus a half.

    Seats that no printed list holds belong to one large list nobody sees: a missing column inflates no one.
    """
    missing = max(house_seats - sum(seats.values()), 0.0)
    rows = len(seats) + (missing > 0)
    per_seat = mass / (max(house_seats, sum(seats.values())) + rows / 2)
    threshold = float(rules.threshold)
    small_bound = ceil(rules.threshold * rules.house_size)
    small = {
        name: (max(count * per_seat, threshold) + max((count + 1) * per_seat, threshold)) / 2
        for name, count in seats.items()
        if count <= small_bound
    }
    weights = {name: count + 0.5 for name, count in seats.items() if name not in small}
    weight = sum(weights.values()) + (missing + 0.5 if missing else 0.0)
    room = mass - weight * threshold / (small_bound + 1.5)
    scale = min(1.0, max(room, 0.0) / sum(small.values())) if small else 1.0
    left = mass - scale * sum(small.values())
    derived = {name: DerivedShare(scale * share, Derivation.SEATS_MIDPOINT) for name, share in small.items()}
    derived |= {
        name: DerivedShare(left * part / weight, Derivation.SEATS_PROPORTIONAL) for name, part in weights.items()
    }
    return {name: derived[name] for name in seats}


@dataclass(frozen=True)
class Contest:
    """What polls of a campaign are read by: its lists, how they came about, its rules, and what stands in for gaps.

    `others_share` (0-1): the votes of lists that no poll names, where a poll does not print them. `sample_size`: that
    of a poll that prints none. `families`: pollster → the family it shares a panel or an owner with.
    """

    lists: Mapping[str, ElectoralList]
    lineage: Sequence[LineageEvent]
    rules: ElectoralRules
    others_share: float
    sample_size: int
    families: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def residual(self) -> frozenset[str]:
        """The lists that stand for all others."""
        return frozenset(name for name, listed in self.lists.items() if listed.kind is ListKind.RESIDUAL)

    def counts(self, value: ReportedValue) -> bool:
        """Whether a value is part of what a poll adds up to."""
        listed = self.lists.get(value.list)
        return listed is None or listed.kind is not ListKind.UNDECIDED


def derive(poll: Poll, contest: Contest) -> dict[str, DerivedShare]:
    """The vote share behind each value of one poll; lists that were not asked about are absent.

    A column whose list nobody knows has its own share, under the id of its value: it is spread over no known list.
    """
    return shares_from_poll(_counted(poll, contest), contest.rules, contest.residual, contest.others_share)


def check_shares(poll: Poll, contest: Contest) -> None:
    """Raise the VotesError that `derive` raises of a poll, without deriving its shares."""
    _settled(_counted(poll, contest), contest.rules, contest.residual, contest.others_share)


def _counted(poll: Poll, contest: Contest) -> list[ReportedValue]:
    return [value for value in (*poll.values, *poll.unknown) if contest.counts(value)]
