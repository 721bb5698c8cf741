"""Record linkage: which poll of the ledger a printed row is; the same survey, a corrected one, or one nobody had.

A firm asks once for a client on a day, unless one source prints two. So a row is linked, in this order: as its source
printed it before; by its numbers (all the same, also where one source calls a scenario what the other does not; the
same as far as both go); all the same with the day of publication in place of the last day of fieldwork; a few seats
apart. A firm or outlet that is blank or misspelt on one side is no difference where every number is the same, or where
the other name is and a few seats moved on one day; a row with a poll's own names goes before it. What is left beside a
poll of the same source that no other row is, is that poll corrected; beside another source's survey with other lists it
is another question of it: a scenario, so that the survey counts once. A person's ruling goes before all.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import partial

from electoral.polls import Poll, PollKind
from pipelines.ingest.readings import SourceReading, same_numbers
from pipelines.ingest.similarity import (
    LARGEST_PUBLICATION_LAG_DAYS,
    LARGEST_UNEXPLAINED_DAYS,
    SPELT_OTHERWISE,
    LinkageContext,
    Similarity,
    are_days_of_one_survey,
    gaps,
    has_other_respondents,
    is_agreed,
    is_close,
    is_close_by_name,
    is_equal,
    is_equal_of_any_kind,
    is_misspelt,
    is_one_client,
    is_one_house,
    is_ordinary_again,
    is_question,
    is_told_apart,
    may_be_spelt_otherwise,
)

MOST_CHANGED_LISTS = 3  # a corrected scenario may differ in; past that it is another question


LIKE: tuple[Similarity, ...] = (is_equal, is_agreed, is_close)
WEAK: tuple[tuple[Similarity, int], ...] = (
    (is_equal, LARGEST_PUBLICATION_LAG_DAYS),
    (is_agreed, LARGEST_PUBLICATION_LAG_DAYS),
    (is_close, 0),
    (is_close, 1),
)


class MatchKind(StrEnum):
    """What a row is beside what the ledger has."""

    KNOWN = "known"
    CHANGED = "changed"
    NEW = "new"
    REPEAT = "repeat"


@dataclass(frozen=True, slots=True)
class Match:
    """A printed row's place in the ledger: the id and kind of its poll there, and the survey it is a question of."""

    kind: MatchKind
    poll: str
    poll_kind: PollKind
    question_of: str | None = None


Candidate = tuple[Poll, bool]  # a poll of the ledger, and whether its firm or outlet is spelt otherwise, or blank


