"""The protocol of model changes: the data it freezes are those that ship, and every run is written down."""

import csv
import hashlib
import re
from pathlib import Path

FROZEN = (
    "polls/*.csv", "results.csv", "turnout.csv", "elections.csv", "lists.csv", "lineage.csv", "aliases.csv",
    "agreements.csv", "corrections.csv", "rulings.csv", "pollster_aliases.csv", "rules.toml",
    "direct_seats.csv", "bloc_members.csv",
)  # fmt: skip
ELECTORATES = ("il", "se")


def frozen_hash(raw: Path) -> str:
    """What `sha256sum` says of the lines it prints of each file, in the order of their paths."""
    base = raw / "electorates"
    paths = sorted(
        path.relative_to(base).as_posix()
        for electorate in ELECTORATES
        for pattern in FROZEN
        for path in (base / electorate).glob(pattern)
    )
    lines = "".join(f"{hashlib.sha256((base / path).read_bytes()).hexdigest()}  {path}\n" for path in paths)
    return hashlib.sha256(lines.encode()).hexdigest()


def test_the_data_are_those_that_were_frozen(root: Path) -> None:
    page = (root / "docs" / "protocol.md").read_text("utf-8")
    (written,) = re.findall(r"^    ([0-9a-f]{64})$", page, re.MULTILINE)
    assert written == frozen_hash(root / "data" / "raw"), (
        "what the hindcast reads has changed: run the baselines again and write hash, day and reason into protocol.md"
    )


def test_there_are_at_most_six_candidates_and_every_run_names_one(root: Path) -> None:
    page = (root / "docs" / "protocol.md").read_text("utf-8")
    candidates = re.findall(r"^(\d)\. \*\*", page, re.MULTILINE)
    assert candidates == [str(number) for number in range(1, len(candidates) + 1)]
    assert len(candidates) <= 6
    with (root / "docs" / "trials.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert row["candidate"] in {*candidates, "baseline", "after seeing"}, row
            assert row["day"], row
            assert row["decision"], row
