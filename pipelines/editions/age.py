"""How old what is served is, by the electorate's clock; a moment that lies ahead of it counts as none."""

from datetime import date, datetime, time, timedelta

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
    found = age(as_of, now, checked_utc)
    return found is None or found > STALE_AFTER
