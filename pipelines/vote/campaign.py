"""A new campaign in one command: what the last one has is carried over, and what a person must still decide is named.

Rows are added to the electorate's own folder, once the whole folder reads back with them; nothing that stands there is
changed.
"""

import csv
import io
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from pipelines.editions.files import replace
from pipelines.electorate import Campaign, electorate_folder
from pipelines.electorate.columns import RESERVED
from pipelines.electorate.folder import load
from pipelines.electorate.settings import SOURCES_FILE
from pipelines.errors import ImportRefused

OPEN = "open"
PLAIN_ID = re.compile(r"[a-z0-9][a-z0-9-]*")
CARRIED = "Contested. Carried over from the campaign before, not decided for this one"


@dataclass(frozen=True, slots=True)
class Opened:
    """What was written: rows a file, and what a person must still decide."""

    rows: dict[str, int]
    missing: list[str]


def new(data_dir: Path, election: str, electorate: str, day: date | None, previous: str | None) -> Opened:
    """Open a campaign after `previous`, the electorate's newest where it is None.

    `day` is the day of its vote, None where it is open: its last lawful day then. Raises ImportRefused where the
    election is there already, or where nobody wrote down by when the house has to be elected.
    """
    raw = data_dir / "raw"
    reference = load(raw)
    if not PLAIN_ID.fullmatch(election) or election in RESERVED:
        taken = f", nor {', '.join(sorted(RESERVED))}"
        raise ImportRefused(f"{election!r} is no id; write lower-case letters, digits and hyphens{taken}")
    if election in reference.campaigns:
        raise ImportRefused(f"{election} is there already; `campaign check {election}` says what it lacks")
    before = reference.campaign(previous) if previous else max(reference.of(electorate), key=lambda one: one.eve)
    if before.electorate.id != electorate:
        raise ImportRefused(f"{previous} is of {before.electorate.id}, not of {electorate}; name one of its elections")
    folder = electorate_folder(raw, electorate)
    vote = day or _last_day(before, folder)
    if vote <= before.election.vote_date:
        raise ImportRefused(f"--date {vote} is not after {before.election.id}, {before.election.vote_date}; mend one")
    added = _rows(before, election, vote, is_open=day is None)
    texts = {f"{name}.csv": _with_rows(folder / f"{name}.csv", rows) for name, rows in added.items() if rows}
    page = _with_page(folder / SOURCES_FILE, before, election)
    if page is not None:
        texts[SOURCES_FILE] = page
    _prove(raw, electorate, texts)
    for name in sorted(texts, key=lambda name: name == "elections.csv"):  # the row that makes it known comes last
        replace(folder / name, texts[name].encode())
    return Opened({name: len(rows) for name, rows in added.items() if rows}, check(data_dir, election))


def _last_day(before: Campaign, folder: Path) -> date:
    """The last lawful day of the vote after an election, as a person wrote it down; raises ImportRefused."""
    last_day = next((row.last_day for row in before.terms), None)
    if last_day is None:
        name = before.election.id
        raise ImportRefused(
            f"{folder / 'terms.csv'}: no last lawful day of the vote after {name}; add a row election,last_day,law,url"
            f" with {name}, or give --date"
        )
    return last_day


def _rows(before: Campaign, election: str, day: date, *, is_open: bool) -> dict[str, list[dict[str, object]]]:
    """The new rows of each file."""
    lists = _carried(before)
    names, blocs = before.names, [row for row in before.bloc_members if row.list in lists]
    first_day = before.election.vote_date + timedelta(days=1)
    carried = {"election": election, "kind": "campaign", "ballot_letters": None}
    carried["source"] = f"Carried over from {before.election.id}"
    listed = ((name, before.list_rows[name]) for name in lists)
    own = [row for name in lists for row in names.rows if (row.kind, row.id) == ("list", before.list_name_id(name))]
    return {
        "lists": [
            {**row.model_dump(), **carried, "members": name, "attributes": ";".join(row.attributes)}
            for name, row in listed
        ],
        "aliases": [
            {**row.model_dump(), "election": election, "from_date": None, "note": None}
            for row in before.aliases
            if row.list in lists and row.to_date is None
        ],
        "bloc_members": [
            {**row.model_dump(), "election": election, "note": CARRIED, "as_of": first_day} for row in blocs
        ],
        "coalitions": [
            {**row.model_dump(), "election": election, "lists": ";".join(row.lists)}
            for row in before.coalitions
            if set(row.lists) <= {*lists, *(each.bloc for each in blocs)}
        ],
        "outgoing": [
            {
                "election": election,
                "list": row.list,
                "seats": row.seats,
                "basis": "official result of the previous election",
            }
            for row in before.results
            if row.seats
        ],
        "names": [
            *({**row.model_dump(), "id": f"{election}/{row.id.rpartition('/')[2]}"} for row in own),
            *({"kind": "election", "id": election, "language": each, "name": election} for each in names.languages),
        ],
        "elections": [
            {
                "election": election,
                "election_date": day,
                "campaign_start_date": first_day,
                "previous_election": before.election.id,
                "note": "The day is open: the last lawful one stands here" if is_open else None,
                "date_basis": "latest" if is_open else None,
            },
        ],
    }


