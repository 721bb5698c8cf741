"""How old an edition is, by the electorate's clock; the same for `status`, for the page and for whoever watches."""

from datetime import date, datetime, time, timedelta

STALE_AFTER = timedelta(hours=36)


def age(as_of: date, now: date) -> timedelta:
    """How long ago the as-of day ended, never negative; a `now` that is a day and no moment is taken at its noon.

    `now` is the electorate's wall clock, as for the publication ban.
    """
    moment = now if isinstance(now, datetime) else datetime.combine(now, time(12))
    ended = datetime.combine(as_of + timedelta(days=1), time.min, moment.tzinfo)
    return max(moment - ended, timedelta())


def is_stale(as_of: date, now: date) -> bool:
    """Whether an edition of a live campaign is older than a desk may take it for today's."""
    return age(as_of, now) > STALE_AFTER
