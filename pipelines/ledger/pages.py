"""What goes into the ledger and what comes of it: a page, read; what a load changed; when a source was read."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pipelines.ledger.readings import Said
from pipelines.reported import Refusal


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a source, read: its polls, what was refused, which polls it no longer has, and its events.

    `recorded_utc` is a moment that lies in raw: when its bytes were retrieved, or for what ships its newest day.
    """

    election: str
    source: str
    page: str
    fingerprint: str
    recorded_utc: str
    said: Sequence[Said]
    refused: Sequence[Refusal]
    gone: Collection[str] = ()
    events: Sequence[tuple[str, str]] = ()
    snapshot: str | None = None


@dataclass(frozen=True, slots=True)
class Appended:
    """What one load changed, counted in polls."""

    new: int
    revised: int
    withdrawn: int
    unchanged: int
    newly_refused: int

    def __add__(self, other: "Appended") -> "Appended":
        return Appended(
            self.new + other.new,
            self.revised + other.revised,
            self.withdrawn + other.withdrawn,
            self.unchanged + other.unchanged,
            self.newly_refused + other.newly_refused,
        )


@dataclass(frozen=True, slots=True)
class Load:
    """The last page of a source that was read for an election; `loaded_utc` is that page's own moment."""

    election: str
    source: str
    fingerprint: str
    loaded_utc: str
    accepted: int
    refused: int
