"""One past campaign followed day by day: the bloc's path, the lists of the day chosen, and what happened."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard import ids
from dashboard.address import query
from dashboard.components import parts
from dashboard.figures.record import in_order, lists_figure, path_figure
from dashboard.i18n import Translator
from dashboard.pages.record.misses import listed
from dashboard.record import Day, at, days_of, holds, replayed
from dashboard.view import View
from pipelines.editions.schema import BlocProjection, Record


def replay(view: View, record: Record, t: Translator) -> Component:
    days = days_of(record, view.edition.election)
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
            view.path + query({"election": election, "lang": view.lang}),
            election == view.edition.election,
        )
        for election in replayed(record)
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


def _bloc(view: View, day: Day) -> BlocProjection | None:
    """The bloc whose majority was in question: the one the day names, or the one recorded first."""
    blocs = view.projection.blocs
    return next((bloc for bloc in blocs if bloc.id == day.bloc), next(iter(blocs), None))


def _won(view: View, bloc: BlocProjection) -> int | None:
    result = view.projection.result
    return None if result is None else sum(result.get(name, 0) for name in bloc.lists)


def _said(view: View, day: Day, t: Translator) -> str:
    """What would have been said that day, and what happened."""
    result, bloc = view.projection.result, _bloc(view, day)
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
    bloc = _bloc(view, day)
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
                listed(view.edition, name, t),
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
