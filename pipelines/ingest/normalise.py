"""Printed names → ids: by dated aliases, then by every name a list, firm or publisher has, in every language.

NameIndex are compared by `spelling_key` alone, so that dashes, blanks, quotes, case and width never make two of one. A
name that nobody knows stays with its poll under its label; one that fits several lists of that day is refused.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from electoral.lists import ListKind
from electoral.polls import UNKNOWN_LIST, Fieldwork, Poll, PollKind, ReportedValue
from pipelines.electorate import Campaign
from pipelines.electorate.columns import AliasRow, PollsterAliasRow
from pipelines.ingest.readings import covered_by
from pipelines.sources.reading import Refusal, ReportedCell, ReportedPoll, slug
from pipelines.sources.text import spelling_key

JOINT = "+"  # what stands between the columns that one printed number spans
ONE_CELL = " (one cell)"  # how what ships marks one printed number for several lists: a page prints no such words
CUT = ("…", "...")  # a name that ends so was cut for display and names nobody


class UnknownName(ValueError):
    """A printed name that no list of that day has."""


class AmbiguousName(ValueError):
    """A printed name that several lists of that day have."""


@dataclass(frozen=True, slots=True)
class NormalisedPoll:
    """A poll under our ids; `unknown_reasons` says by label why a column's list is not known."""

    poll: Poll
    unknown_reasons: Mapping[str, str]


