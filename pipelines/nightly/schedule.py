"""Every night at the same hour by the electorate's clock, in a process of its own; a missed night is made up for once.

For machines without systemd or cron (`deploy/` has both): `make run SCHEDULE=02:30`. A night is due at the first
moment its day's clock shows the hour, or, on the day that hour is skipped, at the moment the clock would have.
"""

import json
import logging
import os
import subprocess
import sys
import time as clock_time
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pipelines.editions.files import replace
from pipelines.editions.gate import is_ahead
from pipelines.log import say

STATE_FILE = "schedule.json"
TICK_SECONDS = 20.0  # also how soon a clock set forward, or a machine that woke up, is noticed

SUCCESS = (0, 3)  # 3: done, with remarks

Run = Callable[[], int]


def due_moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """When a day's night is due, in UTC."""
    return datetime.combine(day, at, zone).astimezone(UTC)


def newest_due(now: datetime, at: time, zone: ZoneInfo) -> date:
    """The newest day whose night is due at a moment."""
    today = now.astimezone(zone).date()
    return today if due_moment(today, at, zone) <= now else today - timedelta(days=1)


class Schedule:
    """Runs `run` once a night; the night last done is kept in a file, so that restarts neither skip nor repeat."""

    def __init__(self, at: time, zone: ZoneInfo, processed: Path, run: Run) -> None:
        self._at = at
        self._zone = zone
        self._file = processed / STATE_FILE
        self._run = run
        self._done = self._read()

    def step(self, now: datetime) -> bool:
        """Run if a night is due that was not done, however many were missed; the first start waits for its night.

        A night that lies ahead was recorded by a clock that was wrong: it says nothing of tonight, which is run.
        """
        night, last = newest_due(now, self._at, self._zone), self._done
        if last is not None and is_ahead(due_moment(last, self._at, self._zone), now):
            say("the night last done lies ahead; tonight is run", logging.WARNING, night=last, now=now)
            last = night - timedelta(days=1)
        if last is not None and night <= last:
            return False
        if last is not None:
            code = self._run()
            say("night done" if code in SUCCESS else "night failed", night=night, exit_code=code)
        self._keep(night)
        return last is not None

    def _read(self) -> date | None:
        try:
            return date.fromisoformat(json.loads(self._file.read_bytes())["night"])
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None

    def _keep(self, night: date) -> None:
        self._done = night
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            replace(self._file, json.dumps({"night": night.isoformat()}).encode())
        except (
            OSError
        ) as error:  # the night itself is done; after a restart it may be done again, which changes nothing
            say("schedule not kept", path=str(self._file), error=str(error))


def watch(
    schedule: Schedule, now: Callable[[], datetime], sleep: Callable[[float], None], goes_on: Callable[[], bool]
) -> None:
    """Look at the clock again and again while `goes_on`; a short sleep each time, never one until the next night."""
    while goes_on():
        schedule.step(now())
        sleep(TICK_SECONDS)


def refresh_live(data_dir: Path, today: date | None = None) -> int:
    """One refresh of the live campaigns as a process of its own; its exit code."""
    command = [sys.executable, "-m", "pipelines", "refresh", "--election", "all-live", "--data-dir", str(data_dir)]
    command += ["--today", today.isoformat()] if today else []
    return subprocess.run(command, check=False).returncode


def run_forever(at: time, zone: ZoneInfo, data_dir: Path, parent: int | None, today: date | None) -> None:
    """The schedule by the real clock, until killed or until `parent`, the process that started it, has ended.

    Where `today` is given every night takes it for its day.
    """

    def goes_on() -> bool:
        return parent is None or os.getppid() == parent

    schedule = Schedule(at, zone, data_dir / "processed", lambda: refresh_live(data_dir, today))
    watch(schedule, lambda: datetime.now(UTC), lambda seconds: _sleep(seconds, goes_on), goes_on)


def _sleep(seconds: float, goes_on: Callable[[], bool]) -> None:
    until = clock_time.monotonic() + seconds
    while clock_time.monotonic() < until and goes_on():
        clock_time.sleep(min(1.0, seconds))
