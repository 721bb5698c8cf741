"""What `status` says, whatever is damaged: every other campaign, and how old a live one is."""

import gzip
import hashlib
import json
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipelines.editions.records import Quarantine, Runs
from pipelines.editions.store import EditionStore
from pipelines.errors import RawDataError
from pipelines.ingest.imports import SourceOutcome
from pipelines.nightly.status import EditionStatus, Status, keep_run, status
from pipelines.refresh import run
from pipelines.request import RefreshRequest, RefreshResult
from tests.conftest import link_il

JERUSALEM = ZoneInfo("Asia/Jerusalem")
LIVE = date(2019, 9, 10)
BUSY = {"knesset-21", "knesset-22"}


@pytest.fixture(scope="module")
def prepared(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """knesset-21 as of its eve, knesset-22 live on two days."""
    folder = tmp_path_factory.mktemp("status")
    link_il(root, folder)
    for election, today in (("knesset-21", date(2019, 5, 1)), ("knesset-22", date(2019, 9, 9)), ("knesset-22", LIVE)):
        list(run(election, RefreshRequest(folder, today, None, 200, 0), lambda _campaign, _step: None))
    return folder


@pytest.fixture
def data_dir(prepared: Path, tmp_path: Path) -> Path:
    shutil.copytree(prepared, tmp_path / "data", symlinks=True)
    return tmp_path / "data"


def row(state: Status, election: str) -> EditionStatus:
    return next(one for one in state.editions if one.election == election)


@pytest.mark.parametrize(
    ("now", "hours", "health"),
    [
        (datetime(2019, 9, 11, 6, 0, tzinfo=JERUSALEM), 6, "ok"),
        (datetime(2019, 9, 12, 12, 0, tzinfo=JERUSALEM), 36, "ok"),
        (datetime(2019, 9, 12, 12, 1, tzinfo=JERUSALEM), 36, "degraded"),
        (datetime(2019, 9, 14, 6, 0, tzinfo=JERUSALEM), 78, "ok"),  # the publication ban is on
        (datetime(2019, 9, 18, 6, 0, tzinfo=JERUSALEM), 174, "ok"),  # the campaign is over
    ],
)
def test_f41_a_live_campaign_that_was_not_refreshed_for_36_hours_is_degraded(
    prepared: Path, now: datetime, hours: float, health: str
) -> None:
    state = status(prepared, now)
    assert (state.health, round(row(state, "knesset-22").age_hours or 0)) == (health, hours)
    assert row(state, "knesset-22").is_stale is (health == "degraded")


def test_where_counsel_relaxes_the_ban_nothing_is_frozen_and_an_old_edition_is_stale(prepared: Path) -> None:
    now = datetime(2019, 9, 14, 6, 0, tzinfo=JERUSALEM)
    assert row(status(prepared, now), "knesset-22").is_frozen
    state = status(prepared, now, is_ban_relaxed=True)
    assert (state.health, row(state, "knesset-22").is_frozen, row(state, "knesset-22").is_stale) == (
        "degraded", False, True,
    )  # fmt: skip


def test_f41_on_the_command_line(prepared: Path, command: Any) -> None:
    process = command("pipelines", "status", "--json", "--today", "2019-09-13", "--data-dir", prepared)
    assert process.returncode == 0, process.stderr
    document = json.loads(process.stdout)
    assert document["health"] == "degraded"
    row_json = next(one for one in document["editions"] if one["election"] == "knesset-22")
    assert (row_json["is_live"], row_json["is_stale"], row_json["age_hours"]) == (True, True, 60.0)


def test_f41_the_hours_count_from_the_last_check(data_dir: Path, command: Any) -> None:
    again = ("refresh", "--election", "knesset-22", "--draws", "200", "--offline", "--today")
    assert command("pipelines", *again, str(LIVE), "--data-dir", data_dir).returncode == 0  # at noon, it is taken
    late = datetime(2019, 9, 11, 23, 59, tzinfo=UTC)
    state = status(data_dir, late)
    assert (state.health, row(state, "knesset-22").age_hours) == ("ok", 36.0)
    assert status(data_dir, late + timedelta(minutes=2)).health == "degraded"
    assert command("pipelines", *again, "2019-09-12", "--data-dir", data_dir).returncode == 0
    assert status(data_dir, late + timedelta(days=1)).health == "ok"
    (source,) = (one for one in status(data_dir, late + timedelta(days=1)).sources if one.election == "knesset-22")
    assert (source.source, source.age_hours) == ("archive", 12.0), "by the clock of the same check"


def test_a_live_campaign_without_an_edition_is_degraded(prepared: Path) -> None:
    assert status(prepared, date(2022, 8, 1)).health == "degraded"
    assert status(prepared, date(2019, 5, 1)).health == "ok"


@pytest.mark.parametrize("name", ["projection.json.gz", "manifest.json", "seats.parquet"])
def test_a_damaged_edition_is_said_of_its_campaign_and_the_last_good_one_is_told(data_dir: Path, name: str) -> None:
    store = EditionStore(data_dir / "processed")
    before, current = store.all("knesset-22")
    (current.folder / name).write_bytes(b"?")
    state = status(data_dir, LIVE)
    assert state.health == "degraded"
    mine, other = row(state, "knesset-22"), row(state, "knesset-21")
    assert (mine.edition, mine.as_of) == (before.id, date(2019, 9, 9))
    assert name in str(mine.fault)
    assert (other.kind, other.fault) == ("final", None)
    assert state.faults == [mine.fault]


def test_a_campaign_without_any_sound_edition_hides_none_of_the_others(data_dir: Path) -> None:
    for edition in EditionStore(data_dir / "processed").all("knesset-22"):
        (edition.folder / "manifest.json").unlink()
    state = status(data_dir, LIVE)
    assert (row(state, "knesset-22").edition, row(state, "knesset-21").kind) == (None, "final")
    assert "manifest.json" in str(row(state, "knesset-22").fault)


@pytest.mark.parametrize(
    "content", [b"[", b"[]", b"{}", b'{"polls": {"latest_fieldwork_end": "soon"}}', b"[" * 200_000]
)
def test_an_edition_whose_own_hashes_vouch_for_nonsense_is_said_and_hides_none_of_the_others(
    data_dir: Path, content: bytes
) -> None:
    """A backup may bring one: its manifest has no seal of ours."""
    for edition in EditionStore(data_dir / "processed").all("knesset-22"):
        packed = gzip.compress(content)
        (edition.folder / "projection.json.gz").write_bytes(packed)
        manifest = json.loads((edition.folder / "manifest.json").read_bytes())
        manifest["files"]["projection.json.gz"] = hashlib.sha256(packed).hexdigest()
        (edition.folder / "manifest.json").write_text(json.dumps({**manifest, "seal": None}))
    state = status(data_dir, LIVE)
    assert (row(state, "knesset-22").edition, row(state, "knesset-21").kind) == (None, "final")
    assert "projection.json" in str(row(state, "knesset-22").fault)


def test_a_data_folder_without_electorates_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RawDataError, match="no electorate in it"):
        status(tmp_path, LIVE)