@dataclass(frozen=True)
class NameIndex:
    """Every name of a campaign's lists and of its electorate's firms and publishers, by spelling key."""

    campaign: Campaign
    aliases: dict[str, list[AliasRow]] = field(default_factory=dict)
    lists: dict[str, set[str]] = field(default_factory=dict)
    firm_aliases: dict[str, list[PollsterAliasRow]] = field(default_factory=dict)
    firms: dict[str, str] = field(default_factory=dict)
    publishers: dict[str, str] = field(default_factory=dict)
    spellings: dict[str, set[str]] = field(default_factory=dict)  # of firms and publishers, by id
    # Of labels that were asked for; without a day where they mean the same on every day.
    meanings: dict[tuple[str, str, date | None], str] = field(default_factory=dict)
    outcomes: dict[tuple[str, ReportedPoll], NormalisedPoll | Refusal] = field(default_factory=dict)  # by source

    @classmethod
    def of(cls, campaign: Campaign) -> "NameIndex":
        index = cls(campaign)
        index._add_lists()
        index._add_firms()
        index._add_publishers()
        return index

    def _add_lists(self) -> None:
        for row in self.campaign.aliases:
            for printed in {row.alias, row.alias.removesuffix(ONE_CELL)}:
                self.aliases.setdefault(spelling_key(printed), []).append(row)
        for list_id in self.campaign.lists:
            for name in self.campaign.every_list_name(list_id):
                if not name.endswith(CUT):
                    self.lists.setdefault(spelling_key(name), set()).add(list_id)

    def _add_firms(self) -> None:
        for row in self.campaign.electorate.pollster_aliases:
            self.firm_aliases.setdefault(spelling_key(row.alias), []).append(row)
            self.spellings.setdefault(row.pollster, set()).add(spelling_key(row.alias))
        for pollster in self.campaign.electorate.pollsters:
            for name in self.campaign.names.every("pollster", pollster):
                self._add(self.firms, name, pollster)

    def _add_publishers(self) -> None:
        for alias, publisher in self.campaign.electorate.publisher_aliases.items():
            self._add(self.publishers, alias, publisher)
        for publisher in self.campaign.electorate.publishers:
            for name in self.campaign.names.every("publisher", publisher):
                self._add(self.publishers, name, publisher)

    def _add(self, by_key: dict[str, str], name: str, own_id: str) -> None:
        by_key.setdefault(spelling_key(name), own_id)
        self.spellings.setdefault(own_id, set()).add(spelling_key(name))

    def id_of_unknown(self, name: str) -> str:
        """The id of a firm or outlet nobody knows: its name as printed."""
        own = slug(name)
        self.spellings.setdefault(own, set()).add(spelling_key(name))
        return own

    @property
    def list_keys(self) -> frozenset[str]:
        """The spelling key of every name any list of the campaign has."""
        return frozenset(self.aliases.keys() | self.lists.keys())

    def list_of(self, label: str, source: str, day: date) -> str:
        """The list a label means on a day; raises UnknownName with the nearest name, or AmbiguousName."""
        # A sheet asks for each of its columns once a row.
        meaning = self.meanings.get((label, source, None)) or self.meanings.get((label, source, day))
        if meaning is None:
            meaning = self._list_of(label, source, day)
            self.meanings[label, source, None if self._is_timeless(label) else day] = meaning
        return meaning

    def _is_timeless(self, label: str) -> bool:
        """Whether a label means one list whatever the day and the source."""
        rows = self.aliases.get(spelling_key(label), ())
        lists = {row.list for row in rows} | self.lists.get(spelling_key(label), set())
        return len(lists) == 1 and not any(row.from_date or row.to_date or row.source for row in rows)

    def _list_of(self, label: str, source: str, day: date) -> str:
        key = spelling_key(label)
        if label.endswith(CUT):
            raise UnknownName(f"unknown list {label!r} on {day}: the name is cut; print it whole")
        rows = [row for row in self.aliases.get(key, ()) if _covers(row, day)]
        # A source's own alias goes before one for every source, and the very spelling before its like.
        for is_own in (True, False):
            fitting = [row for row in rows if (row.source == source if is_own else row.source is None)]
            exact = [row for row in fitting if row.alias == label] or fitting
            if exact:
                return self._only(label, day, {row.list for row in exact})
        if lists := self.lists.get(key) or self._joined(label, source, day):
            return self._only(label, day, lists)
        raise UnknownName(f"unknown list {label!r} on {day}; {self._nearest(label)}")

    def _joined(self, label: str, source: str, day: date) -> set[str]:
        """The lists that hold exactly the members of all the lists over whose columns one number is printed: "A+B"."""
        parts = [part for part in label.split(JOINT) if part.strip()]
        if len(parts) < 2:
            return set()
        try:
            named = [self.list_of(part, source, day) for part in parts]
        except (UnknownName, AmbiguousName):
            return set()
        lists, standing = self.campaign.lists, set(self.campaign.standing_lists(day))
        members = covered_by(named, lists)
        fitting = {name for name, each in lists.items() if each.members == members}
        return fitting & standing or {name for name in fitting if lists[name].kind is ListKind.COMBINED}

    def list_asked(self, label: str, source: str, reported: ReportedPoll) -> str:
        """The list a label means in a poll; a list of scenarios only is unknown in an ordinary poll."""
        name = self.list_of(label, source, reported.fieldwork_end)
        if reported.kind is PollKind.POLL and self.campaign.lists[name].kind is ListKind.HYPOTHETICAL:
            raise UnknownName(f"{label!r} is the list {name}, which is asked about in scenarios only")
        return name

    def _only(self, label: str, day: date, lists: set[str]) -> str:
        """The one list; of several the one that stands on that day."""
        if len(lists) > 1:
            lists = lists & set(self.campaign.standing_lists(day)) or lists
        if len(lists) > 1:
            raise AmbiguousName(f"{label!r} on {day} may be {' or '.join(sorted(lists))}; write one of these ids")
        return next(iter(lists))

    def _nearest(self, label: str) -> str:
        named = {name for own in self.campaign.lists for name in self.campaign.every_list_name(own)}
        names = named | {row.alias for row in self.campaign.aliases}
        close = difflib.get_close_matches(label, sorted(names), n=1, cutoff=0.5)
        return f"the nearest known name is {close[0]!r}" if close else "no known name is near"

    def firm(self, name: str, day: date, publisher: str | None = None) -> str | None:
        """The house of a printed firm; None where nobody knows it.

        What a name means for one publisher goes before what it means for any.
        """
        key = spelling_key(name)
        rows = [
            row for row in self.firm_aliases.get(key, ()) if _covers(row, day) and row.publisher in (publisher, None)
        ]
        rows.sort(key=lambda row: (row.publisher is None, row.alias != name))
        return rows[0].pollster if rows else self.firms.get(key)

    def publisher(self, name: str) -> str | None:
        """The publisher of a printed name; None where nobody knows it."""
        return self.publishers.get(spelling_key(name))

    def firm_and_publisher(self, firm: str | None, outlet: str | None, day: date) -> tuple[str | None, str | None]:
        """Firm and outlet as printed, the other way round where the source swapped them."""
        if firm is not None and self.firm(firm, day):
            return firm, outlet
        outlet_is_firm = outlet is not None and self.firm(outlet, day) is not None
        is_outlet_first = firm is not None and self.publisher(firm) is not None and (outlet is None or outlet_is_firm)
        is_firm_last = outlet is not None and outlet_is_firm and self.publisher(outlet) is None
        return (outlet, firm) if is_outlet_first or is_firm_last else (firm, outlet)


