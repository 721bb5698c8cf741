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
    names = t.join([t.said(_firm(view, item.pollster, t)) for item in found.apart])
    return t("pollsters.headline_apart", n=len(found.apart), names=names)


def layout(view: View, t: Translator) -> list[Component]:
    found = firms.firms_of(view.edition)
    return [
        html.H1(headline(view, t), id="headline", className="headline"),
        parts.quiet(t("pollsters.lead")),
        *_gaps(view, t),
        *(_apart(view, item, t) for item in found.apart),
        _records(view, found.firms, t) if found.firms else parts.quiet(t("pollsters.no_records")),
        *([_spread(found.spread, t)] if found.spread else []),
    ]


def _firm(view: View, pollster: str, t: Translator) -> str:
    found = next((item for item in view.edition.reference.pollsters if item.id == pollster), None)
    return t.name(found) if found else pollster


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
    figure = gaps_figure(shown, names, [list_colour(chosen)] * len(shown))
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


def _apart(view: View, item: ApartPollster, t: Translator) -> Component:
    """The projection beside two others: without the firm, and as if it were right."""
    name = t.said(_firm(view, item.pollster, t))
    bloc = next((bloc for bloc in view.projection.blocs if bloc.id == item.bloc), None)
    said = t(
        "pollsters.apart_gap",
        name=name,
        bloc=t.said(t.name(view.blocs[item.bloc])) if item.bloc in view.blocs else item.bloc,
        gap=t.signed(item.gap_seats, 1),
        low=t.signed(item.low_seats, 1),
        high=t.signed(item.high_seats, 1),
    )
    title = t("pollsters.apart", name=name)
    head = [
        t("pollsters.reading"),
        t("table.median"),
        t("table.ninety"),
        t("table.reaches", majority=view.projection.majority),
    ]
    body = [_reading(t("pollsters.all_polls"), bloc, t)]
    body += [
        _reading(t(f"pollsters.{key}", name=name), _bloc_of(other, item.bloc), t)
        for key, other in (("without", item.without), ("if_right", item.if_right))
    ]
    table = parts.table(head, body, title, "numeric")
    return parts.section(
        title,
        html.P(said),
        html.Div(table, className="scroll", id=f"apart-{item.pollster}-table"),
        parts.quiet(t("pollsters.apart_note")),
        name=f"apart-{item.pollster}",
    )


def _bloc_of(other: Alternative, bloc: str) -> BlocProjection | None:
    return next((found for found in other.blocs if found.id == bloc), None)


def _reading(name: str, bloc: BlocProjection | None, t: Translator) -> list[str]:
    if bloc is None:
        return [name, *[t("table.unknown")] * 3]
    return [
        name,
        t.number(bloc.seats.median),
        t.span(bloc.seats.q05, bloc.seats.q95),
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
        html.Div(parts.table(head, body, t("pollsters.records"), "numeric"), className="scroll", id="records-table"),
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
    return html.Details([summary, html.Div(table, className="scroll", id="elections-table")], className="numbers")


def _spread(spread: PollSpread, t: Translator) -> Component:
    said = t(
        "pollsters.spread_said",
        polls=t.number(spread.polls),
        days=t.number(spread.days),
        ratio=t.number(spread.ratio, 2),
    )
    return parts.section(t("pollsters.spread"), html.P(said), parts.quiet(t("pollsters.spread_note")), name="spread")
