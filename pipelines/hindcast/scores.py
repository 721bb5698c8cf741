"""Scores of simulated elections against the official result; seats, unless a name says otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from electoral.draws import SeatDraws
from electoral.projection import bloc_seats, summarise
from pipelines.trend.observations import Floats

CONTESTED_SHARE = 0.0175  # a list this near the threshold in the polls may pass or fail
RANDOMISED_SEED = 20


@dataclass(frozen=True, slots=True)
class Score:
    """One model's scores for one election and horizon; NaN where a score has nothing to judge.

    `pit` holds each list's randomised probability transform, from which coverage follows.
    """

    crps: float
    mae_median: float
    energy: float
    bloc_abs_err: float
    bloc_crps: float
    brier_pass: float
    brier_majority: float
    pit: tuple[float, ...]
    lists: int


@dataclass(frozen=True, slots=True)
class Truth:
    """What happened: seats and vote shares per list, the bloc in question, and which thresholds were contested."""

    seats: Mapping[str, int]
    passed: Mapping[str, bool]
    bloc: tuple[str, ...]
    majority: int
    contested: frozenset[str]


def score(draws: SeatDraws, truth: Truth) -> Score:
    """All scores of one set of draws; a list that won seats and was not in the draws counts as drawn at zero."""
    won = np.array([truth.seats.get(name, 0) for name in draws.lists])
    unseen = [seats for name, seats in truth.seats.items() if seats and name not in draws.lists]
    per_list = [crps(row, int(seats)) for row, seats in zip(draws.seats, won, strict=True)]
    medians = np.array([summarise(row).median for row in draws.seats])
    bloc = bloc_seats(draws, [name for name in truth.bloc if name in draws.lists])
    bloc_won = sum(truth.seats.get(name, 0) for name in truth.bloc)
    return Score(
        crps=float(np.mean([*per_list, *unseen])),
        mae_median=float(np.mean([*np.abs(medians - won), *unseen])),
        energy=energy(draws.seats, won),
        bloc_abs_err=abs(float(np.median(bloc)) - bloc_won),
        bloc_crps=crps(bloc, bloc_won),
        brier_pass=_brier_pass(draws, truth),
        brier_majority=(float(np.mean(bloc >= truth.majority)) - (bloc_won >= truth.majority)) ** 2,
        pit=tuple(randomised_pit(draws.seats, won).tolist()),
        lists=len(won) + len(unseen),
    )


def crps(row: np.ndarray, seats: int) -> float:
    """The continuous ranked probability score of whole seats: Σ over k of (F(k) - 1[k ≥ seats])².

    See: Gneiting & Raftery 2007.
    """
    counts = np.bincount(row, minlength=seats + 1)
    below = np.cumsum(counts) / row.size
    return float(np.sum((below - (np.arange(len(below)) >= seats)) ** 2))


def energy(seats: np.ndarray, won: np.ndarray) -> float:
    """The energy score of whole results: E‖X - y‖ - ½E‖X - X'‖, over the draws and their neighbours."""
    drawn = seats.astype(np.float64)
    to_truth = np.linalg.norm(drawn - won[:, np.newaxis], axis=0).mean()
    apart = np.linalg.norm(drawn - np.roll(drawn, 1, axis=1), axis=0).mean()
    return float(to_truth - apart / 2)


def randomised_pit(seats: np.ndarray, won: np.ndarray) -> Floats:
    """Where each result fell in its distribution, at random inside its own step (always the same random)."""
    rng = np.random.default_rng(RANDOMISED_SEED)
    under = (seats < won[:, np.newaxis]).mean(axis=1)
    upto = (seats <= won[:, np.newaxis]).mean(axis=1)
    placed: Floats = under + (upto - under) * rng.random(len(won))
    return placed


def _brier_pass(draws: SeatDraws, truth: Truth) -> float:
    judged = [name for name in draws.lists if name in truth.contested]
    if not judged:
        return float("nan")
    chances = np.array([draws.passes[draws.lists.index(name)].mean() for name in judged])
    return float(np.mean((chances - np.array([truth.passed.get(name, False) for name in judged])) ** 2))


def coverage(pit: Floats, inside: float) -> float:
    """The share of results inside the central interval that should hold `inside` of them."""
    return float(np.mean(np.abs(pit - 0.5) <= inside / 2))
