"""Power indices against published vectors and a brute-force oracle."""

from fractions import Fraction
from itertools import combinations, permutations

import numpy as np
import pytest

from electoral import power as power_module
from electoral.draws import SeatDraws, seat_draws
from electoral.errors import DrawsError, VotesError
from electoral.power import banzhaf, banzhaf_raw, power_draws, shapley_shubik

from .makers import dirichlet, rules, seat_table

# Published: the Council of Ministers of 1958 (Felsenthal and Machover 1998, table 5.3.1), Nassau County 1958
# (Banzhaf 1965), the Security Council (Shapley and Shubik 1954, since 1965 with fifteen members: Straffin 1983).
COUNCIL_1958 = {"de": 4, "fr": 4, "it": 4, "nl": 2, "be": 2, "lu": 1}
NASSAU_1958 = {"hempstead 1": 9, "hempstead 2": 9, "north": 7, "oyster": 3, "glen": 1, "long": 1}
SECURITY = {f"permanent {at}": 7 for at in range(5)} | {f"elected {at}": 1 for at in range(10)}


def test_council_of_ministers_1958() -> None:
    assert list(banzhaf(COUNCIL_1958, 12).values()) == [*[Fraction(10, 42)] * 3, *[Fraction(6, 42)] * 2, 0]
    assert list(shapley_shubik(COUNCIL_1958, 12).values()) == [*[Fraction(14, 60)] * 3, *[Fraction(9, 60)] * 2, 0]


def test_nassau_county_1958() -> None:
    assert list(banzhaf(NASSAU_1958, 16).values()) == [*[Fraction(1, 3)] * 3, 0, 0, 0]


def test_security_council() -> None:
    index = shapley_shubik(SECURITY, 39)
    assert index["permanent 0"] == Fraction(421, 2145)
    assert index["elected 0"] == Fraction(4, 2145)


def brute_swings(seats: list[int], majority: int) -> list[int]:
    players = range(len(seats))
    swings = [0] * len(seats)
    for size in range(len(seats) + 1):
        for chosen in combinations(players, size):
            total = sum(seats[at] for at in chosen)
            for at in chosen:
                swings[at] += total >= majority > total - seats[at]
    return swings


def brute_shapley(seats: list[int], majority: int) -> list[float]:
    orders = list(permutations(range(len(seats))))
    pivots = [0] * len(seats)
    for order in orders:
        total = 0
        for at in order:
            total += seats[at]
            if total >= majority:
                pivots[at] += 1
                break
    return [count / len(orders) for count in pivots]


@pytest.mark.parametrize(("house", "majority"), [(11, 6), (120, 61), (301, 151), (11, 1), (11, 2), (11, 10), (11, 11)])
def test_draws_against_brute_force(house: int, majority: int) -> None:
    draws = seat_draws(dirichlet(25, 6), rules(house))
    power = power_draws(draws, majority)
    for at, column in enumerate(draws.seats.T.astype(int).tolist()):
        expected = brute_swings(column, majority)
        assert power.banzhaf[:, at] == pytest.approx(np.array(expected) / sum(expected))
        assert power.banzhaf_raw[:, at] == pytest.approx(np.array(expected) / 2**5)
        assert power.shapley_shubik[:, at] == pytest.approx(brute_shapley(column, majority))


@pytest.mark.parametrize(
    ("lists", "house", "count"), [(1, 5, 3), (2, 120, 1), (15, 120, 3), (16, 127, 3), (20, 150, 3), (40, 630, 3)]
)
def test_draws_against_the_exact_index(lists: int, house: int, count: int) -> None:
    rng = np.random.default_rng(3)
    seats = rng.multinomial(house, np.full(lists, 1 / lists), size=count).T.astype(np.uint16)
    draws = SeatDraws(tuple(f"l{at}" for at in range(lists)), seats, seats > 0)
    majority = house // 2 + 1
    power = power_draws(draws, majority)
    for at in range(count):
        column = dict(zip(draws.lists, seats[:, at].tolist(), strict=True))
        for values, exact in (
            (power.banzhaf, banzhaf),
            (power.banzhaf_raw, banzhaf_raw),
            (power.shapley_shubik, shapley_shubik),
        ):
            assert values[:, at] == pytest.approx([float(v) for v in exact(column, majority).values()], abs=1e-12)


def test_power_adds_up_and_a_list_without_seats_has_none() -> None:
    power = power_draws(seat_draws(dirichlet(3000, 14), rules()), 61)
    assert power.banzhaf.sum(axis=0) == pytest.approx(np.ones(3000))
    assert power.shapley_shubik.sum(axis=0) == pytest.approx(np.ones(3000))
    seats = seat_draws(dirichlet(3000, 14), rules()).seats
    assert (seats == 0).any()
    for index in (power.banzhaf, power.banzhaf_raw, power.shapley_shubik):
        assert not index[seats == 0].any()


def test_draws_are_worked_on_together_whatever_seats_they_have(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three moves a list and chunk: one list joins before, one after, and one sum is taken; for all chances at once."""
    moves, moved = [], power_module._moved
    monkeypatch.setattr(power_module, "_moved", lambda *arguments: moves.append(arguments) or moved(*arguments))
    power_draws(seat_draws(dirichlet(2 * power_module.CHUNK, 8), rules()), 61)
    assert len(moves) <= 2 * 3 * 8


def test_spread_over_draws() -> None:
    table = seat_table([{"a": 6, "b": 3, "c": 1}, {"a": 4, "b": 4, "c": 2}, {"a": 0, "b": 8, "c": 2}])
    power = power_draws(table, 6)
    assert power.banzhaf.tolist()[0] == pytest.approx([1, 1 / 3, 0])
    spread = power.spread("banzhaf")["a"]
    assert (spread.mean, spread.q05, spread.q95) == pytest.approx((4 / 9, 0, 1))
    assert spread.deviation == pytest.approx(np.std([1, 1 / 3, 0]))


@pytest.mark.parametrize("majority", [0, -1, 121])
def test_a_majority_outside_the_house(majority: int) -> None:
    with pytest.raises(DrawsError, match=f"{majority} seats asked for"):
        power_draws(seat_draws(dirichlet(5, 3), rules()), majority)


@pytest.mark.parametrize(("majority", "decisive"), [(1, 1), (4, 3), (10, 1)])
def test_the_least_and_the_most_that_can_be_asked(majority: int, decisive: int) -> None:
    """Of 6, 3 and 1 seats: everyone alone, all but the smallest pair, all together."""
    seats = {"a": 6, "b": 3, "c": 1}
    raw = banzhaf_raw(seats, majority)
    assert [raw[name] * 4 for name in seats] == brute_swings(list(seats.values()), majority)
    assert raw["a"] * 4 == decisive


@pytest.mark.parametrize("majority", [0, 11])
def test_a_majority_nobody_can_reach(majority: int) -> None:
    with pytest.raises(VotesError, match="majority"):
        banzhaf({"a": 6, "b": 4}, majority)
