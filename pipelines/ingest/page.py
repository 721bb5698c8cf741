"""One page of a source as polls under our ids: parsed, guarded, normalised. Nothing is written."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from electoral.polls import Poll, PollKind, ReportedValue
from pipelines.electorate import Campaign
from pipelines.ingest.normalise import NameIndex, NormalisedPoll, normalise
from pipelines.reported import Refusal, ReportedCell, ReportedPoll
from pipelines.sources import guards
from pipelines.sources.reading import Reading, Scope
from pipelines.sources.reading import slug as printed_slug
from pipelines.sources.registry import source_of
from pipelines.sources.source import FetchedSource
from pipelines.sources.text import one_line

PLACE = re.compile(r"(.*?) \(((?:[^()]|\([^()]*\))*row \d+)\)")
MOST_NAMED = 8  # values of a refused column that its quarantine entry shows
COLUMN = "column "  # how the place of an entry begins that is about a whole column


@dataclass(frozen=True, slots=True)
class NormalisedPage:
    """A page as polls under our ids, the rows and columns refused, and the reading they come from."""

    polls: tuple[Poll, ...]
    refused: tuple[Refusal, ...]
    reading: Reading


def scope_of(source: str, citation: str, today: date, names: NameIndex) -> Scope:
    """What a page is asked for: the campaign's days, unit and names, and what sources.toml says of its source."""
    campaign = names.campaign
    electorate = campaign.electorate
    settings = electorate.sources.get(source)
    unit = (settings.unit if settings else None) or electorate.settings.unit
    vote = campaign.election.vote_date
    # What is dated after the day it came in on is a mistake; an exit poll is of the day of the vote.
    last = min(today, vote)
    first = campaign.first_day or date(1990, 1, 1)
    house_size = campaign.election.rules.house_size
    return Scope(campaign.election.id, citation, first, last, vote, names.list_keys, house_size, unit, settings)


def normalise_page(
    reading: Reading, source: str, scope: Scope, names: NameIndex, cache: "NormaliseCache"
) -> NormalisedPage:
    """Refuse defaced and foreign rows, then normalise; raises PageRefused for a whole page."""
    if isinstance(source_of(source), FetchedSource):  # a sheet is somebody's own: its rows are judged one by one
        guards.refuse_foreign(reading.refused, reading.rows, scope.first_day, scope.last_day)
    spoiled = _defaced(reading, source, names.campaign, scope.list_keys)
    guards.refuse_defaced(spoiled, reading.rows)
    spoiled_ids = {row.poll for row in spoiled}
    polls: list[Poll] = []
    refused = [*(_placed(row, source) for row in reading.refused), *spoiled]
    columns: dict[str, list[tuple[Poll, ReportedValue, str]]] = {}
    for reported in reading.polls:
        if reported.id in spoiled_ids:
            continue
        outcome = cache.normalise(reported, source, names)
        place = reading.places.get(reported.id, "")
        if isinstance(outcome, Refusal):
            refused.append(replace(outcome, place=place))
            continue
        for value in outcome.poll.unknown:
            columns.setdefault(value.label, []).append((outcome.poll, value, outcome.unknown_reasons[value.label]))
        if refusal := _not_whole(outcome, source, names.campaign, place):
            refused.append(refusal)
        else:
            polls.append(replace(outcome.poll, urls=(*outcome.poll.urls, *reading.citations.get(reported.id, ()))))
    refused += [_unknown_column(label, cells, source, names.campaign) for label, cells in columns.items()]
    return NormalisedPage(tuple(polls), tuple(refused), reading)


class NormaliseCache:
    """Polls normalised once however many pages print them; a page of tonight repeats most rows of last night's."""

    def __init__(self) -> None:
        self._outcomes: dict[tuple[str, ReportedPoll], NormalisedPoll | Refusal] = {}

    def normalise(self, reported: ReportedPoll, source: str, names: NameIndex) -> NormalisedPoll | Refusal:
        key = (source, reported)
        outcome = self._outcomes.get(key)
        if outcome is None:
            outcome = self._outcomes[key] = normalise(reported, source, names)
        return outcome


def _not_whole(outcome: NormalisedPoll, source: str, campaign: Campaign, place: str) -> Refusal | None:
    """A desk's poll is whole or not at all: one with a seat column that is not understood is refused."""
    poll = outcome.poll
    unknown = [value for value in poll.unknown if value.seats or value.pct]
    if not unknown or not source_of(source).is_whole:
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


def _placed(row: Refusal, source: str) -> Refusal:
    """A parse's refusal with its place apart from its reason."""
    match = PLACE.fullmatch(row.reason)
    reason, place = (match[1], match[2]) if match else (row.reason, row.place)
    return replace(row, source=source, reason=reason, place=place)


def without_place(reason: str) -> str:
    match = PLACE.fullmatch(reason)
    return match[1] if match else reason


def _unknown_column(
    label: str, cells: Sequence[tuple[Poll, ReportedValue, str]], source: str, campaign: Campaign
) -> Refusal:
    """One entry for a column, however many polls it stands in; they keep its numbers under its label."""
    shown = ", ".join(f"{poll.fieldwork.end} {_printed(value)}" for poll, value, _ in cells[:MOST_NAMED])
    more = f" and {len(cells) - MOST_NAMED} more" if len(cells) > MOST_NAMED else ""
    name = f"column-{printed_slug(label)[:60].strip('-')}"
    text = one_line(f"{label}: {shown}{more}", 600)
    return Refusal(campaign.election.id, source, name, "list-name", text, cells[-1][2], f"{COLUMN}{label}")


def _printed(value: ReportedValue) -> str:
    return str(value.pct or (f"{value.seats:g}" if value.seats is not None else value.status))


def refuse_swapped(polls: Iterable[Poll], ledger_polls: Mapping[str, Poll]) -> None:
    """F2 over normalised polls: two columns changed places beside what each house printed before."""
    ordinary = [_plain(poll) for poll in polls if poll.kind is PollKind.POLL]
    guards.refuse_swapped(ordinary, [_plain(poll) for poll in ledger_polls.values() if poll.kind is PollKind.POLL])


def _plain(poll: Poll) -> ReportedPoll:
    cells = tuple(ReportedCell(value.list, value.status, value.seats, value.pct) for value in poll.values)
    return ReportedPoll(
        poll.id, poll.election, poll.kind, poll.pollster, poll.publisher, poll.fieldwork.start, poll.fieldwork.end,
        poll.published_date, poll.sample_size, cells, poll.source,
    )  # fmt: skip
