"""The goals the model was given, where it stands against each, and how little eight elections say of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.hindcast.models import BASELINES, OURS
from pipelines.hindcast.report import by_election, elections_of, mean_crps, resamples
from pipelines.hindcast.run import Scored
from pipelines.hindcast.scores import coverage
from pipelines.trend.observations import Floats

COVERAGE_GOALS = {0.5: (0.45, 0.60), 0.8: (0.75, 0.87), 0.95: (0.92, 0.98)}
LEAST_LEADS = {("crps", "koala"): 0.05, ("crps", "level-only"): 0.10, ("bloc_abs_err", "mean-7"): 0.12}
MOST_BRIER_MAJORITY = 0.05
Picks = np.ndarray


@dataclass(frozen=True, slots=True)
class Goal:
    """What is measured, what is asked of it, and the measure with its 90 % interval over resampled elections."""

    what: str
    asked: str
    value: float
    low: float
    high: float
    is_share: bool
    is_difference: bool
    is_reached: bool


def goals(scored: Sequence[Scored]) -> list[Goal]:
    """Every goal, in the order they were set."""
    picks = resamples(len(elections_of(scored)))
    best = min(BASELINES, key=lambda name: mean_crps(scored, name))
    leads = {("crps", best): 0.0, **LEAST_LEADS}
    found = [_lead(scored, picks, measure, baseline, least) for (measure, baseline), least in leads.items()]
    found += [_covered(scored, picks, inside, *bounds) for inside, bounds in COVERAGE_GOALS.items()]
    return [*found, _brier(scored, picks)]


def _lead(scored: Sequence[Scored], picks: Picks, measure: str, baseline: str, least: float) -> Goal:
    ours, theirs = (np.array(by_election(scored, name, measure)) for name in (OURS, baseline))

    def relative(chosen: Picks) -> Floats:
        return np.asarray(ours[chosen].mean(axis=-1) / theirs[chosen].mean(axis=-1) - 1)

    names = {"crps": "CRPS", "bloc_abs_err": "bloc error"}
    asked = f"{-least:.0%} or less" if least else "no worse; no baseline is better"
    return _goal(
        f"{names[measure]} against {baseline}",
        asked,
        relative,
        picks,
        lambda value: value <= -least,
        is_difference=True,
    )


def _covered(scored: Sequence[Scored], picks: Picks, inside: float, least: float, most: float) -> Goal:
    pits = [
        np.concatenate([row.score.pit for row in scored if (row.model, row.election) == (OURS, name)])
        for name in elections_of(scored)
    ]
    lists = np.array([len(pit) for pit in pits])
    held = np.array([coverage(pit, inside) for pit in pits]) * lists

    def share(chosen: Picks) -> Floats:
        return np.asarray(held[chosen].sum(axis=-1) / lists[chosen].sum(axis=-1))

    asked = f"{least:.0%} to {most:.0%}"
    return _goal(f"held by {inside:.0%} intervals", asked, share, picks, lambda value: least <= value <= most)


def _brier(scored: Sequence[Scored], picks: Picks) -> Goal:
    ours = np.array(by_election(scored, OURS, "brier_majority"))

    def mean(chosen: Picks) -> Floats:
        return np.asarray(ours[chosen].mean(axis=-1))

    asked = f"{MOST_BRIER_MAJORITY:.3f} or less"
    return _goal(
        "Brier score of a bloc majority", asked, mean, picks, lambda value: value <= MOST_BRIER_MAJORITY, is_share=False
    )


def _goal(
    what: str,
    asked: str,
    measure: Callable[[Picks], Floats],
    picks: Picks,
    reached: Callable[[float], bool],
    is_share: bool = True,
    is_difference: bool = False,
) -> Goal:
    value = float(measure(np.arange(picks.shape[1])))
    low, high = (float(end) for end in np.quantile(measure(picks), [0.05, 0.95]))
    return Goal(what, asked, value, low, high, is_share, is_difference, reached(value))
