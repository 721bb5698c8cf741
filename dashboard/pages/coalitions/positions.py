"""What a combination goes against, and who turns it into a majority."""

from dash import html
from dash.development.base_component import Component

from dashboard import sentences
from dashboard.builder import Coalition
from dashboard.components import parts
from dashboard.components.names import bdi, coloured, source
from dashboard.i18n import Translator
from dashboard.view import View
from pipelines.editions.schema import Statement

WORTH_SAYING = 0.01  # of the simulations


def against(view: View, coalition: Coalition, t: Translator) -> Component:
    if not coalition.backers:
        return html.Div(id="conflicts-none")
    found = coalition.conflicts
    spoken = {statement.list for statement in view.edition.coalitions.statements}
    silent = [item for item in coalition.backers if item not in spoken]
    body: list[Component] = [_conflict(view, coalition, item, t) for item in found]
    said = html.Ul(body, className="conflicts") if found else parts.quiet(t("coalitions.conflicts_none"))
    names = t.join([t.said(t.short(view.lists[item])) for item in silent])
    return parts.section(
        t("coalitions.conflicts"),
        said,
        parts.quiet(t("coalitions.unresearched", names=names)) if silent else None,
        name="conflicts",
    )


def _conflict(view: View, coalition: Coalition, item: Statement, t: Translator) -> Component:
    chosen = set(coalition.backers)
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


def decides(view: View, coalition: Coalition, t: Translator) -> Component:
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
