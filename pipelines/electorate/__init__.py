"""What an electorate's folder says, as values: one `Campaign` an election, its names in each language, its record.

The room is the one place that knows such a folder: `folder.py` loads and checks it, `columns.py` and `settings.py` have
its columns and keys.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from electoral.lists import Bloc, ElectoralList, LineageEvent, standing
from electoral.rules import Election, ElectoralRules
from pipelines.electorate import columns
from pipelines.electorate.columns import Kind, NameRow
from pipelines.electorate.settings import ElectorateSettings, RulesTable, SourceSettings, rules_known
from pipelines.errors import UnknownElection

if TYPE_CHECKING:
    from electoral.apparentement import SurplusAgreement
    from electoral.shares import Contest

ELECTORATES = "electorates"
RECORD_FILE = "record.json"


@dataclass(frozen=True)
class Names:
    """The names of one electorate in its languages, in their order.

    The name of an id in a language is looked for in this order: the row of the id itself; where the id is
    `<election>/<list>`, the row of the list in every campaign, `<list>`; the same two in the electorate's first
    language; and what nobody named goes by its id.
    """

    rows: tuple[NameRow, ...]
    languages: tuple[str, ...]

    def texts(self, kind: Kind, name: str) -> dict[str, str]:
        """The name of an id in each language."""
        return {language: self.text(kind, name, language) for language in self.languages}

    def shorts(self, kind: Kind, name: str) -> dict[str, str]:
        """The chart label of an id in each language."""
        return {language: self.short(kind, name, language) for language in self.languages}

    def text(self, kind: Kind, name: str, language: str) -> str:
        """The name of an id."""
        row = self._nearest(kind, name, language)
        return row.name if row else name.rpartition("/")[2]

    def short(self, kind: Kind, name: str, language: str) -> str:
        """The chart label of an id: its name where the name is short enough to be one."""
        row = self._nearest(kind, name, language)
        return (row.short or row.name) if row else name.rpartition("/")[2]

    def every(self, kind: Kind, name: str) -> Iterator[str]:
        """Each name an id has, in every language, long and short, and the id itself."""
        yield name.rpartition("/")[2]
        for language in self.languages:
            if row := self.find(kind, name, language):
                yield row.name
                yield row.short or row.name

    def find(self, kind: Kind, name: str, language: str) -> NameRow | None:
        """The row of an id in one language, of the list in every campaign where it has none of its own; else None."""
        own, shared = self._keys(kind, name, language)
        return self._by_id.get(own) or self._by_id.get(shared)

    def of(self, things: Iterable[tuple[Kind, str]]) -> Iterator[NameRow]:
        """Every row that `text` and `short` may read for some ids, without repetition."""
        keys = (key for kind, name in things for language in self.languages for key in self._keys(kind, name, language))
        yield from (self._by_id[key] for key in dict.fromkeys(keys) if key in self._by_id)

    def _nearest(self, kind: Kind, name: str, language: str) -> NameRow | None:
        rows = (self.find(kind, name, each) for each in (language, *self.languages[:1]))
        return next((row for row in rows if row), None)

    @staticmethod
    def _keys(kind: Kind, name: str, language: str) -> tuple[tuple[Kind, str, str], ...]:
        return (kind, name, language), (kind, name.rpartition("/")[2], language)

    @cached_property
    def _by_id(self) -> dict[tuple[Kind, str, str], NameRow]:
        return {(row.kind, row.id, row.language): row for row in self.rows}


def electorate_folder(raw: Path, electorate: str) -> Path:
    """The folder of one electorate under data/raw."""
    return raw / ELECTORATES / electorate


@dataclass(frozen=True)
class Electorate:
    """What outlives one election: settings, law, names, firms and outlets of one electorate, and of no other."""

    id: str
    settings: ElectorateSettings
    law: tuple[RulesTable, ...]
    sources: Mapping[str, SourceSettings]
    names: Names
    pollsters: Mapping[str, columns.PollsterRow]
    pollster_aliases: tuple[columns.PollsterAliasRow, ...]
    publishers: Mapping[str, columns.PublisherRow]
    publisher_aliases: Mapping[str, str]
    blocs: Mapping[str, columns.BlocRow]
    phrases: tuple[columns.PhraseRow, ...]
    formation: tuple[columns.FormationRow, ...]
    fingerprint: Mapping[str, str]

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone of its wall clock."""
        return ZoneInfo(self.settings.zone)

    def family_of(self, pollster: str | None) -> str | None:
        """The houses with one panel or owner that a firm is of; None where it stands alone."""
        row = self.pollsters.get(pollster) if pollster else None
        return row.family if row else None

    def today(self) -> date:
        """What day it is there."""
        return datetime.now(self.zone).date()


