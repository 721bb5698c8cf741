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
from dashboard.pages.night.numbers import Counted, name_of
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
    found = numbers.counted(view)
    state = numbers.state(view, found)
    if state == "before":
        return words("night.before", date=Day(view.projection.election_date))
    if state == "silent":
        return words("night.silent")
    seats = _seats(view, found)
    first = sorted(seats, key=lambda name: -seats[name])[:NAMED]
    said = tuple(Join((_name(view, found, name), Number(seats[name])), " ") for name in first)
    return words(f"night.{state}", names=joined(said))


def _seats(view: View, found: Counted | None) -> dict[str, int]:
    """The recorded result, else what the law gives so far."""
    result = view.projection.result
    return dict(result if result is not None else found.point.seats if found else {})


def _name(view: View, found: Counted | None, name: str) -> Name:
    return name_of(view, found, name) if found else list_name(view, name)


def blocks(view: View) -> Parts:
    found = numbers.counted(view)
    counted = (_count(view, found), *next_seat.blocks(view, found), _files(view, found)) if found else ()
    vote = numbers.vote_told(view)
    polled = exit_polls.blocks(view, vote) if vote else ()
    return (_headline(view, found), *counted, *polled) if found else (_headline(view, found), *polled)


def _headline(view: View, found: Counted | None) -> Block:
    values = numbers.HeadlineValues(
        state=numbers.state(view, found),
        valid_votes=found.point.valid_votes if found else None,
        committee_counted_pct=found.point.counted_pct if found else None,
        estimated_counted_share=found.vote.counted_estimate if found else None,
    )
    return BLOCKS.make(view, "headline", values, finding=headline(view), lead=_lead(view, found))


def _lead(view: View, found: Counted | None) -> tuple[Note, ...]:
    """How much is counted: the committee's word first, our estimate named as such, and what a part does not say."""
    if found is None:
        ban = gate.binding(view.edition.reference, "exit_poll", view.today)
        if ban is None or view.is_told:
            return ()
        zone = view.electorate.zone
        end = Moment(ban.end.replace(tzinfo=ZoneInfo(zone)).isoformat(), zone)
        return (quiet(words("night.held", moment=end)),)
    point, zone = found.point, view.electorate.zone
    said: list[Argument] = [
        words("night.as_of", n=Number(point.valid_votes), moment=Moment(point.moment_utc, zone)),
        words("night.committee_unknown")
        if point.counted_pct is None
        else words("night.committee", pct=Number(point.counted_pct, 1, "percent")),
    ]
    if found.vote.counted_estimate is not None and point.stage == "interim":
        said.append(words("night.estimate", pct=Number(100 * found.vote.counted_estimate, 0, "percent")))
    notes: list[Note] = [quiet(Join(tuple(said), " "))]
    if point.stage == "interim":
        notes.append(quiet(words("night.interim_note")))
    return tuple(notes)


def _count(view: View, found: Counted) -> Block:
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
            votes=found.point.votes[name],
            share_pct=found.pct(found.point.votes[name]),
            seats=found.point.seats[name],
            projected_seats=projected.get(name),
            threshold_votes=found.standing.lists[name].threshold_votes,
        )
        for name in found.order
    )
    others = found.point.valid_votes - sum(row.votes for row in values)
    rows: list[tuple[Cell, ...]] = [
        (
            name_of(view, found, row.list),
            row.votes,
            row.share_pct,
            row.seats,
            Missing("none") if row.projected_seats is None else row.projected_seats,
        )
        for row in values
    ]
    rows.append((words("night.others"), others, found.pct(others), 0, Missing("none")))
    said = words("night.count_note" if found.point.stage == "interim" else "night.count_final")
    return BLOCKS.make(
        view,
        "count",
        numbers.CountValues(
            is_interim=found.point.stage == "interim",
            valid_votes=found.point.valid_votes,
            other_votes=others,
            house_seats=found.vote.house_size,
            threshold_votes=found.standing.threshold_votes,
            lists=values,
        ),
        finding=said,
        table=Table(columns, tuple(rows), classes="numeric"),
        claims_sum=(
            ("votes", found.point.valid_votes),
            *((("seats", found.vote.house_size),) if not found.point.ties else ()),
        ),
        notes=(quiet(said),),
    )


def _files(view: View, found: Counted) -> Block:
    """Every imported file, the newest first, with the seats it moved."""
    columns = (
        Column("moment", words("night.moment"), is_row_header=True),
        Column("votes", words("night.valid"), "count", "int"),
        Column("rows", words("night.rows"), "count", "int"),
        Column("moved", words("night.moved")),
    )
    rows: list[tuple[Cell, ...]] = []
    before = None
    for point in found.vote.counts:
        moved: Cell = words("night.behind") if point.is_behind else None
        if before is not None and not point.is_behind:
            changes = {one: seats - before.seats.get(one, 0) for one, seats in point.seats.items()}
            changes = {one: change for one, change in changes.items() if change}
            moved = next_seat.moved_seats(view, found, changes) if changes else words("night.moved_none")
        rows.append((Moment(point.moment_utc, view.electorate.zone), point.valid_votes, point.rows, moved))
        before = before if point.is_behind else point
    title = words("night.files", n=Number(len(rows)))
    return BLOCKS.make(
        view,
        "files",
        numbers.FilesValues(
            files=tuple((point.moment_utc, point.valid_votes, point.is_behind) for point in found.vote.counts)
        ),
        heading=title,
        noted=words("night.files_note"),
        table=Table(columns, tuple(reversed(rows)), title, classes="numeric"),
    )


PAGE = Page("/night", NAME, headline, blocks, BLOCKS.types)
