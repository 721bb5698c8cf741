"""Ticks of a date axis in the reader's language."""

from datetime import date, timedelta

from dashboard.i18n import Translator

# Up to so many days: a tick every so many months (0: every week).
STEPS = ((45, 0), (210, 1), (430, 2), (800, 3), (1700, 6))


def ticks(start: date, end: date, t: Translator) -> tuple[list[str], list[str]]:
    """Places and texts: days for a short period, months for a long one, the year under January and the first."""
    length = (end - start).days
    months = next((step for days, step in STEPS if length <= days), 12)
    if months == 0:
        days = [start + timedelta(days=at) for at in range(0, length + 1, 7)]
        return [day.isoformat() for day in days], [t.day(day) for day in days]
    firsts = [day for day in _first_days(start, end) if (day.month - 1) % months == 0]
    texts = []
    for at, day in enumerate(firsts):
        has_year = at == 0 or day.month == 1 or day.year != firsts[at - 1].year
        texts.append(f"{t.month(day)}<br>{day.year}" if has_year else t.month(day))
    return [day.isoformat() for day in firsts], texts


def _first_days(start: date, end: date) -> list[date]:
    days = []
    for months in range(start.year * 12 + start.month - 1, end.year * 12 + end.month):
        day = date(months // 12, months % 12 + 1, 1)
        if start <= day <= end:
            days.append(day)
    return days
