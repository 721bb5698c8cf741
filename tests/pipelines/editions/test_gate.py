"""The publication ban: judged by the moment it is now, at both edges and over midnight."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pytest

from pipelines import projection
from pipelines.editions import gate
from pipelines.editions.store import EditionStore
from pipelines.nightly.alerts import of_refresh
from pipelines.refresh import run
from pipelines.request import RefreshRequest, RefreshResult
from pipelines.settings import Settings

JERUSALEM = ZoneInfo("Asia/Jerusalem")


@dataclass(frozen=True)
class Window:
    start: datetime
    end: datetime
    kind: Literal["poll", "exit_poll", "all"] = "all"


@dataclass(frozen=True)
class Calendar:
    bans: tuple[Window, ...]
    zone: ZoneInfo = JERUSALEM


def binds(window: Window, now: date) -> bool:
    return not gate.may_publish(Calendar((window,)), "poll", now)


# knesset-22: from the end of Friday 13 September 2019 until the polls closed at 22:00 on the 17th.
WINDOW = Window(datetime(2019, 9, 14), datetime(2019, 9, 17, 22))


@pytest.mark.parametrize(
    ("now", "is_bound"),
    [
        (datetime(2019, 9, 13, 23, 59, 59), False),
        (datetime(2019, 9, 14, 0, 0, 0), True),
        (datetime(2019, 9, 17, 21, 59, 59), True),
        (datetime(2019, 9, 17, 22, 0, 0), False),
        (datetime(2019, 9, 13, 23, 59, 59, tzinfo=JERUSALEM), False),
        (datetime(2019, 9, 14, tzinfo=JERUSALEM), True),
        (date(2019, 9, 13), False),
        (date(2019, 9, 14), True),
        (date(2019, 9, 17), True),  # a part of the day is inside
        (date(2019, 9, 18), False),
    ],
)
def test_both_edges(now: date, is_bound: bool) -> None:
    assert binds(WINDOW, now) is is_bound


# 25 October 2026: at 02:00 clocks go back to 01:00, so that the hour from 01:00 comes twice.
TWICE = Window(datetime(2026, 10, 25, 1, 30), datetime(2026, 10, 27, 22))
UNTIL = Window(datetime(2026, 10, 22), datetime(2026, 10, 25, 1, 30))


@pytest.mark.parametrize(
    ("window", "utc", "is_bound"),
    [
        (TWICE, datetime(2026, 10, 24, 22, 29, 59), False),
        (TWICE, datetime(2026, 10, 24, 22, 30), True),  # the first 01:30
        (TWICE, datetime(2026, 10, 24, 23, 0), True),  # the second 01:00
        (TWICE, datetime(2026, 10, 24, 23, 29, 59), True),
        (UNTIL, datetime(2026, 10, 24, 22, 45), True),
        (UNTIL, datetime(2026, 10, 24, 23, 15), True),
        (UNTIL, datetime(2026, 10, 24, 23, 30), False),  # the second 01:30
        (WINDOW, datetime(2019, 9, 13, 20, 59, 59), False),
        (WINDOW, datetime(2019, 9, 13, 21, 0), True),  # midnight in Jerusalem
        (WINDOW, datetime(2019, 9, 17, 18, 59, 59), True),
        (WINDOW, datetime(2019, 9, 17, 19, 0), False),
    ],
)
def test_b3_a_moment_counts_whatever_clock_tells_it_and_an_hour_that_comes_twice_is_banned_once_begun(
    window: Window, utc: datetime, is_bound: bool
) -> None:
    moment = utc.replace(tzinfo=UTC)
    for zone in (UTC, JERUSALEM, ZoneInfo("America/New_York")):
        assert binds(window, moment.astimezone(zone)) is is_bound


def test_a_ban_that_begins_inside_a_day_takes_that_day() -> None:
    window = Window(datetime(2019, 9, 13, 18), datetime(2019, 9, 17, 22))
    assert binds(window, date(2019, 9, 13))
    assert not binds(window, datetime(2019, 9, 13, 17, 59))


def test_where_no_ban_is_recorded_nothing_is_banned() -> None:
    assert gate.may_publish(Calendar(()), "poll", date(2019, 9, 15))


def test_a_ban_on_exit_polls_leaves_polls_free_and_the_zone_is_the_electorates() -> None:
    """Chatham's clock is 12 h 45 min ahead of Greenwich in its winter."""
    chatham = ZoneInfo("Pacific/Chatham")
    only_exit = Calendar((Window(datetime(2026, 8, 1), datetime(2026, 8, 1, 18), "exit_poll"),), chatham)
    closing = datetime(2026, 8, 1, 5, 15, tzinfo=UTC)
    assert gate.may_publish(only_exit, "poll", closing - timedelta(seconds=1))
    assert not gate.may_publish(only_exit, "exit_poll", closing - timedelta(seconds=1))
    assert gate.may_publish(only_exit, "exit_poll", closing)
    assert not gate.may_publish(only_exit, "exit_poll", date(2026, 8, 1))


