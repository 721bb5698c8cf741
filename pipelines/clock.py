"""This moment; asked once at the edge and passed on as an argument. What day it is, is the electorate's to say."""

from datetime import UTC, datetime


def now() -> datetime:
    """This moment, with its zone."""
    return datetime.now(UTC)


def now_utc() -> str:
    """This moment for a record, in UTC."""
    return now().isoformat(timespec="seconds")
