"""The trend model against a plain Kalman filter, and what its parameters mean."""

import tracemalloc

import numpy as np
import pandas as pd
import pytest

from pipelines.trend import local_level
from pipelines.trend.local_level import (
    FALLBACK,
    PRIOR_MEAN,
    Parameters,
    Readings,
    fit,
    loglikelihood,
    readings,
    rounding_variance,
    smooth,
    zero_sum_basis,
)
from pipelines.trend.model import LocalLevel
from pipelines.trend.observations import MERGE_VARIANCE, SPLIT_VARIANCE, UNNAMED_HOUSE, Cut, to_z

PARAMETERS = Parameters(0.006, 0.02, 0.5, converged=True)

MOST = local_level.MOST_HOUSES


def rows(seed: int = 1, polls: int = 40, houses: int = 4, share: float = 0.1) -> pd.DataFrame:
    """Polls of one list around a share, every house with a lean of its own, some on one day."""
    rng = np.random.default_rng(seed)
    house = rng.integers(houses, size=polls)
    z = to_z(share) + 0.02 * (house - house.mean()) + 0.03 * rng.standard_normal(polls)
    return pd.DataFrame(
        {
            "day": np.sort(rng.integers(0, 60, size=polls)).astype(float),
            "z": z,
            "house": [f"house-{number}" for number in house],
            "sample_size": rng.integers(300, 900, size=polls),
            "share": share,
            "poll": [f"poll-{number}" for number in range(polls)],
        }
    )


def arrays(frame: pd.DataFrame, cuts: tuple[Cut, ...] = ()) -> Readings:
    return readings(frame, sorted(frame["house"].unique()), rounding_variance(frame["share"].to_numpy(), 120), cuts)


def oracle(frame: pd.DataFrame, params: Parameters, rounding: float) -> tuple[float, np.ndarray, np.ndarray]:
    """A textbook Kalman filter on level and all house effects, τ²(I - 11'/H): log likelihood, last mean, covariance."""
    names = sorted(frame["house"].unique())
    count = len(names)
    mean = np.zeros(1 + count)
    mean[0] = local_level.INITIAL_MEAN
    cov = np.zeros((1 + count, 1 + count))
    cov[0, 0] = local_level.INITIAL_VARIANCE
    cov[1:, 1:] = params.tau**2 * (np.eye(count) - np.ones((count, count)) / count)
    loglikelihood, before = 0.0, frame["day"].iloc[0]
    for row in frame.itertuples():
        cov[0, 0] += params.sigma**2 * (row.day - before)
        before = row.day
        design = np.zeros(1 + count)
        design[0] = design[1 + names.index(row.house)] = 1
        variance = design @ cov @ design + params.kappa**2 / row.sample_size + rounding
        surprise = row.z - design @ mean
        gain = cov @ design / variance
        mean, cov = mean + gain * surprise, cov - np.outer(gain, design @ cov)
        loglikelihood -= 0.5 * (np.log(2 * np.pi * variance) + surprise**2 / variance)
    return loglikelihood, mean, cov


@pytest.mark.parametrize(("polls", "houses"), [(40, 4), (12, 1), (9, 8)])
def test_it_is_the_kalman_filter_with_zero_sum_house_effects(polls: int, houses: int) -> None:
    frame = rows(polls=polls, houses=houses)
    rounding = rounding_variance(frame["share"].to_numpy(), 120)
    names = sorted(frame["house"].unique())
    likely, mean, cov = oracle(frame, PARAMETERS, rounding)
    assert loglikelihood(readings(frame, names, rounding, ()), PARAMETERS.vector)[0] == pytest.approx(likely, abs=1e-8)
    assert LocalLevel(frame, names, rounding).loglike(PARAMETERS.vector) == pytest.approx(likely, abs=1e-8)
    level = smooth(frame, np.array([frame["day"].max()]), PARAMETERS, 120)
    assert level.mean[-1] == pytest.approx(mean[0], abs=1e-8)
    assert level.variance[-1] == pytest.approx(cov[0, 0], abs=1e-8)
    assert level.house_effects.mean == pytest.approx(mean[1:], abs=1e-8)
    assert level.house_effects.variance == pytest.approx(np.diag(cov)[1:], abs=1e-8)


