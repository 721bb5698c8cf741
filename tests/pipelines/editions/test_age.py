"""How old an edition is: from the end of its day, by the electorate's clock, over nights an hour longer or shorter."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pipelines.editions.age import age, is_stale

JERUSALEM = ZoneInfo("Asia/Jerusalem")


@pytest.mark.parametrize(
    ("now", "hours", "stale"),
    [
        (datetime(2026, 9, 10, 3, 30, tzinfo=JERUSALEM), 0, False),
        (datetime(2026, 9, 11, 3, 30, tzinfo=JERUSALEM), 3.5, False),
        (datetime(2026, 9, 12, 12, 0, tzinfo=JERUSALEM), 36, False),
        (datetime(2026, 9, 12, 12, 0, 1, tzinfo=JERUSALEM), 36, True),
        (datetime(2026, 9, 11, 23, 0, tzinfo=JERUSALEM), 23, False),
        (date(2026, 9, 12), 36, False),
        (date(2026, 9, 13), 60, True),
        (date(2026, 9, 1), 0, False),
    ],
)
def test_age_counts_from_the_end_of_the_as_of_day(now: date, hours: float, stale: bool) -> None:
    assert round(age(date(2026, 9, 10), now) / timedelta(hours=1), 2) == hours
    assert is_stale(date(2026, 9, 10), now) is stale


def test_the_clock_on_the_wall_is_what_a_desk_reads() -> None:
    """Summer time ends on 25 October 2026: noon of the next day but one is 36 hours later by the clock."""
    assert not is_stale(date(2026, 10, 23), datetime(2026, 10, 25, 12, 0, tzinfo=JERUSALEM))
    assert is_stale(date(2026, 10, 23), datetime(2026, 10, 25, 12, 1, tzinfo=JERUSALEM))
