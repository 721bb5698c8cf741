"""The seats chart with its key and its table."""

from dash import html
from dash.development.base_component import Component

from dashboard import ids, sentences
from dashboard.components import parts
from dashboard.components.attributes import aria
from dashboard.components.names import coloured
from dashboard.figures.seats import rows, seats_figure
from dashboard.i18n import Translator
from dashboard.view import View, outlook
from pipelines.editions.schema import ListProjection


def seats(view: View, t: Translator) -> Component:
    projection = view.projection
    order = rows(projection).all
    return parts.section(
        t("tonight.seats"),
        parts.chart(
            ids.SEATS_CHART,
            seats_figure(projection, view.lists, t),
            sentences.seats_summary(view, order, t),
            _table(view, order, t),
            t,
        ),
        _key(view, t),
        name="seats",
    )


def _key(view: View, t: Translator) -> Component:
    """What the marks of the seats chart mean."""
    marks = ["median", "half", "ninety", "now"] + (["result"] if view.projection.result is not None else [])
    return html.Ul([html.Li([_mark(mark), t(f"seats.key_{mark}")]) for mark in marks], className="key")


def _mark(name: str) -> Component:
    return html.Span(className=f"mark {name}", **aria(hidden="true"))


def _table(view: View, order: tuple[ListProjection, ...], t: Translator) -> Component:
    head = [t("table.list"), t("table.median"), t("table.half"), t("table.ninety"), t("table.passes"), t("table.now")]
    body: list[parts.Row] = []
    for item in order:
        summary = outlook(item)
        now = t("table.unknown") if item.seats_now is None else t.number(item.seats_now)
        body.append(
            [
                coloured(view.lists[item.id], t.name(view.lists[item.id])),
                t.number(summary.median),
                t.span(summary.q25, summary.q75),
                t.span(summary.q05, summary.q95),
                t.number(100 * item.p_pass),
                now,
            ]
        )
    return parts.table(head, body, t("tonight.seats"))
