"""One past campaign as it stood on a day, and what our model and the baselines it has to beat say of it: share draws.

The baselines' definitions were fixed before any fitting; weakening one is a defect. Point baselines put every draw
on one allocation, so that their CRPS is their absolute error.
"""

import hashlib
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter, ValidationError

from electoral.apparentement import SurplusAgreement
from electoral.draws import ShareDraws
from electoral.polls import Poll
from electoral.rules import ElectoralRules
from pipelines.editions import files
from pipelines.electorate import Campaign, Reference
from pipelines.forecast.polling_error import (
    FROM_ABROAD,
    Centre,
    PastElection,
    PollingError,
    draw,
    learn,
    line_centres,
    others_of,
    week_centres,
)
from pipelines.ingest.archive import accept
from pipelines.ingest.page import code_hash
from pipelines.ingest.run import shipped_fingerprint
from pipelines.projection import as_past_election, fit_trend
from pipelines.trend.lines import CampaignTrend, Line, latest
from pipelines.trend.local_level import Parameters
from pipelines.trend.observations import (
    RECENT_DAYS,
    closed,
    last_per_house,
    lowess,
    to_share,
    to_z,
    week_mean,
    window_mean,
)

FITS_FOLDER = Path("processed/replays")  # under a data folder: fitted parameters, by what they were fitted from
FITTED_BY = ("electoral", "pipelines/electorate", "pipelines/ingest", "pipelines/trend", "pipelines/projection.py")
ParametersFile = TypeAdapter(Parameters)
DRAWS = 20_000
FIXED_SD_SHARE = 0.012  # the fixed-width baseline: a normal of 1.2 points
KOALA_DAYS, KOALA_CORRELATION = 14, 0.5


@dataclass(frozen=True, slots=True)
class PastCampaign:
    """A campaign whose result is known, with all its polls and what it teaches the others.

    `mark`: a hash of what ships for it.
    """

    campaign: Campaign
    polls: tuple[Poll, ...]
    lesson: PastElection
    mark: str

    @property
    def id(self) -> str:
        return self.campaign.election.id

    def as_of(self, days_ahead: int) -> date:
        return self.campaign.election.vote_date - timedelta(days=days_ahead)


@dataclass(frozen=True, slots=True)
class Replay:
    """A past campaign `days_ahead` of its vote: nothing in `trend` or `agreements` is dated later."""

    past: PastCampaign
    days_ahead: int
    as_of: date
    trend: CampaignTrend
    agreements: tuple[SurplusAgreement, ...]
    rules: ElectoralRules

    @property
    def lists(self) -> tuple[str, ...]:
        return tuple(line.list for line in self.trend.lines)


def load_past(raw: Path, reference: Reference, electorate: str) -> list[PastCampaign]:
    """Every campaign of an electorate with a result, oldest first."""
    campaigns = sorted(reference.of(electorate), key=lambda campaign: campaign.election.vote_date)
    read = [(campaign, accept(raw, campaign)[0]) for campaign in campaigns if campaign.results]
    return [
        PastCampaign(campaign, polls, as_past_election(campaign, polls), shipped_fingerprint(raw, campaign))
        for campaign, polls in read
    ]


def replay(past: PastCampaign, days_ahead: int, fits_folder: Path | None = None) -> Replay:
    """The campaign as it stood; raises NothingKnown where no poll was.

    A folder `fits_folder` holds the parameters that were fitted before, so that other models of the error cost no fit.
    """
    as_of = past.as_of(days_ahead)
    lag_days = past.campaign.electorate.settings.publication_lag_days
    campaign = past.campaign.known_on(as_of)
    polls = [poll for poll in past.polls if poll.known_from(lag_days) <= as_of]
    file = fits_folder / f"{code_hash(*FITTED_BY)[:12]}-{_hash(past, as_of)[:12]}.json" if fits_folder else None
    trend = fit_trend(campaign, polls, as_of, _fitted(file))
    if file is not None and not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        files.replace(file, ParametersFile.dump_json(trend.parameters))
        for other in file.parent.glob("*.json"):
            if not other.name.startswith(code_hash(*FITTED_BY)[:12]):
                other.unlink(missing_ok=True)  # fitted by other code
    agreements = past.campaign.agreements_known(as_of, (line.list for line in trend.lines))
    return Replay(past, days_ahead, as_of, trend, agreements, campaign.election.rules)


def _fitted(file: Path | None) -> Parameters | None:
    """Parameters fitted before; a file that does not read is made again."""
    try:
        return None if file is None else ParametersFile.validate_json(file.read_bytes(), strict=True)
    except FileNotFoundError:
        return None
    except ValidationError:
        if file is not None:
            file.unlink()
        return None


