"""Winning and blocking sets, stated positions, the confidence vote; alone and over draws."""

from datetime import date
from itertools import combinations

import numpy as np
import pytest

from electoral.coalition_odds import (
    blocking_odds,
    free_sets,
    government_odds,
    in_the_way,
    majority_odds,
    minimal_blocking_odds,
    minimal_winning_odds,
    p_confidence,
    p_in_every_government,
    p_majority_given,
    p_some_government,
)
from electoral.coalitions import (
    ConfidenceVote,
    Position,
    Roles,
    Stance,
    confidence_vote,
    conflicts,
    minimal_blocking,
    minimal_winning,
)
from electoral.draws import SeatDraws, seat_draws
from electoral.errors import DrawsError, VotesError
from electoral.power import power_draws
from electoral.projection import p_majority

from .makers import NAMES, dirichlet, rules, seat_table


def position(name: str, *rules_out: str, scope: str = "government") -> Position:
    return Position(name, rules_out, scope, None, "never", False, "a newspaper", date(2019, 8, 1))


def every_set(names: tuple[str, ...]) -> list[frozenset[str]]:
    return [frozenset(chosen) for size in range(len(names) + 1) for chosen in combinations(names, size)]


@pytest.fixture(scope="module")
def draws() -> SeatDraws:
    return seat_draws(dirichlet(700, 8), rules())


def brute(draws: SeatDraws, majority: int, minimal: bool) -> dict[frozenset[str], float]:
    found = {}
    for members in every_set(draws.lists):
        rows = [draws.lists.index(name) for name in members]
        hits = 0
        for column in draws.seats.T.astype(int):
            total = sum(column[row] for row in rows)
            wins = total >= majority and bool(rows)
            hits += wins and (not minimal or all(total - column[row] < majority for row in rows))
        found[members] = hits / draws.draws
    return found


def test_minimal_winning_by_hand() -> None:
    seats = {"a": 35, "b": 33, "c": 13, "d": 9, "e": 0}
    assert set(minimal_winning(seats, 46)) == {frozenset("ab"), frozenset("ac"), frozenset("bc")}
    assert set(minimal_blocking(seats, 46)) == set(minimal_winning(seats, 90 - 46 + 1))
    assert minimal_winning(seats, 91) == []


@pytest.mark.parametrize("minimal", [False, True])
def test_all_sets_against_brute_force(draws: SeatDraws, minimal: bool) -> None:
    odds = (minimal_winning_odds if minimal else majority_odds)(draws, 61)
    expected = brute(draws, 61, minimal)
    assert {members: odds.of(members) for members in expected} == pytest.approx(expected)
    ranked = odds.ranked(0.1)
    assert [p for _, p in ranked] == sorted((p for p in expected.values() if p >= 0.1), reverse=True)


def test_blocking_is_the_complement_not_winning(draws: SeatDraws) -> None:
    wins, blocks = majority_odds(draws, 61), blocking_odds(draws, 61)
    for members in every_set(draws.lists)[1:]:
        assert blocks.of(members) == pytest.approx(1 - wins.of(set(draws.lists) - members))
    assert sum(p for _, p in minimal_blocking_odds(draws, 61).ranked()) > 0


def test_a_set_agrees_with_the_projection(draws: SeatDraws) -> None:
    odds = majority_odds(draws, 61)
    assert odds.of("abc") == pytest.approx(p_majority(draws, "abc", 61))
    assert odds.of([]) == 0


