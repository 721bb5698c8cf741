"""Tonight: the sentence, the seats, the majority, the threshold and the latest polls."""

from dash import html
from dash.development.base_component import Component

from dashboard import ids, sentences
from dashboard.address import Parameter
from dashboard.components import parts
from dashboard.components.attributes import aria
from dashboard.components.latest_polls import latest_polls
from dashboard.components.names import bdi, coloured
from dashboard.components.results import result_table
from dashboard.figures.blocs import blocs_figure
from dashboard.figures.seats import rows, seats_figure
from dashboard.i18n import Translator
from dashboard.view import View, outlook
from pipelines.editions.schema import ListProjection
from pipelines.editions.store import Edition

PATH, NAME = "/", "tonight"
WORTH_SAYING = 0.005  # a chance below this is said of the strongest bloc only
MOVERS_SHOWN = 5
SMALLEST_MOVE = 0.1  # seats


def parameters(_edition: Edition) -> dict[str, Parameter]:
    return {}


def headline(view: View, t: Translator) -> str:
    return sentences.headline(view, t)


def layout(view: View, t: Translator) -> list[Component]:
    return [
        html.H1(headline(view, t), className="headline"),
        parts.quiet(sentences.basis(view, t)),
        html.Div([_seats(view, t), _blocs(view, t)], className="desk wide-first"),
        html.Div([_near(view, t), _second(view, t)], className="desk"),
        parts.section(t("tonight.polls"), parts.quiet(t("tonight.polls_note")), latest_polls(view, t), name="polls"),
    ]


def _seats(view: View, t: Translator) -> Component:
    projection = view.projection
    order = rows(projection).all
    return parts.section(
        t("tonight.seats"),
        parts.chart(
            ids.SEATS_CHART,
            seats_figure(projection, view.lists, t),
            sentences.seats_summary(view, order, t),
            _seats_table(view, order, t),
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


def _seats_table(view: View, order: tuple[ListProjection, ...], t: Translator) -> Component:
    head = [t("table.list"), t("table.median"), t("table.half"), t("table.ninety"), t("table.passes"), t("table.now")]
    body: list[parts.Row] = []
    for item in order:
        seats = outlook(item)
        now = t("table.unknown") if item.seats_now is None else t.number(item.seats_now)
        body.append(
            [
                coloured(view.lists[item.id], t.name(view.lists[item.id])),
                t.number(seats.median),
                t.span(seats.q25, seats.q75),
                t.span(seats.q05, seats.q95),
                t.number(100 * item.p_pass),
                now,
            ]
        )
    return parts.table(head, body, t("tonight.seats"))


def _blocs(view: View, t: Translator) -> Component | None:
    projection = view.projection
    if not projection.blocs:
        return None
    figure = blocs_figure(projection, view.blocs, t)
    return parts.section(
        t("tonight.blocs"),
        parts.chart(ids.BLOCS_CHART, figure, sentences.blocs_summary(view, t), _blocs_table(view, t), t),
        html.Ul(_odds(view, t), className="odds"),
        parts.quiet(t("blocs.key")),
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


def _blocs_table(view: View, t: Translator) -> Component:
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


def _assignment(view: View, t: Translator) -> list[Component]:
    """Which lists were counted where, and who says so."""
    sources = dict.fromkeys(bloc.source for bloc in view.edition.reference.blocs if bloc.source)
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


def _near(view: View, t: Translator) -> Component:
    projection = view.projection
    threshold = t.percent(projection.threshold_pct, 2 if projection.threshold_pct % 1 else 0)
    items = [
        html.Li(
            [
                coloured(view.lists[item.id], t.short(view.lists[item.id])),
                " ",
                t(
                    "tonight.near_item",
                    chance=t.chance(item.p_pass),
                    share=t.percent(item.trend_share_pct),
                    threshold=threshold,
                ),
            ]
        )
        for item in sentences.in_doubt(projection)
    ]
    said = html.Ul(items, className="lines") if items else parts.quiet(t("tonight.near_none"))
    return parts.section(t("tonight.near"), said, name="near")


def _second(view: View, t: Translator) -> Component | None:
    """The result once it is recorded; until then what moved in a week."""
    return result_table(view, t) if view.projection.result is not None else _movers(view, t)


def _movers(view: View, t: Translator) -> Component | None:
    dates = view.edition.trend.dates
    if len(dates) < 8:
        return None
    moved = [
        (line.seats[-1] - line.seats[-8], line.id)
        for line in view.edition.trend.lines
        if line.seats[-1] is not None and line.seats[-8] is not None
    ]
    moved.sort(key=lambda pair: (-abs(pair[0]), pair[1]))
    items = [
        html.Li([coloured(view.lists[list_id], t.short(view.lists[list_id])), " ", html.B(t.signed(change, 1))])
        for change, list_id in moved[:MOVERS_SHOWN]
        if abs(change) >= SMALLEST_MOVE
    ]
    if not items:
        said = [parts.quiet(t("tonight.week_still", from_date=t.date(dates[-8])))]
    else:
        note = t("tonight.week_note", from_date=t.day(dates[-8]), to_date=t.date(dates[-1]))
        said = [html.Ul(items, className="lines"), parts.quiet(note)]
    return parts.section(
        t("tonight.week"),
        *said,
        name="week",
    )
