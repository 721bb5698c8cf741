"""Who can turn a majority: power indices over an edition's simulations."""

from functools import lru_cache

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
