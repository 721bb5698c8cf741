"""Which polls a reader asked for, in which order, and which lists they printed: for the page and for its files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dashboard.exports import Cell, Sheet
from dashboard.exports.cells import read_number
from pipelines.editions.schema import Named, PollRow, PollValue

KINDS = ("poll", "scenario", "exit_poll")
EVERY = "all"
SORTS = ("date", "firm", "n")


@dataclass(frozen=True)
class Asked:
    """Polls of one kind or all, of one firm or all, by date, firm, sample size or one list's seats."""

    kind: str
    pollster: str
    sort: str
    is_rising: bool


def chosen(polls: Sequence[PollRow], asked: Asked) -> list[PollRow]:
    """The polls asked for; what has no value for the order chosen stands last, the newest first among equals."""
    found = [
        poll for poll in polls if asked.kind in (EVERY, poll.kind) and asked.pollster in (EVERY, poll.pollster or "")
    ]
    found.sort(key=_age, reverse=True)
    if asked.sort == "date":
        return found[::-1] if asked.is_rising else found
    if asked.sort == "firm":
        known = [poll for poll in found if poll.pollster]
        known.sort(key=lambda poll: poll.pollster or "", reverse=not asked.is_rising)
        return known + [poll for poll in found if not poll.pollster]
    sized = [(size, poll) for poll in found if (size := _size(poll, asked.sort)) is not None]
    sized.sort(key=lambda pair: pair[0], reverse=not asked.is_rising)
    return [poll for _, poll in sized] + [poll for poll in found if _size(poll, asked.sort) is None]


def _age(poll: PollRow) -> tuple[date, date, str]:
    return poll.fieldwork_end, poll.known_from, poll.poll


def _size(poll: PollRow, sort: str) -> float | None:
    if sort == "n":
        return poll.sample_size
    value = value_of(poll, sort)
    if value is None or value.status == "not_asked":
        return None
    return value.seats if value.status == "seats" else 0.0


def value_of(poll: PollRow, list_id: str) -> PollValue | None:
    return next((value for value in poll.values if value.list == list_id), None)


def printed(polls: Sequence[PollRow], order: Sequence[str]) -> list[str]:
    """The lists that some poll here printed: those of `order` first, then the ones printed most often."""
    counts: dict[str, int] = {}
    for poll in polls:
        for value in poll.values:
            if value.status != "not_asked":
                counts[value.list] = counts.get(value.list, 0) + 1
    others = sorted(counts.keys() - set(order), key=lambda name: (-counts[name], name))
    return [name for name in order if name in counts] + others


def sheet(
    polls: Sequence[PollRow], lists: Sequence[str], pollsters: Mapping[str, Named], publishers: Mapping[str, Named]
) -> Sheet:
    """The polls as a file has them: seats as numbers, blank where a list was not asked, `<` below the threshold.

    A list with a printed percentage has a second column for it. Ids are ours, labels the source's.
    """
    with_pct = {value.list for poll in polls for value in poll.values if value.pct}
    columns = [column for name in lists for column in ((name, f"{name}_pct") if name in with_pct else (name,))]
    head = [*FACTS, *columns, *AFTER]
    return Sheet("polls", head, [_line(poll, lists, with_pct, pollsters, publishers) for poll in polls])


FACTS = (
    "poll",
    "kind",
    "pollster",
    "publisher",
    "fieldwork_start",
    "fieldwork_end",
    "published_date",
    "sample_size",
)
AFTER = ("source", "revision", "ruling")


def _line(
    poll: PollRow,
    lists: Sequence[str],
    with_pct: set[str],
    pollsters: Mapping[str, Named],
    publishers: Mapping[str, Named],
) -> list[Cell]:
    firm, outlet = pollsters.get(poll.pollster or ""), publishers.get(poll.publisher or "")
    cells: list[Cell] = [
        poll.poll,
        poll.kind,
        firm.name_en if firm else poll.pollster,
        outlet.name_en if outlet else poll.publisher,
        *(day.isoformat() if day else None for day in (poll.fieldwork_start, poll.fieldwork_end, poll.published_date)),
        poll.sample_size,
    ]
    for name in lists:
        value = value_of(poll, name)
        cells.append(_seats(value))
        if name in with_pct:
            cells.append(_pct(value))
    return [*cells, poll.source, poll.revision, poll.ruling]


def _seats(value: PollValue | None) -> Cell:
    if value is None or value.status == "not_asked":
        return None
    if value.status == "below_threshold":
        return "<"
    return None if value.seats is None else whole(value.seats)


def _pct(value: PollValue | None) -> Cell:
    return read_number(value.pct) if value is not None and value.pct else None


def whole(seats: float) -> int | float:
    return int(seats) if seats.is_integer() else seats
