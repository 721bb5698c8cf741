"""From one poll's printed seats and percentages to vote shares."""

from dataclasses import replace
from datetime import date
from itertools import pairwise
from math import isclose

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from electoral.draws import SUM_SLACK, ShareDraws
from electoral.errors import DrawsError, VotesError
from electoral.lists import ElectoralList, ListKind
from electoral.polls import Fieldwork, Poll, PollKind, ReportedValue, Status
from electoral.shares import Contest, Derivation, check_shares, derive, printed_share, shares_from_poll

from .makers import NAMES, rules

BELOW = 0.55 * 0.0325

OTHERS_SHARE = 0.011


def seats(name: str, count: float, pct: str | None = None) -> ReportedValue:
    return ReportedValue(name, name, Status.SEATS, count, pct)


def below(name: str, pct: str | None = None) -> ReportedValue:
    return ReportedValue(name, name, Status.BELOW_THRESHOLD, None, pct)


def not_asked(name: str) -> ReportedValue:
    return ReportedValue(name, name, Status.NOT_ASKED, None, None)


FULL = [seats("a", 35), seats("b", 34), seats("c", 20), seats("d", 15), seats("e", 12), seats("f", 4)]


def test_by_hand() -> None:
    derived = shares_from_poll(
        [*FULL, below("g", "2.9"), below("h"), not_asked("i")], rules(), others_share=OTHERS_SHARE
    )
    mass = 1 - 0.011 - 0.029 - BELOW
    per_seat = mass / (120 + 3)
    small = (4 * per_seat + 5 * per_seat) / 2 if 4 * per_seat > 0.0325 else (0.0325 + 5 * per_seat) / 2
    assert isclose(derived["f"].share, small)
    assert isclose(derived["a"].share, (mass - small) * 35.5 / (116 + 2.5))
    assert isclose(derived["h"].share, BELOW)
    assert derived["g"].share == 0.029
    assert "i" not in derived
    assert [derived[name].derivation for name in "aafgh"[1:]] == [
        Derivation.SEATS_PROPORTIONAL,
        Derivation.SEATS_MIDPOINT,
        Derivation.PUBLISHED_PCT,
        Derivation.BELOW_ASSUMED,
    ]
    assert isclose(sum(one.share for one in derived.values()), 1 - OTHERS_SHARE)


def test_zero_seats_without_a_percentage_is_under_the_threshold() -> None:
    derived = shares_from_poll([*FULL, seats("g", 0)], rules(), others_share=OTHERS_SHARE)
    assert derived["g"].derivation is Derivation.BELOW_ASSUMED


def test_a_missing_column_inflates_nobody() -> None:
    whole = shares_from_poll(FULL, rules(), others_share=OTHERS_SHARE)
    partial = shares_from_poll([value for value in FULL if value.list != "b"], rules(), others_share=OTHERS_SHARE)
    assert "b" not in partial
    for name in "acdef":
        assert isclose(partial[name].share, whole[name].share, rel_tol=1e-9)


@pytest.mark.parametrize("under", [below("g", "2.9"), seats("g", 0, "2.9"), below("g"), seats("g", 0)])
def test_a_list_under_the_threshold_takes_no_seat_of_a_missing_column(under: ReportedValue) -> None:
    whole = shares_from_poll([*FULL, under], rules(), others_share=OTHERS_SHARE)
    partial = shares_from_poll([*FULL[1:], under], rules(), others_share=OTHERS_SHARE)
    for name in "bcdefg":
        assert isclose(partial[name].share, whole[name].share, rel_tol=1e-9)


@pytest.mark.parametrize("missing", [0.5, 1, 2])
def test_the_fewest_missing_seats_are_one_list_more(missing: float) -> None:
    """The votes of one seat are the house's plus half a seat for each of seven lists."""
    derived = shares_from_poll([seats("a", 35 - missing), *FULL[1:]], rules())
    small = max((4 + 5) / 2 / (120 + 7 / 2), (0.0325 + 5 / (120 + 7 / 2)) / 2)
    assert isclose(derived["f"].share, small)
    weight = (35.5 - missing) + 34.5 + 20.5 + 15.5 + 12.5 + (missing + 0.5)
    assert isclose(derived["b"].share, (1 - small) * 34.5 / weight)


def test_without_others_the_lists_share_all_votes() -> None:
    assert isclose(sum(one.share for one in shares_from_poll(FULL, rules()).values()), 1)


def test_too_many_seats_only_scale() -> None:
    derived = shares_from_poll([*FULL, seats("g", 5)], rules(), others_share=OTHERS_SHARE)
    assert isclose(sum(one.share for one in derived.values()), 1 - OTHERS_SHARE)


