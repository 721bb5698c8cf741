"""Our model and the baselines it has to beat, each from a replay to share draws.

The baselines' definitions were fixed before any fitting; weakening one is a defect. Point baselines put every draw
on one allocation, so that their CRPS is their absolute error.
"""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from electoral.shares import ShareDraws
from pipelines.forecast.polling_error import (
    HORIZON_DAYS,
    LARGEST_MISS,
    PastElection,
    PollingError,
    closed,
    errors,
    learn,
)
from pipelines.forecast.share_draws import Centre, draw, election_centres, nowcast_centres, others_of
from pipelines.hindcast.replay import Replay
from pipelines.trend.lines import Line, latest
from pipelines.trend.observations import RECENT_DAYS, Floats, last_per_house, to_share, to_z, week_mean, window_mean

DRAWS = 20_000
FIXED_SD_SHARE = 0.012  # the fixed-width baseline: a normal of 1.2 points
KOALA_DAYS, KOALA_CORRELATION = 14, 0.5
PAIR_WEIGHT = 6  # a pair counts as if it had erred apart in so many elections more
LEAST_EIGENVALUE = 1e-3
UNALIGNED = "unaligned"  # the bloc of lists that stood between the blocs


@dataclass(frozen=True, slots=True)
class Teaching:
    """What a model may learn from: all other elections, or only the earlier ones."""

    others: Sequence[PastElection]
    earlier: Sequence[PastElection]


Model = Callable[[Replay, Teaching], ShareDraws]


def seed(replayed: Replay, purpose: str) -> tuple[int, ...]:
    return (0, zlib.crc32(replayed.past.id.encode()), replayed.days_ahead, zlib.crc32(purpose.encode()))


def _week(line: Line, day: float) -> float:
    return week_mean(line.rows, day)


def _fortnight(line: Line, day: float) -> float:
    recent = window_mean(line.rows, day, 2 * RECENT_DAYS)
    return last_per_house(line.rows, day) if recent is None else recent


def _lowess(line: Line, day: float) -> float:
    if line.lowess is None or not np.isfinite(line.lowess).any():
        return _week(line, day)
    return float(to_z(line.lowess[np.isfinite(line.lowess)][-1]))


def _mean_of_three(line: Line, day: float) -> float:
    return float(np.mean([latest(line)[0], last_per_house(line.rows, day), _week(line, day)]))


READINGS: dict[str, Callable[[Line, float], float]] = {
    "level": lambda line, _: latest(line)[0],
    "last-poll": lambda line, day: last_per_house(line.rows, day),
    "mean-7": _week,
    "mean-of-three": _mean_of_three,
    "mean-14": _fortnight,
    "lowess": _lowess,
}


def point(name: str) -> Model:
    """Every draw is the reading itself, closed to what other lists leave."""

    def model(replayed: Replay, _: Teaching) -> ShareDraws:
        day = float(replayed.as_of.toordinal())
        share = to_share(
            closed(np.array([READINGS[name](line, day) for line in replayed.trend.lines]), replayed.trend.others_share)
        )
        return ShareDraws(replayed.lists, np.repeat(share[:, np.newaxis], 2, axis=1))

    return model


def koala(replayed: Replay, _: Teaching) -> ShareDraws:
    """Dirichlet around the pooled newest polls of a fortnight, sample sizes discounted for correlation.

    See: Bauer, Bender, Klima & Küchenhoff 2019 (doi 10.1007/s10182-019-00352-6).
    """
    day = replayed.as_of.toordinal()
    sizes: dict[str, float] = {}
    shares = []
    for line in replayed.trend.lines:
        recent = line.rows[line.rows["day"] > day - KOALA_DAYS]
        fallback = line.rows[line.rows["day"] > line.rows["day"].iloc[-1] - KOALA_DAYS]
        newest = (recent if len(recent) else fallback).groupby("house").last()
        shares.append(float(newest["share"].mean()))
        for house, size in newest["sample_size"].items():
            sizes[str(house)] = max(sizes.get(str(house), 0.0), float(size))
    effective = sum(sizes.values()) / (1 + KOALA_CORRELATION * (len(sizes) - 1))
    rest = max(1 - sum(shares), replayed.trend.others_share)
    pooled = np.array([*shares, rest]) / (sum(shares) + rest)
    drawn = np.random.default_rng(seed(replayed, "koala")).dirichlet(pooled * effective, size=DRAWS)
    return ShareDraws(replayed.lists, drawn.T[:-1])


def fixed_width(replayed: Replay, _: Teaching) -> ShareDraws:
    """The week's mean with a normal error of 1.2 points for every list."""
    day = float(replayed.as_of.toordinal())
    mean = to_share(closed(np.array([_week(line, day) for line in replayed.trend.lines]), replayed.trend.others_share))
    noise = np.random.default_rng(seed(replayed, "fixed")).standard_normal((len(mean), DRAWS))
    shares = np.maximum(mean[:, np.newaxis] + FIXED_SD_SHARE * noise, 0.0)
    return ShareDraws(replayed.lists, shares * (1 - replayed.trend.others_share) / shares.sum(axis=0))


