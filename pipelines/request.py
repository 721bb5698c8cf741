"""What a refresh is asked for, and what it did."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from electoral.rules import Election
from pipelines.clock import TIME_ZONE
from pipelines.editions import gate
from pipelines.editions.records import RunStatus
from pipelines.editions.schema import Kind
from pipelines.settings import Settings

AS_DELIVERED = Settings()  # nothing set
Progress = Callable[[str, str], None]  # which election, and the step that begins


@dataclass(frozen=True, slots=True)
class RefreshRequest:
    """What a refresh is asked for: which day, how many draws, from which seed.

    `now` is asked again before each edition appears, since a night may run into a publication ban; without it
    the whole of `today` is meant.
    """

    data_dir: Path
    today: date
    as_of: date | None
    draws: int
    seed: int
    now: Callable[[], datetime] | None = None
    settings: Settings = AS_DELIVERED

    @property
    def raw(self) -> Path:
        return self.data_dir / "raw"

    @property
    def processed(self) -> Path:
        return self.data_dir / "processed"

    @property
    def moment(self) -> datetime:
        """Now, or noon of a day that was given as today."""
        return self.now() if self.now else datetime.combine(self.today, time(12), TIME_ZONE).astimezone(UTC)

    @property
    def clock_day(self) -> date | None:
        """The day by the clock; None where a day was given as today."""
        return self.now().date() if self.now else None

    def is_frozen(self, election: Election) -> bool:
        """Whether nothing new may be published for that campaign at this moment."""
        return not self.settings.is_ban_relaxed and gate.binds(election, self.now() if self.now else self.today)


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
