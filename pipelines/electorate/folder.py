"""Every electorate's folder under data/raw/electorates, loaded once and checked against each other."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property, lru_cache
from operator import attrgetter
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from electoral.lists import ElectoralList, LineageEvent, LineageKind, ListKind
from electoral.rules import Election
from pipelines.electorate import (
    ELECTORATES,
    Calendar,
    Campaign,
    Electorate,
    Names,
    Reference,
    columns,
)
from pipelines.electorate.settings import (
    ELECTORATE_FILE,
    RULES_FILE,
    SOURCES_FILE,
    ElectorateSettings,
    RulesTable,
    read_electorate,
    read_rules,
    read_sources,
    rules_known,
)
from pipelines.errors import RawDataError
from pipelines.rows import R, Row, read_rows

DESK = "desk"  # a desk's own rulings, apart from those that ship
# The files of a desk by name, oldest first: before electorates had folders, aliases were written to list_aliases.csv.
DESK_FILES = {
    "lists": ("lists",),
    "names": ("names",),
    "rulings": ("rulings",),
    "aliases": ("list_aliases", "aliases"),
    "results": ("results",),
    "turnout": ("turnout",),
}
NAMES_OF_FILES = {model: name for name, model in columns.FILES.items()}
election_of = attrgetter("election")  # of a row whose file has that column
YIELDS = (columns.ResultRow, columns.TurnoutRow)  # a desk's own yield to what ships


@dataclass(frozen=True)
class Folder:
    """The rows of every file of one folder, by the file's name without its ending."""

    path: Path
    tables: Mapping[str, list[Row]]
    hashes: Mapping[str, str] = field(default_factory=dict)  # of its files, by their names
    desk_names: tuple[columns.NameRow, ...] = ()  # of lists that the desk made

    @cached_property
    def settings(self) -> ElectorateSettings:
        return read_electorate(self.path)

    @cached_property
    def law(self) -> tuple[RulesTable, ...]:
        return read_rules(self.path)

    @cached_property
    def names(self) -> Names:
        return Names((*self.rows(columns.NameRow), *self.desk_names), self.settings.languages)

    @cached_property
    def _by_election(self) -> Mapping[tuple[type[Row], str | None], list[Row]]:
        """Every campaign asks for its rows of every file: told apart once, not once a campaign."""
        rows: dict[tuple[type[Row], str | None], list[Row]] = {}
        for name, table in self.tables.items():
            model = columns.FILES[name]
            for row in table if "election" in model.model_fields else ():
                rows.setdefault((model, election_of(row)), []).append(row)
        return rows

    def rows(self, model: type[R]) -> list[R]:
        """The rows of the file that has this model."""
        return cast("list[R]", self.tables.get(NAMES_OF_FILES[model], []))

    def rows_of(self, model: type[R], election: str | None) -> list[R]:
        """Those that name one election."""
        return cast("list[R]", self._by_election.get((model, election), []))

    def file(self, model: type[Row]) -> Path:
        return self.path / f"{NAMES_OF_FILES[model]}.csv"


def electorates_of(raw: Path, election: str) -> tuple[str, ...]:
    """The electorates a refresh of an election is about, each of them for `all` and `all-live`; no more is checked."""
    tables = sorted((raw / ELECTORATES).glob("[!.]*/elections.csv"))
    return tuple(
        path.parent.name
        for path in tables
        if election in ("all", "all-live") or f"\n{election}," in path.read_text("utf-8", "replace")
    )


def calendars(raw: Path, electorates: Collection[str] = ()) -> list[Calendar]:
    """The elections of some electorates, or of all, read from the three files that say when they are.

    Raises RawDataError; what is wrong in another file keeps nobody from these.
    """
    dates = {path: _dates(path) for path in _places(raw, electorates)}
    _check_shared({path: rows for path, (rows, _, _) in dates.items()})
    return [
        Calendar(row.election, path.name, row.election_date, _first_day(row, rows), zone, bans[row.election])
        for path, (rows, zone, bans) in dates.items()
        for row in rows
    ]


