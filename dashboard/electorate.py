"""The electorate of an edition: what it is called, its languages, its clock, its words and its customs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipelines.editions import gate
from pipelines.editions.store import Edition


@dataclass(frozen=True)
class Licence:
    """How a source's data may be used, and how it is credited."""

    source: str
    url: str | None
    licence: str
    licence_url: str | None
    attribution: str


@dataclass(frozen=True)
class Electorate:
    """An electorate's facts that pages need."""

    id: str
    names: Mapping[str, str]
    languages: tuple[str, ...]
    zone: str
    unit: str = "seats"
    headline: str = ""
    intervals_first: bool = False
    lead_seats: int = 0
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    licences: tuple[Licence, ...] = ()


UNNAMED = Electorate("", {}, ("en", "he"), gate.TIME_ZONE.key)


def electorate_of(edition: Edition) -> Electorate:
    """The electorate an edition is of."""
    found: Electorate | None = getattr(edition.reference, "electorate", None)
    return found or UNNAMED
