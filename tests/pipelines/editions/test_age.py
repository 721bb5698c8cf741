"""How old an edition is: since its last check, else since its day ended; by the electorate's clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pipelines.editions.gate import age, is_stale
from pipelines.editions.records import SourceRun

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


@pytest.mark.parametrize(
    ("ahead", "is_one"),
    [(timedelta(hours=1), True), (timedelta(hours=1, seconds=1), False), (timedelta(days=15), False)],
)
def test_a5_a_check_that_lies_ahead_is_none(ahead: timedelta, is_one: bool) -> None:
    """But for the hour by which two machines' clocks may differ."""
    now = datetime(2026, 9, 20, 12, tzinfo=JERUSALEM)
    checked = (now + ahead).astimezone(UTC).isoformat()
    assert is_stale(DAY, now, checked) is not is_one
    assert age(DAY, now, checked) == (timedelta() if is_one else timedelta(days=9, hours=12))


def test_a5_an_as_of_day_that_lies_ahead_is_of_unknown_age() -> None:
    now = datetime(2026, 9, 9, 23, 59, tzinfo=JERUSALEM)
    assert age(DAY, now) is None
    assert is_stale(DAY, now)
    assert age(DAY, now, (now - timedelta(hours=1)).isoformat()) == timedelta(hours=1)
    assert age(DAY, now + timedelta(minutes=1)) == timedelta()


@pytest.mark.parametrize(
    ("success", "hours"),
    [
        (None, None),
        ("2026-09-10T10:00:00+00:00", 2.0),
        ("2026-09-10T12:30:00+00:00", 0.0),
        ("2027-01-01T00:00:00+00:00", None),
    ],
)
def test_a5_a_source_that_answered_ahead_of_now_has_not_answered(success: str | None, hours: float | None) -> None:
    run = SourceRun(
        source="wikipedia",
        election="e",
        last_success_utc=success,
        last_change_utc=None,
        last_error_utc=None,
        last_error=None,
    )
    assert run.age_hours(datetime(2026, 9, 10, 12, tzinfo=UTC)) == hours