def _dates(path: Path) -> tuple[list[columns.ElectionRow], ZoneInfo, Mapping[str, tuple[columns.BanRow, ...]]]:
    file, ban_file = path / "elections.csv", path / "ban.csv"
    rows = read_rows(file, columns.ElectionRow)
    bans = read_rows(ban_file, columns.BanRow) if ban_file.exists() else []
    elections = {row.election for row in rows}
    _check_ids(file, columns.ElectionRow, rows, elections, set())
    _check_ids(ban_file, columns.BanRow, bans, elections, set())  # or a ban is lost without a word
    _check_previous(file, rows)
    by_election = {row.election: tuple(ban for ban in bans if ban.election == row.election) for row in rows}
    return rows, ZoneInfo(read_electorate(path).zone), by_election


def calendar_of(raw: Path, election: str) -> Calendar:
    """That of one election; raises UnknownElection listing the known ones, or RawDataError."""
    electorates = electorates_of(raw, election)
    read = calendars(raw, electorates) if electorates else []
    return next((one for one in read if one.election == election), None) or load(raw).campaign(election).calendar


def load(raw: Path, electorates: Collection[str] = ()) -> Reference:
    """Read some electorates, or all of them, and what the desk ruled; RawDataError at the first row that does not fit.

    What is wrong in the folder of one keeps nobody from another.
    """
    folders = [_read(path, _hashes(path)) for path in _places(raw, electorates)]
    _check_shared({folder.path: folder.rows(columns.ElectionRow) for folder in folders})
    desk = _read_desk(raw, folders, is_whole=len(folders) == len(_places(raw)))
    folders = [_with_desk_names(folder, desk.get("names", ())) for folder in folders]
    ruled = Folder(raw / DESK, desk)
    desk_hashes = {f"{DESK}/{path.name}": sha256(path) for paths in _desk_files(raw).values() for path in paths}
    electorates_by_id = {folder.path.name: _electorate(folder, desk_hashes) for folder in folders}
    return Reference(
        campaigns={
            row.election: _campaign(row, folder, electorates_by_id[folder.path.name], ruled)
            for folder in folders
            for row in folder.rows(columns.ElectionRow)
        },
        electorates=electorates_by_id,
    )


def _places(raw: Path, electorates: Collection[str] = ()) -> list[Path]:
    places = [path for path in sorted((raw / ELECTORATES).glob("[!.]*")) if path.is_dir()]
    wanted = [path for path in places if not electorates or path.name in electorates]
    if not wanted:
        raise RawDataError(f"{raw / ELECTORATES}: no electorate in it; restore the folders from the repository")
    return wanted


def _electorate(folder: Folder, desk_hashes: dict[str, str]) -> Electorate:
    place = f"{ELECTORATES}/{folder.path.name}"
    files = [*(f"{name}.csv" for name in folder.tables), ELECTORATE_FILE, RULES_FILE, SOURCES_FILE]
    own = {f"{place}/{name}": folder.hashes[name] for name in files if name in folder.hashes}
    return Electorate(
        id=folder.path.name,
        settings=folder.settings,
        law=folder.law,
        sources=read_sources(folder.path),
        names=folder.names,
        pollsters={row.pollster: row for row in folder.rows(columns.PollsterRow)},
        pollster_aliases=tuple(folder.rows(columns.PollsterAliasRow)),
        publishers={row.publisher: row for row in folder.rows(columns.PublisherRow)},
        publisher_aliases={row.alias: row.publisher for row in folder.rows(columns.PublisherAliasRow)},
        blocs={row.bloc: row for row in folder.rows(columns.BlocRow)},
        phrases=tuple(folder.rows(columns.PhraseRow)),
        formation=tuple(folder.rows(columns.FormationRow)),
        fingerprint=own | desk_hashes,
    )


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _hashes(path: Path) -> tuple[tuple[str, str], ...]:
    """An electorate's own files by name, with their hashes: a night asks for what they say more than once."""
    return tuple((file.name, sha256(file)) for file in sorted(path.glob("*.*")))


@lru_cache(maxsize=256)
def _read(path: Path, hashes: tuple[tuple[str, str], ...]) -> Folder:
    files = {name: path / f"{name}.csv" for name in columns.FILES}
    read = [name for name, file in files.items() if name in columns.REQUIRED or file.exists()]
    tables: dict[str, list[Row]] = {name: list(read_rows(files[name], columns.FILES[name])) for name in read}
    folder = Folder(path, tables, dict(hashes))
    _check(folder)
    return folder


