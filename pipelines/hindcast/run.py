"""The hindcast's rounds: every past campaign × horizon × model, over all cores; `--daily` the path day by day."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from electoral.draws import SeatDraws, ShareDraws, seat_draws
from electoral.projection import bloc_seats, p_majority, summarise
from pipelines.editions.schema.polls import RecordDay
from pipelines.electorate.folder import load
from pipelines.errors import NothingKnown, TaskDied
from pipelines.hindcast.models import (
    FITS_FOLDER,
    MODELS,
    ROLLING,
    Model,
    PastCampaign,
    Replay,
    Teaching,
    load_past,
    replay,
    teachers,
)
from pipelines.hindcast.scores import CONTESTED_SHARE, Score, Truth, score
from pipelines.settings import Settings
from pipelines.tasks import run_all
from pipelines.trend.observations import FALLBACK_DAYS, last_per_house, to_share, window_mean

HORIZONS = {"30": 30, "14": 14, "7": 7, "final": 1}
DAILY_DAYS = 60  # how far the day-by-day path reaches back, where the lists had closed by then

Progress = Callable[[int, int, str], None]  # how many are done, of how many, and which


@dataclass(frozen=True, slots=True)
class Scored:
    """One model's scores for one election and horizon."""

    election: str
    horizon: str
    model: str
    score: Score


@dataclass(frozen=True, slots=True)
class Task:
    """One unit of work: an election at a horizon (scores), or on a day of its path."""

    raw: Path
    electorate: str
    election: str
    days_ahead: int
    horizon: str | None
    models: Mapping[str, Model]


def run(
    raw: Path,
    electorate: str,
    elections: Sequence[str],
    *,
    daily: bool,
    progress: Progress,
    models: Mapping[str, Model] = MODELS,
) -> tuple[list[Scored], list[RecordDay]]:
    """Score every wanted election at every horizon; results come in the order of elections and horizons."""
    past = [campaign for campaign in read_past(raw, electorate) if campaign.id in elections]  # read before the fork
    tasks = [
        Task(raw, electorate, campaign.id, ahead, horizon, models)
        for campaign in past
        for horizon, ahead in HORIZONS.items()
    ]
    if daily:
        tasks += [
            Task(raw, electorate, campaign.id, ahead, None, models) for campaign in past for ahead in _path(campaign)
        ]
    scored: list[Scored] = []
    days: list[RecordDay] = []
    results: dict[int, list[Scored] | list[RecordDay]] = {}
    for outcome in run_all(_numbered, list(enumerate(tasks)), scheduler=Settings.read().scheduler):
        number, task = outcome.task
        which = f"{task.election} {task.horizon or f'{task.days_ahead} days'}"
        if outcome.error is not None:
            raise TaskDied(f"{which}: {outcome.error}") from outcome.error
        results[number] = outcome.result or []
        progress(len(results), len(tasks), which)
    for _, result in sorted(results.items()):
        scored += [row for row in result if isinstance(row, Scored)]
        days += [row for row in result if isinstance(row, RecordDay)]
    return scored, days


def _numbered(task: tuple[int, Task]) -> list[Scored] | list[RecordDay]:
    return _work(task[1])


def _path(past: PastCampaign) -> Iterator[int]:
    closes = past.campaign.election.lists_close_date
    for ahead in range(DAILY_DAYS, 0, -1):
        if closes is None or past.as_of(ahead) >= closes:
            yield ahead


def _work(task: Task) -> list[Scored] | list[RecordDay]:
    campaigns = read_past(task.raw, task.electorate)
    past = next(campaign for campaign in campaigns if campaign.id == task.election)
    try:
        replayed = replay(past, task.days_ahead, fits_folder=task.raw.parent / FITS_FOLDER)
    except NothingKnown:
        return []
    teaching = Teaching(teachers(campaigns, past, earlier_only=False), teachers(campaigns, past, earlier_only=True))
    if task.horizon is None:
        return [_day(replayed, teaching)]
    truth = truth_of(replayed)
    scores = {
        model: score(allocated(replayed, model(replayed, teaching)), truth) for model in set(task.models.values())
    }
    return [Scored(past.id, task.horizon, name, scores[model]) for name, model in task.models.items()]


@lru_cache(maxsize=1)
def read_past(raw: Path, electorate: str) -> list[PastCampaign]:
    """Every campaign of an electorate with a result, oldest first; read once per process."""
    return load_past(raw, load(raw, [electorate]), electorate)


def allocated(replayed: Replay, shares: ShareDraws) -> SeatDraws:
    return seat_draws(shares, replayed.rules, replayed.agreements)


def truth_of(replayed: Replay) -> Truth:
    """What happened, and which lists the polls of the last fortnight had near the threshold."""
    campaign, rules = replayed.past.campaign, replayed.past.campaign.election.rules
    shares = replayed.past.lesson.result_share
    day = float(replayed.as_of.toordinal())
    near = set()
    for line in replayed.trend.lines:
        recent = window_mean(line.rows, day, FALLBACK_DAYS)
        polled = float(to_share(last_per_house(line.rows, day) if recent is None else recent))
        if abs(polled - float(rules.threshold)) <= CONTESTED_SHARE:
            near.add(line.list)
    return Truth(
        seats={row.list: row.seats for row in campaign.results},
        passed={name: share >= rules.threshold for name, share in shares.items()},
        bloc=campaign.main_bloc(),
        majority=rules.majority,
        contested=frozenset(near),
    )


def _day(replayed: Replay, teaching: Teaching) -> RecordDay:
    """What the model, taught by earlier elections only, would have said that day."""
    campaign = replayed.past.campaign
    draws = allocated(replayed, MODELS[ROLLING](replayed, teaching))
    bloc = [name for name in campaign.main_bloc() if name in draws.lists]
    rows = zip(draws.lists, draws.seats, strict=True)
    return RecordDay(
        election=replayed.past.id,
        as_of=replayed.as_of,
        seats={name: _interval(row) for name, row in rows},
        p_pass=dict(zip(draws.lists, draws.passes.mean(axis=1).round(4).tolist(), strict=True)),
        bloc=next((row.id for row in campaign.blocs()), None),
        bloc_seats=_interval(bloc_seats(draws, bloc)) if bloc else None,
        p_majority=round(p_majority(draws, bloc, campaign.election.rules.majority), 4) if bloc else None,
    )


def _interval(row: np.ndarray) -> tuple[float, float, float]:
    summary = summarise(row)
    return summary.q05, summary.median, summary.q95


def thresholds_pct(raw: Path, electorate: str) -> dict[str, float]:
    """The threshold each past election was held under."""
    return {past.id: float(past.campaign.election.rules.threshold * 100) for past in read_past(raw, electorate)}


def mean_of(values: Sequence[float]) -> float:
    """The mean of what there is to judge."""
    judged = [value for value in values if not math.isnan(value)]
    return sum(judged) / len(judged) if judged else float("nan")
