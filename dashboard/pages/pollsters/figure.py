"""Gaps from the pollsters' average, as a block and its figure: a row each, the estimate and its 90 % interval."""

from collections.abc import Sequence

from dashboard.blocks import Argument, Block, Cell, Column, FigureDict, Interval, Name, Number, Table, Words, words
from dashboard.drawing import in_two_lines, layout, line, margins, marks, name_label, name_room, phrase, rows_axis
from dashboard.i18n import Translator
from dashboard.names import joined, uncoloured, without_brackets
from dashboard.pages.pollsters.numbers import GapsValues, GapValues, stands_out
from dashboard.pages.shared import Blocks, quiet
from dashboard.render.template import token
from dashboard.view import View
from pipelines.editions.schema import HouseEffect

ROW = 30
LONG_NAME = 22  # letters


def gaps_figure(values: GapsValues, t: Translator) -> FigureDict:
    """Percentage points of the vote; where the interval excludes nought the dot is full."""
    rows = values.gaps
    names = [in_two_lines(name_label(row.name, t), LONG_NAME, t) for row in rows]
    colours = [token(row.colour) for row in rows]
    reach = max([0.5, *(abs(value) for row in rows for value in (row.low_pct, row.high_pct))]) * 1.08
    room = name_room(names, 7, 200)
    plane = layout(
        ROW * max(1, len(rows)) + 44,
        (room, 16, 4, 30),
        xaxis={"range": [-reach, reach], "showgrid": True, "nticks": 7},
        yaxis=rows_axis(names, range(len(rows))),
        shapes=[
            line(0, 0, 0, 1, token("ink"), 1.25, yref="paper", name="average"),
            *(line(row.low_pct, row.high_pct, at, at, colours[at], 2.5, name="ninety") for at, row in enumerate(rows)),
        ],
    )
    dots = marks(
        "gap",
        [round(row.gap_pct, 2) for row in rows],
        range(len(rows)),
        10,
        [colour if row.stands_out else token("paper") for row, colour in zip(rows, colours, strict=True)],
        colours,
        2,
        text=[
            f"{name}: {t.signed(row.gap_pct, 1)} ({t.span(row.low_pct, row.high_pct, 1)})"
            for name, row in zip(names, rows, strict=True)
        ],
        hovertemplate=phrase("%{text}", t) + "<extra></extra>",
    )
    return {"data": [dots], "layout": plane, "narrow": {"margin": margins(min(room, 136), 12, 4, 30)}}


def gaps_chart(
    blocks: Blocks,
    view: View,
    block_id: str,
    of: str,
    title: Words,
    rows: Sequence[tuple[Name, HouseEffect]],
    first: Column,
) -> Block:
    """The gaps of one list firm by firm, or of one firm list by list, as a block of a page's own."""
    values = GapsValues(
        of=of,
        gaps=tuple(
            GapValues(
                name=without_brackets(name),
                gap_pct=row.effect_pct,
                low_pct=row.low_pct,
                high_pct=row.high_pct,
                polls=row.polls,
                stands_out=stands_out(row),
                colour=f"list:{row.list}",
            )
            for name, row in rows
        ),
    )
    columns = (
        first,
        Column("gap_pct", words("pollsters.gap"), "number", "float", digits=2, is_signed=True),
        Column("ninety_pct", words("pollsters.ninety"), "number", "float", digits=2),
        Column("polls", words("pollsters.polls"), "count", "int"),
    )
    cells: tuple[tuple[Cell, ...], ...] = tuple(
        (uncoloured(name), row.effect_pct, Interval(row.low_pct, row.high_pct), row.polls) for name, row in rows
    )
    return blocks.make(
        view,
        block_id,
        values,
        heading=title,
        finding=_summary(rows),
        table=Table(columns, cells, title, is_open=False),
        notes=(quiet(words("pollsters.gaps_note")),),
    )


def _summary(rows: Sequence[tuple[Name, HouseEffect]]) -> Words:
    """Where the interval excludes nought, in words."""
    apart: list[Argument] = [
        words("pollsters.summary_item", name=name, gap=Number(row.effect_pct, 1, "signed"))
        for name, row in rows
        if stands_out(row)
    ]
    return words("pollsters.summary", names=joined(apart)) if apart else words("pollsters.summary_none")
