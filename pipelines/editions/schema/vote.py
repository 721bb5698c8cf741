"""`votes/<election>.json`: what happened from the vote on, beside the editions because it belongs to none of them.

Every imported file of the count is a point; what the law gives so far, and what the next seat takes, is of the newest.
Shares are 0–1 unless the name says `_pct`; moments are UTC.
"""

from typing import Literal

from pydantic import Field

from pipelines.editions.schema.projection import ListReference, SeatRule
from pipelines.editions.values import Texts, Value

NEAR_SHARE = 0.01  # of the valid votes: nearer to the threshold than this, a list is within reach of it


class Claim(Value):
    """A claim to a seat: `votes` ÷ `divisor` is its average (a remainder where `divisor` is 1)."""

    lists: list[str]
    unit: list[str]
    votes: float
    divisor: float
    average: float


class Moved(Value):
    """The fewest votes that, moved between a list and `other`, move its seats."""

    other: str
    votes: int | None
    lot_votes: int | None


class NextVotes(Value):
    """The fewest votes added to (or lost by) a list that move its seats; `electoral.next_seat.Margin`, as kept."""

    votes: int | None
    lot_votes: int | None
    seats_after: int
    changes: dict[str, int]
    transfer: Moved | None


class ListStanding(Value):
    """One list by the law so far; `threshold_votes` below nought are votes it lacks, added from outside."""

    seats: int
    threshold_votes: int | None
    gain: NextVotes | None
    loss: NextVotes | None


class Effect(Value):
    """What an agreement changed: every list's seats with it, less those without; void where a partner misses."""

    lists: tuple[str, str]
    valid: bool
    changes: dict[str, int]


class Tied(Value):
    """Lists between which only a lot decides, and for how many seats."""

    lists: list[str]
    seats: int


class SeatStep(Value):
    """One step of the law, in its order."""

    stage: str
    lists: list[str]
    seats: int
    votes: float
    divisor: float
    average: float
    seats_after: int


class Standing(Value):
    """What the law gives so far, and what the next seat takes."""

    seats: dict[str, int]
    ties: list[Tied]
    last: Claim | None
    next: Claim | None
    lists: dict[str, ListStanding]
    agreements: list[Effect]
    steps: list[SeatStep]
    threshold_votes: float


class CountPoint(Value):
    """One imported file of the count, by lists.

    `unknown_votes` are of letters no list has. `counted_pct` is what the committee itself said was counted, where the
    person who imported the file gave it; `eligible` are the voters of the boxes that are in. A point that `is_behind`
    has fewer votes than one before it: it is kept, and never on show.
    """

    moment_utc: str
    sha256: str
    file: str
    unit: str
    stage: Literal["interim", "final"]
    why: str
    rows: int
    refused_rows: int
    eligible: int
    voted: int
    invalid: int
    valid_votes: int
    official_valid: int | None
    counted_pct: float | None
    votes: dict[str, int]
    unknown_votes: dict[str, int]
    seats: dict[str, int]
    ties: list[list[str]]
    warnings: list[str]
    is_behind: bool = False


class ExitPoll(Value):
    """One version of a channel's exit poll, in seats as printed; one whose seats do not fill the house is in doubt."""

    channel: str
    names: Texts
    version: str | None = None
    moment_utc: str | None = None
    seats: dict[str, int]
    is_in_doubt: bool


class ListEstimate(Value):
    """The mean of the channels for one list, and an interval for 9 of 10 results, in seats."""

    list: str
    mean: float
    low: float
    high: float


class BlocEstimate(Value):
    """The same of the bloc in question."""

    id: str
    mean: float
    low: float
    high: float


class ExitEstimate(Value):
    """What the channels say together, by what other nights teach; `…_inside` is held leave-one-night-out."""

    nights: int
    lists: list[ListEstimate]
    blocs: list[BlocEstimate]
    lists_inside: int
    lists_judged: int
    blocs_inside: int


class Vote(Value):
    """`votes/<election>.json`.

    `valid_before`: the valid votes of the election before, `of_election`, by which we estimate how much is counted.
    """

    election: str
    basis: str  # a hash of the electorate's folder by which it was made
    house_size: int
    seat_rule: SeatRule
    lists: list[ListReference] = Field(default_factory=list)
    valid_before: int | None = None
    of_election: str | None = None
    exit_polls: list[ExitPoll] = Field(default_factory=list)
    exit_estimate: ExitEstimate | None = None
    counts: list[CountPoint] = Field(default_factory=list)
    standing: Standing | None = None

    @property
    def count(self) -> CountPoint | None:
        """The count on show: the newest file that did not go backwards; None where nothing was imported."""
        return next((point for point in reversed(self.counts) if not point.is_behind), None)

    @property
    def counted_estimate(self) -> float | None:
        """Our estimate of the share counted: the valid votes so far, of those of the election before; 0 to 1.

        None where that is not known.
        """
        if self.count is None or not self.valid_before:
            return None
        return min(self.count.valid_votes / self.valid_before, 1.0)

    def within_reach(self) -> list[str]:
        """The lists whose share is within a point of the threshold's, over it or under; most votes first."""
        if self.count is None or self.standing is None:
            return []
        votes, reach = self.count.votes, NEAR_SHARE * self.count.valid_votes
        near = [name for name in votes if abs(votes[name] - self.standing.threshold_votes) <= reach]
        return sorted(near, key=lambda name: -votes[name])
