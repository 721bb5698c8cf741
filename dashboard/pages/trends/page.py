"""Trends: how the polls moved, list by list or bloc by bloc, with every poll as a dot, and what the lines end in."""

from dataclasses import replace
from datetime import date
from typing import Literal

from dashboard import status
from dashboard.blocks import (
    Anchor,
    Block,
    BlockType,
    Cell,
    Choice,
    Column,
    Control,
    Day,
    Inline,
    Interval,
    Join,
    Lines,
    Missing,
    Name,
    Number,
    Paragraph,
    Parts,
    Source,
    Span,
    Strong,
    Table,
    Unit,
    Values,
    Words,
    href,
    words,
)
from dashboard.names import (
    bloc_name,
    everywhere,
    firm_short,
    joined,
    list_name,
    local,
    outlet_name,
    short,
    text,
    the_projection,
    word,
)
from dashboard.pages.shared import Blocks, options, quiet, switch
from dashboard.pages.trends import choice as asked
from dashboard.pages.trends.bloc_lines import has_expected_seats
from dashboard.pages.trends.choice import AUTO, EVERY, OTHERS, RANGES, last_day, smoothers, standing, start_of, steps
from dashboard.pages.trends.figure import trend_figure
from dashboard.pages.trends.lines import TrendChoice, drawn_lines, values
from dashboard.pages.trends.numbers import PollFacts, TrendValues, trend_values
from dashboard.view import Page, View
from pipelines.editions.schema import BridgeRow, Event, Trend

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
    BlockType("trend", TrendValues, "chart", parameters=ALL_PARAMETERS),
    BlockType("bridge", BridgeValues, "table", parameters=("of",)),
    BlockType("events", Events, "table", parameters=("of", "unit", "range", "from", "to")),
)


def headline(view: View) -> Words:
    return words(f"trends.headline_{view.choice('unit')}")


def blocks(view: View) -> Parts:
    choice = asked.chosen(view)
    trend = asked.trend_of(view, choice)
    chart = _chart(BLOCKS, view, "trend", trend, choice, view.choice("panels"))
    return (
        _headline(view),
        *_above(view),
        chart,
        *_chips(view, choice),
        *_sliders(view),
        *_beneath(view),
        _bridge(view, choice),
        _events(view, chart),
    )


def trend_of_one(blocks: Blocks, view: View, list_id: str) -> Block | None:
    """One list's line alone, with every poll named, in the electorate's unit."""
    unit: Literal["seats", "share"] = "share" if view.electorate.unit == "share" else "seats"
    choice = asked.choice_of(view, "lists", unit, (list_id,))
    line = next((item for item in view.edition.trend.lines if item.id == list_id), None)
    if line is None:
        return None
    alone = replace(choice, shown=(list_id,), start=min((dot.date for dot in line.dots), default=None))
    return _chart(blocks, view, "line", view.edition.trend, alone, "one")


def _headline(view: View) -> Block:
    polls = view.projection.polls
    said = Headline(unit=view.choice("unit"), polls_used=polls.used, pollsters=polls.pollsters)
    return BLOCKS.make(view, "headline", said, finding=headline(view), lead=(quiet(status.basis(view)),))


# The chart


def names_of(view: View, choice: TrendChoice) -> dict[str, Name]:
    """How the lines are called."""
    if choice.subject == "blocs":
        return {bloc.id: bloc_name(view, bloc) for bloc in view.projection.blocs}
    return {OTHERS: everywhere("trends.others", "quiet"), **{name: short(item) for name, item in view.lists.items()}}


def _chart(blocks: Blocks, view: View, block_id: str, trend: Trend, choice: TrendChoice, panels: str) -> Block:
    names = names_of(view, choice)
    shown = trend_values(trend, view.projection, choice, panels, names, _facts(view), view.edition.reference.events)
    is_drawn = bool(shown.lines)
    return blocks.make(
        view,
        block_id,
        shown,
        finding=_summary(shown, view) if is_drawn else words("trends.empty"),
        table=_table(view, trend, shown, choice) if is_drawn else None,
        figure=trend_figure if is_drawn else None,
        claims_sum=_whole_house(view, shown),
        lead=() if is_drawn else (quiet(words("trends.empty")),),
        notes=(*_notes(view, shown, choice), *_listed(_drawn_events(view, shown))),
    )


