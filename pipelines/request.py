"""What a refresh is asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from electoral.rules import Election
from pipelines.editions import gate

Progress = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Order:
    """What a refresh is asked for: which day, how many draws, from which seed.

    `now` is asked again before each edition appears, since a night may run into a publication ban; without it
    the whole of `today` is meant. `is_ban_relaxed` is counsel's setting.
    """

    data_dir: Path
    today: date
    as_of: date | None
    draws: int
    seed: int
    now: Callable[[], datetime] | None = None
    is_ban_relaxed: bool = False

    @property
    def clock_day(self) -> date | None:
        """The day by the clock; None where a day was given as today."""
        return self.now().date() if self.now else None

    def is_frozen(self, election: Election) -> bool:
        """Whether nothing new may be published for that campaign at this moment."""
        return not self.is_ban_relaxed and gate.binds(election, self.now() if self.now else self.today)
