"""How alike two printed rows are: the same numbers, nearly the same, or another question; and what tells two apart.

Only what is printed is compared, in the unit it is printed in; polls of two units are never alike. `LEAST_SHARED` and
`FEW` (in seats) were set on the 69 rows of the all-polls table that no known poll agrees with: of those with the same
lists as a known poll of the same house, client and day, all eight move 2 to 8 seats, none of them more than two a list
(figures exchanged between neighbours, a later correction); where the lists differ too, 10 to 50 seats move, and a
scenario of the survey mostly has these very numbers. In per cents `FEW` covers rounding and one corrected cell.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import combinations
from urllib.parse import urlsplit

from electoral.lists import ElectoralList, ListKind
from electoral.polls import Poll, PollKind, Unit
from pipelines.ingest.readings import SourceReading, covered_by

LEAST_EQUAL = 3  # lists that must agree before a row is taken for a survey we know
LEAST_SHARED = 5  # where it lacks some
# What two readings of one survey may differ by: in one list, and in all together (four seats that went elsewhere).
NO_LISTS = (ListKind.RESIDUAL, ListKind.UNDECIDED)
FEW = {Unit.SEATS: (2, 8), Unit.SHARE: (1, 4)}
MOST_APART_SAMPLE = 0.05  # of the larger: sources round one sample (504 asked, 500 printed)
LEAST_ALIKE = 0.8  # of the letters of two spellings of one name
SHORTEST_NAME = 3  # letters of words that name somebody
LARGEST_PUBLICATION_LAG_DAYS = 21  # between the two days that one survey may be entered under, where one is the other
LARGEST_UNEXPLAINED_DAYS = 2  # that two sources may print for one survey where its publication day is not known


@dataclass(frozen=True, slots=True)
class LinkageContext:
    """What the ledger has of a campaign when a page of `source` comes in, and what a person ruled of it."""

    source: str
    polls: Mapping[str, Poll]
    readings: Sequence[SourceReading]
    ids: frozenset[str]
    lists: Mapping[str, ElectoralList]
    same: Mapping[str, str]  # rulings: this poll is that one
    different: frozenset[frozenset[str]]  # rulings: these two are two
    house_size: int
    own: frozenset[str]  # polls that this source, or what ships of it, has spoken of
    shipped: Mapping[str, Poll]  # what ships of this source
    elsewhere: frozenset[str]  # polls that stand on another page of this source, under their own day
    pollsters: frozenset[str]  # the houses that have a name in the reference
    publishers: frozenset[str]
    spellings: Mapping[str, Collection[str]]  # of a firm or outlet by its id, as spelling keys
    uncorrected: Mapping[str, Poll]  # polls that were corrected here, as they were printed before

    def ruling(self, poll: Poll) -> str | None:
        """The poll that a ruling says this one is, also where the row ruled on now has a name in another spelling."""
        target = self.same.get(poll.id) or self.same.get(f"{poll.id}-{self.source}")
        if target is None and self.same:
            target = next((one for row, one in self.same.items() if self._is_ruled_row(poll, row, one)), None)
        return target if target in self.polls else None

    def _is_ruled_row(self, poll: Poll, row: str, target: str) -> bool:
        """Whether a poll is the row of a ruling by its day and by the numbers of the poll that the row is."""
        other = self.polls.get(target)
        if other is None or not row.startswith(f"{poll.fieldwork.end}-") or poll.id in self.ids:
            return False
        is_of_both = is_one_house(poll, other) or is_one_client(poll, other)
        is_alike = is_equal(poll, other, self) or is_agreed(poll, other, self)
        return is_alike and (is_of_both or may_be_spelt_otherwise(poll, other, self))

    def is_ruled_apart(self, poll: Poll, other: Poll) -> bool:
        """Whether a ruling says that these are two."""
        names = (poll.id, f"{poll.id}-{self.source}")
        return other.id not in names[1:] and any(frozenset((name, other.id)) in self.different for name in names)


Similarity = Callable[[Poll, Poll, LinkageContext], bool]  # whether a printed row looks like a poll of the ledger


def numbers_of(poll: Poll) -> dict[str, float]:
    """What a poll prints of each list in its own unit: seats, or per cents; a bound ("<1") is no number."""
    if poll.unit is Unit.SHARE:
        return {value.list: float(value.pct) for value in poll.values if value.pct and _is_number(value.pct)}
    return {value.list: value.seats for value in poll.values if value.seats}


def _is_number(pct: str) -> bool:
    return pct.replace(".", "", 1).isdigit()


def gaps(one: Poll, other: Poll) -> dict[str, float]:
    """By list that differs, how many seats, or points."""
    return _apart(numbers_of(one), numbers_of(other))


def _apart(left: Mapping[str, float], right: Mapping[str, float]) -> dict[str, float]:
    apart = {name: round(abs(left.get(name, 0) - right.get(name, 0)), 9) for name in left.keys() | right.keys()}
    return {name: gap for name, gap in apart.items() if gap}


def is_one_client(one: Poll, other: Poll) -> bool:
    """For the same publisher, or for one that is not printed."""
    return one.publisher == other.publisher or None in (one.publisher, other.publisher)


def is_one_house(one: Poll, other: Poll) -> bool:
    return one.pollster == other.pollster


def may_be_spelt_otherwise(poll: Poll, other: Poll, context: LinkageContext) -> bool:
    """Whether firm and outlet of a row are a poll's but for a name that is blank, or that nobody knows, on one side.

    Such a name is like the other's; in a poll that its own source printed before with every number the same, it may be
    any that nobody knows in the place of one that is known.
    """
    is_one_firm = _may_be_one(poll.pollster, other.pollster, context.pollsters, context)
    is_one_outlet = _may_be_one(poll.publisher, other.publisher, context.publishers, context)
    if (is_one_firm and is_one_outlet) or not (is_one_firm or is_one_outlet):
        return is_one_firm
    is_strange = (
        poll.publisher not in context.publishers and other.publisher in context.publishers
        if is_one_firm
        else poll.pollster not in context.pollsters and other.pollster in context.pollsters
    )
    return is_strange and other.id in context.own and is_same_day_and_numbers(poll, other)


def is_same_day_and_numbers(one: Poll, other: Poll) -> bool:
    """Whether two polls of one day print the same of every list: so many that chance does not."""
    is_same_day = one.fieldwork.end == other.fieldwork.end and one.unit is other.unit
    return is_same_day and len(numbers_of(one)) >= LEAST_SHARED and not gaps(one, other)


def is_misspelt(one: Poll, other: Poll, context: LinkageContext) -> bool:
    """Whether two polls of one day have every number the same, and firm and outlet but for letters of a name."""
    names = (
        (one.pollster, other.pollster, context.pollsters),
        (one.publisher, other.publisher, context.publishers),
    )
    are_like = all(
        mine == theirs or (None not in (mine, theirs) and _may_be_one(mine, theirs, known_names, context))
        for mine, theirs, known_names in names
    )
    return are_like and is_same_day_and_numbers(one, other)


def _may_be_one(one: str | None, other: str | None, known_names: frozenset[str], context: LinkageContext) -> bool:
    if one == other or one is None or other is None:
        return True
    left, right = _spellings(one, context), _spellings(other, context)
    if one in known_names and other in known_names:  # one printed name may be either's, by its day
        return not left.isdisjoint(right)
    return any(are_similar_names(mine, theirs) for mine in left for theirs in right)


def _spellings(name: str, context: LinkageContext) -> set[str]:
    return set(context.spellings.get(name, (name,)))


@lru_cache(maxsize=16_384)
def are_similar_names(one: str, other: str) -> bool:
    """Whether two spelling keys may be one name: a letter or two apart, or one within the other, word by word.

    A number is never a misspelling of another.

    >>> are_similar_names("kol atlantis", "qol atlantis"), are_similar_names("kantar", "kkantar news")
    (True, True)
    >>> are_similar_names("channel 12", "channel 13")
    False
    """
    if re.findall(r"\d+", one) != re.findall(r"\d+", other):
        return False
    shorter, longer = sorted((set(re.findall(r"\w+", name)) for name in (one, other)), key=len)
    is_within = all(any(_is_one_word(word, each) for each in longer) for word in shorter)
    return (is_within and sum(map(len, shorter)) >= SHORTEST_NAME) or _is_one_word(one, other)


def _is_one_word(one: str, other: str) -> bool:
    return one == other or SequenceMatcher(None, one, other).ratio() >= LEAST_ALIKE


def is_told_apart(one: Poll, other: Poll) -> bool:
    """Whether sample, fieldwork or address are each poll's own: then they are two surveys, however alike."""
    own, others = {_address(url) for url in one.urls}, {_address(url) for url in other.urls}
    return has_other_respondents(one, other) or bool(own and others and not own & others)


