"""Who stands apart: the projection without the firm, and as if it were right."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard import pollsters as firms
from dashboard.components import parts
from dashboard.components.names import bdi
from dashboard.i18n import Translator
from dashboard.view import View
from pipelines.editions.schema import Alternative, ApartPollster, BlocProjection


def comparable(view: View, apart: Sequence[ApartPollster]) -> list[ApartPollster]:
    """The firms apart in the bloc in question, where this edition projects it."""
    known = {bloc.id for bloc in view.projection.blocs}
    return [item for item in apart if item.bloc in known and item.bloc == apart[0].bloc]


def apart_table(view: View, found: Sequence[ApartPollster], t: Translator) -> Component:
    """A row a firm that stands apart: its gap, and the projection without it and as if it were right."""
    majority = view.projection.majority
    head = [
        t("pollsters.firm"),
        t("pollsters.gap_seats"),
        t("pollsters.without"),
        t("table.reaches", majority=majority),
        t("pollsters.if_right"),
        t("table.reaches", majority=majority),
    ]
    bloc = next(bloc for bloc in view.projection.blocs if bloc.id == found[0].bloc)
    name = t.said(t.name(view.blocs.get(bloc.id, bloc)))
    body = [[html.B(t("pollsters.all_polls")), "", *_reading(bloc, t), *_reading(bloc, t)]]
    for item in found:
        gap = f"{t.signed(item.gap_seats, 1)} ({t.span(item.low_seats, item.high_seats, 1)})"
        without, right = _bloc_of(item.without, item.bloc), _bloc_of(item.if_right, item.bloc)
        body.append([bdi(firms.name_of(view, item.pollster, t)), gap, *_reading(without, t), *_reading(right, t)])
    title = t("pollsters.apart", bloc=name)
    return parts.section(
        title,
        parts.framed(parts.table(head, body, title, "numeric"), "apart", t),
        parts.quiet(t("pollsters.apart_note")),
        name="apart",
    )


def _bloc_of(other: Alternative, bloc: str) -> BlocProjection | None:
    return next((found for found in other.blocs if found.id == bloc), None)


def _reading(bloc: BlocProjection | None, t: Translator) -> list[Component | str]:
    """A bloc's seats and its chance of a majority."""
    if bloc is None:
        return [t("table.unknown")] * 2
    return [
        f"{t.number(bloc.seats.median)} ({t.span(bloc.seats.q05, bloc.seats.q95)})",
        t.number(100 * bloc.p_majority),
    ]