@dataclass(slots=True)
class _Links:
    """The matches of one page so far; each poll of the ledger is claimed by one row."""

    context: LinkageContext
    by_day: dict[date, list[Poll]]
    by_publication: dict[date, list[Poll]]
    own_readings: dict[str, SourceReading]  # this source's latest, by the id it prints
    uncorrected_by_day: dict[date, list[Poll]]
    claimed: dict[str, Poll] = field(default_factory=dict)
    matches: dict[int, Match] = field(default_factory=dict)
    rows: dict[object, str] = field(default_factory=dict)  # to the letter, the poll a row of this page is
    claimed_by_day: dict[date, list[str]] = field(default_factory=dict)
    own_names: dict[str, set[int]] = field(default_factory=dict)  # by poll, the rows that may be it under its own names
    _candidates: dict[int, list[Candidate]] = field(default_factory=dict)

    def candidates(self, poll: Poll) -> list[Candidate]:
        """The ledger's polls that a row can be by firm, client and day, the likeliest first."""
        if id(poll) not in self._candidates:
            span = range(-LARGEST_UNEXPLAINED_DAYS, LARGEST_UNEXPLAINED_DAYS + 1)
            around = [other for days in span for other in self.by_day.get(poll.fieldwork.end + timedelta(days), ())]
            around += self.by_publication.get(poll.fieldwork.end, ())
            around += self.by_day.get(poll.published_date, ()) if poll.published_date else ()
            fitting = [
                (other, spelt)
                for other in {other.id: other for other in around}.values()
                if (spelt := self._is_spelt_otherwise(poll, other)) is not None
            ]
            fitting.sort(key=lambda one: (one[0].id != poll.id, not is_one_house(poll, one[0]), one[0].id))
            self._candidates[id(poll)] = fitting
        return self._candidates[id(poll)]

    def is_spoken_of(self, poll: Poll) -> bool:
        """Whether a row may be a poll that is nowhere near it: as ruled, as printed before, or before a correction."""
        is_known = poll.id in self.own_readings or poll.fieldwork.end in self.uncorrected_by_day
        return is_known or self.context.ruling(poll) is not None

    def near(self, poll: Poll, similarity: Similarity, days: int) -> list[Poll]:
        """What a row can be: a house's polls for no other client, at most so many days apart, that look alike."""
        if_spelt_otherwise = SPELT_OTHERWISE.get(similarity)
        return [
            other
            for other, is_spelt_otherwise in self.candidates(poll)
            if abs((poll.fieldwork.end - other.fieldwork.end).days) <= days
            and (look := if_spelt_otherwise if is_spelt_otherwise else similarity)
            and look(poll, other, self.context)
        ]

    def _is_spelt_otherwise(self, poll: Poll, other: Poll) -> bool | None:
        """Whether a row has another firm or outlet than a poll it can be; None where it cannot be that poll at all.

        Evidence of its own keeps two surveys two.
        """
        is_same_name = is_one_house(poll, other) and is_one_client(poll, other)
        if not is_same_name and not may_be_spelt_otherwise(poll, other, self.context):
            return None
        is_same_day = poll.fieldwork.end == other.fieldwork.end
        # Who misspelt a survey's outlet need not cite it where we do.
        is_apart = has_other_respondents if is_misspelt(poll, other, self.context) else is_told_apart
        if not (is_same_day and is_same_name) and is_apart(poll, other):
            return None
        if is_same_name and not is_same_day and other.id in self.context.elsewhere:
            return None
        if not are_days_of_one_survey(poll, other) or self.context.is_ruled_apart(poll, other):
            return None
        return not is_same_name

    def unclaimed(self, poll: Poll, similarity: Similarity, days: int) -> list[Poll]:
        """What no row is yet, nor, where a name of this one is spelt otherwise, can still be by its own names."""
        is_spelt_otherwise = {other.id: is_so for other, is_so in self.candidates(poll)}
        return [
            other
            for other in self.near(poll, similarity, days)
            if other.id not in self.claimed
            and not (is_spelt_otherwise[other.id] and self.own_names.get(other.id, set()) - self.matches.keys())
        ]

    def reserve(self, at: int, poll: Poll) -> None:
        """Note the polls of a row's day that it may be under their own names."""
        for other, is_spelt_otherwise in self.candidates(poll):
            is_same_day = poll.fieldwork.end == other.fieldwork.end
            if not is_spelt_otherwise and is_same_day and any(look(poll, other, self.context) for look in LIKE):
                self.own_names.setdefault(other.id, set()).add(at)

    def only_elsewhere(self, poll: Poll, similarity: Similarity, days: int) -> Poll | None:
        """The one poll of other sources that a row can be and no row is yet."""
        free = [other for other in self.unclaimed(poll, similarity, days) if other.id not in self.context.own]
        return free[0] if len(free) == 1 else None

    def take(self, at: int, poll: Poll, match: Match) -> None:
        self.matches[at] = match
        if match.kind is not MatchKind.REPEAT:
            self.claimed[match.poll] = poll
            self.claimed_by_day.setdefault(poll.fieldwork.end, []).append(match.poll)
            self.rows.setdefault(_row(poll), match.poll)


def link(polls: Sequence[Poll], context: LinkageContext) -> list[Match]:
    """A match for each poll of one page, in order; each poll of the ledger is claimed once."""
    by_day: dict[date, list[Poll]] = {}
    for poll in context.polls.values():
        by_day.setdefault(poll.fieldwork.end, []).append(poll)
    by_publication: dict[date, list[Poll]] = {}
    for poll in context.polls.values():
        if poll.published_date:
            by_publication.setdefault(poll.published_date, []).append(poll)
    own = {one.printed: one for one in context.readings if one.source == context.source and not one.is_lossy}
    uncorrected_by_day: dict[date, list[Poll]] = {}
    for poll in context.uncorrected.values():
        uncorrected_by_day.setdefault(poll.fieldwork.end, []).append(poll)
    links = _Links(context, by_day, by_publication, own, uncorrected_by_day)
    # The surest first, and of one day before a day apart: no row takes the poll of another.
    sure = [(similarity, days) for days in (0, 1) for similarity in (is_equal, is_equal_of_any_kind, is_agreed)]
    steps: list[Callable[[Poll, _Links], Match | None]] = [
        _as_printed_before,
        *(partial(_reprinted, similarity=similarity, days=days) for similarity, days in sure),
        _as_before_its_correction,
        *(partial(_repeated, similarity=similarity, days=days) for similarity, days in (*sure, WEAK[0])),
        _ordinary_again,
        _ruled,
        # What a ruling names may be another row of this page: then this one is what its numbers say.
        *(partial(_reprinted, similarity=similarity, days=days, is_ruled=True) for similarity, days in sure),
        *(partial(_other_reading, similarity=similarity, days=days) for similarity, days in WEAK),
        _changed,
        _again_or_new,
    ]
    # Most rows of a new page have nobody near: they are new, whatever is asked of them.
    close = [(at, poll) for at, poll in enumerate(polls) if links.candidates(poll) or links.is_spoken_of(poll)]
    for at, poll in close:
        links.reserve(at, poll)
    for step in steps:
        for at, poll in enumerate(polls) if step in (_changed, _again_or_new) else close:
            if at not in links.matches and (match := step(poll, links)):
                links.take(at, poll, match)
    return [links.matches[at] for at in range(len(polls))]