def _desk_files(raw: Path) -> dict[str, list[Path]]:
    """The files a desk has, by what they hold."""
    paths = {name: [raw / DESK / f"{old}.csv" for old in names] for name, names in DESK_FILES.items()}
    return {name: [path for path in files if path.exists()] for name, files in paths.items()}


def _read_desk(raw: Path, folders: Iterable[Folder], *, is_whole: bool) -> dict[str, list[Row]]:
    """What the desk ruled, by file; every id in it must exist in some electorate.

    Where not all electorates are read, what was ruled on an election of another one is left to it.
    """
    elections = {row.election for folder in folders for row in folder.rows(columns.ElectionRow)}
    lists = {(row.election, row.list) for folder in folders for row in folder.rows(columns.ListRow)}
    tables: dict[str, list[Row]] = {}
    for name, paths in _desk_files(raw).items():
        model = columns.FILES[name]
        for path in paths:
            rows = list(read_rows(path, model))
            lists |= {(row.election, row.list) for row in rows if isinstance(row, columns.ListRow)}
            if not is_whole and name != "names":
                rows = [row for row in rows if getattr(row, "election", None) in elections]
            _check_ids(path, model, rows, elections, lists)
            tables.setdefault(name, []).extend(rows)
    return tables


def _with_desk_names(folder: Folder, rows: Iterable[Row]) -> Folder:
    """A folder with the names that the desk gave to lists of its elections."""
    own = {row.election for row in folder.rows(columns.ElectionRow)}
    named = [row for row in rows if isinstance(row, columns.NameRow) and row.id.partition("/")[0] in own]
    return replace(folder, desk_names=tuple(named)) if named else folder


def _campaign(row: columns.ElectionRow, folder: Folder, electorate: Electorate, ruled: Folder) -> Campaign:
    def rows(model: type[R], election: str | None = row.election) -> tuple[R, ...]:
        shipped = folder.rows_of(model, election)
        return tuple(shipped if model in YIELDS and shipped else shipped + ruled.rows_of(model, election))

    lists = rows(columns.ListRow)
    campaign = Campaign(
        electorate=electorate,
        election=Election(row.election, row.election_date, row.lists_close_date, electorate.law[0].rules({}, {})),
        row=row,
        terms=rows(columns.TermRow),
        bans=rows(columns.BanRow),
        direct_seats=rows(columns.DirectSeatRow),
        lists={each.list: _list(each) for each in lists},
        list_rows={each.list: each for each in lists},
        lineage=tuple(_event(each) for each in rows(columns.LineageRow)),
        aliases=rows(columns.AliasRow),
        agreements=rows(columns.AgreementRow),
        bloc_members=rows(columns.BlocMemberRow),
        coalitions=_coalitions(rows(columns.CoalitionRow), rows(columns.BlocMemberRow)),
        leaders=rows(columns.LeaderRow),
        statements=rows(columns.StatementRow),
        disclosure=rows(columns.DisclosureRow),
        events=rows(columns.EventRow),
        results=rows(columns.ResultRow),
        turnout=next(iter(rows(columns.TurnoutRow)), None),
        outgoing=rows(columns.OutgoingRow) or _outgoing(row, lists, rows(columns.ResultRow, row.previous_election)),
        rulings={(each.poll, each.check): each for each in rows(columns.RulingRow)},
        corrections=rows(columns.CorrectionRow),
        first_day=_first_day(row, folder.rows(columns.ElectionRow)),
        ships_polls=(folder.path / "polls" / f"{row.election}.csv").exists(),
    )
    return campaign.known_on(row.election_date)


def _outgoing(
    row: columns.ElectionRow, lists: Iterable[columns.ListRow], won: Iterable[columns.ResultRow]
) -> tuple[columns.OutgoingRow, ...]:
    """The outgoing house where nobody wrote it down: what the lists of a campaign won the last time, once recorded."""
    names, basis = {each.list for each in lists}, "official result of the previous election"
    seats = {each.list: each.seats for each in won if each.list in names}
    return tuple(
        columns.OutgoingRow(election=row.election, list=name, seats=number, from_date=None, basis=basis)
        for name, number in seats.items()
    )


