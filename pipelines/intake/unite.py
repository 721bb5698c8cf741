"""Which poll of the ledger a printed row is: the same survey again, a corrected one, or one nobody had.

A firm asks once for a client on a day, unless one source prints two. So a row that another source has is found, in
this order, by its numbers: all the same (also where one calls a scenario what the other does not), the same as far as
both go, all the same two days apart, or a few seats apart. What is left beside a known survey with other lists is
another question of it: a scenario, so that the survey counts once. A person's ruling goes before all of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import partial

from electoral.polls import Poll, PollKind
from pipelines.intake.known import Known
from pipelines.intake.likeness import (
    Look,
    apart,
    is_agreed,
    is_close,
    is_equal,
    is_equal_of_any_kind,
    is_one_client,
    is_question,
)
from pipelines.ledger.readings import Reading

__all__ = ["Fate", "Known", "Match", "match_all"]

MOST_CHANGED = 3  # lists a corrected scenario may differ in; past that it is another question


class Fate(StrEnum):
    """What a row is beside what the ledger knows."""

    KNOWN = "known"
    CHANGED = "changed"
    NEW = "new"
    REPEAT = "repeat"


@dataclass(frozen=True, slots=True)
class Match:
    """A printed row's place in the ledger: the id and kind of its poll there, and the survey it is a question of."""

    fate: Fate
    poll: str
    kind: PollKind
    beside: str | None = None


@dataclass(slots=True)
class _Claims:
    """The polls of the ledger that rows of this page are, each claimed by one row."""

    known: Known
    by_day: dict[tuple[str | None, date], list[Poll]]
    own: dict[str, Reading]  # what this source said before, by the id it prints
    claimed: dict[str, Poll] = field(default_factory=dict)
    found: dict[int, Match] = field(default_factory=dict)
    rows: dict[object, str] = field(default_factory=dict)  # word for word, the poll a row of this page is

    def house(self, poll: Poll, days: int) -> list[Poll]:
        """A house's polls at most so many days apart."""
        around = (poll.fieldwork.end + timedelta(days=step) for step in range(-days, days + 1))
        return [one for day in around for one in self.by_day.get((poll.pollster, day), ())]

    def near(self, poll: Poll, look: Look, days: int) -> list[Poll]:
        """What a row can be: a house's polls for no other client, at most so many days apart, that look alike."""
        found = [one for one in self.house(poll, days) if is_one_client(poll, one) and look(poll, one, self.known)]
        found = [one for one in found if not self.known.is_apart(poll, one)]
        if days:
            found = [one for one in found if one.id not in self.known.elsewhere]
        return sorted(found, key=lambda one: (one.id != poll.id, one.id))

    def only(self, poll: Poll, look: Look, days: int) -> Poll | None:
        """The one poll of other sources that a row can be and no row is yet."""
        found = self.near(poll, look, days)
        free = [one for one in found if one.id not in self.known.own and one.id not in self.claimed]
        return free[0] if len(free) == 1 else None

    def take(self, at: int, poll: Poll, match: Match) -> None:
        self.found[at] = match
        if match.fate is not Fate.REPEAT:
            self.claimed[match.poll] = poll
            self.rows.setdefault(_row(poll), match.poll)


def match_all(polls: Sequence[Poll], known: Known) -> list[Match]:
    """A match for each poll of one page, in order; each poll of the ledger is claimed once."""
    by_day: dict[tuple[str | None, date], list[Poll]] = {}
    for poll in known.polls.values():
        by_day.setdefault((poll.pollster, poll.fieldwork.end), []).append(poll)
    own = {one.printed: one for one in known.readings if one.source == known.source}
    claims = _Claims(known, by_day, own)
    # The surest first, and of one day before a day apart: no row takes the poll of another.
    sure = [(look, days) for days in (0, 1) for look in (is_equal, is_equal_of_any_kind, is_agreed)]
    steps: list[Callable[[Poll, _Claims], Match | None]] = [
        _said_before,
        *(partial(_known, look=look, days=days) for look, days in sure),
        *(partial(_repeated, look=look, days=days) for look, days in sure),
        _ruled,
        # What a ruling names may be another row of this page: then this one is what its numbers say.
        *(partial(_known, look=look, days=days, is_ruled=True) for look, days in sure),
        *(partial(_other_word, look=look, days=days) for look, days in ((is_equal, 2), (is_close, 0), (is_close, 1))),
        _changed_or_new,
    ]
    # Most rows of a new page have nobody near: they are new, whatever is asked of them.
    some = [(at, poll) for at, poll in enumerate(polls) if claims.house(poll, 2) or known.ruling(poll)]
    for step in steps:
        for at, poll in enumerate(polls) if step is _changed_or_new else some:
            if at not in claims.found and (match := step(poll, claims)):
                claims.take(at, poll, match)
    return [claims.found[at] for at in range(len(polls))]