@pytest.mark.parametrize(
    ("file", "content"),
    [("ledger.sqlite", b"SQLite format 3\0" + b"?" * 9000), ("runs/il.json", b"{"), ("current/knesset-22", b"[")],
)
def test_a_damaged_file_beside_the_editions_is_said_and_the_editions_are_told(
    data_dir: Path, file: str, content: bytes, command: Any
) -> None:
    path = data_dir / "processed" / file
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    state = status(data_dir, LIVE)
    assert state.health == "degraded"
    assert [file in fault for fault in state.faults] == [True]
    assert {one.election for one in state.editions if one.edition} == BUSY
    assert (row(state, "knesset-22").quarantined is None) is (file == "ledger.sqlite"), "unknown is not zero"
    assert path.read_bytes() == content, "status writes nothing"
    process = command("pipelines", "status", "--today", str(LIVE), "--data-dir", data_dir)
    assert process.returncode == 0, process.stderr
    assert f"warning: {path}" in process.stderr


@pytest.mark.parametrize(
    ("changed", "is_said", "is_said_by_json"),
    [("UPDATE loads SET accepted = accepted + 1", True, True), ("UPDATE readings SET page = page || '?'", False, True)],
)
def test_a_row_of_the_ledger_that_was_changed_is_said_by_who_reads_it(
    data_dir: Path, changed: str, is_said: bool, is_said_by_json: bool
) -> None:
    """The rest is read by every refresh; a table for a desk does without."""
    with closing(sqlite3.connect(data_dir / "processed/ledger.sqlite")) as ledger, ledger:
        ledger.execute(changed)
    for with_disagreements, said in ((False, is_said), (True, is_said_by_json)):
        faults = status(data_dir, LIVE, with_disagreements=with_disagreements).faults
        assert ["is not what was written" in fault for fault in faults] == [True] * said


@pytest.mark.parametrize("lost", ["current/knesset-22", "current"])
def test_a2_the_next_refresh_mends_a_missing_pointer_of_every_campaign_and_ends_with_a_remark(
    data_dir: Path, lost: str, command: Any
) -> None:
    was = EditionStore(data_dir / "processed").current()
    (data_dir / "processed" / lost).rename(data_dir / "elsewhere")
    state = status(data_dir, LIVE)
    assert state.health == "degraded"
    assert any("current/knesset-22: missing" in fault for fault in state.faults)
    assert {one.election for one in state.editions if one.edition} == BUSY
    again = ("refresh", "--election", "knesset-22", "--today", str(LIVE), "--draws", "200", "--offline")
    done = command("pipelines", *again, "--data-dir", data_dir)
    assert done.returncode == 3, done.stderr
    assert "current/knesset-22: missing: begun anew" in done.stderr
    assert EditionStore(data_dir / "processed").current() == was
    assert status(data_dir, LIVE).health == "ok"


