"""What an edition was made from, as hashes: only what was known on its day, so that later facts do not rename it."""

import hashlib
import json
import platform
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from electoral.polls import Poll
from pipelines.editions.values import Kind
from pipelines.electorate import Campaign, Reference, known_record
from pipelines.electorate.columns import named
from pipelines.electorate.folder import sha256
from pipelines.ingest import snapshots
from pipelines.ingest.page import code_hash
from pipelines.request import held_before
from pipelines.sources.archive import archive_file

CODE = ("electoral", "pipelines")
LIBRARIES = ("numpy", "pandas", "scipy", "statsmodels", "pyarrow", "pydantic")


def code_fingerprint() -> str:
    """A hash over everything in the code that an edition's numbers pass through."""
    return code_hash(*CODE)


@cache
def library_versions() -> dict[str, str]:
    return {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}


def edition_id(
    as_of: date, kind: Kind, is_result_known: bool, inputs: dict[str, str], parameters: dict[str, int]
) -> str:
    """The edition's name: its as-of day and a hash of everything it is made from."""
    made_from = {
        "kind": kind,
        "is_result_known": is_result_known,
        "inputs": inputs,
        "parameters": parameters,
        "code": code_fingerprint(),
        "libraries": library_versions(),
    }
    digest = hashlib.sha256(json.dumps(made_from, sort_keys=True).encode()).hexdigest()
    return f"{as_of}-{digest[:12]}"


RevisedPolls = Sequence[tuple[Poll, int]]


def edition_inputs(
    raw: Path, reference: Reference, campaign: Campaign, as_of: date, revised: RevisedPolls, *, is_result_known: bool
) -> dict[str, str]:
    """A hash per part: the polls and facts known, the pages they came on, the elections that teach, the record."""
    parts = {"polls": _hash((poll, revision) for poll, revision in revised)}
    facts = _facts(campaign, as_of, revised, is_result_known=is_result_known)
    facts["names"] = list(campaign.names.of(named(row for rows in facts.values() for row in rows)))
    parts |= {f"electorates/{campaign.electorate.id}/{name}": _hash(rows) for name, rows in facts.items() if rows}
    for past in held_before(reference, campaign.electorate.id, as_of):
        lessons = [
            past.row,
            past.law_known(past.election.vote_date),
            *past.list_rows.values(),
            *past.aliases,
            *past.lineage,
            *past.results,
            *past.rulings.values(),
            *past.corrections,
        ]
        name = past.election.id
        parts[f"past/{name}"] = _hash([sha256(archive_file(raw, name)), *lessons])
    parts |= snapshots.inputs(raw, campaign.election.id)
    record = known_record(raw, reference, campaign, as_of)
    if record:
        parts["record"] = hashlib.sha256(record).hexdigest()
    return dict(sorted(parts.items()))


def _facts(
    campaign: Campaign, as_of: date, revised: RevisedPolls, *, is_result_known: bool
) -> dict[str, Sequence[Any]]:
    """The rows of each reference file that an edition of that day may speak of."""
    polls = [poll for poll, _ in revised]
    named = {value.list for poll in polls for value in poll.values} | set(campaign.standing_lists(as_of))
    firms, outlets, ids = ({getattr(poll, name) for poll in polls} for name in ("pollster", "publisher", "id"))
    blocs = {row.bloc for row in campaign.bloc_members}

    def by_then(day: date | None) -> bool:
        return day is None or day <= as_of

    return {
        "electorate": [campaign.electorate.settings, *campaign.electorate.sources.values()],
        "formation": campaign.electorate.formation,
        "elections": [campaign.row],
        "rules": [campaign.law_known(as_of), *(row for row in campaign.direct_seats if row.known_from <= as_of)],
        "ban": campaign.bans,
        "coalitions": campaign.coalitions,
        "leaders": [row for rows in campaign.leaders_known(as_of).values() for row in rows],
        "lists": [row for name, row in campaign.list_rows.items() if name in named],
        "lineage": [event for event in campaign.lineage if by_then(event.date)],
        "agreements": [row for row in campaign.agreements if by_then(row.known_from)],
        "blocs": [row for name, row in campaign.electorate.blocs.items() if name in blocs],
        "bloc_members": campaign.bloc_members,
        "statements": [row for row in campaign.statements if by_then(row.date)],
        "phrases": campaign.electorate.phrases,
        "disclosure": [row for row in campaign.disclosure if row.poll in ids],
        "events": [row for row in campaign.events if by_then(row.date)],
        "outgoing": [row for row in campaign.outgoing if by_then(row.from_date)],
        "results": campaign.results if is_result_known else [],
        "rulings": [row for row in campaign.rulings.values() if row.poll in ids],
        "corrections": [row for row in campaign.corrections if row.poll in ids],
        "pollsters": [row for name, row in campaign.electorate.pollsters.items() if name in firms],
        "publishers": [row for name, row in campaign.electorate.publishers.items() if name in outlets],
    }


def _hash(rows: Iterable[Any]) -> str:
    digest = hashlib.sha256()
    for row in rows:
        digest.update(_JSON.encode(row).encode() + b"\n")
    return digest.hexdigest()


def _plain(value: Any) -> object:
    """A row as JSON can hold it."""
    names = getattr(value, "__dataclass_fields__", None)
    if names is not None:
        return {name: getattr(value, name) for name in names}  # json goes into what it holds
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    return sorted(value) if isinstance(value, frozenset) else str(value)


_JSON = json.JSONEncoder(default=_plain, sort_keys=True)
