"""`polls.json`, a contract (DESIGN.md §3): every poll known on the as-of day."""

from datetime import date
from typing import Literal

from pydantic import Field

from pipelines.editions.schema.value import Value


class PollValue(Value):
    """What a poll printed for one list, and the vote share derived from it (null: nothing was asked)."""

    list: str
    label: str
    status: Literal["seats", "share", "below_threshold", "not_asked"]
    seats: float | None
    pct: str | None
    share: float | None
    derivation: str | None


class UnknownColumn(Value):
    """A printed column whose list nobody knows yet: part of what the poll adds up to, counted as votes of others."""

    label: str
    status: Literal["seats", "share", "below_threshold", "not_asked"]
    seats: float | None
    pct: str | None


class Correction(Value):
    """A published value of a poll that was corrected; `label` names the list where `field` is a cell."""

    field: str
    label: str | None
    before: str | None
    after: str | None
    corrected_date: date
    why: str
    source: str
    url: str | None


class PollRow(Value):
    """One survey's row as published; `ruling` says why an odd row stands.

    `unit` is what its values are printed in. `urls`: where it was published or is cited, http or https. `waves`: other
    polls of the same tracker whose fieldwork overlaps with this one's; respondents they share count once in the trend.
    Editions of formats 1 and 2 held polls in seats alone, without addresses or corrections.
    """

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
    sample_size_printed: str | None = None
    fieldwork_guessed: bool = False
    source: str
    revision: int
    ruling: str | None
    values: list[PollValue]
    unit: Literal["seats", "share"] = "seats"
    unknown: list[UnknownColumn] = Field(default_factory=list)
    urls: list[str] = Field(default_factory=list)
    waves: list[str] = Field(default_factory=list)
    corrections: list[Correction] = Field(default_factory=list)


class Polls(Value):
    """`polls.json`: every poll known on the as-of day, oldest first."""

    election: str
    as_of: date
    edition: str
    polls: list[PollRow]
