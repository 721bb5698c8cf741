"""Elections already held, as the polling error learns from them."""

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from pipelines.asof import held_before
from pipelines.contenders import contest_of
from pipelines.electorate import Campaign
from pipelines.forecast.polling_error import STEADY, PastElection
from pipelines.ingest.archive import accept
from pipelines.ingest.run import shipped_fingerprint
from pipelines.trend.observations import observe, observe_others

__all__ = ["held_before", "past_election"]


@dataclass(frozen=True, slots=True)
class _Lesson:
    """A past election to learn from; two are the same where their raw bytes are."""

    raw: Path
    mark: str
    election: str
    campaign: Campaign = field(compare=False)


def past_election(raw: Path, campaign: Campaign) -> PastElection:
    """Polls of the lists that stood at the vote, beside their results; made once per process and raw bytes."""
    return _read(_Lesson(raw, shipped_fingerprint(raw, campaign), campaign.election.id, campaign))


@lru_cache(maxsize=64)
def _read(lesson: _Lesson) -> PastElection:
    campaign = lesson.campaign
    polls, _ = accept(lesson.raw, campaign)
    election = campaign.election
    targets, contest = campaign.standing_lists(election.vote_date), contest_of(campaign)
    frame = observe(polls, targets, contest)
    votes = {row.list: row.votes for row in campaign.results}
    valid = sum(votes.values())
    return PastElection(
        rows_by_list={str(name): rows for name, rows in frame.groupby("list")},
        vote_day=float(election.vote_date.toordinal()),
        result_share={name: count / valid for name, count in votes.items()},
        others=observe_others(polls, targets, contest),
        assumed_others_share=contest.others_share,
        steady=frozenset(name for name, found in campaign.lists.items() if STEADY in found.attributes),
    )
