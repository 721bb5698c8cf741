"""The ledger as it is written: nothing is half-written, equal folds give equal bytes, what is damaged is not used."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.errors import LedgerDamaged
from pipelines.ingest.fold import CampaignLedger
from pipelines.ingest.store import SCHEMA_VERSION, Ledger
from tests.pipelines.ingest.ledgers import POLL, REFUSAL, empty_ledger, record


@pytest.fixture
def fold() -> CampaignLedger:
    ledger = empty_ledger()
    record(ledger, [POLL], [REFUSAL])
    record(ledger, [replace(POLL, unknown=())], source="page", moment="2019-09-02")
    record(ledger, [POLL], source="page", moment="2019-09-03")  # it lost a column's meaning
    return ledger


def test_a_fold_comes_back_as_it_went_in(tmp_path: Path, fold: CampaignLedger) -> None:
    with Ledger.open(tmp_path / "l") as ledger:
        change = ledger.replace(fold, "mark")
        assert (change.has_news, change.newly_quarantined) == (True, 1)
        assert ledger.fingerprint("e") == "mark"
        assert ledger.polls("e") == [(fold.polls()["one"], len(fold.revisions["one"]))]
        assert set(ledger.readings("e")) == set(fold.readings.values())
        assert ledger.refusals("e") == [REFUSAL]
        assert [(row.source, row.accepted, row.refused) for row in ledger.loads("e")] == [
            ("archive", 1, 1),
            ("page", 1, 0),
        ]
        assert (ledger.polls("another"), ledger.fingerprint("another")) == ([], None)


def test_writing_the_same_again_is_no_news(tmp_path: Path, fold: CampaignLedger) -> None:
    with Ledger.open(tmp_path / "l") as ledger:
        ledger.replace(fold, "mark")
        change = ledger.replace(fold, "another mark")
        assert (change.has_news, change.newly_quarantined) == (False, 0)
        assert ledger.fingerprint("e") == "another mark"


def test_equal_folds_give_equal_bytes_whatever_was_there_before(tmp_path: Path, fold: CampaignLedger) -> None:
    for name, before in (("a", None), ("b", empty_ledger())):
        with Ledger.open(tmp_path / name) as ledger:
            if before is not None:
                record(before, [replace(POLL, id="another")])
                ledger.replace(before, "old")
            ledger.replace(fold, "mark")
            ledger.write_to(tmp_path / f"{name}.copy")
    assert (tmp_path / "a.copy").read_bytes() == (tmp_path / "b.copy").read_bytes()


def test_a_write_that_fails_halfway_leaves_what_was_there(tmp_path: Path, fold: CampaignLedger) -> None:
    with Ledger.open(tmp_path / "l") as ledger:
        ledger.replace(fold, "mark")
        before = ledger.polls("e"), ledger.readings("e"), ledger.refusals()
    broken = empty_ledger()
    record(broken, [replace(POLL, id="two")], [replace(REFUSAL, text=None)])  # type: ignore[arg-type]
    with pytest.raises(sqlite3.IntegrityError), Ledger.open(tmp_path / "l") as ledger:
        ledger.replace(broken, "broken")
    with Ledger.open(tmp_path / "l") as ledger:
        assert (ledger.polls("e"), ledger.readings("e"), ledger.refusals()) == before
        assert ledger.fingerprint("e") == "mark"


def test_a_newer_ledger_is_refused_untouched(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "l") as db:
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    with pytest.raises(LedgerDamaged, match="newer version"), Ledger.open(tmp_path / "l"):
        pass


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION))
def test_f32_an_older_ledger_is_copied_aside_and_begun_anew(version: int, tmp_path: Path, fold: CampaignLedger) -> None:
    """Every row of a ledger follows from raw: an older file has nothing that the next fold does not have."""
    path = tmp_path / "l"
    with sqlite3.connect(path) as db:
        db.executescript(
            "CREATE TABLE revisions (election TEXT, poll TEXT, revision INTEGER, body TEXT) STRICT;"
            "CREATE TABLE taken (election TEXT, snapshot TEXT) STRICT;"
            f"INSERT INTO revisions VALUES ('e', 'p', 1, '{{}}'); PRAGMA user_version = {version};"
        )
    for _ in range(2):
        with Ledger.open(path) as ledger:
            assert ledger.polls("e") == []
            assert ledger.fingerprint("e") is None
    with Ledger.open(path) as ledger:
        assert ledger.replace(fold, "mark").has_news
    with sqlite3.connect(path.with_name(f"l.version-{version}")) as copy:
        assert copy.execute("SELECT poll FROM revisions").fetchall() == [("p",)]
