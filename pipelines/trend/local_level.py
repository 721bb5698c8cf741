"""The trend model: a local level per list with zero-sum house effects, parameters shared by all lists.

z_ij = μ_j(t_i) + h_j,house(i) + e_i;  μ_j a random walk of variance σ²·days;  h_j ~ N(0, τ²) with Σh = 0;
e_i ~ N(0, κ²/n_i + r_j), r_j the variance that printing whole seats adds. Zero-sum house effects define the
level as the firms' mean. The effects are written in an orthonormal basis of the zero-sum vectors, so that every
covariance stays diagonal and positive definite.
See: Jackman 2005 (pooling the polls); Durbin & Koopman 2012, ch. 4 (filtering and smoothing).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from statsmodels.tsa.statespace.kalman_filter import MEMORY_NO_FILTERED, MEMORY_NO_STD_FORECAST
from statsmodels.tsa.statespace.kalman_smoother import SMOOTHER_STATE, SMOOTHER_STATE_COV, SmootherResults
from statsmodels.tsa.statespace.simulation_smoother import SimulationSmoother

from pipelines.trend.likelihood import (
    INITIAL_MEAN,
    INITIAL_VARIANCE,
    cut_variance,
    loglikelihood,
    readings,
    rounding_variance,
    zero_sum_basis,
)
from pipelines.trend.observations import UNNAMED_HOUSE, Cut, Cuts, Floats, start_rows

BOUNDS = ((-8.0, -2.0), (-8.0, -1.5), (-3.0, 2.0))  # log σ per √day, log τ, log κ
PRIOR_MEAN = np.array([-4.8, -3.5, -0.3])
PRIOR_SD = 1.0
FEWEST_POLLS_TO_FIT = 8
MOST_HOUSES = 32  # 30 is the most any campaign had


@dataclass(frozen=True, slots=True)
class Parameters:
    """σ per √day, τ and κ on z, shared by all lists; `converged` is False where the constants stand in."""

    sigma: float
    tau: float
    kappa: float
    converged: bool

    @property
    def vector(self) -> Floats:
        """As the model takes them."""
        return np.array([self.sigma, self.tau, self.kappa])


FALLBACK = Parameters(0.0055, 0.018, 0.4, converged=False)


@dataclass(frozen=True, slots=True)
class HouseEffects:
    """A list's house effects on z: mean and variance per house, and each house's number of polls."""

    houses: tuple[str, ...]
    mean: Floats
    variance: Floats
    polls: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Level:
    """One list's smoothed level on z for each day, with its variance, and its house effects."""

    mean: Floats
    variance: Floats
    house_effects: HouseEffects


class LevelSpace:
    """The state space of one list's level and house effects; `ssm` is what statsmodels filters and smooths.

    Arguments are those of `pipelines.trend.model.LocalLevel`; `row_days` are the days of its rows, in order.
    """

    def __init__(
        self,
        rows: pd.DataFrame,
        houses: Sequence[str],
        rounding: float = 0.0,
        cuts: Sequence[Cut] = (),
        results_class: type[SmootherResults] = SmootherResults,
    ) -> None:
        rows = (pd.concat([rows, start_rows(cuts)]) if cuts else rows).sort_values("day", kind="stable")
        self.row_days = days = rows["day"].to_numpy(np.float64)
        states = len(houses)  # the level and one fewer than the houses
        index = {house: number for number, house in enumerate(houses)}
        design = np.zeros((1, states, len(rows)))
        design[0, 0] = 1
        basis = zero_sum_basis(len(houses))
        polled = rows["house"].isin(houses).to_numpy()
        design[0, 1:, polled] = basis[[index[house] for house in rows["house"][polled]]]
        self.ssm = SimulationSmoother(1, states, 1, nobs=len(rows), results_class=results_class)
        self.ssm.bind(rows["z"].to_numpy(np.float64)[np.newaxis])
        self.ssm["design"], self.ssm["transition"], self.ssm["selection"] = design, np.eye(states), np.eye(states, 1)
        self.ssm.smoother_output = SMOOTHER_STATE | SMOOTHER_STATE_COV  # all else takes a state² per row, unread
        self._gaps = np.append(np.diff(days), 0.0)
        self._cuts = np.append(cut_variance(days, cuts), 0.0)
        self._precision = 1 / rows["sample_size"].to_numpy(np.float64)
        own = rows["variance"] if "variance" in rows else pd.Series(np.nan, index=rows.index)
        self._own_noise = own.fillna(rounding).to_numpy(np.float64)

    def set_variances(self, sigma: float, tau: float, kappa: float) -> None:
        """Set the variances of the level's steps, of polls and of house effects."""
        self.ssm["state_cov"] = (sigma**2 * self._gaps + self._cuts)[np.newaxis, np.newaxis, :]
        self.ssm["obs_cov"] = (kappa**2 * self._precision + self._own_noise)[np.newaxis, np.newaxis, :]
        mean = np.zeros(self.ssm.k_states)
        variance = np.full(self.ssm.k_states, tau**2)
        mean[0], variance[0] = INITIAL_MEAN, INITIAL_VARIANCE
        self.ssm.initialize_known(mean, np.diag(variance))


