"""The block of the trend chart, for Trends and for the page of one list: its finding, its table, what marks mean."""

from dataclasses import replace
from typing import Literal

from dashboard.blocks import (
    Anchor,
    Block,
    Cell,
    Column,
    Day,
    Inline,
    Interval,
    Join,
    Key,
    Lines,
    Missing,
    Name,
    Number,
    Paragraph,
    Source,
    Span,
    Strong,
    Table,
    Unit,
    Words,
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
    the_projection,
    word,
)
from dashboard.pages.shared import Blocks, quiet
from dashboard.pages.trends.bloc_lines import has_expected_seats
from dashboard.pages.trends.choice import OTHERS, choice_of
from dashboard.pages.trends.lines import TrendChoice, drawn_lines, values
from dashboard.pages.trends.numbers import EventValues, PollFacts, TrendValues, trend_values
from dashboard.view import View
from pipelines.editions.schema import Event, Trend


def chart(blocks: Blocks, view: View, block_id: str, trend: Trend, choice: TrendChoice, panels: str) -> Block:
    names = names_of(view, choice)
    events = (EventValues(day=event.date, text=local(event, "texts")) for event in view.edition.reference.events)
    values = trend_values(trend, view.projection, choice, panels, names, _facts(view), events)
    is_drawn = bool(values.lines)
    return blocks.make(
        view,
        block_id,
        values,
        finding=_summary(values, view) if is_drawn else words("trends.empty"),
        table=_table(view, trend, values, choice) if is_drawn else None,
        **({} if is_drawn else {"figure": None}),
        claims_sum=_whole_house(view, values),
        lead=() if is_drawn else (quiet(words("trends.empty")),),
        notes=(*_key(values), *_notes(view, values, choice), *_listed(drawn_events(view, values))),
    )


def trend_of_one(blocks: Blocks, view: View, list_id: str) -> Block | None:
    """One list's line alone, with every poll named, in the electorate's unit."""
    unit: Literal["seats", "share"] = "share" if view.electorate.unit == "share" else "seats"
    choice = choice_of(view, "lists", unit, (list_id,))
    line = next((item for item in view.edition.trend.lines if item.id == list_id), None)
    if line is None:
        return None
    alone = replace(choice, shown=(list_id,), start=min((dot.date for dot in line.dots), default=None))
    return chart(blocks, view, "line", view.edition.trend, alone, "one")


def names_of(view: View, choice: TrendChoice) -> dict[str, Name]:
    """How the lines are called."""
    if choice.subject == "blocs":
        return {bloc.id: bloc_name(view, bloc) for bloc in view.projection.blocs}
    return {OTHERS: everywhere("trends.others", "quiet"), **{name: short(item) for name, item in view.lists.items()}}


def _whole_house(view: View, values: TrendValues) -> tuple[tuple[str, float], ...]:
    """What the lines' printed seats add up to, where every list of the house is drawn to its projection."""
    ids = {item.name.id for item in values.lines if item.projected}
    in_house = {name for name, seats in view.projection.allocation.items() if seats}
    return (("seats", view.projection.house_size),) if in_house and ids == in_house else ()


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


def _summary(values: TrendValues, view: View) -> Words:
    """What the lines in colour end in: the printed seats; else where the polls put them."""
    projected = [item for item in values.lines if item.is_chosen and item.projected]
    if projected:
        items = [
            words(
                "trends.summary_projected",
                name=item.name,
                seats=Number(item.projected.seats),
                span=Span(item.projected.low_seats, item.projected.high_seats),
            )
            for item in projected
            if item.projected
        ]
        names = Join(tuple(items), "; ")
        if view.is_nowcast:
            return words("trends.summary_ends_now", date=Day(view.projection.as_of), names=names)
        return words("trends.summary_ends", projection=word(view, "projection"), names=names)
    digits, style = (0, "plain") if values.unit == "seats" else (1, "percent")
    ends = [
        words("trends.summary_item", name=item.name, value=Number(item.end, digits, style))  # type: ignore[arg-type]
        for item in values.lines
        if item.is_chosen and item.end is not None
    ]
    if not ends:  # every line is broken by now: nobody was asked for longer than a line is drawn over
        return words("trends.empty")
    return words("trends.summary", date=Day(min(values.days[-1], values.last_poll)), names=joined(ends))


def _table(view: View, trend: Trend, chart: TrendValues, choice: TrendChoice) -> Table:
    """The printed seats, then the poll average on the last day drawn, a week and four weeks before."""
    of_blocs = choice.subject == "blocs"
    unit: Unit = "seats" if choice.unit == "seats" else "pct"
    days = (("now", words("table.today", date=Day(trend.dates[-1])), -1), ("week_before", words("table.week"), -8),
            ("four_weeks_before", words("table.month"), -29))  # fmt: skip
    is_ahead = any(item.projected for item in chart.lines)
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
    for item in chart.lines:
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


def _key(values: TrendValues) -> tuple[Key, ...]:
    """Full and open dots, where some are open."""
    if not any(dot.is_composed for item in values.lines for dot in item.dots):
        return ()
    return (Key((("poll", words("trends.key_poll")), ("parts", words("trends.key_parts")))),)


def _notes(view: View, values: TrendValues, choice: TrendChoice) -> tuple[object, ...]:
    """What the marks of the chart mean."""
    key = "trends.note_blocs" if choice.subject == "blocs" else f"trends.note_{choice.smoother}"
    notes = [words(key, the_projection=the_projection(view))]
    under = [
        item
        for item in view.order.below
        if choice.unit == "seats" and len(values.lines) > 1 and choice.subject == "lists"
    ]
    if under:
        shares = [
            words("trends.under", name=list_name(view, item.id), share=Number(item.trend_share_pct, 1, "percent"))
            for item in under
        ]
        notes.append(words("trends.note_under", names=joined(shares)))
    if choice.unit == "seats":
        notes.append(words("trends.note_expected" if _is_expected(view, choice) else "trends.note_worth"))
    if choice.polls is not None:
        notes.append(words("trends.note_firm"))
    if values.panels == "each":
        notes.append(words("trends.note_each"))
    if any(item.elected_seats is not None for item in values.lines):
        notes.append(words("trends.note_result", date=Day(view.projection.election_date)))
    return tuple(quiet(one) for one in notes)


def _is_expected(view: View, choice: TrendChoice) -> bool:
    """Whether the seats drawn are expected ones; those of moving averages never are."""
    return choice.smoother == "model" and has_expected_seats(view.edition)


def drawn_events(view: View, values: TrendValues) -> list[Event]:
    """The events of the days drawn, as the chart numbers them."""
    days = {event.day for event in values.events}
    events = [event for event in view.edition.reference.events if event.date in days]
    return sorted(events, key=lambda event: event.date)


def _listed(events: list[Event]) -> tuple[Paragraph | Lines, ...]:
    """The events in words, each with the number it has in the chart and a link to who says so, or their name."""
    items = tuple(((Day(event.date), " ", *_event_line(event)),) for event in events)
    return (Paragraph((Strong(words("trends.events")),), ""), Lines(items, "events", is_ordered=True)) if items else ()


def _event_line(event: Event) -> tuple[Inline, ...]:
    label = local(event, "texts")
    return (Anchor(label, event.url),) if event.url else (label, " ", Source(local(event, "sources")))
