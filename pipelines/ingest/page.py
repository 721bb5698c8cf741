"""One page of a source as polls under our ids: parsed, guarded, normalised. Nothing is written to the ledger.

A page is parsed once: its reading is kept by the hash of its bytes, the parser's version and what it was asked for.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from electoral.polls import Poll, ReportedValue
from pipelines.editions.files import replace as replace_file
from pipelines.electorate import Campaign
from pipelines.errors import one_line
from pipelines.sources import guards
from pipelines.sources.reading import FetchedSource, Reading, Refusal, Scope, slug, source_of

if TYPE_CHECKING:
    from pipelines.ingest.normalise import NameIndex, NormalisedPoll

FOLDER = "parsed"
ROOT = Path(__file__).parents[2]
# What decides how bytes are read.
PARSER_CODE = ("pipelines/sources", "pipelines/errors.py", "electoral/polls.py")
MOST_NAMED = 8  # values of a refused column that its quarantine entry shows
COLUMN = "column "  # how the place of an entry begins that is about a whole column


class ParsedPages:
    """The kept readings of one campaign; `processed` None keeps nothing, and a reader `keeps` no more than is there."""

    def __init__(self, processed: Path | None, *, keeps: bool = True) -> None:
        self._folder = processed / FOLDER if processed else None
        self._keeps = keeps
        self._used: set[str] = set()

    def read(self, source: str, body: bytes, content_type: str, scope: Scope) -> Reading:
        """The reading of a page, from where it was kept or parsed anew; raises PageRefused for a whole page."""
        name = _name(source, body, content_type, scope)
        self._used.add(name)
        path = self._folder and self._folder / name
        if path and (reading := _stored(path)):
            return reading
        reading = source_of(source).parse(body, scope, content_type=content_type)
        if path and self._keeps:
            content = _reading_file().dump_json(reading)
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(path, hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
        return reading

    def drop_unused(self, election: str) -> None:
        """Remove what a whole fold of a campaign did not ask for: pages gone, or parsed by other code."""
        for path in self._folder.glob(f"{election}-*") if self._folder else ():
            if path.name not in self._used:
                path.unlink(missing_ok=True)


def _name(source: str, body: bytes, content_type: str, scope: Scope) -> str:
    facts = f"{source}\0{content_type}\0{_scope_facts(scope)!r}\0{code_hash(*PARSER_CODE)}"
    key = hashlib.sha256(facts.encode()).hexdigest()[:16]
    return f"{scope.election}-{hashlib.sha256(body).hexdigest()[:32]}-{key}.json"


def _scope_facts(scope: Scope) -> list[object]:
    """What a page was asked for, sets in order."""
    fields = [getattr(scope, name) for name in Scope.__dataclass_fields__]
    return [sorted(value) if isinstance(value, frozenset) else value for value in fields]


def _stored(path: Path) -> Reading | None:
    """A reading as it was written; one that is not there, cut or changed is parsed anew."""
    try:
        digest, _, content = path.read_bytes().partition(b"\n")
        if hashlib.sha256(content).hexdigest().encode() != digest:
            return None
        return _reading_file().validate_json(content)
    except (FileNotFoundError, ValidationError):
        return None


@cache
def _reading_file() -> TypeAdapter[Reading]:
    return TypeAdapter(Reading)


@cache
def code_hash(*places: str) -> str:
    """A hash over the source files, and the tables of words beside them, at these places under the root."""
    digest = hashlib.sha256()
    for path in sorted({path for place in places for path in _files(ROOT / place)}):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _files(path: Path) -> list[Path]:
    return [*path.rglob("*.py"), *path.rglob("*.toml")] if path.is_dir() else [path]


@dataclass(frozen=True, slots=True)
class NormalisedPage:
    """A page as polls under our ids, the rows and columns refused, and the reading they come from."""

    polls: tuple[Poll, ...]
    refused: tuple[Refusal, ...]
    reading: Reading


def scope_of(source: str, citation: str, today: date, names: "NameIndex") -> Scope:
    """What a page is asked for: the campaign's days, unit and names, and what sources.toml says of its source."""
    campaign = names.campaign
    electorate = campaign.electorate
    settings = electorate.sources.get(source)
    unit = (settings.unit if settings else None) or electorate.settings.unit
    vote = campaign.election.vote_date
    # What is dated after the day it came in on is a mistake; an exit poll is of the day of the vote.
    last = min(today, vote)
    first = campaign.first_day or date(1990, 1, 1)
    rules = campaign.election.rules
    below = ceil(rules.threshold * rules.house_size) - 1
    return Scope(
        campaign.election.id, citation, first, last, vote, names.list_keys, rules.house_size, unit, settings, below
    )


