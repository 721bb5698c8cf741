"""Night: the count so far by the law, clearly interim, and what the next seat takes."""

from zoneinfo import ZoneInfo

from dashboard.blocks import (
    Argument,
    Block,
    BlockType,
    Cell,
    Column,
    Day,
    Join,
    Missing,
    Moment,
    Name,
    Note,
    Number,
    Parts,
    Table,
    Words,
    words,
)
from dashboard.names import joined, list_name
from dashboard.pages.night import exit_polls, next_seat, numbers
from dashboard.pages.night.numbers import CountShown, name_of
from dashboard.pages.shared import Blocks, quiet
from dashboard.view import Page, View
from pipelines.editions import gate

NAME = "night"
NAMED = 3  # lists in the headline


BLOCKS = Blocks(
    NAME,
    BlockType("headline", numbers.HeadlineValues, "headline", is_announced=True),
    BlockType("count", numbers.CountValues, "table", "night.count"),
    *next_seat.BLOCKS.types,
    BlockType("files", numbers.FilesValues, "table"),
    *exit_polls.BLOCKS.types,
)


def headline(view: View) -> Words:
    count = numbers.count_shown(view)
    state = numbers.state(view, count)
    if state == "before":
        return words("night.before", date=Day(view.projection.election_date))
    if state == "silent":
        return words("night.silent")
    seats = _seats(view, count)
    first = sorted(seats, key=lambda name: -seats[name])[:NAMED]
    leaders = tuple(Join((_name(view, count, name), Number(seats[name])), " ") for name in first)
    return words(f"night.{state}", names=joined(leaders))


def _seats(view: View, count: CountShown | None) -> dict[str, int]:
    """The recorded result, else what the law gives so far."""
    result = view.projection.result
    return dict(result if result is not None else count.point.seats if count else {})


def _name(view: View, count: CountShown | None, name: str) -> Name:
    return name_of(view, count, name) if count else list_name(view, name)


def blocks(view: View) -> Parts:
    count = numbers.count_shown(view)
    counted = (_count(view, count), *next_seat.blocks(view, count), _files(view, count)) if count else ()
    vote = numbers.public_vote(view)
    polled = exit_polls.blocks(view, vote) if vote else ()
    return (_headline(view, count), *counted, *polled) if count else (_headline(view, count), *polled)


def _headline(view: View, count: CountShown | None) -> Block:
    values = numbers.HeadlineValues(
        state=numbers.state(view, count),
        valid_votes=count.point.valid_votes if count else None,
        committee_counted_pct=count.point.counted_pct if count else None,
        estimated_counted_share=count.vote.counted_estimate if count else None,
    )
    return BLOCKS.make(view, "headline", values, finding=headline(view), lead=_lead(view, count))


def _lead(view: View, count: CountShown | None) -> tuple[Note, ...]:
    """How much is counted: the committee's word first, our estimate named as such, and what a part does not say."""
    if count is None:
        ban = gate.binding(view.edition.reference, "exit_poll", view.today)
        if ban is None or view.is_told:
            return ()
        zone = view.electorate.zone
        end = Moment(ban.end.replace(tzinfo=ZoneInfo(zone)).isoformat(), zone)
        return (quiet(words("night.held", moment=end)),)
    point, zone = count.point, view.electorate.zone
    sentences: list[Argument] = [
        words("night.as_of", n=Number(point.valid_votes), moment=Moment(point.moment_utc, zone)),
        words("night.committee_unknown")
        if point.counted_pct is None
        else words("night.committee", pct=Number(point.counted_pct, 1, "percent")),
    ]
    if count.vote.counted_estimate is not None and point.stage == "interim":
        sentences.append(words("night.estimate", pct=Number(100 * count.vote.counted_estimate, 0, "percent")))
    notes: list[Note] = [quiet(Join(tuple(sentences), " "))]
    if point.stage == "interim":
        notes.append(quiet(words("night.interim_note")))
    return tuple(notes)


def _count(view: View, count: CountShown) -> Block:
    projected = view.projection.allocation
    columns = (
        Column("list", words("table.list"), is_row_header=True),
        Column("votes", words("night.votes"), "count", "int"),
        Column("share_pct", words("night.share"), "pct", "float", digits=2),
        Column("seats", words("night.seats"), "seats", "int"),
        Column("projected_seats", words("night.projected"), "seats", "int"),
    )
    values = tuple(
        numbers.CountRow(
            list=name,
            votes=count.point.votes[name],
            share_pct=count.pct(count.point.votes[name]),
            seats=count.point.seats[name],
            projected_seats=projected.get(name),
            threshold_votes=count.standing.lists[name].threshold_votes,
        )
        for name in count.order
    )
    others = count.point.valid_votes - sum(row.votes for row in values)
    rows: list[tuple[Cell, ...]] = [
        (
            name_of(view, count, row.list),
            row.votes,
            row.share_pct,
            row.seats,
            Missing("none") if row.projected_seats is None else row.projected_seats,
        )
        for row in values
    ]
    rows.append((words("night.others"), others, count.pct(others), 0, Missing("none")))
    note = words("night.count_note" if count.point.stage == "interim" else "night.count_final")
    return BLOCKS.make(
        view,
        "count",
        numbers.CountValues(
            is_interim=count.point.stage == "interim",
            valid_votes=count.point.valid_votes,
            other_votes=others,
            house_seats=count.vote.house_size,
            threshold_votes=count.standing.threshold_votes,
            lists=values,
        ),
        finding=note,
        table=Table(columns, tuple(rows), classes="numeric"),
        claims_sum=(
            ("votes", count.point.valid_votes),
            *((("seats", count.vote.house_size),) if not count.point.ties else ()),
        ),
        notes=(quiet(note),),
    )


def _files(view: View, count: CountShown) -> Block:
    """Every imported file, the newest first, with the seats it moved."""
    columns = (
        Column("moment", words("night.moment"), is_row_header=True),
        Column("votes", words("night.valid"), "count", "int"),
        Column("rows", words("night.rows"), "count", "int"),
        Column("moved", words("night.moved")),
    )
    rows: list[tuple[Cell, ...]] = []
    before = None
    for point in count.vote.counts:
        moved: Cell = words("night.behind") if point.is_behind else None
        if before is not None and not point.is_behind:
            changes = {one: seats - before.seats.get(one, 0) for one, seats in point.seats.items()}
            changes = {one: change for one, change in changes.items() if change}
            moved = next_seat.moved_seats(view, count, changes) if changes else words("night.moved_none")
        rows.append((Moment(point.moment_utc, view.electorate.zone), point.valid_votes, point.rows, moved))
        before = before if point.is_behind else point
    title = words("night.files", n=Number(len(rows)))
    return BLOCKS.make(
        view,
        "files",
        numbers.FilesValues(
            files=tuple((point.moment_utc, point.valid_votes, point.is_behind) for point in count.vote.counts)
        ),
        heading=title,
        noted=words("night.files_note"),
        table=Table(columns, tuple(reversed(rows)), title, classes="numeric"),
    )


PAGE = Page("/night", NAME, headline, blocks, BLOCKS.types)
