"""Pollsters: each firm's gap from the pollsters' average, its past record, and who stands apart."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard import ids
from dashboard import pollsters as firms
from dashboard.address import Choice, Parameter
from dashboard.components import parts
from dashboard.components.names import bdi
from dashboard.figures.pollsters import gaps_figure
from dashboard.figures.seats import rows
from dashboard.i18n import Translator
from dashboard.theme import list_colour
from dashboard.view import View
from pipelines.editions.schema import Alternative, ApartPollster, BlocProjection, Firm, HouseEffect, PollSpread
from pipelines.editions.store import Edition

PATH, NAME = "/pollsters", "pollsters"
MOST_NAMED = 3  # in a headline


def parameters(edition: Edition) -> dict[str, Parameter]:
    effects = edition.trend.house_effects
    asked = {row.list for row in effects}
    lists = tuple(item.id for item in rows(edition.projection).all if item.id in asked)
    offered: dict[str, Parameter] = {"list": Choice(lists)} if lists else {}
    if effects:
        offered["firm"] = Choice(tuple(firms.by_polls(effects)))
    return offered


def headline(view: View, t: Translator) -> str:
    found = firms.firms_of(view.edition)
    if not found.apart:
        return t("pollsters.headline")
    names = [t.said(_short(_firm(view, item.pollster, t))) for item in found.apart]
    if len(names) > MOST_NAMED:
        return t("pollsters.headline_many", n=len(names), all=t.number(len(found.firms)), name=names[0])
    return t("pollsters.headline_apart", n=len(names), names=t.join(names))


def layout(view: View, t: Translator) -> list[Component]:
    found = firms.firms_of(view.edition)
    return [
        html.H1(headline(view, t), id="headline", className="headline"),
        parts.quiet(t("pollsters.lead")),
        *_gaps(view, t),
        *([_apart(view, apart, t)] if (apart := _comparable(view, found.apart)) else []),
        _records(view, found.firms, t) if found.firms else parts.quiet(t("pollsters.no_records")),
        *([_spread(found.spread, t)] if found.spread else []),
    ]


def _firm(view: View, pollster: str, t: Translator) -> str:
    """A firm's name; the outlet's where a poll named no firm and stands under its outlet."""
    reference = view.edition.reference
    found = next((item for item in (*reference.pollsters, *reference.publishers) if item.id == pollster), None)
    return t.name(found) if found else pollster


def _short(name: str) -> str:
    """A name without what stands in brackets, for a drawing."""
    return name.split(" (")[0]


def _comparable(view: View, apart: Sequence[ApartPollster]) -> list[ApartPollster]:
    """The firms apart in the bloc in question, where this edition projects it."""
    known = {bloc.id for bloc in view.projection.blocs}
    return [item for item in apart if item.bloc in known and item.bloc == apart[0].bloc]


# Gaps


def _gaps(view: View, t: Translator) -> list[Component]:
    effects = view.edition.trend.house_effects
    if "list" not in view.parameters:
        return [parts.quiet(t("pollsters.no_gaps"))]
    charts = html.Div([_one_list(view, effects, t), _one_firm(view, effects, t)], className="desk")
    return [charts, parts.quiet(t("pollsters.gaps_note"))]


def _one_list(view: View, effects: Sequence[HouseEffect], t: Translator) -> Component:
    chosen, offered = view.choice("list"), view.parameters["list"]
    assert isinstance(offered, Choice)
    shown = firms.of_list(effects, chosen)
    names = [_firm(view, row.pollster, t) for row in shown]
    title = t("pollsters.one_list", name=t.said(t.short(view.lists[chosen])))
    options = [(t.short(view.lists[name]), view.href(list=name), name == chosen) for name in offered.options]
    figure = gaps_figure(shown, [_short(name) for name in names], [list_colour(chosen)] * len(shown))
    return parts.section(
        title,
        parts.menu("lists", t("table.list"), options),
        parts.chart(
            ids.LIST_GAPS_CHART, figure, _summary(shown, names, t), _table(shown, names, "pollsters.firm", title, t), t
        ),
        name="one-list",
    )


def _one_firm(view: View, effects: Sequence[HouseEffect], t: Translator) -> Component:
    chosen, offered = view.choice("firm"), view.parameters["firm"]
    assert isinstance(offered, Choice)
    shown = firms.of_firm(effects, chosen, [item.id for item in rows(view.projection).all])
    names = [t.short(view.lists[row.list]) for row in shown]
    title = t("pollsters.one_firm", name=t.said(_firm(view, chosen, t)))
    options = [(_firm(view, name, t), view.href(firm=name), name == chosen) for name in offered.options]
    figure = gaps_figure(shown, names, [list_colour(row.list) for row in shown])
    return parts.section(
        title,
        parts.menu("firms", t("pollsters.firm"), options),
        parts.chart(
            ids.FIRM_GAPS_CHART, figure, _summary(shown, names, t), _table(shown, names, "table.list", title, t), t
        ),
        name="one-firm",
    )


def _summary(shown: Sequence[HouseEffect], names: Sequence[str], t: Translator) -> str:
    """Where the interval excludes nought, in words."""
    apart = [
        t("pollsters.summary_item", name=t.said(name), gap=t.signed(row.effect_pct, 1))
        for row, name in zip(shown, names, strict=True)
        if firms.stands_out(row)
    ]
    return t("pollsters.summary", names=t.join(apart)) if apart else t("pollsters.summary_none")


def _table(shown: Sequence[HouseEffect], names: Sequence[str], head: str, title: str, t: Translator) -> Component:
    body = [
        [bdi(name), t.signed(row.effect_pct, 2), t.span(row.low_pct, row.high_pct, 2), t.number(row.polls)]
        for row, name in zip(shown, names, strict=True)
    ]
    return parts.table([t(head), t("pollsters.gap"), t("pollsters.ninety"), t("pollsters.polls")], body, title)


# Who stands apart


def _apart(view: View, found: Sequence[ApartPollster], t: Translator) -> Component:
    """A row a firm that stands apart: its gap, and the projection without it and as if it were right."""
    majority = view.projection.majority
    head = [
        t("pollsters.firm"),
        t("pollsters.gap_seats"),
        t("pollsters.without"),
        t("table.reaches", majority=majority),
        t("pollsters.if_right"),
        t("table.reaches", majority=majority),
    ]
    bloc = next(bloc for bloc in view.projection.blocs if bloc.id == found[0].bloc)
    name = t.said(t.name(view.blocs.get(bloc.id, bloc)))
    body = [[html.B(t("pollsters.all_polls")), "", *_reading(bloc, t), *_reading(bloc, t)]]
    for item in found:
        gap = f"{t.signed(item.gap_seats, 1)} ({t.span(item.low_seats, item.high_seats, 1)})"
        without, right = _bloc_of(item.without, item.bloc), _bloc_of(item.if_right, item.bloc)
        body.append([bdi(_firm(view, item.pollster, t)), gap, *_reading(without, t), *_reading(right, t)])
    title = t("pollsters.apart", bloc=name)
    return parts.section(
        title,
        parts.framed(parts.table(head, body, title, "numeric"), "apart", t),
        parts.quiet(t("pollsters.apart_note")),
        name="apart",
    )


def _bloc_of(other: Alternative, bloc: str) -> BlocProjection | None:
    return next((found for found in other.blocs if found.id == bloc), None)


def _reading(bloc: BlocProjection | None, t: Translator) -> list[Component | str]:
    """A bloc's seats and its chance of a majority."""
    if bloc is None:
        return [t("table.unknown")] * 2
    return [
        f"{t.number(bloc.seats.median)} ({t.span(bloc.seats.q05, bloc.seats.q95)})",
        t.number(100 * bloc.p_majority),
    ]


