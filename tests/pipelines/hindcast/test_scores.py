"""Scores: against their definitions, and with the properties a proper score has."""

import numpy as np
import pytest
import scoringrules
from hypothesis import given
from hypothesis import strategies as st

from electoral.draws import SeatDraws
from pipelines.hindcast.scores import LEAST_CHANCE, Truth, coverage, crps, energy, log_loss, randomised_pit, score


@given(st.lists(st.integers(0, 40), min_size=1, max_size=30), st.integers(0, 40))
def test_crps_is_its_definition(drawn: list[int], seats: int) -> None:
    """CRPS = E|X - y| - ½ E|X - X'|."""
    row = np.array(drawn, dtype=np.uint8)
    x = row.astype(float)
    expected = np.abs(x - seats).mean() - np.abs(x[:, None] - x[None, :]).mean() / 2
    assert crps(row, seats) == pytest.approx(expected, abs=1e-9)


def test_a_point_forecast_scores_its_absolute_error() -> None:
    assert crps(np.full(10, 7, dtype=np.uint8), 12) == 5


def test_an_honest_spread_beats_a_sure_miss_and_a_wide_one() -> None:
    rng = np.random.default_rng(0)
    truths = np.clip(rng.normal(20, 3, 300).round().astype(int), 0, 40)
    means = {}
    for spread in (0.2, 3, 12):
        row = np.clip(rng.normal(20, spread, 4000).round(), 0, 120).astype(np.uint8)
        means[spread] = np.mean([crps(row, int(truth)) for truth in truths])
    assert means[3] < means[0.2]
    assert means[3] < means[12]


def test_energy_of_a_sure_result_is_its_distance() -> None:
    seats = np.repeat(np.array([[70], [50]], dtype=np.uint8), 100, axis=1)
    assert energy(seats, np.array([73, 46])) == pytest.approx(5)
    assert energy(seats, np.array([70, 50])) == 0


def test_the_pit_of_results_from_the_draws_themselves_is_uniform() -> None:
    rng = np.random.default_rng(1)
    seats = rng.binomial(120, 0.1, size=(400, 2000)).astype(np.uint8)
    won = rng.binomial(120, 0.1, size=400)
    pit = randomised_pit(seats, won)
    for inside in (0.5, 0.8, 0.95):
        assert coverage(pit, inside) == pytest.approx(inside, abs=0.06)


def truth(**seats: int) -> Truth:
    return Truth(seats, {name: count > 0 for name, count in seats.items()}, ("a", "b"), 61, frozenset({"b"}))


def draws(rows: list[list[int]]) -> SeatDraws:
    seats = np.array(rows, dtype=np.uint8)
    return SeatDraws(("a", "b", "c"), seats, seats > 0)


def test_a_list_nobody_drew_counts_as_drawn_at_zero() -> None:
    scores = score(draws([[60, 60], [4, 4], [56, 56]]), truth(a=60, b=4, c=49, unseen=7))
    assert scores.crps == pytest.approx((0 + 0 + 7 + 7) / 4)
    assert scores.lists == 4


def test_brier_scores_judge_the_bloc_and_the_contested_list() -> None:
    scores = score(draws([[60, 57], [4, 0], [56, 63]]), truth(a=58, b=4, c=58))
    assert scores.brier_majority == pytest.approx((0.5 - 1) ** 2)
    assert scores.brier_pass == pytest.approx((0.5 - 1) ** 2)
    assert scores.bloc_abs_err == pytest.approx(abs((64 + 57) / 2 - 62))


def test_log_losses_judge_the_same_and_a_sure_miss_is_bad_but_finite() -> None:
    scores = score(draws([[60, 57], [4, 0], [56, 63]]), truth(a=58, b=4, c=58))
    assert scores.log_loss_majority == pytest.approx(np.log(2))
    assert scores.log_loss_pass == pytest.approx(np.log(2))
    assert log_loss(np.array([1.0]), np.array([False])) == pytest.approx(-np.log(LEAST_CHANCE))
    assert log_loss(np.array([1.0]), np.array([True])) == 0


def test_one_large_error_weighs_more_in_the_root_mean_square() -> None:
    scores = score(draws([[60], [4], [56]]), truth(a=60, b=4, c=49))
    assert scores.mae_median == pytest.approx(7 / 3)
    assert scores.rmse_median == pytest.approx(7 / np.sqrt(3))


def test_nothing_contested_is_no_score() -> None:
    sure = Truth({"a": 120}, {"a": True}, ("a",), 61, frozenset())
    scores = score(draws([[120], [0], [0]]), sure)
    assert np.isnan(scores.brier_pass)
    assert np.isnan(scores.log_loss_pass)


@given(st.integers(0, 10_000))
def test_crps_and_energy_are_those_of_another_library(seed: int) -> None:
    """scoringrules, a twin for development alone; its energy score is of whole samples, ours of two halves' pairs."""
    rng = np.random.default_rng(seed)
    seats = rng.multinomial(120, [0.4, 0.35, 0.25], size=600).T.astype(np.uint8)
    won = rng.multinomial(120, [0.38, 0.36, 0.26])
    for row, seats_won in zip(seats, won.tolist(), strict=True):
        assert crps(row, seats_won) == pytest.approx(scoringrules.crps_ensemble(seats_won, row.astype(float)), abs=1e-9)
    twin = float(scoringrules.es_ensemble(won.astype(float), seats.T.astype(float)))
    assert energy(seats, won) == pytest.approx(twin, rel=0.12)


def test_without_a_bloc_nothing_is_said_of_one() -> None:
    """A parliament without blocs has no majority of a bloc to be right or wrong about: missing, and never nought."""
    draws = SeatDraws(("a", "b"), np.array([[60, 70], [60, 50]], np.uint8), np.ones((2, 2), bool))
    truth = Truth({"a": 61, "b": 59}, {"a": True, "b": True}, (), 61, frozenset())
    scores = score(draws, truth)
    assert all(np.isnan(getattr(scores, name)) for name in ("bloc_abs_err", "bloc_crps", "brier_majority"))
    assert scores.crps > 0
