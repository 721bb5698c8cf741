"""The seats a page prints, and the simulated elections behind them.

A list, a bloc or any set of lists gets its number here and nowhere else: of the edition's allocation, a whole house
near all simulations at once; beside it stand intervals only. The simulations are here as the core takes them: shares,
rules and agreements, to be allocated again.
"""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

import numpy as np

from electoral import projection as core
from electoral.apparentement import SurplusAgreement
from electoral.draws import SeatDraws, ShareDraws
from electoral.errors import ElectoralError
from electoral.projection import bloc_seats, p_majority
from electoral.rules import AllianceThresholds, DirectSeatClause, ElectoralRules, parse_threshold
from electoral.scenarios import Setting
from pipelines.editions.schema import (
    BlocProjection,
    ListProjection,
    Majority,
    PollRow,
    PollValue,
    Projection,
    Summary,
)
from pipelines.editions.store import Edition

Group = BlocProjection | Majority
Made = TypeVar("Made")
IN_DOUBT = (0.03, 0.97)  # chances between these are neither sure to pass nor sure to fail
PERCENT = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
TRIED = 500  # draws on which the stored shares have to give the stored seats


def seats_of(projection: Projection, lists: Iterable[str]) -> float:
    """The seats of lists together, whole: the sum of what each has in the printed allocation.

    Another reading of the polls has no allocation of its own: its expected seats, which add up too.
    """
    if is_printed(projection):
        return sum(projection.allocation.get(name, 0) for name in lists)
    members = set(lists)
    return sum(outlook(item).mean for item in projection.lists if item.id in members)


def seat_digits(projection: Projection) -> int:
    """The decimals seats are written with."""
    return 0 if is_printed(projection) else 1


def is_printed(projection: Projection) -> bool:
    """Whether seats are those of the printed allocation; else they are expected seats."""
    return bool(projection.allocation)


def is_in(projection: Projection, item: ListProjection) -> bool:
    """Whether a list has seats as printed; in another reading, whether it passes more often than not."""
    return seats_of(projection, [item.id]) > 0 if is_printed(projection) else item.p_pass >= 0.5


def outlook(item: ListProjection) -> Summary:
    """A list's seats on election day over the draws, or as of now where election day is not projected yet."""
    return item.seats if item.seats is not None else item.nowcast


@dataclass(frozen=True)
class Order:
    """Lists in order: those that likely pass by seats, then those that likely do not by their chance."""

    passing: tuple[ListProjection, ...]
    below: tuple[ListProjection, ...]

    @property
    def all(self) -> tuple[ListProjection, ...]:
        return self.passing + self.below

    @property
    def ids(self) -> list[str]:
        return [item.id for item in self.all]


def in_order(projection: Projection) -> Order:
    """Every list has its place; last stand the lists without a printed seat."""
    passing = [item for item in projection.lists if is_in(projection, item)]
    below = [item for item in projection.lists if not is_in(projection, item)]
    passing.sort(key=lambda item: (-seats_of(projection, [item.id]), -outlook(item).mean, item.id))
    below.sort(key=lambda item: (-item.p_pass, -item.trend_share_pct, item.id))
    return Order(tuple(passing), tuple(below))


def is_in_doubt(chance: float) -> bool:
    """Whether something happens in some simulations and not in others."""
    return IN_DOUBT[0] <= chance <= IN_DOUBT[1]


def in_doubt(projection: Projection) -> list[ListProjection]:
    """Lists that pass the threshold in some simulations and miss it in others, the likeliest first."""
    return sorted((item for item in projection.lists if is_in_doubt(item.p_pass)), key=lambda item: -item.p_pass)


def value_of(poll: PollRow, list_id: str) -> PollValue | None:
    """What a poll says of a list; None where it does not name it."""
    return next((value for value in poll.values if value.list == list_id), None)


def printed_pct(value: PollValue) -> float | None:
    """The printed percentage as a number; None where it is none."""
    return float(value.pct) if value.pct and PERCENT.fullmatch(value.pct) else None


def printed_number(poll: PollRow | None, list_id: str) -> float | None:
    """Seats, or per cent in a poll of shares; none of the seats under the threshold, None where nothing was printed."""
    value = value_of(poll, list_id) if poll else None
    if poll is None or value is None or value.status == "not_asked":
        return None
    if poll.unit == "share":
        return printed_pct(value)
    return value.seats if value.status == "seats" else 0.0


def by_day(poll: PollRow) -> tuple[date, date, str]:
    """What orders polls: the end of their fieldwork, then when they were known."""
    return poll.fieldwork_end, poll.known_from, poll.poll


def seats_if_in(edition: Edition, name: str) -> core.SeatSummary:
    """A list's seats over the simulations in which it has any."""
    seats = edition.seat_draws.row(name)
    return core.summarise(seats[seats > 0])


def summary_of(row: np.ndarray) -> Summary:
    summary = core.summarise(row)
    return Summary(**{name: getattr(summary, name) for name in Summary.model_fields})


def joint_odds(draws: SeatDraws, lists: Iterable[str], majority: int) -> dict[str, object]:
    """The seats of lists together and their odds, as a bloc and a coalition of interest have them."""
    members = [name for name in lists if name in draws.lists]
    return {"seats": summary_of(bloc_seats(draws, members)), "p_majority": p_majority(draws, members, majority)}


def once_an_edition(make: Callable[[Edition], Made]) -> Callable[[Edition], Made]:
    """What is worked out of an edition, kept while that edition is held open and no longer; it must not hold it."""
    by_edition: WeakKeyDictionary[Edition, Made] = WeakKeyDictionary()

    @wraps(make)
    def once(edition: Edition) -> Made:
        if edition not in by_edition:
            by_edition[edition] = make(edition)
        return by_edition[edition]

    return once


@once_an_edition
def setting_of(edition: Edition) -> Setting | None:
    """What the stored seats were made from; None where the stored shares do not give the stored seats."""
    draws, stored = edition.share_draws, edition.seat_draws
    if draws.lists != stored.lists:
        return None
    few = ShareDraws(draws.lists, draws.shares[:, :TRIED])
    try:
        setting = Setting(draws, rules_of(edition), agreements_of(edition, draws.lists))
        seats = replace(setting, draws=few).allocate().seats
    except ElectoralError:
        return None
    return setting if np.array_equal(seats, stored.seats[:, :TRIED]) else None


def has_agreements(edition: Edition) -> bool:
    """Whether lists can sign surplus-vote agreements by the rule of the edition."""
    return edition.reference.seat_rule.agreements


def agreements_of(edition: Edition, lists: Collection[str]) -> tuple[SurplusAgreement, ...]:
    """The surplus-vote agreements between two of these lists."""
    return tuple(SurplusAgreement(*pair) for pair in edition.reference.agreements if set(pair) <= set(lists))


def rules_of(edition: Edition) -> ElectoralRules:
    """The rule the edition's seats were given by, and the vote its house accepts a government by."""
    projection, rule = edition.projection, edition.reference.seat_rule
    house, needed = projection.house_size, rule.direct_seats_needed
    alliances = {fewest: parse_threshold(text, house) for fewest, text in rule.alliances.items()}
    return ElectoralRules(
        house,
        parse_threshold(rule.threshold, house) if rule.threshold else Fraction(str(projection.threshold_pct)) / 100,
        rule.formula,
        rule.stops_at_half,
        exempt=frozenset(rule.exempt),
        direct_seats=DirectSeatClause(needed, rule.direct_seats) if needed else None,
        alliances=AllianceThresholds(alliances, rule.parties) if alliances else None,
        investiture=rule.investiture,
    )
