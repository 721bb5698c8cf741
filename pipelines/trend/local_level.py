"""The trend model: a local level per list with zero-sum house effects, parameters shared by all lists.

z_ij = μ_j(t_i) + h_j,house(i) + e_i;  μ_j a random walk of variance σ²·days;  h_j ~ N(0, τ²) with Σh = 0;
e_i ~ N(0, κ²/n_i + r_j), r_j the variance that printing whole seats adds. Zero-sum house effects define the
level as the firms' mean. The effects are written in an orthonormal basis of the zero-sum vectors, so that every
covariance stays diagonal and positive definite.
A fit asks some twelve times a list for the likelihood and its exact gradient, in closed form: level and effects given
the polls are Gaussian with a precision that has three diagonals for the days and a border for the houses, solved at
once. What is published is smoothed by statsmodels; a test holds the two to each other.
See: Jackman 2005 (pooling the polls); Durbin & Koopman 2012, ch. 4 (filtering and smoothing); Rue & Held 2005, ch. 2
(Gaussian Markov random fields).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.linalg.lapack import dptsv, dpttrf
from scipy.optimize import minimize
from statsmodels.tsa.statespace.kalman_filter import MEMORY_NO_FILTERED, MEMORY_NO_STD_FORECAST
from statsmodels.tsa.statespace.kalman_smoother import SMOOTHER_STATE, SMOOTHER_STATE_COV, SmootherResults
from statsmodels.tsa.statespace.simulation_smoother import SimulationSmoother

from pipelines.trend.observations import UNNAMED_HOUSE, Cut, Cuts, Floats

Places = npt.NDArray[np.intp]
NO_DAYS: Floats = np.zeros(0)

LEAST_SHARE = 0.005  # nearer to nothing or all, z stretches without bound
INITIAL_MEAN, INITIAL_VARIANCE = 0.5, 1.0  # wider than anything z can be
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
    """The state space of one list's readings, the level and its house effects; `ssm` is what statsmodels smooths.

    `row_days` are the days of its rows, in order.
    """

    def __init__(self, data: "Readings", results_class: type[SmootherResults] = SmootherResults) -> None:
        order = np.argsort(data.at, kind="stable")
        at, house, states = data.at[order], data.house[order], data.houses  # the level and one fewer than the houses
        self.row_days = data.days[at]
        polled = house < data.houses
        design = np.zeros((1, states, len(at)))
        design[0, 0] = 1
        design[0, 1:, polled] = zero_sum_basis(data.houses)[house[polled]]
        self.ssm = SimulationSmoother(1, states, 1, nobs=len(at), results_class=results_class)
        self.ssm.bind(data.z[np.newaxis, order])
        self.ssm["design"], self.ssm["transition"], self.ssm["selection"] = design, np.eye(states), np.eye(states, 1)
        self.ssm.smoother_output = SMOOTHER_STATE | SMOOTHER_STATE_COV  # all else takes a state² per row, unread
        is_step = np.append(np.diff(at) > 0, False)
        self._gaps = np.append(np.diff(self.row_days), 0.0)
        self._cuts = np.where(is_step, np.append(data.cut_variance, 0.0)[at], 0.0)
        self._inverse_size, self._own_noise = data.inverse_size[order], data.own_noise[order]

    def set_variances(self, sigma: float, tau: float, kappa: float) -> None:
        """Set the variances of the level's steps, of polls and of house effects."""
        self.ssm["state_cov"] = (sigma**2 * self._gaps + self._cuts)[np.newaxis, np.newaxis, :]
        self.ssm["obs_cov"] = (kappa**2 * self._inverse_size + self._own_noise)[np.newaxis, np.newaxis, :]
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
    if len(set().union(*(rows["poll"].tolist() for rows in rows_by_list.values()))) < FEWEST_POLLS_TO_FIT:
        return FALLBACK
    pooled_by_list = {name: pooled(rows) for name, rows in rows_by_list.items()}
    lists = [
        readings(rows, _houses(rows), _rounding(rows, house_size), cuts.get(name, ()))
        for name, rows in pooled_by_list.items()
    ]

    def loss(logs: Floats) -> tuple[float, Floats]:
        off = (logs - PRIOR_MEAN) / PRIOR_SD
        values, gradients = zip(*(loglikelihood(data, np.exp(logs)) for data in lists), strict=True)
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
    data = readings(rows, houses, _rounding(rows, house_size), cuts, days)
    space = LevelSpace(data, _Smoothed)
    space.set_variances(*params.vector)
    space.ssm.conserve_memory = MEMORY_NO_FILTERED | MEMORY_NO_STD_FORECAST  # the filter's own output is not read
    smoothed = space.ssm.smooth(update_representation=False, update_filter=False)
    last_of_day = np.searchsorted(space.row_days, days, side="right") - 1
    mean, cov = smoothed.smoothed_state, smoothed.smoothed_state_cov
    basis = zero_sum_basis(len(houses))
    effects = HouseEffects(
        houses,
        basis @ mean[1:, -1],
        np.einsum("hi,ij,hj->h", basis, cov[1:, 1:, -1], basis),
        tuple(np.bincount(data.house)[: len(houses)].tolist()),
    )
    return Level(mean[0, last_of_day], cov[0, 0, last_of_day], effects)


