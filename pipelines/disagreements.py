"""Where sources say different things of one survey: listed, with the word that is used and the one that is not."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from electoral.polls import Poll
from pipelines.ledger.readings import Reading
from pipelines.ledger.store import Ledger


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two readings that differ. `other` is another poll where both stand, or the poll itself where one is used."""

    election: str
    poll: str
    source: str
    other: str
    other_source: str
    apart: str


def disagreements(ledger: Ledger, election: str) -> list[Disagreement]:
    """Every pair of readings of a house, a publisher and a day, from two sources, whose seats differ."""
    by_survey: dict[object, list[Reading]] = {}
    for word in ledger.readings(election):
        if word.is_open:
            poll = word.poll
            key = (poll.kind, poll.pollster, poll.publisher, poll.fieldwork.end)
            by_survey.setdefault(key, []).append(word)
    return [found for words in by_survey.values() for found in _pairs(election, words)]


def _pairs(election: str, words: list[Reading]) -> Iterator[Disagreement]:
    agreed = {(one.poll.id, one.family) for one in words}
    for one, other in combinations(words, 2):
        is_told_apart = one.poll.id != other.poll.id and (
            (one.poll.id, other.family) in agreed or (other.poll.id, one.family) in agreed
        )
        if one.family == other.family or is_told_apart:
            continue  # each source knows both: two polls, not two words on one
        if apart := _apart(one.poll, other.poll):
            yield Disagreement(election, one.poll.id, one.source, other.poll.id, other.source, apart)


def _apart(one: Poll, other: Poll) -> str:
    left = {value.list: value.seats for value in one.values if value.seats}
    right = {value.list: value.seats for value in other.values if value.seats}
    names = sorted(name for name in left.keys() & right.keys() if left[name] != right[name])
    return ", ".join(f"{name} {left[name]:g} / {right[name]:g}" for name in names)
