"""Who can turn a majority: power indices over an edition's simulations."""

from functools import lru_cache
from typing import Literal

from dashboard.blocks import Values
from electoral.draws import SeatDraws
from electoral.power import Spread, power_draws
from pipelines.editions.store import Edition

KEPT = 12
DRAWS_USED = 1000
INDICES = ("banzhaf", "shapley_shubik")

Power = dict[str, dict[str, Spread]]


@lru_cache(maxsize=KEPT)
def power_of(edition: Edition) -> Power:
    """Each index by list, over the first simulations: with fifteen lists each has 32,768 sets to look at."""
    draws = edition.seat_draws
    first = SeatDraws(draws.lists, draws.seats[:, :DRAWS_USED], draws.passes[:, :DRAWS_USED])
    found = power_draws(first, edition.projection.majority)
    return {index: found.spread(index) for index in INDICES}


class IndexValues(Values):
    """A power index of one list over the simulations, in per cent, with 9 of 10 of them."""

    mean_pct: float
    q05_pct: float
    q95_pct: float


class PowerValues(Values):
    """Power indices by index and list, and on how many simulations."""

    kind: Literal["power"] = "power"
    draws: int
    by_index: dict[str, dict[str, IndexValues]]


class FittedValues(Values):
    """The trend's own parameters in this edition."""

    kind: Literal["fitted"] = "fitted"
    parameters: dict[str, float]
    converged: bool


class StepValues(Values):
    """One step of the method: its name and its equations."""

    kind: Literal["step"] = "step"
    name: str
    equations: tuple[str, ...]


def power_values(edition: Edition) -> PowerValues:
    found = power_of(edition)
    return PowerValues(
        draws=min(DRAWS_USED, edition.projection.draws),
        by_index={
            index: {
                name: IndexValues(mean_pct=100 * one.mean, q05_pct=100 * one.q05, q95_pct=100 * one.q95)
                for name, one in found[index].items()
            }
            for index in INDICES
        },
    )
