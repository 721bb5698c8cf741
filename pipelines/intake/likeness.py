"""How alike two printed rows are: the same numbers, nearly the same, or another question.

`LEAST_SHARED`, `MOST_APART` and `MOST_MOVED` were set on the 69 rows of the all-polls table that no known poll agrees
with: of those with the same lists as a known poll of the same house, client and day, all eight move 2 to 8 seats, none
of them more than two a list (figures exchanged between neighbours, a later correction); where the lists differ too, 10
to 50 seats move, and a scenario of the survey mostly has these very numbers.
"""

from collections.abc import Callable, Mapping

from electoral.lists import ElectoralList
from electoral.polls import Poll, PollKind
from pipelines.intake.known import Known

LEAST_SHARED = 5  # lists that must agree before a row that lacks some is taken for a survey we know
MOST_APART = 2  # seats that two readings of one survey may differ in one list
MOST_MOVED = 8  # and in all lists together: four seats that went elsewhere

Look = Callable[[Poll, Poll, Known], bool]  # whether a printed row looks like a poll that is known


def seats_of(poll: Poll) -> dict[str, float]:
    return {value.list: value.seats for value in poll.values if value.seats}


def apart(one: Poll, other: Poll) -> dict[str, float]:
    """By list that differs, how many seats."""
    left, right = seats_of(one), seats_of(other)
    gaps = {name: abs(left.get(name, 0) - right.get(name, 0)) for name in left.keys() | right.keys()}
    return {name: gap for name, gap in gaps.items() if gap}


def is_one_client(one: Poll, other: Poll) -> bool:
    """For the same publisher, or for one that is not printed."""
    return one.publisher == other.publisher or None in (one.publisher, other.publisher)


def is_equal(poll: Poll, other: Poll, _: Known) -> bool:
    """Every number the same, and both a poll or both a scenario."""
    return other.kind is poll.kind and _has_same_numbers(poll, other)


def is_equal_of_any_kind(poll: Poll, other: Poll, known: Known) -> bool:
    """A source knows its own scenarios; what another calls so may be the first question."""
    is_exit = PollKind.EXIT_POLL in (poll.kind, other.kind)
    return not is_exit and other.id not in known.own and _has_same_numbers(poll, other)


def is_agreed(poll: Poll, other: Poll, known: Known) -> bool:
    """They agree, or one of them alone adds up and one number tells them apart: a misprint, not another question."""
    if other.kind is not poll.kind:
        return False
    total, theirs = sum(seats_of(poll).values()), sum(seats_of(other).values())
    if other.id in known.own:  # a source's own change is a correction, to be checked
        return total == theirs and _agree(poll, other, known.lists)
    if _agree(poll, other, known.lists):
        return True
    return len(apart(poll, other)) == 1 and total == known.house != theirs


def is_close(poll: Poll, other: Poll, _: Known) -> bool:
    """The same lists, and few seats apart."""
    gaps = apart(poll, other)
    is_small = all(gap <= MOST_APART for gap in gaps.values()) and sum(gaps.values()) <= MOST_MOVED
    return _is_ordinary(poll, other) and is_small and seats_of(poll).keys() == seats_of(other).keys()


def is_question(poll: Poll, other: Poll, _: Known) -> bool:
    """A question of the survey that one firm did for one client."""
    return _is_ordinary(poll, other) and poll.publisher == other.publisher is not None


def _is_ordinary(poll: Poll, other: Poll) -> bool:
    return poll.kind is other.kind is PollKind.POLL and poll.pollster is not None


def _has_same_numbers(one: Poll, other: Poll) -> bool:
    return len(seats_of(one)) >= LEAST_SHARED and not apart(one, other)


def _agree(one: Poll, other: Poll, lists: Mapping[str, ElectoralList]) -> bool:
    """Whether two readings can be of one survey: value by value, a list printed whole there and in parts here, or, of
    an ordinary poll, one of them without some lists that the other has."""
    left, right = seats_of(one), seats_of(other)
    mine = {name: seats for name, seats in left.items() if right.get(name) != seats}
    theirs = {name: seats for name, seats in right.items() if left.get(name) != seats}
    if not mine and not theirs:
        return bool(left)
    if mine and theirs:
        is_split = mine.keys().isdisjoint(theirs) and _members(mine, lists) == _members(theirs, lists)
        return is_split and sum(mine.values()) == sum(theirs.values())
    lacking, extra = (one, theirs) if theirs else (other, mine)
    is_ordinary = one.kind is PollKind.POLL
    shared = len(left.keys() & right.keys())
    return is_ordinary and shared >= LEAST_SHARED and not extra.keys() & {value.list for value in lacking.values}


def _members(seats: Mapping[str, float], lists: Mapping[str, ElectoralList]) -> frozenset[str]:
    return frozenset().union(*(lists[name].members or {name} for name in seats))
