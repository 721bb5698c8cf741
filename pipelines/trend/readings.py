"""Plain readings beside the model: LOWESS, the mean of a window, and the last poll of each house."""

import numpy as np
import pandas as pd
from statsmodels.nonparametric.smoothers_lowess import lowess as statsmodels_lowess

from pipelines.trend.observations import Floats

LOWESS_WINDOW_DAYS = 42
FEWEST_POLLS_FOR_LOWESS = 6
RECENT_DAYS = 7
FALLBACK_DAYS = 14
HOUSE_DAYS = 30  # what a house said before that is no reading of now


def lowess(rows: pd.DataFrame, days: Floats) -> Floats | None:
    """LOWESS of a list's shares on each of `days`, over about six weeks of polls; None under six polls.

    See: Cleveland 1979, as statsmodels has it.
    """
    if len(rows) < FEWEST_POLLS_FOR_LOWESS:
        return None
    at, share = rows["day"].to_numpy(np.float64), rows["share"].to_numpy(np.float64)
    span = max(at[-1] - at[0], 1.0)
    # A window that holds fewer than six readings has no slope.
    frac = min(1.0, max(LOWESS_WINDOW_DAYS / span, FEWEST_POLLS_FOR_LOWESS / len(rows)))
    first, last = np.searchsorted(at, days, side="left"), np.searchsorted(at, days, side="right")
    inside = (days >= at[0]) & (days <= at[-1])
    # Where one day fills the window, it is as wide as nothing: the day's own mean stands.
    crowded = inside & (last - first >= int(frac * len(rows) + 1e-10))  # its neighbours, as statsmodels counts them
    line = np.full(len(days), np.nan)
    line[crowded] = [share[begin:end].mean() for begin, end in zip(first[crowded], last[crowded], strict=True)]
    smooth = inside & ~crowded
    if smooth.any():
        line[smooth] = statsmodels_lowess(share, at, frac=frac, it=0, xvals=days[smooth])
    return np.where(line > 0, line, np.nan)


def window_mean(rows: pd.DataFrame, day: float, width_days: int) -> float | None:
    """Mean z of the polls of the last `width_days` days up to `day`; None where there are none."""
    recent = rows["z"][(rows["day"] > day - width_days) & (rows["day"] <= day)]
    return float(recent.mean()) if len(recent) else None


def window_means(rows: pd.DataFrame, days: Floats) -> Floats:
    """The fortnight's mean share on each of `days`; NaN where no poll lies in it."""
    at = rows["day"].to_numpy(np.float64)
    total = np.concatenate([[0.0], np.cumsum(rows["share"].to_numpy(np.float64))])
    first = np.searchsorted(at, days - FALLBACK_DAYS, side="right")
    last = np.searchsorted(at, days, side="right")
    means = np.full(len(days), np.nan)
    np.divide(total[last] - total[first], last - first, out=means, where=last > first)
    return means


def last_per_house(rows: pd.DataFrame, day: float) -> float:
    """Mean z of each house's newest poll of the last month; of a list not polled since, of its last month."""
    since = min(day, float(rows["day"].iloc[-1])) - HOUSE_DAYS
    newest = rows[rows["day"] > since].groupby("house")["z"].last()
    return float(newest.mean())


def plain_centre(rows: pd.DataFrame, day: float) -> float:
    """The mean of two readings that need no fit: the last week's polls and each house's newest one."""
    newest = last_per_house(rows, day)
    recent = window_mean(rows, day, RECENT_DAYS)
    return newest if recent is None else (newest + recent) / 2
