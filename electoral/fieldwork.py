"""Fieldwork that polls share: a tracker whose windows overlap asks the same respondents again."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from electoral.polls import Poll, PollKind

MOST_DAYS = 60  # in the field; a longer window is a panel's or a misprint, and shares nothing


def overlapping_waves(polls: Iterable[Poll]) -> dict[str, tuple[str, ...]]:
    """By poll, the other polls of its tracker with which it shares days; polls that share none are left out.

    A tracker is one firm's ordinary polls for one publisher, with both days of fieldwork printed. Two polls with the
    very same window are two surveys of those days, not waves.
    """
    waves: dict[str, tuple[str, ...]] = {}
    for tracker in _trackers(polls):
        for poll in tracker:
            shared = tuple(other.id for other in tracker if _share_days(poll, other))
            if shared:
                waves[poll.id] = shared
    return waves


def own_respondents(polls: Iterable[Poll]) -> dict[str, float]:
    """By poll of a tracker, the part of its sample (0-1) that it counts, so that shared respondents count once.

    Respondents are spread evenly over a window's days; each day's are divided among the waves that were in the field.
    """
    parts: dict[str, float] = {}
    for tracker in _trackers(polls):
        windows: Mapping[tuple[date, date], list[Poll]] = _by_window(tracker)
        waves = Counter(day for window in windows for day in _days(*window))
        for window, members in windows.items():
            days = list(_days(*window))
            part = sum(1 / waves[day] for day in days) / len(days)
            if part < 1:
                parts |= {poll.id: part for poll in members}
    return parts


def _trackers(polls: Iterable[Poll]) -> Iterator[list[Poll]]:
    trackers: dict[tuple[str, str | None], list[Poll]] = {}
    for poll in polls:
        start, end = poll.fieldwork.start, poll.fieldwork.end
        if poll.kind is PollKind.POLL and poll.pollster and start and start <= end < start + timedelta(MOST_DAYS):
            trackers.setdefault((poll.pollster, poll.publisher), []).append(poll)
    yield from trackers.values()


def _by_window(tracker: Iterable[Poll]) -> dict[tuple[date, date], list[Poll]]:
    windows: dict[tuple[date, date], list[Poll]] = {}
    for poll in tracker:
        windows.setdefault((poll.fieldwork.start or poll.fieldwork.end, poll.fieldwork.end), []).append(poll)
    return windows


def _days(start: date, end: date) -> Iterator[date]:
    return (start + timedelta(days=step) for step in range((end - start).days + 1))


def _share_days(one: Poll, other: Poll) -> bool:
    first, second = one.fieldwork, other.fieldwork
    if first == second or first.start is None or second.start is None:
        return False
    return first.start <= second.end and second.start <= first.end
