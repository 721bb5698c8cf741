"""What hangs on the threshold: each list's chance, a bloc's odds if it passes or fails, votes lost, agreements."""

from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
import numpy.typing as npt

from dashboard.blocks import Name, Values
from dashboard.seats import Group
from electoral.apparentement import SurplusAgreement
from electoral.coalition_odds import Conditional, p_majority_given
from electoral.projection import SeatSummary, summarise
from electoral.scenarios import AgreementWorth, Setting, worth_of_agreement
from pipelines.editions.schema import Agreement, ListProjection
from pipelines.editions.store import Edition

NEAR = (0.01, 0.99)  # chances between which a list is shown
POSSIBLE_SHOWN = 6  # pairs that have not signed
ENOUGH = 500  # draws from which conditional odds are said
QUANTILES = (0.05, 0.25, 0.75, 0.95)


@dataclass(frozen=True)
class Spread:
    """A share of the vote over draws, in per cent: its quantiles and its mean."""

    mean: float
    q05: float
    q25: float
    q75: float
    q95: float


@dataclass(frozen=True)
class Edge:
    """One list at the threshold: its vote, its seats where it passes, and a bloc's chance either way."""

    item: ListProjection
    share_pct: Spread
    seats_if: SeatSummary
    lost_if_pct: float
    if_passes: Conditional | None
    if_fails: Conditional | None

    @property
    def difference(self) -> float | None:
        """What passing goes with, in the bloc's chance; None where one side has too few draws."""
        if self.if_passes is None or self.if_fails is None:
            return None
        passes, fails = self.if_passes.probability, self.if_fails.probability
        return None if passes is None or fails is None else passes - fails


def edges(edition: Edition, bloc: Group | None) -> list[Edge]:
    """The lists that pass in some simulations and fail in others, the likeliest to pass first."""
    low, high = NEAR
    near = [item for item in edition.projection.lists if low <= item.p_pass <= high]
    near.sort(key=lambda item: (-item.p_pass, item.id))
    return [_edge(edition, item, bloc) for item in near]


def seats_if_in(edition: Edition, name: str) -> SeatSummary:
    """A list's seats over the simulations in which it has any."""
    seats = edition.seat_draws.row(name)
    return summarise(seats[seats > 0])


def _edge(edition: Edition, item: ListProjection, bloc: Group | None) -> Edge:
    shares = edition.share_draws.row(item.id)
    passes = edition.seat_draws.row(item.id) > 0
    return Edge(
        item,
        spread(shares),
        seats_if_in(edition, item.id),
        100 * float(np.mean(shares[~passes])),
        _given(edition, item.id, bloc, True),
        _given(edition, item.id, bloc, False),
    )


def _given(edition: Edition, name: str, bloc: Group | None, passing: bool) -> Conditional | None:
    """The bloc's chance among the simulations in which the list passes, or fails; None where they are few."""
    if bloc is None:
        return None
    found = p_majority_given(
        edition.seat_draws,
        [item for item in bloc.lists if item in edition.seat_draws.lists],
        edition.projection.majority,
        [name] if passing else [],
        [] if passing else [name],
    )
    return found if found.draws >= ENOUGH else None


def spread(shares: npt.NDArray[np.float64]) -> Spread:
    return Spread(100 * float(shares.mean()), *(100 * float(value) for value in np.quantile(shares, QUANTILES)))


def lost(edition: Edition) -> Spread:
    """The share of the vote that lists under the threshold take together, over the simulations."""
    return spread(np.where(edition.seat_draws.passes, 0.0, edition.share_draws.shares).sum(axis=0))


Status = Literal["signed", "reported", "expected", "possible"]
STATUSES: tuple[Status, ...] = ("signed", "reported", "expected", "possible")


@dataclass(frozen=True)
class Pair:
    """A surplus-vote agreement: signed, said to come, or one that could be, and what it is worth to a bloc."""

    lists: tuple[str, str]
    status: Status
    worth: AgreementWorth
    said: Agreement | None = None

    @property
    def own_seats(self) -> float:
        """What the two lists gain together, in expected seats."""
        return sum(self.worth.expected_seats[name] for name in self.lists)


