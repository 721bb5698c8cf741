"""Calibration: what is right is found right, too wide or too timid is found out, later elections teach nothing."""

import numpy as np
import pytest
import statsmodels.api as sm

from pipelines.hindcast.evidence import (
    FEWEST_ELECTIONS,
    SAID,
    logistic_fit,
    pass_calibration,
    prior_slope,
    recalibrated,
    size_classes,
)
from pipelines.hindcast.models import ROLLING
from pipelines.hindcast.run import Scored
from pipelines.hindcast.scores import ListScore, Score
from pipelines.trend.observations import Floats

HORIZONS = ("30", "7")
SIZES = (2, 7, 25)


def as_scored(election: str, horizon: str, per_list: tuple[ListScore, ...], house: int = 120) -> Scored:
    score = Score(
        crps=1, mae_median=1, rmse_median=1, energy=1, bloc_abs_err=1, bloc_crps=1, brier_pass=0, brier_majority=0,
        log_loss_pass=0, log_loss_majority=0, per_list=per_list, lists=len(per_list), house_size=house,
    )  # fmt: skip
    return Scored(election, horizon, ROLLING, score)


def past(elections: int, spread: float = 1.0, sureness: float = 1.0, lists: int = 12, house: int = 120) -> list[Scored]:
    """Made-up elections: results fall `spread` as far from the middle as said; chances are said `sureness` as sure."""
    rng = np.random.default_rng(1)
    scored = []
    for election in range(elections):
        logit = rng.normal(0.5, 1.5, lists)
        passed = rng.random(lists) < 1 / (1 + np.exp(-logit))
        pit = 0.5 + (rng.random(lists) - 0.5) * spread
        chance = 1 / (1 + np.exp(-logit * sureness))
        rows = tuple(
            ListScore(f"list-{at}", SIZES[at % 3] * house / 120, float(chance[at]), bool(passed[at]), float(pit[at]))
            for at in range(lists)
        )
        scored += [as_scored(f"election-{election}", horizon, rows, house) for horizon in HORIZONS]
    return scored


def test_a_calibrated_model_is_inside_its_band_and_a_sure_one_is_not() -> None:
    classes = size_classes(past(40), ROLLING)
    assert [(row.low_seats, row.high_seats) for row in classes] == [(0, 5), (6, 10), (11, None)]
    assert all(row.is_inside for row in classes)
    assert all((row.elections, row.lists, row.cells) == (40, 160, 320) for row in classes)
    assert not any(row.is_inside for row in size_classes(past(40, spread=0.5), ROLLING)), (
        "bands twice as wide as needed"
    )


def test_the_band_is_of_lists_and_not_of_horizons() -> None:
    """160 lists seen twice are 160 hits or misses: the band is that of a binomial, and not the narrower one of 320."""
    row = size_classes(past(40), ROLLING)[0]
    width = 2 * 1.645 * np.sqrt(SAID * (1 - SAID) / 160)
    assert row.band_high - row.band_low == pytest.approx(width, rel=0.12)
    assert (row.band_low + row.band_high) / 2 == pytest.approx(SAID, abs=0.01)


def test_few_elections_get_a_band_and_no_verdict() -> None:
    assert all(row.is_inside is None for row in size_classes(past(FEWEST_ELECTIONS - 1), ROLLING))
    assert all(row.is_inside is not None for row in size_classes(past(FEWEST_ELECTIONS), ROLLING))


def test_sizes_are_parts_of_the_house() -> None:
    bounds = [(row.low_seats, row.high_seats) for row in size_classes(past(3, house=349), ROLLING)]
    assert bounds == [(0, 14), (15, 29), (30, None)]


def test_slope_and_intercept_are_those_of_another_library() -> None:
    rng = np.random.default_rng(3)
    logit = rng.normal(0, 2, 300)
    passed = rng.random(300) < 1 / (1 + np.exp(-(0.3 + 1.4 * logit)))
    weights = rng.integers(1, 4, 300)
    chance: Floats = 1 / (1 + np.exp(-logit))
    mine = logistic_fit(chance, passed, weights[np.newaxis, :].astype(float))[0]
    rows = np.repeat(np.arange(300), weights)
    clipped = np.clip(logit, np.log(0.001 / 0.999), np.log(0.999 / 0.001))
    theirs = sm.Logit(passed[rows].astype(float), sm.add_constant(clipped[rows])).fit(disp=False).params
    assert mine == pytest.approx(theirs, abs=1e-3)


def test_chances_that_are_too_timid_have_a_slope_over_one_and_those_that_hold_have_one() -> None:
    right, timid = pass_calibration(past(40), ROLLING), pass_calibration(past(40, sureness=0.5), ROLLING)
    assert right
    assert timid
    assert right.slope_low < 1 < right.slope_high
    assert timid.slope_low > 1
    assert right.slope_low < right.slope < right.slope_high
    assert timid.is_recalibration_kept
    assert timid.log_loss_recalibrated < timid.log_loss
    assert timid.recalibrated_slope > 1.3
    assert sum(row.cells for row in right.bins) == 40 * 12 * 2
    assert all(row.low <= row.said <= row.high and row.lists * 2 >= row.cells for row in right.bins)


def test_where_nothing_failed_there_is_nothing_to_calibrate() -> None:
    rows = (ListScore("a", 5, 0.9, True, 0.5),)
    assert pass_calibration([as_scored("one", "7", rows)], ROLLING) is None


def test_the_first_election_is_left_as_it_was_said_and_later_ones_teach_nothing_backwards() -> None:
    rng = np.random.default_rng(2)
    chance, place, once = rng.uniform(0.1, 0.9, 60), np.repeat([0, 1, 2], 20), np.ones(60)
    passed = chance > 0.5
    before = recalibrated(chance, passed, place, once)
    assert before[place == 0] == pytest.approx(chance[place == 0])
    assert (np.abs(before - 0.5) >= np.abs(chance - 0.5))[place > 0].all(), (
        "sure ones that were right make others surer"
    )
    turned = np.where(place == 2, ~passed, passed)
    assert recalibrated(chance, turned, place, once) == pytest.approx(before)


def test_the_prior_holds_the_slope_near_one_and_gives_way_to_many() -> None:
    chance = np.array([0.7, 0.3])
    passed = np.array([True, False])
    assert prior_slope(chance, passed, np.zeros(2)) == 1
    assert 1 < prior_slope(chance, passed, np.ones(2)) < 1.1
    assert prior_slope(chance, passed, np.full(2, 1000.0)) > 3
