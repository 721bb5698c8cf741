"""What sources say of one poll, and which of them is used.

The rule: a reading that adds up, or is ruled to stand as printed, goes before one that only agrees in what it has, and
that one is never used alone; then the source that had the poll first; a source's own
later word replaces its earlier one, what ships being the earliest word of the source it was compiled from. What the
reading used leaves blank (sample, first day, day of publication) is filled from the others. All readings are kept.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from electoral.polls import Fieldwork, Poll, PollKind, ReportedValue, Status


@dataclass(frozen=True, slots=True)
class Said:
    """One source's word on a poll.

    `poll.id` is the ledger's, `printed` the source's own; `family` is the source it goes back to.
    """

    poll: Poll
    printed: str
    family: str
    is_shipped: bool = False
    is_whole: bool = True
    citations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """A source's latest word, as the ledger keeps it; `arrived_utc` is the moment of its first one."""

    poll: Poll
    source: str
    page: str
    printed: str
    family: str
    is_shipped: bool
    is_whole: bool
    citations: tuple[str, ...]
    is_open: bool
    arrived_utc: str

    @property
    def came(self) -> str:
        """When it came beside others: what ships is there before any page is read."""
        return "" if self.is_shipped else self.arrived_utc


def used(readings: Sequence[Reading]) -> Poll | None:
    """The poll as it is used, all its sources cited; None where every source that had it whole withdrew it."""
    live = {one.family: one for one in readings if not one.is_shipped}
    standing = [one for one in readings if one.is_open and not (one.is_shipped and _withdrawn(live.get(one.family)))]
    if not any(one.is_whole for one in standing):
        return None
    came = {one.family: one.came for one in sorted(standing, key=lambda one: one.came, reverse=True)}
    order = sorted(standing, key=lambda one: (not one.is_whole, came[one.family], one.is_shipped, one.source))
    poll = order[0].poll
    for other in order[1:]:
        poll = _filled(poll, other.poll)
    return replace(poll, source=_cited([one.poll.source for one in order]))


def _withdrawn(live: Reading | None) -> bool:
    return live is not None and not live.is_open


def _filled(poll: Poll, other: Poll) -> Poll:
    start = poll.fieldwork.start
    if start is None and other.fieldwork.start and other.fieldwork.end == poll.fieldwork.end:
        start = other.fieldwork.start
    return replace(
        poll,
        fieldwork=Fieldwork(start, poll.fieldwork.end),
        published_date=poll.published_date or other.published_date,
        sample_size=poll.sample_size or other.sample_size,
    )


def _cited(sources: Sequence[str]) -> str:
    """Every source once; one that another already names is not said again."""
    found = dict.fromkeys(sources)
    return "; ".join(one for one in found if not any(one != other and one in other for other in found))


def same_but_for_citation(one: Poll | None, other: Poll | None) -> bool:
    """Whether two words on a poll differ in nothing but where they were read."""
    if one is None or other is None:
        return one is other
    return replace(one, source="") == replace(other, source="")


def to_body(poll: Poll) -> str:
    """A poll as JSON; written out because a ledger of ten thousand polls calls it for each."""
    start, end, published = poll.fieldwork.start, poll.fieldwork.end, poll.published_date
    record = {
        "id": poll.id,
        "election": poll.election,
        "kind": poll.kind,
        "pollster": poll.pollster,
        "publisher": poll.publisher,
        "fieldwork": {"start": start and start.isoformat(), "end": end.isoformat()},
        "published_date": published and published.isoformat(),
        "sample_size": poll.sample_size,
        "values": [
            {"list": one.list, "label": one.label, "status": one.status, "seats": one.seats, "pct": one.pct}
            for one in poll.values
        ],
        "source": poll.source,
    }
    return json.dumps(record, ensure_ascii=False, sort_keys=True)


def from_body(body: str) -> Poll:
    record = json.loads(body)
    values = tuple(ReportedValue(**{**value, "status": Status(value["status"])}) for value in record.pop("values"))
    fieldwork = record.pop("fieldwork")
    published = record.pop("published_date")
    return Poll(
        **{**record, "kind": PollKind(record["kind"])},
        values=values,
        published_date=_day(published),
        fieldwork=Fieldwork(_day(fieldwork["start"]), date.fromisoformat(fieldwork["end"])),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