def _first_day(row: columns.ElectionRow, elections: Iterable[columns.ElectionRow]) -> date | None:
    """The day after the previous election: the earliest day a poll of this campaign can be from."""
    if row.campaign_start_date:
        return row.campaign_start_date
    return next((each.election_date for each in elections if each.election == row.previous_election), None)


def _coalitions(
    rows: Iterable[columns.CoalitionRow], members: Iterable[columns.BlocMemberRow]
) -> tuple[columns.CoalitionRow, ...]:
    """Coalitions of interest with the lists of a bloc in the place of its id."""
    blocs: dict[str, list[str]] = {}
    for member in members:
        blocs.setdefault(member.bloc, []).append(member.list)
    return tuple(
        row.model_copy(update={"lists": tuple(name for one in row.lists for name in blocs.get(one, [one]))})
        for row in rows
    )


def _list(row: columns.ListRow) -> ElectoralList:
    return ElectoralList(row.list, ListKind(row.kind), frozenset(row.members), frozenset(row.attributes))


def _event(row: columns.LineageRow) -> LineageEvent:
    return LineageEvent(row.date, LineageKind(row.kind), row.before, row.after)


def _check(folder: Folder) -> None:
    """Every id that a row of an electorate names must exist; raises RawDataError naming file, row and value."""
    elections = {row.election for row in folder.rows(columns.ElectionRow)}
    lists = {(row.election, row.list) for row in folder.rows(columns.ListRow)}
    blocs = {(row.election, row.bloc) for row in folder.rows(columns.BlocMemberRow)}
    for name, rows in folder.tables.items():
        ids = lists | blocs if name == "coalitions" else lists
        _check_ids(folder.path / f"{name}.csv", columns.FILES[name], rows, elections, ids)
    _check_references(folder)
    _check_elections(folder)
    _check_names(folder)
    _check_quotes(folder)


def _check_ids(
    path: Path, model: type[Row], rows: Iterable[Row], elections: set[str], lists: set[tuple[str, str]]
) -> None:
    """The elections and lists that rows of a file name exist, and each thing has one row."""
    of_election, key_columns = "election" in model.model_fields, columns.KEYS.get(model, ())
    seen: dict[tuple[object, ...], int] = {}
    for number, row in enumerate(rows, start=2):
        if of_election:
            election = election_of(row)
            if election not in elections:
                ids = ", ".join(sorted(elections))
                raise RawDataError(f"{path}: row {number}: election is {election!r}; known are {ids}")
            for named in _lists_named(row):
                if (election, named) not in lists:
                    place = f"{path}: row {number}"
                    raise RawDataError(f"{place}: list {named!r} is not in lists.csv for {election}; add it")
        key = tuple([getattr(row, column) for column in key_columns])
        if key and key in seen:
            repeated = ", ".join(str(part) for part in key)
            raise RawDataError(f"{path}: row {number}: {repeated} stands already in row {seen[key]}; drop one")
        seen[key] = number


def _check_references(folder: Folder) -> None:
    """The firm or outlet that an alias stands for, and the bloc that a list is in, are of this electorate."""
    for model, table, column in (
        (columns.PollsterAliasRow, columns.PollsterRow, "pollster"),
        (columns.PublisherAliasRow, columns.PublisherRow, "publisher"),
        (columns.BlocMemberRow, columns.BlocRow, "bloc"),
    ):
        ids = {getattr(row, column) for row in folder.rows(table)}
        for number, row in enumerate(folder.rows(model), start=2):
            if getattr(row, column) not in ids:
                place, named = f"{folder.file(model)}: row {number}", getattr(row, column)
                raise RawDataError(f"{place}: {column} is {named!r}; add it to {column}s.csv, or name one of them")


