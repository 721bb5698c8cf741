"""Rules as a value: what they read, what they refuse, and what is known on which day."""

from fractions import Fraction

import pytest

from electoral.errors import RulesError
from electoral.rules import (
    AllianceThresholds,
    DirectSeatClause,
    ElectoralRules,
    Formula,
    parse_threshold,
)

from .makers import rules


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("3.25", Fraction(13, 400)),
        ("0", Fraction(0)),
        ("100", Fraction(1)),
        ("0.66666666666666666667", Fraction(66666666666666666667, 10**22)),
        ("1/150", Fraction(1, 150)),
        ("2/3", Fraction(2, 3)),
        ("0/1", Fraction(0)),
        ("quota", Fraction(1, 150)),
    ],
)
def test_thresholds_are_exact(text: str, share: Fraction) -> None:
    assert parse_threshold(text, 150) == share


@pytest.mark.parametrize(
    "text",
    ["", "100.1", "101", "-1", "3,25", "3.25%", "1/0", "3/2", "1 / 150", "Quota", "٣", "1e1", "1_0", "nan", ".5"],
)
def test_anything_else_is_refused_in_words(text: str) -> None:
    with pytest.raises(RulesError, match=r"give per cent from 0 to 100 like 3\.25, a fraction like 1/150, or quota"):
        parse_threshold(text, 150)


def test_divisors_and_quotas_by_formula() -> None:
    with_divisors = [formula for formula in Formula if not formula.is_largest_remainder]
    assert [[str(formula.divisor(seats)) for seats in range(3)] for formula in with_divisors] == [
        ["1", "2", "3"],
        ["1", "3", "5"],
        ["7/5", "3", "5"],
        ["6/5", "3", "5"],
    ]
    assert (Formula.HARE.quota(99, 10), Formula.DROOP.quota(99, 10)) == (Fraction(99, 10), 9)
    with pytest.raises(RulesError, match="a quota and no divisors"):
        Formula.HARE.divisor(0)
    with pytest.raises(RulesError, match="divisors and no quota"):
        Formula.DHONDT.quota(99, 10)


@pytest.mark.parametrize("name", ["first-past-the-post", "stv", ""])
def test_a_formula_that_is_not_modelled_is_refused_in_words(name: str) -> None:
    with pytest.raises(RulesError, match=rf"formula '{name}': give one of dhondt, .*; seats given in districts or one"):
        Formula(name)


@pytest.mark.parametrize("districts", [0, 41, 650])
def test_districts_are_refused_in_words(districts: int) -> None:
    with pytest.raises(RulesError, match=f"districts {districts}: .* single-member seats are not modelled"):
        ElectoralRules(460, Fraction(5, 100), Formula.DHONDT, districts=districts)


def test_the_stop_at_half_belongs_to_averages() -> None:
    with pytest.raises(RulesError, match="formula hare"):
        ElectoralRules(10, Fraction(0), Formula.HARE, stops_at_half=True)


def test_alliances_have_the_threshold_of_the_largest_size_they_reach() -> None:
    alliances = AllianceThresholds(
        {2: Fraction(8, 100), 4: Fraction(11, 100)}, {"two": 2, "three": 3, "four": 4, "nine": 9}
    )
    own = ElectoralRules(200, Fraction(5, 100), Formula.DHONDT, alliances=alliances)
    names = ("one", "two", "three", "four", "nine")
    assert [own.threshold_of(name) * 100 for name in names] == [5, 8, 8, 11, 11]


def test_an_exemption_goes_before_an_alliance() -> None:
    alliances = AllianceThresholds({2: Fraction(8, 100)}, {"a": 2, "b": 2})
    own = ElectoralRules(
        200,
        Fraction(5, 100),
        Formula.DHONDT,
        exempt=frozenset({"a"}),
        direct_seats=DirectSeatClause(3, {"b": 3}),
        alliances=alliances,
    )
    assert [own.threshold_of(name) for name in "ab"] == [0, 0]


@pytest.mark.parametrize(("won", "gets_in"), [(2, False), (3, True), (4, True)])
def test_the_direct_seat_clause_counts_from_its_number_on(won: int, gets_in: bool) -> None:
    own = ElectoralRules(598, Fraction(5, 100), Formula.SAINTE_LAGUE, direct_seats=DirectSeatClause(3, {"a": won}))
    assert (own.threshold_of("a") == 0) is gets_in
    assert own.threshold_of("b") == Fraction(5, 100)


def test_clauses_that_cannot_be() -> None:
    with pytest.raises(RulesError, match="direct-seat clause of 0 seats"):
        DirectSeatClause(0, {})
    with pytest.raises(RulesError, match="alliances of 1 parties"):
        AllianceThresholds({1: Fraction(8, 100)}, {})
    with pytest.raises(RulesError, match="threshold 101/100 of alliances"):
        AllianceThresholds({2: Fraction(101, 100)}, {})


def test_clauses_that_can_just_be() -> None:
    clause = DirectSeatClause(1, {"a": 1})
    assert [clause.lets_in(name) for name in "ab"] == [True, False]
    alliances = AllianceThresholds({2: Fraction(0), 3: Fraction(1)}, {"two": 2, "three": 3})
    assert [alliances.of(name) for name in ("one", "two", "three")] == [None, 0, 1]


def test_rules_are_values() -> None:
    one, other = (
        ElectoralRules(598, Fraction(5, 100), Formula.SAINTE_LAGUE, direct_seats=DirectSeatClause(3, {"a": 3}))
        for _ in range(2)
    )
    assert one == other
    assert len({one, other, rules()}) == 2
