"""Method: the model in words, with its equations, its limits, and what this edition's numbers rest on."""

from collections.abc import Mapping
from typing import Literal

from dashboard import sentences
from dashboard.blocks import (
    Anchor,
    Block,
    BlockType,
    Cell,
    Column,
    Equations,
    Interval,
    Join,
    Note,
    Number,
    Paragraph,
    Parts,
    Table,
    Values,
    Words,
    words,
)
from dashboard.names import entry, list_name, phrase
from dashboard.pages.shared import Blocks, quiet
from dashboard.seats import has_agreements, once_an_edition
from dashboard.view import Page, View
from electoral.draws import SeatDraws
from electoral.power import Spread, power_draws
from electoral.rules import Formula
from pipelines.editions.store import Edition

DRAWS_USED = 1000
INDICES = ("banzhaf", "shapley_shubik")

Power = dict[str, dict[str, Spread]]


@once_an_edition
def power_of(edition: Edition) -> Power:
    """Each index by list, over the first simulations: with fifteen lists each has 32,768 sets to look at."""
    draws = edition.seat_draws
    first = SeatDraws(draws.lists, draws.seats[:, :DRAWS_USED], draws.passes[:, :DRAWS_USED])
    power = power_draws(first, edition.projection.majority)
    return {index: power.spread(index) for index in INDICES}


class IndexValues(Values):
    """A power index of one list over the simulations, in per cent, with 9 of 10 of them."""

    mean_pct: float
    q05_pct: float
    q95_pct: float


class PowerValues(Values):
    """Power indices by index and list, and on how many simulations."""

    kind: Literal["power"] = "power"
    draws: int
    by_index: dict[str, dict[str, IndexValues]]


class FittedValues(Values):
    """The trend's own parameters in this edition."""

    kind: Literal["fitted"] = "fitted"
    parameters: dict[str, float]
    converged: bool


class StepValues(Values):
    """One step of the method: its name and its equations."""

    kind: Literal["step"] = "step"
    name: str
    equations: tuple[str, ...]


def power_values(edition: Edition) -> PowerValues:
    power = power_of(edition)
    return PowerValues(
        draws=min(DRAWS_USED, edition.projection.draws),
        by_index={
            index: {
                name: IndexValues(mean_pct=100 * one.mean, q05_pct=100 * one.q05, q95_pct=100 * one.q95)
                for name, one in power[index].items()
            }
            for index in INDICES
        },
    )


NAME = "method"

# A step of the method: its name in the catalogue, and its equations, which are the same in every language.
STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "shares",
        (
            "W = Σ p + 0.55 · T · k + o",
            "q = (1 − W) / (H + K/2)",
            "p(s ≤ ⌈T·H⌉) = (max(s·q, T) + (s + 1)·q) / 2",
            "p(s > ⌈T·H⌉) ∝ s + ½",
        ),
    ),
    (
        "trend",
        (
            "z = 2 · asin √p",
            "z(i) = μ(t) + h(j) + e",
            "μ(t + d) = μ(t) + N(0, σ²·d),   h ~ N(0, τ²), Σ h = 0,   e ~ N(0, κ²/n + r)",
        ),
    ),
    (
        "projection",
        (
            "y = c + √(v + (s·f)²) · T₈",
            "c = Σ z(j) / J",
            "s² = 0.037² + 0.0095² · d",
            "f ∈ {1, 0.5}",
        ),
    ),
    ("seats", ()),
    ("nowcast", ()),
    ("agreement", ()),
    ("limits", ()),
)


# How a seat is given by each formula, the same in every language.
FORMULAS: Mapping[Formula, str] = {
    Formula.DHONDT: "V / (s + 1)",
    Formula.SAINTE_LAGUE: "V / (2s + 1)",
    Formula.MODIFIED_SAINTE_LAGUE_14: "V / (2s + 1),   V / 1.4 (s = 0)",
    Formula.MODIFIED_SAINTE_LAGUE_12: "V / (2s + 1),   V / 1.2 (s = 0)",
    Formula.HARE: "Σ V / H",
    Formula.DROOP: "Σ V / (H + 1)",
}


