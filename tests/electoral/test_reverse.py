"""The least that gives a majority, against trying everything smaller."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from electoral.apparentement import SurplusAgreement, allocate
from electoral.apportionment import Allocation
from electoral.draws import SeatDraws, ShareDraws
from electoral.errors import DrawsError, VotesError
from electoral.lists import Bloc
from electoral.printed_allocation import printed_allocation
from electoral.reverse import least_printed_swing, printed_where, reverse, with_printed_majority
from electoral.rules import ElectoralRules, Formula
from electoral.scenarios import Setting, Sign, UniformSwing

from .makers import NAMES, dirichlet, formulas, pairings, rules


def allocated(
    votes: dict[str, int], own: ElectoralRules, pairs: list[SurplusAgreement], others: int
) -> Allocation | None:
    try:
        return allocate(votes, own, pairs, others)
    except VotesError:
        return None


def seats_between(allocation: Allocation | None, lists: frozenset[str]) -> tuple[int, int]:
    """The fewest and the most seats the lists can have together, over all lots."""
    if allocation is None:
        return 0, 0
    held = sum(allocation.seats[name] for name in lists)
    ties = [(tie.seats, sum(name in lists for name in tie.lists), len(tie.lists)) for tie in allocation.ties]
    fewest = sum(max(0, seats - (claims - ours)) for seats, ours, claims in ties)
    return held + fewest, held + sum(min(seats, ours) for seats, ours, _ in ties)


def swung(votes: dict[str, int], others: int, lists: frozenset[str], number: int) -> tuple[dict[str, int], int]:
    """The votes after so many have gone to the lists, over a common denominator."""
    ours = sum(votes[name] for name in lists)
    theirs = sum(votes.values()) + others - ours
    parts = {
        name: count * (Fraction(ours + number, ours) if name in lists else Fraction(theirs - number, theirs))
        for name, count in votes.items()
    }
    whole = ours * theirs
    return {name: int(part * whole) for name, part in parts.items()}, int(
        others * Fraction(theirs - number, theirs) * whole
    )


def swing_by_trying(
    votes: dict[str, int], own: ElectoralRules, lists: frozenset[str], pairs: list[SurplusAgreement], others: int
) -> tuple[int | None, int | None]:
    """The first swing that surely gives a majority, and a smaller one with which a lot could."""
    ours = sum(votes[name] for name in lists)
    theirs = sum(votes.values()) + others - ours
    lot = None
    for number in range(1, theirs + 1 if ours else 1):
        changed, rest = swung(votes, others, lists, number)
        fewest, most = seats_between(allocated(changed, own, pairs, rest), lists)
        if fewest >= own.majority:
            return number, lot
        lot = number if lot is None and most >= own.majority else lot
    return None, lot


def crossing(votes: dict[str, int], own: ElectoralRules, name: str, others: int) -> int:
    """The votes a list must win from outside, or lose to nobody, to be on the other side of its threshold."""
    valid = sum(votes.values()) + others
    passes = votes[name] >= own.threshold * valid
    step = -1 if passes else 1
    change = step
    while (votes[name] + change >= own.threshold * (valid + change)) is passes:
        change += step
    return change


@settings(max_examples=150)
@given(
    st.lists(st.integers(0, 60), min_size=2, max_size=5).filter(any),
    st.integers(1, 9),
    formulas,
    st.sampled_from(["0", "5", "10", "25"]),
    st.integers(0, 30),
    st.data(),
)
def test_no_smaller_swing_gives_a_majority(
    counts: list[int], house: int, formula: Formula, threshold: str, others: int, data: st.DataObject
) -> None:
    """Every list that crosses its threshold and every agreement is tried as well, and no other one gives it."""
    votes = dict(zip(NAMES, counts, strict=False))
    own, pairs = rules(house, threshold, formula), data.draw(pairings(list(votes)))
    lists = frozenset(data.draw(st.sets(st.sampled_from(list(votes)), min_size=1)))
    now = allocated(votes, own, pairs, others)
    if now is None:
        return
    answer = reverse(votes, own, lists, pairs, others)
    assert answer.seats == seats_between(now, lists)[0]
    if answer.seats >= own.majority:
        assert (answer.swing, answer.thresholds, answer.agreements) == (None, (), ())
        return
    sure, lot = swing_by_trying(votes, own, lists, pairs, others)
    if sure is None:
        assert answer.swing is None
    else:
        assert answer.swing is not None
        assert (answer.swing.votes, answer.swing.lot_votes) == (sure, lot)
        assert answer.swing.share == Fraction(sure, sum(votes.values()) + others)
    crossings = {}
    for name in votes if own.threshold else ():
        change = crossing(votes, own, name, others)
        after = allocated(votes | {name: votes[name] + change}, own, pairs, others)
        if seats_between(after, lists)[0] >= own.majority:
            crossings[name] = change
    assert {one.list: one.votes for one in answer.thresholds} == crossings
    signed = {name for pair in pairs for name in (pair.list_a, pair.list_b)}
    expected = {(pair.list_a, pair.list_b): [other for other in pairs if other != pair] for pair in pairs}
    for first, second in combinations(sorted(votes.keys() - signed), 2):
        expected[(first, second)] = [*pairs, SurplusAgreement(first, second)]
    enough = {
        pair for pair, kept in expected.items()
        if seats_between(allocated(votes, own, kept, others), lists)[0] >= own.majority
    }  # fmt: skip
    assert {one.lists for one in answer.agreements} == enough


def test_a_swing_in_a_house_that_lacks_one_seat() -> None:
    votes = {"a": 480, "b": 290, "c": 190, "d": 40}
    answer = reverse(votes, rules(10, "5"), ["a"])
    assert answer.swing is not None
    assert (answer.seats, answer.majority, answer.swing.votes, answer.swing.seats) == (5, 6, 43, 6)
    for number, seats in ((42, 5), (43, 6)):
        changed, others = swung(votes, 0, frozenset("a"), number)
        assert allocate(changed, rules(10, "5"), (), others).seats["a"] == seats


@pytest.mark.parametrize(
    ("votes", "lists", "swing", "lost_again"),
    [
        ({"a": 10, "b": 6, "c": 25, "d": 7}, "a", (7, 6), 9),  # the partner falls below the threshold
        ({"a": 11, "b": 9, "c": 13, "d": 31}, "ac", (11, None), 12),  # with the very next vote
        ({"a": 41, "b": 8, "c": 17, "d": 34}, "bd", (5, None), 11),  # b passes it, for a rival it signed with
    ],
)
def test_a_majority_that_more_of_the_same_swing_would_take_back(
    votes: dict[str, int], lists: str, swing: tuple[int, int | None], lost_again: int
) -> None:
    own, pairs = rules(1, "10"), [SurplusAgreement("a", "b")]
    answer = reverse(votes, own, lists, pairs).swing
    assert answer is not None
    assert (answer.votes, answer.lot_votes) == swing == swing_by_trying(votes, own, frozenset(lists), pairs, 0)
    changed, rest = swung(votes, 0, frozenset(lists), lost_again)
    assert seats_between(allocated(changed, own, pairs, rest), frozenset(lists))[0] == 0


def test_a_list_that_would_do_it_by_passing() -> None:
    """d is eleven votes short; with it the two have a majority."""
    votes, own = {"a": 460, "b": 290, "c": 210, "d": 40}, rules(19, "5", Formula.SAINTE_LAGUE)
    first, *others = reverse(votes, own, ["a", "d"]).thresholds
    assert (first.list, first.votes, first.seats) == ("d", 11, 10)
    assert allocate(votes | {"d": 50}, own).seats["d"] == 0
    assert allocate(votes | {"d": 51}, own).seats == {"a": 9, "b": 5, "c": 4, "d": 1}
    assert [one.list for one in others] == ["c", "b"]


def test_an_agreement_that_would_do_it() -> None:
    votes = {"a": 460, "b": 255, "c": 285}
    answer = reverse(votes, rules(9, "5"), ["a"])
    assert [(one.lists, one.is_signed, one.seats) for one in answer.agreements] == [(("a", "b"), True, 5)]
    dropped = reverse(votes, rules(9, "5"), ["b", "c"], [SurplusAgreement("a", "b")])
    assert [(one.lists, one.is_signed, one.seats) for one in dropped.agreements] == [(("a", "b"), False, 5)]


def test_lists_nobody_voted_for_have_no_swing() -> None:
    answer = reverse({"a": 10, "b": 9, "c": 0}, rules(5, "0"), ["c"])
    assert answer.swing is None
    with pytest.raises(VotesError, match="x: no such list among the votes"):
        reverse({"a": 10}, rules(5, "0"), ["x"])


def test_a_uniform_swing_takes_from_everybody_else_in_proportion() -> None:
    shares = ShareDraws(("a", "b", "c", "d"), np.array([[0.4, 0.5], [0.3, 0.2], [0.2, 0.1], [0.05, 0.1]]))
    after = UniformSwing(("a", "b"), 0.03).apply(Setting(shares, rules())).draws
    assert after.row("a") + after.row("b") == pytest.approx([0.73, 0.73])
    assert after.row("a") / after.row("b") == pytest.approx([0.4 / 0.3, 0.5 / 0.2])
    assert after.row("c") == pytest.approx([0.2 * 0.27 / 0.3, 0.1 * 0.27 / 0.3])
    back = UniformSwing(("a", "b"), -0.03).apply(Setting(after, rules())).draws
    assert back.shares == pytest.approx(shares.shares)
    nothing_left = UniformSwing(("d",), -0.2).apply(Setting(shares, rules())).draws
    assert nothing_left.row("d") == pytest.approx([0, 0])


def test_a_uniform_swing_that_cannot_be() -> None:
    shares = ShareDraws(("a", "b"), np.array([[0.4, 0.5], [0.3, 0.0]]))
    with pytest.raises(DrawsError, match="a swing to b: without votes in a draw"):
        UniformSwing(("b",), 0.1).apply(Setting(shares, rules()))
    with pytest.raises(VotesError, match=r"swing 1\.5"):
        UniformSwing(("a",), 1.5).apply(Setting(shares, rules()))


@pytest.mark.parametrize(
    ("lists", "threshold", "seed"), [("adg", "3.25", 0), ("be", "3.25", 1), ("cfj", "6", 2), ("hij", "3.25", 3)]
)
def test_the_least_printed_swing_against_trying_every_one(lists: str, threshold: str, seed: int) -> None:
    """Agreements inside, outside and across the two sides; every step below the answer is tried, and some above."""
    pairs = (SurplusAgreement("a", "b"), SurplusAgreement("c", "f"), SurplusAgreement("h", "i"))
    setting = Setting(dirichlet(400, 10, seed), rules(threshold_pct=threshold), pairs)
    blocs = [Bloc("ours", tuple(lists))]
    step, most = Fraction(1, 200), 60

    def seats(steps: int) -> int:
        swung = UniformSwing(tuple(lists), float(steps * step)).apply(setting) if steps else setting
        printed = printed_allocation(swung.allocate(), blocs).seats
        return sum(printed[name] for name in lists)

    by_trying = next((steps for steps in range(most + 1) if seats(steps) >= 61), None)
    answer = least_printed_swing(setting, lists, blocs, step, most)
    assert (answer.share / step if answer else None) == by_trying
    if answer:
        assert sum(answer.printed.seats[name] for name in lists) == seats(by_trying) >= 61
        assert all(seats(steps) >= 61 for steps in range(by_trying, min(most, by_trying + 12)))


def test_a_swing_is_not_asked_of_who_has_a_majority() -> None:
    with pytest.raises(VotesError, match="no swing is needed"):
        least_printed_swing(Setting(dirichlet(50, 10), rules()), "abcdefg")


def test_what_is_printed_where_a_list_passes_is_of_those_draws() -> None:
    draws = Setting(dirichlet(500, 10), rules()).allocate()
    at = draws.passes[draws.lists.index("i")]
    assert 0 < at.sum() < 500
    for passes in (True, False):
        chosen = SeatDraws(draws.lists, draws.seats[:, at == passes], draws.passes[:, at == passes])
        assert printed_where(draws, "i", passes) == printed_allocation(chosen)
    assert printed_where(draws, "a", False) is None


def test_the_agreements_with_which_a_majority_is_printed_against_trying_each() -> None:
    setting = Setting(dirichlet(400, 10), rules())
    changes = [Sign(SurplusAgreement(*pair)) for pair in combinations("abcdef", 2)]
    lists = ("a", "b", "g")
    printed = [printed_allocation(change.apply(setting).allocate()) for change in changes]
    reached = [change for change, one in zip(changes, printed, strict=True) if sum(one.seats[n] for n in lists) >= 61]
    assert [change for change, _ in with_printed_majority(setting, changes, lists)] == reached
