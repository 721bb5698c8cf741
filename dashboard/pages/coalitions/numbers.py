"""A coalition, built by a reader or named by data: seats and odds over the joint draws, and what it conflicts with."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from dashboard.blocks import Name, Values
from dashboard.names import bloc_name, coalition_name, first_text, uncoloured
from dashboard.seats import once_an_edition, rules_of, seats_of
from dashboard.view import View
from electoral.coalition_odds import GovernmentOdds, government_odds, p_some_government
from electoral.coalitions import Position, conflicts
from electoral.investiture import Investiture, Roles
from electoral.projection import SeatSummary, bloc_seats
from pipelines.editions.schema import Statement
from pipelines.editions.store import Edition

ROLES = ("opposition", "government", "support", "abstain")
WORTH_ASKING = 1 / 3  # of a majority: nobody asks whether a bloc with fewer seats governs alone
RESEARCHED_DAYS = 60  # for so long a recorded position says where a list stands
IN_PLAY = 0.1  # a list that passes less often need not be researched
LEAST_SHARE = 0.0005  # of the simulations: rarer numbers of seats are not drawn

Seats = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Coalition:
    """Lists by their place; who has none is in opposition."""

    edition: Edition
    government: tuple[str, ...]
    support: tuple[str, ...]
    abstain: tuple[str, ...]

    @property
    def roles(self) -> dict[str, str]:
        placed = {"government": self.government, "support": self.support, "abstain": self.abstain}
        return {item: role for role, items in placed.items() for item in items}

    @property
    def backers(self) -> tuple[str, ...]:
        """Government and outside support: who votes for it."""
        return self.government + self.support

    @cached_property
    def seats(self) -> Seats:
        """The backers' seats together, draw by draw."""
        return bloc_seats(self.edition.seat_draws, self.backers)

    @cached_property
    def odds(self) -> GovernmentOdds:
        """Its odds over the joint draws, who decides it, and the stated positions it goes against."""
        roles = Roles(frozenset(self.government), frozenset(self.support), frozenset(self.abstain))
        positions = [position(statement) for statement in self.edition.coalitions.statements]
        return government_odds(self.edition.seat_draws, roles, rules_of(self.edition), positions)

    @property
    def printed_seats(self) -> int:
        """The backers' printed seats together."""
        return int(seats_of(self.edition.projection, self.backers))

    @property
    def support_seats(self) -> int:
        """What of them comes from outside support."""
        return int(seats_of(self.edition.projection, self.support))

    @property
    def summary(self) -> SeatSummary:
        """The backers' seats over the joint draws."""
        return self.odds.seats

    @property
    def p_majority(self) -> float:
        return self.odds.p_majority

    @property
    def p_confirmed(self) -> float | None:
        """How often the house accepts it by its own rule; None where it holds no vote."""
        return self.odds.p_investiture

    @property
    def investiture(self) -> Investiture:
        """The vote its house accepts a government by."""
        return self.edition.reference.seat_rule.investiture

    @property
    def decides(self) -> dict[str, float]:
        """How often each list turns this combination into a majority or out of one: enough with it, too few without."""
        return self.odds.decisive

    @property
    def short_by(self) -> int:
        """Printed seats missing to a majority; negative where there are some to spare."""
        return self.edition.projection.majority - self.printed_seats

    @property
    def conflicts(self) -> list[Statement]:
        """Stated positions that this combination goes against."""
        statements = self.edition.coalitions.statements
        against = conflicts(self.government, map(position, statements), self.support)
        return [one for one in statements if position(one) in against]

    @property
    def unresearched(self) -> tuple[str, ...]:
        """Its lists whose position nobody looked up lately."""
        return tuple(item for item in self.backers if item not in researched(self.edition))

    def after(self, list_id: str) -> dict[str, str]:
        """The state once a list moves on to its next place."""
        placed = {"gov": list(self.government), "support": list(self.support), "abstain": list(self.abstain)}
        for members in placed.values():
            if list_id in members:
                members.remove(list_id)
        target = {"government": "gov", "support": "support", "abstain": "abstain"}.get(self.next_role(list_id))
        if target:
            placed[target].append(list_id)
        return {name: ",".join(members) for name, members in placed.items()}

    def next_role(self, list_id: str) -> str:
        now = ROLES.index(self.roles.get(list_id, ROLES[0]))
        return ROLES[(now + 1) % len(ROLES)]


def researched(edition: Edition) -> frozenset[str]:
    """The lists with a recorded position of the last weeks; one that rules nobody out is a position."""
    oldest = edition.projection.as_of - timedelta(days=RESEARCHED_DAYS)
    return frozenset(statement.list for statement in edition.coalitions.statements if statement.date >= oldest)


def in_play(edition: Edition) -> frozenset[str]:
    """The lists that could sit in the house."""
    return frozenset(item.id for item in edition.projection.lists if item.p_pass >= IN_PLAY)


@once_an_edition
def p_without_conflict(edition: Edition) -> float | None:
    """How often some set of lists has a majority against no stated position; None where some list is not researched."""
    if in_play(edition) - researched(edition):
        return None
    positions = [position(statement) for statement in edition.coalitions.statements]
    return p_some_government(edition.seat_draws, edition.projection.majority, positions)


def later(edition: Edition, earlier: Statement) -> list[Statement]:
    """What the same list stated since that bears on it: of the same others, or of nobody by name."""
    others = set(earlier.rules_out)
    return [
        one
        for one in edition.coalitions.statements
        if one.list == earlier.list and one.date > earlier.date and (not one.rules_out or others & set(one.rules_out))
    ]


