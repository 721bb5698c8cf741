"""What the record says beside scores: how far what was said held, and what a merged list keeps of its parts.

Held, by the size of lists and by the chance to pass: elections are what is resampled. Cells of one list at several
horizons are one miss seen four times, so that each statement says how many lists it rests on, and nothing is judged on
fewer than `FEWEST_ELECTIONS`. Kept: the same survey of the same firm, asked with lists apart and as one. The outcome is
what a poll would print, never how people vote; a merger weighs one however often it was polled, and what the others
teach of it has to beat the sum of its parts to be used at all.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, permutations
from pathlib import Path

import numpy as np

from electoral.polls import Poll, PollKind
from electoral.shares import Contest, derive
from pipelines.editions.schema import ChanceBin, MergerEvidence, PassCalibration, SizeClass
from pipelines.electorate import Campaign, Reference
from pipelines.hindcast.run import Scored
from pipelines.hindcast.scores import LEAST_CHANCE, ListScore, log_loss
from pipelines.ingest.archive import accept
from pipelines.trend.observations import Floats

SAID = 0.9  # what is printed as "in 9 of 10 simulations"
SIZE_BOUNDS = (Fraction(1, 24), Fraction(1, 12))  # of the house, rounded down: 5 and 10 seats of 120, 14 and 29 of 349
FEWEST_ELECTIONS = 20  # under that the band is shown without a verdict
SAMPLES, SEED = 2_000, 5
CHANCE_BINS = (0.0, 0.1, 0.25, 0.4, 0.6, 0.75, 0.9, 0.98, 1.0)
SLOPE_SD = 0.25  # of the recalibration's prior, around one
STEPS, LONGEST_STEP, RIDGE = 40, 2.0, 1e-3  # of Newton's search; the ridge keeps lists wholly told apart finite
FEWEST_MERGERS = 3  # with one left out two are left to learn from
MERGER_SAMPLES, MERGER_SEED = 10_000, 5


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
    return [_size_class(of_size, low, high) for of_size, (low, high) in zip(cells, ends, strict=True) if of_size]


def _size_class(cells: Sequence[Cell], low: int, high: int | None) -> SizeClass:
    coverage = float(np.mean([abs(one.pit - 0.5) <= SAID / 2 for _, one in cells]))
    per_list = Counter((election, one.list) for election, one in cells)
    elections = list(dict.fromkeys(election for election, _ in cells))
    band_low, band_high = _band([[n for (of, _), n in per_list.items() if of == name] for name in elections])
    is_inside = band_low <= coverage <= band_high if len(elections) >= FEWEST_ELECTIONS else None
    return SizeClass(
        low_seats=low,
        high_seats=high,
        elections=len(elections),
        cells=len(cells),
        lists=len(per_list),
        held=coverage,
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
    picked = lists[picks]  # (samples, elections, sizes): how many lists have so many cells
    weight = np.array(sizes)
    hits = rng.binomial(picked, SAID)
    shares = (hits * weight).sum(axis=(1, 2)) / (picked * weight).sum(axis=(1, 2))
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
    chances = np.array([one.p_pass for _, one in cells])
    elections = list(dict.fromkeys(election for election, _ in cells))
    place = np.array([elections.index(election) for election, _ in cells])
    weights = np.stack([np.bincount(pick, minlength=len(elections)) for pick in _picks(len(elections))]).astype(float)
    fitted = logistic_fit(chances, passed, np.ones((1, len(cells))))[0]
    (intercept_low, slope_low), (intercept_high, slope_high) = np.quantile(
        logistic_fit(chances, passed, weights[:, place]), [0.05, 0.95], axis=0
    )
    once = _once_a_list(cells)
    again = recalibrated(chances, passed, place, once)
    as_said, after = log_loss(chances, passed), log_loss(again, passed)
    return PassCalibration(
        elections=len(elections),
        slope=float(fitted[1]),
        slope_low=float(slope_low),
        slope_high=float(slope_high),
        intercept=float(fitted[0]),
        intercept_low=float(intercept_low),
        intercept_high=float(intercept_high),
        recalibrated_slope=prior_slope(chances, passed, once),
        log_loss=as_said,
        log_loss_recalibrated=after,
        is_recalibration_kept=after <= as_said,
        bins=tuple(_bins(cells)),
    )


def logistic_fit(chances: Floats, passed: np.ndarray, weights: Floats) -> Floats:
    """Intercept and slope on the logit of what was said, (fits, 2), of weights (fits, cells); by Newton's method."""
    design = np.stack([np.ones(len(chances)), _logit(chances)], axis=1)
    coefficients = np.tile([0.0, 1.0], (len(weights), 1))
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-coefficients @ design.T))
        gradient = (weights * (passed - chance)) @ design - RIDGE * (coefficients - [0.0, 1.0])
        curvature = np.einsum("fc,ci,cj->fij", weights * chance * (1 - chance), design, design) + RIDGE * np.eye(2)
        step = np.linalg.solve(curvature, gradient[..., np.newaxis])[..., 0]
        coefficients = coefficients + np.clip(step, -LONGEST_STEP, LONGEST_STEP)
    return np.asarray(coefficients)


