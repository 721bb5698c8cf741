"""The vectorised rule against the exact one, on random and on adversarial votes."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from electoral.apparentement import SurplusAgreement, allocate
from electoral.draws import SeatDraws, ShareDraws, seat_draws, seat_dtype
from electoral.errors import DrawsError, VotesError
from electoral.rules import ElectoralRules, Formula

from .makers import NAMES, SCALE, ballots, dirichlet, exact_draws, formulas, houses, pairings, rules


def assert_same(votes: dict[str, int], own: ElectoralRules, pairs: list[SurplusAgreement], others: int) -> None:
    """The twin's seats are the exact ones, and tied seats go to lists of their ties and to no one else."""
    exact = allocate(votes, own, pairs, others)
    draws = exact_draws(votes, others)
    twin = seat_draws(draws, own, pairs)
    seats = dict(zip(votes, twin.seats[:, 0].tolist(), strict=True))
    assert sum(seats.values()) == own.house_size
    assert tuple(name for name, passes in zip(votes, twin.passes[:, 0], strict=True) if passes) == exact.qualifying
    allowed = {name for tie in exact.ties for name in tie.lists}
    extra = {name: seats[name] - exact.seats[name] for name in votes if seats[name] != exact.seats[name]}
    assert set(extra) <= allowed
    assert all(count > 0 for count in extra.values())


