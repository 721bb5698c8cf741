"""Method: the model in words, with its equations, its limits, and what this edition's numbers rest on."""

from dash import html
from dash.development.base_component import Component

from dashboard.address import Parameter
from dashboard.components import parts
from dashboard.components.names import coloured
from dashboard.figures.seats import rows
from dashboard.i18n import Translator
from dashboard.power import DRAWS_USED, INDICES, power_of
from dashboard.view import View
from electoral.power import Spread
from pipelines.editions.store import Edition

PATH, NAME = "/method", "method"

# A step of the method: its name in the catalogue, and its equations, which are the same in every language.
STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "shares",
        (
            "W = Σ pct + 0.55 · threshold · k + 1.1 %",
            "q = (1 − W) / (house + K/2)",
            "p(s ≤ ⌈threshold · house⌉) = middle of [max(s·q, threshold), (s + 1)·q]",
            "p(larger) ∝ s + ½",
        ),
    ),
    (
        "trend",
        (
            "z = 2 · asin √p",
            "z(i) = μ(t) + h(firm) + e",
            "μ(t + d) = μ(t) + N(0, σ²·d),   h ~ N(0, τ²), Σ h = 0,   e ~ N(0, κ²/n + r)",
        ),
    ),
    (
        "projection",
        (
            "y = c + f·b + √(v + (s·f)²) · T₈",
            "c = mean(level, last week, each firm’s newest poll)",
            "f = (p / 0.06)^−0.2",
        ),
    ),
    ("seats", ("votes ÷ (seats + 1)",)),
    ("nowcast", ()),
    ("agreement", ()),
    ("limits", ()),
)


def parameters(_edition: Edition) -> dict[str, Parameter]:
    return {}


def headline(_view: View, t: Translator) -> str:
    return t("method.headline")


def layout(view: View, t: Translator) -> list[Component]:
    return [
        html.H1(headline(view, t), className="headline"),
        html.P(t("method.lead"), className="said"),
        *(_step(name, equations, t, _rule(view, t) if name == "seats" else None) for name, equations in STEPS),
        _power(view, t),
        _fitted(view, t),
    ]


def _rule(view: View, t: Translator) -> str:
    """The rule this edition's seats were given by."""
    projection, rule = view.projection, view.edition.reference.seat_rule
    return t(
        "method.rule",
        formula=t(f"method.formula_{rule.formula}"),
        house=t.number(projection.house_size),
        threshold=t.percent(projection.threshold_pct, 2 if projection.threshold_pct % 1 else 0),
        half=t("method.half_yes" if rule.stops_at_half else "method.half_no"),
    )


def _power(view: View, t: Translator) -> Component:
    """The power indices by name, over the simulations."""
    found = power_of(view.edition)
    order = [item.id for item in rows(view.projection).all]
    body = [
        [
            coloured(view.lists[name], t.short(view.lists[name])),
            *(cell for index in INDICES for cell in _index(found[index][name], t)),
        ]
        for name in order
    ]
    head = [t("table.list"), *(text for index in INDICES for text in (t(f"method.{index}"), t("table.ninety")))]
    title = t("method.power")
    note = t("method.power_note", n=t.number(min(DRAWS_USED, view.projection.draws)), majority=view.projection.majority)
    table = parts.table(head, body, title, "numeric")
    return parts.section(title, parts.framed(table, "power", t), parts.quiet(note), name="power", classes="prose")


def _index(spread: Spread, t: Translator) -> list[str]:
    return [t.percent(100 * spread.mean), t.span(100 * spread.q05, 100 * spread.q95, 1)]


def _step(name: str, equations: tuple[str, ...], t: Translator, more: str | None) -> Component:
    return parts.section(
        t(f"method.{name}_title"),
        html.P(t(f"method.{name}")),
        html.Div([html.P(equation) for equation in equations], className="equations", dir="ltr") if equations else None,
        parts.quiet(more) if more else None,
        name=name,
        classes="prose",
    )


def _fitted(view: View, t: Translator) -> Component:
    """The numbers the trend found for itself in this edition."""
    trend = view.edition.trend
    body = [
        [html.Bdi(t(f"method.parameter_{name}") if t.has(f"method.parameter_{name}") else name), f"{value:.4g}"]
        for name, value in trend.parameters.items()
    ]
    title = t("method.fitted")
    if not body:
        return parts.section(title, parts.quiet(t("method.fitted_none")), name="fitted")
    note = t("method.converged") if trend.converged else t("warning.trend-constants")
    table = parts.table([t("method.parameter"), t("method.value")], body, title)
    return parts.section(title, parts.framed(table, "fitted", t), parts.quiet(note), name="fitted", classes="prose")
