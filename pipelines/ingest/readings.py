"""What each source says of one poll, and the poll that follows from all of them.

The rule: a reading that adds up, or is ruled to stand as printed, goes before one that does not, and the latter is
never used alone; then one whose every column is known; then one that lacks nothing its source had before; then the
source that had the poll first. A source's own later reading replaces its earlier one unless it lost something
(`is_lossy`), what ships being the earliest reading of the source it was compiled from. What the reading used leaves
blank is filled from the others. All readings are kept.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from electoral.lists import ElectoralList
from electoral.polls import Poll, ReportedValue, Status

Lists = Mapping[str, ElectoralList]


@dataclass(frozen=True, slots=True)
class SourceReading:
    """One source's reading of one poll.

    `poll.id` is the ledger's, `printed` the source's own; `family` is the source it goes back to. `adds_up`: it can
    stand alone. `is_lossy`: it lost something the same source had, and is kept beside that reading. `is_open`: the
    source still has it. `arrived_utc` is the moment of the source's first reading of this poll, `seen_date` its day;
    what ships has no day of its own.
    """

    poll: Poll
    source: str
    page: str
    printed: str
    family: str
    is_shipped: bool = False
    adds_up: bool = True
    is_lossy: bool = False
    citations: tuple[str, ...] = ()
    is_open: bool = True
    arrived_utc: str = ""
    seen_date: date | None = None

    @property
    def precedence_utc(self) -> str:
        """Its moment beside other sources: what ships is there before any page is read."""
        return "" if self.is_shipped else self.arrived_utc


def printed_values(poll: Poll) -> dict[str, float | str]:
    """What is printed of each list that was asked about: its seats, or the percentage or word under the threshold."""
    values = (value for value in poll.values if value.status is not Status.NOT_ASKED)
    return {value.list: value.seats or _plain(value.pct) or value.status.value for value in values}


def _plain(pct: str | None) -> str | None:
    """A percentage without the zeros that end it: 23.40 is 23.4."""
    return re.sub(r"(\.\d*?)0+$", r"\1", pct).removesuffix(".") if pct else None


def lost_something(new: Poll, old: Poll, *, adds_up: bool) -> bool:
    """Whether a later reading of a source lacks what its earlier one had: a column's meaning, a cell or the firm.

    A list that another list takes the place of in a reading that adds up is a correction, not a loss.
    """
    if (new.unknown and not old.unknown) or (old.pollster and not new.pollster):
        return True
    after, before = printed_values(new), printed_values(old)
    if _lacks_shares(new, old):
        return True
    is_replaced = adds_up and not new.unknown and bool(after.keys() - before.keys())
    return bool(before.keys() - after.keys()) and not is_replaced


def _lacks_shares(poll: Poll, other: Poll) -> bool:
    """Whether a poll says all that another says but a share printed beside seats: "4 (3.5%)"."""
    with_shares, without = ({value.list for value in one.values if value.pct} for one in (other, poll))
    return bool(with_shares - without) and printed_values(poll) == printed_values(other)


def resolve(readings: Sequence[SourceReading], lists: Lists) -> Poll | None:
    """The poll as it is used, all its sources cited; None where no source has it whole any more."""
    live = {reading.family: reading for reading in readings if not reading.is_shipped and not reading.is_lossy}
    standing = [
        reading
        for reading in readings
        if reading.is_open and not (reading.is_shipped and _is_withdrawn(live.get(reading.family)))
    ]
    if not any(reading.adds_up for reading in standing):
        return None
    first_utc: dict[str, str] = {}
    for reading in standing:
        first_utc[reading.family] = min(first_utc.get(reading.family, "~"), reading.precedence_utc)

    def rank(reading: SourceReading) -> tuple[object, ...]:
        others = (one for one in standing if one is not reading and one.family == reading.family)
        lacks = any(_is_part_of(reading.poll, other.poll) for other in others)
        is_unknown = bool(reading.poll.unknown)
        return (not reading.adds_up, is_unknown, reading.is_lossy, lacks, first_utc[reading.family], reading.is_shipped,
                reading.source)  # fmt: skip

    order = sorted(standing, key=rank)
    poll = order[0].poll
    for other in order[1:]:
        poll = _filled(poll, other.poll)
        if other.family == order[0].family:  # what the source printed of it before, and lost since
            poll = replace(poll, values=(*poll.values, *_lost_below_threshold(poll, other.poll, lists)))
    urls = dict.fromkeys(url for reading in order for url in (*reading.poll.urls, *reading.citations))
    disclosed = dict.fromkeys(item for reading in order for item in reading.poll.disclosed)
    seen = [reading.seen_date for reading in standing if reading.seen_date]
    cited = _cited([reading.poll.source for reading in order])
    return replace(poll, source=cited, urls=tuple(urls), disclosed=tuple(disclosed), seen_date=min(seen, default=None))


def _is_withdrawn(live: SourceReading | None) -> bool:
    return live is not None and not live.is_open


def _is_part_of(poll: Poll, other: Poll) -> bool:
    """Whether all that one says the other says too, and more lists, or their shares."""
    part, whole = printed_values(poll), printed_values(other)
    is_fewer = part.keys() < whole.keys() and all(whole[name] == printed for name, printed in part.items())
    return is_fewer or _lacks_shares(poll, other)


def _filled(poll: Poll, other: Poll) -> Poll:
    """A poll with the facts it leaves blank filled from another reading of it."""
    start = poll.fieldwork.start
    if start is None and other.fieldwork.start and other.fieldwork.end == poll.fieldwork.end:
        start = other.fieldwork.start
    return replace(
        poll,
        pollster=poll.pollster or other.pollster,
        publisher=poll.publisher or other.publisher,
        fieldwork=replace(poll.fieldwork, start=start),
        published_date=poll.published_date or other.published_date,
        sample_size=poll.sample_size or other.sample_size,
        sample_size_printed=poll.sample_size_printed if poll.sample_size else other.sample_size_printed,
    )


def _lost_below_threshold(poll: Poll, other: Poll, lists: Lists) -> list[ReportedValue]:
    """Lists that only the other reading prints under the threshold: they move no seat; parts of a list are left out."""
    if poll.unknown or poll.kind is not other.kind:
        return []
    lists_read = (value.list for value in poll.values if value.status is not Status.NOT_ASKED)  # a dash says nothing
    covered = covered_by(lists_read, lists)
    return [
        value
        for value in other.values
        if value.status is Status.BELOW_THRESHOLD and not value.seats and not covered & covered_by([value.list], lists)
    ]


def covered_by(names: Iterable[str], lists: Lists) -> frozenset[str]:
    """The polled parties that some lists continue; a list nobody knows stands for itself."""
    return frozenset().union(*((lists[name].members if name in lists else ()) or {name} for name in names))


def _cited(sources: Sequence[str]) -> str:
    """Every source once; one that another already names is not said again."""
    names = dict.fromkeys(sources)
    return "; ".join(name for name in names if not any(name != other and name in other for other in names))


def same_numbers(one: Poll, other: Poll) -> bool:
    """Whether two polls print the same of every list, in whatever order and under whichever of its names."""
    return _numbers(one) == _numbers(other)


def _numbers(poll: Poll) -> frozenset[tuple[str, Status, float | None, str | None]]:
    values = (value for value in (*poll.values, *poll.unknown) if value.status is not Status.NOT_ASKED)
    return frozenset((value.list, value.status, value.seats, _plain(value.pct)) for value in values)


def same_but_for_citation(one: Poll | None, other: Poll | None) -> bool:
    """Whether two readings of a poll differ in nothing but where they were read, and how their lists are written."""
    if one is None or other is None:
        return one is other
    return same_numbers(one, other) and _facts(one) == _facts(other)


def _facts(poll: Poll) -> Poll:
    return replace(poll, source="", urls=(), values=(), unknown=(), seen_date=None)
