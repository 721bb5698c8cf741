"""Tonight: the sentence, the seats, the majority, what changed, the threshold and the latest polls."""

from dash import html
from dash.development.base_component import Component

from dashboard import readings, sentences
from dashboard.address import Parameter
from dashboard.components import parts
from dashboard.components.latest_polls import latest_polls
from dashboard.components.names import coloured
from dashboard.components.results import result_table
from dashboard.i18n import Translator
from dashboard.pages.tonight.changed import changed
from dashboard.pages.tonight.majority import majority
from dashboard.pages.tonight.seats import seats
from dashboard.view import View
from pipelines.editions.schema import ListProjection
from pipelines.editions.store import Edition

PATH, NAME = "/", "tonight"
FEW_READINGS = 5  # more than these stand behind a menu


def parameters(edition: Edition) -> dict[str, Parameter]:
    return readings.parameters(edition)


def headline(view: View, t: Translator) -> str:
    reading = readings.said(view, readings.chosen(view), t)
    said = sentences.headline(readings.read(view), t)
    return f"{reading}. {said}" if reading else said


def layout(view: View, t: Translator) -> list[Component]:
    shown = readings.read(view)
    polls = parts.section(t("tonight.polls"), parts.quiet(t("tonight.polls_note")), latest_polls(view, t), name="polls")
    return [
        html.H1(headline(view, t), id="headline", className="headline"),
        parts.quiet(sentences.basis(view, t)),
        *_readings(view, t),
        html.Div([seats(shown, t), majority(shown, t)], className="desk wide-first", id="tonight"),
        html.Div(_below(shown, t), className="desk", id="below"),
        polls,
    ]


def _readings(view: View, t: Translator) -> list[Component]:
    """The switch between all polls and the readings of those who stand apart, and what such a reading is."""
    offered, chosen = readings.options(view), readings.chosen(view)
    if not offered:
        return []
    links = [
        (readings.said(view, one, t) or t("readings.all"), view.href(**{readings.NAME: one}), one == chosen)
        for one in offered
    ]
    title = t("readings.title")
    control = parts.switch(title, links) if len(links) <= FEW_READINGS else parts.menu("readings", title, links)
    note = [parts.quiet(t("readings.note"))] if chosen != readings.ALL else []
    return [html.Div([html.Div(control, className="switches"), *note], id="reading")]


def _below(view: View, t: Translator) -> list[Component]:
    """What changed beside the threshold, and the result once it is recorded."""
    near = _near(view, t)
    return [changed(view, t), near if view.projection.result is None else html.Div([result_table(view, t), near])]


def _near(view: View, t: Translator) -> Component:
    items = [
        html.Li([coloured(view.lists[item.id], t.short(view.lists[item.id])), " ", _near_said(view, item, t)])
        for item in sentences.in_doubt(view.projection)
    ]
    threshold = view.projection.threshold_pct
    note = t("tonight.near_note", threshold=t.percent(threshold, 2 if threshold % 1 else 0))
    said = [html.Ul(items, className="lines"), parts.quiet(note)] if items else [parts.quiet(t("tonight.near_none"))]
    return parts.section(t("tonight.near"), *said, name="near")


def _near_said(view: View, item: ListProjection, t: Translator) -> str:
    """The chance to pass beside what the polls say; another reading has no level of its own to name."""
    if view.reading is not None:
        return t("seats.passes", chance=t.chance(item.p_pass))
    return t("tonight.near_item", chance=t.chance(item.p_pass), share=t.percent(item.trend_share_pct))