@pytest.mark.parametrize("houses", [1, 4])
@pytest.mark.parametrize("cuts", [(), (Cut(30.0, MERGE_VARIANCE), Cut(2.0, SPLIT_VARIANCE, start=0.6))])
def test_the_gradient_is_the_slope_of_the_likelihood(houses: int, cuts: tuple[Cut, ...]) -> None:
    frame = rows(houses=houses)
    stored, logs = arrays(frame, cuts), PRIOR_MEAN + np.array([0.3, -0.2, 0.1])

    def value(at: np.ndarray) -> float:
        return loglikelihood(stored, np.exp(at))[0]

    slopes = [(value(logs + step) - value(logs - step)) / 2e-5 for step in 1e-5 * np.eye(3)]
    assert loglikelihood(stored, np.exp(logs))[1] == pytest.approx(slopes, abs=1e-6)


def test_a_fit_asks_once_a_step_and_its_optimum_is_level(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each list once for value and slope together: 4 times with a slope by differences."""
    calls = []
    monkeypatch.setattr(local_level, "loglikelihood", lambda *args: calls.append(loglikelihood(*args)) or calls[-1])
    fitted = fit({"a": rows(polls=200), "b": rows(2, polls=200)}, 120, {})
    assert fitted.converged
    assert len(calls) <= 2 * 20
    away = (np.log(fitted.vector) - PRIOR_MEAN) / local_level.PRIOR_SD**2
    assert sum(gradient for _, gradient in calls[-2:]) - away == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize("houses", [1, 2, 5, 30])
def test_the_basis_is_orthonormal_and_adds_to_zero(houses: int) -> None:
    basis = zero_sum_basis(houses)
    assert basis.shape == (houses, houses - 1)
    assert basis.T @ basis == pytest.approx(np.eye(houses - 1))
    assert basis.sum(axis=0) == pytest.approx(0)


def test_house_effects_add_to_zero_and_a_house_with_one_poll_is_shrunk() -> None:
    frame = rows(polls=60, houses=3)
    frame.loc[len(frame)] = {**frame.iloc[-1].to_dict(), "house": "once", "z": frame["z"].mean() + 0.2}
    effects = smooth(frame, np.array([60.0]), PARAMETERS, 120).house_effects
    assert effects.mean.sum() == pytest.approx(0, abs=1e-9)
    once = effects.houses.index("once")
    assert 0 < effects.mean[once] < 0.1
    assert effects.variance[once] > np.delete(effects.variance, once).max()


def test_the_fit_is_the_same_every_time_and_finds_more_noise_where_there_is_more() -> None:
    calm, wild = rows(seed=3, polls=60), rows(seed=3, polls=60)
    wild["z"] = wild["z"].mean() + 4 * (wild["z"] - wild["z"].mean())
    first, again = fit({"a": calm}, 120, {}), fit({"a": calm}, 120, {})
    assert first == again
    assert first.converged
    louder = fit({"a": wild}, 120, {})
    assert louder.kappa > first.kappa


def test_few_polls_get_the_constants_and_say_so() -> None:
    assert fit({"a": rows(polls=7)}, 120, {}) == FALLBACK
    assert not FALLBACK.converged


def test_a_search_that_cannot_converge_falls_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_level, "loglikelihood", lambda *_: (float("nan"), np.ones(3)))
    assert fit({"a": rows()}, 120, {}) == FALLBACK


def test_f34_a_covariance_that_cannot_be_inverted_falls_back() -> None:
    frame = rows()
    frame["sample_size"] = -1.0  # a variance under zero
    with pytest.raises(np.linalg.LinAlgError):
        loglikelihood(arrays(frame), PARAMETERS.vector)
    assert fit({"a": frame}, 120, {}) == FALLBACK


def test_a_constant_series_has_a_finite_level() -> None:
    frame = rows()
    frame["z"] = 0.5
    params = fit({"a": frame}, 120, {})
    level = smooth(frame, np.arange(60.0), params, 120)
    assert np.isfinite(level.mean).all()
    assert (level.variance > 0).all()


def test_days_without_polls_are_surer_near_polls_and_a_cut_opens_the_band() -> None:
    frame = rows()
    frame["day"] = np.where(np.arange(len(frame)) < 20, 0.0, 50.0)
    days = np.arange(51.0)
    whole = smooth(frame, days, PARAMETERS, 120)
    assert whole.variance[25] > whole.variance[0]
    assert whole.variance[25] > whole.variance[50]
    cut = smooth(frame, days, PARAMETERS, 120, cuts=[Cut(25.0, MERGE_VARIANCE)])
    assert cut.variance[24] > whole.variance[24]


def test_a_start_is_a_reading_of_the_level_with_the_variance_of_its_cut() -> None:
    """One house, one poll on the day of the start: the level is the mean of prior, start and poll by precision."""
    frame = rows(polls=1, houses=1)
    day, z = float(frame["day"].iloc[0]), float(frame["z"].iloc[0])
    start = Cut(day, SPLIT_VARIANCE, start=z + 0.1)
    noise = PARAMETERS.kappa**2 / frame["sample_size"].iloc[0] + rounding_variance(frame["share"].to_numpy(), 120)
    readings = np.array([local_level.INITIAL_MEAN, z + 0.1, z])
    precision = 1 / np.array([local_level.INITIAL_VARIANCE, SPLIT_VARIANCE, noise])
    level = smooth(frame, np.array([day]), PARAMETERS, 120, [start])
    assert level.mean[0] == pytest.approx(precision @ readings / precision.sum(), abs=1e-8)
    assert level.variance[0] == pytest.approx(1 / precision.sum(), abs=1e-8)


@pytest.mark.parametrize(("houses", "states"), [(MOST - 1, MOST - 1), (MOST, MOST), (MOST + 1, MOST), (400, MOST)])
def test_a10_the_state_does_not_grow_with_houses_beyond_a_bound(houses: int, states: int) -> None:
    """The largest keep a lean of their own; the others share one, as polls printed without a firm do."""
    names = [f"h{number:03d}" for number in range(houses)]
    polled = pd.DataFrame({"house": [name for at, name in enumerate(names) for _ in range(1 + (at < MOST - 1))]})
    frame = local_level.pooled(polled)
    assert frame["house"].nunique() == states
    assert len(frame) == len(polled)
    if houses > MOST:
        assert set(frame["house"]) == {*names[: MOST - 1], UNNAMED_HOUSE}
    else:
        assert frame is polled


def test_a10_memory_grows_with_houses_and_not_with_their_square() -> None:
    """A filter holds a matrix of the state for each poll; 40 firms, 3,000 polls and 20 lists took a gigabyte."""
    stored = arrays(rows(polls=1_000, houses=MOST))
    tracemalloc.start()
    loglikelihood(stored, PARAMETERS.vector)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10 * 1_000 * MOST * 8


def test_a10_smoothing_keeps_no_filter() -> None:
    polled = rows(polls=1_000, houses=MOST)
    tracemalloc.start()
    smooth(polled, np.arange(60.0), PARAMETERS, 120)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10 * 1_000 * MOST**2 * 8  # matrices of the state for each poll; 10.5 with the output of the filter


def test_a10_a_level_of_many_small_houses_is_that_of_one_and_is_still_right() -> None:
    """300 polls of 300 firms: neither the fit nor the level meets a state a firm."""
    frame = rows(polls=300, houses=300)
    fitted = fit({"a": frame}, 120, {})
    level = smooth(frame, np.arange(60.0), fitted, 120)
    assert len(level.house_effects.houses) == MOST
    assert sum(level.house_effects.polls) == 300


@pytest.fixture(scope="module")
def model() -> LocalLevel:
    frame = rows(polls=60, houses=3)
    return LocalLevel(frame, sorted(frame["house"].unique()))


def test_it_is_a_model_as_statsmodels_users_know_it(model: LocalLevel) -> None:
    """start_params, param_names, transforms; a fit with a summary, predictions and simulations."""
    assert model.nobs == 60
    assert model.param_names == ["sigma", "tau", "kappa"]
    logs = np.array([-5.0, -3.0, 0.1])
    assert model.untransform_params(model.transform_params(logs)) == pytest.approx(logs)
    fitted = model.fit(disp=False)
    assert fitted.mle_retvals["converged"]
    assert (fitted.params > 0).all()
    assert "kappa" in str(fitted.summary())
    predicted = fitted.get_prediction()
    assert predicted.predicted_mean.shape == (60,)
    assert (predicted.conf_int()[:, 1] > predicted.conf_int()[:, 0]).all()
    drawn = fitted.simulate(60, rng=np.random.default_rng(0))
    assert drawn.shape == (60,)
    assert np.isfinite(drawn).all()


def test_its_smoothed_state_is_the_level_of_an_edition(model: LocalLevel) -> None:
    frame = rows(polls=60, houses=3)
    days = np.unique(frame["day"].to_numpy(np.float64))
    rounding = rounding_variance(frame["share"].to_numpy(), 120)
    level = smooth(frame, days, PARAMETERS, 120)
    own = LocalLevel(frame, sorted(frame["house"].unique()), rounding).smooth(PARAMETERS.vector)
    last_of_day = np.searchsorted(model.row_days, days, side="right") - 1
    assert own.smoothed_state[0, last_of_day] == pytest.approx(level.mean)