def _check_elections(folder: Folder) -> None:
    """Every election has a law, and its recorded seats fill the house that law gives it."""
    elections = folder.rows(columns.ElectionRow)
    _check_previous(folder.file(columns.ElectionRow), elections)
    for number, row in enumerate(elections, start=2):
        place = f"{folder.file(columns.ElectionRow)}: row {number}"
        if row.election in columns.RESERVED:
            raise RawDataError(f"{place}: election is {row.election!r}, a word of commands and addresses; rename it")
        law = rules_known(folder.law, row.election_date, date.max)
        if law is None:
            first = folder.law[0].in_force
            raise RawDataError(
                f"{place}: election_date is {row.election_date}; {RULES_FILE} begins on {first}, add the law before"
            )
        won = [each.seats for each in folder.rows(columns.ResultRow) if each.election == row.election]
        if won and sum(won) != law.house_size:
            place = f"{folder.file(columns.ResultRow)}: {row.election}"
            raise RawDataError(f"{place}: its seats add up to {sum(won)}, not {law.house_size}; mend them")


def _check_names(folder: Folder) -> None:
    """Everything that has an id is named in every language of the electorate, and nothing else is."""
    names, path = folder.names, folder.file(columns.NameRow)
    if not names.rows:
        raise RawDataError(f"{path}: no name in it; restore it from the repository")
    for number, row in enumerate(names.rows, start=2):
        if row.language not in names.languages:
            offered = ", ".join(names.languages)
            raise RawDataError(f"{path}: row {number}: language is {row.language!r}; {ELECTORATE_FILE} has {offered}")
    things = {thing for rows in folder.tables.values() for thing in columns.named(rows)}
    for kind, name in sorted(things):
        lacking = [language for language in names.languages if not names.find(kind, name, language)]
        is_unquoted = kind == "statement" and len(lacking) == len(names.languages)
        if lacking and not is_unquoted:
            language, plain = lacking[0], name.rpartition("/")[2]
            raise RawDataError(
                f"{path}: {kind} {plain!r} has no name in {language!r}; add a row {kind},{plain},{language},<name>,"
            )
    things |= {(kind, name.rpartition("/")[2]) for kind, name in things}
    for number, row in enumerate(names.rows, start=2):
        if (row.kind, row.id) not in things:
            raise RawDataError(f"{path}: row {number}: no {row.kind} is {row.id!r}; mend the id or drop the row")


def _check_quotes(folder: Folder) -> None:
    """The language a position was worded in is one that the electorate's names are in."""
    codes = folder.names.languages
    for number, row in enumerate(folder.rows(columns.StatementRow), start=2):
        if row.quote_language not in (None, *codes):
            place = f"{folder.file(columns.StatementRow)}: row {number}"
            raise RawDataError(f"{place}: quote_language is {row.quote_language!r}; names.csv has {', '.join(codes)}")


def _check_shared(elections: Mapping[Path, Iterable[columns.ElectionRow]]) -> None:
    """An election is one electorate's: its id is in addresses and in the ledger. Nothing else is shared."""
    places: dict[str, Path] = {}
    for folder, rows in elections.items():
        path = folder / "elections.csv"
        for row in rows:
            if places.setdefault(row.election, path) != path:
                raise RawDataError(f"{path}: election {row.election!r} is also in {places[row.election]}; rename one")


def _check_previous(path: Path, rows: Sequence[columns.ElectionRow]) -> None:
    """Polls of a campaign begin after the election before it, which has a row, or on a day of its own."""
    names = {row.election for row in rows}
    for number, row in enumerate(rows, start=2):
        if row.previous_election and row.previous_election not in names and not row.campaign_start_date:
            place = f"{path}: row {number}"
            raise RawDataError(f"{place}: previous_election is {row.previous_election!r}, which has no row; name one")


def _lists_named(row: Row) -> tuple[str, ...]:
    one, several = _list_columns(type(row))
    cells = [getattr(row, column) for column in several]
    return tuple(getattr(row, column) for column in one) + sum((cell for cell in cells if isinstance(cell, tuple)), ())


@cache
def _list_columns(model: type[Row]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns that name one list, and those that name several."""
    one, several = ("list", "list_a", "list_b"), ("before", "after", "rules_out", "lists")
    fields = model.model_fields
    return tuple(name for name in one if name in fields), tuple(name for name in several if name in fields)
