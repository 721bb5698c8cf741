"""What an electorate's folder says, as values: one `Campaign` an election, and the `Reference` of all of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

from electoral.apparentement import SurplusAgreement
from electoral.lists import Bloc, ElectoralList, LineageEvent, standing
from electoral.rules import Election
from pipelines.electorate import columns
from pipelines.electorate.names import Names
from pipelines.errors import UnknownElection

ELECTORATES = "electorates"


def electorate_folder(raw: Path, electorate: str) -> Path:
    """The folder of one electorate under data/raw."""
    return raw / ELECTORATES / electorate


@dataclass(frozen=True)
class Campaign:
    """Everything an electorate's folder says of one election."""

    electorate: str
    names: Names
    election: Election
    row: columns.ElectionRow
    lists: dict[str, ElectoralList]
    list_rows: dict[str, columns.ListRow]
    lineage: tuple[LineageEvent, ...]
    aliases: tuple[columns.AliasRow, ...]
    agreements: tuple[columns.AgreementRow, ...]
    bloc_members: tuple[columns.BlocMemberRow, ...]
    statements: tuple[columns.StatementRow, ...]
    events: tuple[columns.EventRow, ...]
    results: tuple[columns.ResultRow, ...]
    turnout: columns.TurnoutRow | None
    outgoing: tuple[columns.OutgoingRow, ...]
    rulings: dict[tuple[str, str], columns.RulingRow]
    corrections: tuple[columns.CorrectionRow, ...]
    first_day: date | None

    @cached_property
    def aliases_by_name(self) -> dict[str, list[columns.AliasRow]]:
        """The aliases of each printed label, in their order."""
        found: dict[str, list[columns.AliasRow]] = {}
        for row in self.aliases:
            found.setdefault(row.alias, []).append(row)
        return found

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

    def list_name(self, name: str, language: str) -> str:
        """What a list is called in this campaign."""
        return self.names.text("list", f"{self.election.id}/{name}", language)

    def list_names(self, name: str) -> Iterator[str]:
        """Each name a list has in this campaign, in every language, long and short, and its id."""
        return self.names.every("list", f"{self.election.id}/{name}")

    def list_short(self, name: str, language: str) -> str:
        """The chart label of a list in this campaign."""
        return self.names.short("list", f"{self.election.id}/{name}", language)

    @property
    def eve(self) -> date:
        return self.election.vote_date - timedelta(days=1)

    def standing_lists(self, on: date) -> tuple[str, ...]:
        """The lists that stand on a day, by the lineage known that day; reference order."""
        contenders = [row.list for row in self.list_rows.values() if row.kind in ("ballot", "campaign")]
        alive = standing(contenders, self.lineage, on)
        return tuple(name for name in contenders if name in alive)

    def agreements_known(self, on: date) -> tuple[SurplusAgreement, ...]:
        """Signed agreements known on a day; one nobody dated counts as known on every day."""
        return tuple(
            SurplusAgreement(row.list_a, row.list_b)
            for row in self.agreements
            if row.status == "signed" and (row.known_from is None or row.known_from <= on)
        )

    def outgoing_seats(self, on: date) -> dict[str, int]:
        """Seats in the outgoing house per list as of a day; a list without a row is unknown."""
        rows = [row for row in self.outgoing if row.from_date is None or row.from_date <= on]
        return {row.list: row.seats for row in sorted(rows, key=lambda row: row.from_date or date.min)}

    def main_bloc(self) -> tuple[str, ...]:
        """The lists of the bloc recorded first: the one whose majority is in question."""
        return next((bloc.lists for bloc in self.blocs()), ())

    def blocs(self) -> tuple[Bloc, ...]:
        order = dict.fromkeys(row.bloc for row in self.bloc_members)
        return tuple(Bloc(bloc, tuple(row.list for row in self.bloc_members if row.bloc == bloc)) for bloc in order)


@dataclass(frozen=True)
class Reference:
    """All campaigns, and the names that outlive one."""

    campaigns: dict[str, Campaign]
    pollsters: dict[str, columns.PollsterRow]
    pollster_aliases: tuple[columns.PollsterAliasRow, ...]
    publishers: dict[str, columns.PublisherRow]
    publisher_aliases: dict[str, str]
    blocs: dict[str, columns.BlocRow]
    fingerprint: dict[str, str]

    def campaign(self, election: str) -> Campaign:
        """One election's facts; raises UnknownElection listing the known ones."""
        try:
            return self.campaigns[election]
        except KeyError:
            known = ", ".join(self.campaigns)
            raise UnknownElection(f"unknown election {election!r}; known are {known}") from None