def test_a_percentage_beside_seats_is_used_as_it_is() -> None:
    derived = shares_from_poll([seats("a", 35, "28.4"), *FULL[1:]], rules(), others_share=OTHERS_SHARE)
    assert derived["a"] == printed_share("28.4")
    assert isclose(sum(one.share for one in derived.values()), 1 - OTHERS_SHARE)


def test_a_printed_residual_takes_the_place_of_the_assumed_one() -> None:
    derived = shares_from_poll([*FULL, below("rest", "3.0")], rules(), frozenset({"rest"}), OTHERS_SHARE)
    assert derived["rest"].share == 0.03
    assert isclose(sum(one.share for one in derived.values()), 1)
    derived = shares_from_poll([*FULL[:-1], seats("rest", 4)], rules(), frozenset({"rest"}), OTHERS_SHARE)
    assert isclose(sum(one.share for one in derived.values()), 1)


def test_another_house_and_threshold_have_their_own_small_lists() -> None:
    derived = shares_from_poll(
        [seats("a", 60), seats("b", 37), seats("c", 3)], rules(100, "2"), others_share=OTHERS_SHARE
    )
    assert derived["c"].derivation is Derivation.SEATS_PROPORTIONAL
    derived = shares_from_poll(
        [seats("a", 60), seats("b", 57), seats("c", 3)], rules(120, "2"), others_share=OTHERS_SHARE
    )
    assert derived["c"].derivation is Derivation.SEATS_MIDPOINT


@pytest.mark.parametrize(
    ("text", "share"), [("2.9", 0.029), ("2.9%", 0.029), ("<1", 0.0055), ("1.7-2.1", 0.019), ("1.7–2.1", 0.019)]
)
def test_printed_percentages(text: str, share: float) -> None:
    assert isclose(printed_share(text).share, share)


@pytest.mark.parametrize("text", ["-1", "2,9", "nan", "1_0", "٣", "about 2", "", "101", ">3", "1e1"])
def test_percentages_nobody_prints_are_refused(text: str) -> None:
    with pytest.raises(VotesError, match="percentage"):
        printed_share(text)


def test_percentages_for_every_list() -> None:
    derived = shares_from_poll([seats("a", 70, "60.3"), seats("b", 50, "<39.9")], rules(), others_share=OTHERS_SHARE)
    assert {name: one.derivation for name, one in derived.items()} == {
        "a": Derivation.PUBLISHED_PCT,
        "b": Derivation.BELOW_BOUND,
    }
    derived = shares_from_poll([seats("a", 70, "60.3"), seats("b", 50, "39.9")], rules(), others_share=OTHERS_SHARE)
    assert isclose(sum(one.share for one in derived.values()), 1)
    with pytest.raises(VotesError, match="add up to 140"):
        shares_from_poll([seats("a", 70, "70"), seats("b", 50, "70")], rules(), others_share=OTHERS_SHARE)


def test_a_list_twice_or_seats_below_zero_are_refused() -> None:
    with pytest.raises(VotesError, match="'a' twice"):
        shares_from_poll([seats("a", 60), seats("a", 60)], rules(), others_share=OTHERS_SHARE)
    with pytest.raises(VotesError, match="seats -3"):
        shares_from_poll([seats("a", -3)], rules(), others_share=OTHERS_SHARE)
    with pytest.raises(VotesError, match="leave nothing"):
        shares_from_poll([below("a", "99.5"), seats("b", 60)], rules(), others_share=OTHERS_SHARE)


cells = st.one_of(
    st.tuples(st.just(Status.SEATS), st.integers(0, 60).map(float), st.none()),
    st.tuples(st.just(Status.BELOW_THRESHOLD), st.none(), st.sampled_from([None, "0.4", "2.9", "<1", "1.7-2.1"])),
    st.tuples(st.just(Status.NOT_ASKED), st.none(), st.none()),
)


@given(st.lists(cells, max_size=12), st.sampled_from(["2", "3.25", "5"]))
def test_shares_never_exceed_the_votes(table: list[tuple[Status, float | None, str | None]], pct: str) -> None:
    values = [ReportedValue(NAMES[at], NAMES[at], *cell) for at, cell in enumerate(table)]
    derived = shares_from_poll(values, rules(120, pct), others_share=OTHERS_SHARE)
    assert derived.keys() == {value.list for value in values if value.status is not Status.NOT_ASKED}
    assert all(one.share >= 0 for one in derived.values())
    assert sum(one.share for one in derived.values()) + OTHERS_SHARE <= 1 + 1e-9


