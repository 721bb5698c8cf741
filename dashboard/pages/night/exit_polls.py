"""The exit polls: every channel's seats beside the last projection, their plain mean, and what past nights teach."""

from dashboard.blocks import (
    Block,
    BlockType,
    Cell,
    Column,
    Disclosure,
    Interval,
    Join,
    Line,
    Lines,
    Missing,
    Moment,
    Name,
    Note,
    Number,
    Table,
    Values,
    Words,
    words,
)
from dashboard.names import bloc_name, named, uncoloured
from dashboard.pages.night import numbers
from dashboard.pages.shared import Blocks, quiet
from dashboard.view import View
from pipelines.editions.schema.vote import ExitEstimate, ExitPoll, Vote

NAME = "night"


class ExitRow(Values):
    """One list: seats of the last projection, of each channel's last version, and of their mean with its interval."""

    list: str
    projected_seats: int | None
    channel_seats: tuple[int | None, ...]
    mean_seats: float | None
    low_seats: float | None
    high_seats: float | None


class ExitPollsValues(Values):
    """The last version of every channel; those `in_doubt` do not fill the house and are in no mean."""

    kind: str = "exit_polls"
    channels: tuple[str, ...]
    in_doubt: tuple[str, ...]
    nights: int | None
    lists: tuple[ExitRow, ...]


BLOCKS = Blocks("night", BlockType("exit-polls", ExitPollsValues, "table", "exit.title"))


def blocks(view: View, vote: Vote) -> tuple[Block, ...]:
    return (_exit_polls(view, vote),) if vote.exit_polls else ()


def _exit_polls(view: View, vote: Vote) -> Block:
    last = list({poll.channel: poll for poll in vote.exit_polls}.values())
    rows = _rows(view, vote, last)
    title = words("exit.title")
    columns = (
        Column("list", words("table.list"), is_row_header=True),
        Column("projected_seats", words("night.projected"), "seats", "int"),
        *(
            Column(f"channel_{at}", named(poll), "seats", "int", heading=_version(view, poll))
            for at, poll in enumerate(last, start=1)
        ),
        *((Column("mean", words("exit.mean"), "seats", "float", digits=1),) if vote.exit_estimate else ()),
    )
    table = Table(columns, tuple(_cells(view, vote, row) for row in rows), title, classes="numeric")
    return BLOCKS.make(
        view,
        "exit-polls",
        ExitPollsValues(
            channels=tuple(poll.channel for poll in last),
            in_doubt=tuple(poll.channel for poll in last if poll.is_in_doubt),
            nights=vote.exit_estimate.nights if vote.exit_estimate else None,
            lists=rows,
        ),
        heading=title,
        said=_summary(view, vote),
        table=table,
        notes=_notes(view, vote, last),
    )


def _rows(view: View, vote: Vote, last: list[ExitPoll]) -> tuple[ExitRow, ...]:
    """The lists that anybody gives a seat, most first by the mean, else by the projection."""
    projected, means = view.projection.allocation, {}
    if vote.exit_estimate:
        means = {row.list: row for row in vote.exit_estimate.lists}
    names = {name for poll in last for name, seats in poll.seats.items() if seats}
    names |= {name for name, seats in projected.items() if seats}
    order = sorted(names, key=lambda name: (-(means[name].mean if name in means else projected.get(name, 0)), name))
    return tuple(
        ExitRow(
            list=name,
            projected_seats=projected.get(name),
            channel_seats=tuple(poll.seats.get(name) for poll in last),
            mean_seats=means[name].mean if name in means else None,
            low_seats=means[name].low if name in means else None,
            high_seats=means[name].high if name in means else None,
        )
        for name in order
    )


def _cells(view: View, vote: Vote, row: ExitRow) -> tuple[Cell, ...]:
    mean: Cell = Missing("none")
    if row.mean_seats is not None and row.low_seats is not None and row.high_seats is not None:
        mean = Interval(row.low_seats, row.high_seats, row.mean_seats)
    return (
        numbers.list_of(view, vote, row.list),
        *(Missing("none") if seats is None else seats for seats in (row.projected_seats, *row.channel_seats)),
        *((mean,) if vote.exit_estimate else ()),
    )


def _version(view: View, poll: ExitPoll) -> tuple[Words | Name | Moment | str, ...]:
    if poll.moment_utc is None:
        return (poll.version,) if poll.version else ()
    moment = Moment(poll.moment_utc, view.electorate.zone, is_hour=True)
    return (Name("", {"en": poll.version}), moment) if poll.version else (moment,)


def _summary(view: View, vote: Vote) -> Words:
    estimate = vote.exit_estimate
    bloc = next(iter(estimate.blocs), None) if estimate else None
    if bloc is None or view.moves:  # the estimate is of the data's own blocs
        return words("exit.said", n=Number(len(vote.exit_polls)))
    projected = next((one for one in view.projection.blocs if one.id == bloc.id), None)
    return words(
        "exit.bloc",
        bloc=uncoloured(bloc_name(view, projected or bloc.id)),
        mean=Number(bloc.mean, 1),
        low=Number(bloc.low),
        high=Number(bloc.high),
        majority=view.projection.majority,
    )


def _notes(view: View, vote: Vote, last: list[ExitPoll]) -> tuple[Note, ...]:
    """What the mean is, how its intervals held on other nights, what is in doubt, and the versions before the last."""
    notes: list[Note] = [quiet(words("exit.note"))]
    if vote.exit_estimate:
        notes.append(quiet(_coverage(vote.exit_estimate)))
    doubted = tuple(uncoloured(named(poll)) for poll in last if poll.is_in_doubt)
    if doubted:
        notes.append(quiet(words("exit.doubt", names=Join(doubted), house=view.projection.house_size)))
    if any(poll.moment_utc is None for poll in vote.exit_polls):
        notes.append(quiet(words("exit.no_moment")))
    earlier = [poll for poll in vote.exit_polls if poll not in last]
    if earlier:
        lines: tuple[tuple[Line, ...], ...] = tuple((_earlier(view, vote, poll),) for poll in earlier)
        notes.append(Disclosure("earlier-versions", words("exit.earlier", n=Number(len(earlier))), (Lines(lines),)))
    return tuple(notes)


def _earlier(view: View, vote: Vote, poll: ExitPoll) -> Line:
    seats = sorted(poll.seats.items(), key=lambda pair: -pair[1])
    items = tuple(Join((numbers.list_of(view, vote, name), Number(n)), " ") for name, n in seats if n)
    return (named(poll), " ", Join(_version(view, poll), " "), ": ", Join(items, ", "))


def _coverage(estimate: ExitEstimate) -> Words:
    return words(
        "exit.coverage",
        nights=Number(estimate.nights),
        inside=Number(estimate.lists_inside),
        all=Number(estimate.lists_judged),
        blocs=Number(estimate.blocs_inside),
    )