class Headline(Values):
    """The page's own sentence."""

    draws: int


BLOCKS = Blocks(
    NAME,
    BlockType("headline", Headline, "headline"),
    *(
        BlockType(name, StepValues, "note", f"method.{name}_title", classes="prose", embeddable=False)
        for name, _ in STEPS
    ),
    BlockType("fitted", FittedValues, "table", "method.fitted", classes="prose"),
    BlockType("power", PowerValues, "table", "method.power", classes="prose"),
)


def headline(_view: View) -> Words:
    return words("method.headline")


def blocks(view: View) -> Parts:
    values = Headline(draws=view.projection.draws)
    lead = Paragraph((words("method.lead"),), "said")
    return (
        BLOCKS.make(view, "headline", values, finding=headline(view), lead=(lead,)),
        *(_step(view, name, equations) for name, equations in STEPS),
        _power(view),
        _fitted(view),
    )


def _step(view: View, name: str, equations: tuple[str, ...]) -> Block:
    notes: tuple[Note, ...] = (Paragraph((words(f"method.{name}"),), ""),)
    rule = view.edition.reference.seat_rule
    if name == "seats":
        equations = (FORMULAS[rule.formula],)
    if equations:
        notes = (*notes, Equations(equations))
    if name == "seats":
        pairs = (quiet(words("method.seats_agreements")),) if has_agreements(view.edition) else ()
        law_name = phrase(view, rule.law)
        law = (quiet(Anchor(law_name, rule.law_url) if rule.law_url else law_name),) if rule.law else ()
        printed = Paragraph((words("method.printed"),), "")
        notes = (*notes, printed, *pairs, quiet(_rule(view)), *law)
    values = StepValues(name=name, equations=equations)
    heading = words(f"method.{name}_title")
    return BLOCKS.make(view, name, values, heading=heading, notes=notes)


def _rule(view: View) -> Join:
    """The rule this edition's seats were given by."""
    projection, rule = view.projection, view.edition.reference.seat_rule
    rule_line = words(
        "method.rule",
        formula=words(f"method.formula_{rule.formula}"),
        seats=Number(projection.house_size),
        threshold=sentences.threshold_pct(view),
    )
    return Join((rule_line, words("method.half")) if rule.stops_at_half else (rule_line,), " ")


def _power(view: View) -> Block:
    """The power indices by name, over the simulations."""
    values = power_values(view.edition)
    columns = [Column("list", words("table.list"), is_row_header=True)]
    for index in INDICES:
        columns.append(Column(f"{index}_pct", words(f"method.{index}"), "pct", "float", digits=1))
        columns.append(Column(f"{index}_ninety_pct", words("table.ninety"), "pct", "float", digits=1))
    rows: list[tuple[Cell, ...]] = []
    for name in view.order.ids:
        cells: list[Cell] = [list_name(view, name)]
        for index in INDICES:
            one = values.by_index[index][name]
            cells += [one.mean_pct, Interval(one.q05_pct, one.q95_pct)]
        rows.append(tuple(cells))
    note = words("method.power_note", n=Number(values.draws), majority=view.projection.majority)
    table = Table(tuple(columns), tuple(rows), classes="numeric")
    return BLOCKS.make(view, "power", values, noted=note, table=table)


def _fitted(view: View) -> Block:
    """The numbers the trend found for itself in this edition."""
    trend = view.edition.trend
    values = FittedValues(parameters=trend.parameters, converged=trend.converged)
    if not trend.parameters:
        none = (quiet(words("method.fitted_none")),)
        return BLOCKS.make(view, "fitted", values, notes=none)
    columns = (
        Column("parameter", words("method.parameter"), is_row_header=True),
        Column("value", words("method.value"), "number", "float", digits=-1),
    )
    rows = tuple((entry(f"method.parameter_{name}", name), value) for name, value in trend.parameters.items())
    note = words("method.converged") if trend.converged else words("warning.trend-constants")
    return BLOCKS.make(view, "fitted", values, noted=note, table=Table(columns, rows))


PAGE = Page("/method", NAME, headline, blocks, BLOCKS.types)
