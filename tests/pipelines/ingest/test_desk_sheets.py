"""What comes in without a command: the desk's sheets, each once; whom a refresh leaves alone, and what it tells."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from pipelines.electorate import Campaign
from pipelines.electorate.folder import load
from pipelines.http.client import ClientSettings
from pipelines.ingest import snapshots
from pipelines.ingest.imports import (
    _wait_until,
    _waits,
    describe,
    make_client,
    say_before,
    take_desk_sheets,
    waiting_sheets,
)

TODAY = date(2026, 7, 20)
HEAD = "fieldwork_end,pollster,publisher,Likud\n"


@pytest.fixture(scope="module")
def campaign(root: Path) -> Campaign:
    return load(root / "data" / "raw").campaign("knesset-26")


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """Two sheets of the campaign; what else lies beside them is none."""
    folder = tmp_path / "desk/polls/knesset-26"
    folder.mkdir(parents=True)
    for name in ("b.csv", "a.csv", ".half-written.csv", "notes.txt"):
        (folder / name).write_text(f"{HEAD}{name}")
    (tmp_path / "desk/polls/knesset-25").mkdir()
    (tmp_path / "desk/polls/knesset-25/c.csv").write_text(HEAD)
    return tmp_path


def waiting(raw: Path, campaign: Campaign) -> list[tuple[str | None, bytes]]:
    return [(sheet.file, body) for sheet, body in waiting_sheets(raw, campaign, TODAY)]


def test_the_sheets_of_a_campaign_wait_until_they_are_taken_and_again_once_they_change(
    raw: Path, campaign: Campaign
) -> None:
    sheets = [("a.csv", f"{HEAD}a.csv".encode()), ("b.csv", f"{HEAD}b.csv".encode())]
    assert waiting(raw, campaign) == sheets
    take_desk_sheets(raw, campaign, TODAY)
    stored = snapshots.stored(raw)
    assert [(one.file, snapshots.read(raw, one)) for one in stored] == sheets
    assert {(one.election, one.source, one.today) for one in stored} == {("knesset-26", "csv", "2026-07-20")}
    assert waiting(raw, campaign) == []
    (raw / "desk/polls/knesset-26/b.csv").write_text("changed")
    assert waiting(raw, campaign) == [("b.csv", b"changed")]


def test_a_waiting_sheet_has_a_moment_after_all_that_came_in_before(raw: Path, campaign: Campaign) -> None:
    before = replace(describe(b"x", "csv", campaign, TODAY), retrieved_utc="2999-01-01T00:00:00.000000+00:00")
    snapshots.keep(raw, before, b"x")
    moments = [sheet.retrieved_utc for sheet, _ in waiting_sheets(raw, campaign, TODAY)]
    assert moments == ["2999-01-01T00:00:00.000001+00:00"] * 2


def test_every_host_that_asked_to_be_left_alone_is_remembered(tmp_path: Path) -> None:
    """In the order of their names, whichever asked first, with the moment it said last."""
    path, moment = tmp_path / "data/processed/ask-again.json", datetime(2026, 7, 20, 12, tzinfo=UTC)
    assert _waits(path) == {}
    for host, minutes in (("b.example", 1), ("c.example", 2), ("a.example", 3), ("b.example", 4)):
        _wait_until(host, path, moment + timedelta(minutes=minutes))
    last = {"a.example": 3, "b.example": 4, "c.example": 2}
    assert _waits(path) == {host: moment + timedelta(minutes=minutes) for host, minutes in last.items()}
    assert list(json.loads(path.read_bytes())) == list(last)


def test_a_source_is_asked_with_its_own_bounds_and_the_operators_contact() -> None:
    settings = ClientSettings("page", tries=5)
    client = make_client(settings, "desk@example.org")
    assert (client.settings, client.contact) == (settings, "desk@example.org")


HERE = "reading the polls that are here"


@pytest.mark.parametrize(
    ("offline", "as_of", "asked", "live", "told"),
    [
        (True, None, ["page"], True, [f"{HERE} (offline)"]),
        (False, "2026-07-01", ["page"], True, [f"{HERE} (as of 2026-07-01, no source is asked)"]),
        (False, None, ["page"], True, []),
        (
            False,
            None,
            [],
            True,
            [f"e1: no source has a page to ask; {HERE}", f"e2: no source has a page to ask; {HERE}"],
        ),
        (False, None, [], False, [f"no campaign is live on 2026-07-20, so no source is asked: {HERE}"]),
    ],
)
def test_a_refresh_tells_why_it_asks_no_source(
    offline: bool, as_of: str | None, asked: Sequence[str], live: bool, told: list[str]
) -> None:
    def campaign(name: str) -> object:
        return SimpleNamespace(
            election=SimpleNamespace(id=name), zone=None, calendar=SimpleNamespace(is_live=lambda _: live)
        )

    reference = cast(Any, SimpleNamespace(campaigns={name: campaign(name) for name in ("e1", "e2")}))
    order = cast(Any, SimpleNamespace(as_of=as_of, day=TODAY, today_in=lambda _: TODAY))
    assert say_before(cast(Any, asked), reference, "all", order, offline=offline) == told
