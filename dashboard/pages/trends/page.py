"""Trends: how the polls moved, list by list or bloc by bloc, with every poll as a dot."""

from collections.abc import Mapping

from dashboard import sentences
from dashboard.blocks import (
    Block,
    Cell,
    Choice,
    Column,
    Control,
    Day,
    Join,
    Lines,
    Missing,
    Name,
    Number,
    Page,
    Source,
    Table,
    Unit,
    Values,
    Words,
    href,
    words,
)
from dashboard.names import bloc_name, everywhere, firm_short, joined, local, short, the_projection
from dashboard.pages.shared import make, options, quiet, switch
from dashboard.pages.trends import choice as asked
from dashboard.pages.trends.bloc_lines import has_expected_seats
from dashboard.pages.trends.choice import AUTO, EVERY, OTHERS, RANGES, last_day, smoothers, standing, start_of, steps
from dashboard.pages.trends.figure import trend_figure
from dashboard.pages.trends.lines import TrendChoice, drawn_lines, elected_in, first_day, last, numbered, values
from dashboard.pages.trends.numbers import TrendValues, trend_values
from dashboard.view import View
from pipelines.editions.schema import Trend

NAME = "trends"
ALL_PARAMETERS = ("of", "unit", "line", "range", "from", "to", "panels", "firm", "lists")


class Headline(Values):
    """What the page is about."""

    unit: str
    polls_used: int
    pollsters: int


class Events(Values):
    """The events of the period drawn, by the numbers that mark them."""

    events: tuple[tuple[int, str, Name], ...]


def headline(view: View) -> Words:
    return words(f"trends.headline_{view.choice('unit')}")


def blocks(view: View) -> tuple[Block | Control, ...]:
    choice = asked.chosen(view)
    trend = asked.trend_of(view, choice)
    return (
        _headline(view),
        *_above(view),
        _trend(view, trend, choice),
        *_sliders(view),
        *_beneath(view),
        *_chips(view, choice),
        *_events(view, trend, choice),
    )


def _headline(view: View) -> Block:
    polls = view.projection.polls
    said = Headline(unit=view.choice("unit"), polls_used=polls.used, pollsters=polls.pollsters)
    return make(
        view,
        NAME,
        "headline",
        "headline",
        said,
        finding=headline(view),
        lead=(quiet(sentences.basis(view)),),
        parameters=("unit",),
    )


# The chart


def names_of(view: View, choice: TrendChoice) -> dict[str, Name]:
    """How the lines are called."""
    if choice.subject == "blocs":
        return {bloc.id: bloc_name(view, bloc) for bloc in view.projection.blocs}
    return {OTHERS: everywhere("trends.others", "quiet"), **{name: short(item) for name, item in view.lists.items()}}


def _trend(view: View, trend: Trend, choice: TrendChoice) -> Block:
    names = names_of(view, choice)
    firms = {poll.poll: firm_short(view, poll.pollster or poll.publisher or "") for poll in view.edition.polls.polls}
    events = view.edition.reference.events
    shown = trend_values(trend, view.projection, choice, view.choice("panels"), names, firms, events)
    is_drawn = bool(shown.lines)
    return make(
        view,
        NAME,
        "trend",
        "chart",
        shown,
        finding=_summary(trend, names, choice) if is_drawn else words("trends.empty"),
        table=_table(view, trend, names, choice) if is_drawn else None,
        figure=trend_figure if is_drawn else None,
        lead=() if is_drawn else (quiet(words("trends.empty")),),
        notes=_notes(view, shown, choice),
        parameters=ALL_PARAMETERS,
    )


def _summary(trend: Trend, names: Mapping[str, Name], choice: TrendChoice) -> Words:
    """The ends of the trend lines in words."""
    ends = []
    for item in drawn_lines(trend, choice):
        level = last(values(item, choice))
        if level is not None:
            value = Number(level) if choice.unit == "seats" else Number(level, 1, "percent")
            ends.append(words("trends.summary_item", name=names[item.id], value=value))
    if not ends:  # every line is broken by now: nobody was asked for longer than a line is drawn over
        return words("trends.empty")
    return words("trends.summary", date=Day(trend.dates[-1]), names=joined(ends))


def _table(view: View, trend: Trend, names: Mapping[str, Name], choice: TrendChoice) -> Table:
    """The lines on the last day drawn, a week and four weeks before."""
    of_blocs = choice.subject == "blocs"
    unit: Unit = "seats" if choice.unit == "seats" else "pct"
    days = (("now", words("table.today", date=Day(trend.dates[-1])), -1), ("week_before", words("table.week"), -8),
            ("four_weeks_before", words("table.month"), -29))  # fmt: skip
    columns = (
        Column("bloc" if of_blocs else "list", words("table.bloc" if of_blocs else "table.list"), is_row_header=True),
        *(Column(f"{name}_{unit}", label, unit, "float", digits=1) for name, label, _ in days),
    )
    rows: list[tuple[Cell, ...]] = []
    for item in drawn_lines(trend, choice):
        series = values(item, choice)
        cells = [series[at] if len(series) >= -at else None for _, _, at in days]
        rows.append((names[item.id], *(Missing("unknown") if cell is None else cell for cell in cells)))
    return Table(columns, tuple(rows), headline(view), is_open=False)


def _notes(view: View, shown: TrendValues, choice: TrendChoice) -> tuple[object, ...]:
    """What the marks of the chart mean."""
    key = "trends.note_blocs" if choice.subject == "blocs" else f"trends.note_{choice.smoother}"
    said = [words(key, the_projection=the_projection(view))]
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
    """A chip a list; pressing one shows or hides its line. Blocs are few: they have none."""
    if choice.subject == "blocs":
        return ()
    order = standing(view.edition)
    offered = [item.id for item in order]
    found = []
    for item in order:
        after = [other for other in offered if (other in choice.shown) != (other == item.id)]
        said = "" if len(after) == len(offered) else ",".join(after)
        found.append(
            Choice(
                item.id, short(item), href(lists=said), item.id in choice.shown, id=f"chip-{item.id}", classes="chip"
            )
        )
    found.append(Choice("", words("trends.lists_all"), href(lists=""), id="all-lists"))
    return (Control("lists", "lists", words("trends.lists"), tuple(found), "chips"),)


# What happened


def _events(view: View, trend: Trend, choice: TrendChoice) -> tuple[Block, ...]:
    end = trend.dates[-1]
    if elected_in(trend, view.projection, choice) is not None:
        end = max(end, view.projection.election_date)
    found = numbered(view.edition.reference.events, first_day(trend, choice), end)
    if not found:
        return ()
    items = tuple(
        ((Day(event.date), " ", local(event, "texts"), " ", Source(local(event, "sources"))),) for _, event in found
    )
    said = Events(events=tuple((at, event.date.isoformat(), local(event, "texts")) for at, event in found))
    events = make(
        view,
        NAME,
        "events",
        "note",
        said,
        heading=words("trends.events"),
        notes=(Lines(items, "events", is_ordered=True),),
        parameters=("of", "unit", "range", "from", "to"),
    )
    return (events,)


PAGE = Page("/trends", NAME, asked.parameters, headline, blocks)
