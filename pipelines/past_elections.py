"""Elections already held, as the polling error learns from them."""

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from pipelines.asof import held_before
from pipelines.electorate import Campaign, Reference
from pipelines.forecast.polling_error import STEADY, PastElection
from pipelines.ingest.archive import accept
from pipelines.ingest.run import shipped_fingerprint
from pipelines.trend.observations import observe

__all__ = ["held_before", "past_election"]


@dataclass(frozen=True, slots=True)
class _Lesson:
    """A past election to learn from; two are the same where their raw bytes are."""

    raw: Path
    mark: str
    election: str
    reference: Reference = field(compare=False)
    campaign: Campaign = field(compare=False)


def past_election(raw: Path, reference: Reference, campaign: Campaign) -> PastElection:
    """Polls of the lists that stood at the vote, beside their results; made once per process and raw bytes."""
    return _read(_Lesson(raw, shipped_fingerprint(raw, reference, campaign), campaign.election.id, reference, campaign))


@lru_cache(maxsize=64)
def _read(lesson: _Lesson) -> PastElection:
    campaign = lesson.campaign
    polls, _ = accept(lesson.raw, lesson.reference, campaign)
    election = campaign.election
    frame = observe(polls, campaign.standing_lists(election.vote_date), campaign.lists, election.rules)
    votes = {row.list: row.votes for row in campaign.results}
    valid = sum(votes.values())
    return PastElection(
        rows_by_list={str(name): rows for name, rows in frame.groupby("list")},
        vote_day=float(election.vote_date.toordinal()),
        result_share={name: count / valid for name, count in votes.items()},
        steady=frozenset(name for name, found in campaign.lists.items() if STEADY in found.attributes),
    )
