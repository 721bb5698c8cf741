"""The latest polls: a column a poll, a row a list, as published, with the change since the same firm's last one."""

from collections.abc import Mapping

from dashboard.blocks import (
    Anchor,
    Block,
    BlockType,
    Cell,
    Column,
    Day,
    InputRef,
    Name,
    Paragraph,
    Table,
    Unit,
    Words,
    href,
    words,
)
from dashboard.names import firm_short, list_name, outlet_name, word
from dashboard.pages.polls.numbers import printed_cell
from dashboard.pages.shared import Blocks
from dashboard.pages.tonight import numbers
from dashboard.pages.tonight.numbers import Pair, latest
from dashboard.seats import value_of
from dashboard.view import View
from pipelines.editions.schema import PollRow

RESIDUAL = "residual"  # the kind of what polls print as others


BLOCKS = Blocks("tonight", BlockType("latest", numbers.LatestValues, "table", "tonight.polls"))


def block(view: View) -> Block:
    """A column a poll, a row a list: seats as published, and the change beneath."""
    pairs = latest(view.edition.polls.polls)
    values = numbers.LatestValues(
        polls=tuple(poll for poll, _ in pairs),
        previous={poll.poll: previous.poll for poll, previous in pairs if previous is not None},
        certain={pair[0].poll: numbers.certain_changes(view, pair) for pair in pairs},
    )
    marked = Paragraph((words("tonight.polls_certain_note"),), "quiet certain")
    return BLOCKS.make(
        view,
        "latest",
        values,
        inputs=frozenset(InputRef("poll", poll.poll, poll.revision) for pair in pairs for poll in pair if poll),
        said=words("tonight.polls_note"),
        table=_polls_table(view, pairs, values.certain),
        notes=(
            *([marked] if any(values.certain.values()) else []),
            Paragraph((Anchor(words("tonight.polls_all"), href("/polls")),)),
        ),
    )


def _polls_table(view: View, pairs: list[Pair], certain: Mapping[str, Mapping[str, bool]]) -> Table:
    columns = [Column("list", words("table.list"), is_row_header=True)]
    is_mixed = len({poll.unit for poll, _ in pairs}) > 1
    for poll, previous in pairs:
        unit: Unit = "pct" if poll.unit == "share" else "seats"
        columns.append(
            Column(
                poll.poll,
                _firm(view, poll),
                unit,
                "float",
                heading=(*_outlet(view, poll), Day(poll.fieldwork_end, "short"), _before(view, previous)),
            )
        )
        columns.append(
            Column(
                f"{poll.poll}_change",
                _firm(view, poll),
                unit,
                "float",
                digits=1 if unit == "pct" else 0,
                is_signed=True,
                zero="=",
                under=poll.poll,
            )
        )
        if certain[poll.poll]:
            columns.append(Column(f"{poll.poll}_certain", words("tonight.polls_certain"), under=poll.poll))
    rows = tuple(
        (
            list_name(view, name),
            *(
                cell
                for pair in pairs
                for cell in (
                    printed_cell(value_of(pair[0], name), is_mixed),
                    numbers.change(pair, name),
                    *_certain(certain[pair[0].poll], name),
                )
            ),
        )
        for name in (*view.order.ids, *_others(view, pairs))
    )
    return Table(tuple(columns), rows, words("tonight.polls"), is_foldable=True, classes="polls")


def _certain(certain: Mapping[str, bool], name: str) -> tuple[Cell, ...]:
    """Beside a change that is more than chance, where a poll's changes are tested at all."""
    return (words("tonight.polls_certain") if certain.get(name) else None,) if certain else ()


def _others(view: View, pairs: list[Pair]) -> list[str]:
    """What polls print for all the rest together: no list, but part of what they add up to."""
    printed = {value.list for poll, _ in pairs for value in poll.values if value.status != "not_asked"}
    rest = {name for name, item in view.lists.items() if item.kind == RESIDUAL}
    return sorted((printed & rest) - set(view.order.ids))


def _firm(view: View, poll: PollRow) -> Name | Words:
    return firm_short(view, poll.pollster) if poll.pollster else words("table.unknown")


def _outlet(view: View, poll: PollRow) -> tuple[Name, ...]:
    return (outlet_name(view, poll.publisher),) if poll.publisher else ()


def _before(view: View, previous: PollRow | None) -> Words:
    if previous is None:
        return words("tonight.polls_first", poll=word(view, "poll"))
    return words("tonight.polls_previous", date=Day(previous.fieldwork_end, "short"))