def _rounding(rows: pd.DataFrame, house_size: int) -> float:
    return rounding_variance(rows["share"].to_numpy(np.float64), house_size)


def _houses(rows: pd.DataFrame) -> tuple[str, ...]:
    return tuple(sorted(rows["house"].unique()))


# The likelihood in closed form


@dataclass(frozen=True, slots=True)
class Readings:
    """A list's readings of z, an entry each, the `days` (ordinals) of its level and the `cut_variance` between them.

    `at` and `house`: the place of a reading's day and of its house, which for a reading of no house is the number of
    `houses`. `inverse_size` is 1/n, 0 where there is no sample; `own_noise` is the variance beside κ²/n.
    """

    z: Floats
    at: Places
    house: Places
    inverse_size: Floats
    own_noise: Floats
    houses: int
    days: Floats
    cut_variance: Floats


def readings(
    rows: pd.DataFrame, houses: Sequence[str], rounding: float, cuts: Sequence[Cut], days: Floats = NO_DAYS
) -> Readings:
    """A list's rows as arrays, then a reading of nothing on each of `days` (ordinals) without a row.

    Each start is a reading of the level itself: no house, no sample, the variance of the cut.
    """
    polled, idle = rows["day"].to_numpy(np.float64), np.setdiff1d(days, rows["day"])
    starts = [cut for cut in cuts if cut.start is not None]
    day = np.concatenate([polled, idle, [cut.day for cut in starts]])
    levels = np.unique(day)
    place = {house: number for number, house in enumerate(houses)}
    without = len(idle) + len(starts)  # house or sample
    return Readings(
        z=np.concatenate([rows["z"], np.full(len(idle), np.nan), [cut.start for cut in starts]]),
        at=np.searchsorted(levels, day),
        house=np.array(
            [*(place.get(house, len(houses)) for house in rows["house"].tolist()), *[len(houses)] * without]
        ),
        inverse_size=np.concatenate([1 / rows["sample_size"].to_numpy(np.float64), np.zeros(without)]),
        own_noise=np.concatenate([np.full(len(polled) + len(idle), rounding), [cut.variance for cut in starts]]),
        houses=len(houses),
        days=levels,
        cut_variance=cut_variance(levels, cuts),
    )


def cut_variance(days: Floats, cuts: Sequence[Cut]) -> Floats:
    """What the cuts add from each day to the next: a cut on a day opens the step that leads to it."""
    variance = np.zeros(len(days) - 1)
    for cut in cuts:
        step = int(np.searchsorted(days, cut.day)) - 1
        if cut.start is None and 0 <= step < len(variance):
            variance[step] += cut.variance
    return variance


