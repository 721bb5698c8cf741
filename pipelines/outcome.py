"""What a refresh did."""

from dataclasses import dataclass
from datetime import date

from pipelines.editions.records import RunStatus
from pipelines.editions.schema import Kind


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the refresh of one campaign did; counts are polls.

    `status` is published, unchanged, or frozen: a publication ban is on, `edition` is the one from before it
    (None where there is none) and nothing new was published.
    """

    election: str
    as_of: date
    edition: str | None
    kind: Kind
    status: RunStatus
    polls: int
    newly_quarantined: int
    quarantined: int
    has_news: bool
    seconds: float
