"""Trends: how the polls moved, list by list or bloc by bloc, with every poll as a dot, and what the lines end in."""

from datetime import date
from typing import Literal

from dashboard import status
from dashboard.blocks import (
    Block,
    BlockType,
    Choice,
    Column,
    Control,
    Day,
    Join,
    Name,
    Parts,
    Source,
    Table,
    Values,
    Words,
    href,
    words,
)
from dashboard.names import firm_short, local, short, text, the_projection, word
from dashboard.pages.shared import Blocks, chip, options, quiet, switch, toggled
from dashboard.pages.trends import choice as asked
from dashboard.pages.trends.chart import chart, drawn_events, names_of
from dashboard.pages.trends.choice import AUTO, EVERY, RANGES, last_day, smoothers, standing, start_of, steps
from dashboard.pages.trends.figure import trend_figure
from dashboard.pages.trends.lines import TrendChoice
from dashboard.pages.trends.numbers import TrendValues
from dashboard.view import Page, View
from pipelines.editions.schema import BridgeRow

NAME = "trends"
ALL_PARAMETERS = ("of", "unit", "line", "range", "from", "to", "panels", "firm", "lists")


class Headline(Values):
    """What the page is about."""

    unit: str
    polls_used: int
    pollsters: int


class EventRow(Values):
    """An event: its day and its text."""

    day: date
    text: Name


class Events(Values):
    """The events of the period drawn, by their days."""

    events: tuple[EventRow, ...]


class BridgeValues(Values):
    """From the polls to the printed seats, step by step, in expected seats; `kind` is a literal."""

    kind: Literal["bridge"] = "bridge"
    rows: tuple[BridgeRow, ...]


BLOCKS = Blocks(
    NAME,
    BlockType("headline", Headline, "headline", parameters=("unit",)),
    BlockType("trend", TrendValues, "chart", figure=trend_figure, parameters=ALL_PARAMETERS),
    BlockType("bridge", BridgeValues, "table", parameters=("of",)),
    BlockType("events", Events, "table", parameters=("of", "unit", "range", "from", "to")),
)


def headline(view: View) -> Words:
    return words(f"trends.headline_{view.choice('unit')}")


def blocks(view: View) -> Parts:
    choice = asked.trend_choice(view)
    trend = asked.trend_of(view, choice)
    trend_block = chart(BLOCKS, view, "trend", trend, choice, view.choice("panels"))
    return (
        _headline(view),
        *_above(view),
        trend_block,
        *_chips(view, choice),
        *_sliders(view),
        *_beneath(view),
        _bridge(view, choice),
        _events(view, trend_block),
    )


def _headline(view: View) -> Block:
    polls = view.projection.polls
    headline_values = Headline(unit=view.choice("unit"), polls_used=polls.used, pollsters=polls.pollsters)
    return BLOCKS.make(view, "headline", headline_values, finding=headline(view), lead=(quiet(status.basis(view)),))


# From polls to projection


def _bridge(view: View, choice: TrendChoice) -> Block | None:
    """Why the average of the polls is not what is printed: each step in expected seats, adding up to that number."""
    of_lists = choice.subject == "lists"
    rows = tuple(row for row in view.projection.bridge if (row.list is not None) == of_lists)
    if not rows or view.reading is not None:
        return None
    names = names_of(view, choice)
    steps = ("threshold_and_rounding", "firms_in_the_field", "polling_error", "allocation")
    columns = (
        Column("list" if of_lists else "bloc", words("table.list" if of_lists else "table.bloc"), is_row_header=True),
        Column("shares_seats", words("bridge.shares"), "seats", "float", digits=1),
        *(
            Column(f"{step}_seats", words(f"bridge.{step}"), "seats", "float", digits=1, is_signed=True, zero="=")
            for step in steps
        ),
        Column("printed_seats", words("table.projected", projection=word(view, "projection")), "seats", "int"),
    )
    order = sorted(rows, key=lambda row: (-row.printed_seats, -row.shares_seats))
    cells = tuple(
        (
            names.get(row.list or row.bloc or "", text(row.list or row.bloc or "")),
            row.shares_seats,
            *(getattr(row, f"{step}_seats") for step in steps),
            row.printed_seats,
        )
        for row in order
    )
    title = words("bridge.title", the_projection=the_projection(view))
    return BLOCKS.make(
        view,
        "bridge",
        BridgeValues(rows=rows),
        heading=title,
        said=words("bridge.note"),
        table=Table(columns, cells, title),
        claims_sum=(("printed_seats", view.projection.house_size),) if of_lists else (),
    )


