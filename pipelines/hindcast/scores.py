"""Scores of simulated elections, and of what was sealed, against the official result; seats, unless a name says not.

What was sealed is scored by the rule each seal names, beside the reference sealed with it, and nothing is scored that
was not said: editions of past days have no seal, those made after the vote say so in theirs.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import fmean
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np

from electoral.draws import SeatDraws
from electoral.projection import bloc_seats, summarise
from pipelines.editions.records import SealedLine, SealedScores
from pipelines.editions.seal import Seal, SealBroken, in_force
from pipelines.editions.values import ForecastOdds
from pipelines.trend.observations import Floats

CONTESTED_SHARE = 0.0175  # a list this near the threshold in the polls may pass or fail
RANDOMISED_SEED = 20
LEAST_CHANCE = 0.001  # a log loss would call one sure miss infinitely bad
Before = Literal["30", "14", "7", "1", "mean"]
DAYS_BEFORE: dict[Before, int] = {"30": 30, "14": 14, "7": 7, "1": 1}
MEAN_DAYS = 30  # calendar days before the vote whose standing lines are averaged
CLOSE = time(23, 59)  # on the electorate's clock


@dataclass(frozen=True, slots=True)
class ListScore:
    """One list: its median seats and chance to pass, whether it did, and its randomised probability transform."""

    list: str
    median_seats: float
    p_pass: float
    passed: bool
    pit: float


@dataclass(frozen=True, slots=True)
class Score:
    """One model's scores for one election and horizon; NaN where a score has nothing to judge.

    `per_list` has each list's randomised probability transform, from which coverage follows, and its chance to pass.
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
    per_list: tuple[ListScore, ...]
    lists: int
    house_size: int

    @property
    def pit(self) -> tuple[float, ...]:
        """Where each result fell in its distribution."""
        return tuple(row.pit for row in self.per_list)


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
    misses = np.array([*(medians - won), *unseen])
    chances, passed = _contested(draws, truth)
    return Score(
        crps=float(np.mean([*per_list, *unseen])),
        mae_median=float(np.mean(np.abs(misses))),
        rmse_median=float(np.sqrt(np.mean(misses**2))),
        energy=energy(draws.seats, won),
        brier_pass=brier(chances, passed),
        log_loss_pass=log_loss(chances, passed),
        **_of_bloc(draws, truth),
        per_list=tuple(
            ListScore(name, float(median), float(chance), truth.passed.get(name, False), float(pit))
            for name, median, chance, pit in zip(
                draws.lists, medians, draws.passes.mean(axis=1), randomised_pit(draws.seats, won), strict=True
            )
        ),
        lists=len(won) + len(unseen),
        house_size=int(draws.seats[:, 0].sum()),
    )


def _of_bloc(draws: SeatDraws, truth: Truth) -> dict[str, float]:
    """The scores of the bloc in question; NaN in a parliament without one."""
    if not truth.bloc:
        return dict.fromkeys(("bloc_abs_err", "bloc_crps", "brier_majority", "log_loss_majority"), float("nan"))
    seats = bloc_seats(draws, [name for name in truth.bloc if name in draws.lists])
    won = sum(truth.seats.get(name, 0) for name in truth.bloc)
    chance, happened = np.array([np.mean(seats >= truth.majority)]), np.array([won >= truth.majority])
    return {
        "bloc_abs_err": abs(float(np.median(seats)) - won),
        "bloc_crps": crps(seats, won),
        "brier_majority": brier(chance, happened),
        "log_loss_majority": log_loss(chance, happened),
    }


def crps(row: np.ndarray, seats: int) -> float:
    """The continuous ranked probability score of whole seats: Σ over k of (F(k) - 1[k ≥ seats])².

    See: Gneiting & Raftery 2007.
    """
    counts = np.bincount(row, minlength=seats + 1)
    below = np.cumsum(counts) / row.size
    return float(np.sum((below - (np.arange(len(below)) >= seats)) ** 2))


def energy(seats: np.ndarray, won: np.ndarray) -> float:
    """The energy score of whole results: E‖X - y‖ - ½E‖X - X'‖, over the draws and their neighbours."""
    draws = seats.astype(np.float64)
    to_truth = np.linalg.norm(draws - won[:, np.newaxis], axis=0).mean()
    apart = np.linalg.norm(draws - np.roll(draws, 1, axis=1), axis=0).mean()
    return float(to_truth - apart / 2)


def randomised_pit(seats: np.ndarray, won: np.ndarray) -> Floats:
    """Where each result fell in its distribution, at random inside its own step.

    Always the same random for the same result, of all models and horizons, and another for another election.
    """
    rng = np.random.default_rng((RANDOMISED_SEED, *map(int, won)))
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
    chance = np.clip(np.where(happened, chances, 1 - chances), LEAST_CHANCE, 1.0)
    return float(-np.mean(np.log(chance))) if len(chances) else float("nan")


