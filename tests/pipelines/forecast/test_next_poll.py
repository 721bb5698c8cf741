"""A house's next poll: where its lean puts it, as wide as all that may move it; and what two of its polls differ by."""

from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

from pipelines.forecast.pollsters import next_print, usual_change
from pipelines.trend.lines import CampaignTrend, Line
from pipelines.trend.local_level import HouseEffects, Parameters
from pipelines.trend.observations import to_share, to_z

SHARES = {"a": 0.3, "b": 0.2, "c": 0.45}
OTHERS_SHARE = 0.05
VARIANCE = 0.0004  # on z: of a level, a lean, or one poll


def line(name: str, level: float = 0.0, lean: float = 0.0, lean_variance: float = 0.0) -> Line:
    """A list at its share, with the variances of its level and of the lean of the house `own`."""
    at = float(to_z(SHARES[name]))
    rows = pd.DataFrame(
        [("p", 1.0, "own", SHARES[name], 600)], columns=["poll", "day", "house", "share", "sample_size"]
    )
    effects = HouseEffects(("own",), np.array([lean]), np.array([lean_variance]), (1,))
    flags = np.array([True])
    return Line(name, np.array([at]), np.array([level]), (at, level), flags, flags, rows, effects, None)


def trend(*lines: Line, sigma: float = 0.0, tau: float = 0.0, kappa: float = 0.0) -> CampaignTrend:
    parameters = Parameters(sigma, tau, kappa, converged=True)
    return CampaignTrend(np.array([1.0]), lines, parameters, ("p",), assumed_others_share=OTHERS_SHARE)


def test_it_finds_the_level_where_nothing_is_uncertain_and_its_lean_moves_its_list_alone() -> None:
    plain = next_print(trend(line("a"), line("b"), line("c")), "own", 600, 3)
    assert plain.lists == ("a", "b", "c")
    for name, share in SHARES.items():
        assert plain.row(name) == pytest.approx(share)  # they fill what others leave
    leaning = next_print(trend(line("a", lean=0.05), line("b"), line("c")), "own", 600, 3)
    moved = float(to_share(to_z(0.3) + 0.05))
    assert leaning.row("a") / leaning.row("b") == pytest.approx(moved / 0.2)
    assert leaning.row("b") / leaning.row("c") == pytest.approx(0.2 / 0.45)
    assert leaning.shares.sum(axis=0) == pytest.approx(1 - OTHERS_SHARE)


def test_its_draws_are_as_wide_as_the_level_is_uncertain() -> None:
    draws = next_print(trend(line("a", level=VARIANCE), line("b"), line("c")), "own", 600, 3)
    a = to_z(0.2 * draws.row("a") / draws.row("b"))  # b stands still: what closing does to all is taken back
    assert np.mean(a) == pytest.approx(float(to_z(0.3)), abs=0.001)
    assert np.std(a) == pytest.approx(np.sqrt(VARIANCE), rel=0.03)


@pytest.mark.parametrize(
    ("other", "house", "sample_size", "days"),
    [
        (trend(*(line(name, lean_variance=VARIANCE) for name in SHARES)), "own", 600, 3),
        (trend(*map(line, SHARES), kappa=0.4), "own", 400, 3),
        (trend(*map(line, SHARES), sigma=0.01), "own", 600, 4),
        (trend(*map(line, SHARES), tau=0.02), "a stranger", 600, 3),
    ],
    ids=["its lean is uncertain", "its sample", "days between", "a lean that nobody knows"],
)
def test_all_that_may_move_it_counts_alike(other: CampaignTrend, house: str, sample_size: float, days: float) -> None:
    level = next_print(trend(*(line(name, level=VARIANCE) for name in SHARES)), "own", 600, 3)
    assert next_print(other, house, sample_size, days).shares == pytest.approx(level.shares)


def test_what_may_move_it_adds_up() -> None:
    both = next_print(trend(*(line(name, VARIANCE, 0.0, VARIANCE) for name in SHARES), sigma=0.01), "own", 600, 4)
    whole = next_print(trend(*(line(name, level=3 * VARIANCE) for name in SHARES)), "own", 600, 4)
    assert both.shares == pytest.approx(whole.shares)


def test_each_list_has_noise_of_its_own() -> None:
    draws = next_print(trend(*(line(name, level=VARIANCE) for name in SHARES)), "own", 600, 3).shares
    assert draws.shape == (3, 8_000)
    assert len(np.unique(draws[0] / draws[1])) > 1_000


def test_what_noise_takes_below_nothing_is_nothing() -> None:
    draws = next_print(trend(line("a", level=1.0), line("b"), line("c")), "own", 600, 3)
    below = NormalDist(float(to_z(SHARES["a"])), 1.0).cdf(0.0)
    assert np.mean(draws.row("a") == 0) == pytest.approx(below, abs=0.015)


def test_two_polls_differ_by_their_samples_and_by_the_rounding_of_seats() -> None:
    a, parameters = line("a"), Parameters(0.01, 0.02, 0.4, converged=True)
    assert usual_change(a, parameters, [400], 0) == pytest.approx(0.02)
    assert usual_change(a, parameters, [400, 1600], 0) == pytest.approx(0.4 * np.sqrt(1 / 400 + 1 / 1600))
    rounding = 1 / 120**2 / 12 / (0.3 * 0.7)
    assert usual_change(a, parameters, [400, 400], 120) == pytest.approx(np.sqrt(2 * (0.0004 + rounding)))
