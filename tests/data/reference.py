"""The files under data/raw as plain rows of text, read once, and the few joins the tests share."""

import csv
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path

from electoral.lists import LineageEvent, LineageKind, standing
from pipelines.electorate.columns import CorrectionRow
from pipelines.electorate.settings import read_rules, rules_known
from pipelines.ingest.archive import apply
from pipelines.rows import read_rows
from pipelines.sources.archive import parse
from pipelines.sources.reading import ReportedPoll

ROOT = Path(__file__).resolve().parents[2]
RAW = ROOT / "data" / "raw"
IL = "electorates/il"
Row = dict[str, str]


@cache
def rows(name: str) -> tuple[Row, ...]:
    """The rows of `data/raw/<name>.csv`."""
    with (RAW / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file, strict=True))


def reference(name: str, election: str | None = None) -> list[Row]:
    all_rows = rows(f"{IL}/{name}")
    return [row for row in all_rows if election is None or row["election"] == election]


@cache
def _names() -> dict[tuple[str, str, str], Row]:
    return {(row["kind"], row["id"], row["language"]): row for row in rows(f"{IL}/names")}


def name_row(kind: str, name: str, language: str) -> Row:
    """The row of `names.csv` for an id; `<election>/<list>` where that campaign has its own, else `<list>`."""
    plain = name.rpartition("/")[2]
    return _names().get((kind, name, language)) or _names()[kind, plain, language]


def called(kind: str, name: str, language: str = "en") -> str:
    return name_row(kind, name, language)["name"]


def chart_label(kind: str, name: str, language: str = "en") -> str:
    """The chart label of an id: its name where the short one is blank."""
    row = name_row(kind, name, language)
    return row["short"] or row["name"]


def files() -> list[str]:
    """Every CSV file that ships, as its path under data/raw without the ending."""
    return sorted(str(path.relative_to(RAW).with_suffix("")) for path in (RAW / "electorates").rglob("*.csv"))


def elections() -> list[str]:
    """Those of which polls ship; the one to come waits for its first."""
    return [row["election"] for row in reference("elections") if (RAW / IL / f"polls/{row['election']}.csv").exists()]


def election(name: str) -> Row:
    """The row of an election, with the house size and threshold of the law it was held under."""
    row = next(row for row in reference("elections") if row["election"] == name)
    law = rules_known(read_rules(RAW / IL), date.fromisoformat(row["election_date"]), date.max)
    assert law is not None, name
    return row | {"house_size": str(law.house_size), "threshold_pct": law.threshold}


def ban(name: str) -> Row | None:
    return next(iter(reference("ban", name)), None)


def lists(name: str) -> dict[str, Row]:
    return {row["list"]: row for row in reference("lists", name)}


def members(name: str) -> dict[str, frozenset[str]]:
    return {slug: split(row["members"]) for slug, row in lists(name).items()}


def split(cell: str) -> frozenset[str]:
    return frozenset(part for part in cell.split(";") if part)


def archive(name: str) -> tuple[Row, ...]:
    return rows(f"{IL}/polls/{name}")


@cache
def polls(name: str) -> dict[str, list[Row]]:
    """The rows of each poll of one campaign, by poll id."""
    by_poll: dict[str, list[Row]] = {}
    for row in archive(name):
        by_poll.setdefault(row["poll"], []).append(row)
    return by_poll


@cache
def corrections() -> tuple[CorrectionRow, ...]:
    return tuple(read_rows(RAW / IL / "corrections.csv", CorrectionRow))


@cache
def corrected(name: str) -> tuple[ReportedPoll, ...]:
    """The polls of one campaign as the register of corrections leaves them."""
    return tuple(apply(parse(RAW, name), [row for row in corrections() if row.election == name]))


def total(poll: Iterable[Row]) -> float:
    return sum(float(row["seats"] or 0) for row in poll)


def covering(aliases: Iterable[Row], alias: str, day: str) -> list[Row]:
    """The alias rows that say what a printed name means on a day."""
    return [
        row for row in aliases if row["alias"] == alias and (row["from_date"] or "0") <= day <= (row["to_date"] or "9")
    ]


def house(firm: str, publisher: str, day: str) -> str:
    """The one house that a printed firm is on a day; what it is for one publisher goes before what it is for any."""
    publishers = {row["alias"]: row["publisher"] for row in reference("publisher_aliases")}
    rows = covering(reference("pollster_aliases"), firm, day)
    own = [row for row in rows if row["publisher"] and row["publisher"] == publishers.get(publisher)]
    (alias,) = own or [row for row in rows if not row["publisher"]]
    return alias["pollster"]


def lineage(name: str) -> list[LineageEvent]:
    return [
        LineageEvent(
            date.fromisoformat(row["date"]),
            LineageKind(row["kind"]),
            tuple(sorted(split(row["before"]))),
            tuple(sorted(split(row["after"]))),
        )
        for row in reference("lineage", name)
    ]


def standing_on(name: str, day: str) -> frozenset[str]:
    contenders = {slug for slug, row in lists(name).items() if row["kind"] in ("ballot", "campaign")}
    return standing(contenders, lineage(name), date.fromisoformat(day))
