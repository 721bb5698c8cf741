"""The hindcast's tables, the goals the model was given, and what the last rolling projections missed."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np

from electoral.polls import Poll, PollKind
from pipelines.editions.schema.polls import BlocError, Difference, Goal, Miss
from pipelines.editions.schema.polls import Score as ScoreRow
from pipelines.hindcast.models import (
    BASELINES,
    MODELS,
    OURS,
    ROLLING,
    PastCampaign,
    Teaching,
    replay,
    teachers,
)
from pipelines.hindcast.run import HORIZONS, Scored, allocated, mean_of, read_past
from pipelines.hindcast.scores import coverage
from pipelines.trend.observations import Floats

BOOTSTRAPS = 10_000
BOOTSTRAP_SEED = 5
DECILES = np.linspace(0, 1, 11)


MEANS = ("crps", "mae_median", "bloc_abs_err", "brier_pass", "brier_majority")


def contract(scored: Sequence[Scored]) -> dict[str, object]:
    """What `hindcast --json` prints, DESIGN.md §3."""
    return {
        "elections": elections_of(scored),
        "rows": [row.model_dump() for row in rows(scored)],
        "mean": {model: mean_crps(scored, model) for model in _models(scored)},
    }


def rows(scored: Sequence[Scored]) -> list[ScoreRow]:
    """A row per model and horizon."""
    return [
        _row(model, horizon, chosen)
        for model in _models(scored)
        for horizon in HORIZONS
        if (chosen := _of(scored, model, horizon))
    ]


def _row(model: str, horizon: str, chosen: Sequence[Scored]) -> ScoreRow:
    pit = np.concatenate([row.score.pit for row in chosen])
    means = {name: mean_of([getattr(row.score, name) for row in chosen]) for name in MEANS}
    judged = {name: None if np.isnan(value) else value for name, value in means.items()}
    covers = {f"cover{pct}": coverage(pit, pct / 100) for pct in (50, 80, 95)}
    return ScoreRow(model=model, horizon=horizon, n=sum(row.score.lists for row in chosen), **judged, **covers)


def mean_crps(scored: Sequence[Scored], model: str, measure: str = "crps") -> float:
    """The mean over the horizons of the mean over elections."""
    per_horizon = [[getattr(row.score, measure) for row in _of(scored, model, horizon)] for horizon in HORIZONS]
    return mean_of([mean_of(values) for values in per_horizon if values])


def rolling_twin(scored: Iterable[Scored], baseline: str) -> str:
    """The same baseline taught by earlier elections only; itself where it learns nothing, or has no twin."""
    twin = f"{baseline}-rolling"
    return twin if any(row.model == twin for row in scored) else baseline


def against(scored: Sequence[Scored], model: str) -> list[str]:
    """What a model is held against: baselines with the same teachers as its own."""
    named = [name for name in BASELINES if not name.endswith("-rolling")]
    return [rolling_twin(scored, name) for name in named] if model == ROLLING else named


def differences(scored: Sequence[Scored]) -> list[Difference]:
    """Rolling origin first, then leave-one-out, each against each baseline of its own teachers, elections resampled."""
    return [row for model in (ROLLING, OURS) for row in _differences(scored, model)]


def _differences(scored: Sequence[Scored], model: str) -> list[Difference]:
    picks = resamples(len(elections_of(scored)))
    differing = []
    for measure in [name for name in ("crps", "bloc_abs_err") if _is_complete(scored, name)]:
        ours = np.array(by_election(scored, model, measure))
        for baseline in against(scored, model):
            theirs = np.array(by_election(scored, baseline, measure))
            resampled = ours[picks].mean(axis=1) / theirs[picks].mean(axis=1) - 1
            low, high = np.quantile(resampled, [0.05, 0.95])
            relative = float(ours.mean() / theirs.mean() - 1)
            row = Difference(model=model, measure=measure, baseline=baseline, relative=relative, low=low, high=high)
            differing.append(row)
    return differing


def resamples(elections: int) -> np.ndarray:
    """Which elections each bootstrap sample takes, (samples, elections); always the same ones."""
    return np.random.default_rng(BOOTSTRAP_SEED).integers(elections, size=(BOOTSTRAPS, elections))


def by_threshold(scored: Sequence[Scored], thresholds_pct: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """Mean CRPS per threshold in force and model: a lower threshold is another contest."""
    crps: dict[str, dict[str, float]] = {}
    for pct in sorted({thresholds_pct[name] for name in elections_of(scored)}):
        chosen = [row for row in scored if thresholds_pct[row.election] == pct]
        crps[f"{pct:g}"] = {model: mean_crps(chosen, model) for model in _models(chosen)}
    return crps


def calibration(scored: Sequence[Scored], model: str) -> list[float]:
    """The share of results in each tenth of their distribution; a calibrated model has 0.1 in each."""
    pit = np.concatenate([row.score.pit for row in scored if row.model == model])
    counts, _ = np.histogram(pit, bins=DECILES)
    return [float(count) / len(pit) for count in counts]


def by_election(scored: Sequence[Scored], model: str, measure: str = "crps") -> list[float]:
    """A measure per election, the mean over its horizons."""
    return [
        mean_of([getattr(row.score, measure) for row in scored if (row.model, row.election) == (model, election)])
        for election in elections_of(scored)
    ]


def elections_of(scored: Iterable[Scored]) -> list[str]:
    return list(dict.fromkeys(row.election for row in scored))


def _models(scored: Iterable[Scored]) -> list[str]:
    present = {row.model for row in scored}
    return [name for name in MODELS if name in present]


def _of(scored: Iterable[Scored], model: str, horizon: str) -> list[Scored]:
    return [row for row in scored if (row.model, row.horizon) == (model, horizon)]


COVERAGE_GOALS = {0.5: (0.45, 0.60), 0.8: (0.75, 0.87), 0.95: (0.92, 0.98)}
LEAST_LEADS = {("crps", "koala"): 0.05, ("crps", "level-only"): 0.10, ("bloc_abs_err", "mean-7"): 0.12}
MOST_BRIER_MAJORITY = 0.05
Picks = np.ndarray


def goals(scored: Sequence[Scored]) -> list[Goal]:
    """Every goal, in the order they were set: the rolling model, against baselines that knew no more than it did.

    Without blocs nothing is said of one, and no goal of one is judged.
    """
    picks = resamples(len(elections_of(scored)))
    best = min(against(scored, ROLLING), key=lambda name: mean_crps(scored, name))
    leads = {("crps", best): 0.0, **LEAST_LEADS}
    judged = [
        _lead(scored, picks, measure, baseline, least)
        for (measure, baseline), least in leads.items()
        if _is_complete(scored, measure)
    ]
    judged += [_covered(scored, picks, inside, *bounds) for inside, bounds in COVERAGE_GOALS.items()]
    return [*judged, _brier(scored, picks)] if _is_complete(scored, "brier_majority") else judged


def _is_complete(scored: Sequence[Scored], measure: str) -> bool:
    return not np.isnan(by_election(scored, ROLLING, measure)).any()


def _lead(scored: Sequence[Scored], picks: Picks, measure: str, baseline: str, least: float) -> Goal:
    ours, theirs = (np.array(by_election(scored, name, measure)) for name in (ROLLING, baseline))
    names = {"crps": "CRPS", "bloc_abs_err": "bloc error"}
    target = f"{-least:.0%} or less" if least else "no worse; no baseline is better"
    return _goal(
        f"{names[measure]} against {baseline}",
        target,
        lambda chosen: ours[chosen].mean(axis=-1) / theirs[chosen].mean(axis=-1) - 1,
        picks,
        lambda value: value <= -least,
        is_difference=True,
    )


def _covered(scored: Sequence[Scored], picks: Picks, inside: float, least: float, most: float) -> Goal:
    pits = [
        np.concatenate([row.score.pit for row in scored if (row.model, row.election) == (ROLLING, name)])
        for name in elections_of(scored)
    ]
    lists = np.array([len(pit) for pit in pits])
    inside_count = np.array([coverage(pit, inside) for pit in pits]) * lists
    return _goal(
        f"held by {inside:.0%} intervals",
        f"{least:.0%} to {most:.0%}",
        lambda chosen: inside_count[chosen].sum(axis=-1) / lists[chosen].sum(axis=-1),
        picks,
        lambda value: least <= value <= most,
    )


def _brier(scored: Sequence[Scored], picks: Picks) -> Goal:
    ours = np.array(by_election(scored, ROLLING, "brier_majority"))
    return _goal(
        "Brier score of a bloc majority",
        f"{MOST_BRIER_MAJORITY:.3f} or less",
        lambda chosen: ours[chosen].mean(axis=-1),
        picks,
        lambda value: value <= MOST_BRIER_MAJORITY,
        is_share=False,
    )


def _goal(
    title: str,
    target: str,
    measure: Callable[[Picks], Floats],
    picks: Picks,
    reached: Callable[[float], bool],
    is_share: bool = True,
    is_difference: bool = False,
) -> Goal:
    value = float(measure(np.arange(picks.shape[1])))
    low, high = (float(end) for end in np.quantile(measure(picks), [0.05, 0.95]))
    return Goal(
        what=title,
        asked=target,
        value=value,
        low=low,
        high=high,
        is_share=is_share,
        is_difference=is_difference,
        is_reached=reached(value),
    )


NARROW_SHARE = 0.005  # a result this near the threshold could have gone either way
LAST_POLL_DAYS = 14
CENTRAL_95 = (0.025, 0.975)


@dataclass(frozen=True, slots=True)
class Misses:
    """`missed`: seats outside the central 95 %, or on the wrong side of the threshold.

    `narrow`: none of that, but votes outside the central 95 %, or a result within half a point of the threshold.
    `together`: how the houses' last polls lay beside the bloc's seats, election by election.
    """

    missed: tuple[Miss, ...]
    narrow: tuple[Miss, ...]
    together: tuple[BlocError, ...]


def known_misses(raw: Path, electorate: str) -> Misses:
    """All past elections of an electorate, on the eve of each."""
    missed, narrow = [], []
    for past in read_past(raw, electorate):
        for miss, has_missed, is_narrow in _judged(past, read_past(raw, electorate)):
            if has_missed:
                missed.append(miss)
            elif is_narrow:
                narrow.append(miss)
    together = [error for past in read_past(raw, electorate) if (error := _bloc_error(past)) is not None]
    return Misses(tuple(missed), tuple(narrow), tuple(together))


def _judged(past: PastCampaign, campaigns: list[PastCampaign]) -> Iterator[tuple[Miss, bool, bool]]:
    replayed = replay(past, HORIZONS["final"])
    shares = MODELS[ROLLING](replayed, Teaching((), teachers(campaigns, past, earlier_only=True)))
    draws = allocated(replayed, shares)
    won = {row.list: row.seats for row in past.campaign.results}
    threshold = float(past.campaign.election.rules.threshold)
    for name, row, passes in zip(draws.lists, draws.seats, draws.passes, strict=True):
        low, middle, high = (float(end) for end in np.quantile(row, [0.025, 0.5, 0.975], method="inverted_cdf"))
        least, most = (float(end) for end in np.quantile(shares.row(name), CENTRAL_95))
        chance, seats, share = float(passes.mean()), won.get(name, 0), past.lesson.result_share.get(name, 0.0)
        miss = Miss(
            election=past.id,
            list=name,
            seats=seats,
            q025=low,
            median=middle,
            q975=high,
            p_pass=chance,
            share_pct=100 * share,
            share_q025_pct=100 * least,
            share_q975_pct=100 * most,
        )
        has_missed = not low <= seats <= high or (chance >= 0.5) != (seats > 0)
        yield miss, has_missed, not least <= share <= most or abs(share - threshold) <= NARROW_SHARE


def _bloc_error(past: PastCampaign) -> BlocError | None:
    election, bloc = past.campaign.election, set(past.campaign.main_bloc())
    since = election.vote_date - timedelta(days=LAST_POLL_DAYS)
    if not bloc:
        return None
    newest: dict[str, Poll] = {}
    for poll in sorted(past.polls, key=lambda poll: (poll.fieldwork.end, poll.id)):
        if poll.kind is PollKind.POLL and poll.pollster and since <= poll.fieldwork.end < election.vote_date:
            newest[poll.pollster] = poll
    if not newest:
        return None
    polled_seats = [sum(value.seats or 0 for value in poll.values if value.list in bloc) for poll in newest.values()]
    won = sum(row.seats for row in past.campaign.results if row.list in bloc)
    return BlocError(
        election=past.id,
        seats=won,
        houses=len(polled_seats),
        lowest=min(polled_seats),
        highest=max(polled_seats),
        under=sum(seats < won for seats in polled_seats),
        over=sum(seats > won for seats in polled_seats),
    )
