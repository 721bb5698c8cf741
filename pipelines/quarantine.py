"""What is quarantined, and a person's ruling on it, which becomes raw data and lets the row pass.

`--as as-printed` lets a sum, few seats or an odd row stand as it is printed; `--as same:<poll>` says that a poll is one
the ledger has; `--as list:<list>` names the list behind a column nobody knew, as a new alias. A row that cannot be read
(its day, a cell, a name) cannot be ruled: it is mended where it came from, or entered in the desk's own sheet.
A source's word that passed is ruled under `<election>/<source>/<its id there>/twin`, as disagreements are listed:
`same:<poll>` or `different:<poll>`. The desk's rulings stand in data/raw/desk, apart from those that ship.
"""

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from pipelines.editions.files import replace
from pipelines.electorate import DESK, Campaign
from pipelines.electorate.columns import AliasRow, RulingRow
from pipelines.errors import RulingRefused
from pipelines.intake import ARCHIVE, open_reference, take_in
from pipelines.ledger.store import Ledger
from pipelines.reported import Refusal
from pipelines.rows import Row, read_rows, remedy

SUFFIX = "/twin"
AS_PRINTED = ("sum", "under-threshold-seats", "vandalism")


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One refused row, under the id by which it is ruled."""

    id: str
    election: str
    source: str
    poll: str
    check: str
    place: str
    text: str
    reason: str


def quarantined(data_dir: Path) -> list[Quarantined]:
    """Everything that is refused now; nothing before the first refresh."""
    file = data_dir / "processed" / "ledger.sqlite"
    if not file.exists():
        return []
    with Ledger.open(file) as ledger:
        return [_shown(row) for row in ledger.refusals()]


def _shown(row: Refusal) -> Quarantined:
    name = f"{row.election}/{row.source}/{row.poll}/{row.check}"
    return Quarantined(name, row.election, row.source, row.poll, row.check, row.place, row.text, row.reason)


def accept(data_dir: Path, name: str, ruling: str, why: str) -> int:
    """Write a ruling down and read again what it is about; returns how many rows are still refused for it."""
    found = next((row for row in quarantined(data_dir) if row.id == name), None) or _word(data_dir, name)
    if found is None:
        raise RulingRefused(f"nothing quarantined is called {name!r}; `python -m pipelines quarantine` lists the ids")
    if not why.strip():
        raise RulingRefused("--why is blank; say why, so that the ruling can be judged later")
    raw = data_dir / "raw"
    reference = open_reference(raw)
    campaign = reference.campaign(found.election)
    file, row = _row(found, ruling, " ".join(why.split()), campaign, data_dir)
    _append(raw / DESK / file, row)
    with Ledger.open(data_dir / "processed" / "ledger.sqlite") as ledger:
        reference = open_reference(raw)
        take_in(raw, ledger, reference, reference.campaign(found.election))
    return sum(row.id == name for row in quarantined(data_dir))


def _word(data_dir: Path, name: str) -> Quarantined | None:
    """A source's word on a poll, which stands but may be about another one."""
    file = data_dir / "processed" / "ledger.sqlite"
    if not name.endswith(SUFFIX) or name.count("/") != 3 or not file.exists():
        return None
    election, source, printed, check = name.split("/")
    with Ledger.open(file) as ledger:
        words = [one for one in ledger.readings(election) if (one.source, one.printed) == (source, printed)]
    # A name is one source's: another may print the same for another poll.
    poll = printed if source == ARCHIVE else f"{printed}-{source}"
    return Quarantined(name, election, source, poll, check, "", "", "") if any(one.is_open for one in words) else None


def _row(found: Quarantined, ruling: str, why: str, campaign: Campaign, data_dir: Path) -> tuple[str, Row]:
    """The raw row that a ruling becomes, and its file; raises RulingRefused where the two do not fit."""
    kind, _, target = ruling.partition(":")
    if kind == "list" and found.check == "list-name":
        if target not in campaign.lists:
            raise RulingRefused(f"{target!r} is no list of {found.election}; lists.csv has {', '.join(campaign.lists)}")
        label = found.place.removeprefix("column ")
        if any(row.alias == label for row in campaign.aliases):
            raise RulingRefused(f"{label!r} has a meaning on other days already; date it by hand in aliases.csv")
        return "aliases.csv", _checked(
            AliasRow,
            election=found.election, source=None, alias=label, list=target, from_date=None, to_date=None, note=why,
        )  # fmt: skip
    if (kind == "same" and found.check != "list-name") or (kind == "different" and found.check == "twin"):
        with Ledger.open(data_dir / "processed" / "ledger.sqlite") as ledger:
            known = ledger.known_ids(found.election)
        if target not in known or target == found.poll:
            raise RulingRefused(f"{target!r} is no other poll of {found.election}; `polls --json` lists the ids")
        return "rulings.csv", _ruling(found, "twin", target, "same" if kind == "same" else "distinct", why)
    if ruling == "as-printed" and found.check in AS_PRINTED:
        match = re.match(r"sum (\S+), expected", found.reason)
        return "rulings.csv", _ruling(found, found.check, match[1] if match else found.reason, ruling, why)
    fitting = {"list-name": "list:<list>", "twin": "same:<poll> or different:<poll>"}
    allowed = fitting.get(found.check, "same:<poll>")
    also = " or as-printed" if found.check in AS_PRINTED else ""
    raise RulingRefused(f"--as {ruling!r} does not fit the check {found.check!r}; give {allowed}{also}")


def _ruling(found: Quarantined, check: str, printed: str, ruling: str, why: str) -> Row:
    return _checked(
        RulingRow,
        election=found.election, poll=found.poll, check=check, printed=printed, ruling=ruling, why=why,
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
    cells = row.model_dump()
    line = io.StringIO(newline="")
    csv.writer(line, lineterminator="\n").writerow(["" if cells[name] is None else cells[name] for name in header])
    end = b"" if before.endswith(b"\n") else b"\n"
    replace(path, before + end + line.getvalue().encode())
    try:
        read_rows(path, type(row))
    except BaseException:
        replace(path, before)
        raise
