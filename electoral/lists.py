"""Electoral lists, blocs, and how lists come from one another, each change with its date."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")


class ListKind(StrEnum):
    """What a name in a poll stands for."""

    BALLOT = "ballot"  # stood on the ballot
    CAMPAIGN = "campaign"  # contended during the campaign, gone before the ballot
    COMBINED = "combined"  # one printed number for several lists
    HYPOTHETICAL = "hypothetical"  # asked about in scenarios only
    RESIDUAL = "residual"  # "all others" as printed
    UNDECIDED = "undecided"  # who named no list: kept as printed, part of no sum


@dataclass(frozen=True, slots=True)
class ElectoralList:
    """A list; `members` are the polled parties it continues, so that a rename keeps them and a merger unites them."""

    id: str
    kind: ListKind
    members: frozenset[str]
    attributes: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Bloc:
    """A political camp: contested, dated, never a coalition."""

    id: str
    lists: tuple[str, ...]


class LineageKind(StrEnum):
    """How lists change into others."""

    FORM = "form"
    RENAME = "rename"
    MERGE = "merge"
    SPLIT = "split"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class LineageEvent:
    """A dated change: `before` lists end on the day, `after` lists begin; a list in both goes on."""

    date: date
    kind: LineageKind
    before: tuple[str, ...]
    after: tuple[str, ...]


def standing(lists: Iterable[str], lineage: Iterable[LineageEvent], on: date) -> frozenset[str]:
    """The lists that stand on a day; of a later event only this is used, that its new lists were not there yet.

    >>> from datetime import date
    >>> merger = LineageEvent(date(2019, 7, 18), LineageKind.MERGE, ("labor", "gesher"), ("labor-gesher",))
    >>> sorted(standing({"labor", "gesher", "labor-gesher"}, [merger], date(2019, 7, 17)))
    ['gesher', 'labor']
    >>> sorted(standing({"labor", "gesher", "labor-gesher"}, [merger], date(2019, 7, 18)))
    ['labor-gesher']
    """
    by_date = sorted(lineage, key=lambda event: event.date)

    def stands(name: str) -> bool:
        concerned = [event for event in by_date if name in event.before or name in event.after]
        past = [event for event in concerned if event.date <= on]
        if past:
            return name in past[-1].after
        # Before its first event a list stands, unless that event is what brings it into being.
        return not concerned or name in concerned[0].before

    return frozenset(name for name in lists if stands(name))


def composed(target: frozenset[str], parts: Mapping[frozenset[str], T]) -> Collection[T] | None:
    """The parts that together are exactly the target's members, or None where they are not.

    A merged list's older polls exist only as the sum of its parents, and one printed number for two
    lists says nothing of either: only parts inside the target count, and they must cover it.
    """
    if target in parts:
        return (parts[target],)
    inside = [members for members in parts if members < target]
    covered: set[str] = set()
    for members in inside:
        if covered & members:
            return None
        covered |= members
    return tuple(parts[members] for members in inside) if covered == target else None
