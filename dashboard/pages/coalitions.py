"""Coalitions: put lists in government, outside support or abstention, and see what the joint draws say."""

from dash import html
from dash.development.base_component import Component

from dashboard import ids, sentences
from dashboard.address import Parameter, Subset
from dashboard.builder import Coalition
from dashboard.components import parts
from dashboard.components.attributes import aria, data
from dashboard.components.combinations import combination_list
from dashboard.components.names import bdi, coloured, source, swatch
from dashboard.errors import UnknownAddress
from dashboard.figures.builder import hemicycle_figure, meter_figure
from dashboard.figures.seats import rows
from dashboard.i18n import Translator
from dashboard.theme import colours
from dashboard.view import View, outlook
from pipelines.editions.schema import Statement
from pipelines.editions.store import Edition

PATH, NAME = "/coalitions", "coalitions"
COMBINATIONS_SHOWN = 6
WORTH_SAYING = 0.01  # of the simulations
SEATING = ("government", "support", "abstain", "opposition")


def parameters(edition: Edition) -> dict[str, Parameter]:
    offered = Subset(tuple(item.id for item in rows(edition.projection).all))
    return {"gov": offered, "support": offered, "abstain": offered}


def headline(view: View, t: Translator) -> str:
    return t("coalitions.headline", majority=view.projection.majority)


def built(view: View) -> Coalition:
    """The combination the address asks for; a list in two places is refused."""
    government, support, abstain = (view.subset(name) for name in ("gov", "support", "abstain"))
    if len({*government, *support, *abstain}) < len(government) + len(support) + len(abstain):
        raise UnknownAddress("a list in two places")
    return Coalition(view.edition, government, support, abstain)


def layout(view: View, t: Translator) -> list[Component]:
    coalition = built(view)
    return [
        html.H1(headline(view, t), className="headline"),
        parts.quiet(t("coalitions.lead")),
        html.Div(
            [
                html.Div([_chips(view, coalition, t), _conflicts(view, coalition, t)], className="bench"),
                _meter(view, coalition, t),
            ],
            className="desk builder",
        ),
        html.Div([_decides(view, coalition, t), _combinations(view, t)], className="desk"),
    ]


def _chips(view: View, coalition: Coalition, t: Translator) -> Component:
    chips = [_chip(view, coalition, item.id, t) for item in rows(view.projection).all]
    clear = html.A(t("coalitions.clear"), href=view.href("/coalitions"), id="clear", className="clear")
    return html.Div([*chips, clear], className="chips big", role="group", **aria(label=t("coalitions.chips")))


def _chip(view: View, coalition: Coalition, list_id: str, t: Translator) -> Component:
    reference = view.lists[list_id]
    role = coalition.roles.get(list_id, "opposition")
    seats = t.number(outlook(next(item for item in view.projection.lists if item.id == list_id)).median)
    said = t(
        "coalitions.chip_label",
        name=t.said(t.short(reference)),
        median=seats,
        role=t(f"coalitions.role_{role}"),
        next=t(f"coalitions.role_{coalition.next_role(list_id)}"),
    )
    shown = [swatch(reference), bdi(t.short(reference)), html.B(seats)]
    if role != "opposition":
        shown.append(html.Span(t(f"coalitions.role_{role}"), className="role"))
    return html.Button(
        shown,
        id=f"chip-{list_id}",
        className=f"chip {role}",
        style=colours(reference),
        **aria(label=said, pressed="false" if role == "opposition" else "true"),
        **data(href=view.href(**coalition.after(list_id))),
    )


def _meter(view: View, coalition: Coalition, t: Translator) -> Component:
    projection = view.projection
    if not coalition.backers:
        said: list[Component] = [html.P(t("coalitions.nobody"), className="total")]
    else:
        said = _result(coalition, projection.majority, t)
    figure = meter_figure(coalition.seats, projection.house_size, projection.majority, t)
    summary = " ".join(_words(coalition, projection.majority, t)) if coalition.backers else t("coalitions.nobody")
    return html.Div(
        [
            html.Div(said, id=ids.METER_RESULT, className="result", **data(announce=summary)),
            parts.chart(ids.METER_CHART, figure, f"{t('coalitions.meter')}. {summary}", _table(view, coalition, t), t),
            parts.quiet(t("coalitions.meter")),
            _hemicycle(view, coalition, t),
        ],
        className="meter",
    )


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


