"""One list: its line with every poll named, its last polls, its seats over the draws, firms' gaps, its scenarios."""

from dashboard import sentences
from dashboard.address import Choice, Parameter
from dashboard.blocks import (
    DOT,
    Block,
    BlockType,
    Cell,
    Chance,
    Column,
    Day,
    FigureDict,
    Href,
    Inline,
    Join,
    Line,
    Missing,
    Name,
    Number,
    Paragraph,
    Parts,
    Span,
    Table,
    Words,
    words,
)
from dashboard.drawing import HOVER, SMALL, bars, layout, nice_step, note
from dashboard.i18n import Translator
from dashboard.names import firm_name, full, joined, list_name, the_projection, uncoloured, word
from dashboard.pages.list import numbers
from dashboard.pages.list.numbers import DistributionValues, ListValues, ReadingsValues
from dashboard.pages.pollsters.figure import gaps_chart, gaps_figure
from dashboard.pages.pollsters.numbers import GapsValues, of_list
from dashboard.pages.shared import Blocks, options, quiet, switch
from dashboard.pages.trends.chart import trend_of_one
from dashboard.pages.trends.figure import trend_figure
from dashboard.pages.trends.numbers import TrendValues
from dashboard.render.template import token
from dashboard.seats import in_order
from dashboard.view import Page, View
from pipelines.editions.schema import ListProjection
from pipelines.editions.store import Edition

HEIGHT = 200
MOST_TICKS = 12
AIR = 1.18  # above the highest bar, for its number


def distribution_figure(values: DistributionValues, t: Translator) -> FigureDict:
    """A bar a number of seats; the printed one in full colour, with its odds above it."""
    first, last = values.seats[0], values.seats[-1]
    odds = [100 * part for part in values.exactly]
    colours = [token(values.name.colour, 100 if at == values.printed_seats else 45) for at in values.seats]
    places = list(range(first, last + 1, nice_step(max(1, last - first), MOST_TICKS)))
    printed = [(at, of) for at, of in zip(values.seats, odds, strict=True) if at == values.printed_seats]
    hovers = [
        t("list.of_hundred", seats=at, chance=t.chance(part))
        for at, part in zip(values.seats, values.exactly, strict=True)
    ]
    heights = [round(value, 2) for value in odds]
    return {
        "data": [bars("exactly", values.seats, heights, 0.8, colours, hovertext=hovers, **HOVER)],
        "layout": layout(
            HEIGHT,
            (8, 8, 12, 30),
            xaxis={
                "range": [first - 0.7, last + 0.7],
                "tickvals": places,
                "ticktext": [t.number(place) for place in places],
            },
            yaxis={"range": [0, AIR * max(odds)], "showticklabels": False},
            annotations=[
                note(at, round(of, 2), f"<b>{t.number(of)}</b>", yanchor="bottom", yshift=2, font=SMALL)
                for at, of in printed
            ],
        ),
        "narrow": {},
    }


NAME = "list"


OWN = (NAME,)  # of all its blocks
BLOCKS = Blocks(
    NAME,
    BlockType("headline", ListValues, "headline", parameters=OWN),
    BlockType("line", TrendValues, "chart", figure=trend_figure, parameters=OWN),
    BlockType(
        "distribution", numbers.DistributionValues, "chart", "list.distribution", distribution_figure, parameters=OWN
    ),
    BlockType("polls", ReadingsValues, "table", "list.polls", parameters=OWN),
    BlockType("gaps", GapsValues, "chart", "list.gaps", gaps_figure, parameters=OWN),
    BlockType("scenarios", ReadingsValues, "table", "list.scenarios", parameters=OWN),
)


def parameters(edition: Edition) -> dict[str, Parameter]:
    """The list, which stands in the path; the largest where none is named."""
    return {NAME: Choice(tuple(in_order(edition.projection).ids), of_lists=True)}


def headline(view: View) -> Words:
    """Its printed seats and their interval; a list under the threshold has a share instead."""
    item = numbers.item_of(view)
    values = numbers.list_values(view, item, list_name(view, item.id))
    name, seats = uncoloured(full(view.lists[item.id])), sentences.seats_number(view.projection, [item.id])
    span = Span(values.interval_seats.q05, values.interval_seats.q95)
    if values.won_seats is not None:
        return words(
            "list.won",
            name=name,
            won=Number(values.won_seats),
            seats=seats,
            span=span,
            the_projection=the_projection(view),
        )
    if not values.seats:
        share = Number(values.trend_pct, 1, "percent")
        return words("list.under", name=name, share=share, chance=Chance(item.p_pass))
    return words("list.headline", name=name, seats=seats, span=span)


