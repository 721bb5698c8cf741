"""The exact rule: threshold, quota, agreements, ties, and what it refuses."""

from fractions import Fraction

import pytest

from electoral.apparentement import SurplusAgreement, allocate
from electoral.apportionment import Stage, whole_quotas
from electoral.errors import RulesError, VotesError
from electoral.explain import explain
from electoral.rules import ElectoralRules, Formula

from .makers import rules


def test_exactly_on_the_threshold_qualifies() -> None:
    allocation = allocate({"a": 9675, "b": 325}, rules())
    assert allocation.qualifying == ("a", "b")
    assert allocate({"a": 9676, "b": 324}, rules()).qualifying == ("a",)


def test_the_threshold_counts_votes_of_lists_not_named() -> None:
    assert allocate({"a": 9000, "b": 325}, rules(), other_votes=675).qualifying == ("a", "b")
    assert allocate({"a": 9000, "b": 325}, rules(), other_votes=676).qualifying == ("a",)


def test_a_list_without_votes_never_qualifies() -> None:
    assert allocate({"a": 10, "b": 0}, rules(threshold_pct="0")).qualifying == ("a",)


def test_the_quota_is_a_whole_number() -> None:
    assert allocate({"a": 100, "b": 99}, rules(10)).quota == 19


def test_a_quota_that_promises_too_much_gives_nothing() -> None:
    assert whole_quotas({"a": 3, "b": 3, "c": 1}, 4) == {"a": 0, "b": 0, "c": 0}
    assert sum(allocate({"a": 3, "b": 3, "c": 1}, rules(4)).seats.values()) == 4


def test_an_agreement_with_a_list_below_the_threshold_is_void() -> None:
    votes = {"a": 6000, "b": 3700, "c": 300}
    with_pair = allocate(votes, rules(), [SurplusAgreement("a", "c")])
    assert with_pair.seats == allocate(votes, rules()).seats
    assert [one.is_valid for one in with_pair.agreements] == [False]
    assert [standing.lists for standing in with_pair.standings] == [("a",), ("b",)]


def test_sainte_lague_known_division() -> None:
    # Pukelsheim (2017), the divisor method with standard rounding: 53, 24, 23 in a house of 7 gives 3, 2, 2.
    assert allocate({"a": 53, "b": 24, "c": 23}, rules(7, "0", Formula.SAINTE_LAGUE)).seats == {"a": 3, "b": 2, "c": 2}
    assert allocate({"a": 53, "b": 24, "c": 23}, rules(7, "0")).seats == {"a": 4, "b": 2, "c": 1}


def test_the_words_of_a_rule_that_rounds_to_the_nearest() -> None:
    lines = explain(allocate({"a": 60, "b": 28, "c": 12}, rules(5, "0", Formula.MODIFIED_SAINTE_LAGUE_14)))
    assert lines[1:] == [
        "Votes ÷ 28.57, rounded to the nearest: a 2 (60 votes), b 1 (28 votes).",
        "A remaining seat goes to a: 60 ÷ 5 = 12, the largest average; it then holds 3.",
        "A remaining seat goes to b: 28 ÷ 3 = 9.33, the largest average; it then holds 2.",
    ]


def test_the_first_divisor_keeps_a_small_list_out() -> None:
    votes = {"a": 60, "b": 28, "c": 12}
    assert allocate(votes, rules(5, "0", Formula.SAINTE_LAGUE)).seats == {"a": 3, "b": 1, "c": 1}
    assert allocate(votes, rules(5, "0", Formula.MODIFIED_SAINTE_LAGUE_14)).seats == {"a": 3, "b": 2, "c": 0}
    assert allocate(votes, rules(5, "0", Formula.MODIFIED_SAINTE_LAGUE_12)).seats == {"a": 3, "b": 1, "c": 1}


def test_a_tie_names_its_lists_and_leaves_the_seat_to_a_lot() -> None:
    allocation = allocate({"a": 50, "b": 50}, rules(3))
    assert allocation.seats == {"a": 1, "b": 1}
    (tie,) = allocation.ties
    assert (tie.lists, tie.seats, tie.claim) == (("a", "b"), 1, Fraction(25))


def test_equal_averages_with_seats_enough_are_no_tie() -> None:
    allocation = allocate({"a": 50, "b": 50}, rules(4))
    assert allocation.seats == {"a": 2, "b": 2}
    assert not allocation.ties


def test_a_tie_inside_a_pair() -> None:
    allocation = allocate({"a": 30, "b": 30, "c": 40}, rules(5), [SurplusAgreement("a", "b")])
    assert allocation.seats == {"a": 1, "b": 1, "c": 2}
    assert [(tie.lists, tie.seats) for tie in allocation.ties] == [(("a", "b"), 1)]


def test_a_tie_between_a_pair_and_a_list_names_who_could_gain() -> None:
    # Pair and list tie for the fifth seat; inside the pair it would be a's (50 / 3 over 10 / 1).
    allocation = allocate({"a": 50, "b": 10, "c": 60}, rules(5), [SurplusAgreement("a", "b")])
    assert allocation.seats == {"a": 2, "b": 0, "c": 2}
    assert [(tie.lists, tie.seats) for tie in allocation.ties] == [(("a", "c"), 1)]


