"""Trends: how the polls moved, list by list, with every poll as a dot."""

from typing import cast

from dash import html
from dash.development.base_component import Component

from dashboard import ids, sentences
from dashboard.address import Choice, Parameter, Subset
from dashboard.components import parts
from dashboard.components.attributes import aria, data
from dashboard.components.names import bdi, coloured, source, swatch
from dashboard.figures.trend import trend_figure
from dashboard.figures.trend_scale import (
    Smoother,
    TrendChoice,
    Unit,
    drawn_lines,
    first_day,
    has_result,
    numbered,
    values,
)
from dashboard.i18n import Translator
from dashboard.theme import colours
from dashboard.view import View
from pipelines.editions.schema import ListReference
from pipelines.editions.store import Edition

PATH, NAME = "/trends", "trends"
RANGES = {"all": None, "1y": 365, "6m": 182, "3m": 91, "1m": 30}
LONG_CAMPAIGN = 400  # days from which a year is shown first


def parameters(edition: Edition) -> dict[str, Parameter]:
    length = (edition.trend.dates[-1] - edition.trend.dates[0]).days if edition.trend.dates else 0
    offered = [name for name, days in RANGES.items() if days is None or days < length]
    if length > LONG_CAMPAIGN:
        offered.sort(key=lambda name: name != "1y")
    return {
        "unit": Choice(("seats", "share")),
        "line": Choice(smoothers(edition)),
        "range": Choice(tuple(offered)),
        "lists": Subset(tuple(item.id for item in standing(edition))),
    }


def smoothers(edition: Edition) -> tuple[str, ...]:
    """The lines an edition has; those of the first days have no mean."""
    has_mean = any(item.mean_14_share for item in edition.trend.lines)
    return ("model", "lowess", "mean") if has_mean else ("model", "lowess")


def standing(edition: Edition) -> list[ListReference]:
    """The lists that stand and have a line, in the order of the seats chart."""
    lined = {item.id for item in edition.trend.lines}
    level = {item.id: item.trend_share_pct for item in edition.projection.lists}
    found = [item for item in edition.reference.lists if item.stands and item.id in lined]
    return sorted(found, key=lambda item: (-level.get(item.id, 0.0), item.id))


def chosen(view: View) -> TrendChoice:
    """What the address asks for."""
    lists = view.subset("lists") or tuple(item.id for item in standing(view.edition))
    return TrendChoice(
        cast(Unit, view.choice("unit")), cast(Smoother, view.choice("line")), lists, RANGES[view.choice("range")]
    )


def headline(view: View, t: Translator) -> str:
    return t("trends.headline_seats" if view.choice("unit") == "seats" else "trends.headline_share")


def layout(view: View, t: Translator) -> list[Component]:
    choice = chosen(view)
    return [
        html.H1(headline(view, t), id="headline", className="headline"),
        parts.quiet(sentences.basis(view, t)),
        _switches(view, t),
        _chart(view, choice, t),
        html.Div(_notes(view, choice, t), id="notes"),
        _chips(view, choice, t),
        html.Div(_events(view, choice, t), id="happened"),
    ]


def _notes(view: View, choice: TrendChoice, t: Translator) -> list[Component]:
    """What the marks of the chart mean."""
    said = [parts.quiet(t(f"trends.note_{choice.smoother}"))]
    if has_result(view.projection, choice):
        said.append(parts.quiet(t("trends.note_result", date=t.date(view.projection.election_date))))
    return said


def _chart(view: View, choice: TrendChoice, t: Translator) -> Component:
    edition = view.edition
    if not drawn_lines(edition.trend, choice):
        return parts.quiet(t("trends.empty"))
    figure = trend_figure(edition.trend, view.projection, view.lists, edition.reference.events, choice, t)
    return parts.chart(ids.TREND_CHART, figure, sentences.trend_summary(view, choice, t), _table(view, choice, t), t)


def _switches(view: View, t: Translator) -> Component:
    offered = cast(Choice, view.parameters["range"]).options
    groups = (
        ("unit", ("seats", "share")),
        ("line", smoothers(view.edition)),
        ("range", tuple(name for name in RANGES if name in offered)),
    )
    return html.Div(
        [
            parts.switch(
                t(f"trends.{name}"),
                [
                    (t(f"trends.{name}_{option}"), view.href(**{name: option}), view.choice(name) == option)
                    for option in options
                ],
            )
            for name, options in groups
            if len(options) > 1
        ],
        id="switches",
        className="switches",
    )


def _chips(view: View, choice: TrendChoice, t: Translator) -> Component:
    """A chip a list; pressing one shows or hides its line."""
    offered = [item.id for item in standing(view.edition)]
    chips = []
    for item in standing(view.edition):
        shown = item.id in choice.lists
        after = [other for other in offered if (other in choice.lists) != (other == item.id)]
        said = "" if len(after) == len(offered) else ",".join(after)
        chips.append(
            html.Button(
                [swatch(item), bdi(t.short(item))],
                id=f"chip-{item.id}",
                className="chip",
                style=colours(item),
                **aria(pressed="true" if shown else "false"),
                **data(href=view.href(lists=said)),
            )
        )
    everything = html.A(t("trends.lists_all"), id="all-lists", href=view.href(lists=""))
    return html.Div([html.Span(t("trends.lists"), className="label"), *chips, everything], className="chips")


def _table(view: View, choice: TrendChoice, t: Translator) -> Component:
    """The line on the last day, a week and four weeks before."""
    dates = view.edition.trend.dates
    head = [t("table.list"), t("table.today", date=t.date(dates[-1])), t("table.week"), t("table.month")]
    body: list[parts.Row] = []
    for item in drawn_lines(view.edition.trend, choice):
        series = values(item, choice)
        cells = [series[at] if len(series) >= -at else None for at in (-1, -8, -29)]
        body.append(
            [
                coloured(view.lists[item.id], t.name(view.lists[item.id])),
                *(t("table.unknown") if cell is None else _said(cell, choice, t) for cell in cells),
            ]
        )
    return parts.table(head, body, headline(view, t))


def _said(value: float, choice: TrendChoice, t: Translator) -> str:
    return t.number(value, 1) if choice.unit == "seats" else t.percent(value)


def _events(view: View, choice: TrendChoice, t: Translator) -> Component | None:
    start = first_day(view.edition.trend, choice.days)
    end = view.edition.trend.dates[-1]
    if has_result(view.projection, choice):
        end = max(end, view.projection.election_date)
    found = numbered(view.edition.reference.events, start, end)
    if not found:
        return None
    items = [
        html.Li(
            [
                html.Span(t.date(event.date), className="when"),
                bdi(t.event(event)),
                " ",
                source(event.source),
            ]
        )
        for _, event in found
    ]
    return parts.section(t("trends.events"), html.Ol(items, className="events"), name="events")
