"""The trend model: a local level per list with zero-sum house effects, parameters shared by all lists.

z_ij = μ_j(t_i) + h_j,house(i) + e_i;  μ_j a random walk of variance σ²·days;  h_j ~ N(0, τ²) with Σh = 0;
e_i ~ N(0, κ²/n_i + r_j), r_j the variance that printing whole seats adds. Zero-sum house effects define the
level as the firms' mean. Level and effects given the polls are Gaussian with a precision that has three diagonals for
the days and a border for the houses: solved at once, without a filter. `pipelines.trend.state_space` has the same model
for statsmodels, whose likelihood and smoothed states are these.
See: Jackman 2005 (pooling the polls); Rue & Held 2005, ch. 2 (Gaussian Markov random fields).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.linalg.lapack import dptsv, dpttrf
from scipy.optimize import minimize

from pipelines.trend.observations import UNNAMED_HOUSE, Cut, Cuts, Floats, start_rows

Places = npt.NDArray[np.intp]

BOUNDS = ((-8.0, -2.0), (-8.0, -1.5), (-3.0, 2.0))  # log σ per √day, log τ, log κ
PRIOR_MEAN = np.array([-4.8, -3.5, -0.3])
PRIOR_SD = 1.0
FEWEST_POLLS_TO_FIT = 8
MOST_HOUSES = 32  # 30 is the most any campaign had
LEAST_SHARE = 0.005  # nearer to nothing or all, z stretches without bound
INITIAL_MEAN, INITIAL_VARIANCE = 0.5, 1.0  # wider than anything z can be


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


@dataclass(frozen=True, slots=True)
class Posterior:
    """What the readings say: of the level on each day and of each house's effect, mean and variance.

    `score` is the gradient of the log likelihood by log σ, log τ and log κ.
    """

    loglikelihood: float
    score: Floats
    level: Floats
    level_variance: Floats
    effects: Floats
    effects_variance: Floats


def readings(
    rows: pd.DataFrame, houses: Sequence[str], house_size: int, cuts: Sequence[Cut], idle_days: Floats | None = None
) -> Readings:
    """A list's rows as arrays; its level is also of `idle_days` (ordinals), which need no poll."""
    rounding = rounding_variance(rows["share"].to_numpy(), house_size)
    rows = pd.concat([rows, start_rows(cuts)])
    day = rows["day"].to_numpy(np.float64)
    days = np.union1d(day, [] if idle_days is None else idle_days)
    place = {house: number for number, house in enumerate(houses)}
    return Readings(
        z=rows["z"].to_numpy(np.float64),
        at=np.searchsorted(days, day),
        house=np.array([place.get(house, len(houses)) for house in rows["house"]]),
        inverse_size=1 / rows["sample_size"].to_numpy(np.float64),
        own_noise=rows["variance"].fillna(rounding).to_numpy(np.float64),
        houses=len(houses),
        days=days,
        cut_variance=np.array(
            [
                sum(cut.variance for cut in cuts if cut.start is None and now < cut.day <= after)
                for now, after in pairwise(days)
            ],
            dtype=np.float64,
        ),
    )


def posterior(given: Readings, params: Parameters) -> Posterior:
    """Level and house effects given the readings; raises LinAlgError where the precision is not positive definite.

    The days are solved for each house and for the polls, which leaves a small system of the houses alone. The score is
    the mean of the complete data's (Fisher's identity): squares of steps, effects and errors beside their expectation.
    """
    days, houses, gap_days = len(given.days), given.houses, np.diff(given.days)
    z = given.z - INITIAL_MEAN
    noise = params.kappa**2 * given.inverse_size + given.own_noise
    step_variance = params.sigma**2 * gap_days + given.cut_variance
    weight, step_weight = 1 / noise, 1 / step_variance

    # The days, as if each house's effect were known.
    by_house = _sums(given.at * (houses + 1) + given.house, weight, days * (houses + 1)).reshape(days, -1)[:, :houses]
    diagonal = _sums(given.at, weight, days)
    diagonal[0] += 1 / INITIAL_VARIANCE
    diagonal[:-1] += step_weight
    diagonal[1:] += step_weight
    pull = np.column_stack([by_house, _sums(given.at, weight * z, days)])
    solved, own_variance, own_covariance, log_det = _solve(diagonal, -step_weight, pull)
    per_effect, alone = solved[:, :houses], solved[:, houses]

    # The houses, which the days leave; then the level with them.
    basis = zero_sum_basis(houses)
    left = np.diag(by_house.sum(axis=0)) - by_house.T @ per_effect
    root = np.linalg.cholesky(basis.T @ left @ basis + np.eye(houses - 1) / params.tau**2)
    half = np.linalg.inv(root) @ basis.T
    covariance = half.T @ half
    effects = covariance @ (_sums(given.house, weight * z, houses + 1)[:houses] - by_house.T @ alone)
    effects_variance = np.diag(covariance)
    level = alone - per_effect @ effects
    shared = per_effect @ covariance  # of a level and an effect, but for its sign
    level_variance = own_variance + np.einsum("dh,dh->d", shared, per_effect)
    next_covariance = own_covariance + np.einsum("dh,dh->d", shared[:-1], per_effect[1:])

    # How likely that is: by the errors, steps and effects at the mean, and by the determinants.
    errors, steps = z - level[given.at] - np.append(effects, 0.0)[given.house], np.diff(level)
    squares = weight @ errors**2 + step_weight @ steps**2 + level[0] ** 2 / INITIAL_VARIANCE
    squares += effects @ effects / params.tau**2
    log_det += 2 * np.log(np.diag(root)).sum() + (houses - 1) * 2 * np.log(params.tau) + np.log(INITIAL_VARIANCE)
    log_det += np.log(step_variance).sum() + np.log(2 * np.pi * noise).sum()

    both = np.append(shared, np.zeros((days, 1)), axis=1)[given.at, given.house]
    mean_error_square = errors**2 + level_variance[given.at] - 2 * both + np.append(effects_variance, 0.0)[given.house]
    mean_step_square = steps**2 + level_variance[:-1] + level_variance[1:] - 2 * next_covariance
    score = [
        params.sigma**2 * np.sum(gap_days * step_weight * (step_weight * mean_step_square - 1)),
        (effects @ effects + effects_variance.sum()) / params.tau**2 - (houses - 1),
        params.kappa**2 * np.sum(given.inverse_size * weight * (weight * mean_error_square - 1)),
    ]
    loglikelihood = -(squares + log_det) / 2
    return Posterior(loglikelihood, np.array(score), level + INITIAL_MEAN, level_variance, effects, effects_variance)


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
        params, off = _parameters(logs), (logs - PRIOR_MEAN) / PRIOR_SD
        each = [posterior(given, params) for given in lists]
        score = sum((one.score for one in each), -off / PRIOR_SD)
        return off @ off / 2 - sum(one.loglikelihood for one in each), -score

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
    given = readings(rows, houses, house_size, cuts, days)
    smoothed, at = posterior(given, params), np.searchsorted(given.days, days)
    counts = rows["house"].value_counts()
    polls = tuple(int(counts[house]) for house in houses)
    effects = HouseEffects(houses, smoothed.effects, smoothed.effects_variance, polls)
    return Level(smoothed.level[at], smoothed.level_variance[at], effects)


def _houses(rows: pd.DataFrame) -> tuple[str, ...]:
    return tuple(sorted(rows["house"].unique()))
