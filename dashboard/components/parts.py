"""Sections, charts with their table and summary, tables, switches."""

from collections.abc import Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.components.attributes import aria, current, data
from dashboard.figures.base import Figure
from dashboard.i18n import Translator

Child = Component | str | None
Row = Sequence[Any]


def section(title: str, *children: Child, name: str, classes: str = "") -> Component:
    """A part of a page under its own heading; `name` makes its ids."""
    heading = html.H2(title, id=f"{name}-title")
    return html.Section(
        [heading, *(child for child in children if child is not None)],
        id=name,
        className=f"section {classes}".strip(),
        **aria(labelledby=f"{name}-title"),
    )


def chart(chart_id: str, figure: Figure, summary: str, table: Component, t: Translator) -> Component:
    """A drawing, what it says in words for those who do not see it, and the same numbers as a table."""
    height = figure["layout"]["height"]
    narrow = figure["narrow"].get("height", height)
    graph = dcc.Graph(
        id=chart_id,
        figure=figure,
        responsive=True,
        config={"displayModeBar": False, "responsive": True, "scrollZoom": False, "doubleClick": False},
        style={"height": "100%"},
    )
    box = html.Div(
        graph,
        className="chart",
        id=f"{chart_id}-frame",
        dir="ltr",
        style={"--tall": f"{height}px", "--tall-narrow": f"{narrow}px"},
    )
    return html.Div(
        [
            html.P(summary, className="unseen", id=f"{chart_id}-summary"),
            box,
            html.Details(
                [html.Summary(t("table.open")), html.Div(table, className="scroll", id=f"{chart_id}-table")],
                className="numbers",
            ),
            take_away(f"{chart_id}-table", t, chart_id),
        ]
    )


def framed(table: Component, name: str, t: Translator) -> Component:
    """A table on the page itself, scrolling where it is wide, and what takes it away."""
    return html.Div([html.Div(table, className="scroll", id=f"{name}-table"), take_away(f"{name}-table", t)])


def take_away(table_id: str, t: Translator, chart_id: str | None = None) -> Component:
    """The table as a file; of a chart also the picture and its words. The script does the asking."""
    buttons = [
        html.Button(ending.upper(), className="file", **data(save=ending, table=table_id)) for ending in ("csv", "xlsx")
    ]
    if chart_id is not None:
        buttons = [
            *(
                html.Button(kind.upper(), className="file", **data(save=kind, chart=chart_id))
                for kind in ("png", "svg")
            ),
            *buttons,
            html.Button(t("take.copy"), className="file", **data(save="text", chart=chart_id, done=t("take.copied"))),
        ]
    return html.Div(buttons, className="take", role="group", **aria(label=t("take.label")))


def table(head: Row, rows: Sequence[Row], caption: str, classes: str = "") -> Component:
    """A table whose first column names its rows."""
    body = [html.Tr([html.Th(row[0], scope="row"), *(html.Td(cell) for cell in row[1:])]) for row in rows]
    return html.Table(
        [
            html.Caption(caption, className="unseen"),
            html.Thead(html.Tr([html.Th(cell, scope="col") for cell in head])),
            html.Tbody(body),
        ],
        className=f"table {classes}".strip(),
    )


def switch(title: str, options: Sequence[tuple[str, str, bool]]) -> Component:
    """Links of which one is current: (text, address, is current)."""
    links = [html.A(text, href=href, className="option", **current(is_current)) for text, href, is_current in options]
    heading = html.Span(title, className="label")
    return html.Div([heading, *links], className="switch", role="group", **aria(label=title))


def menu(menu_id: str, title: str, options: Sequence[tuple[str, str, bool]]) -> Component:
    """Many links of which one is current, behind a line that says which: (text, address, is current)."""
    shown = next((text for text, _, is_current in options if is_current), "")
    links = [html.Li(html.A(html.Bdi(text), href=href, **current(is_current))) for text, href, is_current in options]
    heading = [html.Span(title, className="label"), html.Bdi(shown)]
    return html.Details(
        [html.Summary(heading), html.Ul(links, **aria(label=title))], className="menu small", id=menu_id
    )


def slider(name: str, title: str, steps: Sequence[tuple[str, str]], now: str, default: str) -> Component:
    """A row of steps (value of the parameter, its words) with one chosen; the script puts it into the address."""
    values = [value for value, _ in steps]
    shown = dict(steps)[now]
    control = dcc.Input(
        id=f"{name}-slider", type="range", min=0, max=len(steps) - 1, step=1, value=values.index(now), className="range"
    )
    return html.Div(
        [html.Label([html.Span(title, className="label"), html.Output(shown)], htmlFor=f"{name}-slider"), control],
        id=f"{name}-box",
        className="slider",
        **data(param=name, values="|".join(values), words="|".join(words for _, words in steps), default=default),
    )


def quiet(*children: Child) -> Component:
    return html.P([child for child in children if child is not None], className="quiet")