def blocks(view: View) -> Parts:
    item = numbers.item_of(view)
    name = list_name(view, item.id)
    labels = [(one, uncoloured(list_name(view, one))) for one in options(view, NAME)]
    effects = of_list(view.edition.trend.house_effects, item.id)
    gaps = [(firm_name(view, row.pollster), row) for row in effects]
    firm = Column("firm", words("pollsters.firm"), is_row_header=True)
    return (
        _headline(view, item, name),
        switch(view, NAME, words("table.list"), labels, style="menu"),
        trend_of_one(BLOCKS, view, item.id),
        _distribution(view, item, name),
        _readings(view, item, "poll", "polls"),
        *([gaps_chart(BLOCKS, view, "gaps", item.id, words("list.gaps"), gaps, firm)] if gaps else []),
        _readings(view, item, "scenario", "scenarios"),
    )


def _headline(view: View, item: ListProjection, name: Name) -> Block:
    values = numbers.list_values(view, item, name)
    kicker = [Paragraph((words("list.headed", names=joined(values.leaders)),), "kicker")] if values.leaders else []
    return BLOCKS.make(
        view, "headline", values, finding=headline(view), lead=(*kicker, Paragraph(_facts(view, values), "said"))
    )


def _facts(view: View, values: ListValues) -> Line:
    """Its chance to pass and to be the largest, the poll average, and what it had."""
    facts: list[Inline] = [
        words("list.passes", chance=Chance(values.p_pass)),
        words("list.average", share=Number(values.trend_pct, 1, "percent"), date=_last_poll(view)),
    ]
    if values.p_largest >= numbers.SEEN:
        facts.insert(1, words("list.largest", chance=Chance(values.p_largest)))
    if values.outgoing_seats is not None:
        house = {"house": word(view, "house"), "the_house": word(view, "the_house")}
        facts.append(words("seats.now", n=values.outgoing_seats, **house))
    return (Join(tuple(facts), DOT),)  # type: ignore[arg-type]


def _last_poll(view: View) -> Day:
    return Day(view.projection.polls.until, "short")


def _distribution(view: View, item: ListProjection, name: Name) -> Block:
    values = numbers.distribution(view, item, name)
    likeliest = max(zip(values.exactly, values.seats, strict=True))
    columns = (
        Column("seats", words("table.seats"), "seats", "int", is_row_header=True),
        *(
            Column(f"{kind}_of_100", words(f"list.{kind}"), "count", "float", digits=1)
            for kind in ("exactly", "at_least", "at_most")
        ),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (seats, *(100 * part for part in parts))
        for seats, *parts in zip(values.seats, values.exactly, values.at_least, values.at_most, strict=True)
    )
    return BLOCKS.make(
        view,
        "distribution",
        values,
        finding=words("list.likeliest", n=Number(likeliest[1]), chance=Chance(likeliest[0])),
        table=Table(columns, rows, words("list.distribution"), is_open=False),
        notes=(quiet(words("list.distribution_note")),),
    )


def _readings(view: View, item: ListProjection, kind: str, block_id: str) -> Block | None:
    """The last polls, or scenarios, that asked for it; each leads to its row among all polls."""
    polls = numbers.polls_of(view, item.id, kind)
    if not polls:
        return None
    values = numbers.readings_of(view, item.id, polls)
    title = words(f"list.{block_id}")
    return BLOCKS.make(view, block_id, values, heading=title, finding=title, table=_readings_table(values, title, kind))


def _readings_table(values: ReadingsValues, title: Words, kind: str) -> Table:
    change = Column("change", words("list.change"), "number", "float", digits=-1, is_signed=True, zero="=")
    columns = (
        Column("end_date", words("polls.dates"), "date", "date", is_row_header=True, says="outlets.day"),
        Column("value", words("list.value"), "number", "float", digits=-1),
        *([change] if kind == "poll" else []),
        Column("firm", words("polls.firm")),
        Column("outlet", words("outlets.outlet")),
        Column("sample_size", words("polls.n"), "count", "int"),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            poll.end_date,
            _value(poll),
            *([poll.change] if kind == "poll" else []),
            poll.firm or Missing("unknown"),
            poll.outlet,
            Missing("not_published") if poll.sample_size is None else poll.sample_size,
        )
        for poll in values.polls
    )
    state = {} if kind == "poll" else {"kind": kind}
    links = tuple(Href("/polls", {**state, "poll": poll.poll}, place="asked") for poll in values.polls)
    return Table(columns, rows, title, row_links=links, classes="rows")


def _value(poll: numbers.PollReading) -> Cell:
    if poll.below_threshold:
        return Missing("below_threshold")
    if poll.value is None:
        return Missing("not_asked")
    return Number(poll.value, 1, "percent") if poll.unit == "pct" else poll.value


PAGE = Page("/list", NAME, headline, blocks, BLOCKS.types, parameters)
