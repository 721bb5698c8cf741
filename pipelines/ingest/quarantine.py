"""What is quarantined, and a person's ruling on it, which becomes raw data and lets the row pass.

`--as as-printed` lets a sum, few seats or an odd row stand as it is printed; `--as same:<poll>` says that a poll is one
the ledger has; `--as list:<list>` names the list behind a column nobody knew, as a new alias, and `--as list:new:<id>`
makes a list of it. A row that cannot be read (its day, a cell, a name) cannot be ruled: it is mended where it came
from, or entered in the desk's own sheet.
A source's reading that passed is ruled under `<election>/<source>/<its id there>/twin`, as disagreements are listed:
`same:<poll>` or `different:<poll>`. The desk's rulings stand in data/raw/desk, apart from those that ship.
"""

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from pipelines.editions.files import replace
from pipelines.electorate import Campaign
from pipelines.electorate.columns import AliasRow, ListRow, NameRow, RulingRow
from pipelines.electorate.folder import DESK
from pipelines.errors import RulingRefused
from pipelines.ingest.archive import ARCHIVE, open_reference
from pipelines.ingest.page import COLUMN
from pipelines.ingest.run import ingest
from pipelines.ingest.store import Ledger
from pipelines.rows import Row, read_rows, remedy
from pipelines.settings import ledger_of
from pipelines.sources.reading import Refusal

NEW_LIST = "list:new"
NO_COLOUR = "#83827E"  # of a list that nobody has given one
SUFFIX = "/twin"
AS_PRINTED = ("sum", "under-threshold-seats", "vandalism")
ONE_BY_ONE = ("sum", "twin")


def quarantined(data_dir: Path) -> list[Refusal]:
    """Everything that is refused now; nothing before the first refresh."""
    place = ledger_of(data_dir / "processed")
    if isinstance(place, Path) and not place.exists():
        return []
    with Ledger.open(place, is_read=True) as ledger:
        return ledger.refusals()


def accept(data_dir: Path, name: str, ruling: str, why: str) -> int:
    """Write a ruling down and read again what it is about; returns how many rows are still refused for it."""
    row = next((row for row in quarantined(data_dir) if row.id == name), None) or _reading(data_dir, name)
    if row is None:
        raise RulingRefused(f"nothing quarantined is called {name!r}; `python -m pipelines quarantine` lists the ids")
    return accept_all(data_dir, [row], ruling, why)


def accept_all(data_dir: Path, rows: Sequence[Refusal], ruling: str, why: str) -> int:
    """Write one ruling down for each row and read again what they are about; returns how many are still refused."""
    if not why.strip():
        raise RulingRefused("--why is blank; say why, so that the ruling can be judged later")
    raw = data_dir / "raw"
    reference = open_reference(raw)
    campaigns = {row.election: reference.campaign(row.election) for row in rows}
    rulings = [_rows(row, ruling, " ".join(why.split()), campaigns[row.election], data_dir) for row in rows]
    for file, cells in dict.fromkeys(pair for pairs in rulings for pair in pairs):
        _append(raw / DESK / file, cells)
    reference = open_reference(raw)
    with Ledger.open(ledger_of(data_dir / "processed")) as ledger:
        for election in campaigns:
            ingest(data_dir, ledger, reference.campaign(election))
    ids = {row.id for row in rows}
    return sum(row.id in ids for row in quarantined(data_dir))


def all_like(data_dir: Path, name: str) -> list[Refusal]:
    """The rows that one ruling may let in with a row: of one source and column, refused for the same reason.

    Raises RulingRefused for sums and twins, which are judged one by one.
    """
    rows = quarantined(data_dir)
    row = next((row for row in rows if row.id == name), None)
    if row is None:
        raise RulingRefused(f"nothing quarantined is called {name!r}; `python -m pipelines quarantine` lists the ids")
    if row.check in ONE_BY_ONE:
        raise RulingRefused(f"{name}: the check {row.check!r} is ruled row by row; give the ID without --all-like")
    return [other for other in rows if _likeness(other) == _likeness(row)]


def _likeness(row: Refusal) -> tuple[str, ...]:
    """What rows that are alike have in common: a reason may name each row's own day."""
    column = row.place if row.place.startswith(COLUMN) else ""
    return row.election, row.source, row.check, re.sub(r"\b\d{4}-\d{2}-\d{2}\b", "", row.reason), column


def _reading(data_dir: Path, name: str) -> Refusal | None:
    """A source's reading of a poll, which stands but may be of another one."""
    place = ledger_of(data_dir / "processed")
    if not name.endswith(SUFFIX) or name.count("/") != 3 or (isinstance(place, Path) and not place.exists()):
        return None
    election, source, printed, check = name.split("/")
    with Ledger.open(place, is_read=True) as ledger:
        readings = [one for one in ledger.readings(election) if (one.source, one.printed) == (source, printed)]
    # A name is one source's: another may print the same for another poll.
    poll = printed if source == ARCHIVE else f"{printed}-{source}"
    is_open = any(one.is_open for one in readings)
    return Refusal(election, source, poll, check, "", "") if is_open else None


