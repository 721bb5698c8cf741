"""The hand-kept facts of data/raw/reference, loaded once and checked against each other."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from pathlib import Path

from electoral.apparentement import SurplusAgreement
from electoral.lists import Bloc, ElectoralList, LineageEvent, LineageKind, ListKind, standing
from electoral.rules import Election, ElectoralRules, Formula
from pipelines import schema
from pipelines.errors import RawDataError, UnknownElection
from pipelines.rows import R, Row, read_rows
from pipelines.schema import REFERENCE_FILES

DESK, DESK_FILES = "desk", ("rulings", "list_aliases")  # a desk's own rulings, apart from those that ship


@dataclass(frozen=True)
class Campaign:
    """Everything the reference files say of one election."""

    election: Election
    row: schema.ElectionRow
    lists: dict[str, ElectoralList]
    list_rows: dict[str, schema.ListRow]
    lineage: tuple[LineageEvent, ...]
    aliases: tuple[schema.ListAliasRow, ...]
    agreements: tuple[schema.AgreementRow, ...]
    bloc_members: tuple[schema.BlocMemberRow, ...]
    statements: tuple[schema.StatementRow, ...]
    events: tuple[schema.EventRow, ...]
    results: tuple[schema.ResultRow, ...]
    outgoing: tuple[schema.OutgoingRow, ...]
    rulings: dict[tuple[str, str], schema.RulingRow]
    first_day: date | None

    @cached_property
    def aliases_by_name(self) -> dict[str, list[schema.ListAliasRow]]:
        """The aliases of each printed label, in their order."""
        found: dict[str, list[schema.ListAliasRow]] = {}
        for row in self.aliases:
            found.setdefault(row.alias, []).append(row)
        return found

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
    pollsters: dict[str, schema.PollsterRow]
    pollster_aliases: tuple[schema.PollsterAliasRow, ...]
    publishers: dict[str, schema.PublisherRow]
    publisher_aliases: dict[str, str]
    blocs: dict[str, schema.BlocRow]
    fingerprint: dict[str, str]

    def campaign(self, election: str) -> Campaign:
        """One election's facts; raises UnknownElection listing the known ones."""
        try:
            return self.campaigns[election]
        except KeyError:
            known = ", ".join(self.campaigns)
            raise UnknownElection(f"unknown election {election!r}; known are {known}") from None


def load(raw: Path) -> Reference:
    """Read data/raw/reference and what the desk ruled; raises RawDataError at the first row that does not fit."""
    folder = raw / "reference"
    tables = {name: read_rows(folder / f"{name}.csv", model) for name, model in REFERENCE_FILES.items()}
    _check_keys(folder, tables, tables)
    ruled = {name: raw / DESK / f"{name}.csv" for name in DESK_FILES if (raw / DESK / f"{name}.csv").exists()}
    ours = {name: read_rows(path, REFERENCE_FILES[name]) for name, path in ruled.items()}
    _check_keys(raw / DESK, ours, tables)
    tables |= {name: [*tables[name], *rows] for name, rows in ours.items()}
    files = {f"reference/{name}.csv": folder / f"{name}.csv" for name in REFERENCE_FILES}
    files |= {f"{DESK}/{path.name}": path for path in ruled.values()}
    return Reference(
        campaigns={row.election: _campaign(row, tables) for row in _of(tables, schema.ElectionRow)},
        pollsters={row.pollster: row for row in _of(tables, schema.PollsterRow)},
        pollster_aliases=tuple(_of(tables, schema.PollsterAliasRow)),
        publishers={row.publisher: row for row in _of(tables, schema.PublisherRow)},
        publisher_aliases={row.alias: row.publisher for row in _of(tables, schema.PublisherAliasRow)},
        blocs={row.bloc: row for row in _of(tables, schema.BlocRow)},
        fingerprint={name: sha256(path) for name, path in files.items()},
    )


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _of(tables: dict[str, list[Row]], model: type[R]) -> list[R]:
    """The rows of the one file that has this model."""
    name = next(name for name, found in REFERENCE_FILES.items() if found is model)
    return [row for row in tables[name] if isinstance(row, model)]