def test_a_tie_inside_a_pair_that_is_itself_in_a_tie() -> None:
    allocation = allocate({"a": 40, "b": 20, "c": 60}, rules(5), [SurplusAgreement("a", "b")])
    assert allocation.seats == {"a": 1, "b": 0, "c": 2}
    assert [(tie.lists, tie.seats) for tie in allocation.ties] == [(("a", "b"), 1), (("a", "b", "c"), 1)]


def test_half_of_the_seats_without_half_of_the_votes() -> None:
    votes = {"a": 490, "b": 131, "c": 129, "d": 126, "e": 124}
    free = allocate(votes, ElectoralRules(10, Fraction(0), Formula.DHONDT))
    held = allocate(votes, ElectoralRules(10, Fraction(0), Formula.DHONDT, stops_at_half=True))
    assert free.seats["a"] == 6
    assert held.seats["a"] == 5
    assert sum(held.seats.values()) == 10
    assert [one.lists for one in held.standings if one.is_stopped] == [("a",)]
    assert any("stopped at 5 seats" in line for line in explain(held))


def test_more_than_half_of_the_votes_is_not_stopped() -> None:
    votes = {"a": 510, "b": 170, "c": 160, "d": 160}
    held = allocate(votes, ElectoralRules(10, Fraction(0), Formula.DHONDT, stops_at_half=True))
    assert held.seats == allocate(votes, ElectoralRules(10, Fraction(0), Formula.DHONDT)).seats
    assert held.seats["a"] > 5


def test_steps_say_where_every_seat_went() -> None:
    votes = {"a": 416, "b": 338, "c": 246}
    allocation = allocate(votes, rules(10, "5"), [SurplusAgreement("a", "c")])
    stages = [step.stage for step in allocation.steps]
    assert stages == sorted(stages, key=list(Stage).index)
    between = [step for step in allocation.steps if step.stage in (Stage.QUOTA, Stage.AVERAGE)]
    inside = [step for step in allocation.steps if step.stage in (Stage.PAIR_QUOTA, Stage.PAIR_AVERAGE)]
    assert sum(step.seats for step in between) == 10
    assert {name: sum(s.seats for s in inside if s.lists == (name,)) for name in "ac"} == {"a": 5, "c": 2}
    assert explain(allocation)[2].startswith("Whole quotas of 100 votes")


def test_explanation_of_ties_and_void_agreements() -> None:
    allocation = allocate({"a": 50, "b": 50, "c": 1}, rules(3), [SurplusAgreement("a", "c")])
    text = explain(allocation)
    assert "The agreement of a with c is void: c below the threshold." in text
    assert "1 seat is tied between a and b at 25 votes: only a lot can say, and nobody's count has it." in text


@pytest.mark.parametrize("bad", [-1, 1.5, "12", None, True, float("nan")])
def test_votes_that_are_no_whole_numbers_are_refused(bad: object) -> None:
    with pytest.raises(VotesError, match=r"of 'b': give a whole number"):
        allocate({"a": 10, "b": bad}, rules())  # type: ignore[dict-item]
    with pytest.raises(VotesError, match="other lists"):
        allocate({"a": 10}, rules(), other_votes=bad)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("pairs", "says"),
    [
        ([("a", "x")], "no such list as 'x'"),
        ([("a", "b"), ("c", "a")], "'a' has already signed with 'b'"),
        ([("a", "a")], "with itself"),
        ([("a", "b"), ("a", "b")], "already signed"),
    ],
)
def test_agreements_that_contradict_are_refused(pairs: list[tuple[str, str]], says: str) -> None:
    with pytest.raises(VotesError, match=says):
        allocate({"a": 10, "b": 9, "c": 8}, rules(), [SurplusAgreement(*pair) for pair in pairs])


def test_nobody_qualifies_is_an_error_and_no_empty_house() -> None:
    with pytest.raises(VotesError, match="no list qualifies"):
        allocate({"a": 1, "b": 1}, rules(), other_votes=1000)
    with pytest.raises(VotesError, match="no list qualifies"):
        allocate({}, rules())


@pytest.mark.parametrize("threshold", ["-1", "100.1", "101"])
def test_threshold_outside_the_scale(threshold: str) -> None:
    with pytest.raises(RulesError, match="from 0 to 1"):
        rules(threshold_pct=threshold)


def test_a_threshold_of_everything_only_one_list_can_reach() -> None:
    assert allocate({"a": 7}, rules(3, threshold_pct="100")).seats == {"a": 3}
    with pytest.raises(VotesError, match="no list qualifies"):
        allocate({"a": 7, "b": 1}, rules(3, threshold_pct="100"))


@pytest.mark.parametrize("house", [0, -5])
def test_house_without_seats(house: int) -> None:
    with pytest.raises(RulesError, match="at least one seat"):
        rules(house)


def test_the_largest_and_smallest_houses() -> None:
    assert allocate({"a": 7, "b": 5}, rules(1)).seats == {"a": 1, "b": 0}
    big = allocate({"a": 700_001, "b": 500_000, "c": 99_999}, rules(1000))
    assert sum(big.seats.values()) == 1000
