"""One past campaign as it stood on a day: the polls known then, their trend, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from electoral.apparentement import SurplusAgreement
from electoral.polls import Poll
from electoral.rules import ElectoralRules
from pipelines.campaigns import fit_trend, past_election
from pipelines.electorate import Campaign, Reference
from pipelines.forecast.polling_error import PastElection
from pipelines.ingest.archive import accept
from pipelines.trend.lines import CampaignTrend

HORIZONS = {"30": 30, "14": 14, "7": 7, "final": 1}


@dataclass(frozen=True, slots=True)
class PastCampaign:
    """A campaign whose result is known, with all its polls and what it teaches the others."""

    campaign: Campaign
    polls: tuple[Poll, ...]
    lesson: PastElection

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
        PastCampaign(campaign, accept(raw, campaign)[0], past_election(raw, campaign))
        for campaign in campaigns
        if campaign.results
    ]


def replay(past: PastCampaign, days_ahead: int) -> Replay:
    """The campaign as it stood; raises NothingKnown where no poll was."""
    as_of = past.as_of(days_ahead)
    lag_days = past.campaign.electorate.settings.publication_lag_days
    campaign = past.campaign.known_on(as_of)
    trend = fit_trend(campaign, [poll for poll in past.polls if poll.known_from(lag_days) <= as_of], as_of)
    names = {line.list for line in trend.lines}
    agreements = tuple(pair for pair in past.campaign.agreements_known(as_of) if {pair.list_a, pair.list_b} <= names)
    return Replay(past, days_ahead, as_of, trend, agreements, campaign.election.rules)


def teachers(all_past: Sequence[PastCampaign], scored: PastCampaign, *, earlier_only: bool) -> list[PastElection]:
    """What may teach a scored election: every other one (leave-one-out), or only earlier ones (rolling origin)."""
    vote = scored.campaign.election.vote_date
    return [
        past.lesson
        for past in all_past
        if past.id != scored.id and not (earlier_only and past.campaign.election.vote_date > vote)
    ]
