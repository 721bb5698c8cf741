"""The table of polls: a row a poll, a column a list, headings that sort."""

from dash import html
from dash.development.base_component import Component

from dashboard import ids, poll_rows
from dashboard.components.attributes import aria, current
from dashboard.components.names import bdi, source, swatch
from dashboard.figures.seats import rows
from dashboard.i18n import Translator
from dashboard.pollsters import short
from dashboard.view import View
from pipelines.editions.schema import Named, PollRow


def order(view: View) -> list[str]:
    return [item.id for item in rows(view.projection).all]


def pollsters(view: View) -> dict[str, Named]:
    return {item.id: item for item in view.edition.reference.pollsters}


def publishers(view: View) -> dict[str, Named]:
    return {item.id: item for item in view.edition.reference.publishers}


def has_sizes(shown: list[PollRow]) -> bool:
    """Whether a column of sample sizes has anything in it."""
    return any(poll.sample_size is not None for poll in shown)


def polls_table(view: View, shown: list[PollRow], caption: str, t: Translator) -> Component:
    lists = poll_rows.printed(shown, order(view))
    is_sized = has_sizes(shown)
    head = html.Tr(
        [
            html.Th(_sort(view, "firm", t("polls.firm"), t), scope="col"),
            html.Th(_sort(view, "date", t("polls.dates"), t), scope="col"),
            *([html.Th(_sort(view, "n", t("polls.n"), t), scope="col", className="n")] if is_sized else []),
            *(_list_head(view, name, t) for name in lists),
            html.Th(t("polls.source"), scope="col"),
        ]
    )
    body = [*_result(view, lists, is_sized, t), *(_row(view, poll, lists, is_sized, t) for poll in shown)]
    table = html.Table(
        [html.Caption(caption, className="unseen"), html.Thead(head), html.Tbody(body)],
        className="table archive",
        id=ids.POLLS_TABLE,
    )
    return html.Div(table, className="scroll", tabIndex="0", role="region", **aria(label=caption))


def _sort(view: View, sort: str, text: str, t: Translator) -> Component:
    """A heading that sorts; pressed again, the other way round."""
    is_now = view.choice("sort") == sort
    turned = "up" if is_now and view.choice("order") == "down" else "down"
    mark = ("↑" if view.choice("order") == "up" else "↓") if is_now else ""
    return html.A(
        [html.Bdi(text), html.Span(mark, className="sorted", **aria(hidden="true"))],
        href=view.href(sort=sort, order=turned, page="1"),
        title=t("polls.sort_by", name=t.said(text)),
        **current(is_now),
    )


def _list_head(view: View, name: str, t: Translator) -> Component:
    item = view.lists[name]
    link = _sort(view, name, t.short(item), t)
    return html.Th(html.Div([swatch(item), link], className="upright"), scope="col", className="list")


def _result(view: View, lists: list[str], is_sized: bool, t: Translator) -> list[Component]:
    """What was elected, above the polls."""
    won = view.projection.result
    if won is None:
        return []
    stood = won.keys() | {item.id for item in view.projection.lists}
    cells = [html.Td(t.number(won.get(name, 0)) if name in stood else "", className="value") for name in lists]
    name = html.Th(t("polls.result"), scope="row", className="who")
    when = html.Td(t.days(view.projection.election_date, view.projection.election_date), className="when")
    return [html.Tr([name, when, *([html.Td("")] if is_sized else []), *cells, html.Td("")], className="won")]


def _row(view: View, poll: PollRow, lists: list[str], is_sized: bool, t: Translator) -> Component:
    n = t("polls.not_published") if poll.sample_size is None else t.number(poll.sample_size)
    return html.Tr(
        [
            html.Th(_who(view, poll, t), scope="row", className="who"),
            html.Td(_when(poll, t), className="when"),
            *([html.Td(n, className="n" if poll.sample_size is not None else "n absent")] if is_sized else []),
            *(_cell(poll, name, t) for name in lists),
            html.Td(_source(poll, t), className="cited"),
        ],
        className=poll.kind,
    )


def _who(view: View, poll: PollRow, t: Translator) -> list[Component]:
    firm, outlet = pollsters(view).get(poll.pollster or ""), publishers(view).get(poll.publisher or "")
    said: list[Component] = [
        html.Span(bdi(short(t.name(firm)) if firm else poll.pollster or t("polls.not_published")), className="firm")
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