def has_other_respondents(one: Poll, other: Poll) -> bool:
    """Whether sample or first day of fieldwork are each poll's own."""
    if one.sample_size and other.sample_size:
        smaller, larger = sorted((one.sample_size, other.sample_size))
        if larger - smaller > MOST_APART_SAMPLE * larger:
            return True
    return bool(one.fieldwork.start and other.fieldwork.start and one.fieldwork.start != other.fieldwork.start)


def _address(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}?{parts.query}".lower()


def are_days_of_one_survey(one: Poll, other: Poll) -> bool:
    """Whether two last days can be one survey's: one of them its day of publication, or not said to be otherwise."""
    gap = abs((one.fieldwork.end - other.fieldwork.end).days)
    is_publication = one.fieldwork.end == other.published_date or other.fieldwork.end == one.published_date
    if gap == 0 or (is_publication and gap <= LARGEST_PUBLICATION_LAG_DAYS):
        return True
    is_publication_known = one.published_date is not None or other.published_date is not None
    return gap <= (1 if is_publication_known else LARGEST_UNEXPLAINED_DAYS)


def is_equal(poll: Poll, other: Poll, _: LinkageContext) -> bool:
    """Every number the same, and both a poll or both a scenario."""
    return other.kind is poll.kind and _has_same_numbers(poll, other)


