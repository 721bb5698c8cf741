"""A few combinations of lists that reach a majority: arithmetic, each with its link into the builder."""

from dash import html
from dash.development.base_component import Component

from dashboard.builder import Coalition
from dashboard.components.names import coloured
from dashboard.i18n import Translator
from dashboard.view import View
from pipelines.editions.schema import Combination


def combination_list(view: View, t: Translator, most: int) -> Component:
    """The fewest lists first, then by the share of simulations that reach it; what each goes against beside it."""
    found = sorted(view.edition.coalitions.combinations, key=lambda item: (len(item.lists), -item.p_majority))[:most]
    return html.Ol([_combination(view, item, t) for item in found], className="combinations")


def _combination(view: View, item: Combination, t: Translator) -> Component:
    against = len(Coalition(view.edition, tuple(item.lists), (), ()).conflicts)
    figures = [
        t("count.seats", n=t.number(item.seats_median)),
        t.chance(item.p_majority),
        t("coalitions.against", n=against),
    ]
    members = [coloured(view.lists[name], t.short(view.lists[name])) for name in item.lists]
    return html.Li(
        [
            html.Div(members, className="members"),
            html.Span(f"{' · '.join(figures)} ", className="figures"),
            html.A(t("coalitions.open"), href=view.href("/coalitions", gov=",".join(item.lists))),
        ]
    )
