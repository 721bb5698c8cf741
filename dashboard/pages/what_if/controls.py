"""What a reader can change: chips, menus and steps, each an address."""

from collections.abc import Sequence
from itertools import combinations

from dash import html
from dash.development.base_component import Component

from dashboard.address import Choice
from dashboard.components import parts
from dashboard.components.attributes import aria, data
from dashboard.components.names import bdi, swatch
from dashboard.figures.seats import rows
from dashboard.i18n import Translator
from dashboard.theme import colours
from dashboard.view import View
from dashboard.what_if import Pair, Plan

NOBODY = "nobody"
BETWEEN = "."  # of the two lists of an agreement, in an address
STEPS_PCT = ("1", "-3", "-2", "-1", "-0.5", "0.5", "2", "3")
KEPT_PCT = ("100", "90", "80", "70")
PARTS_PCT = ("50", "60", "70", "80", "90")
THRESHOLDS_PCT = ("0", "1", "1.5", "2", "2.5", "3", "3.25", "3.5", "4", "5")


def controls(view: View, wanted: Plan, t: Translator) -> list[Component]:
    order = [item.id for item in rows(view.projection).all]
    return [
        html.A(t("coalitions.clear"), href=view.href(view.path), id="clear", className="clear"),
        _group(t("what_if.out"), _chips(view, "out", order, wanted.withdrawn, t), name="out"),
        _menu(view, "to", t("what_if.to"), [NOBODY, *order], t) if wanted.withdrawn else html.Div(id="to-none"),
        _group(t("what_if.merge"), _chips(view, "merge", order, wanted.merged, t), name="merge"),
        _steps(view, "keep", t("what_if.keep"), sorted(KEPT_PCT, key=int), t)
        if wanted.united
        else html.Div(id="keep-none"),
        html.Div(
            [
                _menu(view, "split", t("what_if.split"), [NOBODY, *order], t),
                _steps(view, "part", t("what_if.part_pct"), PARTS_PCT, t) if wanted.halved else None,
            ],
            className="group",
            id="splits",
        ),
        html.Div(
            [
                _menu(view, "swing", t("what_if.swing"), [NOBODY, *order], t),
                _steps(view, "by", t("what_if.by"), sorted(STEPS_PCT, key=float), t) if wanted.shifted else None,
            ],
            className="group",
            id="swings",
        ),
        _agreements(view, wanted, order, t),
        _steps(view, "threshold", t("what_if.threshold"), THRESHOLDS_PCT, t),
    ]


def _group(title: str, *children: Component | None, name: str) -> Component:
    return html.Div(
        [html.Span(title, className="label", id=f"{name}-label"), *(child for child in children if child is not None)],
        className="group",
        id=f"group-{name}",
        role="group",
        **aria(labelledby=f"{name}-label"),
    )


def _chips(view: View, name: str, order: Sequence[str], chosen: Sequence[str], t: Translator) -> Component:
    """A chip a list; pressing it puts the list in or takes it out."""
    chips = []
    for item in order:
        reference = view.lists[item]
        after = [other for other in order if (other in chosen) != (other == item)]
        chips.append(
            html.Button(
                [swatch(reference), bdi(t.short(reference))],
                id=f"{name}-{item}",
                className="chip",
                style=colours(reference),
                **aria(pressed="true" if item in chosen else "false"),
                **data(href=view.href(**{name: ",".join(after)})),
            )
        )
    return html.Div(chips, className="chips tight")


def _menu(view: View, name: str, title: str, options: Sequence[str], t: Translator) -> Component:
    """One of the lists, or nobody."""
    links = [
        (
            t("what_if.nobody") if option == NOBODY else t.short(view.lists[option]),
            view.href(**{name: option}),
            view.choice(name) == option,
        )
        for option in options
    ]
    return parts.menu(f"menu-{name}", title, links)


def _steps(view: View, name: str, title: str, options: Sequence[str], t: Translator) -> Component:
    """A few numbers in per cent."""
    offered = view.parameters[name]
    assert isinstance(offered, Choice)
    numbers = sorted({*options, offered.options[0]}, key=float)
    links = [
        (
            t.signed(float(option), 0 if float(option).is_integer() else 1) if name == "by" else f"{option}%",
            view.href(**{name: option}),
            view.choice(name) == option,
        )
        for option in numbers
    ]
    return html.Div(parts.switch(title, links), className="group", id=f"steps-{name}")


def _agreements(view: View, wanted: Plan, order: Sequence[str], t: Translator) -> Component:
    """The signed ones, each to be dropped; those reported or expected, and pairs that are free, to be signed."""
    signed = [pair for pair in view.edition.reference.agreements if set(pair) <= set(order)]
    awaited = _awaited(view, order, signed)
    chips = [_agreement(view, wanted, "drop", pair, t) for pair in signed]
    chips += [_agreement(view, wanted, "sign", pair, t, status) for pair, status in awaited.items()]
    chips += [_agreement(view, wanted, "sign", pair, t) for pair in wanted.signed if pair not in awaited]
    bound = {name for pair in signed if pair not in wanted.dropped for name in pair}
    bound |= {name for pair in wanted.signed for name in pair}
    bound |= {*wanted.withdrawn, *wanted.united, *([wanted.halved] if wanted.halved else [])}
    free = [pair for pair in combinations([name for name in order if name not in bound], 2) if pair not in awaited]
    options = [
        (f"{t.short(view.lists[one])} + {t.short(view.lists[other])}", _with(view, "sign", (one, other)), False)
        for one, other in free
    ]
    return _group(
        t("what_if.agreements"),
        html.Div(chips, className="chips tight") if chips else None,
        parts.menu("menu-sign", t("what_if.sign"), options) if options else None,
        name="agreements",
    )


def _awaited(view: View, order: Sequence[str], signed: Sequence[Pair]) -> dict[Pair, str]:
    """Agreements that were reported or expected and could be signed, as the address names them, with their status."""
    bound = {name for pair in signed for name in pair}
    found: dict[Pair, str] = {}
    for said in view.edition.reference.agreements_said or []:
        if said.status != "signed" and set(said.lists) <= set(order) and not bound & set(said.lists):
            one, other = sorted(said.lists, key=order.index)
            found[one, other] = said.status
    return found


def _agreement(view: View, wanted: Plan, name: str, pair: Pair, t: Translator, status: str = "signed") -> Component:
    """An agreement in force is a pressed chip; pressing it takes the agreement away or puts it back."""
    is_void = bool({*wanted.withdrawn, *wanted.united, wanted.halved} & set(pair))
    is_there = not is_void and (pair in wanted.signed if name == "sign" else pair not in wanted.dropped)
    names = [bdi(t.short(view.lists[item])) for item in pair]
    mark = [] if status == "signed" else [html.Span(t(f"threshold.{status}"), className="role")]
    return html.Button(
        [names[0], " + ", names[1], *mark],
        id=f"{name}-{'-'.join(pair)}",
        className="chip",
        **aria(pressed="true" if is_there else "false"),
        **data(href=_with(view, name, pair)),
    )


def _with(view: View, name: str, pair: Pair) -> str:
    """The address with a pair put into a set, or taken out of it."""
    said = set(view.subset(name)) ^ {BETWEEN.join(pair)}
    return view.href(**{name: ",".join(sorted(said))})
