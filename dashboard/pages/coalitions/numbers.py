"""A coalition a reader builds: its seats and odds over the joint draws, and what it conflicts with."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from dashboard.blocks import Name, Values
from dashboard.names import first_text
from dashboard.seats import seats_of
from dashboard.simulation import rules_of
from electoral.coalition_odds import GovernmentOdds, government_odds
from electoral.coalitions import Position
from electoral.investiture import Investiture, Roles
from electoral.projection import SeatSummary, bloc_seats
from pipelines.editions.schema import Statement
from pipelines.editions.store import Edition

ROLES = ("opposition", "government", "support", "abstain")
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
        against = self.odds.conflicts
        return [one for one in self.edition.coalitions.statements if position(one) in against]

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


class HouseValues(Values):
    """One whole house: the seats of the printed allocation, in the order in which they sit."""

    kind: Literal["allocation"] = "allocation"
    names: tuple[Name, ...]
    seats: tuple[int, ...]
    backs: tuple[bool, ...]


class DecidesValues(Values):
    """How often (0–1) each list turns a combination into a majority or out of one."""

    kind: Literal["decides"] = "decides"
    lists: tuple[str, ...]
    probability: dict[str, float]


class CombinationsValues(Values):
    """Combinations that reach a majority, with their joint odds (0–1)."""

    kind: Literal["combinations"] = "combinations"
    combinations: tuple[tuple[tuple[str, ...], float, float], ...]


class ConflictsValues(Values):
    """Stated positions that a combination goes against: who ruled out whom, and where that was said."""

    kind: Literal["conflicts"] = "conflicts"
    conflicts: tuple[tuple[str, tuple[str, ...], str], ...]
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
    )
