"""Two allocations of the same draws beside each other, pair by pair: what a change is worth."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from electoral.apparentement import SurplusAgreement
from electoral.draws import SeatDraws
from electoral.errors import DrawsError
from electoral.projection import SeatSummary, bloc_seats, p_pass, summarise
from electoral.scenarios import Drop, Setting, Sign


@dataclass(frozen=True, slots=True)
class ListChange:
    """One list before and after; None where it does not stand. `difference` is the mean over pairs of draws."""

    before: SeatSummary | None
    after: SeatSummary | None
    p_pass_before: float
    p_pass_after: float
    difference: float
    p_gains: float
    p_loses: float


def compare(before: SeatDraws, after: SeatDraws) -> dict[str, ListChange]:
    """Every list of either side, draw n against draw n; DrawsError where the numbers of draws differ."""
    if before.draws != after.draws:
        raise DrawsError(f"{before.draws} draws beside {after.draws}: compare allocations of the same draws")
    passing_before, passing_after = p_pass(before), p_pass(after)
    changes = {}
    for name in dict.fromkeys((*before.lists, *after.lists)):
        old, new = (side.row(name) if name in side.lists else None for side in (before, after))
        gained = (0 if new is None else new.astype(np.int32)) - (0 if old is None else old.astype(np.int32))
        changes[name] = ListChange(
            None if old is None else summarise(old),
            None if new is None else summarise(new),
            passing_before.get(name, 0.0),
            passing_after.get(name, 0.0),
            float(np.mean(gained)),
            float(np.mean(gained > 0)),
            float(np.mean(gained < 0)),
        )
    return changes


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
    setting: Setting, agreement: SurplusAgreement, bloc: Iterable[str], majority: int, here: SeatDraws | None = None
) -> AgreementWorth:
    """The agreement's worth, whether the setting has it already (against dropping it) or not (against signing it).

    `here` is the setting's own allocation where it was made already; without it, it is made.
    """
    pair = {agreement.list_a, agreement.list_b}
    has = any({one.list_a, one.list_b} == pair for one in setting.agreements)
    other = (Drop(agreement) if has else Sign(agreement)).apply(setting).allocate()
    here = setting.allocate() if here is None else here
    signed, dropped = (here, other) if has else (other, here)
    members = list(bloc)
    difference = signed.seats.astype(np.int32) - dropped.seats.astype(np.int32)
    bloc_with, bloc_without = bloc_seats(signed, members), bloc_seats(dropped, members)
    return AgreementWorth(
        dict(zip(signed.lists, difference.mean(axis=1).tolist(), strict=True)),
        float(np.mean(bloc_with - bloc_without)),
        float(np.mean(bloc_with >= majority)),
        float(np.mean(bloc_without >= majority)),
    )
