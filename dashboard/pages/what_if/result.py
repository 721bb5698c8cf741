"""The outcome beside what is published: in words, bloc by bloc, list by list."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard import ids
from dashboard.components import parts
from dashboard.components.attributes import data
from dashboard.components.names import coloured
from dashboard.figures.what_if import change_figure
from dashboard.i18n import Translator
from dashboard.view import View
from dashboard.what_if import BlocRow, ListRow, Outcome, Plan, Side


def result(view: View, wanted: Plan, found: Outcome, t: Translator) -> list[Component]:
    title = t("what_if.lists")
    names = [_named(view, row, t) for row in found.lists]
    summary = _summary(view, found, t)
    said = summary if wanted.changes else t("what_if.unchanged")
    return [
        html.P(said, id="said", className="said", **data(announce=said)),
        parts.quiet(t("what_if.across")) if found.is_across_blocs else html.Div(id="across-none"),
        _blocs(view, found.blocs, t) if found.blocs else html.Div(id="blocs-none"),
        html.H3(title),
        parts.chart(
            ids.CHANGE_CHART, change_figure(found.lists, names, t), summary, _table(view, found.lists, title, t), t
        ),
        parts.quiet(t("what_if.note")),
    ]


def _summary(view: View, found: Outcome, t: Translator) -> str:
    """Each bloc that had or has a chance, and the lists that moved most, in words."""
    said = [
        t(
            "what_if.bloc",
            bloc=t.said(t.name(view.blocs[row.id])),
            before=t.number(row.before.median),
            after=t.number(row.after.median),
            majority=view.projection.majority,
            chance=t.chance(row.p_after),
            was=t.number(100 * row.p_before),
        )
        for row in found.blocs
        if max(row.p_before, row.p_after) >= 0.005
    ]
    moves = [(row.difference, row) for row in found.lists if row.difference is not None]
    moves.sort(key=lambda pair: -abs(pair[0]))
    changes = [
        t("what_if.moved", name=t.said(_named(view, row, t)), n=t.signed(difference, 1))
        for difference, row in moves[:3]
        if abs(difference) >= 0.05
    ]
    return " ".join([*said, *([t("what_if.average", names=", ".join(changes))] if changes else [])])


def _named(view: View, row: ListRow, t: Translator) -> str:
    names = " + ".join(t.short(view.lists[name]) for name in row.lists)
    return names if row.part is None else t("what_if.part", name=names, n=row.part)


def _blocs(view: View, found: Sequence[BlocRow], t: Translator) -> Component:
    majority = view.projection.majority
    head = [
        t("table.bloc"),
        t("what_if.before"),
        t("what_if.after"),
        t("what_if.reaches_before", majority=majority),
        t("what_if.reaches_after"),
    ]
    body: list[parts.Row] = [
        [
            coloured(view.blocs[row.id], t.name(view.blocs[row.id])),
            _seats(row.before.median, row.before.q05, row.before.q95, t),
            html.B(_seats(row.after.median, row.after.q05, row.after.q95, t)),
            t.number(100 * row.p_before),
            html.B(t.number(100 * row.p_after)),
        ]
        for row in found
    ]
    table = parts.table(head, body, t("tonight.blocs"), "numeric")
    return parts.framed(table, "blocs", t)


def _seats(median: float, low: float, high: float, t: Translator) -> str:
    return f"{t.number(median)} ({t.span(low, high)})"


def _table(view: View, found: Sequence[ListRow], title: str, t: Translator) -> Component:
    head = [
        t("table.list"),
        t("what_if.before"),
        t("what_if.after"),
        t("what_if.average_change"),
        t("what_if.passes_before"),
        t("what_if.passes_after"),
    ]
    body: list[parts.Row] = [
        [
            coloured(view.lists[row.lists[0]], _named(view, row, t)),
            _side(row.before, t),
            _side(row.after, t),
            "–" if row.difference is None else t.signed(row.difference, 2),
            _passes(row.before, t),
            _passes(row.after, t),
        ]
        for row in found
    ]
    return parts.table(head, body, title, "numeric")


def _side(side: Side | None, t: Translator) -> str:
    return "–" if side is None else _seats(side.seats.median, side.seats.q05, side.seats.q95, t)


def _passes(side: Side | None, t: Translator) -> str:
    return "–" if side is None or side.p_pass is None else t.number(100 * side.p_pass)