def _whole_house(view: View, shown: TrendValues) -> tuple[tuple[str, float], ...]:
    """What the lines' printed seats add up to, where every list of the house is drawn to its projection."""
    drawn = {item.name.id for item in shown.lines if item.projected}
    in_house = {name for name, seats in view.projection.allocation.items() if seats}
    return (("seats", view.projection.house_size),) if in_house and drawn == in_house else ()


def headline_of(choice: TrendChoice) -> Words:
    return words("trends.headline_seats" if choice.unit == "seats" else "trends.headline_share")


def _facts(view: View) -> dict[str, PollFacts]:
    """What a dot says of its poll, by the poll's id."""
    return {
        poll.poll: PollFacts(
            firm=firm_short(view, poll.pollster or poll.publisher or ""),
            outlet=outlet_name(view, poll.publisher) if poll.publisher and poll.pollster else None,
            start_day=poll.fieldwork_start,
            end_day=poll.fieldwork_end,
            sample_size=poll.sample_size,
            pollster=poll.pollster or "",
        )
        for poll in view.edition.polls.polls
    }


def _summary(shown: TrendValues, view: View) -> Words:
    """What the lines in colour end in: the printed seats; else where the polls put them."""
    projected = [item for item in shown.lines if item.is_chosen and item.projected]
    if projected:
        told = [
            words(
                "trends.summary_projected",
                name=item.name,
                seats=Number(item.projected.seats),
                span=Span(item.projected.low_seats, item.projected.high_seats),
            )
            for item in projected
            if item.projected
        ]
        names = Join(tuple(told), "; ")
        if view.is_nowcast:
            return words("trends.summary_ends_now", date=Day(view.projection.as_of), names=names)
        return words("trends.summary_ends", projection=word(view, "projection"), names=names)
    digits, style = (0, "plain") if shown.unit == "seats" else (1, "percent")
    ends = [
        words("trends.summary_item", name=item.name, value=Number(item.end, digits, style))  # type: ignore[arg-type]
        for item in shown.lines
        if item.is_chosen and item.end is not None
    ]
    if not ends:  # every line is broken by now: nobody was asked for longer than a line is drawn over
        return words("trends.empty")
    return words("trends.summary", date=Day(min(shown.days[-1], shown.last_poll)), names=joined(ends))


def _table(view: View, trend: Trend, shown: TrendValues, choice: TrendChoice) -> Table:
    """The printed seats, then the poll average on the last day drawn, a week and four weeks before."""
    of_blocs = choice.subject == "blocs"
    unit: Unit = "seats" if choice.unit == "seats" else "pct"
    days = (("now", words("table.today", date=Day(trend.dates[-1])), -1), ("week_before", words("table.week"), -8),
            ("four_weeks_before", words("table.month"), -29))  # fmt: skip
    is_ahead = any(item.projected for item in shown.lines)
    columns = (
        Column("bloc" if of_blocs else "list", words("table.bloc" if of_blocs else "table.list"), is_row_header=True),
        *(
            [Column("seats", words("table.projected", projection=word(view, "projection")), "seats", "int")]
            if is_ahead
            else []
        ),
        *([Column("ninety_seats", words("table.ninety"), "seats", "float")] if is_ahead else []),
        *(Column(f"average_{name}_{unit}", label, unit, "float", digits=1) for name, label, _ in days),
    )
    names = names_of(view, choice)
    series = {names[item.id].id: values(item, choice) for item in drawn_lines(trend, choice)}
    rows: list[tuple[Cell, ...]] = []
    for item in shown.lines:
        line = series[item.name.id]
        cells = [line[at] if len(line) >= -at else None for _, _, at in days]
        end = item.projected
        printed: list[Cell] = (
            [end.seats, Interval(end.low_seats, end.high_seats)] if end else [Missing("below_threshold"), None]
        )
        rows.append(
            (
                item.name,
                *(printed if is_ahead else []),
                *(Missing("unknown") if cell is None else cell for cell in cells),
            )
        )
    return Table(columns, tuple(rows), headline_of(choice), is_open=False)


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


