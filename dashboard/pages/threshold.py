"""Threshold: who may miss it, what a bloc's majority has to do with that, and what agreements are worth."""

from dash import html
from dash.development.base_component import Component

from dashboard import ids, sentences, thresholds
from dashboard.address import Choice, Parameter
from dashboard.components import parts
from dashboard.components.names import bdi, coloured, source
from dashboard.figures.thresholds import odds_figure, votes_figure
from dashboard.i18n import Translator
from dashboard.simulation import setting_of
from dashboard.thresholds import Edge, Pair
from dashboard.view import View
from electoral.coalition_odds import Conditional
from pipelines.editions.schema import BlocProjection
from pipelines.editions.store import Edition

PATH, NAME = "/threshold", "threshold"


def parameters(edition: Edition) -> dict[str, Parameter]:
    """The bloc whose odds are shown; the strongest first."""
    blocs = sorted(edition.projection.blocs, key=lambda bloc: (-bloc.seats.median, -bloc.seats.mean))
    return {"bloc": Choice(tuple(bloc.id for bloc in blocs))} if blocs else {}


def headline(view: View, t: Translator) -> str:
    near = sentences.in_doubt(view.projection)
    threshold = _percent(view, t)
    if not near:
        return t("threshold.headline_none", threshold=threshold)
    names = t.join([t.said(t.short(view.lists[item.id])) for item in near])
    return t("threshold.headline", n=len(near), names=names, threshold=threshold)


def layout(view: View, t: Translator) -> list[Component]:
    bloc = _bloc(view)
    edges = thresholds.edges(view.edition, bloc)
    return [
        html.H1(headline(view, t), id="headline", className="headline"),
        parts.quiet(_lost(view, t)),
        *(_charts(view, edges, bloc, t) if edges else []),
        *_agreements(view, bloc, t),
    ]


def _bloc(view: View) -> BlocProjection | None:
    if not view.projection.blocs:
        return None
    chosen = view.choice("bloc")
    return next(bloc for bloc in view.projection.blocs if bloc.id == chosen)


def _percent(view: View, t: Translator) -> str:
    threshold = view.projection.threshold_pct
    return t.percent(threshold, 2 if threshold % 1 else 0)


def _lost(view: View, t: Translator) -> str:
    lost = thresholds.lost(view.edition)
    return t("threshold.lost", median=t.percent(lost.median), low=t.percent(lost.q05), high=t.percent(lost.q95))


def _charts(view: View, edges: list[Edge], bloc: BlocProjection | None, t: Translator) -> list[Component]:
    votes = parts.section(
        t("threshold.votes"),
        parts.chart(
            ids.VOTES_CHART,
            votes_figure(edges, view.projection.threshold_pct, view.lists, t),
            _votes_summary(view, edges, t),
            _votes_table(view, edges, t),
            t,
        ),
        parts.quiet(t("threshold.votes_note", threshold=_percent(view, t))),
        name="votes",
    )
    if bloc is None:
        return [votes]
    return [html.Div([votes, _odds(view, edges, bloc, t)], className="desk")]


def _votes_summary(view: View, edges: list[Edge], t: Translator) -> str:
    return " ".join(
        t(
            "threshold.votes_item",
            name=t.said(t.short(view.lists[edge.item.id])),
            chance=t.chance(edge.item.p_pass),
            low=t.percent(edge.share_pct.q05),
            high=t.percent(edge.share_pct.q95),
        )
        for edge in edges
    )


def _votes_table(view: View, edges: list[Edge], t: Translator) -> Component:
    head = [
        t("table.list"),
        t("table.passes"),
        t("threshold.share"),
        t("table.ninety"),
        t("threshold.seats_if"),
        t("threshold.lost_if"),
    ]
    body: list[parts.Row] = [
        [
            coloured(view.lists[edge.item.id], t.name(view.lists[edge.item.id])),
            t.number(100 * edge.item.p_pass),
            t.percent(edge.share_pct.median),
            t.span(edge.share_pct.q05, edge.share_pct.q95, 1),
            f"{t.number(edge.seats_if.median)} ({t.span(edge.seats_if.q05, edge.seats_if.q95)})",
            t.percent(edge.lost_if_pct),
        ]
        for edge in edges
    ]
    return parts.table(head, body, t("threshold.votes"))


def _odds(view: View, edges: list[Edge], bloc: BlocProjection, t: Translator) -> Component:
    projection = view.projection
    name = t.said(t.name(view.blocs.get(bloc.id, bloc)))
    title = t("threshold.odds", bloc=name, majority=projection.majority)
    return parts.section(
        title,
        _blocs(view, t),
        parts.chart(
            ids.ODDS_CHART,
            odds_figure(edges, bloc.p_majority, projection.majority, view.lists, t),
            _odds_summary(view, edges, bloc, t),
            _odds_table(view, edges, title, t),
            t,
        ),
        parts.quiet(t("threshold.odds_note")),
        name="odds",
    )