# Records


def _records(view: View, found: Sequence[Firm], t: Translator) -> Component:
    """A row a firm: this campaign's polls, and how its polls did in past final months."""
    head = [
        t("pollsters.firm"),
        t("pollsters.polls"),
        t("pollsters.newest"),
        t("pollsters.elections"),
        t("pollsters.error"),
        t("pollsters.skill"),
    ]
    order = sorted(found, key=lambda firm: (-firm.polls, firm.pollster))
    body: list[parts.Row] = []
    for firm in order:
        error, skill = firms.mean_error(firm.record), firms.mean_skill(firm.record)
        body.append(
            [
                bdi(_firm(view, firm.pollster, t)),
                t.number(firm.polls),
                t.date(firm.latest_fieldwork_end),
                t.number(len(firm.record)),
                t("pollsters.none") if error is None else t.percent(error, 2),
                t("pollsters.none") if skill is None else t.number(skill, 2),
            ]
        )
    return parts.section(
        t("pollsters.records"),
        parts.framed(parts.table(head, body, t("pollsters.records"), "numeric"), "records", t),
        parts.quiet(t("pollsters.records_note")),
        _elections(view, order, t),
        name="records",
    )


def _elections(view: View, found: Sequence[Firm], t: Translator) -> Component:
    """The same election by election."""
    named = {election.id: election for election in view.elections}
    head = [
        t("pollsters.firm"),
        t("record.election"),
        t("pollsters.polls"),
        t("pollsters.error"),
        t("pollsters.last_error"),
        t("pollsters.field_error"),
        t("pollsters.skill"),
    ]
    body = [
        [
            bdi(_firm(view, firm.pollster, t)),
            bdi(t.name(named[past.election]) if past.election in named else past.election),
            t.number(past.polls),
            t.percent(past.month_error_pct, 2),
            t.percent(past.last_error_pct, 2),
            t.percent(past.field_error_pct, 2),
            t.number(past.skill, 2),
        ]
        for firm in found
        for past in firm.record
    ]
    table = parts.table(head, body, t("pollsters.by_election"), "numeric")
    summary = html.Summary(t("pollsters.by_election"))
    return html.Details([summary, parts.framed(table, "elections", t)], className="numbers")


def _spread(spread: PollSpread, t: Translator) -> Component:
    said = t(
        "pollsters.spread_said",
        polls=t.number(spread.polls),
        days=t.number(spread.days),
        ratio=t.number(spread.ratio, 2),
    )
    return parts.section(t("pollsters.spread"), html.P(said), parts.quiet(t("pollsters.spread_note")), name="spread")
