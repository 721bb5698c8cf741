"""What a combination holds: its seats in words, their distribution, and one whole house."""

from dash import html
from dash.development.base_component import Component

from dashboard import ids
from dashboard.builder import Coalition
from dashboard.components import parts
from dashboard.components.attributes import data
from dashboard.components.names import coloured
from dashboard.figures.builder import hemicycle_figure, meter_figure
from dashboard.figures.seats import rows
from dashboard.i18n import Translator
from dashboard.view import View, outlook

SEATING = ("government", "support", "abstain", "opposition")


def meter(view: View, coalition: Coalition, t: Translator) -> Component:
    said: list[Component] = [html.P(t("coalitions.nobody"), className="total")]
    summary = t("coalitions.nobody")
    if coalition.backers:
        said = _result(coalition, view.projection.majority, t)
        summary = " ".join(_words(coalition, view.projection.majority, t))
    return html.Div(
        [
            html.Div(said, id=ids.METER_RESULT, className="result", **data(announce=summary)),
            html.Div(_distribution(view, coalition, summary, t), id="distribution"),
            _hemicycle(view, coalition, t),
        ],
        className="meter",
    )


def _distribution(view: View, coalition: Coalition, summary: str, t: Translator) -> list[Component]:
    """How many seats it holds in how many simulations; nothing to draw while nobody is chosen."""
    if not coalition.backers:
        return []
    figure = meter_figure(coalition.seats, view.projection.house_size, view.projection.majority, t)
    title = t("coalitions.meter")
    return [
        parts.chart(ids.METER_CHART, figure, f"{title}. {summary}", _table(view, coalition, t), t),
        parts.quiet(title),
    ]


def _result(coalition: Coalition, majority: int, t: Translator) -> list[Component]:
    """The median in large, then the odds and the distance in words."""
    number = html.Span(t.number(coalition.summary.median), className="total-number")
    words = [html.P(text) for text in _words(coalition, majority, t)]
    return [html.P([number, " ", t("coalitions.median")], className="total"), *words]


def _words(coalition: Coalition, majority: int, t: Translator) -> list[str]:
    short = coalition.short_by
    key = "short" if short > 0 else "over" if short < 0 else "exactly"
    distance = t(f"coalitions.{key}", majority=majority, n=abs(short))
    summary = coalition.summary
    said = [
        f"{distance}.",
        t("coalitions.interval", low=t.number(summary.q05), high=t.number(summary.q95)),
        t("coalitions.chance", majority=majority, chance=t.chance(coalition.p_majority)),
    ]
    if coalition.support:
        said.append(t("coalitions.support", n=t.number(coalition.support_median)))
    if coalition.abstain:
        said.append(t("coalitions.confirmed", chance=t.chance(coalition.p_confirmed)))
    return said


def _table(view: View, coalition: Coalition, t: Translator) -> Component:
    """Every list with its place and its seats."""
    body = [
        [
            coloured(view.lists[item.id], t.name(view.lists[item.id])),
            t(f"coalitions.role_{coalition.roles.get(item.id, 'opposition')}"),
            t.number(outlook(item).median),
            t.span(outlook(item).q05, outlook(item).q95),
        ]
        for item in rows(view.projection).all
    ]
    head = [t("table.list"), t("table.role"), t("table.median"), t("table.ninety")]
    return parts.table(head, body, t("coalitions.chips"))


def _hemicycle(view: View, coalition: Coalition, t: Translator) -> Component:
    """One whole house: the central allocation, its seats in the order of the places chosen."""
    allocation = view.projection.allocation
    names = {item: t.short(reference) for item, reference in view.lists.items()}
    order = sorted(
        allocation,
        key=lambda item: (SEATING.index(coalition.roles.get(item, "opposition")), -allocation[item], item),
    )
    figure = hemicycle_figure(allocation, order, coalition.roles, names)
    house = view.projection.house_size
    rows_said = [[coloured(view.lists[item], names[item]), t.number(allocation[item])] for item in order]
    title = t("coalitions.hemicycle", house=house)
    table = parts.table([t("table.list"), t("table.median")], rows_said, title)
    return html.Div(
        [
            html.H3(title),
            parts.chart(ids.HEMICYCLE_CHART, figure, title, table, t),
            parts.quiet(t("coalitions.hemicycle_note")),
        ],
        className="hemicycle",
    )
