"""One past campaign as it stood on a day: the polls known then, their trend, and what came of it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from electoral.apparentement import SurplusAgreement
from electoral.polls import Poll
from electoral.rules import ElectoralRules
from pipelines.campaigns import fit_trend, past_election
from pipelines.editions import files
from pipelines.electorate import Campaign, Reference
from pipelines.fingerprint import code_fingerprint
from pipelines.forecast.polling_error import PastElection
from pipelines.ingest.archive import accept
from pipelines.ingest.run import shipped_fingerprint
from pipelines.trend.lines import CampaignTrend
from pipelines.trend.local_level import Parameters

HORIZONS = {"30": 30, "14": 14, "7": 7, "final": 1}
KEPT = Path("processed/replays")  # under a data folder: fitted parameters, by what they were fitted from
FITTED_BY = ("electoral", "pipelines/electorate", "pipelines/ingest", "pipelines/trend", "pipelines/campaigns.py")
ParametersFile = TypeAdapter(Parameters)


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
    return [
        PastCampaign(
            campaign, accept(raw, campaign)[0], past_election(raw, campaign), shipped_fingerprint(raw, campaign)
        )
        for campaign in campaigns
        if campaign.results
    ]


def replay(past: PastCampaign, days_ahead: int, kept: Path | None = None) -> Replay:
    """The campaign as it stood; raises NothingKnown where no poll was.

    A folder `kept` holds the parameters that were fitted before, so that other models of the error cost no fit.
    """
    as_of = past.as_of(days_ahead)
    lag_days = past.campaign.electorate.settings.publication_lag_days
    campaign = past.campaign.known_on(as_of)
    polls = [poll for poll in past.polls if poll.known_from(lag_days) <= as_of]
    file = kept / f"{_code()[:12]}-{_hash(past, as_of)[:12]}.json" if kept else None
    trend = fit_trend(campaign, polls, as_of, _fitted(file))
    if file is not None and not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        files.replace(file, ParametersFile.dump_json(trend.parameters))
        for other in file.parent.glob("*.json"):
            if not other.name.startswith(_code()[:12]):
                other.unlink(missing_ok=True)  # fitted by other code
    names = {line.list for line in trend.lines}
    agreements = tuple(pair for pair in past.campaign.agreements_known(as_of) if {pair.list_a, pair.list_b} <= names)
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


@cache
def _code() -> str:
    return code_fingerprint(FITTED_BY)


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