def loglikelihood(data: Readings, params: Floats) -> tuple[float, Floats]:
    """Of (σ, τ, κ), and its gradient by their logs; LinAlgError where the precision is not positive definite.

    The days are solved for each house and for the polls, which leaves a small system of the houses alone. The gradient
    is the mean of the complete data's (Fisher's identity): squares of steps, effects and errors beside their mean.
    """
    sigma, tau, kappa = params
    days, houses, gap_days = len(data.days), data.houses, np.diff(data.days)
    z = data.z - INITIAL_MEAN
    noise = kappa**2 * data.inverse_size + data.own_noise
    step_variance = sigma**2 * gap_days + data.cut_variance
    weight, step_weight = 1 / noise, 1 / step_variance

    # The days, as if each house's effect were known.
    by_house = _sums(data.at * (houses + 1) + data.house, weight, days * (houses + 1)).reshape(days, -1)[:, :houses]
    diagonal = _sums(data.at, weight, days)
    diagonal[0] += 1 / INITIAL_VARIANCE
    diagonal[:-1] += step_weight
    diagonal[1:] += step_weight
    pull = np.column_stack([by_house, _sums(data.at, weight * z, days)])
    solved, own_variance, own_covariance, log_det = _solve(diagonal, -step_weight, pull)
    per_effect, alone = solved[:, :houses], solved[:, houses]

    # The houses, which the days leave; then the level with them.
    basis = zero_sum_basis(houses)
    left = np.diag(by_house.sum(axis=0)) - by_house.T @ per_effect
    root = np.linalg.cholesky(basis.T @ left @ basis + np.eye(houses - 1) / tau**2)
    half = np.linalg.inv(root) @ basis.T
    covariance = half.T @ half
    effects = covariance @ (_sums(data.house, weight * z, houses + 1)[:houses] - by_house.T @ alone)
    effects_variance = np.diag(covariance)
    level = alone - per_effect @ effects
    shared = per_effect @ covariance  # of a level and an effect, but for its sign
    level_variance = own_variance + np.einsum("dh,dh->d", shared, per_effect)
    next_covariance = own_covariance + np.einsum("dh,dh->d", shared[:-1], per_effect[1:])

    # How likely that is: by the errors, steps and effects at the mean, and by the determinants.
    errors, steps = z - level[data.at] - np.append(effects, 0.0)[data.house], np.diff(level)
    squares = weight @ errors**2 + step_weight @ steps**2 + level[0] ** 2 / INITIAL_VARIANCE
    squares += effects @ effects / tau**2
    log_det += 2 * np.log(np.diag(root)).sum() + (houses - 1) * 2 * np.log(tau) + np.log(INITIAL_VARIANCE)
    log_det += np.log(step_variance).sum() + np.log(2 * np.pi * noise).sum()

    both = np.append(shared, np.zeros((days, 1)), axis=1)[data.at, data.house]
    mean_error_square = errors**2 + level_variance[data.at] - 2 * both + np.append(effects_variance, 0.0)[data.house]
    mean_step_square = steps**2 + level_variance[:-1] + level_variance[1:] - 2 * next_covariance
    gradient = [
        sigma**2 * np.sum(gap_days * step_weight * (step_weight * mean_step_square - 1)),
        (effects @ effects + effects_variance.sum()) / tau**2 - (houses - 1),
        kappa**2 * np.sum(data.inverse_size * weight * (weight * mean_error_square - 1)),
    ]
    return -(squares + log_det) / 2, np.array(gradient)


def _sums(place: Places, values: Floats, count: int) -> Floats:
    """The sum of the values at each of so many places."""
    return np.asarray(np.bincount(place, values, count), dtype=np.float64)


def _solve(diagonal: Floats, beside: Floats, right: Floats) -> tuple[Floats, Floats, Floats, float]:
    """A tridiagonal system for several right sides; of its inverse the diagonal and the one beside; its log det."""
    days = len(diagonal)
    beside = np.resize(beside, max(days - 1, 1))  # LAPACK's wrapper wants one entry where there is one day, too
    pivots, ratio, solution, is_bad = dptsv(diagonal, beside, right)
    if is_bad:
        raise np.linalg.LinAlgError("the precision of the levels is not positive definite")
    from_the_end = dpttrf(diagonal[::-1], beside[::-1])[0][::-1]
    variance = 1 / (pivots + from_the_end - diagonal)
    return solution, variance, -ratio[: days - 1] * variance[1:], float(np.log(pivots).sum())


def zero_sum_basis(houses: int) -> Floats:
    """An orthonormal basis of the vectors that add to zero: (houses, houses - 1), Helmert's contrasts."""
    basis = np.zeros((houses, max(houses - 1, 0)))
    for column in range(houses - 1):
        basis[: column + 1, column] = 1
        basis[column + 1, column] = -(column + 1)
        basis[:, column] /= np.sqrt((column + 1) * (column + 2))
    return basis


def rounding_variance(shares: Floats, house_size: int) -> float:
    """What printing whole seats adds to z: a seat's width² ÷ 12, at the list's mean share."""
    share = float(np.clip(shares.mean(), LEAST_SHARE, 1 - LEAST_SHARE))
    return 1 / house_size**2 / 12 / (share * (1 - share))
