"""The trend model: a local level per list with zero-sum house effects, parameters shared by all lists.

z_ij = μ_j(t_i) + h_j,house(i) + e_i;  μ_j a random walk of variance σ²·days;  h_j ~ N(0, τ²) with Σh = 0;
e_i ~ N(0, κ²/n_i + r_j), r_j the variance that printing whole seats adds. Zero-sum house effects define the
level as the firms' mean. The effects are written in an orthonormal basis of the zero-sum vectors, so that every
covariance stays diagonal and positive definite.
See: Jackman 2005 (pooling the polls); Durbin & Koopman 2012, ch. 4 (filtering and smoothing).
"""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from statsmodels.tools.sm_exceptions import OutputWarning
from statsmodels.tsa.statespace.kalman_filter import MEMORY_NO_FILTERED, MEMORY_NO_STD_FORECAST
from statsmodels.tsa.statespace.kalman_smoother import SMOOTHER_STATE, SMOOTHER_STATE_COV
from statsmodels.tsa.statespace.mlemodel import MLEModel

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


class LocalLevel(MLEModel):
    """A local level with zero-sum house effects for one list's polls.

    `fit` estimates σ, τ and κ from these polls alone; an edition shares them over all lists of a campaign
    (`pipelines.trend.local_level.fit`) and only smooths with this model.

    Parameters
    ----------
    rows : DataFrame
        A row a poll, or a day without one: `z` = 2·asin√share (NaN for none), `day` (ordinal), `house`, `sample_size`.
    houses : sequence of str
        The houses that have a lean; their effects add to zero.
    rounding : float, optional
        Variance that printing whole seats adds to z.
    cuts : sequence of Cut, optional
        Days on which the list's make-up changed.

    Returns
    -------
    MLEResults, of `fit` and `smooth`
        `smoothed_state[0]` is the level on z at each row, `summary()`, `get_prediction()` and `simulate()` as of any
        state space model of statsmodels. Beyond the last row the variances of what is to come must be given, as for any
        model whose matrices change with time.

    References
    ----------
    Jackman (2005), Pooling the polls over an election campaign. Durbin and Koopman (2012), ch. 4.

    Examples
    --------
    >>> rows = pd.DataFrame({"z": [1.0, 1.1, 1.05], "day": [1.0, 3.0, 4.0], "house": list("aba"), "sample_size": 600})
    >>> LocalLevel(rows, ["a", "b"]).param_names
    ['sigma', 'tau', 'kappa']
    """

    def __init__(
        self, rows: pd.DataFrame, houses: Sequence[str], rounding: float = 0.0, cuts: Sequence[Cut] = ()
    ) -> None:
        rows = (pd.concat([rows, start_rows(cuts)]) if cuts else rows).sort_values("day", kind="stable")
        states = len(houses)  # the level and one fewer than the houses
        super().__init__(rows["z"].to_numpy(np.float64), k_states=states, k_posdef=1)
        self.ssm.smoother_output = SMOOTHER_STATE | SMOOTHER_STATE_COV  # what takes a state² per row and is not read
        self.row_days = days = rows["day"].to_numpy(np.float64)
        index = {house: number for number, house in enumerate(houses)}
        design = np.zeros((1, states, len(rows)))
        design[0, 0] = 1
        basis = zero_sum_basis(len(houses))
        polled = rows["house"].isin(houses).to_numpy()
        design[0, 1:, polled] = basis[[index[house] for house in rows["house"][polled]]]
        selection = np.zeros((states, 1))
        selection[0, 0] = 1
        self["design"], self["transition"], self["selection"] = design, np.eye(states), selection
        self._gaps = np.append(np.diff(days), 0.0)
        self._cuts = np.append(cut_variance(days, cuts), 0.0)
        self._precision = 1 / rows["sample_size"].to_numpy(np.float64)
        own = rows["variance"] if "variance" in rows else pd.Series(np.nan, index=rows.index)
        self._own_noise = own.fillna(rounding).to_numpy(np.float64)

    @property
    def param_names(self) -> list[str]:
        """σ per √day, τ and κ on z."""
        return ["sigma", "tau", "kappa"]

    @property
    def start_params(self) -> Floats:
        """What the search begins with, in every campaign."""
        return self.transform_params(PRIOR_MEAN)

    def transform_params(self, unconstrained: Floats) -> Floats:
        """From logs."""
        constrained: Floats = np.exp(unconstrained)
        return constrained

    def untransform_params(self, constrained: Floats) -> Floats:
        """To logs."""
        unconstrained: Floats = np.log(constrained)
        return unconstrained

    def update(self, params: Floats, **kwargs: object) -> None:
        """Set the variances of (σ, τ, κ)."""
        sigma, tau, kappa = super().update(params, **kwargs)
        self["state_cov"] = (sigma**2 * self._gaps + self._cuts)[np.newaxis, np.newaxis, :]
        noise = kappa**2 * self._precision + self._own_noise
        self["obs_cov"] = noise[np.newaxis, np.newaxis, :]
        mean = np.zeros(self.k_states)
        variance = np.full(self.k_states, tau**2)
        mean[0], variance[0] = INITIAL_MEAN, INITIAL_VARIANCE
        self.ssm.initialize_known(mean, np.diag(variance))


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
    model = LocalLevel(both, houses, rounding_variance(rows["share"].to_numpy(), house_size), cuts)
    model.update(params.vector)
    model.ssm.conserve_memory = MEMORY_NO_FILTERED | MEMORY_NO_STD_FORECAST  # the filter's own output is not read
    with warnings.catch_warnings():
        warnings.simplefilter("error", OutputWarning)
        smoothed = model.ssm.smooth(update_filter=False)
    last_of_day = np.searchsorted(model.row_days, days, side="right") - 1
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
