"""Minimal winning sets over draws, against brute force; and what is left out is said."""

from itertools import combinations

import numpy as np
import pytest

from electoral.draws import SeatDraws, seat_draws
from electoral.errors import DrawsError
from electoral.subsets import minimal_winning_odds

from .makers import dirichlet, rules


def table(seats: list[list[int]]) -> SeatDraws:
    array = np.array(seats, np.uint8)
    return SeatDraws(tuple(f"l{at:02}" for at in range(len(seats))), array, array > 0)


def brute(draws: SeatDraws, majority: int) -> dict[frozenset[str], float]:
    odds = {}
    for size in range(1, len(draws.lists) + 1):
        for rows in combinations(range(len(draws.lists)), size):
            hits = 0
            for column in draws.seats.T.astype(int):
                total = sum(column[row] for row in rows)
                hits += total >= majority and all(total - column[row] < majority for row in rows)
            if hits:
                odds[frozenset(draws.lists[row] for row in rows)] = hits / draws.draws
    return odds


def test_all_sets_against_brute_force() -> None:
    draws = seat_draws(dirichlet(700, 8), rules())
    expected, ranked = brute(draws, 61), minimal_winning_odds(draws, 61).ranked()
    assert dict(ranked) == pytest.approx(expected)
    assert [p for _, p in ranked] == sorted(expected.values(), reverse=True)
    assert [p for _, p in minimal_winning_odds(draws, 61).ranked(0.1)] == [p for _, p in ranked if p >= 0.1]


@pytest.mark.parametrize("house", [7, 120, 127, 128, 200, 400])
def test_houses_of_every_width(house: int) -> None:
    draws = seat_draws(dirichlet(50, 5), rules(house))
    assert dict(minimal_winning_odds(draws, house // 2 + 1).ranked()) == pytest.approx(brute(draws, house // 2 + 1))


def test_more_draws_than_a_chunk_and_than_a_byte_counts() -> None:
    draws = seat_draws(dirichlet(40_000, 11), rules())
    half = SeatDraws(draws.lists, draws.seats[:, :20_000], draws.passes[:, :20_000])
    rest = SeatDraws(draws.lists, draws.seats[:, 20_000:], draws.passes[:, 20_000:])
    whole, parts = minimal_winning_odds(draws, 61), [minimal_winning_odds(part, 61) for part in (half, rest)]
    assert whole.probability == pytest.approx(sum(part.probability for part in parts) / 2)
    assert whole.draws_used == 40_000


def test_more_than_twelve_lists_use_the_first_draws_and_say_so() -> None:
    draws = seat_draws(dirichlet(20_500, 13), rules(threshold_pct="0.1"))
    odds = minimal_winning_odds(draws, 61)
    assert (odds.draws_used, odds.all_draws) == (20_000, 20_500)
    first = SeatDraws(draws.lists, draws.seats[:, :20_000], draws.passes[:, :20_000])
    assert np.array_equal(odds.probability, minimal_winning_odds(first, 61).probability)


def test_of_more_than_sixteen_lists_the_smallest_are_left_out_and_named() -> None:
    """What is said of the largest lists' sets is what it would be with every list."""
    large, small = [[20, 21], [19, 18], [15, 16], [10, 9]], [[2, 2]] * 13 + [[1, 1]] * 5
    odds = minimal_winning_odds(table([*small[:6], *large, *small[6:]]), 48)
    assert len(odds.lists) == 16
    assert odds.left_out == ("l16", "l17", "l18", "l19", "l20", "l21")
    assert dict(odds.ranked())[frozenset({"l06", "l07", "l08"})] == 1.0
    few = brute(table(large), 48)
    assert {members: p for members, p in odds.ranked() if members <= {"l06", "l07", "l08", "l09"}} == {
        frozenset(f"l{int(name[1:]) + 6:02}" for name in members): p for members, p in few.items()
    }


def test_lists_that_never_hold_a_seat_cost_nothing() -> None:
    odds = minimal_winning_odds(table([[70] * 3, [50] * 3, *[[0] * 3] * 18]), 61)
    assert (odds.lists, odds.left_out) == (("l00", "l01"), ())
    assert odds.ranked() == [(frozenset({"l00"}), 1.0)]


@pytest.mark.parametrize("majority", [0, -1, 121])
def test_a_majority_outside_the_house(majority: int) -> None:
    with pytest.raises(DrawsError, match=f"{majority} seats asked for"):
        minimal_winning_odds(seat_draws(dirichlet(5, 3), rules()), majority)
