"""How old what is served is, by the electorate's clock."""

from datetime import date, datetime, time, timedelta

STALE_AFTER = timedelta(hours=36)


def age(as_of: date, now: datetime, checked_utc: str | None = None) -> timedelta:
    """How long ago a campaign was checked for its edition, never negative; `now` is the electorate's wall clock.

    Where no check is recorded it is how long ago the as-of day ended, the least it can be.
    """
    ended = datetime.combine(as_of + timedelta(days=1), time.min, now.tzinfo)
    return max(now - (datetime.fromisoformat(checked_utc) if checked_utc else ended), timedelta())


def is_stale(as_of: date, now: datetime, checked_utc: str | None = None) -> bool:
    """Whether an edition of a live campaign is older than a desk may take it for today's."""
    return age(as_of, now, checked_utc) > STALE_AFTER