def test_the_next_refresh_mends_a_damaged_pointer_and_ends_with_a_remark(data_dir: Path, command: Any) -> None:
    was = EditionStore(data_dir / "processed").current()
    (data_dir / "processed/current/knesset-22").write_bytes(b"{")
    again = ("refresh", "--election", "knesset-22", "--today", str(LIVE), "--draws", "200", "--offline")
    done = command("pipelines", *again, "--data-dir", data_dir)
    assert done.returncode == 3, done.stderr
    assert "current/knesset-22: not what was written: begun anew" in done.stderr
    assert EditionStore(data_dir / "processed").current() == was
    assert status(data_dir, LIVE).health == "ok"


def test_a_source_that_never_answered_is_listed_with_nothing_known(data_dir: Path) -> None:
    answers = [SourceOutcome("wikipedia", "knesset-22", error="it answered 503")]
    keep_run(EditionStore(data_dir / "processed"), "il", "2019-09-10T00:00:00+00:00", 3, None, answers)
    by_source = {one.source: one for one in status(data_dir, LIVE).sources if one.election == "knesset-22"}
    never = by_source["wikipedia"]
    assert (never.last_success_utc, never.accepted, never.age_hours) == (None, None, None)
    assert never.last_error == "it answered 503"
    assert (by_source["archive"].accepted or 0) > 0


def test_when_a_campaign_was_checked_is_beside_its_edition_and_not_in_it(data_dir: Path, command: Any) -> None:
    again = ("refresh", "--election", "knesset-22", "--today", str(LIVE), "--draws", "200", "--offline")
    store = EditionStore(data_dir / "processed")
    edition = store.open("knesset-22")
    bytes_before = {path.name: path.read_bytes() for path in edition.folder.iterdir()}
    seen = []
    for _ in range(2):
        assert command("pipelines", *again, "--data-dir", data_dir).returncode == 0
        recorded = store.record(Runs, "il")
        assert recorded is not None
        seen.append(recorded.campaign("knesset-22"))
        assert recorded.campaign("knesset-21") is None
    first, second = seen
    assert first is not None
    assert second is not None
    assert (first.status, second.status, second.edition) == ("unchanged", "unchanged", edition.id)
    assert first.checked_utc <= second.checked_utc
    assert row(status(data_dir, LIVE), "knesset-22").checked_utc == second.checked_utc
    assert {path.name: path.read_bytes() for path in edition.folder.iterdir()} == bytes_before


def test_what_is_quarantined_lies_beside_the_editions(data_dir: Path, command: Any) -> None:
    il = data_dir / "raw/electorates/il"
    shipped = il.resolve()
    il.unlink()
    shutil.copytree(shipped, il)
    archive = il / "polls/knesset-22.csv"
    labels = (("Likud", 60), ("Blue & White", 50), ("Shas", 30))
    rows = [f"2019-09-08-x,,2019-09-08,,Midgam,X,500,poll,{label},seats,{seats},,a test,," for label, seats in labels]
    archive.write_text(archive.read_text("utf-8") + "\n".join(rows) + "\n", "utf-8")
    again = ("refresh", "--election", "knesset-22", "--today", str(LIVE), "--draws", "200", "--offline")
    assert command("pipelines", *again, "--data-dir", data_dir).returncode == 3
    record = EditionStore(data_dir / "processed").record(Quarantine, "il")
    assert record is not None
    mine = record.campaign("knesset-22")
    assert (mine.count, mine.by_check) == (1, {"sum": 1})
    assert (mine.rows[0].poll, mine.rows[0].reason) == ("2019-09-08-x", "sum 140, expected 120")
    assert record.campaign("knesset-21").count == 0


def test_a5_what_lies_ahead_of_the_clock_is_said_and_makes_nothing_fresh(data_dir: Path) -> None:
    store = EditionStore(data_dir / "processed")
    edition = store.current()["knesset-22"]
    done = RefreshResult("knesset-22", LIVE, edition, "live", "published", 1, 0, 0, has_news=False, seconds=1.0)
    started, ahead = "2019-09-10T03:00:00+00:00", "2019-10-30T00:00:00+00:00"
    keep_run(EditionStore(data_dir / "processed"), "il", started, 0, None, [], [done], ahead)
    state = status(data_dir, datetime(2019, 9, 12, 13, 0, tzinfo=JERUSALEM))
    assert row(state, "knesset-22").is_stale
    assert any("lies ahead of the clock" in fault for fault in state.faults)
    state = status(data_dir, datetime(2019, 9, 9, 13, 0, tzinfo=JERUSALEM))
    assert (row(state, "knesset-22").age_hours, row(state, "knesset-22").is_stale) == (None, True)
    assert any(f"{edition}: as of {LIVE}, after today" in fault for fault in state.faults)
    assert status(data_dir, date(2019, 9, 9)).faults == [], "a day that was given as today says nothing of the clock"
