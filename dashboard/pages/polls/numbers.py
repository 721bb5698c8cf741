"""Which polls a reader asked for, in which order, and which lists they printed: for the page and for its files."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dashboard.blocks import Cell, CellType, Column, Missing, Number, Table, Unit, words
from dashboard.names import in_english, named, text
from dashboard.seats import by_day, printed_number, printed_pct, value_of
from pipelines.editions.schema import PollRow, PollValue, Reference, UnknownColumn

KINDS = ("poll", "scenario", "exit_poll")
EVERY = "all"
SORTS = ("date", "firm", "n")


@dataclass(frozen=True)
class PollFilter:
    """Polls of one kind, firm, outlet and list or all of them, and of the last days; by date, firm, size or seats.

    `since`: the first day of fieldwork's end that counts, None for all.
    """

    kind: str
    pollster: str
    sort: str
    is_rising: bool
    outlet: str = EVERY
    list: str = EVERY
    since: date | None = None

    def holds(self, poll: PollRow) -> bool:
        """Whether a poll is among those asked for."""
        if self.list != EVERY:
            value = value_of(poll, self.list)
            if value is None or value.status == "not_asked":
                return False
        return (
            self.kind in (EVERY, poll.kind)
            and self.pollster in (EVERY, poll.pollster or "")
            and self.outlet in (EVERY, poll.publisher or "")
            and (self.since is None or poll.fieldwork_end >= self.since)
        )


def filtered(polls: Sequence[PollRow], choice: PollFilter) -> list[PollRow]:
    """The polls asked for; what has no value for the order chosen stands last, the newest first among equals."""
    polls_in_order = [poll for poll in polls if choice.holds(poll)]
    polls_in_order.sort(key=by_day, reverse=True)
    if choice.sort == "date":
        return polls_in_order[::-1] if choice.is_rising else polls_in_order
    if choice.sort == "firm":
        with_firm = [poll for poll in polls_in_order if poll.pollster]
        with_firm.sort(key=lambda poll: poll.pollster or "", reverse=not choice.is_rising)
        return with_firm + [poll for poll in polls_in_order if not poll.pollster]
    sized = [(size, poll) for poll in polls_in_order if (size := _size(poll, choice.sort)) is not None]
    sized.sort(key=lambda pair: pair[0], reverse=not choice.is_rising)
    return [poll for _, poll in sized] + [poll for poll in polls_in_order if _size(poll, choice.sort) is None]


def question(poll: PollRow, polls: Sequence[PollRow], standing: Collection[str]) -> tuple[list[str], list[str]]:
    """Which lists a scenario asked about that the poll beside it did not, and which it left out.

    The poll beside it is the same firm's of the same days; where there is none, the lists that stand.
    """
    own = {value.list for value in poll.values if value.status != "not_asked"}
    beside = next(
        (
            one
            for one in polls
            if one.kind == "poll" and (one.pollster, one.fieldwork_end) == (poll.pollster, poll.fieldwork_end)
        ),
        None,
    )
    usual = {value.list for value in beside.values if value.status != "not_asked"} if beside else set(standing)
    return sorted(own - usual), sorted(usual - own) if beside else []


def _size(poll: PollRow, sort: str) -> float | None:
    return poll.sample_size if sort == "n" else printed_number(poll, sort)


def printed(polls: Sequence[PollRow], order: Sequence[str]) -> list[str]:
    """The lists that some poll here printed: those of `order` first, then the ones printed most often."""
    counts: dict[str, int] = {}
    for poll in polls:
        for value in poll.values:
            if value.status != "not_asked":
                counts[value.list] = counts.get(value.list, 0) + 1
    others = sorted(counts.keys() - set(order), key=lambda name: (-counts[name], name))
    return [name for name in order if name in counts] + others


def files_table(polls: Sequence[PollRow], order: Sequence[str], reference: Reference) -> Table:
    """Polls as a file has them: seats as numbers, blank where a list was not asked, `<` below the threshold.

    A list with a printed percentage has a second column for it, and only that one where no poll printed its seats. Ids
    are ours, names English; columns are named by ids.
    """
    lists = printed(polls, order)
    with_pct = {value.list for poll in polls for value in poll.values if value.pct}
    with_seats = {value.list for poll in polls for value in poll.values if value.status != "share"}
    columns = [_plain(name, unit, kind) for name, unit, kind, _ in BEFORE]
    for name in lists:
        if name in with_seats:
            columns.append(_plain(name, "seats", "float"))
        if name in with_pct:
            columns.append(_plain(f"{name}_pct", "pct", "float"))
    columns += [_plain(name, unit, kind) for name, unit, kind, _ in AFTER]
    names = {item.id: in_english(named(item)) for item in (*reference.pollsters, *reference.publishers)}
    rows = tuple(_line(poll, lists, with_seats, with_pct, names) for poll in polls)
    return Table(tuple(columns), rows, words("nav.polls"))


def _corrected(poll: PollRow) -> str:
    return "; ".join(
        f"{row.label or row.field}: {row.before or '–'} → {row.after or '–'} ({row.source})" for row in poll.corrections
    )


FileColumn = tuple[str, Unit, CellType, Callable[[PollRow], Cell]]
BEFORE: tuple[FileColumn, ...] = (
    ("poll", "text", "str", lambda poll: poll.poll),
    ("kind", "text", "str", lambda poll: poll.kind),
    ("pollster", "text", "str", lambda poll: poll.pollster),
    ("publisher", "text", "str", lambda poll: poll.publisher),
    ("fieldwork_start", "date", "date", lambda poll: poll.fieldwork_start),
    ("fieldwork_end", "date", "date", lambda poll: poll.fieldwork_end),
    ("published_date", "date", "date", lambda poll: poll.published_date),
    ("sample_size", "count", "int", lambda poll: poll.sample_size),
)
AFTER: tuple[FileColumn, ...] = (
    ("source", "text", "str", lambda poll: poll.source),
    ("revision", "count", "int", lambda poll: poll.revision),
    ("ruling", "text", "str", lambda poll: poll.ruling),
    ("unit", "text", "str", lambda poll: poll.unit),
    ("urls", "text", "str", lambda poll: " ".join(poll.urls) or None),
    ("disclosed", "text", "str", lambda poll: ";".join(poll.disclosed) or None),
    ("checked", "text", "str", lambda poll: poll.checked),
    ("unknown_columns", "text", "str", lambda poll: unknown_columns(poll) or None),
    ("corrections", "text", "str", lambda poll: _corrected(poll) or None),
)


def _plain(name: str, unit: Unit, kind: CellType) -> Column:
    return Column(name, text(name), unit, kind, digits=-1)


def _line(
    poll: PollRow, lists: Sequence[str], with_seats: set[str], with_pct: set[str], names: Mapping[str, str]
) -> tuple[Cell, ...]:
    cells = [of(poll) for *_, of in BEFORE]
    cells[2:4] = [names.get(poll.pollster or "", poll.pollster), names.get(poll.publisher or "", poll.publisher)]
    for name in lists:
        value = value_of(poll, name)
        if name in with_seats:
            cells.append(Missing("no_seats") if poll.unit == "share" else printed_cell(value))
        if name in with_pct:
            cells.append(_pct(value))
    return (*cells, *(of(poll) for *_, of in AFTER))


def unknown_columns(poll: PollRow) -> str:
    """The columns of a poll whose list nobody knows, as printed."""
    return "; ".join(f"{column.label} {_printed(column)}" for column in poll.unknown)


def _printed(column: UnknownColumn) -> str:
    return column.pct or ("–" if column.seats is None else f"{column.seats:g}")


def printed_cell(value: PollValue | None, has_sign: bool = False) -> Cell:
    """What a poll printed for a list, in the poll's unit; what is not a number says why.

    A percentage has the decimals it was printed with, and its sign where other polls beside it are in seats.
    """
    if value is None or value.status == "not_asked":
        return Missing("not_asked")
    if value.status == "share":
        pct = printed_pct(value)
        if pct is None:
            return Missing("no_seats", value.pct or "")
        return Number(pct, decimals(value.pct or ""), "percent" if has_sign else "plain")
    if value.status == "below_threshold":
        return Missing("below_threshold", f"({value.pct}%)" if value.pct else "")
    return Missing("no_seats") if value.seats is None else as_whole_number(value.seats)


def _pct(value: PollValue | None) -> Cell:
    """The printed percentage as a number; as it was printed where it is none."""
    if value is None or not value.pct:
        return None
    pct = printed_pct(value)
    return value.pct if pct is None else pct


def decimals(printed: str) -> int:
    """
    >>> decimals("24.50"), decimals("5")
    (2, 0)
    """
    return len(printed.partition(".")[2])


def as_whole_number(seats: float) -> int | float:
    return int(seats) if seats.is_integer() else seats
