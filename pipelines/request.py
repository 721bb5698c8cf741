"""What a refresh is asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from pipelines import clock
from pipelines.editions import gate

Progress = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Order:
    """What a refresh is asked for: which day, how many draws, from which seed.

    `today`: a day given as today, for every electorate; None for the clock's. `now` is asked again before each edition
    appears, since a night may run into a publication ban. `is_ban_relaxed` is counsel's setting.
    """

    data_dir: Path
    today: date | None
    as_of: date | None
    draws: int
    seed: int
    now: Callable[[], datetime] = clock.now
    is_ban_relaxed: bool = False

    def today_in(self, zone: ZoneInfo) -> date:
        """What day it is for an electorate."""
        return self.today or self.now().astimezone(zone).date()

    def clock_day(self, zone: ZoneInfo) -> date | None:
        """The day by the clock of an electorate; None where a day was given as today."""
        return None if self.today else self.today_in(zone)

    @property
    def day(self) -> date:
        """The day given as today, else the day it is in UTC: for the log alone."""
        return self.today or self.now().date()

    @property
    def moment(self) -> datetime:
        """Now, or noon of a day that was given as today."""
        return datetime.combine(self.today, time(12), UTC) if self.today else self.now()

    def is_frozen(self, of: gate.Calendar) -> bool:
        """Whether nothing new may be published for an election at this moment, or at some time of a given day."""
        return not self.is_ban_relaxed and not gate.may_publish(of, "poll", self.today or self.now())