def prior_slope(chances: Floats, passed: np.ndarray, weights: Floats) -> float:
    """The mode of a slope without intercept under its prior N(1, SLOPE_SD²); 1 without a cell."""
    logit, slope = _logit(chances), 1.0
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-slope * logit))
        gradient = float(weights @ ((passed - chance) * logit)) - (slope - 1) / SLOPE_SD**2
        curvature = float(weights @ (chance * (1 - chance) * logit**2)) + 1 / SLOPE_SD**2
        slope += gradient / curvature
    return slope


def recalibrated(stated: Floats, passed: np.ndarray, place: np.ndarray, weights: Floats) -> Floats:
    """Each election's chances by the slope that the elections before it teach; `place` is the order of elections."""
    slopes = [
        prior_slope(stated[place < at], passed[place < at], weights[place < at]) for at in range(int(place.max()) + 1)
    ]
    chances: Floats = 1 / (1 + np.exp(-np.array(slopes)[place] * _logit(stated)))
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
    bins = []
    for low, high in pairwise(CHANCE_BINS):
        inside = [cell for cell in cells if low <= cell[1].p_pass < high or cell[1].p_pass == high == 1.0]
        if inside:
            odds, passed = (float(np.mean([getattr(one, name) for _, one in inside])) for name in ("p_pass", "passed"))
            lists = len({(election, one.list) for election, one in inside})
            bins.append(ChanceBin(low=low, high=high, said=odds, passed=passed, cells=len(inside), lists=lists))
    return bins


# What merged lists keep


@dataclass(frozen=True, slots=True)
class MergerPair:
    """One survey printed with a list, and with its parts: the shares (0-1) of the one and of the others together.

    `merger` are the parties it has, so that one merger is one whatever its list was called.
    """

    election: str
    merger: frozenset[str]
    merged_poll: str
    parts_poll: str
    merged_share: float
    parts_share: float


def read_pairs(raw: Path, reference: Reference, electorate: str) -> list[MergerPair]:
    """The pairs of every campaign of an electorate that ships polls, the oldest first."""
    campaigns = sorted(reference.of(electorate), key=lambda campaign: campaign.election.vote_date)
    return [
        pair
        for campaign in campaigns
        if campaign.ships_polls
        for pair in merger_pairs(campaign, accept(raw, campaign)[0], campaign.contest)
    ]


def merger_pairs(campaign: Campaign, polls: Iterable[Poll], contest: Contest) -> Iterator[MergerPair]:
    """Every ordinary poll beside a scenario of its firm, outlet and day that has some of its lists as one, or apart."""
    surveys: dict[tuple[object, ...], list[Poll]] = defaultdict(list)
    for poll in polls:
        if poll.pollster and poll.kind is not PollKind.EXIT_POLL:
            surveys[poll.pollster, poll.publisher, poll.fieldwork.end].append(poll)
    for survey in surveys.values():
        for one, other in permutations(survey, 2):
            if {one.kind, other.kind} == {PollKind.POLL, PollKind.SCENARIO}:
                yield from _pairs(campaign, one, other, contest)


