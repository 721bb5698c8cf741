"""Pollsters: each firm's gap from the pollsters' average, its past record, and who stands apart."""

from dash import html
from dash.development.base_component import Component

from dashboard import pollsters as firms
from dashboard.address import Choice, Parameter
from dashboard.components import parts
from dashboard.figures.seats import rows
from dashboard.i18n import Translator
from dashboard.pages.pollsters.apart import apart_table, comparable
from dashboard.pages.pollsters.gaps import gaps
from dashboard.pages.pollsters.records import records_table, spread_said
from dashboard.view import View
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
    names = [t.said(firms.short_name(view, item.pollster, t)) for item in found.apart]
    if len(names) > MOST_NAMED:
        return t("pollsters.headline_many", n=len(names), all=t.number(len(found.firms)), name=names[0])
    return t("pollsters.headline_apart", n=len(names), names=t.join(names))


def layout(view: View, t: Translator) -> list[Component]:
    found = firms.firms_of(view.edition)
    return [
        html.H1(headline(view, t), id="headline", className="headline"),
        parts.quiet(t("pollsters.lead")),
        *gaps(view, t),
        *([apart_table(view, apart, t)] if (apart := comparable(view, found.apart)) else []),
        records_table(view, found.firms, t) if found.firms else parts.quiet(t("pollsters.no_records")),
        *([spread_said(found.spread, t)] if found.spread else []),
    ]
