"""The electorates' wall clock."""

from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Jerusalem")
