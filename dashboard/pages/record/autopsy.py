"""How one vote came out against what was said before it: lists, blocs, the threshold, and every firm's last poll."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean

from dashboard.blocks import (
    Argument,
    Block,
    BlockType,
    Cell,
    Chance,
    Column,
    Join,
    Line,
    Lines,
    Number,
    Table,
    Values,
    Words,
    words,
)
from dashboard.names import bloc_name, firm_short, joined, list_name, uncoloured
from dashboard.pages.night.numbers import public_vote
from dashboard.pages.shared import Blocks
from dashboard.seats import is_in_doubt, outlook, seats_of
from dashboard.view import View
from pipelines.editions.schema import PollRow

NAME = "record"
MISSES_NAMED = 4
Seats = Mapping[str, float]


class AutopsyValues(Values):
    """The edition before the vote against the result: errors in seats, per list of the edition or the result."""

    kind: str = "autopsy"
    lists_inside: int
    lists: int
    mean_error_seats: float
    average_error_seats: float | None
    exit_polls_error_seats: float | None
    errors_seats: dict[str, float]


class FirmsValues(Values):
    """Each firm's last poll against the result: the mean error over lists, in seats."""

    kind: str = "autopsy_firms"
    mean_error_seats: dict[str, float]


BLOCKS = Blocks(
    "record",
    BlockType("autopsy", AutopsyValues, "note", "autopsy.title"),
    BlockType("autopsy-firms", FirmsValues, "table", "autopsy.firms"),
)


def blocks(view: View) -> tuple[Block, ...]:
    """Nothing where no result is recorded."""
    result = view.projection.result
    if result is None:
        return ()
    last = last_polls(view.edition.polls.polls)
    return (_autopsy(view, result, last), *((_firms(view, result, last),) if last else ()))


def last_polls(polls: Iterable[PollRow]) -> dict[str, PollRow]:
    """The last ordinary poll in seats of every firm, the newest first."""
    last: dict[str, PollRow] = {}
    for poll in sorted(polls, key=lambda one: (one.fieldwork_end, one.known_from, one.poll), reverse=True):
        if poll.kind == "poll" and poll.unit == "seats" and poll.pollster:
            last.setdefault(poll.pollster, poll)
    return last


def printed(poll: PollRow) -> dict[str, float]:
    """What a poll gives each list it asked for; nought under the threshold."""
    return {value.list: value.seats or 0 for value in poll.values if value.status != "not_asked"}


def errors(seats: Seats, result: Mapping[str, int]) -> dict[str, float]:
    """Seats said less seats won, for every list that is in either with any."""
    names = [name for name in {**seats, **result} if seats.get(name) or result.get(name)]
    return {name: seats.get(name, 0) - result.get(name, 0) for name in names}


def mean_error(seats: Seats, result: Mapping[str, int]) -> float:
    """The mean over lists of how many seats off they were."""
    return fmean(abs(error) for error in errors(seats, result).values())


def _autopsy(view: View, result: Mapping[str, int], last: Mapping[str, PollRow]) -> Block:
    projection = view.projection
    ours = {item.id: float(seats_of(projection, [item.id])) for item in projection.lists}
    inside = sum(outlook(item).q05 <= result.get(item.id, 0) <= outlook(item).q95 for item in projection.lists)
    off, average = errors(ours, result), average_of(list(last.values()))
    sentences: list[Words] = [
        words("autopsy.lists", inside=Number(inside), all=Number(len(projection.lists)), error=_seats(ours, result)),
        _misses(view, off),
    ]
    if average:
        sentences.append(words("autopsy.average", n=Number(len(last)), error=_seats(average, result)))
    vote = public_vote(view)
    exit_means = {row.list: row.mean for row in vote.exit_estimate.lists} if vote and vote.exit_estimate else {}
    if vote and exit_means:
        channels = {one.channel for one in vote.exit_polls if not one.is_in_doubt}
        sentences.append(words("autopsy.exit_polls", n=len(channels), error=_seats(exit_means, result)))
    lines: list[Argument] = [*sentences, *_blocs(view, result), *_threshold(view, result)]
    return BLOCKS.make(
        view,
        "autopsy",
        AutopsyValues(
            lists_inside=inside,
            lists=len(projection.lists),
            mean_error_seats=mean_error(ours, result),
            average_error_seats=mean_error(average, result) if average else None,
            exit_polls_error_seats=mean_error(exit_means, result) if exit_means else None,
            errors_seats=off,
        ),
        finding=words("autopsy.finding", error=_seats(ours, result)),
        notes=(Lines(tuple(_line(line) for line in lines)),),
    )