def normalise_page(reading: Reading, source: str, scope: Scope, names: "NameIndex") -> NormalisedPage:
    """Refuse defaced and foreign rows, then normalise; raises PageRefused for a whole page."""
    from pipelines.ingest.normalise import normalise

    # A sheet is somebody's own, and a campaign's own page may go back before it: their rows are judged one by one.
    if isinstance(source_of(source), FetchedSource) and not _is_own_page(source, scope):
        guards.refuse_foreign(reading.refused, reading.rows, scope.first_day, scope.last_day)
    spoiled = _defaced(reading, source, names.campaign, scope.list_keys)
    guards.refuse_defaced(spoiled, reading.rows)
    spoiled_ids = {row.poll for row in spoiled}
    polls: list[Poll] = []
    refused = [*(replace(row, source=source) for row in reading.refused), *spoiled]
    columns: dict[str, list[tuple[Poll, ReportedValue, str]]] = {}
    for reported in reading.polls:
        if reported.id in spoiled_ids:
            continue
        outcome = normalise(reported, source, names)
        place = reading.places.get(reported.id, "")
        if isinstance(outcome, Refusal):
            refused.append(replace(outcome, place=place))
            continue
        for value in outcome.poll.unknown:
            columns.setdefault(value.label, []).append((outcome.poll, value, outcome.unknown_reasons[value.label]))
        if refusal := _not_whole(outcome, source, names.campaign, place):
            refused.append(refusal)
        else:
            cited = reading.citations.get(reported.id)
            polls.append(replace(outcome.poll, urls=(*outcome.poll.urls, *cited)) if cited else outcome.poll)
    refused += [_unknown_column(label, cells, source, names.campaign) for label, cells in columns.items()]
    return NormalisedPage(tuple(polls), tuple(refused), reading)


def _is_own_page(source: str, scope: Scope) -> bool:
    """Whether sources.toml names this very page for the campaign."""
    title = scope.settings.pages.get(scope.election) if scope.settings else None
    return title is not None and scope.source == source_of(source).citation.format(title)


def _not_whole(outcome: "NormalisedPoll", source: str, campaign: Campaign, place: str) -> Refusal | None:
    """A desk's poll is whole or not at all: one with a seat column that is not understood is refused."""
    poll = outcome.poll
    unknown = [value for value in poll.unknown if value.seats or value.pct]
    if not unknown or not source_of(source).is_own:
        return None
    reasons = "; ".join(outcome.unknown_reasons[value.label] for value in unknown)
    text = ", ".join(f"{value.label} {_printed(value)}" for value in unknown)
    return Refusal(campaign.election.id, source, poll.id, "unknown-columns", text, reasons, place)


def _defaced(reading: Reading, source: str, campaign: Campaign, list_keys: frozenset[str]) -> list[Refusal]:
    house = campaign.election.rules.house_size
    return [
        replace(row, source=source, place=reading.places.get(row.poll, ""))
        for row in guards.defaced(reading.polls, house, list_keys)
        if (row.poll, row.check) not in campaign.rulings
    ]


def _unknown_column(
    label: str, cells: Sequence[tuple[Poll, ReportedValue, str]], source: str, campaign: Campaign
) -> Refusal:
    """One entry for a column, however many polls it stands in; they keep its numbers under its label."""
    examples = ", ".join(f"{poll.fieldwork.end} {_printed(value)}" for poll, value, _ in cells[:MOST_NAMED])
    rest = f" and {len(cells) - MOST_NAMED} more" if len(cells) > MOST_NAMED else ""
    name = f"column-{slug(label)[:60].strip('-')}"
    text = one_line(f"{label}: {examples}{rest}", 600)
    return Refusal(campaign.election.id, source, name, "list-name", text, cells[-1][2], f"{COLUMN}{label}")


def _printed(value: ReportedValue) -> str:
    return str(value.pct or (f"{value.seats:g}" if value.seats is not None else value.status))
