"""Polls: every poll as published, filtered and sorted by its address, and the same rows as files."""

from math import ceil
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from dashboard import ids, poll_rows
from dashboard.address import Choice, Parameter
from dashboard.components import parts
from dashboard.components.attributes import aria, current, data
from dashboard.components.names import bdi, source, swatch
from dashboard.exports import Sheet
from dashboard.figures.seats import rows
from dashboard.i18n import Translator
from dashboard.poll_rows import EVERY, KINDS, SORTS, Asked
from dashboard.view import View
from pipelines.editions.schema import Named, PollRow
from pipelines.editions.store import Edition

PATH, NAME = "/polls", "polls"
ROWS_A_PAGE = 40


def parameters(edition: Edition) -> dict[str, Parameter]:
    polls = edition.polls.polls
    kinds = [kind for kind in KINDS if any(poll.kind == kind for poll in polls)]
    firms = sorted({poll.pollster for poll in polls if poll.pollster})
    lists = sorted({value.list for poll in polls for value in poll.values})
    pages = max(1, ceil(len(polls) / ROWS_A_PAGE))
    return {
        "kind": Choice((*kinds, EVERY)),
        "pollster": Choice((EVERY, *firms)),
        "sort": Choice((*SORTS, *lists)),
        "order": Choice(("down", "up")),
        "page": Choice(tuple(str(page) for page in range(1, pages + 1))),
    }


def headline(view: View, t: Translator) -> str:
    ordinary = sum(poll.kind == "poll" for poll in view.edition.polls.polls)
    return t("polls.headline", n=ordinary, count=t.number(ordinary))


def asked(view: View) -> list[PollRow]:
    """The polls the address asks for, in its order; all pages of them."""
    choice = Asked(view.choice("kind"), view.choice("pollster"), view.choice("sort"), view.choice("order") == "up")
    return poll_rows.chosen(view.edition.polls.polls, choice)


def layout(view: View, t: Translator) -> list[Component]:
    found = asked(view)
    pages = max(1, ceil(len(found) / ROWS_A_PAGE))
    page = min(int(view.choice("page")), pages)
    shown = found[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE]
    body = [_table(view, shown, t), _pages(view, page, pages, t)] if shown else [parts.quiet(t("polls.empty"))]
    return [
        html.H1(headline(view, t), id="headline", className="headline"),
        parts.quiet(t("polls.lead")),
        html.Div(_filters(view, t), id="switches", className="switches"),
        html.Div([_count(found, page, t), _files(view, t)], id="count", className="above"),
        html.Div(body, id="rows"),
        parts.quiet(t("polls.key")),
    ]


def sheet(view: View) -> Sheet:
    """All rows the address asks for, as a file has them."""
    found = asked(view)
    return poll_rows.sheet(found, poll_rows.printed(found, _order(view)), _pollsters(view), _publishers(view))


def _order(view: View) -> list[str]:
    return [item.id for item in rows(view.projection).all]


def _pollsters(view: View) -> dict[str, Named]:
    return {item.id: item for item in view.edition.reference.pollsters}


def _publishers(view: View) -> dict[str, Named]:
    return {item.id: item for item in view.edition.reference.publishers}


def _filters(view: View, t: Translator) -> list[Component]:
    kinds, firms = (view.parameters[name] for name in ("kind", "pollster"))
    assert isinstance(kinds, Choice)
    assert isinstance(firms, Choice)
    named = _pollsters(view)
    names = {firm: t.name(named[firm]) if firm in named else firm for firm in firms.options if firm != EVERY}
    by_name = [EVERY, *sorted(names, key=lambda firm: names[firm])]
    options = [
        (
            names.get(firm, t("polls.every_firm")),
            view.href(pollster=firm, page="1"),
            view.choice("pollster") == firm,
        )
        for firm in by_name
    ]
    said: list[Component] = [parts.menu("firms", t("polls.firm"), options)]
    if len(kinds.options) > 2:  # one kind and "all" are the same rows
        choices = [
            (t(f"polls.kind_{kind}"), view.href(kind=kind, page="1"), view.choice("kind") == kind)
            for kind in kinds.options
        ]
        said.append(parts.switch(t("polls.kind"), choices))
    return said


def _count(found: list[PollRow], page: int, t: Translator) -> Component:
    first, last = (page - 1) * ROWS_A_PAGE + 1, min(page * ROWS_A_PAGE, len(found))
    if not found:
        return html.Span("")
    text = t("polls.shown", span=t.span(first, last), all=t.number(len(found)))
    return html.Span(text, className="quiet", **data(announce=text))


def _files(view: View, t: Translator) -> Component:
    """The rows as files: every page of them."""
    said = {"election": view.edition.election, "edition": view.edition.id, **dict(view.state)}
    said.pop("page", None)
    links = [
        html.A(kind.upper(), href=f"/download/polls.{kind}?{urlencode(said)}", download="", **data(reload="true"))
        for kind in ("csv", "xlsx")
    ]
    return html.Span([html.Span(t("polls.files"), className="label"), *links], className="files")


