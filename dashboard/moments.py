"""What time it is for an electorate."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


def machine_now() -> datetime:
    """This moment by the machine's clock."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Clock:
    """The wall clock of any zone; `day` says which day it is instead, the same one everywhere.

    A day given is taken at noon, as `status` takes it; where it is the zone's own day it is now.
    """

    day: Callable[[], date] | None = None
    moment: Callable[[], datetime] = machine_now

    def now(self, zone: str) -> datetime:
        moment = self.moment().astimezone(ZoneInfo(zone))
        day = moment.date() if self.day is None else self.day()
        return moment if day == moment.date() else datetime.combine(day, time(12), ZoneInfo(zone))

    def today(self, zone: str) -> date:
        return self.now(zone).date()
