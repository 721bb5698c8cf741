"""What if: lists withdraw, merge or move, agreements come and go, the threshold shifts; the same draws again."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations

from dash import html
from dash.development.base_component import Component

from dashboard.address import Choice, Parameter, Subset
from dashboard.components import parts
from dashboard.figures.seats import rows
from dashboard.i18n import Translator
from dashboard.pages.what_if.controls import BETWEEN, KEPT_PCT, NOBODY, PARTS_PCT, STEPS_PCT, THRESHOLDS_PCT, controls
from dashboard.pages.what_if.result import result
from dashboard.simulation import setting_of
from dashboard.view import View
from dashboard.what_if import Pair, Plan, outcome
from electoral.errors import ElectoralError
from pipelines.editions.store import Edition

PATH, NAME = "/what-if", "what_if"


def parameters(edition: Edition) -> dict[str, Parameter]:
    lists = tuple(item.id for item in rows(edition.projection).all)
    now = f"{edition.projection.threshold_pct:g}"
    others = tuple(pct for pct in THRESHOLDS_PCT if pct != now)
    return {
        "out": Subset(lists),
        "to": Choice((NOBODY, *lists)),
        "merge": Subset(lists),
        "keep": Choice(KEPT_PCT),
        "split": Choice((NOBODY, *lists)),
        "part": Choice(PARTS_PCT),
        "swing": Choice((NOBODY, *lists)),
        "by": Choice(STEPS_PCT),
        "drop": Subset(tuple(BETWEEN.join(pair) for pair in edition.reference.agreements)),
        "sign": Subset(tuple(BETWEEN.join(pair) for pair in combinations(lists, 2))),
        "threshold": Choice((now, *others)),
    }


def headline(_view: View, t: Translator) -> str:
    return t("what_if.headline")


def plan(view: View) -> Plan:
    """What the address asks to change."""
    swing, to, split = (view.choice(name) for name in ("swing", "to", "split"))
    threshold = view.choice("threshold")
    return Plan(
        withdrawn=view.subset("out"),
        votes_to=None if to == NOBODY else to,
        merged=view.subset("merge"),
        retention=int(view.choice("keep")) / 100,
        divided=None if split == NOBODY else split,
        first_part=int(view.choice("part")) / 100,
        shifted=None if swing == NOBODY else swing,
        shift=float(view.choice("by")) / 100,
        dropped=_pairs(view.subset("drop")),
        signed=_pairs(view.subset("sign")),
        threshold=Fraction(threshold) / 100 if threshold != _first(view, "threshold") else None,
    )


def _first(view: View, name: str) -> str:
    parameter = view.parameters[name]
    assert isinstance(parameter, Choice)
    return parameter.options[0]


def _pairs(said: Sequence[str]) -> tuple[Pair, ...]:
    return tuple((one, other) for one, _, other in (text.partition(BETWEEN) for text in said))


def layout(view: View, t: Translator) -> list[Component]:
    if view.is_frozen:
        return [html.H1(headline(view, t), id="headline", className="headline"), parts.quiet(t("status.frozen"))]
    setting = setting_of(view.edition)
    heading = [html.H1(headline(view, t), id="headline", className="headline"), parts.quiet(t("what_if.lead"))]
    if setting is None:
        return [*heading, parts.quiet(t("threshold.no_shares"))]
    wanted = plan(view)
    try:
        found = outcome(view.edition, setting, wanted)
    except ElectoralError:
        found = None
    shown = result(view, wanted, found, t) if found else [parts.quiet(t("what_if.contradiction"))]
    return [
        *heading,
        html.Div(
            [
                html.Div(controls(view, wanted, t), className="bench", id="controls"),
                html.Div(shown, className="outcome", id="outcome"),
            ],
            className="desk laboratory",
        ),
    ]