def coverage(pit: Floats, inside: float) -> float:
    """The share of results inside the central interval that should hold `inside` of them."""
    return float(np.mean(np.abs(pit - 0.5) <= inside / 2))


# What was sealed


SealedPair = tuple[SealedScores, SealedScores]  # ours, the reference's


def sealed_lines(seals: Sequence[Seal], won: Mapping[str, int], vote: date, zone: ZoneInfo) -> tuple[SealedLine, ...]:
    """The scores of one election: a line a horizon that a seal was in force at, then the mean over the last days.

    `seals` in the order of the chain, `won` the official seats. A night without a seal is left out, never scored as
    another; raises SealBroken for a rule nobody knows any more.
    """
    standing = {ahead: in_force(seals, _deadline(vote, ahead, zone)) for ahead in range(1, MEAN_DAYS + 1)}
    scored = {one.number: seal_scores(one, won) for one in standing.values() if one}
    nights = [one for one in standing.values() if one]
    if not nights:
        return ()
    lines = [
        _line(before, [one], *scored[one.number]) for before, ahead in DAYS_BEFORE.items() if (one := standing[ahead])
    ]
    ours, reference = zip(*(scored[one.number] for one in nights), strict=True)
    return (*lines, _line("mean", nights, _mean_scores(ours), _mean_scores(reference)))


def _line(before: Before, nights: Sequence[Seal], ours: SealedScores, reference: SealedScores) -> SealedLine:
    only = None if before == "mean" else nights[0]
    return SealedLine(
        before=before,
        days=len(nights),
        seal=only.number if only else None,
        edition=only.edition if only else None,
        moment_utc=only.moment_utc if only else None,
        rules=tuple(sorted({one.scoring_rule for one in nights})),
        ours=ours,
        reference=reference,
        skill=1 - ours.crps_seats / reference.crps_seats if reference.crps_seats else None,
    )


def seal_scores(seal: Seal, won: Mapping[str, int]) -> SealedPair:
    """One seal's scores by the rule it names; raises SealBroken where that rule is unknown."""
    try:
        rule = RULES[seal.scoring_rule]
    except KeyError:
        raise SealBroken(
            f"seal {seal.number} of {seal.election}: scored by rule {seal.scoring_rule}, unknown to this program"
        ) from None
    return rule(seal, seal.odds.ours, won), rule(seal, seal.odds.reference, won)


def _first_rule(seal: Seal, odds: ForecastOdds, won: Mapping[str, int]) -> SealedScores:
    """Rule 1: means over the lists of the odds and those that won seats without being in them, drawn at none.

    A list passes where it won seats; a set has its majority by the lists and the number of seats that were sealed.
    """
    unseen = [seats for name, seats in won.items() if seats and all(name != one.id for one in odds.lists)]
    per_list = [
        crps(np.repeat(list(one.draws_by_seats), list(one.draws_by_seats.values())), won.get(one.id, 0))
        for one in odds.lists
    ]
    chances = np.array([*(one.p_pass for one in odds.lists), *(0.0 for _ in unseen)])
    passed = np.array([*(won.get(one.id, 0) > 0 for one in odds.lists), *(True for _ in unseen)])
    majority, sets = seal.odds.majority_seats, seal.odds.sets
    reached = {
        name: sum(won.get(one, 0) for one in lists) >= majority for name, lists in sets.items() if majority is not None
    }
    return SealedScores(
        crps_seats=fmean([*per_list, *map(float, unseen)]),
        log_loss_pass=log_loss(chances, passed),
        brier_majority={
            name: brier(np.array([chance]), np.array([reached[name]]))
            for name, chance in odds.p_majority.items()
            if name in reached
        },
    )


Rule = Callable[[Seal, ForecastOdds, Mapping[str, int]], SealedScores]
RULES: Mapping[int, Rule] = {1: _first_rule}  # a seal is scored by the rule of its night, for good


def _deadline(vote: date, ahead: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(vote - timedelta(days=ahead), CLOSE, zone)


def _mean_scores(rows: Sequence[SealedScores]) -> SealedScores:
    sets = {name for row in rows for name in row.brier_majority}
    return SealedScores(
        crps_seats=fmean(row.crps_seats for row in rows),
        log_loss_pass=fmean(row.log_loss_pass for row in rows),
        brier_majority={
            name: fmean(row.brier_majority[name] for row in rows if name in row.brier_majority) for name in sorted(sets)
        },
    )
