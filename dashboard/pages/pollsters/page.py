"""Pollsters: each firm's gap from the pollsters' average, its past record, and who stands apart."""

from collections.abc import Sequence

from dashboard.address import Choice as Options
from dashboard.address import Parameter
from dashboard.blocks import (
    Block,
    BlockType,
    Cell,
    Column,
    Control,
    Interval,
    Missing,
    Number,
    Paragraph,
    Parts,
    Table,
    Words,
    words,
)
from dashboard.names import bloc_name, firm_name, firm_short, joined, list_name, named, text, uncoloured
from dashboard.pages.pollsters import numbers
from dashboard.pages.pollsters.figure import gaps_chart, gaps_figure
from dashboard.pages.pollsters.numbers import GapsValues
from dashboard.pages.shared import Blocks, options, quiet, switch
from dashboard.readings import pollsters_of
from dashboard.seats import in_order
from dashboard.view import Page, View
from pipelines.editions.schema import Alternative, ApartPollster, BlocProjection, Firm, PollSpread
from pipelines.editions.store import Edition

NAME = "pollsters"
MOST_NAMED = 3  # in a headline


BLOCKS = Blocks(
    NAME,
    BlockType("headline", numbers.Headline, "headline"),
    BlockType("list-gaps", GapsValues, "chart", figure=gaps_figure, parameters=("list",), classes="half"),
    BlockType("firm-gaps", GapsValues, "chart", figure=gaps_figure, parameters=("firm",), classes="half"),
    BlockType("apart", numbers.ApartValues, "table"),
    BlockType("records", numbers.RecordsValues, "table", "pollsters.records"),
    BlockType("elections", numbers.PastValues, "table", classes="continued"),
    BlockType("spread", numbers.SpreadValues, "note", "pollsters.spread"),
)


def parameters(edition: Edition) -> dict[str, Parameter]:
    effects = edition.trend.house_effects
    with_effects = {row.list for row in effects}
    lists = tuple(name for name in in_order(edition.projection).ids if name in with_effects)
    offered: dict[str, Parameter] = {"list": Options(lists)} if lists else {}
    if effects:
        offered["firm"] = Options(tuple(numbers.by_polls(effects)))
    return offered


def headline(view: View) -> Words:
    pollsters = pollsters_of(view.edition)
    if not pollsters.apart:
        return words("pollsters.headline")
    names = [firm_short(view, item.pollster) for item in pollsters.apart]
    if len(names) > MOST_NAMED:
        return words("pollsters.headline_many", n=len(names), all=Number(len(pollsters.firms)), name=names[0])
    return words("pollsters.headline_apart", n=len(names), names=joined(names))


def blocks(view: View) -> Parts:
    pollsters = pollsters_of(view.edition)
    apart = _comparable(view, pollsters.apart)
    lead: tuple[Words, ...] = (words("pollsters.lead"),)
    if "list" not in view.parameters:
        lead = (*lead, words("pollsters.no_gaps"))
    if not pollsters.firms:
        lead = (*lead, words("pollsters.no_records"))
    order = sorted(pollsters.firms, key=lambda firm: (-firm.polls, firm.pollster))
    values = numbers.Headline(firms=len(pollsters.firms), apart=tuple(item.pollster for item in pollsters.apart))
    return (
        BLOCKS.make(view, "headline", values, finding=headline(view), lead=tuple(map(quiet, lead))),
        *_gaps(view),
        *([_apart(view, apart)] if apart else []),
        *([_records(view, order), _elections(view, order)] if order else []),
        *([_spread(view, pollsters.spread)] if pollsters.spread else []),
    )


# Gaps


def _gaps(view: View) -> tuple[Block | Control, ...]:
    """One list firm by firm, one firm list by list."""
    if "list" not in view.parameters:
        return ()
    effects, (chosen, firm) = view.edition.trend.house_effects, (view.choice("list"), view.choice("firm"))
    lists = [(name, uncoloured(list_name(view, name))) for name in options(view, "list")]
    firms = [(name, firm_short(view, name)) for name in options(view, "firm")]
    of_list = [(firm_name(view, row.pollster), row) for row in numbers.of_list(effects, chosen)]
    of_firm = [(list_name(view, row.list), row) for row in numbers.of_firm(effects, firm, view.order.ids)]
    by_firm = Column("firm", words("pollsters.firm"), is_row_header=True)
    by_list = Column("list", words("table.list"), is_row_header=True)
    titles = [
        words("pollsters.one_list", name=list_name(view, chosen)),
        words("pollsters.one_firm", name=firm_short(view, firm)),
    ]
    return (
        switch(view, "list", words("table.list"), lists, style="menu"),
        switch(view, "firm", words("pollsters.firm"), firms, style="menu"),
        gaps_chart(BLOCKS, view, "list-gaps", chosen, titles[0], of_list, by_firm),
        gaps_chart(BLOCKS, view, "firm-gaps", firm, titles[1], of_firm, by_list),
    )


# Who stands apart


def _comparable(view: View, apart: Sequence[ApartPollster]) -> list[ApartPollster]:
    """The firms apart in the bloc in question, where this edition projects it as they were read."""
    projected = set() if view.moves else {bloc.id for bloc in view.projection.blocs}
    return [item for item in apart if item.bloc in projected and item.bloc == apart[0].bloc]