def _conflicts(view: View, coalition: Coalition, t: Translator) -> Component:
    found = coalition.conflicts
    spoken = {statement.list for statement in view.edition.coalitions.statements}
    silent = [item for item in coalition.backers if item not in spoken]
    body: list[Component] = [_conflict(view, item, t) for item in found]
    said = html.Ul(body, className="conflicts") if found else parts.quiet(t("coalitions.conflicts_none"))
    names = t.join([t.said(t.short(view.lists[item])) for item in silent])
    return parts.section(
        t("coalitions.conflicts"),
        said,
        parts.quiet(t("coalitions.unresearched", names=names)) if silent else None,
        name="conflicts",
    )


def _conflict(view: View, item: Statement, t: Translator) -> Component:
    chosen = set(built(view).backers)
    others = [t.said(t.short(view.lists[other])) for other in item.rules_out if other in chosen and other in view.lists]
    title = t("coalitions.conflict_with", list=t.said(t.short(view.lists[item.list])), others=t.join(others))
    condition = t.local(item, "condition")
    said: list[Component] = [html.B(title), *_quote(item, t)]
    if condition:
        said.append(html.Span(t("coalitions.condition", text=t.said(condition)), className="condition"))
    when = t.month_of(item.date) if item.date_precision == "month" else t.date(item.date)
    said.append(html.Span([source(t.local(item, "source")), " · ", when], className="quiet"))
    return html.Li(said)


def _quote(item: Statement, t: Translator) -> list[Component]:
    """What was said, as it was said or as we put it; a translation of ours is marked."""
    quote = t.local(item, "quote")
    if not quote:
        return []
    is_ours = t.lang != item.quote_language and quote != item.quote
    notes = [t("coalitions.paraphrase")] if item.is_paraphrase else []
    notes += [t("coalitions.translated")] if is_ours else []
    mark = f" ({', '.join(notes)})" if notes else ""
    words = html.Span(bdi(quote)) if item.is_paraphrase else html.Q(bdi(quote))
    return [html.Span([words, mark], className="quote", dir="auto")]


def _decides(view: View, coalition: Coalition, t: Translator) -> Component:
    """Who turns the combination chosen, or else the strongest bloc, into a majority or out of one."""
    base, name = coalition, t("coalitions.these")
    bloc = sentences.strongest(view.projection)
    if not coalition.backers and bloc is not None:
        base = Coalition(
            view.edition, tuple(item for item in bloc.lists if item in view.edition.seat_draws.lists), (), ()
        )
        name = t.said(t.name(view.blocs.get(bloc.id, bloc)))
    found = sorted(base.decides.items(), key=lambda pair: (-pair[1], pair[0]))
    body: list[parts.Row] = [
        [coloured(view.lists[item], t.short(view.lists[item])), t.number(100 * chance)]
        for item, chance in found
        if chance >= WORTH_SAYING
    ]
    title = t("coalitions.decides")
    table = parts.table([t("table.list"), t("coalitions.decides_of")], body, title, "numeric")
    return parts.section(
        title,
        parts.quiet(t("coalitions.decides_note", name=name, majority=view.projection.majority)),
        parts.framed(table, "decides", t) if body else parts.quiet(t("coalitions.decides_none")),
        name="decides",
    )


def _combinations(view: View, t: Translator) -> Component:
    majority = view.projection.majority
    found = view.edition.coalitions.combinations
    return parts.section(
        t("coalitions.list_title", majority=majority),
        parts.quiet(t("coalitions.list_note", majority=majority)) if found else parts.quiet(t("coalitions.list_none")),
        combination_list(view, t, COMBINATIONS_SHOWN) if found else None,
        name="combinations",
    )