def _blocs(view: View, t: Translator) -> Component | None:
    """Whose odds: a switch where there is a choice."""
    options = [
        (t.name(view.blocs.get(bloc.id, bloc)), view.href(bloc=bloc.id), view.choice("bloc") == bloc.id)
        for bloc in view.projection.blocs
    ]
    return html.Div(parts.switch(t("table.bloc"), options), className="switches") if len(options) > 1 else None


def _odds_summary(view: View, edges: list[Edge], bloc: BlocProjection, t: Translator) -> str:
    said = [t("blocs.reaches", majority=view.projection.majority, chance=t.chance(bloc.p_majority)) + "."]
    for edge in edges:
        if edge.if_passes and edge.if_fails:
            text = t(
                "threshold.odds_item",
                name=t.said(t.short(view.lists[edge.item.id])),
                passes=_given(edge.if_passes, t),
                fails=_given(edge.if_fails, t),
            )
            said.append(text)
    return " ".join(said)


def _odds_table(view: View, edges: list[Edge], title: str, t: Translator) -> Component:
    head = [t("table.list"), t("threshold.if_fails"), t("threshold.if_passes"), t("threshold.difference")]
    body: list[parts.Row] = [
        [
            coloured(view.lists[edge.item.id], t.short(view.lists[edge.item.id])),
            _given(edge.if_fails, t),
            _given(edge.if_passes, t),
            t("threshold.few") if edge.difference is None else t.signed(100 * edge.difference),
        ]
        for edge in edges
    ]
    return parts.table(head, body, title)


def _given(found: Conditional | None, t: Translator) -> str:
    if found is None or found.probability is None:
        return t("threshold.few")
    return t.number(100 * found.probability)


def _agreements(view: View, bloc: BlocProjection | None, t: Translator) -> list[Component]:
    """What each agreement is worth; what is missing where it cannot be said."""
    setting = setting_of(view.edition)
    if setting is None:
        return [parts.section(t("threshold.agreements"), parts.quiet(t("threshold.no_shares")), name="agreements")]
    if bloc is None:
        return []
    pairs = thresholds.agreements(view.edition, setting, bloc)
    if not pairs:
        return [parts.section(t("threshold.agreements"), parts.quiet(t("threshold.no_pairs")), name="agreements")]
    name = t.said(t.name(view.blocs.get(bloc.id, bloc)))
    head = [
        t("threshold.pair"),
        t("threshold.status"),
        t("threshold.pair_seats"),
        t("threshold.bloc_seats", bloc=name),
        t("threshold.chance_with", majority=view.projection.majority),
        t("threshold.chance_without"),
    ]
    body = [_pair(view, pair, t) for pair in pairs]
    table = parts.table(head, body, t("threshold.agreements"), "numeric")
    return [
        parts.section(
            t("threshold.agreements"),
            parts.framed(table, "agreements", t),
            parts.quiet(t("threshold.agreements_note"), " ", _what_was_said(view, t)),
            _who_says(view, pairs, t) if any(pair.said for pair in pairs) else None,
            name="agreements",
        )
    ]


def _pair(view: View, pair: Pair, t: Translator) -> parts.Row:
    names = [coloured(view.lists[name], t.short(view.lists[name])) for name in pair.lists]
    return [
        html.Span([names[0], bdi(" + "), names[1]], className="pair"),
        t(f"threshold.{pair.status}"),
        t.signed(pair.own_seats, 2),
        t.signed(pair.worth.bloc_seats, 2),
        t.number(100 * pair.worth.p_majority_with, 1),
        t.number(100 * pair.worth.p_majority_without, 1),
    ]


def _who_says(view: View, pairs: list[Pair], t: Translator) -> Component:
    """The sources of what is known of agreements."""
    said = [pair for pair in pairs if pair.said is not None]
    items = [
        html.Li(
            [
                bdi(" + ".join(t.short(view.lists[name]) for name in pair.lists)),
                f" · {t(f'threshold.{pair.status}')} · ",
                source(t.local(pair.said, "source")),
            ]
        )
        for pair in said
    ]
    return html.Details([html.Summary(t("threshold.sources")), html.Ul(items, className="lines")], className="numbers")


def _what_was_said(view: View, t: Translator) -> str:
    """Whether reports of agreements are on record at all."""
    said = view.edition.reference.agreements_said
    if said is None:
        return t("threshold.said_unknown")
    awaited = [one for one in said if one.status != "signed"]
    return t("threshold.said_some") if awaited else t("threshold.said_none")
