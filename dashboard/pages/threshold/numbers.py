"""What hangs on the threshold: each list's chance, a bloc's odds if it passes or fails, votes lost, agreements."""

from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
import numpy.typing as npt

from dashboard.blocks import Name, Values
from dashboard.names import short
from dashboard.seats import Group
from dashboard.view import View
from electoral.apparentement import SurplusAgreement
from electoral.coalition_odds import p_majority_given
from electoral.scenarios import Setting, worth_of_agreement
from pipelines.editions.schema import Agreement, ListProjection
from pipelines.editions.store import Edition

NEAR = (0.01, 0.99)  # chances between which a list is shown
POSSIBLE_SHOWN = 6  # pairs that have not signed
ENOUGH = 500  # draws from which conditional odds are said
QUANTILES = (0.05, 0.25, 0.75, 0.95)


Status = Literal["signed", "reported", "expected", "possible"]
STATUSES: tuple[Status, ...] = ("signed", "reported", "expected", "possible")


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

    @property
    def difference(self) -> float | None:
        """What passing goes with, in the bloc's chance; None where one side has too few draws."""
        passes, fails = self.p_majority_if_passes, self.p_majority_if_fails
        return None if passes is None or fails is None else passes - fails


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


@dataclass(frozen=True)
class Spread:
    """A share of the vote over draws, in per cent: its quantiles and its mean."""

    mean: float
    q05: float
    q25: float
    q75: float
    q95: float


def edges(view: View, bloc: Group | None) -> list[EdgeValues]:
    """The lists that pass in some simulations and fail in others, the likeliest to pass first."""
    low, high = NEAR
    near = [item for item in view.edition.projection.lists if low <= item.p_pass <= high]
    near.sort(key=lambda item: (-item.p_pass, item.id))
    return [_edge(view, item, bloc) for item in near]


def lost_if_out(edition: Edition, name: str) -> float:
    """A list's mean share of the vote, in per cent, over the simulations in which it has no seat."""
    fails = edition.seat_draws.row(name) == 0
    return 100 * float(np.mean(edition.share_draws.row(name)[fails]))


def _edge(view: View, item: ListProjection, bloc: Group | None) -> EdgeValues:
    share = spread(view.edition.share_draws.row(item.id))
    return EdgeValues(
        name=short(view.lists[item.id]),
        p_pass=item.p_pass,
        mean_pct=share.mean,
        q05_pct=share.q05,
        q25_pct=share.q25,
        q75_pct=share.q75,
        q95_pct=share.q95,
        p_majority_if_passes=_conditional_odds(view.edition, item.id, bloc, True),
        p_majority_if_fails=_conditional_odds(view.edition, item.id, bloc, False),
    )


def _conditional_odds(edition: Edition, name: str, bloc: Group | None, passing: bool) -> float | None:
    """The bloc's chance among the simulations in which the list passes, or fails; None where they are few."""
    if bloc is None:
        return None
    odds = p_majority_given(
        edition.seat_draws,
        [item for item in bloc.lists if item in edition.seat_draws.lists],
        edition.projection.majority,
        [name] if passing else [],
        [] if passing else [name],
    )
    return odds.probability if odds.draws >= ENOUGH else None


def spread(shares: npt.NDArray[np.float64]) -> Spread:
    return Spread(100 * float(shares.mean()), *(100 * float(value) for value in np.quantile(shares, QUANTILES)))


def lost(edition: Edition) -> Spread:
    """The share of the vote that lists under the threshold take together, over the simulations."""
    return spread(np.where(edition.seat_draws.passes, 0.0, edition.share_draws.shares).sum(axis=0))


def agreements(edition: Edition, setting: Setting, bloc: Group) -> list[PairValues]:
    """Every agreement signed, reported or expected, then pairs of one bloc that are both free and matter most."""
    members = [item for item in bloc.lists if item in setting.draws.lists]
    signed = [(one.list_a, one.list_b) for one in setting.agreements]
    reports = {frozenset(one.lists): one for one in edition.reference.agreements_said or []}
    awaited = [one.lists for one in reports.values() if one.status != "signed" and is_free(one, edition, signed)]
    awaited_sets = {frozenset(pair) for pair in awaited}
    free = [pair for pair in free_pairs(edition, signed) if frozenset(pair) not in awaited_sets]
    ranked = []
    for pair in [*signed, *awaited, *free]:
        reported = reports.get(frozenset(pair))
        status = "signed" if pair in signed else reported.status if reported else "possible"
        worth = worth_of_agreement(
            setting, SurplusAgreement(*pair), members, edition.projection.majority, edition.seat_draws
        )
        own = sum(worth.expected_seats[name] for name in pair)
        values = PairValues(
            lists=pair,
            status=status,
            own_expected_seats=own,
            bloc_expected_seats=worth.bloc_seats,
            p_majority_with=worth.p_majority_with,
            p_majority_without=worth.p_majority_without,
        )
        ranked.append(((STATUSES.index(status), -abs(worth.p_majority), -own, pair), values))
    ranked.sort(key=lambda one: one[0])
    return [values for _, values in ranked[: len(signed) + len(awaited) + POSSIBLE_SHOWN]]


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
