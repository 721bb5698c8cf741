"""The vote on a government: four rules on either side of their bounds, and two real votes."""

import pytest

from electoral.coalition_odds import government_odds, p_investiture
from electoral.errors import RulesError, VotesError
from electoral.investiture import Investiture, Roles
from electoral.rules import ElectoralRules

from .makers import rules, seat_table


def under(rule: Investiture, house: int = 120) -> ElectoralRules:
    own = rules(house)
    return ElectoralRules(own.house_size, own.threshold, own.formula, investiture=rule)


@pytest.mark.parametrize(
    ("rule", "house", "in_favour", "against", "accepted"),
    [
        (Investiture.POSITIVE, 120, 60, 60, False),
        (Investiture.POSITIVE, 120, 60, 59, True),
        (Investiture.POSITIVE, 120, 1, 0, True),
        (Investiture.POSITIVE, 120, 0, 0, False),
        (Investiture.NEGATIVE, 349, 0, 174, True),
        (Investiture.NEGATIVE, 349, 174, 175, False),
        (Investiture.NEGATIVE, 120, 0, 60, True),
        (Investiture.NEGATIVE, 120, 59, 61, False),
        (Investiture.MAJORITY_OF_MEMBERS, 630, 315, 0, False),
        (Investiture.MAJORITY_OF_MEMBERS, 630, 316, 314, True),
        (Investiture.MAJORITY_OF_MEMBERS, 733, 366, 0, False),
        (Investiture.MAJORITY_OF_MEMBERS, 733, 367, 366, True),
    ],
)
def test_each_rule_on_its_bound(rule: Investiture, house: int, in_favour: int, against: int, accepted: bool) -> None:
    margin = rule.margin(in_favour, against, house)
    assert isinstance(margin, int)
    assert (margin > 0) is accepted


def test_18_january_2019() -> None:
    """The Riksdag accepts a government with 115 for, 153 against and 77 abstaining; no other rule would."""
    assert {rule: rule.margin(115, 153, 349) > 0 for rule in Investiture if rule is not Investiture.NONE} == {
        Investiture.POSITIVE: False,
        Investiture.NEGATIVE: True,
        Investiture.MAJORITY_OF_MEMBERS: False,
    }


def test_13_june_2021() -> None:
    """The thirty-sixth government: 60 for, 59 against, one abstention of the 120; not a majority of members."""
    assert Investiture.POSITIVE.margin(60, 59, 120) > 0
    assert Investiture.MAJORITY_OF_MEMBERS.margin(60, 59, 120) <= 0


def test_a_house_that_holds_no_vote() -> None:
    with pytest.raises(RulesError, match="holds no vote"):
        Investiture.NONE.margin(76, 74, 150)
    table = seat_table([{"a": 5, "b": 5}])
    assert p_investiture(table, Roles(frozenset("a")), under(Investiture.NONE, 10)) is None


def test_a_rule_nobody_has_is_refused_in_words() -> None:
    with pytest.raises(RulesError, match="investiture 'plurality': give one of positive, negative"):
        Investiture("plurality")


def test_a_list_has_one_role() -> None:
    with pytest.raises(VotesError, match=r"^a, b in two roles"):
        Roles(frozenset("abc"), support=frozenset("abd"))


def test_over_draws() -> None:
    table = seat_table([{"a": 5, "b": 3, "c": 2}, {"a": 4, "b": 5, "c": 1}, {"a": 4, "b": 4, "c": 2}])
    abstains, supports = Roles(frozenset("a"), abstain=frozenset("c")), Roles(frozenset("a"), frozenset("c"))
    odds = {
        rule: [p_investiture(table, roles, under(rule, 10)) for roles in (abstains, supports)]
        for rule in Investiture
        if rule is not Investiture.NONE
    }
    assert odds == {
        Investiture.POSITIVE: pytest.approx([1 / 3, 2 / 3]),
        Investiture.NEGATIVE: pytest.approx([1, 1]),
        Investiture.MAJORITY_OF_MEMBERS: pytest.approx([0, 2 / 3]),
    }


def test_a_named_coalition_over_draws() -> None:
    table = seat_table([{"a": 5, "b": 3, "c": 2}, {"a": 4, "b": 5, "c": 1}, {"a": 4, "b": 4, "c": 2}])
    odds = government_odds(table, Roles(frozenset("a"), frozenset("c")), under(Investiture.POSITIVE, 10))
    assert (odds.seats.median, odds.seats.q05, odds.seats.q95) == (6, 5, 7)
    assert odds.p_majority == pytest.approx(2 / 3)
    assert odds.p_investiture == pytest.approx(2 / 3)
    # b would make it one where it falls short; a is needed always, c where a has four or five and c enough.
    assert odds.decisive == {"a": pytest.approx(2 / 3), "b": pytest.approx(1 / 3), "c": pytest.approx(2 / 3)}
