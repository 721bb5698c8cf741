"""Which poll of the ledger a printed row is: the same survey again, a corrected one, or one nobody had.

The same survey: house, publisher, kind, last day (one day apart between sources) and every printed value agree. Rows
of one house on one day with other numbers or another client stay two.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from electoral.lists import ElectoralList
from electoral.polls import Poll, PollKind
from pipelines.ledger.readings import Reading

LEAST_SHARED = 5  # lists that must agree before a row that lacks some is taken for a survey we know
MOST_CHANGED = 3  # lists a corrected scenario may differ in; past that it is another question


class Fate(StrEnum):
    """What a row is beside what the ledger knows."""

    KNOWN = "known"
    CHANGED = "changed"
    NEW = "new"
    REPEAT = "repeat"


@dataclass(frozen=True, slots=True)
class Match:
    """A printed row's place in the ledger: the id of its poll there."""

    fate: Fate
    poll: str


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger knows of a campaign when a page of `source` comes in; `house` is the seats a poll adds up to."""

    source: str
    polls: Mapping[str, Poll]
    readings: Sequence[Reading]
    ids: frozenset[str]
    lists: Mapping[str, ElectoralList]
    same: Mapping[str, str]  # rulings: this poll is that one
    house: int
    own: frozenset[str]  # polls that this source, or what ships of it, has spoken of


def match_all(polls: Sequence[Poll], known: Known) -> list[Match]:
    """A match for each poll of one page, in order; each poll of the ledger is claimed once."""
    by_house: dict[object, list[Poll]] = {}
    for poll in known.polls.values():
        by_house.setdefault((poll.kind, poll.pollster), []).append(poll)
    claimed: dict[str, Poll] = {}
    found: dict[int, Match] = {}
    # Of one day first, a day apart next, and last what a ruling unites: no row takes the poll of another.
    for look in (_of_one_day, _a_day_apart, _ruled):
        for at, poll in enumerate(polls):
            if at in found:
                continue
            if match := look(poll, by_house.get((poll.kind, poll.pollster), []), claimed, known):
                found[at] = match
                if match.fate is Fate.KNOWN:
                    claimed[match.poll] = poll
    own = {one.printed: one.poll.id for one in known.readings if one.source == known.source}
    shipped = {one.poll.id: one for one in known.readings if one.is_shipped and one.family == known.source}
    printed = {_row(poll): name for name, poll in claimed.items()}
    for at, poll in enumerate(polls):
        if at not in found:
            found[at] = _changed_or_new(poll, own, shipped, claimed, printed, known)
            if found[at].fate is not Fate.REPEAT:
                claimed[found[at].poll] = poll
                printed.setdefault(_row(poll), found[at].poll)
    return [found[at] for at in range(len(polls))]


def _ruling(poll: Poll, known: Known) -> str | None:
    """The poll that a ruling says this one is."""
    ruled = known.same.get(poll.id) or known.same.get(f"{poll.id}-{known.source}")
    return ruled if ruled and ruled in known.polls else None


def _ruled(poll: Poll, _: Sequence[Poll], claimed: Mapping[str, Poll], known: Known) -> Match | None:
    ruled = _ruling(poll, known)
    if ruled is None:
        return None
    return Match(Fate.REPEAT if ruled in claimed else Fate.KNOWN, ruled)


def _of_one_day(poll: Poll, candidates: Sequence[Poll], claimed: Mapping[str, Poll], known: Known) -> Match | None:
    end = poll.fieldwork.end
    return _same(poll, [one for one in candidates if one.fieldwork.end == end], claimed, known)


def _a_day_apart(poll: Poll, candidates: Sequence[Poll], claimed: Mapping[str, Poll], known: Known) -> Match | None:
    end = poll.fieldwork.end
    return _same(poll, [one for one in candidates if one.fieldwork.end != end], claimed, known)


def _same(poll: Poll, candidates: Sequence[Poll], claimed: Mapping[str, Poll], known: Known) -> Match | None:
    if _ruling(poll, known):
        return None
    near = [one for one in candidates if _is_near(poll, one) and _is_one_survey(poll, one, known)]
    near.sort(key=lambda one: (one.id != poll.id, one.id))
    for one in near:
        if one.id not in claimed:
            return Match(Fate.KNOWN, one.id)
    for one in near:
        if claimed[one.id].fieldwork.end == poll.fieldwork.end:
            return Match(Fate.REPEAT, one.id)
    return None


def _is_one_survey(poll: Poll, other: Poll, known: Known) -> bool:
    """They agree, or one of them alone adds up and one number tells them apart: a misprint, not another question."""
    if agree(poll, other, known.lists):
        return True
    if other.id in known.own:
        return False  # a source's own change is a correction, to be checked
    one, two = _seats(poll), _seats(other)
    apart = sum(one.get(name) != two.get(name) for name in one.keys() | two.keys())
    return apart == 1 and sum(one.values()) == known.house != sum(two.values())


def _is_near(one: Poll, other: Poll) -> bool:
    if abs(one.fieldwork.end - other.fieldwork.end) > timedelta(days=1):
        return False
    return one.publisher == other.publisher or None in (one.publisher, other.publisher)


def _changed_or_new(
    poll: Poll,
    own: Mapping[str, str],
    shipped: Mapping[str, Reading],
    claimed: Mapping[str, Poll],
    printed: Mapping[object, str],
    known: Known,
) -> Match:
    before = own.get(poll.id)
    if before and before not in claimed:
        return Match(Fate.CHANGED, before)
    if poll.id in shipped and poll.id not in claimed and _is_correction(poll, shipped[poll.id].poll):
        return Match(Fate.CHANGED, poll.id)
    if twin := printed.get(_row(poll)):
        return Match(Fate.REPEAT, twin)
    number, name = 2, poll.id
    if name in known.ids or name in claimed:
        name = f"{poll.id}-{known.source}"
    while name in known.ids or name in claimed:
        name, number = f"{poll.id}-{known.source}-{number}", number + 1
    return Match(Fate.NEW, name)


def _row(poll: Poll) -> object:
    """What makes two rows of a page one row printed twice."""
    return poll.kind, poll.pollster, poll.publisher, poll.fieldwork.end, poll.values


def _is_correction(poll: Poll, before: Poll) -> bool:
    if poll.kind is PollKind.POLL:
        return True
    now, then = _seats(poll), _seats(before)
    return sum(now.get(name) != then.get(name) for name in now.keys() | then.keys()) <= MOST_CHANGED


def agree(one: Poll, other: Poll, lists: Mapping[str, ElectoralList]) -> bool:
    """Whether two readings can be of one survey: value by value, a list printed whole there and in parts here, or, of
    an ordinary poll, one of them without some lists that the other has."""
    left, right = _seats(one), _seats(other)
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


def _seats(poll: Poll) -> dict[str, float]:
    return {value.list: value.seats for value in poll.values if value.seats}


def _members(seats: Mapping[str, float], lists: Mapping[str, ElectoralList]) -> frozenset[str]:
    return frozenset().union(*(lists[name].members or {name} for name in seats))
