"""The trend model as a model of statsmodels, for who works with one: `fit`, `summary()`, `simulate()`, prediction.

An edition works the same likelihood and level out in closed form (`pipelines.trend.local_level`), lists together.
See: Durbin & Koopman 2012, ch. 4 (filtering and smoothing).
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from statsmodels.tsa.statespace.mlemodel import MLEModel

from pipelines.trend.local_level import INITIAL_MEAN, INITIAL_VARIANCE, PRIOR_MEAN, zero_sum_basis
from pipelines.trend.observations import Cut, Floats, start_rows


class LocalLevel(MLEModel):
    """A local level with zero-sum house effects for one list's polls.

    `fit` estimates σ, τ and κ from these polls alone; an edition shares them over all lists of a campaign
    (`pipelines.trend.local_level.fit`).

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
        self._cuts = np.array(
            [
                sum(cut.variance for cut in cuts if cut.start is None and now < cut.day <= after)
                for now, after in zip(days, np.append(days[1:], days[-1]), strict=True)
            ]
        )
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
