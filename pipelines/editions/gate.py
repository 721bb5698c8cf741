"""When something may be published, and how old what is served is, by the electorate's clock.

Between two moments before a vote nothing of a ban's kind is published for that election. It is judged by the moment it
is now, never by an edition's as-of day, and by the same function for the refresh and for every way out. A setting lets
counsel relax it; it is off unless someone turns it on.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

RELAX = "HEMICYCLE_RELAX_PUBLICATION_BAN"
YES = ("1", "yes", "true", "on")  # what an operator writes for it

Kind = Literal["poll", "exit_poll"]


class Ban(Protocol):
    """From `start` to `end`, wall clock of the electorate, nothing of a kind, or at all, is published."""

    @property
    def kind(self) -> Literal["poll", "exit_poll", "all"]: ...
    @property
    def start(self) -> datetime: ...
    @property
    def end(self) -> datetime: ...


class Calendar(Protocol):
    """Whatever knows an election's bans and the zone of its electorate."""

    @property
    def bans(self) -> Sequence[Ban]: ...
    @property
    def zone(self) -> ZoneInfo: ...


def may_publish(of: Calendar, kind: Kind, moment: date) -> bool:
    """Whether something of a kind may be published: at a moment to the second, on a day only where all of it is free.

    A moment without a zone is the electorate's wall clock. A ban holds from its first moment up to, not including,
    its end; of an hour that comes twice it begins with the first and ends with the second.
    """
    return binding(of, kind, moment) is None


def binding(of: Calendar, kind: Kind, moment: date) -> Ban | None:
    """The ban that forbids to publish something of a kind, if one does."""
    bans = (ban for ban in of.bans if ban.kind in (kind, "all"))
    return next((ban for ban in bans if _holds(ban, of.zone, moment)), None)


def _holds(ban: Ban, zone: ZoneInfo, moment: date) -> bool:
    if isinstance(moment, datetime):
        aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        return _in_utc(ban.start, zone, fold=0) <= aware.astimezone(UTC) < _in_utc(ban.end, zone, fold=1)
    midnight = datetime.combine(moment, time.min)
    return ban.start < midnight + timedelta(days=1) and midnight < ban.end


def _in_utc(wall_clock: datetime, zone: ZoneInfo, fold: int) -> datetime:
    return wall_clock.replace(tzinfo=zone, fold=fold).astimezone(UTC)


def is_relaxed(environment: Mapping[str, str]) -> bool:
    """Whether counsel's setting says that the ban does not bind this newsroom."""
    return environment.get(RELAX, "").strip().lower() in YES


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
