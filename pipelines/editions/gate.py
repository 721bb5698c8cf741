"""When something may be published, and how old what is served is, by the electorate's clock.

Between two moments before a vote a publication ban holds: nothing new is published for that campaign. It is judged by
the moment it is now, never by an edition's as-of day, and by the same function for the refresh and for whoever shows
the frozen edition. A setting lets counsel relax it; it is off unless someone turns it on.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

TIME_ZONE = ZoneInfo("Asia/Jerusalem")  # in whose wall-clock time a ban is recorded
RELAX = "HEMICYCLE_RELAX_PUBLICATION_BAN"


class Banned(Protocol):
    """Whatever knows an election's ban, in the electorate's own wall-clock time."""

    @property
    def publication_ban_start(self) -> datetime | None: ...
    @property
    def publication_ban_end(self) -> datetime | None: ...


def binds(election: Banned, now: date) -> bool:
    """Whether `now` lies in the ban: a datetime to the second, a day when any part of it does.

    A moment without a zone is the electorate's wall clock. The ban holds from its first moment up to, not including,
    its end; of an hour that comes twice it begins with the first and ends with the second.
    """
    start, end = election.publication_ban_start, election.publication_ban_end
    if start is None or end is None:
        return False
    if isinstance(now, datetime):
        moment = now if now.tzinfo else now.replace(tzinfo=TIME_ZONE)
        return _moment(start, fold=0) <= moment.astimezone(UTC) < _moment(end, fold=1)
    midnight = datetime.combine(now, time.min)
    return start < midnight + timedelta(days=1) and midnight < end


def _moment(wall_clock: datetime, fold: int) -> datetime:
    return wall_clock.replace(tzinfo=TIME_ZONE, fold=fold).astimezone(UTC)


def is_relaxed(environment: Mapping[str, str]) -> bool:
    """Whether counsel's setting says that the ban does not bind this newsroom."""
    return environment.get(RELAX, "").strip().lower() in ("1", "yes", "true", "on")


STALE_AFTER = timedelta(hours=36)
MOST_AHEAD = timedelta(hours=1)  # clocks of two machines differ, and a page's moment is rounded down to minutes


def is_ahead(moment: datetime, now: datetime) -> bool:
    """Whether a recorded moment lies in the future, so that the clock that wrote it, or this one, is wrong."""
    return moment > now + MOST_AHEAD


def age(as_of: date, now: datetime, checked_utc: str | None = None) -> timedelta | None:
    """How long ago a campaign was checked for its edition, never negative; `now` is the electorate's wall clock.

    Where no check is recorded, or one ahead of now, it is how long ago the as-of day ended, the least it can be; None
    where that day has not begun.
    """
    checked = datetime.fromisoformat(checked_utc) if checked_utc else None
    if checked and not is_ahead(checked, now):
        return max(now - checked, timedelta())
    if as_of > now.date():
        return None
    return max(now - datetime.combine(as_of + timedelta(days=1), time.min, now.tzinfo), timedelta())


def is_stale(as_of: date, now: datetime, checked_utc: str | None = None) -> bool:
    """Whether an edition of a live campaign is older than a desk may take it for today's, or of unknown age."""
    elapsed = age(as_of, now, checked_utc)
    return elapsed is None or elapsed > STALE_AFTER
