"""What publications were found to say: of polls that ship, items of the law, and an address where one was read."""

import csv
from pathlib import Path

import pytest

IL = Path(__file__).parents[2] / "data" / "raw" / "electorates" / "il"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_row_is_of_a_poll_that_ships() -> None:
    shipped = {(path.stem, row["poll"]) for path in (IL / "polls").glob("*.csv") for row in rows(path)}
    disclosed = {(row["election"], row["poll"]) for row in rows(IL / "disclosure.csv")}
    assert disclosed <= shipped
    assert len(disclosed) > 250


@pytest.mark.parametrize("checked", ["yes", "in_part", "corrected", "differs"])
def test_who_was_held_to_a_publication_has_its_address(checked: str) -> None:
    checked_rows = [row for row in rows(IL / "disclosure.csv") if row["checked"] == checked]
    assert checked_rows
    assert [row["poll"] for row in checked_rows if not row["url"]] == []


def test_corrected_means_that_a_correction_is_in_force() -> None:
    applied = {(row["election"], row["poll"]) for row in rows(IL / "corrections.csv") if row["applied"] == "yes"}
    corrected = {(row["election"], row["poll"]) for row in rows(IL / "disclosure.csv") if row["checked"] == "corrected"}
    assert corrected <= applied
