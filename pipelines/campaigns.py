"""A campaign's trend as of a day, with who contends on it, and what the campaigns before it teach."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from electoral.polls import Poll
from pipelines.editions import files
from pipelines.editions.schema import Manifest
from pipelines.electorate import Campaign, Reference
from pipelines.errors import NothingKnown
from pipelines.forecast.polling_error import STEADY, PastElection, PollingError, learn
from pipelines.ingest.archive import accept
from pipelines.ingest.run import shipped_fingerprint
from pipelines.request import are_lists_closed, held_before
from pipelines.trend.lines import CampaignTrend, draw_lines
from pipelines.trend.local_level import Parameters
from pipelines.trend.observations import Contest, observe, observe_others

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
        {name: row.family for name, row in campaign.electorate.pollsters.items() if row.family},
    )


def fit_trend(
    campaign: Campaign, polls: Sequence[Poll], as_of: date, parameters: Parameters | None = None
) -> CampaignTrend:
    """The trend over the lists that contend on the as-of day; raises NothingKnown where no poll is known."""
    election, contest = campaign.election, contest_of(campaign)
    targets = tuple(sorted(campaign.standing_lists(as_of)))  # a draw's noise goes by it, and by no order of rows
    if not are_lists_closed(campaign, as_of):
        recent = [poll for poll in polls if (as_of - poll.fieldwork.end).days <= FRESH_DAYS]
        covered = set(observe(recent, targets, contest)["list"])
        targets = tuple(name for name in targets if name in covered)
    trend = draw_lines(polls, targets, contest, as_of, parameters)
    if not trend.lines:
        raise NothingKnown(
            f"no poll of {election.id} from the {FRESH_DAYS} days up to {as_of} is known ({len(polls)} older ones are);"
            " import newer polls, or give an --as-of nearer to the last one (lists_close_date, once past, needs none)"
        )
    return trend


@dataclass(frozen=True, slots=True)
class _Lesson:
    """A past election to learn from; two are the same where their raw bytes are."""

    raw: Path = field(compare=False)
    mark: str
    election: str
    campaign: Campaign = field(compare=False)


def past_election(raw: Path, campaign: Campaign) -> PastElection:
    """Polls of the lists that stood at the vote, beside their results; made once per process and raw bytes."""
    return _read(_Lesson(raw, shipped_fingerprint(raw, campaign), campaign.election.id, campaign))


def past_elections(raw: Path, reference: Reference, campaign: Campaign, as_of: date) -> dict[str, PastElection]:
    """The elections of a campaign's electorate that teach on an as-of day, by id, oldest first."""
    held = held_before(reference, campaign.electorate.id, as_of)
    return {past.election.id: past_election(raw, past) for past in held}


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
        steady=frozenset(name for name, fact in campaign.lists.items() if STEADY in fact.attributes),
    )


FOLDER = "calibration"
PollingErrorFile = TypeAdapter(PollingError)


def learned_error(processed: Path, manifest: Manifest, past: Iterable[PastElection]) -> PollingError:
    """The polling error that `past` teaches: read where it was learned before, else learned and kept.

    The manifest says what the past elections, the code and the libraries are; a file that does not read is made again.
    """
    path = processed / FOLDER / f"{manifest.code[:12]}-{_key(manifest)[:12]}.json"
    try:
        return PollingErrorFile.validate_json(path.read_bytes(), strict=True)
    except (FileNotFoundError, ValidationError):
        error = learn(past)
    path.parent.mkdir(parents=True, exist_ok=True)
    files.replace(path, PollingErrorFile.dump_json(error))
    for other in path.parent.glob("*.json"):
        if not other.name.startswith(manifest.code[:12]):
            other.unlink()  # learned by other code
    return error


def _key(manifest: Manifest) -> str:
    lessons = {name: mark for name, mark in manifest.inputs.items() if name.startswith("past/")}
    made_from = [lessons, manifest.code, manifest.libraries]
    return hashlib.sha256(json.dumps(made_from, sort_keys=True).encode()).hexdigest()
