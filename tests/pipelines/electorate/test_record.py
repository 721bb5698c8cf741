"""The record of past elections that an edition carries: its electorate's own, and never one that knows its future."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from pipelines.electorate import known_record
from pipelines.electorate.folder import load

RECORD = "electorates/il/record.json"


@pytest.fixture(scope="module")
def raw(root: Path) -> Path:
    return root / "data/raw"


def test_an_edition_after_every_scored_vote_carries_the_record_as_committed_and_its_names(raw: Path) -> None:
    reference = load(raw)
    last = max(each.election.vote_date for each in reference.of("il") if each.results)
    campaign = reference.campaign("knesset-26")
    record = json.loads(known_record(raw, reference, campaign, last + timedelta(days=1)) or b"{}")
    names = record.pop("names")
    assert record == json.loads((raw / RECORD).read_bytes())
    assert set(names) >= {*record["elections"], *(f"{miss['election']}/{miss['list']}" for miss in record["misses"])}
    assert all(set(called) == {"he", "en"} and name not in called.values() for name, called in names.items())
    assert known_record(raw, reference, campaign, last) is None, "it would know how that vote ended"


def test_an_electorate_without_a_record_carries_none(data_dir: Path) -> None:
    (data_dir / "raw" / RECORD).unlink()
    reference = load(data_dir / "raw")
    assert known_record(data_dir / "raw", reference, reference.campaign("knesset-26"), date(2026, 9, 1)) is None
