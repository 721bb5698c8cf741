"""Coalitions: put lists in government, outside support or abstention, and see what the joint draws say."""

from dash import html
from dash.development.base_component import Component

from dashboard.address import Parameter, Subset
from dashboard.builder import Coalition
from dashboard.components import parts
from dashboard.components.attributes import aria, data
from dashboard.components.combinations import combination_list
from dashboard.components.names import bdi, swatch
from dashboard.errors import UnknownAddress
from dashboard.figures.seats import rows
from dashboard.i18n import Translator
from dashboard.pages.coalitions.meter import meter
from dashboard.pages.coalitions.positions import against, decides
from dashboard.theme import colours
from dashboard.view import View, outlook
from pipelines.editions.store import Edition

PATH, NAME = "/coalitions", "coalitions"
COMBINATIONS_SHOWN = 6


def parameters(edition: Edition) -> dict[str, Parameter]:
    offered = Subset(tuple(item.id for item in rows(edition.projection).all))
    return {"gov": offered, "support": offered, "abstain": offered}


def headline(view: View, t: Translator) -> str:
    return t("coalitions.headline", majority=view.projection.majority)


def built(view: View) -> Coalition:
    """The combination the address asks for; a list in two places is refused."""
    government, support, abstain = (view.subset(name) for name in ("gov", "support", "abstain"))
    if len({*government, *support, *abstain}) < len(government) + len(support) + len(abstain):
        raise UnknownAddress("a list in two places")
    return Coalition(view.edition, government, support, abstain)


def layout(view: View, t: Translator) -> list[Component]:
    coalition = built(view)
    title = html.H1(headline(view, t), className="headline")
    if view.is_frozen:  # what was published stands; another combination would be a new number
        return [title, parts.quiet(t("status.frozen")), _combinations(view, t)]
    return [
        title,
        parts.quiet(t("coalitions.lead")),
        html.Div(
            [
                html.Div(
                    [_chips(view, coalition, t), against(view, coalition, t), decides(view, coalition, t)],
                    className="bench",
                ),
                meter(view, coalition, t),
            ],
            className="desk builder",
        ),
        _combinations(view, t),
    ]


def _chips(view: View, coalition: Coalition, t: Translator) -> Component:
    chips = [_chip(view, coalition, item.id, t) for item in rows(view.projection).all]
    clear = html.A(t("coalitions.clear"), href=view.href("/coalitions"), id="clear", className="clear")
    return html.Div([*chips, clear], className="chips big", role="group", **aria(label=t("coalitions.chips")))


def _chip(view: View, coalition: Coalition, list_id: str, t: Translator) -> Component:
    reference = view.lists[list_id]
    role = coalition.roles.get(list_id, "opposition")
    seats = t.number(outlook(next(item for item in view.projection.lists if item.id == list_id)).median)
    said = t(
        "coalitions.chip_label",
        name=t.said(t.short(reference)),
        median=seats,
        role=t(f"coalitions.role_{role}"),
        next=t(f"coalitions.role_{coalition.next_role(list_id)}"),
    )
    shown = [swatch(reference), bdi(t.short(reference)), html.B(seats)]
    if role != "opposition":
        shown.append(html.Span(t(f"coalitions.role_{role}"), className="role"))
    return html.Button(
        shown,
        id=f"chip-{list_id}",
        className=f"chip {role}",
        style=colours(reference),
        **aria(label=said, pressed="false" if role == "opposition" else "true"),
        **data(href=view.href(**coalition.after(list_id))),
    )


def _combinations(view: View, t: Translator) -> Component:
    majority = view.projection.majority
    found = view.edition.coalitions.combinations
    return parts.section(
        t("coalitions.list_title", majority=majority),
        parts.quiet(t("coalitions.list_note", majority=majority)) if found else parts.quiet(t("coalitions.list_none")),
        combination_list(view, t, COMBINATIONS_SHOWN) if found else None,
        name="combinations",
    )
