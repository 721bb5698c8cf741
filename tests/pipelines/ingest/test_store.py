"""The ledger as it is written: nothing is half-written, equal folds give equal bytes, what is damaged is not used."""

import json
import os
import signal
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import psycopg
import pytest

from pipelines.errors import AlreadyRunning, LedgerDamaged, LedgerUnusable
from pipelines.ingest import run
from pipelines.ingest.archive import open_reference
from pipelines.ingest.fold import CampaignLedger
from pipelines.ingest.quarantine import quarantined
from pipelines.ingest.run import ingest
from pipelines.ingest.store import NAMES, SCHEMA_VERSION, Ledger, Postgres, holding
from tests.forked import fork
from tests.pipelines.ingest.ledgers import POLL, REFUSAL, empty_ledger, record


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Where a ledger may lie that is not there yet."""
    if request.param == "sqlite":
        return tmp_path / "l"
    url: str = request.getfixturevalue("new_database")()
    return url


@pytest.fixture
def fold() -> CampaignLedger:
    ledger = empty_ledger()
    record(ledger, [POLL], [REFUSAL])
    record(ledger, [replace(POLL, unknown=())], source="page", moment="2019-09-02")
    record(ledger, [POLL], source="page", moment="2019-09-03")  # it lost a column's meaning
    return ledger


def test_a_fold_comes_back_as_it_went_in(place: Path | str, fold: CampaignLedger) -> None:
    with Ledger.open(place) as ledger:
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
        assert (ledger.polls("another"), ledger.fingerprint("another"), ledger.loads("another")) == ([], None, [])


def test_a_dump_has_every_row_of_every_table_as_it_is_written(place: Path | str, fold: CampaignLedger) -> None:
    with Ledger.open(place) as ledger:
        ledger.replace(fold, "mark")
        lines = list(ledger.dump())
    rows = [json.loads(line) for line in lines]
    assert [row[:3] for row in rows if row[0] in ("folds", "loads")] == [
        ["folds", "e", "mark"],
        ["loads", "e", "archive"],
        ["loads", "e", "page"],
    ]
    counts = {table: sum(row[0] == table for row in rows) for table in NAMES}
    assert counts == {"folds": 1, "revisions": 2, "readings": 3, "refusals": 1, "loads": 2, "events": 0}
    assert any("הליכוד" in line for line in lines), "letters stand as they are"


def test_who_only_reads_finds_nothing_where_there_is_none_yet(place: Path | str) -> None:
    with Ledger.open(place, is_read=True) as ledger:
        assert (ledger.polls("e"), ledger.refusals()) == ([], [])


def test_a_database_is_begun_anew_beside_what_was_there_and_a_file_is_not(
    place: Path | str, fold: CampaignLedger
) -> None:
    """Of those set aside the last one stays."""
    marks = ("first", "second")
    for mark in marks:
        with Ledger.open(place) as ledger:
            ledger.replace(fold, mark)
            aside = ledger.begin_anew()
        with Ledger.open(place) as ledger:
            assert ledger.fingerprint("e") == (None if aside else mark)
    assert aside == ("hemicycle_set_aside" if isinstance(place, str) else None)
    if isinstance(place, str):
        with psycopg.connect(place) as db:
            assert db.execute(f"SELECT fingerprint FROM {aside}.folds".encode()).fetchall() == [("second",)]


def test_a_ledger_in_a_database_is_made_again_from_every_campaign(
    new_database: Callable[[], str], fold: CampaignLedger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, campaigns = new_database(), {name: object() for name in ("e", "without-polls")}
    taken: list[tuple[object, object]] = []

    def ingest(data_dir: Path, ledger: Ledger, campaign: object) -> None:
        taken.append((data_dir, campaign))
        if campaign is campaigns["e"]:
            ledger.replace(fold, "new")

    monkeypatch.setattr(run, "ingest", ingest)
    with Ledger.open(url) as ledger:
        ledger.replace(fold, "old")
    counts, aside = run._rebuild_in_database(url, tmp_path, cast(Any, SimpleNamespace(campaigns=campaigns)))
    assert (counts, aside) == ({"e": 1, "without-polls": 0}, "hemicycle_set_aside")
    assert taken == [(tmp_path, campaign) for campaign in campaigns.values()]
    with Ledger.open(url) as ledger:
        assert ledger.fingerprint("e") == "new"


def test_texts_of_a_database_are_compared_by_their_bytes_whatever_it_does_with_others(
    new_database: Callable[[], str],
) -> None:
    url = new_database()
    with Ledger.open(url), psycopg.connect(url) as db:
        query = b"SELECT DISTINCT collation_name FROM information_schema.columns WHERE table_schema = 'hemicycle' "
        assert db.execute(query + b"AND data_type = 'text'").fetchall() == [("C",)]


@pytest.mark.parametrize(
    ("code", "words", "is_damage"),
    [
        (sqlite3.SQLITE_ERROR, "no such table: folds", True),
        (None, "Could not decode to UTF-8 column 'body'", True),
        (sqlite3.SQLITE_FULL, "database or disk is full", False),
        (sqlite3.SQLITE_READONLY, "attempt to write a readonly database", False),
        (None, "disk I/O error", False),
    ],
)
def test_a_file_that_lost_something_is_damaged_and_a_disk_that_fails_is_not_the_file(
    code: int | None, words: str, is_damage: bool, tmp_path: Path
) -> None:
    error = sqlite3.OperationalError(words)
    if code is not None:
        error.sqlite_errorcode = code
    with pytest.raises(LedgerDamaged if is_damage else LedgerUnusable, match=words), Ledger.open(tmp_path / "l"):
        raise error


def test_writing_the_same_again_is_no_news(place: Path | str, fold: CampaignLedger) -> None:
    with Ledger.open(place) as ledger:
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


def test_a_write_that_fails_halfway_leaves_what_was_there(place: Path | str, fold: CampaignLedger) -> None:
    with Ledger.open(place) as ledger:
        ledger.replace(fold, "mark")
        before = ledger.polls("e"), ledger.readings("e"), ledger.refusals()
    broken = empty_ledger()
    record(broken, [replace(POLL, id="two")], [replace(REFUSAL, text=None)])  # type: ignore[arg-type]
    with pytest.raises((sqlite3.IntegrityError, psycopg.errors.NotNullViolation)), Ledger.open(place) as ledger:
        ledger.replace(broken, "broken")
    with Ledger.open(place) as ledger:
        assert (ledger.polls("e"), ledger.readings("e"), ledger.refusals()) == before
        assert ledger.fingerprint("e") == "mark"


def test_a_newer_ledger_is_refused_untouched(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "l") as db:
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
        db.execute("CREATE VIEW of_its_own AS SELECT 1")
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


def test_who_only_reads_leaves_an_older_ledger_as_it_is(tmp_path: Path) -> None:
    """`status` and `quarantine` say that they cannot read it: no row of it is not no row refused."""
    (tmp_path / "processed").mkdir()
    path = tmp_path / "processed/ledger.sqlite"
    with Ledger.open(path), sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 1")
    before = path.read_bytes()
    with pytest.raises(LedgerUnusable, match=r"written by an older version \(1\); `rebuild`"):
        quarantined(tmp_path)
    assert path.read_bytes() == before


def test_who_only_reads_leaves_an_older_database_as_it_is(
    new_database: Callable[[], str], fold: CampaignLedger
) -> None:
    url = new_database()
    with Ledger.open(url) as ledger:
        ledger.replace(fold, "mark")
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("UPDATE hemicycle.version SET number = 1")
        with (
            pytest.raises(LedgerUnusable, match=r"^postgresql://\S+: written by an older version \(1\)"),
            Ledger.open(url, is_read=True),
        ):
            pass
        assert db.execute("SELECT number FROM hemicycle.version").fetchall() == [(1,)]
        assert db.execute("SELECT count(*) FROM hemicycle.folds").fetchall() == [(1,)]


def test_a_newer_database_is_refused_untouched_and_an_older_one_kept_aside(
    new_database: Callable[[], str], fold: CampaignLedger
) -> None:
    url = new_database()
    with Ledger.open(url) as ledger:
        ledger.replace(fold, "mark")
    for version in (SCHEMA_VERSION + 1, SCHEMA_VERSION - 1):
        with psycopg.connect(url, autocommit=True) as db:
            db.execute("UPDATE hemicycle.version SET number = %s", (version,))
        if version > SCHEMA_VERSION:
            with pytest.raises(LedgerDamaged, match=r"^postgresql://127\S+: .* newer version"), Ledger.open(url):
                pass
    with Ledger.open(url) as ledger:
        assert ledger.polls("e") == []
    with psycopg.connect(url) as db:
        count = db.execute(f"SELECT count(*) FROM hemicycle_version_{SCHEMA_VERSION - 1}.folds".encode()).fetchone()
    assert count == (1,)


def test_f30_a_letter_changed_in_a_database_is_refused(new_database: Callable[[], str], fold: CampaignLedger) -> None:
    url = new_database()
    with Ledger.open(url) as ledger:
        ledger.replace(fold, "mark")
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("UPDATE hemicycle.refusals SET reason = reason || '.'")
    for only in (None, "e"):
        with (
            pytest.raises(LedgerDamaged, match=r"^postgresql://127\S+: a row of refusals .* is not what was written"),
            Ledger.open(url, only),
        ):
            pass
    with Ledger.open(url, "another") as ledger:
        assert ledger.polls("another") == []


def test_the_same_raw_gives_the_same_rows_in_either(
    data_dir: Path, new_database: Callable[[], str], tmp_path: Path
) -> None:
    campaign = open_reference(data_dir / "raw").campaign("knesset-22")
    dumps = []
    for where in (tmp_path / "l", new_database()):
        for _ in range(2):  # the second finds everything as it is
            with Ledger.open(where) as ledger:
                ingest(data_dir, ledger, campaign)
        with Ledger.open(where) as ledger:
            dumps.append(list(ledger.dump()))
    assert len(dumps[0]) > 100
    assert dumps[0] == dumps[1]


@pytest.mark.parametrize("write", [1, 6, 9])
def test_f28_a_writer_that_is_killed_leaves_the_rows_that_were_there(
    write: int, new_database: Callable[[], str], fold: CampaignLedger
) -> None:
    url = new_database()
    with Ledger.open(url) as ledger:
        ledger.replace(fold, "mark")
        before = list(ledger.dump())
    added = empty_ledger()
    record(added, [replace(POLL, id=f"p{at}") for at in range(50)])

    def killed() -> None:
        real, calls = Postgres.write, count(1)

        def fatal(self: Postgres, *arguments: Any) -> None:
            if next(calls) == write:
                os.kill(os.getpid(), signal.SIGKILL)
            real(self, *arguments)

        with pytest.MonkeyPatch.context() as patch, Ledger.open(url) as ledger:
            patch.setattr(Postgres, "write", fatal)
            ledger.replace(added, "another")

    assert os.waitstatus_to_exitcode(os.waitpid(fork(killed), 0)[1]) == -signal.SIGKILL
    with Ledger.open(url) as ledger:
        assert list(ledger.dump()) == before


def test_two_writers_of_two_campaigns_go_on_and_of_one_wait(new_database: Callable[[], str]) -> None:
    """Whoever comes second to the same election finds all that the first wrote."""
    url = new_database()
    with Ledger.open(url):
        pass

    def write(at: int) -> bool:
        ledger = empty_ledger()
        ledger.campaign.election.id = f"e{at % 2}"  # type: ignore[misc]
        record(ledger, [replace(POLL, id=f"p{number}") for number in range(30)])
        with Ledger.open(url) as opened:
            return opened.replace(ledger, f"mark {at}").has_news

    with ThreadPoolExecutor(6) as pool:
        news = list(pool.map(write, range(6)))
    assert sum(news) == 2, "the first of each election"
    with Ledger.open(url) as ledger:
        assert [len(ledger.polls(election)) for election in ("e0", "e1")] == [30, 30]


def test_f31_an_electorate_is_refreshed_by_one_machine_at_a_time(new_database: Callable[[], str]) -> None:
    url = new_database()
    with holding(url, ["il"], ["all"]), holding(url, ["se"], ["all"]):
        for alone, beside in ((["il"], ["all"]), (["all"], [])):
            with pytest.raises(AlreadyRunning, match="already running"), holding(url, alone, beside):
                pass
    with holding(url, ["all"]):
        pass


def test_a_database_that_is_full_or_gone_is_said_without_its_password(new_database: Callable[[], str]) -> None:
    with (
        pytest.raises(LedgerUnusable, match=r"^postgresql://127\.0\.0\.1:9/x: .*; nothing was recorded$"),
        Ledger.open("postgresql://me:secret@127.0.0.1:9/x"),
    ):
        pass
    url = new_database()

    def fill(_self: Postgres, *_given: object) -> None:
        raise psycopg.errors.DiskFull("could not extend file: No space left on device")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Postgres, "write", fill)
        with pytest.raises(LedgerUnusable, match="No space left on device; nothing"), Ledger.open(url) as ledger:
            ledger.replace(empty_ledger(), "mark")
    with Ledger.open(url) as ledger:
        assert list(ledger.dump()) == []
