"""Polls: every poll as published, filtered and sorted by its address, and the same rows as files."""

from math import ceil
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from dashboard import poll_rows
from dashboard.address import Choice, Parameter
from dashboard.components import parts
from dashboard.components.attributes import aria, current, data
from dashboard.exports import Sheet
from dashboard.i18n import Translator
from dashboard.pages.polls.table import has_sizes, order, polls_table, pollsters, publishers
from dashboard.poll_rows import EVERY, KINDS, SORTS, Asked
from dashboard.view import View
from pipelines.editions.schema import PollRow
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
    body = (
        [polls_table(view, shown, headline(view, t), t), _pages(view, page, pages, t)]
        if shown
        else [parts.quiet(t("polls.empty"))]
    )
    return [
        html.H1(headline(view, t), id="headline", className="headline"),
        parts.quiet(t("polls.lead")),
        html.Div(_filters(view, t), id="switches", className="switches"),
        html.Div([_count(found, page, t), _files(view, t)], id="count", className="above"),
        html.Div(body, id="rows"),
        parts.quiet(t("polls.key"), *([" ", t("polls.no_sizes")] if shown and not has_sizes(shown) else [])),
    ]


def sheet(view: View) -> Sheet:
    """All rows the address asks for, as a file has them."""
    found = asked(view)
    return poll_rows.sheet(found, poll_rows.printed(found, order(view)), pollsters(view), publishers(view))


def _filters(view: View, t: Translator) -> list[Component]:
    kinds, firms = (view.parameters[name] for name in ("kind", "pollster"))
    assert isinstance(kinds, Choice)
    assert isinstance(firms, Choice)
    named = pollsters(view)
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
