"""The least that gives a majority, against trying everything smaller."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest

from electoral.apparentement import SurplusAgreement
from electoral.draws import SeatDraws, ShareDraws
from electoral.errors import DrawsError, VotesError
from electoral.lists import Bloc
from electoral.printed_allocation import printed_allocation
from electoral.reverse import least_printed_swing, printed_where, with_printed_majority
from electoral.scenarios import Setting, Sign, UniformSwing

from .makers import dirichlet, rules


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
    everything = UniformSwing(("a", "b", "c"), 0.25).apply(Setting(shares, rules())).draws
    assert everything.shares.sum(axis=0) == pytest.approx([1, 1])
    assert everything.row("d") == pytest.approx([0, 0])
    assert UniformSwing(("a",), 0.0).apply(Setting(shares, rules())).draws.shares == pytest.approx(shares.shares)


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


@pytest.mark.parametrize(
    ("share", "least"), [(0.5035, 1), (0.5025, 2), (0.3545, 150), (0.3535, None)]
)  # 61 of 120 seats take 61 of 121 parts of the votes: 0.50413
def test_a_swing_is_given_in_thousandths_up_to_fifteen_per_cent(share: float, least: int | None) -> None:
    setting = Setting(ShareDraws(("a", "b"), np.array([[share], [1 - share]])), rules())
    answer = least_printed_swing(setting, "a")
    assert (answer and answer.share) == (least and Fraction(least, 1000))


def test_a_swing_is_not_asked_of_who_has_a_majority() -> None:
    with pytest.raises(VotesError, match="no swing is needed"):
        least_printed_swing(Setting(dirichlet(50, 10), rules()), "abcdefg")


def test_what_is_printed_where_a_list_passes_is_of_those_draws() -> None:
    draws = Setting(dirichlet(500, 10), rules()).allocate()
    at = draws.passes[draws.lists.index("i")]
    assert 0 < at.sum() < 500
    for passes in (True, False):
        chosen = SeatDraws(draws.lists, draws.seats[:, at == passes], draws.passes[:, at == passes])
        for blocs in ([], [Bloc("ours", ("a", "b", "g"))]):
            assert printed_where(draws, "i", passes, blocs) == printed_allocation(chosen, blocs)
    assert printed_where(draws, "a", False) is None


def test_the_agreements_with_which_a_majority_is_printed_against_trying_each() -> None:
    setting = Setting(dirichlet(400, 10), rules())
    changes = [Sign(SurplusAgreement(*pair)) for pair in combinations("abcdef", 2)]
    lists = ("b", "c", "e", "g")
    blocs = [Bloc("ours", lists)]
    printed = [(change, printed_allocation(change.apply(setting).allocate(), blocs)) for change in changes]
    seats = [sum(one.seats[name] for name in lists) for _, one in printed]
    assert set(seats) == {60, 61}
    reached = [both for both, count in zip(printed, seats, strict=True) if count == 61]
    assert with_printed_majority(setting, changes, lists, blocs) == reached