@pytest.mark.parametrize("house", [7, 120, 127, 128, 200, 400])
def test_houses_of_every_width(house: int) -> None:
    draws = seat_draws(dirichlet(50, 5), rules(house))
    odds, expected = minimal_winning_odds(draws, house // 2 + 1), brute(draws, house // 2 + 1, True)
    assert {members: odds.of(members) for members in expected} == pytest.approx(expected)


def test_more_than_twelve_lists_use_the_first_draws_and_say_so() -> None:
    draws = seat_draws(dirichlet(20_500, 13), rules(threshold_pct="0.1"))
    odds = majority_odds(draws, 61)
    assert (odds.players.draws, odds.players.all_draws) == (20_000, 20_500)
    first = SeatDraws(draws.lists, draws.seats[:, :20_000], draws.passes[:, :20_000])
    assert odds.of("abc") == pytest.approx(p_majority(first, "abc", 61))


def test_more_than_sixteen_lists_with_seats_are_refused() -> None:
    seats = np.ones((17, 3), np.uint8)
    with pytest.raises(DrawsError, match="17 lists hold seats"):
        majority_odds(SeatDraws(tuple(f"l{at}" for at in range(17)), seats, seats > 0), 9)


def test_lists_that_never_hold_a_seat_cost_nothing() -> None:
    seats = np.zeros((20, 3), np.uint8)
    seats[:2] = [[70], [50]]
    odds = majority_odds(SeatDraws(tuple(f"l{at}" for at in range(20)), seats, seats > 0), 61)
    assert odds.players.lists == ("l0", "l1")
    assert odds.of(["l0", "l7"]) == 1


def test_given_that_a_list_passes_or_fails() -> None:
    table = seat_table([{"a": 6, "b": 4, "c": 0}, {"a": 5, "b": 4, "c": 1}, {"a": 6, "b": 3, "c": 1}])
    given = p_majority_given(table, ["a"], 6, passing=["c"])
    assert (given.probability, given.draws) == (0.5, 2)
    given = p_majority_given(table, ["a"], 6, failing=["c"])
    assert (given.probability, given.draws) == (1.0, 1)
    given = p_majority_given(table, ["a"], 6, failing=["a"])
    assert (given.probability, given.draws) == (None, 0)


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
    for _ in range(30):
        words = [position(NAMES[a], NAMES[b]) for a, b in rng.integers(0, 7, (6, 2))]
        free = [members for members in every_set(NAMES[:7]) if not conflicts(members, words)]
        largest = {members for members in free if not any(members < other for other in free)}
        assert set(free_sets(NAMES[:7], words)) == largest


def test_what_stands_in_the_way() -> None:
    table = seat_table([{"a": 5, "b": 3, "c": 2}, {"a": 4, "b": 4, "c": 2}])
    ab, bc = position("a", "b"), position("b", "c")
    assert p_some_government(table, 6, [ab, bc]) == 1.0  # a with c
    ac = position("c", "a")
    assert p_some_government(table, 6, [ab, bc, ac]) == 0.0
    freed = in_the_way(table, 6, [ab, bc, ac])
    assert [(word.list, p) for word, p in freed] == [("a", 1.0), ("c", 1.0), ("b", 0.5)]
    odds = government_odds(table, {"a", "b"}, 6, [ab])
    assert (odds.p_majority, odds.p_without_conflict, odds.broken) == (1.0, 0.0, (ab,))
    assert government_odds(table, {"a", "c"}, 6, [ab]).p_without_conflict == 1.0


def test_pivotal_to_every_winning_set() -> None:
    table = seat_table([{"a": 6, "b": 3, "c": 1}, {"a": 5, "b": 3, "c": 2}])
    assert p_in_every_government(table, 6) == {"a": 1.0, "b": 0.0, "c": 0.0}
    with_words = p_in_every_government(table, 6, [position("a", "c")])
    assert with_words == {"a": 1.0, "b": 0.5, "c": 0.0}


def test_13_june_2021() -> None:
    """The thirty-sixth government: 60 for, 59 against, one abstention of the 120."""
    seats = {
        "likud": 30, "yesh-atid": 17, "shas": 9, "blue-and-white": 8, "yamina": 7, "labor": 7, "utj": 7,
        "yisrael-beiteinu": 7, "religious-zionist": 6, "joint-list": 6, "new-hope": 6, "meretz": 6, "raam": 4,
    }  # fmt: skip
    government = frozenset(
        {"yesh-atid", "blue-and-white", "yamina", "labor", "yisrael-beiteinu", "new-hope", "meretz", "raam"}
    )
    vote = confidence_vote(seats, Roles(government), {("yamina", Stance.AGAINST): 1, ("raam", Stance.ABSTAIN): 1})
    assert vote == ConfidenceVote(60, 59, 1, 0)
    assert vote.is_carried


def test_a_tied_confidence_vote_fails() -> None:
    vote = confidence_vote({"a": 60, "b": 60}, Roles(frozenset({"a"})))
    assert not vote.is_carried
    vote = confidence_vote({"a": 50, "b": 20, "c": 50}, Roles(frozenset({"a"}), abstain=frozenset({"b"})))
    assert not vote.is_carried


def test_roles_and_rebels_that_cannot_be() -> None:
    with pytest.raises(VotesError, match="a in two roles"):
        Roles(frozenset({"a"}), support=frozenset({"a"}))
    with pytest.raises(VotesError, match="x has a role and no seats"):
        confidence_vote({"a": 1}, Roles(frozenset({"x"})))
    with pytest.raises(VotesError, match="5 members of 'a' break ranks: it has 4"):
        confidence_vote({"a": 4}, Roles(frozenset()), {("a", Stance.FOR): 5})


def test_confidence_over_draws() -> None:
    table = seat_table([{"a": 5, "b": 3, "c": 2}, {"a": 4, "b": 5, "c": 1}, {"a": 4, "b": 4, "c": 2}])
    assert p_confidence(table, Roles(frozenset("a"), abstain=frozenset("c"))) == pytest.approx(1 / 3)
    assert p_confidence(table, Roles(frozenset("a"), support=frozenset("c"))) == pytest.approx(2 / 3)


@pytest.mark.parametrize("majority", [0, -1, 121])
def test_a_majority_outside_the_house(draws: SeatDraws, majority: int) -> None:
    for odds in (majority_odds, minimal_winning_odds, power_draws):
        with pytest.raises(DrawsError, match=f"{majority} seats asked for"):
            odds(draws, majority)
