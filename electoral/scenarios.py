"""What if: changes of lists, votes, agreements or threshold, applied to stored draws and allocated again.

Draw n of the changed election is draw n of the original with the change and nothing else, so that differences
are taken pair by pair.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from statistics import NormalDist
from typing import Protocol

import numpy as np

from electoral.apparentement import SurplusAgreement, check_agreements
from electoral.draws import FloatArray, SeatDraws, ShareDraws, index_of, seat_draws
from electoral.errors import DrawsError, VotesError
from electoral.projection import bloc_seats
from electoral.rules import ElectoralRules

ROUNDING = 1e-9
GOLDEN = (5**0.5 - 1) / 2


@dataclass(frozen=True)
class Setting:
    """Everything a simulated election needs: share draws, rules and surplus-vote agreements."""

    draws: ShareDraws
    rules: ElectoralRules
    agreements: tuple[SurplusAgreement, ...] = ()

    def allocate(self) -> SeatDraws:
        """The seats of every draw."""
        return seat_draws(self.draws, self.rules, self.agreements)


class Change(Protocol):
    """Anything that turns one setting into another."""

    def apply(self, setting: Setting) -> Setting:
        """The setting after the change."""


def apply_all(setting: Setting, changes: Iterable[Change]) -> Setting:
    """The setting after every change, in the order given."""
    for change in changes:
        setting = change.apply(setting)
    return setting


def _part(value: float, label: str) -> None:
    if not 0 <= value <= 1:
        raise VotesError(f"{label} {value}: give a share from 0 to 1")


def _without(agreements: Iterable[SurplusAgreement], gone: Iterable[str]) -> tuple[SurplusAgreement, ...]:
    out = set(gone)
    return tuple(pair for pair in agreements if not out & {pair.list_a, pair.list_b})


def _rows(draws: ShareDraws) -> dict[str, FloatArray]:
    return dict(zip(draws.lists, draws.shares, strict=True))


def _draws(rows: Mapping[str, FloatArray], valid: FloatArray | float) -> ShareDraws:
    """The rows as one array, as shares of the votes still valid: one copy, whatever the change."""
    if not np.all(valid > 0):
        raise DrawsError("a draw without a single valid vote left: send the withdrawn list's votes somewhere")
    shares = np.empty((len(rows), next(iter(rows.values())).size))
    for at, row in enumerate(rows.values()):
        np.divide(row, valid, out=shares[at])
    return ShareDraws(tuple(rows), shares)


def _new_list(name: str, rows: Mapping[str, FloatArray]) -> None:
    if not name or name in rows:
        raise DrawsError(f"new list {name!r}: give a name no other list has")


def _send(
    rows: dict[str, FloatArray], freed: FloatArray, transfer: Mapping[str, float]
) -> tuple[dict[str, FloatArray], FloatArray | float]:
    """Give the freed votes out by the transfer table; what it does not send anywhere is void.

    Law: s. 78: ballots of a list that does not stand are invalid, so that the base of valid votes shrinks.
    """
    sent = sum(transfer.values())
    for name, part in transfer.items():
        _part(part, f"transfer to {name!r}")
        if name not in rows:
            raise DrawsError(f"transfer to {name!r}: no such list; the draws hold {', '.join(rows)}")
    if sent > 1 + ROUNDING:
        raise VotesError(f"transfers add up to {sent}: give at most 1")
    rows = rows | {name: rows[name] + part * freed for name, part in transfer.items()}
    void = max(0.0, 1 - sent)
    return rows, 1 - void * freed if void > ROUNDING else 1.0


@lru_cache(maxsize=2)
def even_normal(count: int) -> FloatArray:
    """Standard normals (count,), even over any stretch of draws: multiples of the golden ratio through the quantile.

    See: Niederreiter 1992, Kronecker sequences.
    """
    places = (np.arange(count) + 0.5) * GOLDEN % 1
    quantiles: FloatArray = np.fromiter(map(NormalDist().inv_cdf, places.tolist()), np.float64, count)
    quantiles.flags.writeable = False
    return quantiles


@dataclass(frozen=True)
class Merge:
    """Lists that run as one: the new list has `retention` of their votes together, the rest is void.

    `spread` is the standard deviation of the logarithm of what it keeps: draw n has the n-th place of a sequence that
    is even over the normal, so that a merger is as unsure as mergers were, without chance. What it keeps beyond all of
    its parts comes from all others. The new list stands where the first of them stood; agreements they signed are gone.
    """

    lists: tuple[str, ...]
    into: str
    retention: float = 1.0
    spread: float = 0.0

    def apply(self, setting: Setting) -> Setting:
        """The setting with one list in the place of several."""
        _part(self.retention, "retention")
        rows = _rows(setting.draws)
        merged = dict.fromkeys(self.lists)
        together = np.sum([setting.draws.row(name) for name in merged], axis=0)
        if len(merged) < 2:
            raise VotesError(f"a merger of {self.lists}: name at least two lists")
        others = {name: row for name, row in rows.items() if name not in merged}
        _new_list(self.into, others)
        first = min(index_of(setting.draws.lists, name) for name in merged)
        at = sum(name in others for name in setting.draws.lists[:first])
        items = list(others.items())
        retained = self.retention * np.exp(self.spread * even_normal(together.size)) if self.spread else self.retention
        retained = np.minimum(retained, 1 / np.maximum(together, ROUNDING))  # of all votes at most
        items.insert(at, (self.into, retained * together))
        after = _draws(dict(items), 1 - (1 - retained) * together)
        return replace(setting, draws=after, agreements=_without(setting.agreements, merged))


@dataclass(frozen=True)
class Split:
    """A list that runs apart: each new list has its part of the old one's votes; parts add up to at most 1."""

    list: str
    parts: Mapping[str, float]

    def apply(self, setting: Setting) -> Setting:
        """The setting with several lists in the place of one."""
        rows = _rows(setting.draws)
        whole = setting.draws.row(self.list)
        if not self.parts:
            raise VotesError(f"a split of {self.list!r} into nothing: name its parts")
        items: dict[str, FloatArray] = {}
        for name, row in rows.items():
            if name == self.list:
                for part in self.parts:
                    _new_list(part, {other: rows[other] for other in rows if other != self.list})
                items |= {part: np.zeros_like(whole) for part in self.parts}
            else:
                items[name] = row
        sent, valid = _send(items, whole, self.parts)
        gone = _without(setting.agreements, [self.list])
        return replace(setting, draws=_draws(sent, valid), agreements=gone)


