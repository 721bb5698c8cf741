"""The recorded result beside what was projected."""

from dash.development.base_component import Component

from dashboard.components import parts
from dashboard.components.names import coloured
from dashboard.figures.seats import rows
from dashboard.i18n import Translator
from dashboard.view import View, outlook
from pipelines.editions.schema import ListProjection


def result_table(view: View, t: Translator) -> Component:
    """A row a list: median, 90 % interval, result, and whether the interval held it."""
    result = view.projection.result or {}
    order = rows(view.projection).all
    head = [t("table.list"), t("table.median"), t("table.ninety"), t("table.result"), t("table.inside")]
    body: list[parts.Row] = []
    for item in order:
        seats = outlook(item)
        body.append(
            [
                coloured(view.lists[item.id], t.short(view.lists[item.id])),
                t.number(seats.median),
                t.span(seats.q05, seats.q95),
                t.number(result.get(item.id, 0)),
                t("table.yes") if holds(item, result.get(item.id, 0)) else t("table.no"),
            ]
        )
    inside = sum(holds(item, result.get(item.id, 0)) for item in order)
    summary = t("tonight.result_summary", inside=t.number(inside), all=t.number(len(order)))
    return parts.section(
        t("tonight.result"),
        parts.quiet(summary),
        parts.framed(parts.table(head, body, t("tonight.result")), "result", t),
        name="result",
    )


def holds(item: ListProjection, seats: int) -> bool:
    """Whether the 90 % interval of a list holds its result."""
    return outlook(item).q05 <= seats <= outlook(item).q95
