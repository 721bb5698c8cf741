"""`polls.json`, a contract (DESIGN.md §3): every poll known on the as-of day."""

from datetime import date
from typing import Literal

from pipelines.editions.schema.value import Value


class PollValue(Value):
    """What a poll printed for one list, and the vote share derived from it (null: nothing was asked)."""

    list: str
    label: str
    status: Literal["seats", "below_threshold", "not_asked"]
    seats: float | None
    pct: str | None
    share: float | None
    derivation: str | None


class PollRow(Value):
    """One survey's seat row as published; `ruling` says why an odd row stands."""

    poll: str
    kind: Literal["poll", "scenario", "exit_poll"]
    pollster: str | None
    publisher: str | None
    fieldwork_start: date | None
    fieldwork_end: date
    published_date: date | None
    known_from: date
    known_from_assumed: bool
    sample_size: int | None
    source: str
    revision: int
    ruling: str | None
    values: list[PollValue]


class Polls(Value):
    """`polls.json`: every poll known on the as-of day, oldest first."""

    election: str
    as_of: date
    edition: str
    polls: list[PollRow]
