"""Which campaigns were left alone: live, and not looked at for longer than a desk may take a page for today's."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache

from dashboard.errors import DashboardError
from dashboard.moments import Clock
from dashboard.reader import Reader, Shelf, runs_of
from dashboard.settings import settings
from pipelines.editions import gate
from pipelines.editions.store import Edition
from pipelines.errors import EditionError

STEP_MINUTES = 5  # asked for by every request, answered anew this often


def stale(reader: Reader, clock: Clock) -> tuple[str, ...]:
    """The ids of the live campaigns on the shelf that were last checked too long ago, each by its own clock."""
    moments = []
    for electorate, _ in reader.electorates():
        now = clock.now(electorate.zone)
        since = timedelta(minutes=now.minute % STEP_MINUTES, seconds=now.second, microseconds=now.microsecond)
        moments.append((electorate.zone, now - since))
    return _stale(reader, reader.shelf(), tuple(sorted(set(moments))))


@lru_cache(maxsize=8)
def _stale(reader: Reader, shelf: Shelf, moments: tuple[tuple[str, datetime], ...]) -> tuple[str, ...]:
    now_in = dict(moments)
    return tuple(election for election, edition in shelf.current if _is_stale(reader, election, edition, now_in))


def _is_stale(reader: Reader, election: str, edition: str, now_in: Mapping[str, datetime]) -> bool:
    try:
        found = reader.edition(election, edition)
        projection, now = found.projection, now_in[found.reference.electorate.zone]
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
    is_frozen = not gate.may_publish(edition.reference, "poll", today) and not settings().is_ban_relaxed
    return (
        edition.projection.kind in ("live", "waiting") and today <= edition.projection.election_date and not is_frozen
    )
