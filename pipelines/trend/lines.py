"""One campaign's trend as of a day: a line per list, broken where polls are missing, and what the forecast needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from electoral.polls import Poll
from pipelines.trend import local_level, readings
from pipelines.trend.cuts import Cut, known_cuts
from pipelines.trend.local_level import HouseEffects, Parameters
from pipelines.trend.observations import Contest, Floats, observe, observe_others, to_share

Mask = npt.NDArray[np.bool_]

Z90 = 1.6449  # half of a 90 % interval, in standard deviations
GAP_DAYS = 35  # a line over a longer silence is broken
THIN_POLLS, THIN_DAYS = 3, 14  # fewer polls than this in a fortnight are too few to read much into
FEWEST_POLLS_FOR_LEVEL = 3
FEW_POLLS_VARIANCE = 0.05**2  # added to a list that has too few polls for a level


@dataclass(frozen=True, slots=True)
class Line:
    """One list's trend on z per day of the campaign, the days it may be `drawn` on, and its polls.

    `rows` are the list's observations; `fallback` says what stands in for the model, if anything does.
    """

    list: str
    mean: Floats
    variance: Floats
    lowess: Floats | None
    mean_14: Floats
    drawn: Mask
    thin: Mask
    rows: pd.DataFrame
    house_effects: HouseEffects | None
    fallback: str | None

    @property
    def share(self) -> Floats:
        """The line as vote shares, 0–1."""
        return to_share(self.mean)

    def band(self) -> tuple[Floats, Floats]:
        """The two ends of the level's 90 % band, as shares."""
        half = Z90 * np.sqrt(self.variance)
        return to_share(self.mean - half), to_share(self.mean + half)


@dataclass(frozen=True, slots=True)
class CampaignTrend:
    """All lines over the same `days` (ordinals; the last is the as-of day), and the shared parameters.

    `others`: the line of all other lists together, where polls print them; else `assumed_others_share` (0-1) is theirs.
    """

    days: Floats
    lines: tuple[Line, ...]
    parameters: Parameters
    used: tuple[str, ...]
    others: Line | None = None
    assumed_others_share: float = 0.0

    def others_shares(self) -> Floats:
        """What all other lists together have on each day, 0-1."""
        return np.full(len(self.days), self.assumed_others_share) if self.others is None else self.others.share

    @property
    def others_share(self) -> float:
        """What all other lists together have on the as-of day, 0-1."""
        return self.assumed_others_share if self.others is None else float(self.others.share[-1])

    def dates(self) -> list[date]:
        return [date.fromordinal(int(day)) for day in self.days]


def draw_lines(
    polls: Sequence[Poll],
    targets: Sequence[str],
    contest: Contest,
    as_of: date,
    parameters: Parameters | None = None,
) -> CampaignTrend:
    """The trend of every target list that any poll covers; `polls` are those known on the as-of day.

    Parameters are fitted unless they are given.
    """
    frame = observe(polls, targets, contest)
    house_size = contest.rules.house_size
    by_list = {str(name): rows.reset_index(drop=True) for name, rows in frame.groupby("list", sort=False)}
    cuts = known_cuts(contest, as_of, polls)
    fitted = {name: rows for name, rows in by_list.items() if len(rows) >= FEWEST_POLLS_FOR_LEVEL}
    parameters = parameters or local_level.fit(fitted, house_size, cuts)
    days = np.arange(frame["day"].min(), as_of.toordinal() + 1) if len(frame) else np.array([])
    lines = tuple(
        _line(name, by_list[name], days, parameters, house_size, cuts.get(name, ()))
        for name in targets
        if name in by_list
    )
    rest = observe_others(polls, targets, contest)
    others = _line(str(rest["list"].iloc[0]), rest, days, parameters, house_size, ()) if len(rest) else None
    return CampaignTrend(days, lines, parameters, tuple(sorted(frame["poll"].unique())), others, contest.others_share)


def _line(
    name: str, rows: pd.DataFrame, days: Floats, parameters: Parameters, house_size: int, cuts: Sequence[Cut]
) -> Line:
    at = rows["day"].to_numpy(np.float64)
    if len(rows) < FEWEST_POLLS_FOR_LEVEL:
        mean, variance = level_of_few(rows, days)
        effects: HouseEffects | None = None
        fallback: str | None = f"{len(rows)} polls: {readings.FALLBACK_DAYS}-day mean"
    else:
        level = local_level.smooth(rows, days, parameters, house_size, cuts)
        mean, variance, effects = level.mean, level.variance, level.house_effects
        fallback = None if parameters.converged else "constants instead of a fit"
    return Line(
        list=name,
        mean=mean,
        variance=variance,
        lowess=readings.lowess(rows, days),
        mean_14=readings.window_means(rows, days),
        drawn=_drawn(at, days),
        thin=_thin(at, days),
        rows=rows,
        house_effects=effects,
        fallback=fallback,
    )


def level_of_few(rows: pd.DataFrame, days: Floats) -> tuple[Floats, Floats]:
    """A mean of the latest polls with a wide variance, for a list with one or two."""
    means = [readings.window_mean(rows, day, readings.FALLBACK_DAYS) for day in days]
    known = pd.Series([np.nan if mean is None else mean for mean in means])
    filled = np.asarray(known.ffill().bfill(), dtype=np.float64)
    noise = float((1 / rows["sample_size"]).mean()) / len(rows)
    return filled, np.full(len(days), FEW_POLLS_VARIANCE + noise)


def _drawn(at: Floats, days: Floats) -> Mask:
    """Days from the first poll on that do not lie inside a silence of more than five weeks."""
    before = np.searchsorted(at, days, side="right") - 1
    after = np.searchsorted(at, days, side="left")
    began = before >= 0
    last = at[np.maximum(before, 0)]
    following = np.where(after < len(at), at[np.minimum(after, len(at) - 1)], days)
    return began & ((following - last <= GAP_DAYS) | np.isin(days, at))


def _thin(at: Floats, days: Floats) -> Mask:
    """Days on which fewer than three polls lie within the fortnight around."""
    half = THIN_DAYS / 2
    inside = np.searchsorted(at, days + half, side="right") - np.searchsorted(at, days - half, side="left")
    return inside < THIN_POLLS


def latest(line: Line) -> tuple[float, float]:
    """The line's level on z and its variance on the as-of day."""
    return float(line.mean[-1]), float(line.variance[-1])