def level_only(replayed: Replay, _: Teaching) -> ShareDraws:
    """The state space alone: the level walks on to election day, and no error of the polls is added."""
    walked = replayed.trend.parameters.sigma**2 * replayed.days_ahead
    levels = [latest(line) for line in replayed.trend.lines]
    mean = closed(np.array([level for level, _ in levels]), replayed.trend.others_share)
    spread = np.sqrt(np.array([variance for _, variance in levels]) + walked)
    noise = np.random.default_rng(seed(replayed, "level")).standard_normal((len(mean), DRAWS))
    shares = to_share(np.clip(mean[:, np.newaxis] + spread[:, np.newaxis] * noise, 0, np.pi))
    return ShareDraws(replayed.lists, shares * (1 - replayed.trend.others_share) / shares.sum(axis=0))


def week_learned(replayed: Replay, teaching: Teaching) -> ShareDraws:
    """The week's mean with a t error whose scale is learned, and nothing else of ours."""
    error = replace(learn(teaching.others), own_misses={})
    return _drawn(replayed, error, _all_on(replayed, "mean-7"), with_bloc=False)


def ours(*, earlier_only: bool = False, reading: str | None = None, with_bloc: bool = True, own: bool = True) -> Model:
    """The model of the product; `reading` puts another one in the place of its centre."""

    def model(replayed: Replay, teaching: Teaching) -> ShareDraws:
        error = learn(teaching.earlier if earlier_only else teaching.others)
        centres = _centres(replayed) if reading is None else _all_on(replayed, reading)
        return _drawn(replayed, error if own else replace(error, own_misses={}), centres, with_bloc=with_bloc)

    return model


def _centres(replayed: Replay) -> tuple[Centre, ...]:
    lists = replayed.past.campaign.lists
    return election_centres(replayed.trend.lines, lists, float(replayed.as_of.toordinal()))


def _all_on(replayed: Replay, reading: str) -> tuple[Centre, ...]:
    lines, lists = replayed.trend.lines, replayed.past.campaign.lists
    levels = nowcast_centres(lines, lists)
    day = float(replayed.as_of.toordinal())
    return tuple(replace(level, mean=READINGS[reading](line, day)) for level, line in zip(levels, lines, strict=True))


def shrunk_covariance(replayed: Replay, teaching: Teaching) -> ShareDraws:
    """Ours with the correlations that other elections teach, pair by pair, in the place of the bloc's own error."""
    centres, past = _centres(replayed), list(teaching.others)
    correlation = learned_correlation([centre.list for centre in centres], past)
    purpose = seed(replayed, "ours")
    others = replayed.trend.others_share  # a correlation is between lists
    return draw(centres, learn(past), replayed.days_ahead, DRAWS, purpose, correlation=correlation, others=others)


def unaligned_in_bloc(replayed: Replay, teaching: Teaching) -> ShareDraws:
    """Ours with the bloc assigned in another way: lists that stood between the blocs are counted into it."""
    campaign = replayed.past.campaign
    bloc = {row.list for row in campaign.bloc_members if row.bloc == UNALIGNED} | set(campaign.main_bloc())
    purpose = seed(replayed, "ours")
    error, others = learn(teaching.others), others_of(replayed.trend)
    return draw(_centres(replayed), error, replayed.days_ahead, DRAWS, purpose, bloc, others=others)


def _drawn(replayed: Replay, error: PollingError, centres: tuple[Centre, ...], *, with_bloc: bool) -> ShareDraws:
    bloc = replayed.past.campaign.main_bloc() if with_bloc else ()
    others = others_of(replayed.trend)
    return draw(centres, error, replayed.days_ahead, DRAWS, seed(replayed, "ours"), bloc, others=others)


def learned_correlation(lists: Sequence[str], past: Sequence[PastElection]) -> Floats:
    """How the errors of two lists went together in past elections: a positive definite matrix (lists, lists).

    Measured pair by pair over the elections in which both were polled and shrunk hard; two lists that never met stay
    uncorrelated, and without a past it is the identity. See: Ledoit & Wolf 2004 (shrinkage towards a diagonal).
    """
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


OURS, ROLLING = "hemicycle", "hemicycle-rolling"
MODELS: dict[str, Model] = {
    OURS: ours(),
    ROLLING: ours(earlier_only=True),
    "centre-level": ours(reading="level"),
    "centre-mean-7": ours(reading="mean-7"),
    "centre-last-poll": ours(reading="last-poll"),
    "centre-mean-of-three": ours(reading="mean-of-three"),
    "without-bloc-error": ours(with_bloc=False),
    "without-own-miss": ours(own=False),
    "shrunk-covariance": shrunk_covariance,
    "unaligned-in-bloc": unaligned_in_bloc,
    "last-poll": point("last-poll"),
    "mean-7": point("mean-7"),
    "mean-14": point("mean-14"),
    "lowess": point("lowess"),
    "koala": koala,
    "mean-7-fixed-normal": fixed_width,
    "level-only": level_only,
    "mean-7-learned-t": week_learned,
}
BASELINES = tuple(MODELS)[tuple(MODELS).index("last-poll") :]