def _apart(view: View, firms: Sequence[ApartPollster]) -> Block:
    """A row a firm that stands apart: its gap, and the projection without it and as if it were right."""
    reaches = words("table.reaches", majority=view.projection.majority)
    bloc = next(bloc for bloc in view.projection.blocs if bloc.id == firms[0].bloc)
    title = words("pollsters.apart", bloc=uncoloured(bloc_name(view, bloc)))
    columns = (
        Column("firm", words("pollsters.firm"), is_row_header=True),
        Column("gap_seats", words("pollsters.gap_seats"), "seats", "float", digits=1, is_signed=True),
        Column("without_expected_seats", words("pollsters.without"), "seats", "float", digits=1),
        Column("without_of_100", reaches, "count", "float"),
        Column("if_right_expected_seats", words("pollsters.if_right"), "seats", "float", digits=1),
        Column("if_right_of_100", reaches, "count", "float"),
    )
    rows: list[tuple[Cell, ...]] = [(words("pollsters.all_polls"), None, *_reading(bloc), *_reading(bloc))]
    for item in firms:
        gap = Interval(item.low_seats, item.high_seats, item.gap_seats)
        without, right = _bloc_of(item.without, item.bloc), _bloc_of(item.if_right, item.bloc)
        rows.append((firm_name(view, item.pollster), gap, *_reading(without), *_reading(right)))
    values = numbers.ApartValues(
        bloc=bloc.id,
        published_expected_seats=bloc.seats.mean,
        firms=tuple(
            numbers.ApartFirm(
                pollster=item.pollster,
                gap_seats=item.gap_seats,
                without_expected_seats=_expected(_bloc_of(item.without, item.bloc)),
                if_right_expected_seats=_expected(_bloc_of(item.if_right, item.bloc)),
            )
            for item in firms
        ),
    )
    return BLOCKS.make(
        view,
        "apart",
        values,
        heading=title,
        noted=words("pollsters.apart_note"),
        table=Table(columns, tuple(rows), title, frozenset({(0, 0)}), classes="numeric"),
    )


def _bloc_of(other: Alternative, bloc: str) -> BlocProjection | None:
    return next((row for row in other.blocs if row.id == bloc), None)


def _expected(bloc: BlocProjection | None) -> float | None:
    return None if bloc is None else bloc.seats.mean


def _reading(bloc: BlocProjection | None) -> tuple[Cell, Cell]:
    """A bloc's expected seats with 9 of 10 simulations, and its chance of a majority."""
    if bloc is None:
        return Missing("unknown"), Missing("unknown")
    return Interval(bloc.seats.q05, bloc.seats.q95, bloc.seats.mean), 100 * bloc.p_majority


# Records


def _records(view: View, order: Sequence[Firm]) -> Block:
    """A row a firm: this campaign's polls, and how its polls did in past final months."""
    columns = (
        Column("firm", words("pollsters.firm"), is_row_header=True),
        Column("polls", words("pollsters.polls"), "count", "int"),
        Column("newest_date", words("pollsters.newest"), "date", "date"),
        Column("elections", words("pollsters.elections"), "count", "int"),
        Column("error_pct", words("pollsters.error"), "number", "float", digits=2),
        Column("skill", words("pollsters.skill"), "number", "float", digits=2),
    )
    values = numbers.RecordsValues(
        firms=tuple(
            numbers.FirmRecord(
                pollster=firm.pollster,
                polls=firm.polls,
                latest_fieldwork_end_date=firm.latest_fieldwork_end,
                mean_error_pct=numbers.mean_error(firm.record),
                mean_skill=numbers.mean_skill(firm.record),
            )
            for firm in order
        )
    )
    rows = tuple(
        (
            firm_short(view, firm.pollster),
            firm.polls,
            firm.latest_fieldwork_end,
            len(firm.record),
            _or_none(row.mean_error_pct),
            _or_none(row.mean_skill),
        )
        for firm, row in zip(order, values.firms, strict=True)
    )
    return BLOCKS.make(
        view,
        "records",
        values,
        noted=words("pollsters.records_note"),
        table=Table(columns, rows, classes="numeric"),
    )


def _or_none(value: float | None) -> Cell:
    return Missing("none", "") if value is None else value


def _elections(view: View, firms: Sequence[Firm]) -> Block:
    """The same election by election."""
    elections = {election.id: election for election in view.elections}
    columns = (
        Column("firm", words("pollsters.firm"), is_row_header=True),
        Column("election", words("record.election")),
        Column("polls", words("pollsters.polls"), "count", "int"),
        Column("error_pct", words("pollsters.error"), "number", "float", digits=2),
        Column("last_error_pct", words("pollsters.last_error"), "number", "float", digits=2),
        Column("field_error_pct", words("pollsters.field_error"), "number", "float", digits=2),
        Column("skill", words("pollsters.skill"), "number", "float", digits=2),
    )
    past = [(firm, one) for firm in firms for one in firm.record]
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            firm_name(view, firm.pollster),
            named(elections[one.election]) if one.election in elections else text(one.election),
            one.polls,
            one.month_error_pct,
            one.last_error_pct,
            one.field_error_pct,
            one.skill,
        )
        for firm, one in past
    )
    values = numbers.PastValues(
        rows=tuple(numbers.PastRow(pollster=firm.pollster, **one.model_dump()) for firm, one in past)
    )
    title = words("pollsters.by_election")
    table = Table(columns, rows, title, is_open=False, classes="numeric")
    return BLOCKS.make(view, "elections", values, finding=title, table=table)


def _spread(view: View, spread: PollSpread) -> Block:
    line = words(
        "pollsters.spread_said" if spread.ratio > 1 else "pollsters.spread_less",
        polls=Number(spread.polls),
        days=Number(spread.days),
        ratio=Number(spread.ratio, 2),
    )
    values = numbers.SpreadValues(polls=spread.polls, days=spread.days, ratio=spread.ratio)
    return BLOCKS.make(view, "spread", values, notes=(Paragraph((line,), ""), quiet(words("pollsters.spread_note"))))


PAGE = Page("/pollsters", NAME, headline, blocks, BLOCKS.types, parameters)