def _carried(before: Campaign) -> list[str]:
    """The lists that were seated; while no result is recorded, those on the ballot that polls called by a name."""
    seated = [row.list for row in before.results if row.seats]
    polled = {row.list for row in before.aliases}
    standing = [name for name, row in before.list_rows.items() if row.kind == "ballot" and name in polled]
    return seated or standing


def _with_rows(path: Path, rows: Iterable[Mapping[str, object]]) -> str:
    """A file with more rows at its end, by its own header; one it lacks is added where a row has a value for it."""
    table = list(csv.reader(io.StringIO(path.read_text("utf-8-sig")))) if path.exists() else [[]]
    header, rows = table[0], list(rows)
    fresh = [name for row in rows for name, value in row.items() if value is not None and name not in header]
    header += list(dict.fromkeys(fresh))
    table = [header, *([*line, *[""] * (len(header) - len(line))] for line in table[1:])]
    for row in rows:
        line = ["" if row.get(name) is None else str(row[name]) for name in header]
        table.insert(_after(table, line) if header[0] == "kind" else len(table), line)
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(table)
    return text.getvalue()


def _after(table: list[list[str]], line: list[str]) -> int:
    """Where a name stands: after the last one of its kind."""
    return 1 + max((at for at, other in enumerate(table) if other[0] == line[0]), default=len(table) - 1)


def _with_page(path: Path, before: Campaign, election: str) -> str | None:
    """`sources.toml` with a page for the new campaign after that of the last one; None where that has none.

    Its title is the last one's with the year of the vote left open, which a person confirms.
    """
    if not any(before.election.id in settings.pages for settings in before.electorate.sources.values()):
        return None
    lines = path.read_text("utf-8").splitlines(keepends=True)
    page = []
    for line in lines:
        page.append(line)
        if re.match(rf"{re.escape(before.election.id)}\s*=", line):
            year = str(before.election.vote_date.year)
            page.append(line.replace(before.election.id, election).replace(year, "next"))
    return "".join(page)


def _prove(raw: Path, electorate: str, texts: Mapping[str, str]) -> None:
    """The folder reads back with the new files; raises RawDataError, and then nothing has been written."""
    with tempfile.TemporaryDirectory() as room:
        aside = electorate_folder(Path(room), electorate)
        shutil.copytree(electorate_folder(raw, electorate), aside, ignore=shutil.ignore_patterns("polls"))
        for name, text in texts.items():
            (aside / name).write_text(text, "utf-8")
        load(Path(room))


def check(data_dir: Path, election: str) -> list[str]:
    """What a campaign still lacks, one fact a line; nothing where all is there."""
    reference = load(data_dir / "raw")
    campaign = reference.campaign(election)
    previous = reference.campaigns.get(campaign.row.previous_election or "")
    names = campaign.names
    unnamed = [language for language in names.languages if names.text("election", election, language) == election]
    pages = [name for name, one in campaign.electorate.sources.items() if one.pages and election not in one.pages]
    undecided = [row.list for row in campaign.bloc_members if row.note == CARRIED]
    vote, lacks_result = campaign.election.vote_date, previous is not None and not previous.results
    others_ban = any(one.bans for one in reference.of(campaign.electorate.id))
    blocs_known, may_agree = bool(campaign.electorate.blocs), campaign.law_known(vote).agreements
    facts = (
        (campaign.is_date_open, f"elections.csv: the day of the vote; {vote} is the last lawful one"),
        (campaign.election.lists_close_date is None, "elections.csv: the day on which the lists close"),
        (others_ban and not campaign.bans, "ban.csv: from when to when what may not be told"),
        (
            lacks_result,
            f"results.csv: the result of {campaign.row.previous_election}, and with it the outgoing house",
        ),
        (not campaign.outgoing, "outgoing.csv: the seats of the outgoing house"),
        (bool(unnamed), f"names.csv: what the election is called in {', '.join(unnamed)}"),
        (bool(undecided), f"bloc_members.csv: whether these stay where they were: {', '.join(undecided)}"),
        (blocs_known and not campaign.bloc_members, "bloc_members.csv: which list is of which bloc"),
        (bool(pages), f"sources.toml: the page of {', '.join(pages)}"),
        (may_agree and not campaign.agreements, "agreements.csv: surplus-vote agreements, once signed"),
        (not campaign.ships_polls, f"polls/{election}.csv: no poll yet; the first that comes in opens its pages"),
    )
    return [lacking for is_lacking, lacking in facts if is_lacking]
