"""A coalition a reader builds: its seats and odds over the joint draws, and what it conflicts with."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from electoral.coalitions import Position, conflicts
from electoral.projection import SeatSummary, bloc_seats, summarise
from pipelines.editions.schema import Statement
from pipelines.editions.store import Edition

ROLES = ("opposition", "government", "support", "abstain")

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
    def summary(self) -> SeatSummary:
        return summarise(self.seats)

    @property
    def p_majority(self) -> float:
        return float(np.mean(self.seats >= self.edition.projection.majority))

    @property
    def p_confirmed(self) -> float:
        """How often more vote for than against, abstentions not counted; a tie fails."""
        away = bloc_seats(self.edition.seat_draws, self.abstain)
        against = self.edition.projection.house_size - self.seats - away
        return float(np.mean(self.seats > against))

    @cached_property
    def decides(self) -> dict[str, float]:
        """How often each list turns this combination into a majority or out of one: enough with it, too few without."""
        draws, majority = self.edition.seat_draws, self.edition.projection.majority
        found = {}
        for name in draws.lists:
            own = draws.row(name)
            without = self.seats - own if name in self.backers else self.seats
            found[name] = float(np.mean((without < majority) & (without + own >= majority)))
        return found

    @property
    def support_median(self) -> float:
        return summarise(bloc_seats(self.edition.seat_draws, self.support)).median

    @property
    def short_by(self) -> int:
        """Seats missing to a majority at the median; negative where there are some to spare."""
        return round(self.edition.projection.majority - self.summary.median)

    @property
    def conflicts(self) -> list[Statement]:
        """Stated positions that this combination goes against."""
        stated = self.edition.coalitions.statements
        positions = [position(statement) for statement in stated]
        against = conflicts(self.government, positions, self.support)
        return [statement for statement, said in zip(stated, positions, strict=True) if said in against]

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
        statement.condition,
        statement.quote or "",
        statement.is_paraphrase,
        statement.source,
        statement.date,
    )