@given(st.data(), ballots(), houses, formulas, st.integers(0, 100), st.booleans())
def test_exact_and_vectorised_agree(
    data: st.DataObject, votes: dict[str, int], house: int, formula: Formula, others: int, stops: bool
) -> None:
    pairs = data.draw(pairings(list(votes)))
    scale = SCALE // (sum(votes.values()) + others)
    scaled = {name: count * scale for name, count in votes.items()}
    top = max(scaled.values())
    # Any threshold somebody reaches, often exactly one list's own share.
    share = data.draw(st.sampled_from([*scaled.values(), top // 2, top // 7]))
    own = ElectoralRules(
        house,
        Fraction(min(share, top, SCALE - 1), SCALE),
        formula,
        stops and not formula.is_largest_remainder,
        exempt=frozenset(data.draw(st.sets(st.sampled_from(list(votes))))),
    )
    assert_same(scaled, own, pairs, SCALE - sum(scaled.values()))


@pytest.mark.parametrize("formula", Formula)
@pytest.mark.parametrize(
    "votes",
    [
        {"a": 1},
        {"a": 1, "b": 1},
        {"a": 1, "b": 1, "c": 1},
        {"a": 2, "b": 1, "c": 0},
        {"a": 60, "b": 30, "c": 20, "d": 10},
        dict.fromkeys("abcdefg", 5),
        {"a": 120, "b": 1},
    ],
)
@pytest.mark.parametrize("house", [1, 2, 3, 7, 60, 120, 121])
def test_ties_and_single_lists(votes: dict[str, int], house: int, formula: Formula) -> None:
    scale = SCALE // sum(votes.values())
    scaled = {name: count * scale for name, count in votes.items()}
    names = list(votes)
    for pairs in ([], [SurplusAgreement(*names[:2])] if len(names) > 1 else []):
        assert_same(scaled, rules(house, "0", formula), pairs, SCALE - sum(scaled.values()))


@pytest.mark.parametrize("valid", [400, 4_000, 4_436_800, 9_999_600])
@pytest.mark.parametrize("percent", ["3.25", "2", "1.5", "5"])
def test_exactly_on_the_threshold_as_a_quotient(valid: int, percent: str) -> None:
    """Shares made by dividing votes, where neither the share nor the threshold is exact in binary."""
    own = rules(120, percent)
    on = valid * own.threshold
    assert on.denominator == 1
    votes = {"a": valid - int(on), "b": int(on)}
    for missing in (0, 1):
        ballot = {"a": votes["a"] + missing, "b": votes["b"] - missing}
        draws = ShareDraws(("a", "b"), np.array([[count / valid] for count in ballot.values()]))
        assert bool(seat_draws(draws, own).passes[1, 0]) == (not missing)


def test_a_void_pair_is_the_list_that_passed() -> None:
    pair = [SurplusAgreement("b", "c")]
    assert_same(
        {"a": SCALE // 2, "b": SCALE // 4, "c": SCALE // 64},
        rules(),
        pair,
        SCALE - (SCALE // 2 + SCALE // 4 + SCALE // 64),
    )


@pytest.mark.parametrize("formula", Formula)
def test_a_realistic_thousand_draws(formula: Formula) -> None:
    draws = dirichlet(1000, 14)
    own, pairs = rules(formula=formula), [SurplusAgreement(*pair) for pair in ("ab", "cd", "ek", "lm")]
    twin = seat_draws(draws, own, pairs)
    for at in range(0, 1000, 20):
        votes = {name: int(share * 2**53) for name, share in zip(draws.lists, draws.shares[:, at], strict=True)}
        exact = allocate(votes, own, pairs, 2**53 - sum(votes.values()))
        assert list(exact.seats.values()) == twin.seats[:, at].tolist()


@pytest.mark.parametrize("formula", Formula)
@pytest.mark.parametrize("pairs", [[], [SurplusAgreement("a", "b")]])
def test_every_split_of_two_lists_at_once(formula: Formula, pairs: list[SurplusAgreement]) -> None:
    """All splits of 154 votes, every kind of tie among them, in one array; a tied seat is the first list's."""
    unit = SCALE // 154
    votes = [{"a": count, "b": 154 - count} for count in range(155)]
    draws = ShareDraws(("a", "b"), np.array([[one[name] * unit / SCALE for one in votes] for name in "ab"]))
    for house in (1, 2, 3, 6):
        own = rules(house, "0", formula)
        exact = [allocate(one, own, pairs) for one in votes]
        first = [one.seats["a"] + sum(tie.seats for tie in one.ties) for one in exact]
        assert seat_draws(draws, own, pairs).seats.tolist() == [first, [house - seats for seats in first]]


@pytest.mark.parametrize("formula", Formula)
def test_of_equal_lists_the_first_have_the_seats(formula: Formula) -> None:
    equal = ShareDraws(tuple(f"l{at:02}" for at in range(40)), np.tile([[1 / 64] * 2, [1 / 128] * 2], (20, 1)))
    seats = seat_draws(equal, rules(7, "0", formula)).seats
    assert seats.tolist() == [[1, 1], [0, 0]] * 7 + [[0, 0]] * 26


@pytest.mark.parametrize("formula", Formula)
def test_the_chunk_size_changes_nothing(formula: Formula) -> None:
    """Nor what else is worked on with a draw: some of them stop a list at half of the house and some do not."""
    shares = np.random.default_rng(4).dirichlet([450, *[43] * 12], 1000).T
    shares[:, ::2] = shares[::-1, ::2]
    stops = not formula.is_largest_remainder
    draws, own = ShareDraws(NAMES[:13], shares), ElectoralRules(10, Fraction(1, 30), formula, stops)
    pairs = [SurplusAgreement("b", "e")]
    first = seat_draws(draws, own, pairs)
    if stops:
        free = seat_draws(draws, replace(own, stops_at_half=False), pairs)
        assert 50 < (first.seats != free.seats).any(axis=0).sum() < 950
    for chunk in (1, 7, 999):
        second = seat_draws(draws, own, pairs, chunk)
        assert np.array_equal(first.seats, second.seats)
        assert np.array_equal(first.passes, second.passes)


@pytest.mark.parametrize(("house", "kind"), [(120, "uint8"), (255, "uint8"), (256, "uint16"), (70_000, "uint32")])
def test_the_seat_type_holds_the_house(house: int, kind: str) -> None:
    assert seat_dtype(house) == kind
    seats = seat_draws(ShareDraws(("a",), np.array([[0.9]])), rules(house)).seats
    assert seats.dtype == kind
    assert seats.tolist() == [[house]]


def test_a_draw_in_which_nobody_qualifies_is_named() -> None:
    shares = np.full((2, 20_000), 0.4)
    shares[:, 12_345] = 0.01
    with pytest.raises(DrawsError, match="draw 12345: no list reaches"):
        seat_draws(ShareDraws(("a", "b"), shares), rules())


def test_an_agreement_with_a_stranger_is_refused() -> None:
    with pytest.raises(VotesError, match="no such list as 'x'"):
        seat_draws(dirichlet(10, 3), rules(), [SurplusAgreement("a", "x")])


def test_draws_are_read_only() -> None:
    draws = dirichlet(10, 3)
    seats = seat_draws(draws, rules())
    for array in (draws.shares, seats.seats, seats.passes):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 0


def test_draws_have_the_types_they_say() -> None:
    draws = ShareDraws(("a", "b"), np.array([[1, 0], [0, 1]]))  # whole numbers
    assert draws.shares.dtype == np.float64
    assert seat_draws(draws, rules()).passes.dtype == np.bool_


def test_seat_draws_refuse_shapes_that_differ() -> None:
    with pytest.raises(DrawsError, match="give the shape of seats"):
        SeatDraws(("a",), np.ones((1, 2), np.uint8), np.ones((1, 3), np.bool_))
    for shape in [(1, 0), (1,), (2, 1), (0, 1), (1, 1, 1)]:
        with pytest.raises(DrawsError, match=r"give \(1 lists, at least 1 draw\)"):
            SeatDraws(("a",), np.ones(shape, np.uint8), np.ones(shape, np.bool_))


def test_a_stopped_list_claims_nothing_in_a_tie() -> None:
    """One list at half of the house is out; the five others tie for the last seat (found by search)."""
    unit = SCALE // 20
    votes = dict.fromkeys("abcde", 2 * unit) | {"f": 10 * unit}
    own = ElectoralRules(82, Fraction(0), Formula.DHONDT, stops_at_half=True)
    assert_same(votes, own, [], SCALE - 20 * unit)
