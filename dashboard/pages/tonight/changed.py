"""What changed since the edition before and since a week ago."""

from dash import html
from dash.development.base_component import Component

from dashboard import compared, news
from dashboard.components import parts
from dashboard.components.names import coloured
from dashboard.i18n import Translator
from dashboard.view import View
from pipelines.editions.records import Changes

MOVERS_SHOWN = 5
SMALLEST_MOVE = 0.1  # seats


def changed(view: View, t: Translator) -> Component:
    """Sentences against earlier editions; where none is a week old, how the lines moved in a week."""
    previous, week = compared.since_previous(view.edition), compared.since_last_week(view.edition)
    said: list[Component] = []
    if previous is not None:
        said += _against(view, previous, "news.since", "since-previous", t)
    if week is not None and (previous is None or week.from_edition != previous.from_edition):
        said += _against(view, week, "news.week", "since-week", t)
    if not said:
        said.append(parts.quiet(t("news.none")))
    if week is None:
        said += _movers(view, t)
    return parts.section(t("news.title"), *said, name="changed")


def _against(view: View, changes: Changes, title: str, name: str, t: Translator) -> list[Component]:
    items = [html.Li(text) for text in news.told(view, changes, t)]
    heading = html.H3(t(title, date=t.date(changes.from_as_of)), id=f"{name}-title")
    return [heading, html.Ul(items, className="lines told", id=name)]


def _movers(view: View, t: Translator) -> list[Component]:
    """The lines that moved most in a week, as this edition draws them."""
    dates = view.edition.trend.dates
    if len(dates) < 8:
        return []
    moved = [
        (line.seats[-1] - line.seats[-8], line.id)
        for line in view.edition.trend.lines
        if line.seats[-1] is not None and line.seats[-8] is not None
    ]
    moved.sort(key=lambda pair: (-abs(pair[0]), pair[1]))
    items = [
        html.Li([coloured(view.lists[list_id], t.short(view.lists[list_id])), " ", html.B(t.signed(change, 1))])
        for change, list_id in moved[:MOVERS_SHOWN]
        if abs(change) >= SMALLEST_MOVE
    ]
    if not items:
        return [html.H3(t("tonight.week")), parts.quiet(t("tonight.week_still", from_date=t.date(dates[-8])))]
    note = t("tonight.week_note", from_date=t.day(dates[-8]), to_date=t.date(dates[-1]))
    return [html.H3(t("tonight.week")), html.Ul(items, className="movers", id="movers"), parts.quiet(note)]
