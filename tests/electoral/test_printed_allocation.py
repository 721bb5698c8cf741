"""The printed allocation: the least expected error of all, whole, and the same on another night's draws."""

from collections.abc import Iterator
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from electoral.apparentement import SurplusAgreement
from electoral.draws import SeatDraws, ShareDraws, seat_draws
from electoral.errors import DrawsError
from electoral.lists import Bloc
from electoral.printed_allocation import printed_allocation

from .makers import NAMES, rules, seat_table

BLOCS = [Bloc("left", ("a", "c", "h", "i", "j")), Bloc("right", ("b", "d", "e", "f"))]


@st.composite
def small_draws(draw: st.DrawFn) -> SeatDraws:
    """A few draws of a small house, by weights so small that equal errors are common."""
    house, lists = draw(st.integers(1, 7)), draw(st.integers(1, 4))
    columns = []
    for _ in range(draw(st.integers(1, 5))):
        cuts = sorted(draw(st.lists(st.integers(0, house), min_size=lists - 1, max_size=lists - 1)))
        columns.append(np.diff([0, *cuts, house]))
    names = draw(st.permutations(NAMES[:lists]))
    seats = np.array(columns, np.uint8).T
    return SeatDraws(tuple(names), np.ascontiguousarray(seats), seats > 0)


@st.composite
def some_blocs(draw: st.DrawFn, names: tuple[str, ...]) -> list[Bloc]:
    camps = {name: draw(st.integers(0, 2)) for name in names}
    return [Bloc(f"bloc {camp}", tuple(name for name in names if camps[name] == camp)) for camp in (1, 2)]


def houses(lists: int, size: int) -> Iterator[tuple[int, ...]]:
    return (seats for seats in product(range(size + 1), repeat=lists) if sum(seats) == size)


def error(draws: SeatDraws, blocs: list[Bloc], seats: dict[str, int]) -> int:
    """The sum to be minimised, times the number of draws, by its definition."""
    of_lists = sum(int(abs(draws.row(name).astype(int) - count).sum()) for name, count in seats.items())
    of_blocs = 0
    for bloc in blocs:
        drawn = sum((draws.row(name).astype(int) for name in bloc.lists), np.zeros(draws.draws, int))
        of_blocs += int(abs(drawn - sum(seats[name] for name in bloc.lists)).sum())
    return of_lists + of_blocs


@given(st.data(), small_draws())
def test_no_whole_house_has_a_smaller_error(data: st.DataObject, draws: SeatDraws) -> None:
    blocs = data.draw(some_blocs(draws.lists))
    size = int(draws.seats[:, 0].sum())
    often = {name: 2 * np.count_nonzero(draws.row(name)) >= draws.draws for name in draws.lists}
    every = [dict(zip(draws.lists, seats, strict=True)) for seats in houses(len(draws.lists), size)]
    allowed = [seats for seats in every if all((count > 0) == often[name] for name, count in seats.items())]
    order = sorted(draws.lists, key=lambda name: (-int(draws.row(name).sum(dtype=int)), name))
    best = min(allowed or every, key=lambda seats: (error(draws, blocs, seats), [-seats[name] for name in order]))
    printed = printed_allocation(draws, blocs)
    assert printed.seats == best


@given(st.data(), small_draws())
def test_the_house_is_whole_and_blocs_are_the_sums_of_their_lists(data: st.DataObject, draws: SeatDraws) -> None:
    blocs = data.draw(some_blocs(draws.lists))
    printed = printed_allocation(draws, blocs)
    assert sum(printed.seats.values()) == int(draws.seats[:, 0].sum())
    assert printed.blocs == {bloc.id: sum(printed.seats[name] for name in bloc.lists) for bloc in blocs}