# The coalitions that data names


@dataclass(frozen=True)
class NamedCoalition:
    """A bloc or a coalition of interest: its name, and its lists as the reader counts blocs."""

    id: str
    name: Name
    coalition: Coalition

    @property
    def is_contested(self) -> bool:
        """Whether it conflicts with a stated position."""
        return bool(self.coalition.conflicts)


def named_coalitions(view: View) -> list[NamedCoalition]:
    """Every bloc with seats enough to be asked about, and every coalition of interest; those with conflicts last."""
    edition, projection = view.edition, view.edition.projection
    least = WORTH_ASKING * projection.majority
    blocs = [bloc for bloc in projection.blocs if seats_of(projection, bloc.lists) >= least]
    named = [(bloc.id, bloc_name(view, bloc), bloc.lists) for bloc in blocs]
    named += [(item.id, coalition_name(item), item.lists) for item in edition.coalitions.majorities]
    coalitions = [NamedCoalition(id_, uncoloured(name), _of(edition, lists)) for id_, name, lists in named]
    return sorted(coalitions, key=lambda one: one.is_contested)


def _of(edition: Edition, lists: Iterable[str]) -> Coalition:
    """Lists that govern together, of those that have draws, in the order of their seats."""
    members = [name for name in lists if name in edition.seat_draws.lists]
    members.sort(key=lambda name: -edition.projection.allocation.get(name, 0))
    return Coalition(edition, tuple(members), (), ())


def position(statement: Statement) -> Position:
    """A statement of the edition as the core's value."""
    return Position(
        statement.list,
        tuple(statement.rules_out),
        statement.scope,
        first_text(statement.conditions) or None,
        first_text(statement.quotes),
        statement.is_paraphrase,
        first_text(statement.sources),
        statement.date,
    )


class CoalitionValues(Values):
    """A combination by its places: its printed seats, those of 9 of 10 simulations, and its odds (0–1)."""

    kind: Literal["coalition"] = "coalition"
    roles: dict[str, str]
    majority_seats: int
    seats: int
    q05_seats: float
    q95_seats: float
    p_majority: float
    p_confirmed: float | None
    conflicts: int


class MeterValues(Values):
    """How often each number of seats was drawn, as shares of the simulations; what is as good as never left out."""

    kind: Literal["seats-distribution"] = "seats-distribution"
    house_seats: int
    majority_seats: int
    share_by_seats: dict[int, float]
    top_share: float
    p_majority: float = 0


class Wedge(Values):
    """Neighbouring seats with one name: a bloc, a list of the coalition, or the other places."""

    name: Name
    seats: int


class HouseValues(Values):
    """One whole house: the seats of the printed allocation, in the order in which they sit, and its named wedges.

    `backs` are the lists drawn full; `deciding_seats` are seats by their number from the left end that make a majority.
    """

    kind: Literal["allocation"] = "allocation"
    names: tuple[Name, ...]
    seats: tuple[int, ...]
    backs: tuple[bool, ...]
    wedges: tuple[Wedge, ...] = ()
    deciding_seats: tuple[int, ...] = ()
    majority_seats: int = 0


class NamedRow(Values):
    """A named coalition: printed seats, those of 9 of 10 simulations, odds (0–1), conflicts, lists not researched."""

    id: str
    lists: tuple[str, ...]
    seats: int
    q05_seats: float
    q95_seats: float
    p_majority: float
    conflicts: int
    unresearched: tuple[str, ...]


class NamedValues(Values):
    """Coalitions that data names; how often (0–1) some coalition has a majority without a conflict, None: not known."""

    kind: Literal["named-coalitions"] = "named-coalitions"
    coalitions: tuple[NamedRow, ...]
    p_without_conflict: float | None
    unresearched: tuple[str, ...]


class DecidesValues(Values):
    """How often (0–1) each list turns a combination into a majority or out of one."""

    kind: Literal["decides"] = "decides"
    lists: tuple[str, ...]
    probability: dict[str, float]


class CombinationRow(Values):
    """A combination: its printed seats, and how often (0–1) it has a majority."""

    lists: tuple[str, ...]
    seats: float
    p_majority: float


class CombinationsValues(Values):
    """Combinations that reach a majority, with their joint odds."""

    kind: Literal["combinations"] = "combinations"
    combinations: tuple[CombinationRow, ...]


class ConflictRow(Values):
    """Who ruled out whom, and where that was said."""

    list: str
    rules_out: tuple[str, ...]
    source: str


class ConflictsValues(Values):
    """Stated positions that a combination goes against, and its lists without one."""

    kind: Literal["conflicts"] = "conflicts"
    conflicts: tuple[ConflictRow, ...]
    unresearched: tuple[str, ...]


def meter_values(coalition: Coalition) -> MeterValues:
    projection = coalition.edition.projection
    seats = coalition.seats
    tally = np.bincount(seats, minlength=projection.house_size + 1) / max(1, seats.size)
    held = np.flatnonzero(tally > LEAST_SHARE)
    return MeterValues(
        house_seats=projection.house_size,
        majority_seats=projection.majority,
        share_by_seats={int(seat): round(float(tally[seat]), 4) for seat in held},
        top_share=float(tally.max()),
        p_majority=coalition.p_majority,
    )
