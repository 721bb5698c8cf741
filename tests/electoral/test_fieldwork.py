"""Respondents that waves of one tracker share count once."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from electoral.fieldwork import overlapping_waves, own_respondents
from electoral.polls import Fieldwork, Poll, PollKind

FIRST = date(2026, 9, 1)


def wave(name: str, start: int | None, end: int, publisher: str = "channel-14", kind: PollKind = PollKind.POLL) -> Poll:
    first = None if start is None else FIRST + timedelta(days=start)
    fieldwork = Fieldwork(first, FIRST + timedelta(days=end))
    return Poll(name, "e", kind, "firm", publisher, fieldwork, None, 600, (), "test")


def test_two_waves_that_share_half_their_days_count_three_quarters_each() -> None:
    polls = [wave("a", 0, 3), wave("b", 2, 5)]
    assert own_respondents(polls) == {"a": 0.75, "b": 0.75}
    assert overlapping_waves(polls) == {"a": ("b",), "b": ("a",)}


@pytest.mark.parametrize(
    "other",
    [
        wave("b", 4, 7),  # the day after
        wave("b", None, 3),  # its start is not printed
        wave("b", 2, 5, publisher="kan-11"),  # another client's survey
        wave("b", 2, 5, kind=PollKind.SCENARIO),
        wave("b", 0, 3),  # the very same days: two surveys, not two waves
        wave("b", 5, 2),  # no window
        wave("b", 0, 200),  # a panel's year, not a wave
    ],
)
def test_what_is_no_overlapping_wave_counts_whole(other: Poll) -> None:
    polls = [wave("a", 0, 3), other]
    assert own_respondents(polls) == {}
    assert overlapping_waves(polls) == {}


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 9)), min_size=1, max_size=8, unique=True))
def test_the_respondents_of_a_tracker_add_to_its_days(windows: list[tuple[int, int]]) -> None:
    """A tracker that asks 100 a day has asked 100 for each day it was in the field, however its waves overlap."""
    polls = [wave(str(number), start, start + length) for number, (start, length) in enumerate(windows)]
    parts = own_respondents(polls)
    counted = sum((length + 1) * 100 * parts.get(str(number), 1.0) for number, (_, length) in enumerate(windows))
    days = {start + step for start, length in windows for step in range(length + 1)}
    assert counted == pytest.approx(100 * len(days))


def test_a_guessed_period_ends_with_publication_at_the_latest_and_a_printed_one_as_printed() -> None:
    end, published = date(2012, 10, 31), date(2012, 10, 19)
    assert Fieldwork(None, end, is_guessed=True).last_day(published) == published
    assert Fieldwork(None, end, is_guessed=True).last_day(None) == end
    assert Fieldwork(None, published, is_guessed=True).last_day(end) == published
    assert Fieldwork(None, end).last_day(published) == end