def _pages(view: View, page: int, pages: int, t: Translator) -> Component:
    if pages == 1:
        return html.Div(id="pages")
    links = [
        html.A(
            t.number(at),
            href=view.href(page=str(at)),
            className="option",
            **current(at == page, "page"),
        )
        for at in range(1, pages + 1)
    ]
    return html.Nav(links, className="pages", id="pages", **aria(label=t("polls.pages")))


def _table(view: View, shown: list[PollRow], t: Translator) -> Component:
    lists = poll_rows.printed(shown, _order(view))
    caption = headline(view, t)
    head = html.Tr(
        [
            html.Th(_sort(view, "firm", t("polls.firm"), t), scope="col"),
            html.Th(_sort(view, "date", t("polls.dates"), t), scope="col"),
            html.Th(_sort(view, "n", t("polls.n"), t), scope="col", className="n"),
            *(_list_head(view, name, t) for name in lists),
            html.Th(t("polls.source"), scope="col"),
        ]
    )
    body = [*_result(view, lists, t), *(_row(view, poll, lists, t) for poll in shown)]
    table = html.Table(
        [html.Caption(caption, className="unseen"), html.Thead(head), html.Tbody(body)],
        className="table archive",
        id=ids.POLLS_TABLE,
    )
    return html.Div(table, className="scroll", tabIndex="0", role="region", **aria(label=caption))


def _sort(view: View, sort: str, text: str, t: Translator) -> Component:
    """A heading that sorts; pressed again, the other way round."""
    is_now = view.choice("sort") == sort
    order = "up" if is_now and view.choice("order") == "down" else "down"
    mark = ("↑" if view.choice("order") == "up" else "↓") if is_now else ""
    return html.A(
        [html.Bdi(text), html.Span(mark, className="sorted", **aria(hidden="true"))],
        href=view.href(sort=sort, order=order, page="1"),
        title=t("polls.sort_by", name=t.said(text)),
        **current(is_now),
    )


def _list_head(view: View, name: str, t: Translator) -> Component:
    item = view.lists[name]
    link = _sort(view, name, t.short(item), t)
    return html.Th(html.Div([swatch(item), link], className="upright"), scope="col", className="list")


def _result(view: View, lists: list[str], t: Translator) -> list[Component]:
    """What was elected, above the polls."""
    won = view.projection.result
    if won is None:
        return []
    stood = won.keys() | {item.id for item in view.projection.lists}
    cells = [html.Td(t.number(won.get(name, 0)) if name in stood else "", className="value") for name in lists]
    name = html.Th(t("polls.result"), scope="row", className="who")
    when = html.Td(t.date(view.projection.election_date), className="when")
    return [html.Tr([name, when, html.Td(""), *cells, html.Td("")], className="won")]


def _row(view: View, poll: PollRow, lists: list[str], t: Translator) -> Component:
    n = t("polls.not_published") if poll.sample_size is None else t.number(poll.sample_size)
    return html.Tr(
        [
            html.Th(_who(view, poll, t), scope="row", className="who"),
            html.Td(_when(poll, t), className="when"),
            html.Td(n, className="n" if poll.sample_size is not None else "n absent"),
            *(_cell(poll, name, t) for name in lists),
            html.Td(_source(poll, t), className="cited"),
        ],
        className=poll.kind,
    )


def _who(view: View, poll: PollRow, t: Translator) -> list[Component]:
    firm, outlet = _pollsters(view).get(poll.pollster or ""), _publishers(view).get(poll.publisher or "")
    said: list[Component] = [
        html.Span(bdi(t.name(firm) if firm else poll.pollster or t("polls.not_published")), className="firm")
    ]
    if poll.publisher:
        said.append(html.Span(bdi(t.name(outlet) if outlet else poll.publisher), className="outlet"))
    if poll.kind != "poll":
        said.append(html.Span(t(f"polls.mark_{poll.kind}"), className="tag"))
    return said


def _when(poll: PollRow, t: Translator) -> list[Component]:
    """Fieldwork; the day of publication where it is known."""
    said: list[Component] = [html.Span(t.days(poll.fieldwork_start or poll.fieldwork_end, poll.fieldwork_end))]
    if poll.published_date:
        said.append(html.Span(t("polls.published", date=t.day(poll.published_date)), className="quiet"))
    return said


def _cell(poll: PollRow, name: str, t: Translator) -> Component:
    value = poll_rows.value_of(poll, name)
    if value is None or value.status == "not_asked":
        return html.Td("–", className="value absent")
    if value.status == "below_threshold":
        return html.Td(html.Bdi(f"({value.pct}%)" if value.pct else "<", dir="ltr"), className="value under")
    if value.seats is None:
        return html.Td("–", className="value absent")
    return html.Td(t.number(value.seats, 0 if value.seats.is_integer() else 1), className="value")


def _source(poll: PollRow, t: Translator) -> list[Component]:
    said: list[Component] = [source(poll.source)]
    if poll.revision > 1:
        said.append(html.Span(t("polls.revision", n=poll.revision), className="aside"))
    if poll.ruling:
        said.append(html.Span(bdi(poll.ruling), className="aside", dir="auto"))
    return said
