"""Every night once: over daylight saving, after missed nights, across restarts; by a clock that is made up."""

import os
import shutil
import signal
import subprocess
import sys
import time as clock_time
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pipelines.nightly.schedule import Schedule, due_moment, newest_due, watch

JERUSALEM = ZoneInfo("Asia/Jerusalem")
AT = time(2, 30)


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=JERUSALEM)  # type: ignore[arg-type, misc]


def minutes(start: datetime, end: datetime) -> Iterable[datetime]:
    """Every minute as it really passes."""
    now, last = start.astimezone(UTC), end.astimezone(UTC)
    while now <= last:
        yield now
        now += timedelta(minutes=1)


def nights_run(processed: Path, at: time, start: datetime, end: datetime) -> list[datetime]:
    """When a schedule that is looked at every minute ran, in local time; it has been started before."""
    ran: list[datetime] = []
    now = start

    def run() -> int:
        ran.append(now.astimezone(JERUSALEM))
        return 0

    schedule = Schedule(at, JERUSALEM, processed, run)
    for now in minutes(start, end):
        schedule.step(now)
    return ran


@pytest.mark.parametrize("at", [time(1, 30), time(2, 0), time(2, 30), time(3, 30), time(0, 0), time(23, 59)])
@pytest.mark.parametrize("day", [date(2026, 3, 27), date(2026, 10, 25)], ids=["an hour skipped", "an hour twice"])
def test_a_night_of_daylight_saving_is_run_once(tmp_path: Path, at: time, day: date) -> None:
    start, end = (
        local(day.year, day.month, day.day) - timedelta(days=2),
        local(day.year, day.month, day.day) + timedelta(days=2),
    )
    ran = nights_run(tmp_path, at, start - timedelta(minutes=1), end - timedelta(minutes=1))
    assert len({moment.date() for moment in ran}) == len(ran), "no day twice"
    gaps = {(later.astimezone(UTC) - earlier.astimezone(UTC)) for earlier, later in pairwise(ran)}
    assert all(timedelta(hours=23) <= gap <= timedelta(hours=25) for gap in gaps)
    assert day in {moment.date() for moment in ran}, "no day skipped"


def test_where_the_hour_does_not_exist_it_is_run_an_hour_later_by_the_clock() -> None:
    assert due_moment(date(2026, 3, 27), AT, JERUSALEM).astimezone(JERUSALEM).time() == time(3, 30)
    assert due_moment(date(2026, 10, 25), time(1, 30), JERUSALEM) == datetime(2026, 10, 24, 22, 30, tzinfo=UTC), (
        "the first 01:30"
    )


def test_a_year_has_a_night_a_day(tmp_path: Path) -> None:
    days = []
    schedule = Schedule(AT, JERUSALEM, tmp_path, lambda: 0)
    schedule.step(local(2025, 12, 31, 12).astimezone(UTC))
    now = local(2026, 1, 1).astimezone(UTC)
    while now < local(2027, 1, 1).astimezone(UTC):
        if schedule.step(now):
            days.append(now.astimezone(JERUSALEM).date())
        now += timedelta(minutes=10)
    assert days == [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]


def test_the_first_start_waits_for_its_night_and_missed_nights_are_made_up_for_once(tmp_path: Path) -> None:
    ran: list[int] = []
    schedule = Schedule(AT, JERUSALEM, tmp_path, lambda: ran.append(1) or 3)
    assert not schedule.step(local(2026, 9, 1, 12))
    assert not schedule.step(local(2026, 9, 2, 2, 29))
    assert schedule.step(local(2026, 9, 2, 2, 30))
    # The machine sleeps for four days; the process starts again.
    again = Schedule(AT, JERUSALEM, tmp_path, lambda: ran.append(2) or 0)
    assert again.step(local(2026, 9, 6, 11))
    assert not again.step(local(2026, 9, 6, 12))
    assert again.step(local(2026, 9, 7, 2, 30))
    assert ran == [1, 2, 2]


def test_a_restart_neither_skips_nor_repeats(tmp_path: Path) -> None:
    ran: list[datetime] = []
    for now in minutes(local(2026, 9, 1, 1), local(2026, 9, 4, 1)):
        Schedule(AT, JERUSALEM, tmp_path, lambda now=now: ran.append(now) or 0).step(now)  # type: ignore[misc]
    assert [moment.astimezone(JERUSALEM).day for moment in ran] == [1, 2, 3]


def test_a_state_file_that_makes_no_sense_is_a_first_start(tmp_path: Path) -> None:
    (tmp_path / "schedule.json").write_text("[]")
    assert not Schedule(AT, JERUSALEM, tmp_path, lambda: 0).step(local(2026, 9, 1, 12))