def normalise(reported: ReportedPoll, source: str, names: NameIndex) -> NormalisedPoll | Refusal:
    """One poll under our ids, its unknown columns kept under their labels, or why it is refused.

    Done once however many pages print it: a page of tonight repeats most rows of last night's.
    """
    key = source, reported
    outcome = names.outcomes.get(key)
    if outcome is None:
        outcome = names.outcomes[key] = _normalised(reported, source, names)
    return outcome


def _normalised(reported: ReportedPoll, source: str, names: NameIndex) -> NormalisedPoll | Refusal:
    election, day = names.campaign.election.id, reported.fieldwork_end
    values: dict[str, ReportedValue] = {}
    unknown: list[ReportedValue] = []
    reasons: dict[str, str] = {}
    for cell in reported.cells:
        try:
            value = _value(cell, names.list_asked(cell.label, source, reported))
        except UnknownName as error:
            unknown.append(_value(cell, UNKNOWN_LIST + cell.label))
            reasons[cell.label] = str(error)
            continue
        except AmbiguousName as error:
            return Refusal(election, source, reported.id, "list-name", reported.id, str(error))
        if value.list in values:
            reason = f"{values[value.list].label!r} and {value.label!r} are both {value.list}; keep one of them"
            return Refusal(election, source, reported.id, "list-name", reported.id, reason)
        values[value.list] = value
    firm, outlet = names.firm_and_publisher(reported.pollster, reported.publisher, day)
    publisher = outlet and (names.publisher(outlet) or names.id_of_unknown(outlet))
    poll = Poll(
        id=reported.id,
        election=reported.election,
        kind=reported.kind,
        pollster=firm and (names.firm(firm, day, publisher) or names.id_of_unknown(firm)),
        publisher=publisher,
        fieldwork=Fieldwork(reported.fieldwork_start, reported.fieldwork_end, reported.is_fieldwork_guessed),
        published_date=reported.published_date,
        sample_size=reported.sample_size,
        values=tuple(values.values()),
        source=reported.source,
        unit=reported.unit,
        unknown=tuple(unknown),
        urls=reported.urls,
        sample_size_printed=reported.sample_size_printed,
        disclosed=reported.disclosed,
    )
    return NormalisedPoll(poll, reasons)


def _value(cell: ReportedCell, list_id: str) -> ReportedValue:
    return ReportedValue(list_id, cell.label, cell.status, cell.seats, cell.pct)


def _covers(row: AliasRow | PollsterAliasRow, day: date) -> bool:
    return (row.from_date or date.min) <= day <= (row.to_date or date.max)
