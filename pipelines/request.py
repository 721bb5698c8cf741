"""What a refresh is asked for, and what it did."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from pipelines import clock
from pipelines.editions import gate
from pipelines.editions.records import RunStatus
from pipelines.editions.schema import Kind
from pipelines.settings import Settings

AS_DELIVERED = Settings()  # nothing set
Progress = Callable[[str, str], None]  # which election, and the step that begins


@dataclass(frozen=True, slots=True)
class RefreshRequest:
    """What a refresh is asked for: which day, how many draws, from which seed.

    `today`: a day given as today, for every electorate; None for the clock's. `now` is asked again before each edition
    appears, since a night may run into a publication ban.
    """

    data_dir: Path
    today: date | None
    as_of: date | None
    draws: int
    seed: int
    now: Callable[[], datetime] = clock.now
    settings: Settings = AS_DELIVERED

    @property
    def raw(self) -> Path:
        return self.data_dir / "raw"

    @property
    def processed(self) -> Path:
        return self.data_dir / "processed"

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
        return not self.settings.is_ban_relaxed and not gate.may_publish(of, "poll", self.today or self.now())


@dataclass(frozen=True, slots=True)
class RefreshResult:
    """What the refresh of one campaign did; counts are polls.

    `status` is published, unchanged, or frozen: a publication ban is on, `edition` is the one from before it
    (None where there is none) and nothing new was published.
    """

    election: str
    as_of: date
    edition: str | None
    kind: Kind
    status: RunStatus
    polls: int
    newly_quarantined: int
    quarantined: int
    has_news: bool
    seconds: float
