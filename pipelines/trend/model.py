"""The trend model as a whole model of statsmodels, for its own users: fits of one list, summaries, simulations.

An edition does without it: what it loads beside a state space takes a fifth of a second and 17 MB.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from statsmodels.tsa.statespace.mlemodel import MLEModel

from pipelines.trend.local_level import PRIOR_MEAN, LevelSpace, readings
from pipelines.trend.observations import Cut, Floats


class LocalLevel(MLEModel):
    """A local level with zero-sum house effects for one list's polls.

    `fit` estimates σ, τ and κ from these polls alone; an edition shares them over all lists of a campaign
    (`pipelines.trend.local_level.fit`) and smooths the same `LevelSpace`.

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
        self._space = LevelSpace(readings(rows, houses, rounding, cuts))
        self.row_days = self._space.row_days
        super().__init__(self._space.ssm.endog[0], k_states=len(houses), k_posdef=1)

    def initialize_statespace(self, **_kwargs: object) -> None:
        """The state space, in the place of an empty one."""
        self.ssm, self.k_endog = self._space.ssm, 1

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
        self._space.set_variances(*super().update(params, **kwargs))