@dataclass(frozen=True, slots=True)
class Calendar:
    """When an election is and from when its campaign runs, and when nothing of it may be published."""

    election: str
    electorate: str
    vote_date: date
    first_day: date | None
    zone: ZoneInfo
    bans: tuple[columns.BanRow, ...]

    def is_live(self, today: date) -> bool:
        """Whether the campaign has begun and its vote is not past."""
        return today <= self.vote_date and (self.first_day is None or self.first_day <= today)


@dataclass(frozen=True)
class Campaign:
    """Everything an electorate's folder says of one election; its rules are those known on the day of the vote.

    `ships_polls`: whether the folder has a file of its polls; without one it teaches nothing.
    """

    electorate: Electorate
    election: Election
    row: columns.ElectionRow
    terms: tuple[columns.TermRow, ...]
    bans: tuple[columns.BanRow, ...]
    direct_seats: tuple[columns.DirectSeatRow, ...]
    lists: dict[str, ElectoralList]
    list_rows: dict[str, columns.ListRow]
    lineage: tuple[LineageEvent, ...]
    aliases: tuple[columns.AliasRow, ...]
    agreements: tuple[columns.AgreementRow, ...]
    bloc_members: tuple[columns.BlocMemberRow, ...]
    coalitions: tuple[columns.CoalitionRow, ...]
    leaders: tuple[columns.LeaderRow, ...]
    statements: tuple[columns.StatementRow, ...]
    disclosure: tuple[columns.DisclosureRow, ...]
    events: tuple[columns.EventRow, ...]
    results: tuple[columns.ResultRow, ...]
    turnout: columns.TurnoutRow | None
    outgoing: tuple[columns.OutgoingRow, ...]
    rulings: dict[tuple[str, str], columns.RulingRow]
    corrections: tuple[columns.CorrectionRow, ...]
    first_day: date | None
    ships_polls: bool

    @property
    def names(self) -> Names:
        return self.electorate.names

    @property
    def is_date_open(self) -> bool:
        """Whether the day of the vote is the last lawful one, because none is set."""
        return self.row.date_basis == "latest"

    @property
    def zone(self) -> ZoneInfo:
        """The zone of its electorate's wall clock."""
        return self.electorate.zone

    @property
    def calendar(self) -> Calendar:
        vote = self.election.vote_date
        return Calendar(self.election.id, self.electorate.id, vote, self.first_day, self.zone, self.bans)

    @cached_property
    def contest(self) -> "Contest":
        """What its polls are read by."""
        from electoral.shares import Contest

        settings = self.electorate.settings
        return Contest(
            self.lists,
            self.lineage,
            self.election.rules,
            settings.assumed_others_pct / 100,
            settings.assumed_sample_size,
            {name: row.family for name, row in self.electorate.pollsters.items() if row.family},
        )

    def known_on(self, day: date) -> "Campaign":
        """The same with the law as it was known on a day: a house may grow with the vote."""
        rules = self.rules_known(day)
        return self if rules == self.election.rules else replace(self, election=replace(self.election, rules=rules))

    def law_known(self, day: date) -> RulesTable:
        """The law of this election as it was known on a day, else as it was known first."""
        vote, law = self.election.vote_date, self.electorate.law
        return rules_known(law, vote, day) or next(table for table in law if table.in_force <= vote)

    def rules_known(self, day: date) -> ElectoralRules:
        """The rules of this election as they were known on a day, with the direct seats known by then."""
        won = {
            row.list: row.seats
            for row in sorted(self.direct_seats, key=lambda row: row.known_from)
            if row.known_from <= day
        }
        return self.law_known(day).rules(won, {name: len(each.members) for name, each in self.lists.items()})

    @cached_property
    def _corrections_by_poll(self) -> dict[str, list[columns.CorrectionRow]]:
        applied: dict[str, list[columns.CorrectionRow]] = {}
        for row in self.corrections:
            if row.poll and row.applied == "yes":
                applied.setdefault(row.poll, []).append(row)
        return applied

    def corrections_of(self, poll: str) -> Sequence[columns.CorrectionRow]:
        """The corrections of a poll that are applied, in their order."""
        return self._corrections_by_poll.get(poll, ())

    def list_name_id(self, name: str) -> str:
        """The id under which names.csv may have a name of a list for this campaign alone."""
        return f"{self.election.id}/{name}"

    def every_list_name(self, name: str) -> Iterator[str]:
        """Each name a list has in this campaign, in every language, long and short, and its id."""
        return self.names.every("list", self.list_name_id(name))

    def list_names(self, name: str) -> dict[str, str]:
        """What a list is called in this campaign, in each language."""
        return self.names.texts("list", self.list_name_id(name))

    def list_shorts(self, name: str) -> dict[str, str]:
        """The chart label of a list in this campaign, in each language."""
        return self.names.shorts("list", self.list_name_id(name))

    @property
    def eve(self) -> date:
        return self.election.vote_date - timedelta(days=1)

    def standing_lists(self, on: date) -> tuple[str, ...]:
        """The lists that stand on a day, by the lineage known that day; reference order."""
        contenders = [row.list for row in self.list_rows.values() if row.kind in ("ballot", "campaign")]
        alive = standing(contenders, self.lineage, on)
        return tuple(name for name in contenders if name in alive)

    def agreements_known(self, on: date, lists: Iterable[str]) -> "tuple[SurplusAgreement, ...]":
        """Signed agreements between some lists known on a day; one nobody dated counts as known on every day."""
        from electoral.apparentement import SurplusAgreement

        among = set(lists)
        return tuple(
            SurplusAgreement(row.list_a, row.list_b)
            for row in self.agreements
            if row.status == "signed" and (row.known_from or on) <= on and {row.list_a, row.list_b} <= among
        )

    def outgoing_seats(self, on: date) -> dict[str, int]:
        """Seats in the outgoing house per list as of a day; a list without a row is unknown."""
        rows = [row for row in self.outgoing if row.from_date is None or row.from_date <= on]
        return {row.list: row.seats for row in sorted(rows, key=lambda row: row.from_date or date.min)}

    def leaders_known(self, on: date) -> dict[str, tuple[columns.LeaderRow, ...]]:
        """Who heads each list on a day, joint heads together: those that were the last to be named."""
        by_day: dict[str, dict[date, list[columns.LeaderRow]]] = {}
        for row in self.leaders:
            if (row.from_date or date.min) <= on:
                by_day.setdefault(row.list, {}).setdefault(row.from_date or date.min, []).append(row)
        return {name: tuple(days[max(days)]) for name, days in by_day.items()}

    def main_bloc(self) -> tuple[str, ...]:
        """The lists of the bloc recorded first: the one whose majority is in question."""
        return next((bloc.lists for bloc in self.blocs()), ())

    def blocs(self) -> tuple[Bloc, ...]:
        order = dict.fromkeys(row.bloc for row in self.bloc_members)
        return tuple(Bloc(bloc, tuple(row.list for row in self.bloc_members if row.bloc == bloc)) for bloc in order)