def _said_before(poll: Poll, claims: _Claims) -> Match | None:
    """A row as this source printed it before: what it was found to be then, it still is."""
    said, known = claims.own.get(poll.id), claims.known
    if said is None or said.poll.values != poll.values or said.poll.id in claims.claimed:
        return None
    is_judged = known.ruling(poll) or known.is_apart(poll, said.poll)
    return None if is_judged else Match(Fate.KNOWN, said.poll.id, said.poll.kind)


def _known(poll: Poll, claims: _Claims, look: Look, days: int, *, is_ruled: bool = False) -> Match | None:
    """The poll that a row says again."""
    if claims.known.ruling(poll) and not is_ruled:
        return None
    free = [one for one in claims.near(poll, look, days) if one.id not in claims.claimed]
    return Match(Fate.KNOWN, free[0].id, free[0].kind) if free else None


def _repeated(poll: Poll, claims: _Claims, look: Look, days: int) -> Match | None:
    """What another row of this page and day has said already."""
    for one in [] if claims.known.ruling(poll) else claims.near(poll, look, days):
        row = claims.claimed.get(one.id)
        if row and row.fieldwork.end == poll.fieldwork.end and row.kind is poll.kind:
            return Match(Fate.REPEAT, one.id, one.kind)
    return None


def _ruled(poll: Poll, claims: _Claims) -> Match | None:
    """What a person says it is; numbers that the ledger does not hold yet are checked."""
    ruled = claims.known.ruling(poll)
    if ruled is None:
        return None
    target = claims.known.polls[ruled]
    if ruled in claims.claimed:
        return None if apart(poll, target) else Match(Fate.REPEAT, ruled, target.kind)
    return Match(Fate.CHANGED if apart(poll, target) else Fate.KNOWN, ruled, target.kind)


def _other_word(poll: Poll, claims: _Claims, look: Look, days: int) -> Match | None:
    """Another source's word on a poll, a little apart; its numbers are new, so they are checked."""
    one = None if poll.id in claims.own else claims.only(poll, look, days)
    return Match(Fate.CHANGED, one.id, one.kind) if one else None


def _changed_or_new(poll: Poll, claims: _Claims) -> Match:
    """What is left, row by row, so that a row printed twice finds the first."""
    changed = _changed_here(poll, claims) or _changed_shipped(poll, claims)
    twin = claims.rows.get(_row(poll))
    return changed or (Match(Fate.REPEAT, twin, poll.kind) if twin else _new(poll, claims))


def _changed_here(poll: Poll, claims: _Claims) -> Match | None:
    """A row where this source had another before."""
    said, known = claims.own.get(poll.id), claims.known
    if said is None or said.poll.id in claims.claimed:
        return None
    stands = known.polls.get(said.poll.id)
    if stands and known.is_apart(poll, stands):
        return None
    return Match(Fate.CHANGED, said.poll.id, stands.kind if stands else poll.kind)


def _changed_shipped(poll: Poll, claims: _Claims) -> Match | None:
    """A row that corrects what ships of this source."""
    known = claims.known
    if poll.id in claims.claimed or poll.id not in known.shipped:
        return None
    return Match(Fate.CHANGED, poll.id, poll.kind) if _is_correction(poll, known.shipped[poll.id]) else None


def _new(poll: Poll, claims: _Claims) -> Match:
    """A poll nobody had, or another question of the one survey of that day that another source has."""
    near = [] if poll.id in claims.own else claims.near(poll, is_question, 0) or claims.near(poll, is_question, 1)
    asked = near[0] if len(near) == 1 and claims.only(poll, is_question, 1) else None
    kind = PollKind.SCENARIO if asked else poll.kind
    return Match(Fate.NEW, _new_name(poll, kind, claims), kind, asked.id if asked else None)


def _new_name(poll: Poll, kind: PollKind, claims: _Claims) -> str:
    ids, claimed = claims.known.ids, claims.claimed
    first = poll.id if kind is poll.kind else f"{poll.id}-{kind}"
    number, name = 2, first
    if name in ids or name in claimed:
        name = f"{first}-{claims.known.source}"
    while name in ids or name in claimed:
        name, number = f"{first}-{claims.known.source}-{number}", number + 1
    return name


def _row(poll: Poll) -> object:
    """What makes two rows of a page one row printed twice."""
    return poll.kind, poll.pollster, poll.publisher, poll.fieldwork.end, poll.values


def _is_correction(poll: Poll, before: Poll) -> bool:
    return poll.kind is PollKind.POLL or len(apart(poll, before)) <= MOST_CHANGED
