"""Winning and blocking sets and stated positions; alone and over draws."""

from datetime import date
from itertools import combinations
from math import comb
from unittest.mock import Mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from electoral import coalition_odds
from electoral.coalition_odds import free_sets, government_odds, p_majority_given, p_some_government, winning_sets
from electoral.coalitions import Position, conflicts, count_minimal_winning, minimal_blocking, minimal_winning
from electoral.errors import VotesError
from electoral.investiture import Roles

from .makers import NAMES, rules, seat_table


def position(name: str, *rules_out: str, scope: str = "government") -> Position:
    return Position(name, rules_out, scope, None, "never", False, "a newspaper", date(2019, 8, 1))


def every_set(names: tuple[str, ...]) -> list[frozenset[str]]:
    return [frozenset(chosen) for size in range(len(names) + 1) for chosen in combinations(names, size)]


def test_minimal_winning_by_hand() -> None:
    seats = {"a": 35, "b": 33, "c": 13, "d": 9, "e": 0}
    assert set(minimal_winning(seats, 46)) == {frozenset("ab"), frozenset("ac"), frozenset("bc")}
    assert set(minimal_blocking(seats, 46)) == set(minimal_winning(seats, 90 - 46 + 1))
    assert minimal_winning(seats, 91) == []


def brute_minimal(seats: dict[str, int], majority: int) -> set[frozenset[str]]:
    totals = {members: sum(seats[name] for name in members) for members in every_set(tuple(seats))}
    return {
        members
        for members, total in totals.items()
        if total >= majority and all(total - seats[name] < majority for name in members)
    }


@given(st.lists(st.integers(0, 12), min_size=1, max_size=8).filter(any), st.integers(1, 100))
def test_minimal_sets_and_their_number_against_brute_force(counts: list[int], majority: int) -> None:
    seats = dict(zip(NAMES, counts, strict=False))
    sets = minimal_winning(seats, majority)
    assert set(sets) == brute_minimal(seats, majority)
    assert len(sets) == len(set(sets)) == count_minimal_winning(seats, majority)
    totals = [sum(seats[name] for name in members) for members in sets]
    assert totals == sorted(totals)
    left = {members: sum(seats.values()) - sum(seats[name] for name in members) for members in every_set(tuple(seats))}
    blocking = {one for one, rest in left.items() if rest < majority <= rest + min((seats[n] for n in one), default=0)}
    if majority <= sum(seats.values()):
        assert set(minimal_blocking(seats, majority)) == blocking


