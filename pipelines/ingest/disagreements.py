"""Where sources say different things of one survey: listed, with the reading that is used and the one that is not."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from pipelines.ingest.readings import SourceReading
from pipelines.ingest.similarity import seats_of
from pipelines.ingest.store import Ledger


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


def disagreements(ledger: Ledger, election: str) -> list[Disagreement]:
    """Every pair of readings of one poll, and of polls of one survey, that differ and are of two sources."""
    by_survey: dict[object, list[SourceReading]] = {}
    by_poll: dict[str, list[SourceReading]] = {}
    for reading in ledger.readings(election):
        if reading.is_open:
            poll = reading.poll
            key = (poll.kind, poll.pollster, poll.publisher, poll.fieldwork.end)
            by_survey.setdefault(key, []).append(reading)
            by_poll.setdefault(poll.id, []).append(reading)
    pairs = [pair for group in (*by_poll.values(), *by_survey.values()) for pair in combinations(group, 2)]
    known = {(one.poll.id, one.family) for group in by_poll.values() for one in group}
    found = (one for pair in pairs for one in _disagreement(election, *pair, known))
    return list({one.id: one for one in found}.values())


def _disagreement(
    election: str, one: SourceReading, other: SourceReading, known: set[tuple[str, str]]
) -> Iterator[Disagreement]:
    is_told_apart = one.poll.id != other.poll.id and (
        (one.poll.id, other.family) in known or (other.poll.id, one.family) in known
    )
    if one.family == other.family or is_told_apart:
        return  # each source knows both: two polls, not two readings on one
    if apart := _apart(one, other):
        name = f"{election}/{other.source}/{other.printed}/twin"
        yield Disagreement(name, election, one.poll.id, one.source, other.poll.id, other.source, apart)


def _apart(one: SourceReading, other: SourceReading) -> str:
    left, right = seats_of(one.poll), seats_of(other.poll)
    names = sorted(name for name in left.keys() & right.keys() if left[name] != right[name])
    return ", ".join(f"{name} {left[name]:g} / {right[name]:g}" for name in names)