@pytest.mark.parametrize(("value", "relaxed"), [("", False), ("0", False), ("no", False), ("1", True), ("Yes", True)])
def test_only_a_plain_yes_relaxes_it(value: str, relaxed: bool) -> None:
    assert gate.is_relaxed({gate.RELAX: value}) is relaxed
    assert not gate.is_relaxed({})


def night(data_dir: Path, today: date | None, **changes: Any) -> RefreshResult:
    order = replace(RefreshRequest(data_dir, today, None, draws=200, seed=0), **changes)
    (outcome,) = run("knesset-22", order, lambda _campaign, _step: None)
    return outcome


def published(data_dir: Path) -> list[str]:
    """Every file of the processed folder that a reader could see, but for the ledger."""
    processed = data_dir / "processed"
    return sorted(str(path.relative_to(processed)) for path in processed.rglob("*") if "ledger" not in path.name)


def test_inside_the_ban_nothing_new_appears_and_the_day_after_the_final_edition_does(data_dir: Path) -> None:
    before = night(data_dir, date(2019, 9, 13))
    assert before.status == "published"
    first = published(data_dir)
    for day in range(14, 18):
        frozen = night(data_dir, date(2019, 9, day))
        assert (frozen.status, frozen.edition) == ("frozen", before.edition)
        assert published(data_dir) == first
    # An earlier as-of day is judged by today as well, and so is a campaign without any edition.
    assert night(data_dir, date(2019, 9, 15), as_of=date(2019, 9, 1)).status == "frozen"
    assert published(data_dir) == first
    (after,) = run("all-live", RefreshRequest(data_dir, date(2019, 9, 18), None, 200, 0), lambda _campaign, _step: None)
    assert (after.status, after.kind, after.as_of) == ("published", "final", date(2019, 9, 16))
    assert not list(
        run("all-live", RefreshRequest(data_dir, date(2019, 9, 18), None, 200, 0), lambda _campaign, _step: None)
    )


def test_a_past_campaign_may_be_replayed_into_its_own_ban(data_dir: Path) -> None:
    replayed = night(data_dir, date(2026, 11, 22), as_of=date(2019, 9, 15))
    assert (replayed.status, replayed.kind) == ("published", "hindcast")


def test_a_night_that_runs_over_midnight_into_the_ban_publishes_nothing(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = datetime(2019, 9, 13, 23, 59, tzinfo=JERUSALEM)
    worked_out = []

    def slowly(*arguments: Any) -> Any:
        nonlocal clock
        clock += timedelta(minutes=2)
        worked_out.append(clock)
        return real(*arguments)

    real: Callable[..., Any] = projection.draw_votes
    monkeypatch.setattr(projection, "draw_votes", slowly)
    outcome = night(data_dir, None, now=lambda: clock)
    assert worked_out, "it had begun before the ban"
    assert (outcome.status, outcome.edition) == ("frozen", None)
    assert EditionStore(data_dir / "processed").current() == {}
    assert not any("editions" in name for name in published(data_dir))


def test_the_hour_counts_by_the_real_clock(data_dir: Path) -> None:
    last = datetime(2019, 9, 17, 21, 59, 59, tzinfo=JERUSALEM)
    assert night(data_dir, None, now=lambda: last).status == "frozen"
    closed = last + timedelta(seconds=1)
    assert night(data_dir, None, now=lambda: closed).status == "published"


def test_counsel_may_relax_it(data_dir: Path) -> None:
    assert night(data_dir, date(2019, 9, 15), settings=Settings(is_ban_relaxed=True)).status == "published"


def test_no_alert_is_raised_for_a_frozen_campaign(data_dir: Path) -> None:
    (data_dir / "alerts.toml").write_text('[alert.any]\nwhen = "quarantine-grows"\n')
    frozen = replace(night(data_dir, date(2019, 9, 15)), newly_quarantined=3, quarantined=3)
    assert of_refresh(RefreshRequest(data_dir, date(2019, 9, 15), None, 200, 0), "il", [frozen]) == []


def test_the_command_says_so_and_ends_well(data_dir: Path, command: Any) -> None:
    arguments = (
        "pipelines",
        "refresh",
        "--offline",
        "--election",
        "all-live",
        "--today",
        "2019-09-15",
        "--data-dir",
        data_dir,
    )
    done = command(*arguments)
    assert done.returncode == 0
    assert "knesset-22: the publication ban is on; nothing new is published" in done.stderr
    assert not (data_dir / "processed" / "current").exists()


@pytest.mark.parametrize("name", ["projection", "polls"])
def test_what_is_not_there_inside_the_ban_is_not_sent_to_a_refresh_that_publishes_nothing(
    data_dir: Path, name: str, command: Any
) -> None:
    done = command("pipelines", name, "--election", "knesset-22", "--today", "2019-09-15", "--data-dir", data_dir)
    assert done.returncode == 1
    assert "the publication ban is on until 2019-09-17 22:00 and a refresh publishes nothing" in done.stderr
    assert "refresh --election" not in done.stderr