@dataclass(frozen=True)
class Reference:
    """The campaigns of every electorate in the folder, and the electorates they belong to."""

    campaigns: dict[str, Campaign]
    electorates: dict[str, Electorate]

    def campaign(self, election: str) -> Campaign:
        """One election's facts; raises UnknownElection listing the known ones."""
        try:
            return self.campaigns[election]
        except KeyError:
            names = ", ".join(self.campaigns)
            raise UnknownElection(f"unknown election {election!r}; known are {names}") from None

    def of(self, electorate: str) -> list[Campaign]:
        """The campaigns of one electorate, in its order; raises UnknownElection listing the known electorates."""
        if electorate not in self.electorates:
            names = ", ".join(self.electorates)
            raise UnknownElection(f"unknown electorate {electorate!r}; known are {names}")
        return [campaign for campaign in self.campaigns.values() if campaign.electorate.id == electorate]


def known_record(raw: Path, reference: Reference, campaign: Campaign, as_of: date) -> bytes | None:
    """The electorate's record, for an edition later than every election it scores; None for an earlier one.

    It says what the elections and lists it names are called: not each of them has an edition beside this one.
    """
    path = electorate_folder(raw, campaign.electorate.id) / RECORD_FILE
    if not path.exists():
        return None
    record, names = json.loads(path.read_bytes()), campaign.names
    scored = record["elections"]
    votes = [reference.campaign(name).election.vote_date for name in scored if name in reference.campaigns]
    if not all(vote < as_of for vote in votes):
        return None
    missed = sorted({f"{miss['election']}/{miss['list']}" for miss in record["misses"]})
    called = {election: names.texts("election", election) for election in scored}
    record["names"] = called | {name: names.shorts("list", name) for name in missed}
    return json.dumps(record, sort_keys=True).encode()