def is_equal_of_any_kind(poll: Poll, other: Poll, context: LinkageContext) -> bool:
    """A source knows its own scenarios; what another calls so may be the first question."""
    is_exit = PollKind.EXIT_POLL in (poll.kind, other.kind)
    return not is_exit and other.id not in context.own and _has_same_numbers(poll, other)


def is_agreed(poll: Poll, other: Poll, context: LinkageContext) -> bool:
    """They agree, or one of them alone adds up and one number tells them apart: a misprint, not another question."""
    if other.kind is not poll.kind:
        return False
    if _agree(poll, other, context.lists):
        total, theirs = _total(poll), _total(other)
        # A source's own change that lacks nothing is a correction, to be checked.
        return other.id not in context.own or total == theirs or _lacks_columns(poll, other)
    is_misprint = len(gaps(poll, other)) == 1 and poll.unit is Unit.SEATS and _total(poll) == context.house_size
    return is_misprint and other.id not in context.own and _total(other) != context.house_size


def is_close(poll: Poll, other: Poll, context: LinkageContext) -> bool:
    """Few seats apart in the same lists; one source may print the others and the undecided, and another not.

    One may lack lists that it does not print at all: then what both print adds up to the same, as beside a column that
    was lost, and not beside a list that took its seats from the rest.
    """
    mine, theirs = (
        {name: number for name, number in numbers_of(one).items() if context.lists[name].kind not in NO_LISTS}
        for one in (poll, other)
    )
    shared, (in_one, in_all) = mine.keys() & theirs.keys(), FEW[poll.unit]
    apart = _apart({name: mine[name] for name in shared}, {name: theirs[name] for name in shared}).values()
    is_small = all(gap <= in_one for gap in apart) and sum(apart) <= in_all
    if mine.keys() != theirs.keys():
        lacking, extra = (poll, theirs.keys() - shared) if shared == mine.keys() else (other, mine.keys() - shared)
        moved = abs(sum(mine[name] - theirs[name] for name in shared))
        is_small &= shared in (mine.keys(), theirs.keys()) and len(shared) >= LEAST_SHARED and moved <= in_one
        is_small &= not extra & {value.list for value in lacking.values}
    return _is_ordinary(poll, other) and is_small and bool(shared)


def is_close_by_name(poll: Poll, other: Poll, context: LinkageContext) -> bool:
    """A few seats apart on one day, with one firm or outlet by its printed name, or one sample and first day."""
    names = ((poll.pollster, other.pollster), (poll.publisher, other.publisher))
    shares_a_name = any(
        one and two and not _spellings(one, context).isdisjoint(_spellings(two, context)) for one, two in names
    )
    mine, theirs = ((one.sample_size, one.fieldwork.start) for one in (poll, other))
    is_known_as_one = shares_a_name or (mine == theirs and None not in mine)
    return poll.fieldwork.end == other.fieldwork.end and is_known_as_one and is_close(poll, other, context)


def is_question(poll: Poll, other: Poll, _: LinkageContext) -> bool:
    """A question of the survey that one firm did for one client."""
    return _is_ordinary(poll, other) and poll.publisher == other.publisher is not None


def is_ordinary_again(poll: Poll, other: Poll) -> bool:
    """A scenario's row that repeats its survey's ordinary one to compare with: the same seats under any names."""
    is_pair = poll.kind is PollKind.SCENARIO and other.kind is PollKind.POLL
    numbers = sorted([*numbers_of(poll).values(), *_strange(poll)])
    return is_pair and bool(numbers) and numbers == sorted([*numbers_of(other).values(), *_strange(other)])


# How a row must look where its firm or outlet is blank or spelt otherwise; it is never what is not here.
SPELT_OTHERWISE: Mapping[Similarity, Similarity] = {
    is_equal: is_equal,
    is_equal_of_any_kind: is_equal_of_any_kind,
    is_agreed: is_agreed,
    is_close: is_close_by_name,
}


