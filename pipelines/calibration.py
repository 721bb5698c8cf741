"""What elections already held teach of the error polls share, learned once a night's past, code and libraries."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from pipelines.asof import held_before
from pipelines.editions import files
from pipelines.editions.schema import Manifest
from pipelines.electorate import Campaign, Reference
from pipelines.forecast.polling_error import STEADY, PastElection, PollingError, learn
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