def _campaign(row: schema.ElectionRow, tables: dict[str, list[Row]]) -> Campaign:
    def here(model: type[R]) -> tuple[R, ...]:
        return tuple(found for found in _of(tables, model) if getattr(found, "election", None) == row.election)

    rules = ElectoralRules(row.house_size, Fraction(row.threshold_pct) / 100, Formula(row.formula))
    lists = here(schema.ListRow)
    return Campaign(
        election=Election(
            row.election,
            row.election_date,
            row.lists_close_date,
            row.publication_ban_start,
            row.publication_ban_end,
            rules,
        ),
        row=row,
        lists={found.list: _list(found) for found in lists},
        list_rows={found.list: found for found in lists},
        lineage=tuple(_event(found) for found in here(schema.LineageRow)),
        aliases=here(schema.ListAliasRow),
        agreements=here(schema.AgreementRow),
        bloc_members=here(schema.BlocMemberRow),
        statements=here(schema.StatementRow),
        events=here(schema.EventRow),
        results=here(schema.ResultRow),
        outgoing=here(schema.OutgoingRow),
        rulings={(found.poll, found.check): found for found in here(schema.RulingRow)},
        first_day=_first_day(row, _of(tables, schema.ElectionRow)),
    )


def _first_day(row: schema.ElectionRow, elections: Iterable[schema.ElectionRow]) -> date | None:
    """The day after the previous election: the earliest day a poll of this campaign can be from."""
    if row.campaign_start_date:
        return row.campaign_start_date
    return next((found.election_date for found in elections if found.election == row.previous_election), None)


def _list(row: schema.ListRow) -> ElectoralList:
    return ElectoralList(row.list, ListKind(row.kind), frozenset(row.members), frozenset(row.attributes))


def _event(row: schema.LineageRow) -> LineageEvent:
    return LineageEvent(row.date, LineageKind(row.kind), row.before, row.after)


def _check_keys(folder: Path, found: dict[str, list[Row]], tables: dict[str, list[Row]]) -> None:
    """Every id that a row found in a folder names must exist; raises RawDataError naming file, row and value."""
    elections = {row.election for row in _of(tables, schema.ElectionRow)}
    lists = {(row.election, row.list) for row in _of(tables, schema.ListRow)}
    for name, rows in found.items():
        for number, row in enumerate(rows, start=2):
            place = f"{folder / name}.csv: row {number}"
            election = getattr(row, "election", None)
            if election is not None and election not in elections:
                known = ", ".join(sorted(elections))
                raise RawDataError(f"{place}: election is {election!r}; known are {known}")
            for named in _lists_named(row):
                if (election, named) not in lists:
                    raise RawDataError(f"{place}: list {named!r} is not in lists.csv for {election}; add it")
        _check_unique(folder / f"{name}.csv", rows)
    if found is tables:
        _check_blocs(folder, tables)
        _check_elections(folder, tables)


def _check_unique(path: Path, rows: list[Row]) -> None:
    """A thing has one row."""
    seen: dict[tuple[object, ...], int] = {}
    for number, row in enumerate(rows, start=2):
        key = tuple(getattr(row, column) for column in schema.KEYS.get(type(row), ()))
        if key and key in seen:
            said = ", ".join(str(part) for part in key)
            raise RawDataError(f"{path}: row {number}: {said} stands already in row {seen[key]}; drop one")
        seen[key] = number


def _check_blocs(folder: Path, tables: dict[str, list[Row]]) -> None:
    known = {row.bloc for row in _of(tables, schema.BlocRow)}
    for number, row in enumerate(_of(tables, schema.BlocMemberRow), start=2):
        if row.bloc not in known:
            place = f"{folder / 'bloc_members.csv'}: row {number}"
            raise RawDataError(f"{place}: bloc is {row.bloc!r}; known are {', '.join(sorted(known))}")


def _check_elections(folder: Path, tables: dict[str, list[Row]]) -> None:
    """What an election says of itself, and its recorded seats, must be possible."""
    elections = _of(tables, schema.ElectionRow)
    names = {row.election for row in elections}
    for number, row in enumerate(elections, start=2):
        place = f"{folder / 'elections.csv'}: row {number}"
        start, end = row.publication_ban_start, row.publication_ban_end
        if start and end and start >= end:
            raise RawDataError(f"{place}: the publication ban ends {end}, before it starts {start}; swap them")
        if row.house_size < 1:
            raise RawDataError(f"{place}: house_size is {row.house_size}; a house has at least one seat")
        if row.previous_election and row.previous_election not in names and not row.campaign_start_date:
            raise RawDataError(f"{place}: previous_election is {row.previous_election!r}, which has no row; name one")
        won = [found.seats for found in _of(tables, schema.ResultRow) if found.election == row.election]
        if won and sum(won) != row.house_size:
            place = f"{folder / 'results.csv'}: {row.election}"
            raise RawDataError(f"{place}: its seats add up to {sum(won)}, not {row.house_size}; mend them")


def _lists_named(row: Row) -> tuple[str, ...]:
    single = tuple(getattr(row, column) for column in ("list", "list_a", "list_b") if hasattr(row, column))
    several = sum((getattr(row, column) for column in ("before", "after", "rules_out") if hasattr(row, column)), ())
    return single + several