def _as_printed_before(poll: Poll, links: _Links) -> Match | None:
    """A row as this source printed it before: what it was linked to then, it still is."""
    before, context = links.own_readings.get(poll.id), links.context
    if before is None or not same_numbers(before.poll, poll) or before.poll.id in links.claimed:
        return None
    is_judged = context.ruling(poll) or context.is_ruled_apart(poll, before.poll)
    return None if is_judged else Match(MatchKind.KNOWN, before.poll.id, before.poll.kind)


def _reprinted(poll: Poll, links: _Links, similarity: Similarity, days: int, *, is_ruled: bool = False) -> Match | None:
    """The poll that a row says again."""
    if links.context.ruling(poll) and not is_ruled:
        return None
    free = links.unclaimed(poll, similarity, days)
    kind = MatchKind.CHANGED if poll.unknown else MatchKind.KNOWN  # a column nobody knows is to be checked
    return Match(kind, free[0].id, free[0].kind) if free else None


def _as_before_its_correction(poll: Poll, links: _Links) -> Match | None:
    """A row that prints what was corrected here: a firm, a day or a cell."""
    for old in links.uncorrected_by_day.get(poll.fieldwork.end, ()):
        is_same_name = is_one_house(poll, old) and is_one_client(poll, old)
        is_same = is_same_name or (
            may_be_spelt_otherwise(poll, old, links.context) and not has_other_respondents(poll, old)
        )
        is_free = old.id not in links.claimed and not links.context.is_ruled_apart(poll, old)
        if is_same and is_free and is_equal(poll, old, links.context):
            return Match(MatchKind.KNOWN, old.id, old.kind)
    return None


def _repeated(poll: Poll, links: _Links, similarity: Similarity, days: int) -> Match | None:
    """What another row of this page and day has said already."""
    for other in [] if links.context.ruling(poll) else links.near(poll, similarity, days):
        row = links.claimed.get(other.id)
        if row and row.kind is poll.kind and _is_repeat(poll, row):
            return Match(MatchKind.REPEAT, other.id, other.kind)
    return None


def _is_repeat(poll: Poll, row: Poll) -> bool:
    """Whether two rows of one page are one survey: of one day, or days apart with the very sample and numbers."""
    if is_told_apart(poll, row):
        return False
    if poll.fieldwork.end == row.fieldwork.end:
        return True
    return poll.sample_size is not None and poll.sample_size == row.sample_size and not gaps(poll, row)


def _ordinary_again(poll: Poll, links: _Links) -> Match | None:
    """A scenario's row that repeats the ordinary one of its survey, on this page or another."""
    for other, _ in [] if links.context.ruling(poll) else links.candidates(poll):
        if poll.fieldwork.end == other.fieldwork.end and is_ordinary_again(poll, other):
            return Match(MatchKind.REPEAT, other.id, other.kind)
    return None


def _ruled(poll: Poll, links: _Links) -> Match | None:
    """What a person says it is; numbers that the ledger does not hold yet are checked."""
    target_id = links.context.ruling(poll)
    if target_id is None:
        return None
    target = links.context.polls[target_id]
    if row := links.claimed.get(target_id):  # which may lack a column as this one does
        is_repeat = not gaps(poll, target) or not gaps(poll, row)
        return Match(MatchKind.REPEAT, target_id, target.kind) if is_repeat else None
    return Match(MatchKind.CHANGED if gaps(poll, target) else MatchKind.KNOWN, target_id, target.kind)


def _other_reading(poll: Poll, links: _Links, similarity: Similarity, days: int) -> Match | None:
    """Another source's reading of a poll, a little apart; its numbers are new, so they are checked."""
    other = None if poll.id in links.context.own else links.only_elsewhere(poll, similarity, days)
    return Match(MatchKind.CHANGED, other.id, other.kind) if other else None