def _rows(refused: Refusal, ruling: str, why: str, campaign: Campaign, data_dir: Path) -> list[tuple[str, Row]]:
    """The raw rows that a ruling becomes, each with its file; raises RulingRefused where the two do not fit."""
    kind, _, name = ruling.rpartition(":")
    if kind != NEW_LIST or refused.check != "list-name":
        return [_row(refused, ruling, why, campaign, data_dir)]
    if name in campaign.lists:
        raise RulingRefused(f"{name!r} is a list of {refused.election} already; give --as list:{name}")
    election, label = refused.election, refused.place.removeprefix(COLUMN)
    row = _checked(
        ListRow,
        election=election, list=name, kind="campaign", members=name, colour_light=NO_COLOUR, colour_dark=NO_COLOUR,
        ballot_letters=None, attributes="", source=why,
    )  # fmt: skip
    names = [
        _checked(NameRow, kind="list", id=f"{election}/{name}", language=language, name=label, short=None)
        for language in campaign.names.languages
    ]
    alias = _checked(
        AliasRow, election=election, source=None, alias=label, list=name, from_date=None, to_date=None, note=why
    )
    return [("lists.csv", row), *(("names.csv", one) for one in names), ("aliases.csv", alias)]


def _row(refused: Refusal, ruling: str, why: str, campaign: Campaign, data_dir: Path) -> tuple[str, Row]:
    """The raw row that a ruling becomes, and its file; raises RulingRefused where the two do not fit."""
    kind, _, target = ruling.partition(":")
    if kind == "list" and refused.check == "list-name":
        if target not in campaign.lists:
            raise RulingRefused(
                f"{target!r} is no list of {refused.election}; lists.csv has {', '.join(campaign.lists)}"
            )
        label = refused.place.removeprefix(COLUMN)
        if any(row.alias == label for row in campaign.aliases):
            raise RulingRefused(f"{label!r} has a meaning on other days already; date it by hand in aliases.csv")
        return "aliases.csv", _checked(
            AliasRow,
            election=refused.election, source=None, alias=label, list=target, from_date=None, to_date=None, note=why,
        )  # fmt: skip
    if (kind == "same" and refused.check != "list-name") or (kind == "different" and refused.check == "twin"):
        with Ledger.open(ledger_of(data_dir / "processed"), is_read=True) as ledger:
            ids = ledger.known_ids(refused.election)
        if target not in ids or target == refused.poll:
            raise RulingRefused(f"{target!r} is no other poll of {refused.election}; `polls --json` lists the ids")
        return "rulings.csv", _ruling(refused, "twin", target, "same" if kind == "same" else "distinct", why)
    if ruling == "as-printed" and refused.check in AS_PRINTED:
        match = re.match(r"sum (\S+), expected", refused.reason)
        return "rulings.csv", _ruling(refused, refused.check, match[1] if match else refused.reason, ruling, why)
    fitting = {"list-name": "list:<list> or list:new:<id>", "twin": "same:<poll> or different:<poll>"}
    allowed = fitting.get(refused.check, "same:<poll>")
    also = " or as-printed" if refused.check in AS_PRINTED else ""
    raise RulingRefused(f"--as {ruling!r} does not fit the check {refused.check!r}; give {allowed}{also}")


def _ruling(refused: Refusal, check: str, printed: str, ruling: str, why: str) -> Row:
    return _checked(
        RulingRow,
        election=refused.election, poll=refused.poll, check=check, printed=printed, ruling=ruling, why=why,
    )  # fmt: skip


def _checked(model: type[Row], **cells: str | None) -> Row:
    try:
        return model.model_validate(cells)
    except ValidationError as error:
        raise RulingRefused(f"the ruling does not fit its file: {remedy(error.errors()[0])}") from error


def _append(path: Path, row: Row) -> None:
    """One more row at the end of a file of the desk's, in one rename, once the file reads back with it."""
    path.parent.mkdir(exist_ok=True)
    if not path.exists():
        replace(path, (",".join(type(row).model_fields) + "\n").encode())
    before = path.read_bytes()
    read_rows(path, type(row))
    header = next(csv.reader(io.StringIO(before.decode("utf-8-sig").partition("\n")[0])))
    cells = {name: ";".join(cell) if isinstance(cell, tuple) else cell for name, cell in row.model_dump().items()}
    line = io.StringIO(newline="")
    csv.writer(line, lineterminator="\n").writerow(["" if cells[name] is None else cells[name] for name in header])
    end = b"" if before.endswith(b"\n") else b"\n"
    replace(path, before + end + line.getvalue().encode())
    try:
        read_rows(path, type(row))
    except BaseException:
        replace(path, before)
        raise
