"""Scores of simulated elections against the official result; seats, unless a name says otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from electoral.draws import SeatDraws
from electoral.projection import bloc_seats, summarise
from pipelines.trend.observations import Floats

CONTESTED_SHARE = 0.0175  # a list this near the threshold in the polls may pass or fail
RANDOMISED_SEED = 20
LEAST_CHANCE = 0.001  # a log loss would call one sure miss infinitely bad


@dataclass(frozen=True, slots=True)
class Score:
    """One model's scores for one election and horizon; NaN where a score has nothing to judge.

    `pit` holds each list's randomised probability transform, from which coverage follows.
    """

    crps: float
    mae_median: float
    rmse_median: float
    energy: float
    bloc_abs_err: float
    bloc_crps: float
    brier_pass: float
    brier_majority: float
    log_loss_pass: float
    log_loss_majority: float
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
    misses = np.array([*(medians - won), *unseen])
    majority, has_majority = float(np.mean(bloc >= truth.majority)), bloc_won >= truth.majority
    chances, passed = _contested(draws, truth)
    return Score(
        crps=float(np.mean([*per_list, *unseen])),
        mae_median=float(np.mean(np.abs(misses))),
        rmse_median=float(np.sqrt(np.mean(misses**2))),
        energy=energy(draws.seats, won),
        bloc_abs_err=abs(float(np.median(bloc)) - bloc_won),
        bloc_crps=crps(bloc, bloc_won),
        brier_pass=brier(chances, passed),
        brier_majority=brier(np.array([majority]), np.array([has_majority])),
        log_loss_pass=log_loss(chances, passed),
        log_loss_majority=log_loss(np.array([majority]), np.array([has_majority])),
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


def _contested(draws: SeatDraws, truth: Truth) -> tuple[Floats, np.ndarray]:
    """The chance to pass of each list whose threshold was contested, and whether it did."""
    judged = [name for name in draws.lists if name in truth.contested]
    chances = np.array([draws.passes[draws.lists.index(name)].mean() for name in judged], dtype=np.float64)
    return chances, np.array([truth.passed.get(name, False) for name in judged], dtype=bool)


def brier(chances: Floats, happened: np.ndarray) -> float:
    """The mean squared distance of chances from what happened; NaN of none."""
    return float(np.mean((chances - happened) ** 2)) if len(chances) else float("nan")


def log_loss(chances: Floats, happened: np.ndarray) -> float:
    """Minus the mean log of the chance given to what happened, none taken for surer than 1 in 1,000; NaN of none."""
    given = np.clip(np.where(happened, chances, 1 - chances), LEAST_CHANCE, 1.0)
    return float(-np.mean(np.log(given))) if len(chances) else float("nan")


def coverage(pit: Floats, inside: float) -> float:
    """The share of results inside the central interval that should hold `inside` of them."""
    return float(np.mean(np.abs(pit - 0.5) <= inside / 2))
