"""Changes applied to stored draws: what moves, what must not, and what an agreement is worth."""

from fractions import Fraction
from statistics import NormalDist

import numpy as np
import pytest

from electoral.apparentement import SurplusAgreement
from electoral.draws import ShareDraws
from electoral.errors import DrawsError, ElectoralError, RulesError, VotesError
from electoral.scenarios import (
    Change,
    Drop,
    Merge,
    MoveThreshold,
    Setting,
    Sign,
    Split,
    UniformSwing,
    Withdraw,
    apply_all,
    even_normal,
    worth_of_agreement,
)

from .makers import dirichlet, rules

SHARES = ShareDraws(("a", "b", "c", "d"), np.array([[0.4, 0.5], [0.3, 0.2], [0.2, 0.1], [0.05, 0.1]]))
AB = SurplusAgreement("a", "b")
CD = SurplusAgreement("c", "d")
SETTING = Setting(SHARES, rules(), (AB, CD))


def test_merge_adds_up_and_ends_agreements() -> None:
    after = Merge(("b", "c"), "bc").apply(SETTING)
    assert after.draws.lists == ("a", "bc", "d")
    assert after.draws.row("bc") == pytest.approx([0.5, 0.3])
    assert after.agreements == ()


def test_a_merger_is_as_unsure_as_said_and_takes_from_all_others_what_it_gains() -> None:
    rng = np.random.default_rng(1)
    shares = rng.dirichlet([30, 10, 8, 50], 4000).T * 0.98
    apart = Setting(ShareDraws(("a", "b", "c", "d"), shares), rules())
    sure, unsure = (Merge(("b", "c"), "bc", spread=spread).apply(apart).draws for spread in (0.0, 0.2))
    log_ratio = np.log(unsure.row("bc") / (1 - unsure.row("bc"))) - np.log(sure.row("bc") / (1 - sure.row("bc")))
    assert (log_ratio.mean(), log_ratio.std()) == (pytest.approx(0, abs=0.005), pytest.approx(0.2, rel=0.03))
    assert abs(np.corrcoef(log_ratio, sure.row("bc"))[0, 1]) < 0.05, "the noise knows nothing of the draw"
    assert np.corrcoef(log_ratio, even_normal(4000))[0, 1] > 0.99, "a higher place keeps more"
    assert unsure.row("a") / unsure.row("d") == pytest.approx(sure.row("a") / sure.row("d"))
    assert (unsure.shares.sum(axis=0) <= 1 + 1e-12).all()
    assert Merge(("b", "c"), "bc", spread=0.2).apply(apart).draws.shares.tolist() == unsure.shares.tolist()


def test_the_places_of_draws_are_even_over_the_normal() -> None:
    places = even_normal(1000)
    for low in (0, 500):
        stretch = np.sort(places[low : low + 500])
        assert stretch == pytest.approx([NormalDist().inv_cdf((at + 0.5) / 500) for at in range(500)], abs=0.5)
        assert (stretch.mean(), stretch.std()) == (pytest.approx(0, abs=0.02), pytest.approx(1, abs=0.03))


def test_merge_that_loses_voters_shrinks_the_valid_votes() -> None:
    after = Merge(("b", "c"), "b", retention=0.8).apply(SETTING)
    assert after.draws.lists == ("a", "b", "d")
    assert after.draws.row("b") == pytest.approx([0.4 / 0.9, 0.24 / 0.94])
    assert after.draws.row("a") == pytest.approx([0.4 / 0.9, 0.5 / 0.94])


def test_split_by_parts() -> None:
    after = Split("a", {"x": 0.75, "y": 0.25}).apply(SETTING)
    assert after.draws.lists == ("x", "y", "b", "c", "d")
    assert after.draws.row("x") == pytest.approx([0.3, 0.375])
    assert after.agreements == (CD,)


def test_a_part_may_keep_the_old_name() -> None:
    after = Split("b", {"b": 0.5, "y": 0.5}).apply(SETTING)
    assert after.draws.lists == ("a", "b", "y", "c", "d")


def test_what_no_part_has_is_void() -> None:
    after = Split("a", {"x": 0.5, "y": 0.0}).apply(SETTING)
    assert after.draws.row("x") == pytest.approx([0.2 / 0.8, 0.25 / 0.75])
    assert after.draws.row("c") == pytest.approx([0.2 / 0.8, 0.1 / 0.75])
    assert after.draws.row("y").tolist() == [0, 0]


def test_a_merger_that_gains_has_all_votes_at_most() -> None:
    """Of two draws the second has the higher place: 0.8 of the votes become as many as all, the other 0.2 stay."""
    merged = Merge(("a", "b", "c"), "abc", spread=50.0).apply(SETTING).draws.row("abc")
    assert merged == pytest.approx([0, 1 / (1 + 0.2)], abs=1e-3)