def agreements(edition: Edition, setting: Setting, bloc: Group) -> list[Pair]:
    """Every agreement signed, reported or expected, then pairs of one bloc that are both free and matter most."""
    members = [item for item in bloc.lists if item in setting.draws.lists]
    signed = [(one.list_a, one.list_b) for one in setting.agreements]
    said = {frozenset(one.lists): one for one in edition.reference.agreements_said or []}
    awaited = [one.lists for one in said.values() if one.status != "signed" and is_free(one, edition, signed)]
    told = {frozenset(pair) for pair in awaited}
    free = [pair for pair in free_pairs(edition, signed) if frozenset(pair) not in told]
    found = []
    for pair in [*signed, *awaited, *free]:
        known = said.get(frozenset(pair))
        status = "signed" if pair in signed else known.status if known else "possible"
        worth = worth_of_agreement(
            setting, SurplusAgreement(*pair), members, edition.projection.majority, edition.seat_draws
        )
        found.append(Pair(pair, status, worth, known))
    found.sort(
        key=lambda pair: (
            STATUSES.index(pair.status),
            -abs(pair.worth.p_majority),
            -pair.own_seats,
            pair.lists,
        )
    )
    return found[: len(signed) + len(awaited) + POSSIBLE_SHOWN]


def is_free(one: Agreement, edition: Edition, signed: list[tuple[str, str]]) -> bool:
    """Whether both lists of an agreement stand and neither has signed another."""
    bound = {name for pair in signed for name in pair}
    return set(one.lists) <= set(edition.seat_draws.lists) and not bound & set(one.lists)


def free_pairs(edition: Edition, signed: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Pairs of lists of one bloc that could pass and have not signed with anybody."""
    bound = {name for pair in signed for name in pair}
    free = [
        item
        for item in edition.projection.lists
        if item.id not in bound and item.bloc is not None and item.p_pass >= NEAR[0]
    ]
    return [(one.id, other.id) for one, other in combinations(free, 2) if one.bloc == other.bloc]


class EdgeValues(Values):
    """One list at the threshold: its vote in per cent, its seats where it passes, and a bloc's chance (0–1)."""

    name: Name
    p_pass: float
    mean_pct: float
    q05_pct: float
    q25_pct: float
    q75_pct: float
    q95_pct: float
    p_majority_if_passes: float | None
    p_majority_if_fails: float | None


class VotesValues(Values):
    """Lists' votes against the threshold."""

    kind: Literal["votes"] = "votes"
    threshold_pct: float
    lists: tuple[EdgeValues, ...]


class OddsValues(Values):
    """A bloc's chance of a majority (0–1), and where each list passes or fails."""

    kind: Literal["odds"] = "odds"
    bloc: str
    p_majority: float
    majority_seats: int
    lists: tuple[EdgeValues, ...]


class PairValues(Values):
    """An agreement's two lists, what it is worth in expected seats to them and the bloc, and the bloc's odds (0–1)."""

    lists: tuple[str, str]
    status: Status
    own_expected_seats: float
    bloc_expected_seats: float
    p_majority_with: float
    p_majority_without: float


class AgreementsValues(Values):
    """What each surplus-vote agreement is worth to its lists and to a bloc."""

    kind: Literal["agreements"] = "agreements"
    bloc: str | None
    pairs: tuple[PairValues, ...]


class LostValues(Values):
    """The share of the vote under the threshold over the simulations, in per cent, and the lists in doubt."""

    kind: Literal["lost"] = "lost"
    mean_pct: float
    q05_pct: float
    q95_pct: float
    in_doubt: tuple[str, ...]


def edge_values(edge: Edge, name: Name) -> EdgeValues:
    share = edge.share_pct
    return EdgeValues(
        name=name,
        p_pass=edge.item.p_pass,
        mean_pct=share.mean,
        q05_pct=share.q05,
        q25_pct=share.q25,
        q75_pct=share.q75,
        q95_pct=share.q95,
        p_majority_if_passes=edge.if_passes.probability if edge.if_passes else None,
        p_majority_if_fails=edge.if_fails.probability if edge.if_fails else None,
    )
