"""The latest polls, each beside the same firm's previous one."""

from collections.abc import Mapping

from dash import html
from dash.development.base_component import Component

from dashboard.address import query
from dashboard.components import parts
from dashboard.components.attributes import aria, data
from dashboard.components.names import bdi, coloured
from dashboard.figures.seats import rows
from dashboard.i18n import Translator
from dashboard.pollsters import short
from dashboard.view import View
from pipelines.editions.schema import Named, PollRow, PollValue

SHOWN = 5
Pair = tuple[PollRow, PollRow | None]


def latest(polls: list[PollRow], shown: int = SHOWN) -> list[Pair]:
    """The newest ordinary polls, newest first, each with the one before it by the same firm."""
    ordinary = [poll for poll in polls if poll.kind == "poll"]
    ordinary.sort(key=lambda poll: (poll.fieldwork_end, poll.known_from, poll.poll), reverse=True)
    pairs: list[Pair] = []
    for at, poll in enumerate(ordinary[:shown]):
        earlier = (other for other in ordinary[at + 1 :] if poll.pollster and other.pollster == poll.pollster)
        pairs.append((poll, next(earlier, None)))
    return pairs


def latest_polls(view: View, t: Translator) -> Component:
    """A column a poll, a row a list: seats as published, and the change beneath."""
    pairs = latest(view.edition.polls.polls)
    pollsters = {item.id: item for item in view.edition.reference.pollsters}
    publishers = {item.id: item for item in view.edition.reference.publishers}
    head = [html.Span(t("table.list"), className="unseen"), *(_head(pair, pollsters, publishers, t) for pair in pairs)]
    body = [
        [coloured(view.lists[item.id], t.short(view.lists[item.id])), *(_cell(pair, item.id, t) for pair in pairs)]
        for item in rows(view.projection).all
    ]
    title = t("tonight.polls")
    table = parts.table(head, body, title, "polls")
    framed = html.Div(table, className="scroll", tabIndex="0", role="region", **aria(label=title))
    return html.Div([framed, _files(view, t)])


def _files(view: View, t: Translator) -> Component:
    """These polls and the previous ones as files, and the way to all of them."""
    asked = query({"election": view.edition.election, "edition": view.edition.id})
    links = [
        html.A(
            kind.upper(), href=f"/download/latest.{kind}{asked}", download="", className="file", **data(reload="true")
        )
        for kind in ("csv", "xlsx")
    ]
    return html.Div(
        [*links, html.A(t("tonight.polls_all"), href=view.href("/polls"), className="file")], className="take"
    )


def _head(pair: Pair, pollsters: Mapping[str, Named], publishers: Mapping[str, Named], t: Translator) -> Component:
    poll, previous = pair
    before = t("tonight.polls_previous", date=t.day(previous.fieldwork_end)) if previous else t("tonight.polls_first")
    firm = pollsters.get(poll.pollster or "")
    outlet = publishers.get(poll.publisher or "")
    return html.Div(
        [
            html.Span(bdi(short(t.name(firm)) if firm else poll.pollster or t("table.unknown")), className="firm"),
            html.Span(bdi(t.name(outlet) if outlet else poll.publisher or ""), className="outlet"),
            html.Span(t.day(poll.fieldwork_end), className="when"),
            html.Span(before, className="before"),
        ],
        className="poll-head",
    )


def _cell(pair: Pair, list_id: str, t: Translator) -> Component:
    poll, previous = pair
    value = _value(poll, list_id)
    if value is None or value.status == "not_asked":
        return html.Span("–", className="absent")
    if value.status == "below_threshold":
        return html.Bdi(f"{value.pct}%" if value.pct else "–", className="under", dir="ltr")
    said = [html.Span(t.number(value.seats or 0), className="now")]
    before = _value(previous, list_id) if previous else None
    if value.seats is not None and before is not None and before.status != "not_asked":
        change = value.seats - (before.seats or 0)
        said.append(html.Span(t.signed(change) if change else "=", className="change" if change else "change none"))
    return html.Span(said, className="cell")


def _value(poll: PollRow, list_id: str) -> PollValue | None:
    return next((value for value in poll.values if value.list == list_id), None)
