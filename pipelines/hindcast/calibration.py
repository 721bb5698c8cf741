"""How far what was said held: by the size of lists, and the chance to pass; elections are what is resampled.

Cells of one list at several horizons are one miss seen four times: each statement says how many lists it rests on, and
nothing is judged on fewer than `FEWEST_ELECTIONS`.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

import numpy as np

from pipelines.editions.schema import ChanceBin, PassCalibration, SizeClass
from pipelines.hindcast.run import Scored
from pipelines.hindcast.scores import LEAST_CHANCE, ListScore, log_loss
from pipelines.trend.observations import Floats

SAID = 0.9  # what is printed as "in 9 of 10 simulations"
SIZE_BOUNDS = (Fraction(1, 24), Fraction(1, 12))  # of the house, rounded down: 5 and 10 seats of 120, 14 and 29 of 349
FEWEST_ELECTIONS = 20  # under that the band is shown without a verdict
SAMPLES, SEED = 2_000, 5
CHANCE_BINS = (0.0, 0.1, 0.25, 0.4, 0.6, 0.75, 0.9, 0.98, 1.0)
SLOPE_SD = 0.25  # of the recalibration's prior, around one
STEPS, LONGEST_STEP, RIDGE = 40, 2.0, 1e-3  # of Newton's search; the ridge keeps lists wholly told apart finite


Cell = tuple[str, ListScore]  # an election and what one of its horizons says of a list


def cells_of(scored: Sequence[Scored], model: str) -> list[Cell]:
    """Every list at every horizon of one model, in the order of elections."""
    return [(row.election, one) for row in scored if row.model == model for one in row.score.per_list]


def size_classes(scored: Sequence[Scored], model: str, house: int | None = None) -> list[SizeClass]:
    """The classes of list size that were judged, the smallest first: parts of the house each list was elected to.

    They are named by the seats they are in `house`, that of the largest house scored where none is given.
    """
    house = house or max(row.score.house_size for row in scored)
    cells: list[list[Cell]] = [[] for _ in range(len(SIZE_BOUNDS) + 1)]
    for row in scored:
        least = [int(bound * row.score.house_size) + 1 for bound in SIZE_BOUNDS]  # of each class but the first
        for one in row.score.per_list if row.model == model else ():
            cells[bisect_right(least, one.median_seats)].append((row.election, one))
    bounds = [int(bound * house) for bound in SIZE_BOUNDS]
    ends = zip((0, *(bound + 1 for bound in bounds)), (*bounds, None), strict=True)
    return [_size_class(found, low, high) for found, (low, high) in zip(cells, ends, strict=True) if found]


def _size_class(cells: Sequence[Cell], low: int, high: int | None) -> SizeClass:
    held = float(np.mean([abs(one.pit - 0.5) <= SAID / 2 for _, one in cells]))
    per_list = Counter((election, one.list) for election, one in cells)
    elections = list(dict.fromkeys(election for election, _ in cells))
    band_low, band_high = _band([[n for (of, _), n in per_list.items() if of == name] for name in elections])
    is_inside = band_low <= held <= band_high if len(elections) >= FEWEST_ELECTIONS else None
    return SizeClass(
        low_seats=low,
        high_seats=high,
        elections=len(elections),
        cells=len(cells),
        lists=len(per_list),
        held=held,
        band_low=band_low,
        band_high=band_high,
        is_inside=is_inside,
    )


def _band(cells_by_election: Sequence[Sequence[int]]) -> tuple[float, float]:
    """What a calibrated model would show: elections resampled, each list a single hit or miss at all its horizons."""
    rng = np.random.default_rng(SEED)
    sizes = sorted({n for cells in cells_by_election for n in cells})
    lists = np.array([[list(cells).count(n) for n in sizes] for cells in cells_by_election])
    picks = _picks(len(lists))
    drawn = lists[picks]  # (samples, elections, sizes): how many lists have so many cells
    weight = np.array(sizes)
    hits = rng.binomial(drawn, SAID)
    shares = (hits * weight).sum(axis=(1, 2)) / (drawn * weight).sum(axis=(1, 2))
    low, high = np.quantile(shares, [0.05, 0.95])
    return float(low), float(high)


def _picks(elections: int) -> np.ndarray:
    """Which elections each sample takes, (samples, elections); always the same ones."""
    return np.random.default_rng(SEED).integers(elections, size=(SAMPLES, elections))


def pass_calibration(scored: Sequence[Scored], model: str) -> PassCalibration | None:
    """The calibration of P(pass); None where all lists passed, or none did: there is nothing to tell apart."""
    cells = cells_of(scored, model)
    passed = np.array([one.passed for _, one in cells])
    if not len(cells) or passed.all() or not passed.any():
        return None
    said = np.array([one.p_pass for _, one in cells])
    elections = list(dict.fromkeys(election for election, _ in cells))
    place = np.array([elections.index(election) for election, _ in cells])
    weights = np.stack([np.bincount(pick, minlength=len(elections)) for pick in _picks(len(elections))]).astype(float)
    fitted = logistic_fit(said, passed, np.ones((1, len(cells))))[0]
    (intercept_low, slope_low), (intercept_high, slope_high) = np.quantile(
        logistic_fit(said, passed, weights[:, place]), [0.05, 0.95], axis=0
    )
    once = _once_a_list(cells)
    again = recalibrated(said, passed, place, once)
    as_said, after = log_loss(said, passed), log_loss(again, passed)
    return PassCalibration(
        elections=len(elections),
        slope=float(fitted[1]),
        slope_low=float(slope_low),
        slope_high=float(slope_high),
        intercept=float(fitted[0]),
        intercept_low=float(intercept_low),
        intercept_high=float(intercept_high),
        recalibrated_slope=prior_slope(said, passed, once),
        log_loss=as_said,
        log_loss_recalibrated=after,
        is_recalibration_kept=after <= as_said,
        bins=tuple(_bins(cells)),
    )


def logistic_fit(said: Floats, passed: np.ndarray, weights: Floats) -> Floats:
    """Intercept and slope on the logit of what was said, (fits, 2), of weights (fits, cells); by Newton's method."""
    design = np.stack([np.ones(len(said)), _logit(said)], axis=1)
    found = np.tile([0.0, 1.0], (len(weights), 1))
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-found @ design.T))
        gradient = (weights * (passed - chance)) @ design - RIDGE * (found - [0.0, 1.0])
        curvature = np.einsum("fc,ci,cj->fij", weights * chance * (1 - chance), design, design) + RIDGE * np.eye(2)
        step = np.linalg.solve(curvature, gradient[..., np.newaxis])[..., 0]
        found = found + np.clip(step, -LONGEST_STEP, LONGEST_STEP)
    return np.asarray(found)


