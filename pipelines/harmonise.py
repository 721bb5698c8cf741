"""Printed names → ids, by dated aliases; what nobody knows is refused with the nearest known name."""

import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from electoral.polls import Fieldwork, Poll, ReportedValue
from pipelines.electorate import Campaign, Reference
from pipelines.electorate.columns import AliasRow, PollsterAliasRow
from pipelines.reported import Refusal, ReportedCell, ReportedPoll


class UnknownName(ValueError):
    """A printed name that no dated alias knows."""


@dataclass(frozen=True, slots=True)
class Column:
    """A printed cell whose column nobody knows: it is left out of its poll, and why."""

    cell: ReportedCell
    reason: str


def harmonise_columns(
    reported: ReportedPoll, source: str, campaign: Campaign, reference: Reference
) -> tuple[Poll | Refusal, tuple[Column, ...]]:
    """One poll without the columns nobody knows, and those columns; a poll of which nothing is known is refused."""
    known: list[ReportedCell] = []
    unknown: list[Column] = []
    for cell in reported.cells:
        try:
            _list(cell.label, source, reported.fieldwork_end, campaign)
            known.append(cell)
        except UnknownName as error:
            unknown.append(Column(cell, str(error)))
    if unknown and any(cell.seats for cell in known):
        reported = replace(reported, cells=tuple(known))
    return harmonise(reported, source, campaign, reference), tuple(unknown)


def harmonise(reported: ReportedPoll, source: str, campaign: Campaign, reference: Reference) -> Poll | Refusal:
    """One poll with our ids, or why it is refused."""
    try:
        values = tuple(_value(cell, source, reported.fieldwork_end, campaign) for cell in reported.cells)
        taken: dict[str, str] = {}
        for value in values:
            if value.list in taken:
                raise UnknownName(f"{taken[value.list]!r} and {value.label!r} are both {value.list}")
            taken[value.list] = value.label
    except UnknownName as error:
        return Refusal(campaign.election.id, source, reported.id, "list-name", reported.id, str(error))
    firm, outlet = _unswapped(reported.pollster, reported.publisher, reported.fieldwork_end, reference)
    return Poll(
        id=reported.id,
        election=reported.election,
        kind=reported.kind,
        pollster=_pollster(firm, reported.fieldwork_end, reference),
        publisher=_publisher(outlet, reference),
        fieldwork=Fieldwork(reported.fieldwork_start, reported.fieldwork_end),
        published_date=reported.published_date,
        sample_size=reported.sample_size,
        values=values,
        source=reported.source,
    )


def _value(cell: ReportedCell, source: str, day: date, campaign: Campaign) -> ReportedValue:
    return ReportedValue(_list(cell.label, source, day, campaign), cell.label, cell.status, cell.seats, cell.pct)


def _list(label: str, source: str, day: date, campaign: Campaign) -> str:
    fitting = [row for row in campaign.aliases_by_name.get(label, ()) if _covers(row, day)]
    # A source's own alias goes before the one that holds for every source.
    fitting.sort(key=lambda row: row.source != source)
    for row in fitting:
        if row.source in (source, None):
            return row.list
    near = _nearest(label, {row.alias for row in campaign.aliases})
    raise UnknownName(f"unknown list {label!r} on {day}; {near}")


def _pollster(name: str | None, day: date, reference: Reference) -> str | None:
    """The house of a printed firm; an unknown firm is let in under its own name, without a history."""
    if name is None:
        return None
    for row in reference.pollster_aliases:
        if row.alias == name and _covers(row, day):
            return row.pollster
    return slug(name)


def _publisher(name: str | None, reference: Reference) -> str | None:
    return None if name is None else reference.publisher_aliases.get(name, slug(name))


def _unswapped(firm: str | None, outlet: str | None, day: date, reference: Reference) -> tuple[str | None, str | None]:
    """Firm and outlet the other way round where the source swapped them, by what the alias files know of both."""
    firms = {row.alias for row in reference.pollster_aliases if _covers(row, day)}
    outlets = reference.publisher_aliases
    if firm in firms:
        return firm, outlet
    is_outlet_first = firm in outlets and (outlet is None or outlet in firms)
    is_firm_last = outlet in firms and outlet not in outlets
    return (outlet, firm) if is_outlet_first or is_firm_last else (firm, outlet)


def _covers(row: AliasRow | PollsterAliasRow, day: date) -> bool:
    return (row.from_date or date.min) <= day <= (row.to_date or date.max)


def _nearest(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.5)
    return f"the nearest known name is {close[0]!r}" if close else "no known name is near"


def slug(name: str) -> str:
    """A printed name as an id: ASCII letters and digits, hyphens between; never empty.

    >>> slug("Café Polls & Co.")
    'cafe-polls-co'
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    joined = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return joined or "x" + name.encode().hex()[:12]
