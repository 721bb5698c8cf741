"""The ledger: nothing is lost, nothing is half-written, and what is damaged is not used."""

import sqlite3
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from electoral.polls import Fieldwork, Poll, PollKind, ReportedValue, Status
from pipelines.errors import LedgerDamaged
from pipelines.ledger.pages import Appended
from pipelines.ledger.store import Ledger
from pipelines.ledger.tables import SCHEMA_VERSION
from pipelines.reported import Refusal

POLL = Poll(
    id="one",
    election="e",
    kind=PollKind.POLL,
    pollster="house",
    publisher=None,
    fieldwork=Fieldwork(None, date(2019, 9, 1)),
    published_date=None,
    sample_size=500,
    values=(
        ReportedValue("likud", "הליכוד", Status.SEATS, 32.0, None),
        ReportedValue("zehut", "Zehut", Status.BELOW_THRESHOLD, None, "<1"),
    ),
    source="test",
)
REFUSAL = Refusal("e", "archive", "odd", "sum", "text", "sum 140, expected 120")


def append(path: Path, polls: list[Poll], refused: list[Refusal] | None = None, source: str = "archive") -> Appended:
    with Ledger.open(path) as ledger:
        return ledger.append("e", source, "mark", polls, refused or [])


def test_a_poll_comes_back_as_it_went_in(tmp_path: Path) -> None:
    append(tmp_path / "l", [POLL])
    with Ledger.open(tmp_path / "l") as ledger:
        assert ledger.polls("e") == [(POLL, 1)]
        assert ledger.polls("another") == []


def test_a_changed_poll_is_a_revision_and_the_old_one_is_kept(tmp_path: Path) -> None:
    assert append(tmp_path / "l", [POLL]) == Appended(1, 0, 0, 0, 0)
    assert append(tmp_path / "l", [POLL]) == Appended(0, 0, 0, 1, 0)
    corrected = replace(POLL, sample_size=501)
    assert append(tmp_path / "l", [corrected]) == Appended(0, 1, 0, 0, 0)
    with Ledger.open(tmp_path / "l") as ledger:
        assert ledger.polls("e") == [(corrected, 2)]
    with sqlite3.connect(tmp_path / "l") as db:
        assert db.execute("SELECT COUNT(*) FROM revisions").fetchone() == (2,)


def test_a_poll_that_is_gone_leaves_a_tombstone_and_can_come_back(tmp_path: Path) -> None:
    append(tmp_path / "l", [POLL])
    assert append(tmp_path / "l", []) == Appended(0, 0, 1, 0, 0)
    assert append(tmp_path / "l", []) == Appended(0, 0, 0, 0, 0)
    with Ledger.open(tmp_path / "l") as ledger:
        assert ledger.polls("e") == []
    assert append(tmp_path / "l", [POLL]).revised == 1


def test_another_source_does_not_bury_a_poll(tmp_path: Path) -> None:
    append(tmp_path / "l", [POLL])
    assert append(tmp_path / "l", [], source="other").withdrawn == 0


def test_a_refusal_is_new_once_and_closes_when_it_is_mended(tmp_path: Path) -> None:
    assert append(tmp_path / "l", [], [REFUSAL]).newly_refused == 1
    assert append(tmp_path / "l", [], [REFUSAL]).newly_refused == 0
    with Ledger.open(tmp_path / "l") as ledger:
        assert ledger.refusals() == [REFUSAL]
    append(tmp_path / "l", [], [])
    with Ledger.open(tmp_path / "l") as ledger:
        assert ledger.refusals() == []


def test_a_load_that_fails_halfway_leaves_nothing(tmp_path: Path) -> None:
    append(tmp_path / "l", [POLL])
    two = replace(POLL, id="two")
    unreadable = replace(REFUSAL, text=None)  # type: ignore[arg-type]
    with pytest.raises(sqlite3.IntegrityError):
        append(tmp_path / "l", [two], [unreadable])
    with Ledger.open(tmp_path / "l") as ledger:
        assert ledger.polls("e") == [(POLL, 1)]


def test_a_newer_ledger_is_refused_untouched(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "l") as db:
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    with pytest.raises(LedgerDamaged, match="newer version"), Ledger.open(tmp_path / "l"):
        pass