def _notes(view: View, shown: TrendValues, choice: TrendChoice) -> tuple[object, ...]:
    """What the marks of the chart mean."""
    key = "trends.note_blocs" if choice.subject == "blocs" else f"trends.note_{choice.smoother}"
    said = [words(key, the_projection=the_projection(view))]
    under = [
        item
        for item in view.order.below
        if choice.unit == "seats" and len(shown.lines) > 1 and choice.subject == "lists"
    ]
    if under:
        shares = [
            words("trends.under", name=list_name(view, item.id), share=Number(item.trend_share_pct, 1, "percent"))
            for item in under
        ]
        said.append(words("trends.note_under", names=joined(shares)))
    if choice.unit == "seats":
        said.append(words("trends.note_expected" if _is_expected(view, choice) else "trends.note_worth"))
    if choice.polls is not None:
        said.append(words("trends.note_firm"))
    if shown.panels == "each":
        said.append(words("trends.note_each"))
    if any(item.elected_seats is not None for item in shown.lines):
        said.append(words("trends.note_result", date=Day(view.projection.election_date)))
    return tuple(quiet(one) for one in said)


def _is_expected(view: View, choice: TrendChoice) -> bool:
    """Whether the seats drawn are expected ones; those of moving averages never are."""
    return choice.smoother == "model" and has_expected_seats(view.edition)


# Controls


def _above(view: View) -> tuple[Control, ...]:
    """What is drawn, in which unit, over which period."""
    offered = options(view, "range")
    groups = (
        ("of", options(view, "of")),
        ("unit", ("seats", "share")),
        ("range", tuple(name for name in RANGES if name in offered)),
    )
    return tuple(_switch(view, name, found) for name, found in groups if len(found) > 1)


def _beneath(view: View) -> tuple[Control, ...]:
    """How it is drawn, and whose polls stand as dots."""
    groups = (("line", smoothers(view.edition)), ("panels", ("one", "each")))
    return (*(_switch(view, name, found) for name, found in groups if len(found) > 1), _firms(view))


def _switch(view: View, name: str, found: tuple[str, ...]) -> Control:
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
        for value in found
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
    offered = [item.id for item in order]
    found = []
    for item in order:
        after = [other for other in offered if (other in pressed) != (other == item.id)]
        found.append(
            Choice(
                item.id,
                short(item),
                href(lists=",".join(after)),
                item.id in pressed,
                id=f"chip-{item.id}",
                classes="chip",
            )
        )
    found.append(Choice("", words("trends.lists_all"), href(lists=""), id="all-lists"))
    return (Control("lists", "lists", words("trends.lists"), tuple(found), "chips"),)


# What happened


def _drawn_events(view: View, shown: TrendValues) -> list[Event]:
    """The events of the days drawn, as the chart numbers them."""
    days = {event.day for event in shown.events}
    found = [event for event in view.edition.reference.events if event.date in days]
    return sorted(found, key=lambda event: event.date)


def _listed(events: list[Event]) -> tuple[Paragraph | Lines, ...]:
    """The events in words, each with the number it has in the chart and a link to who says so, or their name."""
    items = tuple(((Day(event.date), " ", *_told(event)),) for event in events)
    return (Paragraph((Strong(words("trends.events")),), ""), Lines(items, "events", is_ordered=True)) if items else ()


def _events(view: View, chart: Block) -> Block | None:
    """The events of the chart as a table and as files."""
    assert isinstance(chart.values, TrendValues)
    found = _drawn_events(view, chart.values)
    if not found:
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
        for at, event in enumerate(found, start=1)
    )
    return BLOCKS.make(
        view,
        "events",
        Events(events=tuple(EventRow(day=event.date, text=local(event, "texts")) for event in found)),
        finding=title,
        table=Table(columns, rows, title, is_open=False),
    )


def _told(event: Event) -> tuple[Inline, ...]:
    said = local(event, "texts")
    return (Anchor(said, event.url),) if event.url else (said, " ", Source(local(event, "sources")))


PAGE = Page("/trends", NAME, headline, blocks, BLOCKS.types, asked.parameters)
