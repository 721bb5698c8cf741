"""Gaps from the pollsters' average: one list firm by firm, one firm list by list."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard import ids
from dashboard import pollsters as firms
from dashboard.address import Choice
from dashboard.components import parts
from dashboard.components.names import bdi
from dashboard.figures.pollsters import gaps_figure
from dashboard.figures.seats import rows
from dashboard.i18n import Translator
from dashboard.theme import list_colour
from dashboard.view import View
from pipelines.editions.schema import HouseEffect


def gaps(view: View, t: Translator) -> list[Component]:
    effects = view.edition.trend.house_effects
    if "list" not in view.parameters:
        return [parts.quiet(t("pollsters.no_gaps"))]
    charts = html.Div([_one_list(view, effects, t), _one_firm(view, effects, t)], className="desk")
    return [charts, parts.quiet(t("pollsters.gaps_note"))]


def _one_list(view: View, effects: Sequence[HouseEffect], t: Translator) -> Component:
    chosen, offered = view.choice("list"), view.parameters["list"]
    assert isinstance(offered, Choice)
    shown = firms.of_list(effects, chosen)
    names = [firms.name_of(view, row.pollster, t) for row in shown]
    title = t("pollsters.one_list", name=t.said(t.short(view.lists[chosen])))
    options = [(t.short(view.lists[name]), view.href(list=name), name == chosen) for name in offered.options]
    figure = gaps_figure(shown, [firms.short(name) for name in names], [list_colour(chosen)] * len(shown))
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
    title = t("pollsters.one_firm", name=t.said(firms.short_name(view, chosen, t)))
    options = [(firms.short_name(view, name, t), view.href(firm=name), name == chosen) for name in offered.options]
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