@pytest.mark.parametrize("most", [0, 1, 4, 99])
def test_winning_sets_are_judged_once_each_and_none_larger_than_are_given(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = np.random.default_rng(0).multinomial(30, [0.3, 0.25, 0.2, 0.15, 0.1], size=200)
    draws = seat_table([dict(zip(NAMES, column.tolist(), strict=False)) for column in columns])
    seats = {"a": 9, "b": 8, "c": 6, "d": 4, "e": 3}
    every = []
    for members in brute_minimal(seats, 16):
        together = sum(draws.row(name).astype(int) for name in members)
        order = sorted(members, key=lambda name: -seats[name])
        every.append((len(members), -float(np.mean(together >= 16)), order, float(np.sort(together)[99])))
    every.sort()
    judged = Mock(wraps=coalition_odds.bloc_seats)
    monkeypatch.setattr(coalition_odds, "bloc_seats", judged)
    sets = winning_sets(draws, seats, 16, most)
    assert [(len(row.lists), -row.p_majority, row.lists, row.seats_median) for row in sets] == every[:most]
    largest = every[: max(most, 1)][-1][0]
    assert judged.call_count == sum(size <= largest for size, *_ in every)


def test_of_too_many_sets_those_with_the_fewest_lists_are_given() -> None:
    seats = {f"large {at}": 9 for at in range(3)} | {f"l{at:02}": 3 for at in range(40)}
    # Large lists and small ones hold 75 together: a large one stands for three small ones.
    assert count_minimal_winning(seats, 74) == sum(comb(3, at) * comb(40, 25 - 3 * at) for at in range(4))
    few = minimal_winning(seats, 74, most=50)
    assert len(few) == 50
    assert {len(members) for members in few} == {19}
    assert minimal_blocking(seats, 74, most=50) == minimal_winning(seats, 147 - 74 + 1, most=50)


@pytest.mark.parametrize("majority", [0, -3])
def test_a_majority_of_nothing_is_refused(majority: int) -> None:
    for function in (minimal_winning, count_minimal_winning):
        with pytest.raises(VotesError, match=f"majority {majority}: give at least 1 seat"):
            function({"a": 1}, majority)


def test_given_that_a_list_passes_or_fails() -> None:
    table = seat_table([{"a": 6, "b": 4, "c": 0}, {"a": 5, "b": 4, "c": 1}, {"a": 6, "b": 3, "c": 1}])
    odds = p_majority_given(table, ["a"], 6, passing=["c"])
    assert (odds.probability, odds.draws) == (0.5, 2)
    odds = p_majority_given(table, ["a"], 6, failing=["c"])
    assert (odds.probability, odds.draws) == (1.0, 1)
    odds = p_majority_given(table, ["a"], 6, failing=["a"])
    assert (odds.probability, odds.draws) == (None, 0)
    table = seat_table([{"a": a, "b": b, "c": 9 - a - b} for a in (0, 4) for b in (0, 5)])
    assert [
        p_majority_given(table, "c", 4, *conditions).draws
        for conditions in [("ab", ""), ("ba", ""), ("", "ab"), ("", "ba"), ("a", "b"), ("ac", "b")]
    ] == [1, 1, 1, 1, 1, 1]


def test_positions_in_government_only() -> None:
    word = position("a", "b", "c")
    assert conflicts({"a", "b"}, [word]) == [word]
    assert conflicts({"b", "c"}, [word]) == []
    assert conflicts({"a"}, [word], support={"b"}) == []
    assert conflicts({"b"}, [word], support={"a"}) == []


def test_positions_on_outside_support_too() -> None:
    word = position("a", "b", scope="government+support")
    assert conflicts({"a"}, [word], support={"b"}) == [word]
    assert conflicts({"b"}, [word], support={"a"}) == [word]
    assert conflicts({"c"}, [word], support={"a", "b"}) == []


def test_a_position_that_names_nobody_breaks_nothing() -> None:
    assert conflicts({"a", "b"}, [position("a")]) == []
    assert conflicts({"a", "b"}, [position("a", "a")]) == []


def test_free_sets_are_the_largest_without_conflict() -> None:
    words = [position("a", "b"), position("c", "a"), position("d", "x")]
    assert set(free_sets("abcd", words)) == {frozenset("ad"), frozenset("bcd")}
    assert free_sets("abc", []) == [frozenset("abc")]


def test_free_sets_against_brute_force() -> None:
    rng = np.random.default_rng(5)
    for count in range(30):
        words = [position(NAMES[a], NAMES[b]) for a, b in rng.integers(0, 7, (count, 2))]
        free = [members for members in every_set(NAMES[:7]) if not conflicts(members, words)]
        largest = {members for members in free if not any(members < other for other in free)}
        assert free_sets(NAMES[:7], words) == sorted(largest, key=lambda members: (-len(members), sorted(members)))


def test_a_government_without_a_conflict() -> None:
    table = seat_table([{"a": 5, "b": 3, "c": 2}, {"a": 4, "b": 4, "c": 2}])
    ab, bc = position("a", "b"), position("b", "c")
    assert p_some_government(table, 6, [ab, bc]) == 1.0  # a with c
    ac = position("c", "a")
    assert p_some_government(table, 6, [ab, bc, ac]) == 0.0
    odds = government_odds(table, Roles(frozenset("ab")), rules(10), [ab, bc])
    assert (odds.p_majority, odds.conflicts) == (1.0, (ab,))
    ac = position("c", "a", scope="government+support")
    odds = government_odds(table, Roles(frozenset("a"), support=frozenset("bc")), rules(10), [ab, ac])
    assert odds.conflicts == (ac,)
