"""The trend model's likelihood in closed form with its exact gradient, which a fit asks for some twelve times a list.

z_ij = μ_j(t_i) + h_j,house(i) + e_i;  μ_j a random walk of variance σ²·days;  h_j ~ N(0, τ²) with Σh = 0;
e_i ~ N(0, κ²/n_i + r_j), r_j the variance that printing whole seats adds. Level and effects given the polls are
Gaussian with a precision that has three diagonals for the days and a border for the houses: solved at once, without a
filter. `pipelines.trend.local_level` smooths the same model with statsmodels; a test holds the two to each other.
See: Rue & Held 2005, ch. 2 (Gaussian Markov random fields).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.linalg.lapack import dptsv, dpttrf

from pipelines.trend.observations import Cut, Floats, start_rows

Places = npt.NDArray[np.intp]

LEAST_SHARE = 0.005  # nearer to nothing or all, z stretches without bound
INITIAL_MEAN, INITIAL_VARIANCE = 0.5, 1.0  # wider than anything z can be


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


def readings(rows: pd.DataFrame, houses: Sequence[str], house_size: int, cuts: Sequence[Cut]) -> Readings:
    """A list's rows as arrays."""
    rounding = rounding_variance(rows["share"].to_numpy(), house_size)
    rows = pd.concat([rows, start_rows(cuts)])
    day = rows["day"].to_numpy(np.float64)
    days = np.unique(day)
    place = {house: number for number, house in enumerate(houses)}
    return Readings(
        z=rows["z"].to_numpy(np.float64),
        at=np.searchsorted(days, day),
        house=np.array([place.get(house, len(houses)) for house in rows["house"]]),
        inverse_size=1 / rows["sample_size"].to_numpy(np.float64),
        own_noise=rows["variance"].fillna(rounding).to_numpy(np.float64),
        houses=len(houses),
        days=days,
        cut_variance=cut_variance(days, cuts),
    )


def cut_variance(days: Floats, cuts: Sequence[Cut]) -> Floats:
    """What the cuts add from each day to the next: a cut on a day opens the step that leads to it."""
    variance = np.zeros(len(days) - 1)
    for cut in cuts:
        step = int(np.searchsorted(days, cut.day)) - 1
        if cut.start is None and 0 <= step < len(variance):
            variance[step] += cut.variance
    return variance


def loglikelihood(given: Readings, params: Floats) -> tuple[float, Floats]:
    """Of (σ, τ, κ), and its gradient by their logs; LinAlgError where the precision is not positive definite.

    The days are solved for each house and for the polls, which leaves a small system of the houses alone. The gradient
    is the mean of the complete data's (Fisher's identity): squares of steps, effects and errors beside their mean.
    """
    sigma, tau, kappa = params
    days, houses, gap_days = len(given.days), given.houses, np.diff(given.days)
    z = given.z - INITIAL_MEAN
    noise = kappa**2 * given.inverse_size + given.own_noise
    step_variance = sigma**2 * gap_days + given.cut_variance
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
    root = np.linalg.cholesky(basis.T @ left @ basis + np.eye(houses - 1) / tau**2)
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
    squares += effects @ effects / tau**2
    log_det += 2 * np.log(np.diag(root)).sum() + (houses - 1) * 2 * np.log(tau) + np.log(INITIAL_VARIANCE)
    log_det += np.log(step_variance).sum() + np.log(2 * np.pi * noise).sum()

    both = np.append(shared, np.zeros((days, 1)), axis=1)[given.at, given.house]
    mean_error_square = errors**2 + level_variance[given.at] - 2 * both + np.append(effects_variance, 0.0)[given.house]
    mean_step_square = steps**2 + level_variance[:-1] + level_variance[1:] - 2 * next_covariance
    gradient = [
        sigma**2 * np.sum(gap_days * step_weight * (step_weight * mean_step_square - 1)),
        (effects @ effects + effects_variance.sum()) / tau**2 - (houses - 1),
        kappa**2 * np.sum(given.inverse_size * weight * (weight * mean_error_square - 1)),
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
