"""The day a poll is known from."""

from datetime import date, timedelta

import pytest

from electoral.polls import Fieldwork, Poll, PollKind

END = date(2026, 9, 10)


def day(after: int | None) -> date | None:
    return None if after is None else END + timedelta(days=after)


def poll(published: int | None = None, seen: int | None = None, kind: PollKind = PollKind.POLL) -> Poll:
    """Days are counted from the end of its fieldwork."""
    return Poll(
        "p", "e", kind, "firm", None, Fieldwork(None, END), day(published), 600, (), "test", seen_date=day(seen)
    )


@pytest.mark.parametrize(
    ("one", "known"),
    [
        (poll(published=4), 4),
        (poll(published=0), 0),
        (poll(published=4, seen=1), 4),  # what is printed is not second-guessed
        (poll(), 2),  # the usual lag
        (poll(seen=1), 1),  # in hand sooner
        (poll(seen=2), 2),
        (poll(seen=3), 2),
        (poll(seen=-5), 0),  # nobody knows a poll before it was asked
        (poll(kind=PollKind.SCENARIO), 2),
        (poll(kind=PollKind.EXIT_POLL), 0),
        (poll(seen=1, kind=PollKind.EXIT_POLL), 0),
        (poll(published=1, kind=PollKind.EXIT_POLL), 1),
    ],
)
def test_known_from(one: Poll, known: int) -> None:
    assert one.known_from(lag_days=2) == day(known)


def test_unpublished_it_is_known_from_its_end_to_the_usual_lag() -> None:
    for lag in range(5):
        assert poll().known_from(lag) == day(lag)
        known = [(poll(seen=seen).known_from(lag) - END).days for seen in range(-3, 8)]
        assert known == sorted(known)
        assert (known[0], known[-1]) == (0, lag)
