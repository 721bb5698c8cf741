"""Which source's word on a poll is used, and how an older ledger is brought up to date."""

import json
import sqlite3
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from electoral.polls import Fieldwork, Poll, PollKind, ReportedValue, Status
from pipelines.ledger.readings import Reading, to_body, used
from pipelines.ledger.store import Ledger


def poll(seats: float = 60, source: str = "one", sample: int | None = None) -> Poll:
    values = (ReportedValue("likud", "Likud", Status.SEATS, seats, None),)
    end = Fieldwork(None, date(2026, 7, 1))
    return Poll("p", "e", PollKind.POLL, "house", None, end, None, sample, values, source)


def word(found: Poll, source: str, arrived: int, **more: object) -> Reading:
    plain = Reading(found, source, "", "p", source, False, True, (), True, f"2026-07-{arrived:02}")
    return replace(plain, **more)  # type: ignore[arg-type]


def test_the_first_source_is_used_and_the_second_is_cited_and_fills_what_is_blank() -> None:
    found = used([word(poll(60, "a"), "a", 1), word(poll(61, "b", sample=500), "b", 2)])
    assert found == poll(60, "a; b", sample=500)


def test_a_reading_that_adds_up_goes_before_one_that_does_not() -> None:
    found = used([word(poll(60, "a"), "a", 1, is_whole=False), word(poll(61, "b"), "b", 2)])
    assert found is not None
    assert found.values[0].seats == 61


def test_a_sources_own_later_word_replaces_what_ships_and_its_withdrawal_too() -> None:
    shipped = word(poll(60, "a"), "archive", 1, family="a", is_shipped=True)
    live = word(poll(61, "a"), "a", 2)
    found = used([shipped, live])
    assert found is not None
    assert found.values[0].seats == 61
    assert used([shipped, replace(live, is_open=False)]) is None
    other = word(poll(60, "b"), "b", 3)
    assert used([shipped, replace(live, is_open=False), other]) == poll(60, "b")


@pytest.fixture
def version_1(tmp_path: Path) -> Path:
    """A ledger as the first version wrote it."""
    path = tmp_path / "l"
    with sqlite3.connect(path) as db:
        db.executescript(
            "CREATE TABLE revisions (election TEXT, poll TEXT, revision INTEGER, source TEXT, body TEXT,"
            " recorded_utc TEXT, PRIMARY KEY (election, poll, revision)) STRICT;"
            'CREATE TABLE refusals (election TEXT, source TEXT, poll TEXT, "check" TEXT, text TEXT, reason TEXT,'
            ' is_open INTEGER, first_seen_utc TEXT, PRIMARY KEY (election, source, poll, "check", reason)) STRICT;'
            "CREATE TABLE loads (election TEXT, source TEXT, fingerprint TEXT, loaded_utc TEXT, accepted INTEGER,"
            " refused INTEGER, PRIMARY KEY (election, source)) STRICT; PRAGMA user_version = 1;"
        )
        rows = [("e", "p", 1, to_body(poll(59, "archive"))), ("e", "p", 2, to_body(poll(60, "archive")))]
        db.executemany("INSERT INTO revisions VALUES (?, ?, ?, 'archive', ?, '2026')", rows)
        db.execute("INSERT INTO refusals VALUES ('e', 'archive', 'q', 'sum', 'text', 'sum 140', 1, '2026')")
        db.execute("INSERT INTO loads VALUES ('e', 'archive', 'mark', '2026', 1, 1)")
    return path


def test_f32_an_older_ledger_is_copied_and_brought_up_to_date(version_1: Path) -> None:
    with Ledger.open(version_1) as ledger:
        assert ledger.polls("e") == [(poll(60, "archive"), 2)]
        assert [reading.poll for reading in ledger.readings("e")] == [poll(60, "archive")]
        assert [row.poll for row in ledger.refusals()] == ["q"]
        assert ledger.append("e", "archive", "mark", [poll(60, "archive")], []).unchanged == 1
    with sqlite3.connect(version_1.with_name("l.version-1")) as copy:
        assert copy.execute("PRAGMA user_version").fetchone() == (1,)
        assert json.loads(copy.execute("SELECT body FROM revisions").fetchone()[0])["id"] == "p"


@pytest.fixture
def version_2(tmp_path: Path) -> Path:
    """A ledger as the second version wrote it: two sources, the later one whole."""
    path = tmp_path / "l"
    with sqlite3.connect(path) as db:
        db.executescript(
            "CREATE TABLE revisions (election TEXT, poll TEXT, revision INTEGER, source TEXT, body TEXT,"
            " recorded_utc TEXT, PRIMARY KEY (election, poll, revision)) STRICT;"
            "CREATE TABLE readings (election TEXT, poll TEXT, source TEXT, page TEXT, printed TEXT, family TEXT,"
            " is_shipped INTEGER, is_whole INTEGER, body TEXT, citations TEXT, is_open INTEGER, arrived INTEGER,"
            " said INTEGER, PRIMARY KEY (election, poll, source)) STRICT;"
            'CREATE TABLE refusals (election TEXT, source TEXT, page TEXT, poll TEXT, "check" TEXT, text TEXT,'
            " reason TEXT, place TEXT, is_open INTEGER, first_seen_utc TEXT) STRICT;"
            "CREATE TABLE loads (election TEXT, source TEXT, fingerprint TEXT, loaded_utc TEXT, accepted INTEGER,"
            " refused INTEGER, PRIMARY KEY (election, source)) STRICT;"
            "CREATE TABLE taken (number INTEGER PRIMARY KEY, election TEXT, snapshot TEXT) STRICT;"
            "CREATE TABLE events (election TEXT, source TEXT, date TEXT, text TEXT) STRICT; PRAGMA user_version = 2;"
        )
        db.execute("INSERT INTO revisions VALUES ('e', 'p', 1, 'b', ?, '2026')", [to_body(poll(60, "b"))])
        reading = "INSERT INTO readings VALUES ('e', 'p', ?, '', 'p', ?, 0, 1, ?, '[\"u\"]', 1, ?, ?)"
        for source, arrived in (("a", 12), ("b", 3)):
            db.execute(reading, (source, source, to_body(poll(60, source)), arrived, arrived))
        for name, is_open in (("q", 1), ("mended", 0)):
            row = "INSERT INTO refusals VALUES ('e', 'a', 'page', ?, 'sum', 'text', 'sum 140', 'row 3', ?, '2026')"
            db.execute(row, (name, is_open))
        db.execute("INSERT INTO loads VALUES ('e', 'a', 'mark', '2026', 1, 1)")
        db.execute("INSERT INTO taken VALUES (1, 'e', 'a snapshot')")
        db.execute("INSERT INTO events VALUES ('e', 'a', '2026-07-01', 'a merger')")
    return path


def test_f32_a_ledger_of_the_second_version_keeps_all_it_knew(version_2: Path) -> None:
    for _ in range(2):
        with Ledger.open(version_2) as ledger:
            assert ledger.polls("e") == [(poll(60, "b"), 1)]
            assert [reading.source for reading in ledger.readings("e")] == ["b", "a"]
            assert [row.poll for row in ledger.refusals()] == ["q"]
            assert ledger.taken("e") == {"a snapshot"}
            assert [load.fingerprint for load in ledger.loads("e")] == ["mark"]
    with sqlite3.connect(version_2.with_name("l.version-2")) as copy:
        assert copy.execute("SELECT count(*) FROM refusals").fetchone() == (2,)