@dataclass(frozen=True)
class Withdraw:
    """A list that withdraws: its votes go by the transfer table (parts of 1), and where none is given are void."""

    list: str
    transfer: Mapping[str, float] = field(default_factory=dict)

    def apply(self, setting: Setting) -> Setting:
        """The setting without the list."""
        freed = setting.draws.row(self.list)
        rows = {name: row for name, row in _rows(setting.draws).items() if name != self.list}
        if not rows:
            raise DrawsError(f"{self.list!r} is the only list: nobody is left to vote for")
        sent, valid = _send(rows, freed, self.transfer)
        gone = _without(setting.agreements, [self.list])
        return replace(setting, draws=_draws(sent, valid), agreements=gone)


@dataclass(frozen=True)
class UniformSwing:
    """A share of all valid votes (-1 to 1) that lists gain from everybody else together, or lose to them.

    Each side in proportion to what it has, in every draw; a side gives no more than that.
    """

    lists: tuple[str, ...]
    share: float

    def apply(self, setting: Setting) -> Setting:
        """The setting after the swing; DrawsError where the lists have no votes in a draw."""
        _part(abs(self.share), "swing")
        at = [index_of(setting.draws.lists, name) for name in dict.fromkeys(self.lists)]
        old = setting.draws.shares[at].sum(axis=0)
        if not old.all():
            raise DrawsError(f"a swing to {', '.join(self.lists)}: without votes in a draw, give lists that have some")
        new = np.clip(old + self.share, 0.0, 1.0)
        shares = setting.draws.shares * ((1 - new) / np.maximum(1 - old, ROUNDING))
        shares[at] = setting.draws.shares[at] * (new / old)
        return replace(setting, draws=ShareDraws(setting.draws.lists, shares))


@dataclass(frozen=True)
class Sign:
    """A surplus-vote agreement signed."""

    agreement: SurplusAgreement

    def apply(self, setting: Setting) -> Setting:
        """The setting with the agreement; VotesError where one of its lists has another."""
        pairs = check_agreements((*setting.agreements, self.agreement), setting.draws.lists)
        return replace(setting, agreements=pairs)


@dataclass(frozen=True)
class Drop:
    """A surplus-vote agreement dropped."""

    agreement: SurplusAgreement

    def apply(self, setting: Setting) -> Setting:
        """The setting without the agreement; VotesError where there is none."""
        pair = {self.agreement.list_a, self.agreement.list_b}
        others = tuple(one for one in setting.agreements if {one.list_a, one.list_b} != pair)
        if len(others) == len(setting.agreements):
            raise VotesError(f"no agreement of {' and '.join(sorted(pair))} to drop")
        return replace(setting, agreements=others)


@dataclass(frozen=True)
class MoveThreshold:
    """Another threshold, a share of valid votes."""

    threshold: Fraction

    def apply(self, setting: Setting) -> Setting:
        """The setting under the new threshold."""
        return replace(setting, rules=replace(setting.rules, threshold=self.threshold))


@dataclass(frozen=True, slots=True)
class AgreementWorth:
    """What an agreement adds, over the same draws with and without it: expected seats by list, and a bloc's chance."""

    expected_seats: dict[str, float]
    bloc_seats: float
    p_majority_with: float
    p_majority_without: float

    @property
    def p_majority(self) -> float:
        """The difference in the bloc's chance of a majority."""
        return self.p_majority_with - self.p_majority_without


def worth_of_agreement(
    setting: Setting, agreement: SurplusAgreement, bloc: Iterable[str], majority: int, current: SeatDraws | None = None
) -> AgreementWorth:
    """The agreement's worth, whether the setting has it already (against dropping it) or not (against signing it).

    `current` is the setting's own allocation where it was made already; without it, it is made.
    """
    pair = {agreement.list_a, agreement.list_b}
    has = any({one.list_a, one.list_b} == pair for one in setting.agreements)
    other = (Drop(agreement) if has else Sign(agreement)).apply(setting).allocate()
    current = setting.allocate() if current is None else current
    signed, dropped = (current, other) if has else (other, current)
    members = list(bloc)
    difference = signed.seats.astype(np.int32) - dropped.seats.astype(np.int32)
    bloc_with, bloc_without = bloc_seats(signed, members), bloc_seats(dropped, members)
    return AgreementWorth(
        dict(zip(signed.lists, difference.mean(axis=1).tolist(), strict=True)),
        float(np.mean(bloc_with - bloc_without)),
        float(np.mean(bloc_with >= majority)),
        float(np.mean(bloc_without >= majority)),
    )
