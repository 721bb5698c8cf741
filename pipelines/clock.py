"""Now and today, where the electorate lives; asked once at the edge and passed on as an argument."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

TIME_ZONE = ZoneInfo("Asia/Jerusalem")


def now() -> datetime:
    return datetime.now(TIME_ZONE)


def today() -> date:
    return now().date()


def now_utc() -> str:
    """This moment for a record, in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")
