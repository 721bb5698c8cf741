"""How old an edition is: since its last check, else since its day ended; by the electorate's clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pipelines.editions.age import age, is_stale

JERUSALEM = ZoneInfo("Asia/Jerusalem")
DAY = date(2026, 9, 10)


@pytest.mark.parametrize(
    ("now", "hours", "stale"),
    [
        (datetime(2026, 9, 10, 3, 30, tzinfo=JERUSALEM), 0, False),
        (datetime(2026, 9, 11, 3, 30, tzinfo=JERUSALEM), 3.5, False),
        (datetime(2026, 9, 12, 12, 0, tzinfo=JERUSALEM), 36, False),
        (datetime(2026, 9, 12, 12, 0, 1, tzinfo=JERUSALEM), 36, True),
    ],
)
def test_without_a_recorded_check_age_counts_from_the_end_of_the_as_of_day(
    now: datetime, hours: float, stale: bool
) -> None:
    assert round(age(DAY, now) / timedelta(hours=1), 2) == hours
    assert is_stale(DAY, now) is stale


def test_the_clock_on_the_wall_is_what_a_desk_reads() -> None:
    """Summer time ends on 25 October 2026: noon of the next day but one is 36 hours later by the clock."""
    assert not is_stale(date(2026, 10, 23), datetime(2026, 10, 25, 12, 0, tzinfo=JERUSALEM))
    assert is_stale(date(2026, 10, 23), datetime(2026, 10, 25, 12, 1, tzinfo=JERUSALEM))


def test_a_recorded_check_counts_to_the_hour_whatever_zone_it_is_written_in() -> None:
    """Checked at 03:30 in Jerusalem: a night that is missed shows the next afternoon."""
    checked = datetime(2026, 9, 10, 0, 30, tzinfo=UTC).isoformat()
    assert age(DAY, datetime(2026, 9, 11, 6, 0, tzinfo=JERUSALEM), checked) == timedelta(hours=26.5)
    assert not is_stale(DAY, datetime(2026, 9, 11, 15, 30, tzinfo=JERUSALEM), checked)
    assert is_stale(DAY, datetime(2026, 9, 11, 15, 31, tzinfo=JERUSALEM), checked)


@pytest.mark.xfail(strict=True, reason="A5: a check dated in the future makes old data fresh")
def test_a5_a_check_in_the_future_is_none() -> None:
    now = datetime(2026, 9, 20, 12, tzinfo=JERUSALEM)
    assert is_stale(DAY, now, datetime(2026, 10, 5, tzinfo=UTC).isoformat())