def prior_slope(said: Floats, passed: np.ndarray, weights: Floats) -> float:
    """The mode of a slope without intercept under its prior N(1, SLOPE_SD²); 1 without a cell."""
    logit, slope = _logit(said), 1.0
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-slope * logit))
        gradient = float(weights @ ((passed - chance) * logit)) - (slope - 1) / SLOPE_SD**2
        curvature = float(weights @ (chance * (1 - chance) * logit**2)) + 1 / SLOPE_SD**2
        slope += gradient / curvature
    return slope


def recalibrated(said: Floats, passed: np.ndarray, place: np.ndarray, weights: Floats) -> Floats:
    """Each election's chances by the slope that the elections before it teach; `place` is the order of elections."""
    slopes = [
        prior_slope(said[place < at], passed[place < at], weights[place < at]) for at in range(int(place.max()) + 1)
    ]
    chances: Floats = 1 / (1 + np.exp(-np.array(slopes)[place] * _logit(said)))
    return chances


def _once_a_list(cells: Sequence[Cell]) -> Floats:
    """Weights by which a list of an election counts once, however many horizons it has."""
    per_list = Counter((election, one.list) for election, one in cells)
    return np.array([1 / per_list[election, one.list] for election, one in cells])


def _logit(chances: Floats) -> Floats:
    """No chance is taken for surer than the log loss takes it."""
    sure: Floats = np.clip(chances, LEAST_CHANCE, 1 - LEAST_CHANCE)
    return np.asarray(np.log(sure / (1 - sure)))


def _bins(cells: Sequence[Cell]) -> list[ChanceBin]:
    found = []
    for low, high in pairwise(CHANCE_BINS):
        inside = [cell for cell in cells if low <= cell[1].p_pass < high or cell[1].p_pass == high == 1.0]
        if inside:
            said, passed = (float(np.mean([getattr(one, name) for _, one in inside])) for name in ("p_pass", "passed"))
            lists = len({(election, one.list) for election, one in inside})
            found.append(ChanceBin(low=low, high=high, said=said, passed=passed, cells=len(inside), lists=lists))
    return found