def _hash(past: PastCampaign, as_of: date) -> str:
    return hashlib.sha256(f"{past.id} {as_of} {past.mark}".encode()).hexdigest()


def teachers(all_past: Sequence[PastCampaign], scored: PastCampaign, *, earlier_only: bool) -> list[PastElection]:
    """What may teach a scored election: every other one (leave-one-out), or only earlier ones (rolling origin)."""
    vote = scored.campaign.election.vote_date
    return [
        past.lesson
        for past in all_past
        if past.id != scored.id and not (earlier_only and past.campaign.election.vote_date > vote)
    ]


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
    smooth = lowess(line.rows, np.arange(line.rows["day"].iloc[0], day + 1))
    if smooth is None or not np.isfinite(smooth).any():
        return _week(line, day)
    return float(to_z(smooth[np.isfinite(smooth)][-1]))


READINGS: dict[str, Callable[[Line, float], float]] = {
    "level": lambda line, _: line.level[0],
    "last-poll": lambda line, _: latest(line)[0],
    "mean-7": _week,
    "mean-14": _fortnight,
    "lowess": _lowess,
}


def point(replayed: Replay, _: Teaching, *, reading: str) -> ShareDraws:
    """Every draw is the reading itself, closed to what other lists leave."""
    day = float(replayed.as_of.toordinal())
    z = np.array([READINGS[reading](line, day) for line in replayed.trend.lines])
    share = to_share(closed(z, replayed.trend.others_share))
    return ShareDraws(replayed.lists, np.repeat(share[:, np.newaxis], 2, axis=1))


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
    draws = np.random.default_rng(seed(replayed, "koala")).dirichlet(pooled * effective, size=DRAWS)
    return ShareDraws(replayed.lists, draws.T[:-1])


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
    levels = [line.level for line in replayed.trend.lines]
    mean = closed(np.array([level for level, _ in levels]), replayed.trend.others_share)
    spread = np.sqrt(np.array([variance for _, variance in levels]) + walked)
    noise = np.random.default_rng(seed(replayed, "level")).standard_normal((len(mean), DRAWS))
    shares = to_share(np.clip(mean[:, np.newaxis] + spread[:, np.newaxis] * noise, 0, np.pi))
    return ShareDraws(replayed.lists, shares * (1 - replayed.trend.others_share) / shares.sum(axis=0))


def week_learned(replayed: Replay, teaching: Teaching, *, earlier_only: bool = False) -> ShareDraws:
    """The week's mean with a t error whose scale is learned, and nothing else of ours: the reference."""
    error = learn(teaching.earlier if earlier_only else teaching.others)
    lists, day = replayed.past.campaign.lists, float(replayed.as_of.toordinal())
    return _drawn(replayed, week_centres(replayed.trend.lines, lists, day), error, with_bloc=False)


def ours(replayed: Replay, _: Teaching, *, reading: str | None = None, with_bloc: bool = True) -> ShareDraws:
    """The model of the product; `reading` puts another one in the place of its centre."""
    lines, day = replayed.trend.lines, float(replayed.as_of.toordinal())
    centres = line_centres(lines, replayed.past.campaign.lists)
    if reading is not None:
        centres = tuple(
            replace(centre, mean=READINGS[reading](line, day), variance=line.level[1])
            for centre, line in zip(centres, lines, strict=True)
        )
    return _drawn(replayed, centres, FROM_ABROAD, with_bloc=with_bloc)


def _drawn(replayed: Replay, centres: Sequence[Centre], error: PollingError, *, with_bloc: bool) -> ShareDraws:
    blocs = [bloc.lists for bloc in replayed.past.campaign.blocs()] if with_bloc else ()
    others, purpose = others_of(replayed.trend), seed(replayed, "ours")
    return draw(centres, error, replayed.days_ahead, DRAWS, purpose, blocs, others=others)


OURS, ROLLING = "hemicycle", "hemicycle-rolling"
MODELS: dict[str, Model] = {
    OURS: ours,
    ROLLING: ours,  # it learns from no election of its electorate: what it said then is what it says now
    "centre-level": partial(ours, reading="level"),
    "without-bloc-error": partial(ours, with_bloc=False),
    "last-poll": partial(point, reading="last-poll"),
    "mean-7": partial(point, reading="mean-7"),
    "mean-14": partial(point, reading="mean-14"),
    "lowess": partial(point, reading="lowess"),
    "koala": koala,
    "mean-7-fixed-normal": fixed_width,
    "level-only": level_only,
    "mean-7-learned-t": week_learned,
    "mean-7-learned-t-rolling": partial(week_learned, earlier_only=True),
}
BASELINES = tuple(MODELS)[tuple(MODELS).index("last-poll") :]
