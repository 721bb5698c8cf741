"""The blocs against the majority: bars, odds, a few combinations, and who is counted where."""

from dash import html
from dash.development.base_component import Component

from dashboard import ids, sentences
from dashboard.components import parts
from dashboard.components.combinations import combination_list
from dashboard.components.names import bdi, coloured
from dashboard.figures.blocs import blocs_figure
from dashboard.i18n import Translator
from dashboard.view import View

WORTH_SAYING = 0.005  # a chance below this is said of the strongest bloc only
COMBINATIONS_SHOWN = 3


def majority(view: View, t: Translator) -> Component | None:
    """Nothing where no blocs are recorded."""
    projection = view.projection
    if not projection.blocs:
        return None
    figure = blocs_figure(projection, view.blocs, t)
    return parts.section(
        t("tonight.blocs"),
        parts.chart(ids.BLOCS_CHART, figure, sentences.blocs_summary(view, t), _table(view, t), t),
        html.Ul(_odds(view, t), className="odds"),
        parts.quiet(t("blocs.key")),
        *_combinations(view, t),
        html.P(html.A(t("coalitions.headline", majority=projection.majority), href=view.href("/coalitions"))),
        html.Details([html.Summary(t("blocs.open")), *_assignment(view, t)], className="numbers"),
        name="blocs",
    )


def _odds(view: View, t: Translator) -> list[Component]:
    """The chance of a majority of each bloc that has one, and of the strongest."""
    projection = view.projection
    return [
        html.Li(
            [
                coloured(view.blocs[bloc.id], t.name(view.blocs[bloc.id])),
                " ",
                html.Span(t("blocs.reaches", majority=projection.majority, chance=t.chance(bloc.p_majority))),
            ]
        )
        for bloc in projection.blocs
        if bloc.p_majority >= WORTH_SAYING or bloc == sentences.strongest(projection)
    ]


def _table(view: View, t: Translator) -> Component:
    body: list[parts.Row] = [
        [
            bdi(t.name(bloc)),
            t.number(bloc.seats.median),
            t.span(bloc.seats.q05, bloc.seats.q95),
            t.number(100 * bloc.p_majority),
        ]
        for bloc in view.projection.blocs
    ]
    reaches = t("table.reaches", majority=view.projection.majority)
    return parts.table([t("table.bloc"), t("table.median"), t("table.ninety"), reaches], body, t("tonight.blocs"))


def _combinations(view: View, t: Translator) -> list[Component]:
    """The likeliest combinations of the published projection; another reading has none of its own."""
    if view.reading is not None or not view.edition.coalitions.combinations:
        return []
    return [
        html.H3(t("coalitions.list_title", majority=view.projection.majority)),
        combination_list(view, t, COMBINATIONS_SHOWN),
        parts.quiet(t("coalitions.list_short")),
    ]


def _assignment(view: View, t: Translator) -> list[Component]:
    """Which lists were counted where, and who says so."""
    sources = dict.fromkeys(t.local(bloc, "source") for bloc in view.edition.reference.blocs if bloc.source)
    said = [parts.quiet(*_membership(view, t))]
    if sources:
        said.append(parts.quiet(t("blocs.source", source=t.said(", ".join(sources)))))
    return said


def _membership(view: View, t: Translator) -> list[Component]:
    """Who was counted in which bloc."""
    return [
        html.Span(
            [
                t(
                    "blocs.members",
                    name=t.said(t.name(view.blocs[bloc.id])),
                    lists=t.join([t.said(t.short(view.lists[item])) for item in bloc.lists if item in view.lists]),
                ),
                ". ",
            ]
        )
        for bloc in view.projection.blocs
    ]