def _changed(poll: Poll, links: _Links) -> Match | None:
    """What this source corrected."""
    return _changed_here(poll, links) or _changed_shipped(poll, links) or _moved(poll, links)


def _again_or_new(poll: Poll, links: _Links) -> Match:
    """What is left, row by row, so that a row printed twice finds the first."""
    twin = links.rows.get(_row(poll)) or _spelt_otherwise(poll, links)
    return Match(MatchKind.REPEAT, twin, poll.kind) if twin else _new(poll, links)


def _changed_here(poll: Poll, links: _Links) -> Match | None:
    """A row where this source had another before."""
    before, context = links.own_readings.get(poll.id), links.context
    if before is None or before.poll.id in links.claimed:
        return None
    stands = context.polls.get(before.poll.id)
    if stands and context.is_ruled_apart(poll, stands):
        return None
    return Match(MatchKind.CHANGED, before.poll.id, stands.kind if stands else poll.kind)


def _changed_shipped(poll: Poll, links: _Links) -> Match | None:
    """A row that corrects what ships of this source."""
    shipped = links.context.shipped.get(poll.id)
    if shipped is None or poll.id in links.claimed:
        return None
    is_correction = poll.kind is PollKind.POLL or len(gaps(poll, shipped)) <= MOST_CHANGED_LISTS
    return Match(MatchKind.CHANGED, poll.id, poll.kind) if is_correction else None


def _moved(poll: Poll, links: _Links) -> Match | None:
    """A poll of this source whose row is gone from where it was: its day, firm or outlet was corrected with a cell."""
    for similarity, days in WEAK:
        free = [other for other in links.unclaimed(poll, similarity, days) if other.id in links.context.own]
        if len(free) == 1 and not is_told_apart(poll, free[0]):
            return Match(MatchKind.CHANGED, free[0].id, free[0].kind)
    return None


def _spelt_otherwise(poll: Poll, links: _Links) -> str | None:
    """A row of this page that says so of the same day, its firm or outlet blank or in a name nobody knows.

    One of them may be corrected already: a few seats are no second survey where only such a name tells the two apart.
    """
    for poll_id in links.claimed_by_day.get(poll.fieldwork.end, ()):
        row = links.claimed[poll_id]
        is_same_name = (poll.pollster, poll.publisher) == (row.pollster, row.publisher)
        if is_same_name or not may_be_spelt_otherwise(poll, row, links.context) or is_told_apart(poll, row):
            continue
        if is_equal(poll, row, links.context) or is_close_by_name(poll, row, links.context):
            return poll_id
    return None


def _new(poll: Poll, links: _Links) -> Match:
    """A poll nobody had, or another question of the one survey of that day that another source has."""
    own = poll.id in links.context.own
    near = [] if own else links.near(poll, is_question, 0) or links.near(poll, is_question, 1)
    survey = near[0] if len(near) == 1 and links.only_elsewhere(poll, is_question, 1) else None
    kind = PollKind.SCENARIO if survey else poll.kind
    return Match(MatchKind.NEW, _new_id(poll, kind, links), kind, survey.id if survey else None)


def _new_id(poll: Poll, kind: PollKind, links: _Links) -> str:
    def is_taken(name: str) -> bool:
        return name in links.context.ids or name in links.claimed

    base = poll.id if kind is poll.kind else f"{poll.id}-{kind}"
    number, name = 2, base
    if is_taken(name):
        name = f"{base}-{links.context.source}"
    while is_taken(name):
        name, number = f"{base}-{links.context.source}-{number}", number + 1
    return name


def _row(poll: Poll) -> object:
    """What makes two rows of a page one row printed twice."""
    return poll.kind, poll.pollster, poll.publisher, poll.fieldwork.end, poll.values


def placed(poll: Poll, match: Match, context: LinkageContext) -> Poll:
    """A row's poll under the ledger's id; a firm or outlet it leaves blank, or nobody knows, is the ledger's."""
    linked = context.polls.get(match.poll)
    if linked is None or match.kind is MatchKind.NEW:
        return replace(poll, id=match.poll, kind=match.poll_kind)
    is_outlet_known = poll.publisher in context.publishers
    # Which house a firm is may hang on its outlet: under one nobody knows it is the ledger's.
    is_firm_known = poll.pollster in context.pollsters and (is_outlet_known or poll.publisher is None)
    return replace(
        poll,
        id=match.poll,
        kind=match.poll_kind,
        pollster=poll.pollster if is_firm_known else linked.pollster or poll.pollster,
        publisher=poll.publisher if is_outlet_known else linked.publisher or poll.publisher,
    )
