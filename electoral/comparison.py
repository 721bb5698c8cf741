"""Two allocations of the same draws beside each other, draw by draw: what an agreement is worth."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from electoral.apparentement import SurplusAgreement
from electoral.draws import SeatDraws
from electoral.projection import bloc_seats
from electoral.scenarios import Drop, Setting, Sign


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
