"""Today, where the electorate lives; asked once at the edge and passed on as an argument."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

TIME_ZONE = ZoneInfo("Asia/Jerusalem")


def today() -> date:
    return datetime.now(TIME_ZONE).date()
