"""The controls of the trend chart: switches, the firm, the days, the lists. Each is an address."""

from collections.abc import Sequence
from typing import cast

from dash import html
from dash.development.base_component import Component

from dashboard import pollsters
from dashboard.address import Choice
from dashboard.components import parts
from dashboard.components.attributes import aria, data
from dashboard.components.names import bdi, swatch
from dashboard.figures.trend_scale import TrendChoice
from dashboard.i18n import Translator
from dashboard.pages.trends.choice import AUTO, EVERY, RANGES, last_day, smoothers, standing, start_of, steps
from dashboard.theme import colours
from dashboard.view import View


def above(view: View, t: Translator) -> Component:
    """What is drawn, in which unit, over which period."""
    offered = cast(Choice, view.parameters["range"]).options
    groups = (
        ("of", cast(Choice, view.parameters["of"]).options),
        ("unit", ("seats", "share")),
        ("range", tuple(name for name in RANGES if name in offered)),
    )
    return _switches(view, groups, "switches", t)


def beneath(view: View, t: Translator) -> Component:
    """How it is drawn, and whose polls stand as dots."""
    groups = (("line", smoothers(view.edition)), ("panels", ("one", "each")))
    return html.Div([_switches(view, groups, "drawing", t), _firms(view, t)], className="switches", id="beneath")


def _switches(view: View, groups: Sequence[tuple[str, tuple[str, ...]]], name: str, t: Translator) -> Component:
    shown = [_switch(view, group, options, t) for group, options in groups if len(options) > 1]
    return html.Div(shown, id=name, className="switches")


def _switch(view: View, name: str, options: tuple[str, ...], t: Translator) -> Component:
    """One of a few; a period takes the place of the days that the sliders chose."""
    kept = {"from": "", "to": ""} if name == "range" else {}
    is_moved = name == "range" and (view.choice("from") != AUTO or view.choice("to") != AUTO)
    links = [
        (
            t(f"trends.{name}_{option}"),
            view.href(**{**kept, name: option}),
            view.choice(name) == option and not is_moved,
        )
        for option in options
    ]
    return parts.switch(t(f"trends.{name}"), links)


def _firms(view: View, t: Translator) -> Component:
    """Whose polls stand as dots; the lines stay those of all polls."""
    offered = cast(Choice, view.parameters["firm"]).options
    names = {firm: pollsters.short_name(view, firm, t) for firm in offered if firm != EVERY}
    links = [(t("polls.every_firm"), view.href(firm=EVERY), view.choice("firm") == EVERY)]
    links += [
        (names[firm], view.href(firm=firm), view.choice("firm") == firm)
        for firm in sorted(names, key=names.__getitem__)
    ]
    return parts.menu("firms", t("trends.firm"), links)


def sliders(view: View, t: Translator) -> Component:
    """The first and the last day drawn, by hand or by arrow keys."""
    days = [(day.isoformat(), t.date(day)) for day in steps(view.edition)]
    values = [value for value, _ in days]
    first = next((value for value in values if value >= start_of(view).isoformat()), values[-1])
    end = next((value for value in values if value >= last_day(view).isoformat()), values[-1])
    return html.Div(
        [
            parts.slider("from", t("trends.from"), days, first, AUTO),
            parts.slider("to", t("trends.to"), days, end, values[-1]),
        ],
        className="days",
        id="days",
    )


def chips(view: View, choice: TrendChoice, t: Translator) -> Component:
    """A chip a list; pressing one shows or hides its line. Blocs are few: they have none."""
    if choice.subject == "blocs":
        return html.Div(id="chips")
    order = standing(view.edition)
    offered = [item.id for item in order]
    found = []
    for item in order:
        is_shown = item.id in choice.shown
        after = [other for other in offered if (other in choice.shown) != (other == item.id)]
        said = "" if len(after) == len(offered) else ",".join(after)
        found.append(
            html.Button(
                [swatch(item), bdi(t.short(item))],
                id=f"chip-{item.id}",
                className="chip",
                style=colours(item),
                **aria(pressed="true" if is_shown else "false"),
                **data(href=view.href(lists=said)),
            )
        )
    everything = html.A(t("trends.lists_all"), id="all-lists", href=view.href(lists=""))
    return html.Div(
        [html.Span(t("trends.lists"), className="label"), *found, everything], className="chips", id="chips"
    )