def _pairs(campaign: Campaign, merged: Poll, apart: Poll, contest: Contest) -> Iterator[MergerPair]:
    """Each list of `merged` whose parties stand in several lists of `apart`, and nowhere else there."""
    in_one, in_other = ({name: each.share for name, each in derive(poll, contest).items()} for poll in (merged, apart))
    for name, share in in_one.items():
        members = _members(campaign, name)
        parts = [part for part in in_other if part not in in_one and _members(campaign, part) <= members]
        covered = [member for part in parts for member in _members(campaign, part)]
        together = sum(in_other[part] for part in parts)
        if len(parts) > 1 and sorted(covered) == sorted(members) and share > 0 and together > 0:
            yield MergerPair(campaign.election.id, members, merged.id, apart.id, share, together)


def _members(campaign: Campaign, name: str) -> frozenset[str]:
    return campaign.lists[name].members if name in campaign.lists else frozenset({name})


def evidence(pairs: Sequence[MergerPair]) -> MergerEvidence | None:
    """What pairs teach, a merger weighing one; None under `FEWEST_MERGERS`."""
    by_merger: dict[frozenset[str], list[MergerPair]] = defaultdict(list)
    for pair in pairs:
        by_merger[pair.merger].append(pair)
    if len(by_merger) < FEWEST_MERGERS:
        return None
    log_kept = np.array([np.mean([_log_kept(pair) for pair in pairs_of]) for pairs_of in by_merger.values()])
    of_others = (log_kept.sum() - log_kept) / (len(log_kept) - 1)
    learned = np.array(
        [_error_pct(pairs_of, kept_) for pairs_of, kept_ in zip(by_merger.values(), of_others, strict=True)]
    )
    by_sum = np.array([_error_pct(pairs_of, 0.0) for pairs_of in by_merger.values()])
    picks = np.random.default_rng(MERGER_SEED).integers(len(log_kept), size=(MERGER_SAMPLES, len(log_kept)))
    low, high = np.quantile((learned - by_sum)[picks].mean(axis=1), [0.05, 0.95])
    default = float(log_kept.mean()) if high < 0 else 0.0
    squares = [np.mean([(_log_kept(pair) - default) ** 2 for pair in pairs_of]) for pairs_of in by_merger.values()]
    return MergerEvidence(
        elections=tuple(dict.fromkeys(pair.election for pair in pairs)),
        pairs=len(pairs),
        mergers=len(by_merger),
        kept=float(np.exp(log_kept.mean())),
        learned_error_pct=float(learned.mean()),
        sum_error_pct=float(by_sum.mean()),
        difference_pct=float((learned - by_sum).mean()),
        low_pct=float(low),
        high_pct=float(high),
        default=float(np.exp(default)),
        spread=float(np.sqrt(np.mean(squares))),
    )


def lessons(pairs: Sequence[MergerPair], held: Sequence[str]) -> dict[str, MergerEvidence]:
    """What is learned of all campaigns (`all`), of those that are over (`past`), and of each that is not, apart."""
    current = dict.fromkeys(pair.election for pair in pairs if pair.election not in held)
    chosen = {"all": list(pairs), "past": [pair for pair in pairs if pair.election in held]}
    chosen |= {name: [pair for pair in pairs if pair.election == name] for name in current}
    return {name: evidence_of for name, of in chosen.items() if (evidence_of := evidence(of))}


def _log_kept(pair: MergerPair) -> float:
    return float(np.log(pair.merged_share / pair.parts_share))


def _error_pct(pairs: Sequence[MergerPair], log_kept: float) -> float:
    """Mean absolute error of one merger's polls, in points of the vote."""
    errors: Floats = np.array([100 * abs(pair.merged_share - np.exp(log_kept) * pair.parts_share) for pair in pairs])
    return float(errors.mean())
