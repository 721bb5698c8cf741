"""A few combinations of lists that reach a majority: arithmetic, each with its link into the builder."""

from dash import html
from dash.development.base_component import Component

from dashboard.components.names import coloured
from dashboard.i18n import Translator
from dashboard.view import View


def combination_list(view: View, t: Translator, most: int) -> Component:
    """The combinations with their median and share of simulations: the fewest lists first, then the likeliest."""
    found = sorted(view.edition.coalitions.combinations, key=lambda item: (len(item.lists), -item.p_majority))[:most]
    return html.Ol(
        [
            html.Li(
                [
                    html.Div(
                        [coloured(view.lists[item], t.short(view.lists[item])) for item in combination.lists],
                        className="members",
                    ),
                    html.Span(
                        f"{t('count.seats', n=t.number(combination.seats_median))} · "
                        f"{t.chance(combination.p_majority)} ",
                        className="figures",
                    ),
                    html.A(t("coalitions.open"), href=view.href("/coalitions", gov=",".join(combination.lists))),
                ]
            )
            for combination in found
        ],
        className="combinations",
    )