class _Smoothed(SmootherResults):
    """The smoothed state and its covariance where they lie: a copy of each state² per row is most of the time."""

    def update_smoother(self, smoother: Any) -> None:
        self.smoothed_state = np.asarray(smoother.smoothed_state)
        self.smoothed_state_cov = np.asarray(smoother.smoothed_state_cov)


def has_pooled_houses(rows: pd.DataFrame) -> bool:
    """Whether a list's polls are of more houses than have a lean of their own."""
    return int(rows["house"].nunique()) > MOST_HOUSES


def pooled(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows, where the smallest of too many houses share one lean: a state per house costs time by its square."""
    if not has_pooled_houses(rows):
        return rows
    polls = rows["house"].value_counts()
    ranked = sorted(polls.index, key=lambda house: (-polls[house], house))
    is_large = rows["house"].isin(ranked[: MOST_HOUSES - 1])
    return rows.assign(house=rows["house"].where(is_large, UNNAMED_HOUSE))


def fit(rows_by_list: Mapping[str, pd.DataFrame], house_size: int, cuts: Cuts) -> Parameters:
    """The shared parameters by maximum penalised likelihood, always from the same start.

    Falls back to constants, `converged` False, under eight polls or when the search does not converge.
    """
    if len({poll for rows in rows_by_list.values() for poll in rows["poll"]}) < FEWEST_POLLS_TO_FIT:
        return FALLBACK
    pooled_by_list = {name: pooled(rows) for name, rows in rows_by_list.items()}
    lists = [readings(rows, _houses(rows), house_size, cuts.get(name, ())) for name, rows in pooled_by_list.items()]

    def loss(logs: Floats) -> tuple[float, Floats]:
        off = (logs - PRIOR_MEAN) / PRIOR_SD
        values, gradients = zip(*(loglikelihood(given, np.exp(logs)) for given in lists), strict=True)
        return off @ off / 2 - sum(values), off / PRIOR_SD - sum(gradients)

    try:
        optimum = minimize(loss, PRIOR_MEAN, method="L-BFGS-B", jac=True, bounds=BOUNDS)
    except np.linalg.LinAlgError:
        return FALLBACK
    if not (optimum.success and np.all(np.isfinite(optimum.x))):
        return FALLBACK
    return _parameters(optimum.x)


def _parameters(logs: Floats) -> Parameters:
    sigma, tau, kappa = np.exp(logs).tolist()
    return Parameters(sigma, tau, kappa, converged=True)


def smooth(rows: pd.DataFrame, days: Floats, params: Parameters, house_size: int, cuts: Sequence[Cut] = ()) -> Level:
    """The level on each of `days` (ordinals) given all of a list's rows, and its house effects."""
    rows = pooled(rows)
    houses = _houses(rows)
    idle = pd.DataFrame({"day": np.setdiff1d(days, rows["day"].to_numpy(np.float64)), "z": np.nan, "sample_size": 1})
    both = pd.concat([rows[["day", "z", "house", "sample_size"]], idle])
    space = LevelSpace(both, houses, rounding_variance(rows["share"].to_numpy(), house_size), cuts, _Smoothed)
    space.set_variances(*params.vector)
    space.ssm.conserve_memory = MEMORY_NO_FILTERED | MEMORY_NO_STD_FORECAST  # the filter's own output is not read
    smoothed = space.ssm.smooth(update_representation=False, update_filter=False)
    last_of_day = np.searchsorted(space.row_days, days, side="right") - 1
    mean, cov = smoothed.smoothed_state, smoothed.smoothed_state_cov
    basis = zero_sum_basis(len(houses))
    counts = rows["house"].value_counts()
    effects = HouseEffects(
        houses,
        basis @ mean[1:, -1],
        np.einsum("hi,ij,hj->h", basis, cov[1:, 1:, -1], basis),
        tuple(int(counts[house]) for house in houses),
    )
    return Level(mean[0, last_of_day], cov[0, 0, last_of_day], effects)


def _houses(rows: pd.DataFrame) -> tuple[str, ...]:
    return tuple(sorted(rows["house"].unique()))
