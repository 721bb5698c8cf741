"""The record of a run: one line an event whatever the text holds, how sources answered, what status says."""

import json
import logging
import os
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipelines.editions.records import Runs
from pipelines.editions.store import EditionStore
from pipelines.ingest.imports import SourceOutcome
from pipelines.log import LOG_FILE, printable, recorded, say
from pipelines.nightly.status import keep_run, status
from pipelines.refresh import run
from pipelines.request import RefreshRequest
from tests.conftest import link_il

EVIL = 'a\r\n2026-01-01 ok "done"\x1b[2J\x1b]0;title\x07\u2028\u202ecod\x00'
JERUSALEM = ZoneInfo("Asia/Jerusalem")


def test_a_record_is_one_line_whatever_it_holds(tmp_path: Path) -> None:
    with recorded(tmp_path):
        say(EVIL, poll=EVIL, day=date(2026, 1, 1))
        say("second", logging.ERROR)
    content = (tmp_path / LOG_FILE).read_bytes()
    lines = content.decode("ascii").splitlines()
    assert [json.loads(line)["level"] for line in lines] == ["info", "error"]
    first = json.loads(lines[0])
    assert (first["event"], first["poll"], first["day"]) == (EVIL, EVIL, "2026-01-01")
    assert not set(content) & (set(range(32)) - {ord("\n")})


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / LOG_FILE).mkdir()
    with recorded(tmp_path):
        say("refresh started")


def test_nothing_is_recorded_outside(tmp_path: Path) -> None:
    with recorded(tmp_path):
        pass
    say("nobody listens")
    assert not (tmp_path / LOG_FILE).exists()


def test_a_message_cannot_move_the_cursor_or_start_a_line() -> None:
    shown = printable(EVIL + "ליכוד €")
    assert "\\x1b[2J" in shown
    assert "\\r\\n" in shown
    assert "\\u202e" in shown
    assert shown.endswith("ליכוד €")
    assert shown.isprintable()


def test_an_evil_cell_is_told_on_one_line(data_dir: Path, command: Any) -> None:
    path = data_dir / "raw/electorates/il/polls/knesset-22.csv"
    lines = path.read_text("utf-8").splitlines()
    cells = lines[1].split(",")
    cells[10] = "2\x1b[31m4"
    path.write_text("\n".join([lines[0], ",".join(cells), *lines[2:]]) + "\n", "utf-8")
    done = command("pipelines", "refresh", "--offline", "--election", "knesset-22", "--data-dir", data_dir)
    assert done.returncode == 1
    assert "\x1b" not in done.stderr
    events = [json.loads(line) for line in (data_dir / "processed" / LOG_FILE).read_text().splitlines()]
    assert [event["event"] for event in events] == ["refresh started", "refresh failed"]
    record = EditionStore(data_dir / "processed").record(Runs, "il")
    assert record is not None
    assert record.exit_code == 1
    assert str(path) in str(record.error)


def test_an_election_nobody_has_is_refused_in_words_and_is_no_run_of_any_electorate(
    whole_data_dir: Path, command: Any
) -> None:
    for typo in ("knesset-99", "all-lives"):
        done = command("pipelines", "refresh", "--offline", "--election", typo, "--data-dir", whole_data_dir)
        assert (done.returncode, f"unknown election '{typo}'" in done.stderr) == (1, True), done.stderr
    assert not list(whole_data_dir.glob("processed/**/*.json"))


@pytest.mark.parametrize("is_put_aside", [True, False])
def test_a_damaged_record_hides_no_error_of_the_night(data_dir: Path, is_put_aside: bool, command: Any) -> None:
    """The record is put aside first; where the disk does not let it be, that is the error."""
    store = EditionStore(data_dir / "processed")
    store.objects.replace("runs/il.json", b"{broken")
    if not is_put_aside:
        (data_dir / "processed/runs/il.damaged/taken").mkdir(parents=True)
    with (data_dir / "raw/electorates/il/lists.csv").open("a", encoding="utf-8") as file:
        file.write("no,row\n")
    done = command("pipelines", "refresh", "--offline", "--election", "knesset-22", "--data-dir", data_dir)
    assert done.returncode == 1
    error = next(line for line in done.stderr.splitlines() if line.startswith("error: "))
    assert ("lists.csv" if is_put_aside else "runs/il.json: Is a directory") in error
    if is_put_aside:
        recorded = store.record(Runs, "il")
        assert recorded
        assert "lists.csv" in str(recorded.error)
        assert (data_dir / "processed/runs/il.damaged").read_bytes() == b"{broken"


