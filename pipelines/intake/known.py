"""What the ledger knows of a campaign when a page of a source comes in, and what a person ruled of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from electoral.lists import ElectoralList
from electoral.polls import Poll
from pipelines.ledger.readings import Reading


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger knows of a campaign when a page of `source` comes in; `house` is the seats a poll adds up to."""

    source: str
    polls: Mapping[str, Poll]
    readings: Sequence[Reading]
    ids: frozenset[str]
    lists: Mapping[str, ElectoralList]
    same: Mapping[str, str]  # rulings: this poll is that one
    different: frozenset[frozenset[str]]  # rulings: these two are two
    house: int
    own: frozenset[str]  # polls that this source, or what ships of it, has spoken of
    shipped: Mapping[str, Poll]  # what ships of this source
    elsewhere: frozenset[str]  # polls that stand on another page of this source, under their own day

    def ruling(self, poll: Poll) -> str | None:
        """The poll that a ruling says this one is."""
        ruled = self.same.get(poll.id) or self.same.get(f"{poll.id}-{self.source}")
        return ruled if ruled and ruled in self.polls else None

    def is_apart(self, poll: Poll, other: Poll) -> bool:
        """Whether a ruling says that these are two."""
        names = (poll.id, f"{poll.id}-{self.source}")
        return other.id not in names[1:] and any(frozenset((name, other.id)) in self.different for name in names)