# Controls


def _above(view: View) -> tuple[Control, ...]:
    """What is drawn, in which unit, over which period."""
    offered = options(view, "range")
    groups = (
        ("of", options(view, "of")),
        ("unit", ("seats", "share")),
        ("range", tuple(name for name in RANGES if name in offered)),
    )
    return tuple(_switch(view, name, choices) for name, choices in groups if len(choices) > 1)


def _beneath(view: View) -> tuple[Control, ...]:
    """How it is drawn, and whose polls stand as dots."""
    groups = (("line", smoothers(view.edition)), ("panels", ("one", "each")))
    return (*(_switch(view, name, choices) for name, choices in groups if len(choices) > 1), _firms(view))


def _switch(view: View, name: str, options_shown: tuple[str, ...]) -> Control:
    """One of a few; a period takes the place of the days that the sliders chose."""
    also = {"from": "", "to": ""} if name == "range" else {}
    is_moved = name == "range" and (view.choice("from") != AUTO or view.choice("to") != AUTO)
    choices = tuple(
        Choice(
            value,
            words(f"trends.{name}_{value}"),
            href(**{**also, name: value}),
            view.choice(name) == value and not is_moved,
        )
        for value in options_shown
    )
    return Control(name, name, words(f"trends.{name}"), choices)


def _firms(view: View) -> Control:
    """Whose polls stand as dots; the lines stay those of all polls."""
    names = {firm: firm_short(view, firm) for firm in options(view, "firm") if firm != EVERY}
    in_order = sorted(names, key=lambda firm: next(iter(names[firm].texts.values())))
    labels: list[tuple[str, Words | Name]] = [(EVERY, words("polls.every_firm"))]
    labels += [(firm, names[firm]) for firm in in_order]
    return switch(view, "firm", words("trends.firm"), labels, style="menu")


def _sliders(view: View) -> tuple[Control, ...]:
    """The first and the last day drawn, by hand or by arrow keys."""
    days = steps(view.edition)
    if not days:
        return ()
    first = next((day for day in days if day >= start_of(view)), days[-1])
    end = next((day for day in days if day >= last_day(view)), days[-1])

    def slider(name: str, now: object, default: str) -> Control:
        choices = tuple(
            Choice(day.isoformat(), Join((Day(day),)), href(**{name: day.isoformat()}), day == now) for day in days
        )
        return Control(name, name, words(f"trends.{name}"), choices, "slider", default)

    return slider("from", first, AUTO), slider("to", end, days[-1].isoformat())


def _chips(view: View, choice: TrendChoice) -> tuple[Control, ...]:
    """A chip a list: the first press isolates it, others add. Blocs are few: they have none."""
    if choice.subject == "blocs":
        return ()
    order, pressed = standing(view.edition), view.subset("lists")
    chips = (
        chip("chip", item.id, short(item), href(lists=",".join(toggled(pressed, item.id))), item.id in pressed)
        for item in order
    )
    every = Choice("", words("trends.lists_all"), href(lists=""), id="all-lists")
    return (Control("lists", "lists", words("trends.lists"), (*chips, every), "chips"),)


# What happened


def _events(view: View, chart: Block) -> Block | None:
    """The events of the chart as a table and as files."""
    assert isinstance(chart.values, TrendValues)
    events = drawn_events(view, chart.values)
    if not events:
        return None
    title = words("trends.events")
    columns = (
        Column("number", words("trends.event_number"), "count", "int"),
        Column("date", words("trends.event_day"), "date", "date"),
        Column("event", title, is_row_header=True),
        Column("source", words("data.source"), "link"),
    )
    rows = tuple(
        (at, event.date, local(event, "texts"), Source(text(event.url) if event.url else local(event, "sources")))
        for at, event in enumerate(events, start=1)
    )
    return BLOCKS.make(
        view,
        "events",
        Events(events=tuple(EventRow(day=event.date, text=local(event, "texts")) for event in events)),
        finding=title,
        table=Table(columns, rows, title, is_open=False),
    )


PAGE = Page("/trends", NAME, headline, blocks, BLOCKS.types, asked.parameters)
