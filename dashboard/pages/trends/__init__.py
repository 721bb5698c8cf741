"""Trends: how the polls moved, list by list or bloc by bloc, with every poll as a dot."""

from dash import html
from dash.development.base_component import Component

from dashboard import ids, sentences
from dashboard.address import Parameter
from dashboard.components import parts
from dashboard.components.names import bdi, coloured, source
from dashboard.figures.base import Figure
from dashboard.figures.multiples import multiples_figure
from dashboard.figures.trend import trend_figure
from dashboard.figures.trend_scale import TrendChoice, drawn_lines, elected_in, first_day, numbered, values
from dashboard.i18n import Translator
from dashboard.pages.trends import choice as asked
from dashboard.pages.trends.controls import above, beneath, chips, sliders
from dashboard.view import View
from pipelines.editions.schema import Trend
from pipelines.editions.store import Edition

PATH, NAME = "/trends", "trends"


def parameters(edition: Edition) -> dict[str, Parameter]:
    return asked.parameters(edition)


def headline(view: View, t: Translator) -> str:
    return t(f"trends.headline_{view.choice('unit')}")


def layout(view: View, t: Translator) -> list[Component]:
    choice = asked.chosen(view)
    trend = asked.trend_of(view, choice)
    return [
        html.H1(headline(view, t), id="headline", className="headline"),
        parts.quiet(sentences.basis(view, t)),
        above(view, t),
        _chart(view, trend, choice, t),
        sliders(view, t),
        beneath(view, t),
        html.Div(_notes(view, trend, choice, t), id="notes"),
        chips(view, choice, t),
        html.Div(_events(view, trend, choice, t), id="happened"),
    ]


def _notes(view: View, trend: Trend, choice: TrendChoice, t: Translator) -> list[Component]:
    """What the marks of the chart mean."""
    of_blocs = choice.subject == "blocs"
    said = [parts.quiet(t("trends.note_blocs" if of_blocs else f"trends.note_{choice.smoother}"))]
    if choice.polls is not None:
        said.append(parts.quiet(t("trends.note_firm")))
    if view.choice("panels") == "each":
        said.append(parts.quiet(t("trends.note_each")))
    if elected_in(trend, view.projection, choice) is not None:
        said.append(parts.quiet(t("trends.note_result", date=t.date(view.projection.election_date))))
    return said


def _chart(view: View, trend: Trend, choice: TrendChoice, t: Translator) -> Component:
    if not drawn_lines(trend, choice):
        return parts.quiet(t("trends.empty"))
    names = asked.names_of(view, choice, t)
    summary = sentences.trend_summary(trend, names, choice, t)
    table = _table(view, trend, names, choice, t)
    return parts.chart(ids.TREND_CHART, _figure(view, trend, names, choice, t), summary, table, t)


def _figure(view: View, trend: Trend, names: dict[str, str], choice: TrendChoice, t: Translator) -> Figure:
    if view.choice("panels") == "each":
        return multiples_figure(trend, view.projection, names, choice, t)
    return trend_figure(trend, view.projection, names, view.edition.reference.events, choice, t)


def _table(view: View, trend: Trend, names: dict[str, str], choice: TrendChoice, t: Translator) -> Component:
    """The lines on the last day drawn, a week and four weeks before."""
    of_blocs = choice.subject == "blocs"
    marks = view.blocs if of_blocs else view.lists
    head = [
        t("table.bloc" if of_blocs else "table.list"),
        t("table.today", date=t.date(trend.dates[-1])),
        t("table.week"),
        t("table.month"),
    ]
    body: list[parts.Row] = []
    for item in drawn_lines(trend, choice):
        series = values(item, choice)
        cells = [series[at] if len(series) >= -at else None for at in (-1, -8, -29)]
        body.append(
            [
                coloured(marks[item.id], names[item.id]),
                *(t("table.unknown") if cell is None else _said(cell, choice, t) for cell in cells),
            ]
        )
    return parts.table(head, body, headline(view, t))


def _said(value: float, choice: TrendChoice, t: Translator) -> str:
    return t.number(value, 1) if choice.unit == "seats" else t.percent(value)


def _events(view: View, trend: Trend, choice: TrendChoice, t: Translator) -> Component | None:
    end = trend.dates[-1]
    if elected_in(trend, view.projection, choice) is not None:
        end = max(end, view.projection.election_date)
    found = numbered(view.edition.reference.events, first_day(trend, choice), end)
    if not found:
        return None
    items = [
        html.Li(
            [
                html.Span(t.date(event.date), className="when"),
                bdi(t.event(event)),
                " ",
                source(t.local(event, "source")),
            ]
        )
        for _, event in found
    ]
    return parts.section(t("trends.events"), html.Ol(items, className="events"), name="events")
