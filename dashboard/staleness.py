"""Which campaigns were left alone: live, and not looked at for longer than a desk may take a page for today's."""

import os
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from dashboard.errors import DashboardError
from dashboard.moments import ZONE
from dashboard.reader import Reader, Shelf, runs_of
from pipelines.editions import gate
from pipelines.editions.errors import EditionError
from pipelines.editions.store import Edition

STEP_MINUTES = 5  # asked for by every request, answered anew this often


def stale(reader: Reader, today: date) -> tuple[str, ...]:
    """The ids of the live campaigns on the shelf that were last checked too long ago.

    A day that was given as `today` is taken at noon, as `status` takes it; on the clock's own day it is now.
    """
    now = datetime.now(ZONE)
    if now.date() != today:
        now = datetime.combine(today, time(12), ZONE)
    since = timedelta(minutes=now.minute % STEP_MINUTES, seconds=now.second, microseconds=now.microsecond)
    return _stale(reader, reader.shelf(), now - since)


@lru_cache(maxsize=8)
def _stale(reader: Reader, shelf: Shelf, now: datetime) -> tuple[str, ...]:
    return tuple(election for election, edition in shelf.current if _is_stale(reader, election, edition, now))


def _is_stale(reader: Reader, election: str, edition: str, now: datetime) -> bool:
    try:
        found = reader.edition(election, edition)
        projection = found.projection
    except (EditionError, DashboardError):  # it cannot be shown, whatever its age; or it went this moment
        return False
    if not _is_awaited(found, now.date()):
        return False
    runs = runs_of(found)
    run = runs.campaign(election) if runs else None
    checked = run.checked_utc if run and run.edition == edition else None
    return gate.is_stale(projection.as_of, now, checked)


def _is_awaited(edition: Edition, today: date) -> bool:
    """Whether a newer edition could be there: before the vote, and not while the law forbids one."""
    is_frozen = not gate.may_publish(edition.reference, "poll", today) and not gate.is_relaxed(os.environ)
    return edition.projection.kind == "live" and today <= edition.projection.election_date and not is_frozen
