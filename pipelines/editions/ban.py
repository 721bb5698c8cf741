"""The publication ban: between two moments before a vote nothing new is published for that campaign.

It is judged by the moment it is now, never by an edition's as-of day, and by the same function for the refresh and
for whoever shows the frozen edition. A setting lets counsel relax it; it is off unless someone turns it on.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Protocol

RELAX = "HEMICYCLE_RELAX_PUBLICATION_BAN"


class Banned(Protocol):
    """Whatever knows an election's ban, in the electorate's own wall-clock time."""

    @property
    def publication_ban_start(self) -> datetime | None: ...
    @property
    def publication_ban_end(self) -> datetime | None: ...


def binds(election: Banned, now: date) -> bool:
    """Whether `now` lies in the ban: a datetime to the second, a day when any part of it does.

    `now` is the electorate's wall clock; the ban holds from its first moment up to, not including, its end.
    """
    start, end = election.publication_ban_start, election.publication_ban_end
    if start is None or end is None:
        return False
    if isinstance(now, datetime):
        return start <= now.replace(tzinfo=None) < end
    midnight = datetime.combine(now, time.min)
    return start < midnight + timedelta(days=1) and midnight < end


def is_relaxed(environment: Mapping[str, str]) -> bool:
    """Whether counsel's setting says that the ban does not bind this newsroom."""
    return environment.get(RELAX, "").strip().lower() in ("1", "yes", "true", "on")
