"""Who contends on a day, and their trend; used by the night and by its replays."""

from collections.abc import Sequence
from datetime import date

from electoral.polls import Poll
from pipelines.electorate import Campaign
from pipelines.errors import NothingKnown
from pipelines.request import are_lists_closed
from pipelines.trend.lines import CampaignTrend, draw_lines
from pipelines.trend.local_level import Parameters
from pipelines.trend.observations import Contest, observe

FRESH_DAYS = 35  # while lists are open, one that nobody has polled for this long is no contender


def contest_of(campaign: Campaign) -> Contest:
    """What polls of a campaign are read by."""
    settings = campaign.electorate.settings
    return Contest(
        campaign.lists,
        campaign.lineage,
        campaign.election.rules,
        settings.assumed_others_pct / 100,
        settings.assumed_sample_size,
    )


def fit_trend(
    campaign: Campaign, polls: Sequence[Poll], as_of: date, parameters: Parameters | None = None
) -> CampaignTrend:
    """The trend over the lists that contend on the as-of day; raises NothingKnown where no poll is known."""
    election, contest = campaign.election, contest_of(campaign)
    targets = campaign.standing_lists(as_of)
    if not are_lists_closed(campaign, as_of):
        recent = [poll for poll in polls if (as_of - poll.fieldwork.end).days <= FRESH_DAYS]
        covered = set(observe(recent, targets, contest)["list"])
        targets = tuple(name for name in targets if name in covered)
    trend = draw_lines(polls, targets, contest, as_of, parameters)
    if not trend.lines:
        raise NothingKnown(
            f"no poll of {election.id} from the {FRESH_DAYS} days up to {as_of} is known ({len(polls)} older ones are);"
            " choose a later --as-of"
        )
    return trend