def elections(seed: int, draws: int = 100_000) -> SeatDraws:
    """Draws of the size of a real night: fourteen lists, agreements, some near the threshold, others left over."""
    rng = np.random.default_rng(seed)
    weights = 3 * np.array([28, 25, 9, 8, 7.5, 6, 5, 4.5, 4.5, 4, 3.7, 3.5, 3, 2, 1.5])
    shares = np.ascontiguousarray(rng.dirichlet(weights, draws).T[:14])
    return seat_draws(ShareDraws(NAMES[:14], shares), rules(), [SurplusAgreement(*pair) for pair in ("ad", "be", "ch")])


def test_another_seed_changes_at_most_two_seats() -> None:
    printed = [printed_allocation(elections(seed), BLOCS).seats for seed in range(4)]
    for one, other in pairwise(printed):
        assert sum(abs(one[name] - other[name]) for name in one) <= 2
    assert sum(count > 0 for count in printed[0].values()) < 14


def least_by_tables(draws: SeatDraws, blocs: list[Bloc], size: int) -> int:
    """The smallest error by dynamic programming: tables over a bloc's seats, then over the house."""
    free = [name for name in draws.lists if not any(name in bloc.lists for bloc in blocs)]
    house = np.array([0, *[np.inf] * size])
    for bloc in [*blocs, *(Bloc(name, (name,)) for name in free)]:
        table = np.array([0, *[np.inf] * size])
        for name in bloc.lists:
            row = draws.row(name).astype(int)
            often = 2 * np.count_nonzero(row) >= draws.draws
            own = [np.abs(row - count).sum() if (count > 0) == often else np.inf for count in range(size + 1)]
            table = np.array([min(table[k] + own[total - k] for k in range(total + 1)) for total in range(size + 1)])
        if bloc in blocs:
            drawn = draws.seats[[draws.lists.index(name) for name in bloc.lists]].sum(axis=0, dtype=int)
            table += np.array([np.abs(drawn - total).sum() for total in range(size + 1)])
        house = np.array([min(house[k] + table[total - k] for k in range(total + 1)) for total in range(size + 1)])
    return int(house[size])


@pytest.mark.parametrize("blocs", [BLOCS, []])
def test_a_whole_house_against_dynamic_programming(blocs: list[Bloc]) -> None:
    draws = elections(9, draws=2_000)
    printed = printed_allocation(draws, blocs)
    assert error(draws, blocs, dict(printed.seats)) == least_by_tables(draws, blocs, 120)


def test_where_nobody_holds_a_seat_in_half_of_the_draws_the_rule_is_left_out() -> None:
    printed = printed_allocation(
        seat_table([{"a": 3, "b": 0, "c": 0}, {"a": 0, "b": 3, "c": 0}, {"a": 0, "b": 0, "c": 3}])
    )
    assert sum(printed.seats.values()) == 3


def test_where_more_lists_hold_seats_than_there_are_the_rule_is_left_out() -> None:
    printed = printed_allocation(seat_table([{"a": 1, "b": 0, "c": 0}, {"a": 0, "b": 1, "c": 0}]))
    assert printed.seats == {"a": 1, "b": 0, "c": 0}


def test_equal_errors_go_to_the_larger_mean_and_then_by_id() -> None:
    columns = [{"z": 5, "b": 4, "a": 1}, {"z": 4, "b": 4, "a": 2}]
    assert printed_allocation(seat_table(columns)).seats == {"z": 5, "b": 4, "a": 1}
    columns = [{"z": 4, "b": 5}, {"z": 5, "b": 4}]
    assert printed_allocation(seat_table(columns)).seats == {"z": 4, "b": 5}


def test_blocs_that_share_a_list_or_name_a_stranger_are_refused() -> None:
    table = seat_table([{"a": 3, "b": 2}])
    with pytest.raises(DrawsError, match="list 'a' in the blocs 'x' and 'y': give it one"):
        printed_allocation(table, [Bloc("x", ("a",)), Bloc("y", ("b", "a"))])
    with pytest.raises(DrawsError, match="no list 'c'"):
        printed_allocation(table, [Bloc("x", ("c",))])
