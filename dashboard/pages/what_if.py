"""What if: lists withdraw, merge or move, agreements come and go, the threshold shifts; the same draws again."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations

from dash import html
from dash.development.base_component import Component

from dashboard import ids
from dashboard.address import Choice, Parameter, Subset
from dashboard.components import parts
from dashboard.components.attributes import aria, data
from dashboard.components.names import bdi, coloured, swatch
from dashboard.figures.seats import rows
from dashboard.figures.what_if import change_figure
from dashboard.i18n import Translator
from dashboard.simulation import setting_of
from dashboard.theme import colours
from dashboard.view import View
from dashboard.what_if import BlocRow, ListRow, Outcome, Pair, Plan, Side, outcome
from electoral.errors import ElectoralError
from pipelines.editions.store import Edition

PATH, NAME = "/what-if", "what_if"
NOBODY = "nobody"
BETWEEN = "."  # of the two lists of an agreement, in an address
STEPS_PCT = ("1", "-3", "-2", "-1", "-0.5", "0.5", "2", "3")
KEPT_PCT = ("100", "90", "80", "70")
THRESHOLDS_PCT = ("0", "1", "1.5", "2", "2.5", "3", "3.25", "3.5", "4", "5")


def parameters(edition: Edition) -> dict[str, Parameter]:
    lists = tuple(item.id for item in rows(edition.projection).all)
    now = f"{edition.projection.threshold_pct:g}"
    others = tuple(pct for pct in THRESHOLDS_PCT if pct != now)
    return {
        "out": Subset(lists),
        "to": Choice((NOBODY, *lists)),
        "merge": Subset(lists),
        "keep": Choice(KEPT_PCT),
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
    swing, to = view.choice("swing"), view.choice("to")
    threshold = view.choice("threshold")
    return Plan(
        withdrawn=view.subset("out"),
        votes_to=None if to == NOBODY else to,
        merged=view.subset("merge"),
        retention=int(view.choice("keep")) / 100,
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
    result = _result(view, wanted, found, t) if found else [parts.quiet(t("what_if.contradiction"))]
    return [
        *heading,
        html.Div(
            [
                html.Div(_controls(view, wanted, t), className="bench", id="controls"),
                html.Div(result, className="outcome", id="outcome"),
            ],
            className="desk laboratory",
        ),
    ]


# Controls


def _controls(view: View, wanted: Plan, t: Translator) -> list[Component]:
    order = [item.id for item in rows(view.projection).all]
    return [
        html.A(t("coalitions.clear"), href=view.href(PATH), id="clear", className="clear"),
        _group(t("what_if.out"), _chips(view, "out", order, wanted.withdrawn, t), name="out"),
        _menu(view, "to", t("what_if.to"), [NOBODY, *order], t) if wanted.withdrawn else html.Div(id="to-none"),
        _group(t("what_if.merge"), _chips(view, "merge", order, wanted.merged, t), name="merge"),
        _steps(view, "keep", t("what_if.keep"), sorted(KEPT_PCT, key=int), t)
        if wanted.united
        else html.Div(id="keep-none"),
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
    """The signed ones, each to be dropped; and pairs of lists that are free, to be signed."""
    signed = [pair for pair in view.edition.reference.agreements if set(pair) <= set(order)]
    chips = [_agreement(view, wanted, "drop", pair, t) for pair in signed]
    chips += [_agreement(view, wanted, "sign", pair, t) for pair in wanted.signed]
    bound = {name for pair in signed if pair not in wanted.dropped for name in pair}
    bound |= {name for pair in wanted.signed for name in pair}
    bound |= {*wanted.withdrawn, *wanted.united}
    free = list(combinations([name for name in order if name not in bound], 2))
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


def _agreement(view: View, wanted: Plan, name: str, pair: Pair, t: Translator) -> Component:
    """An agreement in force is a pressed chip; pressing it takes the agreement away or puts it back."""
    is_void = bool({*wanted.withdrawn, *wanted.united} & set(pair))
    is_there = not is_void and pair not in wanted.dropped
    names = [bdi(t.short(view.lists[item])) for item in pair]
    return html.Button(
        [names[0], " + ", names[1]],
        id=f"{name}-{'-'.join(pair)}",
        className="chip",
        **aria(pressed="true" if is_there else "false"),
        **data(href=_with(view, name, pair)),
    )


def _with(view: View, name: str, pair: Pair) -> str:
    """The address with a pair put into a set, or taken out of it."""
    said = set(view.subset(name)) ^ {BETWEEN.join(pair)}
    return view.href(**{name: ",".join(sorted(said))})


# The outcome


def _result(view: View, wanted: Plan, found: Outcome, t: Translator) -> list[Component]:
    title = t("what_if.lists")
    names = [_named(view, row, t) for row in found.lists]
    summary = _summary(view, found, t)
    said = summary if wanted.changes else t("what_if.unchanged")
    return [
        html.P(said, id="said", className="said", **data(announce=said)),
        parts.quiet(t("what_if.split")) if found.is_split else html.Div(id="split-none"),
        _blocs(view, found.blocs, t) if found.blocs else html.Div(id="blocs-none"),
        html.H3(title),
        parts.chart(
            ids.CHANGE_CHART, change_figure(found.lists, names, t), summary, _table(view, found.lists, title, t), t
        ),
        parts.quiet(t("what_if.note")),
    ]


def _summary(view: View, found: Outcome, t: Translator) -> str:
    """Each bloc that had or has a chance, and the lists that moved most, in words."""
    said = [
        t(
            "what_if.bloc",
            bloc=t.said(t.name(view.blocs[row.id])),
            before=t.number(row.before.median),
            after=t.number(row.after.median),
            majority=view.projection.majority,
            chance=t.chance(row.p_after),
            was=t.number(100 * row.p_before),
        )
        for row in found.blocs
        if max(row.p_before, row.p_after) >= 0.005
    ]
    moved = sorted(found.lists, key=lambda row: -abs(row.difference))[:3]
    changes = [
        t("what_if.moved", name=t.said(_named(view, row, t)), n=t.signed(row.difference, 1))
        for row in moved
        if abs(row.difference) >= 0.05
    ]
    return " ".join([*said, *([t("what_if.average", names=", ".join(changes))] if changes else [])])


def _named(view: View, row: ListRow, t: Translator) -> str:
    return " + ".join(t.short(view.lists[name]) for name in row.lists)


def _blocs(view: View, found: Sequence[BlocRow], t: Translator) -> Component:
    majority = view.projection.majority
    head = [
        t("table.bloc"),
        t("what_if.before"),
        t("what_if.after"),
        t("what_if.reaches_before", majority=majority),
        t("what_if.reaches_after"),
    ]
    body: list[parts.Row] = [
        [
            coloured(view.blocs[row.id], t.name(view.blocs[row.id])),
            _seats(row.before.median, row.before.q05, row.before.q95, t),
            html.B(_seats(row.after.median, row.after.q05, row.after.q95, t)),
            t.number(100 * row.p_before),
            html.B(t.number(100 * row.p_after)),
        ]
        for row in found
    ]
    table = parts.table(head, body, t("tonight.blocs"), "numeric")
    return parts.framed(table, "blocs", t)


def _seats(median: float, low: float, high: float, t: Translator) -> str:
    return f"{t.number(median)} ({t.span(low, high)})"


def _table(view: View, found: Sequence[ListRow], title: str, t: Translator) -> Component:
    head = [
        t("table.list"),
        t("what_if.before"),
        t("what_if.after"),
        t("what_if.average_change"),
        t("what_if.passes_before"),
        t("what_if.passes_after"),
    ]
    body: list[parts.Row] = [
        [
            coloured(view.lists[row.lists[0]], _named(view, row, t)),
            _side(row.before, t),
            _side(row.after, t),
            t.signed(row.difference, 2),
            _passes(row.before, t),
            _passes(row.after, t),
        ]
        for row in found
    ]
    return parts.table(head, body, title, "numeric")


def _side(side: Side | None, t: Translator) -> str:
    return "–" if side is None else _seats(side.seats.median, side.seats.q05, side.seats.q95, t)


def _passes(side: Side | None, t: Translator) -> str:
    return "–" if side is None or side.p_pass is None else t.number(100 * side.p_pass)