def test_what_a_source_did_before_stays_until_it_is_asked_again(tmp_path: Path) -> None:
    store = EditionStore(tmp_path)
    keep_run(store, "il", "2026-01-01T00:00:00+00:00", 0, None, [SourceOutcome("a", "e", has_news=True)])
    keep_run(store, "il", "2026-01-02T00:00:00+00:00", 0, None, [SourceOutcome("b", "e", error="no answer")])
    keep_run(store, "il", "2026-01-03T00:00:00+00:00", 0, None, [SourceOutcome("a", "e", error="503")])
    record = store.record(Runs, "il")
    assert record is not None
    a, b = record.sources
    assert (a.last_success_utc is not None, a.last_change_utc is not None, a.last_error) == (True, True, "503")
    assert (b.last_success_utc, b.last_error) == (None, "no answer")


@pytest.fixture(scope="module")
def live(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """knesset-22 refreshed on 10 September 2019, a week before its vote."""
    folder = tmp_path_factory.mktemp("live")
    link_il(root, folder)
    list(run("knesset-22", RefreshRequest(folder, date(2019, 9, 10), None, 200, 0), lambda _campaign, _step: None))
    return folder


@pytest.mark.parametrize(
    ("now", "is_live", "is_stale", "is_frozen"),
    [
        (date(2019, 9, 10), True, False, False),
        (date(2019, 9, 11), True, False, False),
        (date(2019, 9, 12), True, False, False),
        (datetime(2019, 9, 12, 11, 59, tzinfo=JERUSALEM), True, False, False),
        (datetime(2019, 9, 12, 12, 1, tzinfo=JERUSALEM), True, True, False),  # 36 hours after the day ended
        (date(2019, 9, 13), True, True, False),
        (date(2019, 9, 14), True, False, True),
        (date(2019, 9, 17), True, False, True),
        (date(2019, 9, 18), False, False, False),
    ],
)
def test_status_inside_a_campaign(live: Path, now: date, is_live: bool, is_stale: bool, is_frozen: bool) -> None:
    own = next(row for row in status(live, now).editions if row.election == "knesset-22")
    assert (own.is_live, own.is_stale, own.is_frozen) == (is_live, is_stale, is_frozen)


def test_all_live_refreshes_what_is_live_and_nothing_else(live: Path, command: Any) -> None:
    again = (
        "pipelines",
        "refresh",
        "--offline",
        "--election",
        "all-live",
        "--draws",
        "200",
        "--json",
        "--data-dir",
        live,
    )
    inside = command(*again, "--today", "2019-09-11")
    assert [row["election"] for row in json.loads(inside.stdout)["editions"]] == ["knesset-22"]
    between = command(*again, "--today", "2019-09-11")
    assert [row["status"] for row in json.loads(between.stdout)["editions"]] == ["unchanged"]
    process = command("pipelines", "status", "--json", "--today", "2019-09-12", "--data-dir", live)
    document = json.loads(process.stdout)
    assert document["last_run"]["exit_code"] == 0
    (source,) = document["sources"]
    assert source["last_success_utc"] == "2019-09-11T12:00:00+00:00", "noon of the day taken for today"
    assert source["age_hours"] == 24.0
    assert source["last_error"] is None


def test_nothing_to_do_ends_at_once_and_says_so(tmp_path: Path, root: Path, command: Any) -> None:
    (tmp_path / "raw").symlink_to(root / "data" / "raw")
    done = command(
        "pipelines", "refresh", "--offline", "--election", "all-live", "--today", "2009-06-01", "--data-dir", tmp_path
    )
    assert done.returncode == 0
    assert done.stderr.strip().endswith("no campaign is live on 2009-06-01: nothing to refresh")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_one_clear_line(tmp_path: Path, root: Path, command: Any) -> None:
    (tmp_path / "raw").symlink_to(root / "data" / "raw")
    (tmp_path / "processed").mkdir(mode=0o500)
    done = command("pipelines", "refresh", "--offline", "--election", "knesset-22", "--data-dir", tmp_path)
    assert done.returncode == 1
    assert done.stderr.strip().startswith("error: ")
