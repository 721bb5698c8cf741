"""How the errors of two lists went together in past elections, shrunk hard: a variant of the hindcast, not the model.

Measured pair by pair, over the elections in which both were polled; two lists that never met stay uncorrelated.
See: Ledoit & Wolf 2004 (shrinkage of a covariance towards a diagonal one).
"""

from collections.abc import Sequence

import numpy as np

from pipelines.forecast.polling_error import HORIZON_DAYS, LARGEST_MISS, PastElection, errors
from pipelines.trend.observations import Floats

PAIR_WEIGHT = 6  # a pair counts as if it had erred apart in so many elections more
LEAST_EIGENVALUE = 1e-3


def learned_correlation(lists: Sequence[str], past: Sequence[PastElection]) -> Floats:
    """A positive definite correlation matrix (lists, lists); the identity where there is no past."""
    products, met = np.zeros((len(lists), len(lists))), np.zeros((len(lists), len(lists)))
    squares: list[float] = []
    for election in past:
        for horizon in HORIZON_DAYS:
            missed = {
                name: float(np.clip(error, -LARGEST_MISS, LARGEST_MISS)) for name, error in errors(election, horizon)
            }
            squares += [error**2 for error in missed.values()]
            error = np.array([missed.get(name, np.nan) for name in lists])
            together = np.outer(error, error)
            products += np.nan_to_num(together) / len(HORIZON_DAYS)
            met += np.isfinite(together) / len(HORIZON_DAYS)
    if not squares:
        return np.eye(len(lists))
    correlation = products / np.mean(squares) / (met + PAIR_WEIGHT)
    np.fill_diagonal(correlation, 1.0)
    return nearest_definite(correlation)


def nearest_definite(correlation: Floats) -> Floats:
    """The same matrix with its eigenvalues raised to a least one, and a diagonal of one again."""
    values, vectors = np.linalg.eigh(correlation)
    raised = (vectors * np.maximum(values, LEAST_EIGENVALUE)) @ vectors.T
    scale = np.sqrt(np.diag(raised))
    definite: Floats = raised / np.outer(scale, scale)
    return definite
