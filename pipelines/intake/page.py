"""One page of a source, from its bytes to polls with our ids: parsed, guarded, named. Nothing is written."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from electoral.polls import Poll, PollKind
from pipelines.electorate import Campaign, Reference
from pipelines.harmonise import Column, harmonise_columns
from pipelines.reported import Refusal, ReportedCell, ReportedPoll
from pipelines.sources import guards
from pipelines.sources.archive.parse import archive_file
from pipelines.sources.archive.parse import parse as parse_archive
from pipelines.sources.catalogue import parse_of
from pipelines.sources.reading import Reading, Scope
from pipelines.sources.reading import slug as printed_slug
from pipelines.sources.settings import read_settings
from pipelines.sources.text import one_line

PLACE = re.compile(r"(.*?) \(((?:[^()]|\([^()]*\))*row \d+)\)")
MOST_NAMED = 8  # values of a refused column that its quarantine entry shows


@dataclass(frozen=True, slots=True)
class Bytes:
    """What came in: a page of a source for one campaign, and what it is cited as."""

    source: str
    page: str
    body: bytes
    content_type: str
    citation: str
    today: date


@dataclass(frozen=True, slots=True)
class NamedPage:
    """A page read: polls with our ids, rows refused, and by poll the seats in columns nobody knows."""

    polls: tuple[Poll, ...]
    refused: tuple[Refusal, ...]
    left_out: dict[str, float]
    reading: Reading


def read_named(raw: Path, came: Bytes, campaign: Campaign, reference: Reference) -> NamedPage:
    """Parse, refuse defaced rows, name; raises PageRefused for a whole page."""
    scope = _scope(came, campaign)
    reading = _parse(raw, came, scope)
    if read_settings(came.source).network:  # a sheet is somebody's own: its rows are judged one by one
        guards.refuse_foreign(reading.refused, reading.rows, scope.first_day, scope.last_day)
    spoiled = _defaced(reading, came.source, campaign)
    guards.refuse_defaced(spoiled, reading.rows)
    bad = {row.poll for row in spoiled}
    named: list[Poll] = []
    refused = [*(_placed(row, came.source) for row in reading.refused), *spoiled]
    columns: dict[str, list[tuple[ReportedPoll, Column]]] = {}
    left_out: dict[str, float] = {}
    for reported in reading.polls:
        if reported.id in bad:
            continue
        poll, unknown = harmonise_columns(reported, came.source, campaign, reference)
        for column in unknown:
            columns.setdefault(column.cell.label, []).append((reported, column))
        if isinstance(poll, Poll):
            named.append(poll)
            left_out[poll.id] = sum(column.cell.seats or 0 for column in unknown)
        elif not unknown:
            refused.append(replace(poll, place=reading.places.get(reported.id, "")))
    refused += [_column_refused(label, found, came.source, campaign) for label, found in columns.items()]
    return NamedPage(tuple(named), tuple(refused), left_out, reading)


def _scope(came: Bytes, campaign: Campaign) -> Scope:
    vote = campaign.election.vote_date
    # What is dated after the day it came in on is a mistake; an exit poll is of the day of the vote.
    last = min(came.today, vote)
    return Scope(campaign.election.id, came.citation, campaign.first_day or date(1990, 1, 1), last, vote)


def _parse(raw: Path, came: Bytes, scope: Scope) -> Reading:
    election = scope.election
    # Only pages with scenario tables repeat polls of other pages; a sheet's parse does not ask.
    has_asides = read_settings(came.source).network and archive_file(raw, election).exists()
    known = parse_archive(raw, election) if has_asides else []
    return parse_of(came.source)(came.body, scope, content_type=came.content_type, known=known)


def _defaced(reading: Reading, source: str, campaign: Campaign) -> list[Refusal]:
    house = campaign.election.rules.house_size
    return [
        replace(row, source=source, place=reading.places.get(row.poll, ""))
        for row in guards.defaced(reading.polls, house)
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


def _column_refused(
    label: str, found: Sequence[tuple[ReportedPoll, Column]], source: str, campaign: Campaign
) -> Refusal:
    """One entry for a column, however many polls it stands in; they go on without it."""
    shown = ", ".join(f"{poll.fieldwork_end} {_printed(column.cell)}" for poll, column in found[:MOST_NAMED])
    more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
    name = f"column-{printed_slug(label)[:60].strip('-')}"
    text = one_line(f"{label}: {shown}{more}", 600)
    return Refusal(campaign.election.id, source, name, "list-name", text, found[-1][1].reason, f"column {label}")


def _printed(cell: ReportedCell) -> str:
    return str(cell.pct or (f"{cell.seats:g}" if cell.seats is not None else cell.status))


def refuse_swapped(polls: Iterable[Poll], known: Mapping[str, Poll]) -> None:
    """F2 over named polls: two columns changed places beside what each house said before; raises PageRefused."""
    ordinary = [_plain(poll) for poll in polls if poll.kind is PollKind.POLL]
    guards.refuse_swapped(ordinary, [_plain(poll) for poll in known.values() if poll.kind is PollKind.POLL])


def _plain(poll: Poll) -> ReportedPoll:
    cells = tuple(ReportedCell(value.list, value.status, value.seats, value.pct) for value in poll.values)
    return ReportedPoll(
        poll.id, poll.election, poll.kind, poll.pollster, poll.publisher, poll.fieldwork.start, poll.fieldwork.end,
        poll.published_date, poll.sample_size, cells, poll.source,
    )  # fmt: skip