def test_withdrawn_votes_are_void_unless_sent() -> None:
    void = Withdraw("d").apply(SETTING)
    assert void.draws.lists == ("a", "b", "c")
    assert void.draws.row("a") == pytest.approx([0.4 / 0.95, 0.5 / 0.9])
    sent = Withdraw("d", {"c": 1.0}).apply(SETTING)
    assert sent.draws.row("c") == pytest.approx([0.25, 0.2])
    assert sent.draws.row("a") == pytest.approx([0.4, 0.5])
    part = Withdraw("d", {"c": 0.5}).apply(SETTING)
    assert part.draws.row("c") == pytest.approx([0.225 / 0.975, 0.15 / 0.95])
    assert void.agreements == sent.agreements == (AB,)


def test_sign_drop_and_threshold() -> None:
    without = Drop(SurplusAgreement("b", "a")).apply(SETTING)
    assert without.agreements == (CD,)
    assert Sign(AB).apply(without).agreements == (CD, AB)
    moved = MoveThreshold(Fraction(6, 100)).apply(SETTING).allocate()
    assert moved.passes[3].tolist() == [False, True]


def test_changes_in_order() -> None:
    after = apply_all(SETTING, [Withdraw("d", {"c": 1.0}), Merge(("b", "c"), "bc"), Sign(SurplusAgreement("a", "bc"))])
    assert after.draws.lists == ("a", "bc")
    assert after.agreements == (SurplusAgreement("a", "bc"),)
    assert after.allocate().seats.sum(axis=0).tolist() == [120, 120]


def test_the_original_is_untouched() -> None:
    before = SHARES.shares.copy()
    for change in (UniformSwing(("a",), 0.1), Withdraw("d"), Merge(("a", "b"), "ab"), Split("a", {"x": 1.0})):
        change.apply(SETTING)
    assert np.array_equal(SHARES.shares, before)


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        (Merge(("a",), "x"), VotesError, "at least two lists"),
        (Merge(("a", "b"), "c"), DrawsError, "new list 'c'"),
        (Merge(("a", "x"), "y"), DrawsError, "no list 'x'"),
        (Merge(("a", "b"), "y", 1.5), VotesError, "retention 1.5"),
        (Split("a", {}), VotesError, "name its parts"),
        (Split("a", {"b": 1.0}), DrawsError, "new list 'b'"),
        (Split("a", {"x": 0.7, "y": 0.7}), VotesError, "add up to 1.4"),
        (Withdraw("x"), DrawsError, "no list 'x'"),
        (Withdraw("a", {"x": 1.0}), DrawsError, "transfer to 'x'"),
        (Withdraw("a", {"b": -0.1}), VotesError, "transfer to 'b' -0.1"),
        (Sign(SurplusAgreement("a", "c")), VotesError, "already signed"),
        (Drop(SurplusAgreement("a", "c")), VotesError, "no agreement of a and c"),
        (MoveThreshold(Fraction(2)), RulesError, "threshold"),
    ],
)
def test_changes_that_cannot_be(change: Change, error: type[ElectoralError], says: str) -> None:
    with pytest.raises(error, match=says):
        change.apply(SETTING)


def test_withdrawing_everybody() -> None:
    alone = Setting(ShareDraws(("a",), np.array([[1.0]])), rules())
    with pytest.raises(DrawsError, match="only list"):
        Withdraw("a").apply(alone)
    pair = Setting(ShareDraws(("a", "b"), np.array([[1.0], [0.0]])), rules())
    with pytest.raises(DrawsError, match="without a single valid vote"):
        Withdraw("a").apply(pair)


def test_worth_of_an_agreement_is_the_same_signed_or_dropped() -> None:
    agreement = SurplusAgreement("b", "c")
    without = Setting(dirichlet(4000, 8), rules())
    signed = Sign(agreement).apply(without)
    one = worth_of_agreement(without, agreement, "bc", 40)
    other = worth_of_agreement(signed, agreement, "bc", 40)
    assert one == other
    assert one.bloc_seats == pytest.approx(one.expected_seats["b"] + one.expected_seats["c"])
    assert one.bloc_seats > 0
    for setting, chance in ((signed, one.p_majority_with), (without, one.p_majority_without)):
        seats = setting.allocate()
        both = seats.row("b").astype(int) + seats.row("c")
        assert (both == 40).any()
        assert chance == np.mean(both >= 40)
    assert one.p_majority == pytest.approx(one.p_majority_with - one.p_majority_without)
    assert sum(one.expected_seats.values()) == pytest.approx(0, abs=1e-9)
