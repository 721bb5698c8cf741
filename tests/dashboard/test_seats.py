"""The rule an edition was made by, stage by stage, as the core takes it again for a what-if."""

from fractions import Fraction
from types import SimpleNamespace
from typing import Any

from dashboard.seats import rules_of
from electoral.investiture import Investiture
from electoral.rules import AllianceThresholds, DirectSeatClause, ElectoralRules, Formula
from pipelines.editions.schema import SeatRule


def edition_by(rule: SeatRule, threshold_pct: float = 5.0) -> Any:
    return SimpleNamespace(
        projection=SimpleNamespace(house_size=150, threshold_pct=threshold_pct),
        reference=SimpleNamespace(seat_rule=rule),
    )


def test_every_stage_of_the_law_comes_back() -> None:
    rule = SeatRule(
        formula=Formula.SAINTE_LAGUE, threshold="quota", agreements=False, exempt=["minority"], direct_seats_needed=3,
        direct_seats={"left": 3}, alliances={2: "8"}, parties={"union": 2, "left": 1}, investiture=Investiture.NEGATIVE,
    )  # fmt: skip
    assert rules_of(edition_by(rule)) == ElectoralRules(
        150,
        Fraction(1, 150),
        Formula.SAINTE_LAGUE,
        exempt=frozenset({"minority"}),
        direct_seats=DirectSeatClause(3, {"left": 3}),
        alliances=AllianceThresholds({2: Fraction(8, 100)}, {"union": 2, "left": 1}),
        investiture=Investiture.NEGATIVE,
    )


def test_an_edition_from_before_the_rule_was_said_has_the_threshold_of_its_projection() -> None:
    assert rules_of(edition_by(SeatRule(), 3.25)).threshold == Fraction(13, 400)