def test_a_night_that_failed_is_not_run_again_and_again(tmp_path: Path) -> None:
    codes: list[int] = []
    schedule = Schedule(AT, JERUSALEM, tmp_path, lambda: codes.append(1) or 1)
    schedule.step(local(2026, 9, 1, 12))
    for now in minutes(local(2026, 9, 2, 2), local(2026, 9, 2, 5)):
        schedule.step(now)
    assert codes == [1]


def test_it_sleeps_in_short_steps_so_that_a_clock_set_forward_is_noticed(tmp_path: Path) -> None:
    clock, slept, ran = [local(2026, 9, 1, 12)], [], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock[0] += timedelta(days=1)

    schedule = Schedule(AT, JERUSALEM, tmp_path, lambda: ran.append(clock[0]) or 0)
    watch(schedule, lambda: clock[0], sleep, lambda: len(slept) < 5)
    assert max(slept) <= 60
    assert len(ran) == 4


def test_newest_due_over_midnight() -> None:
    assert newest_due(local(2026, 9, 2, 2, 29), AT, JERUSALEM) == date(2026, 9, 1)
    assert newest_due(local(2026, 9, 2, 2, 30), AT, JERUSALEM) == date(2026, 9, 2)
    assert newest_due(local(2026, 9, 1, 23, 59), time(0, 0), JERUSALEM) == date(2026, 9, 1)


def test_the_process_ends_with_the_one_that_started_it(root: Path, tmp_path: Path) -> None:
    """As under `make run`: the server is killed hard, and the schedule does not outlive it."""
    shutil.copytree(root / "data/raw/electorates/il", tmp_path / "raw/electorates/il")
    schedule = f"{sys.executable} -m pipelines schedule --at 02:30 --parent $$ --data-dir {tmp_path}"
    start = ["bash", "-c", f"{schedule} & echo $!; exec sleep 60"]
    shell = subprocess.Popen(start, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert shell.stdout is not None
    assert shell.stderr is not None
    child = int(shell.stdout.readline())
    assert "every night at 02:30" in shell.stderr.readline()
    shell.send_signal(signal.SIGKILL)
    shell.wait()
    ends = clock_time.monotonic() + 20
    while _lives(child) and clock_time.monotonic() < ends:
        clock_time.sleep(0.1)
    assert not _lives(child)
    shell.stdout.close()
    shell.stderr.close()


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return False
    return state != "Z"


@pytest.mark.parametrize("hour", ["2:3x", "24:30", "", "02.30"])
def test_an_hour_that_is_none_is_wrong_usage(hour: str, command: object, tmp_path: Path) -> None:
    done = command("pipelines", "schedule", "--at", hour, "--data-dir", tmp_path)  # type: ignore[operator]
    assert done.returncode == 2


@pytest.mark.parametrize("is_restarted", [False, True])
@pytest.mark.parametrize("wrong", [local(2031, 1, 1, 3), local(2026, 9, 9, 3), local(1970, 1, 2, 3)])
def test_a5_a_clock_that_was_wrong_for_a_moment_costs_no_night(
    tmp_path: Path, wrong: datetime, is_restarted: bool
) -> None:
    nights: list[date] = []
    now = local(2026, 9, 1, 12)

    def run() -> int:
        nights.append(now.date())
        return 0

    schedule = Schedule(AT, JERUSALEM, tmp_path, run)
    schedule.step(now)
    now = wrong
    schedule.step(now)
    nights.clear()
    for number in range(30):
        now = local(2026, 9, 2, 3) + timedelta(days=number)
        schedule = Schedule(AT, JERUSALEM, tmp_path, run) if is_restarted else schedule
        for _ in range(3):
            schedule.step(now)
            now += timedelta(minutes=20)
    assert nights == [date(2026, 9, 2) + timedelta(days=number) for number in range(30)]


def test_a5_a_clock_set_back_by_minutes_runs_no_night_twice(tmp_path: Path) -> None:
    """As time servers do: the night that was run stays done, though its hour comes once more."""
    ran: list[int] = []
    schedule = Schedule(AT, JERUSALEM, tmp_path, lambda: ran.append(1) or 0)
    schedule.step(local(2026, 9, 1, 12))
    for now in (local(2026, 9, 2, 2, 31), local(2026, 9, 2, 1, 31), local(2026, 9, 2, 2, 29), local(2026, 9, 2, 2, 31)):
        schedule.step(now)
    assert ran == [1]


def test_a5_a_night_that_lies_ahead_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "schedule.json").write_text('{"night": "2031-01-01"}')
    assert Schedule(AT, JERUSALEM, tmp_path, lambda: 0).step(local(2026, 9, 2, 3))
    assert "lies ahead" in caplog.text