@given(st.lists(st.integers(4, 60), min_size=3, max_size=8))
@example([4, 5, 6, 54, 59, 60])  # far more than a house: what is left for the small ones is not enough
def test_more_seats_never_mean_a_smaller_share(counts: list[int]) -> None:
    derived = shares_from_poll(
        [seats(NAMES[at], count) for at, count in enumerate(counts)], rules(), others_share=OTHERS_SHARE
    )
    order = sorted(range(len(counts)), key=counts.__getitem__)
    ranked = [derived[NAMES[at]].share for at in order]
    assert all(low <= high + 1e-12 for low, high in pairwise(ranked))


CONTEST = Contest(
    {
        name: ElectoralList(name, kind, frozenset({name}))
        for name, kind in [
            *((value.list, ListKind.BALLOT) for value in FULL),
            ("rest", ListKind.RESIDUAL),
            ("undecided", ListKind.UNDECIDED),
        ]
    },
    (),
    rules(),
    OTHERS_SHARE,
    600,
)
POLL = Poll("p", "e", PollKind.POLL, "firm", None, Fieldwork(None, date(2026, 9, 10)), None, 600, tuple(FULL), "test")


def test_a_poll_leaves_the_votes_of_others_that_it_does_not_print() -> None:
    assert CONTEST.residual == {"rest"}
    assert derive(POLL, CONTEST) == shares_from_poll(FULL, rules(), others_share=OTHERS_SHARE)
    assert isclose(sum(one.share for one in derive(POLL, CONTEST).values()), 1 - OTHERS_SHARE)
    printed = replace(POLL, values=(*FULL, below("rest", "3.0")))
    assert isclose(sum(one.share for one in derive(printed, CONTEST).values()), 1)


def test_the_undecided_are_no_part_of_a_poll_and_a_column_nobody_knows_is() -> None:
    undecided = ReportedValue("undecided", "undecided", Status.SHARE, None, "12")
    unknown = below("unknown:New", "2.0")
    assert derive(replace(POLL, values=(*FULL, undecided)), CONTEST) == derive(POLL, CONTEST)
    assert derive(replace(POLL, unknown=(unknown,)), CONTEST) == derive(replace(POLL, values=(*FULL, unknown)), CONTEST)
    assert derive(replace(POLL, unknown=(unknown,)), CONTEST)["unknown:New"].share == 0.02


@pytest.mark.parametrize(
    "values",
    [
        [*FULL, FULL[0]],
        [*FULL, below("g", "98.9")],  # with the votes of others: nothing left
        [*FULL, below("rest", "100")],
        [seats("a", 70, "70"), seats("b", 50, "70")],
    ],
)
def test_a_poll_is_refused_alike_before_and_while_its_shares_are_derived(values: list[ReportedValue]) -> None:
    for function in (check_shares, derive):
        with pytest.raises(VotesError):
            function(replace(POLL, values=tuple(values)), CONTEST)
    for last in (below("g", "98.8"), below("rest", "98.9")):
        check_shares(replace(POLL, values=(*FULL, last)), CONTEST)
        derive(replace(POLL, values=(*FULL, last)), CONTEST)


@pytest.mark.parametrize(
    ("array", "says"),
    [
        ([[0.5], [np.nan]], "share nan of 'b'"),
        ([[0.5], [-0.1]], "share -0.1 of 'b'"),
        ([[0.6], [0.5]], "add up to 1.1"),
        ([[0.5]], "give .2 lists"),
        ([[], []], "at least 1 draw"),
        ([0.5, 0.5], "shape"),
        ([[np.inf], [0.1]], "add up to inf"),
    ],
)
def test_share_draws_that_are_no_distribution(array: list[list[float]], says: str) -> None:
    with pytest.raises(DrawsError, match=says):
        ShareDraws(("a", "b"), np.array(array))


def test_a_list_named_twice_and_a_stranger() -> None:
    with pytest.raises(DrawsError, match="named twice"):
        ShareDraws(("a", "a"), np.array([[0.5], [0.1]]))
    with pytest.raises(DrawsError, match=r"no list 'x' in these draws; they hold a, b"):
        ShareDraws(("a", "b"), np.array([[0.5], [0.1]])).row("x")


def test_rounding_of_a_sum_is_no_error() -> None:
    ShareDraws(("a", "b"), np.array([[0.7], [0.3 + 5e-10]]))
    ShareDraws(("a",), np.array([[1 + SUM_SLACK]]))
    with pytest.raises(DrawsError, match="add up to 1"):
        ShareDraws(("a",), np.array([[np.nextafter(1 + SUM_SLACK, 2)]]))