def _line(sentence: Argument) -> tuple[Line, ...]:
    return ((sentence,),)


def _seats(seats: Seats, result: Mapping[str, int]) -> Number:
    return Number(mean_error(seats, result), 1)


def average_of(polls: Sequence[PollRow]) -> dict[str, float]:
    """The plain mean of polls, list by list, over those that asked for it."""
    names = {name for poll in polls for name in printed(poll)}
    return {name: fmean(seats[name] for poll in polls if name in (seats := printed(poll))) for name in names}


def _misses(view: View, off: Mapping[str, float]) -> Words:
    """The lists that came out furthest from what was said of them."""
    worst = sorted(off, key=lambda name: (-abs(off[name]), name))[:MISSES_NAMED]
    items = [Join((list_name(view, name), Number(-off[name], 0, "signed")), " ") for name in worst if off[name]]
    return words("autopsy.misses", names=joined(items)) if items else words("autopsy.no_miss")


def _blocs(view: View, result: Mapping[str, int]) -> list[Words]:
    majority = view.projection.majority
    return [
        words(
            "autopsy.bloc",
            name=uncoloured(bloc_name(view, bloc)),
            said=Number(seats_of(view.projection, bloc.lists)),
            won=Number(sum(result.get(name, 0) for name in bloc.lists)),
            majority=majority,
            chance=Chance(bloc.p_majority),
        )
        for bloc in view.projection.blocs
    ]


def _threshold(view: View, result: Mapping[str, int]) -> list[Words]:
    """The lists that were in doubt, or fell on the other side."""
    called = [
        item
        for item in view.projection.lists
        if is_in_doubt(item.p_pass) or (item.p_pass >= 0.5) != bool(result.get(item.id))
    ]
    return [
        words(
            "autopsy.passed" if result.get(item.id) else "autopsy.failed",
            name=list_name(view, item.id),
            chance=Chance(item.p_pass),
        )
        for item in sorted(called, key=lambda item: -item.p_pass)
    ]


def _firms(view: View, result: Mapping[str, int], last: Mapping[str, PollRow]) -> Block:
    error_by_firm = {name: mean_error(printed(poll), result) for name, poll in last.items()}
    columns = (
        Column("pollster", words("autopsy.firm"), is_row_header=True),
        Column("fieldwork_end", words("autopsy.last_poll"), "date", "date"),
        Column("mean_error_seats", words("autopsy.error"), "seats", "float", digits=1),
        Column("misses", words("autopsy.furthest")),
    )
    rows: list[tuple[Cell, ...]] = []
    for name in sorted(error_by_firm, key=lambda name: (error_by_firm[name], name)):
        off = errors(printed(last[name]), result)
        worst = [one for one in sorted(off, key=lambda one: (-abs(off[one]), one))[:2] if off[one]]
        misses = [Join((uncoloured(list_name(view, one)), Number(-off[one], 0, "signed")), " ") for one in worst]
        rows.append((firm_short(view, name), last[name].fieldwork_end, error_by_firm[name], Join(tuple(misses), ", ")))
    return BLOCKS.make(
        view,
        "autopsy-firms",
        FirmsValues(mean_error_seats=error_by_firm),
        noted=words("autopsy.firms_note"),
        table=Table(columns, tuple(rows), classes="numeric"),
    )
