"""Record: what the model would have said of past elections, day by day and in one table, against what happened."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard import ids
from dashboard.address import Choice, Parameter, query
from dashboard.components import parts
from dashboard.components.names import bdi, coloured
from dashboard.figures.base import words
from dashboard.figures.record import calibration_figure, differences_figure, in_order, lists_figure, path_figure
from dashboard.i18n import Translator
from dashboard.reader import campaign_of, record_of
from dashboard.record import LAST_DAY, ROLLING, TAUGHT_BY_ALL, Day, Miss, Record, at, holds
from dashboard.view import View
from pipelines.editions.schema import BlocProjection
from pipelines.editions.store import Edition

PATH, NAME = "/record", "record"
MEASURES = ("crps", "mae_median", "bloc_abs_err", "brier_pass", "brier_majority")
COVERAGES = ("cover50", "cover80", "cover95")


def parameters(edition: Edition) -> dict[str, Parameter]:
    """The day looked at, where this campaign can be followed; the last one first."""
    record = record_of(edition)
    days = record.days(edition.election) if record else []
    return {"day": Choice(tuple(day.as_of.isoformat() for day in reversed(days)))} if days else {}


def headline(view: View, t: Translator) -> str:
    record = record_of(view.edition)
    last = record.score(ROLLING, LAST_DAY) if record else None
    if record is None or last is None:
        return t("record.headline_none")
    return t("record.headline", n=len(record.elections), held=t.number(100 * last.cover80))


def layout(view: View, t: Translator) -> list[Component]:
    record = record_of(view.edition)
    heading = html.H1(headline(view, t), id="headline", className="headline")
    if record is None:
        return [heading, parts.quiet(t("record.missing"))]
    return [
        heading,
        parts.quiet(t("record.lead")),
        _replay(view, record, t),
        _scores(record, t),
        html.Div([_calibration(record, t), _differences(record, t)], className="desk"),
        _misses(view, record, t),
    ]


# Day by day


def _replay(view: View, record: Record, t: Translator) -> Component:
    days = record.days(view.edition.election)
    if not days:
        return parts.section(
            t("record.replay"), _campaigns(view, record, t), parts.quiet(t("record.no_days")), name="replay"
        )
    day = at(days, view.choice("day"))
    return parts.section(
        t("record.replay"),
        _campaigns(view, record, t),
        _slider(days, day, t),
        html.P(_said(view, day, t), id="said", className="said"),
        html.Div([_path(view, days, day, t), _lists(view, day, t)], className="desk", id="replayed"),
        name="replay",
    )


def _campaigns(view: View, record: Record, t: Translator) -> Component:
    """The campaigns that can be followed, each at its own address."""
    known = {election.id: election for election in view.elections}
    options = [
        (
            t.name(known[election]),
            PATH + query({"election": election, "lang": view.lang}),
            election == view.edition.election,
        )
        for election in record.replayed
        if election in known
    ]
    return html.Div(parts.switch(t("nav.elections"), options), className="switches")


def _slider(days: Sequence[Day], day: Day, t: Translator) -> Component:
    """A day of the campaign, in the address."""
    return parts.slider(
        "day",
        t("record.day"),
        [(one.as_of.isoformat(), t.date(one.as_of)) for one in days],
        day.as_of.isoformat(),
        days[-1].as_of.isoformat(),
    )


def _bloc(view: View) -> BlocProjection | None:
    """The bloc whose majority was in question: the one recorded first."""
    return next(iter(view.projection.blocs), None)


def _won(view: View, bloc: BlocProjection) -> int | None:
    result = view.projection.result
    return None if result is None else sum(result.get(name, 0) for name in bloc.lists)


def _said(view: View, day: Day, t: Translator) -> str:
    """What would have been said that day, and what happened."""
    result, bloc = view.projection.result, _bloc(view)
    said = []
    if bloc is not None and day.bloc_seats is not None and day.p_majority is not None:
        low, median, high = day.bloc_seats
        text = t(
            "record.said",
            date=t.date(day.as_of),
            bloc=t.said(t.name(view.blocs.get(bloc.id, bloc))),
            median=t.number(median),
            low=t.number(low),
            high=t.number(high),
            majority=view.projection.majority,
            chance=t.chance(day.p_majority),
        )
        said.append(text)
        won = _won(view, bloc)
        if won is not None:
            said.append(t("record.happened", n=t.number(won)))
    if result is not None:
        inside = sum(holds(seats, result.get(name, 0)) for name, seats in day.seats.items())
        said.append(t("record.inside", inside=t.number(inside), all=t.number(len(day.seats))))
    return " ".join(said)


def _path(view: View, days: Sequence[Day], day: Day, t: Translator) -> Component | None:
    bloc = _bloc(view)
    followed = [one for one in days if one.bloc_seats is not None]
    if bloc is None or not followed:
        return None
    name = t.said(t.name(view.blocs.get(bloc.id, bloc)))
    title = t("record.path", bloc=name)
    figure = path_figure(
        days,
        day,
        bloc.id,
        view.projection.majority,
        _won(view, bloc),
        view.projection.election_date.isoformat(),
        t,
    )
    head = [
        t("record.day"),
        t("table.median"),
        t("table.ninety"),
        t("table.reaches", majority=view.projection.majority),
    ]
    body = [
        [
            t.date(one.as_of),
            t.number(one.bloc_seats[1]),
            t.span(one.bloc_seats[0], one.bloc_seats[2]),
            t.number(100 * (one.p_majority or 0.0)),
        ]
        for one in followed
        if one.bloc_seats is not None
    ]
    return html.Div(
        [
            html.H3(title),
            parts.chart(ids.PATH_CHART, figure, f"{title}. {_said(view, day, t)}", parts.table(head, body, title), t),
            parts.quiet(t("record.path_note")),
        ]
    )


def _lists(view: View, day: Day, t: Translator) -> Component:
    result = view.projection.result
    title = t("record.lists", date=t.date(day.as_of))
    head = [
        t("table.list"),
        t("table.median"),
        t("table.ninety"),
        t("table.passes"),
        t("table.result"),
        t("table.inside"),
    ]
    body: list[parts.Row] = []
    for name in in_order(day):
        low, median, high = day.seats[name]
        won = None if result is None else result.get(name, 0)
        inside = "" if won is None else t("table.yes") if low <= won <= high else t("table.no")
        body.append(
            [
                _listed(view.edition, name, t),
                t.number(median),
                t.span(low, high),
                t.number(100 * day.p_pass.get(name, 0.0)),
                t("table.unknown") if won is None else t.number(won),
                inside,
            ]
        )
    figure = lists_figure(day, result, view.lists, t)
    return html.Div(
        [
            html.H3(title),
            parts.chart(ids.REPLAYED_CHART, figure, _said(view, day, t), parts.table(head, body, title), t),
            parts.quiet(t("record.lists_note")),
        ]
    )


def _listed(edition: Edition | None, name: str, t: Translator) -> Component:
    """A list as its own campaign names it."""
    found = next((item for item in edition.reference.lists if item.id == name), None) if edition else None
    return coloured(found, t.short(found)) if found else bdi(name)


# Over all elections


def _scores(record: Record, t: Translator) -> Component:
    """The table: ours and the baselines, the best of each measure in bold."""
    models = record.models()
    best = {measure: min(record.mean(model, measure) for model in models) for measure in MEASURES}
    head = [
        t("record.model"),
        *(t(f"record.measure_{name}") for name in MEASURES),
        *(t(f"record.measure_{name}") for name in COVERAGES),
    ]
    body: list[parts.Row] = []
    for model in models:
        cells: list[Component | str] = []
        for measure in MEASURES:
            value = record.mean(model, measure)
            text = t.number(value, 2 if measure in ("crps", "mae_median", "bloc_abs_err") else 3)
            cells.append(html.B(text) if value == best[measure] else text)
        cells += [t.number(100 * record.mean(model, measure)) for measure in COVERAGES]
        name = t(f"record.model_{model}")
        body.append([html.B(name) if model in (ROLLING, TAUGHT_BY_ALL) else name, *cells])
    return parts.section(
        t("record.scores"),
        parts.quiet(t("record.scores_note", n=len(record.elections))),
        parts.framed(parts.table(head, body, t("record.scores"), "numeric"), "scores", t),
        name="scores",
    )


def _calibration(record: Record, t: Translator) -> Component | None:
    shares = record.calibration.get(ROLLING)
    if not shares:
        return None
    tenths = len(shares)
    body = [
        [t.span(100 * at // tenths, 100 * (at + 1) // tenths), t.number(100 * share)] for at, share in enumerate(shares)
    ]
    title = t("record.calibration")
    table = parts.table([t("record.tenth"), t("record.held")], body, title)
    outer = t.number(100 * (shares[0] + shares[-1]))
    summary = t("record.calibration_summary", outer=outer)
    return parts.section(
        title,
        parts.chart(ids.CALIBRATION_CHART, calibration_figure(shares, t), summary, table, t),
        parts.quiet(summary, " ", t("record.calibration_note")),
        name="calibration",
    )


def _differences(record: Record, t: Translator) -> Component | None:
    known = set(record.models())
    found = [row for row in record.differences if row.measure == "crps" and row.baseline in known]
    if not found:
        return None
    names = [t(f"record.model_{row.baseline}") for row in found]
    title = t("record.differences")
    body = [
        [name, t.signed(100 * row.relative, 1), t.span(100 * row.low, 100 * row.high, 1)]
        for name, row in zip(names, found, strict=True)
    ]
    table = parts.table([t("record.model"), t("record.percent"), t("record.resampled")], body, title)
    summary = " ".join(
        t("record.difference_item", name=name, percent=t.signed(100 * row.relative, 1))
        for name, row in zip(names, found, strict=True)
    )
    return parts.section(
        title,
        parts.chart(
            ids.DIFFERENCES_CHART, differences_figure(found, [words(name, t) for name in names]), summary, table, t
        ),
        parts.quiet(t("record.differences_note", n=len(record.elections))),
        name="differences",
    )


def _misses(view: View, record: Record, t: Translator) -> Component:
    head = [
        t("record.election"),
        t("table.list"),
        t("table.result"),
        t("record.median_95"),
        t("table.passes"),
        t("record.vote"),
    ]
    body = [_miss(view, miss, t) for miss in record.misses]
    return parts.section(
        t("record.misses"),
        parts.quiet(t("record.misses_note")),
        parts.framed(parts.table(head, body, t("record.misses"), "numeric"), "misses", t),
        name="misses",
    )


def _miss(view: View, miss: Miss, t: Translator) -> parts.Row:
    campaign = campaign_of(view.edition, miss.election)
    return [
        bdi(t.name(campaign.reference.election) if campaign else miss.election),
        _listed(campaign, miss.list, t),
        t.number(miss.seats),
        f"{t.number(miss.median)} ({t.span(miss.q025, miss.q975)})",
        t.number(100 * miss.p_pass),
        t.percent(miss.share_pct, 2),
    ]