def _total(poll: Poll) -> float:
    return round(sum(numbers_of(poll).values()), 9)


def _is_ordinary(poll: Poll, other: Poll) -> bool:
    return poll.kind is other.kind is PollKind.POLL and poll.pollster is not None


def _has_same_numbers(one: Poll, other: Poll) -> bool:
    """Whether every number is the same, those of columns nobody knows in the place of the lists that they must be."""
    left, right = numbers_of(one), numbers_of(other)
    if len(left) < LEAST_EQUAL:
        return False
    mine = sorted(number for name, number in left.items() if right.get(name) != number)
    theirs = sorted(number for name, number in right.items() if left.get(name) != number)
    is_renamed = (not mine and theirs == _strange(one)) or (not theirs and mine == _strange(other))
    return (not mine and not theirs) or is_renamed


def _strange(poll: Poll) -> list[float]:
    """What is printed in columns that nobody knows, in order."""
    return sorted(numbers_of(replace(poll, values=poll.unknown)).values()) if poll.unknown else []


def _lacks_columns(poll: Poll, other: Poll) -> bool:
    """Whether a row says less than the poll does, in lists that it does not print at all."""
    named = {value.list for value in poll.values}
    missing = numbers_of(other).keys() - named
    return bool(missing) and not numbers_of(poll).keys() - numbers_of(other).keys()


def _agree(one: Poll, other: Poll, lists: Mapping[str, ElectoralList]) -> bool:
    """Whether two readings can be of one survey: value by value, a list printed whole there and in parts here, or, of
    an ordinary poll, one of them without some lists that the other has."""
    left, right = numbers_of(one), numbers_of(other)
    mine = {name: seats for name, seats in left.items() if right.get(name) != seats}
    theirs = {name: seats for name, seats in right.items() if left.get(name) != seats}
    if not mine and not theirs:
        return bool(left)
    if mine and theirs:
        is_split = mine.keys().isdisjoint(theirs) and covered_by(mine, lists) == covered_by(theirs, lists)
        return is_split and round(sum(mine.values()) - sum(theirs.values()), 9) == 0
    lacking, extra = (one, theirs) if theirs else (other, mine)
    is_ordinary = one.kind is PollKind.POLL
    shared = len(left.keys() & right.keys())
    return is_ordinary and shared >= LEAST_SHARED and not extra.keys() & {value.list for value in lacking.values}


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two readings that differ. `other` is another poll where both stand, or the poll itself where one is used.

    `id` is the name under which a person rules that the two are `same:<poll>` or `different:<poll>`.
    """

    id: str
    election: str
    poll: str
    source: str
    other: str
    other_source: str
    apart: str


def disagreements(election: str, readings: Iterable[SourceReading]) -> list[Disagreement]:
    """Every pair of readings of one poll, and of polls of one survey, that differ and are of two sources."""
    by_survey: dict[object, list[SourceReading]] = {}
    by_poll: dict[str, list[SourceReading]] = {}
    for reading in readings:
        if reading.is_open:
            poll = reading.poll
            key = (poll.kind, poll.pollster, poll.publisher, poll.fieldwork.end)
            by_survey.setdefault(key, []).append(reading)
            by_poll.setdefault(poll.id, []).append(reading)
    pairs = [pair for group in (*by_poll.values(), *by_survey.values()) for pair in combinations(group, 2)]
    read_by_family = {(one.poll.id, one.family) for group in by_poll.values() for one in group}
    differing = (one for pair in pairs for one in _disagreement(election, *pair, read_by_family))
    return list({one.id: one for one in differing}.values())


def _disagreement(
    election: str, one: SourceReading, other: SourceReading, read_by_family: set[tuple[str, str]]
) -> Iterator[Disagreement]:
    is_told_apart = one.poll.id != other.poll.id and (
        (one.poll.id, other.family) in read_by_family or (other.poll.id, one.family) in read_by_family
    )
    if one.family == other.family or is_told_apart:
        return  # each source knows both: two polls, not two readings on one
    if apart := _differing(one, other):
        name = f"{election}/{other.source}/{other.printed}/twin"
        yield Disagreement(name, election, one.poll.id, one.source, other.poll.id, other.source, apart)


def _differing(one: SourceReading, other: SourceReading) -> str:
    left, right = numbers_of(one.poll), numbers_of(other.poll)
    names = sorted(name for name in left.keys() & right.keys() if left[name] != right[name])
    return ", ".join(f"{name} {left[name]:g} / {right[name]:g}" for name in names)
