"""Largest remainders: textbook divisions, exact quotas, ties, and the words."""

from fractions import Fraction

import pytest

from electoral.apparentement import SurplusAgreement, allocate
from electoral.apportionment import Course, Stage, largest_remainders
from electoral.explain import explain
from electoral.rules import Formula

from .makers import rules

# The textbook example of largest remainders (six parties, 100,000 votes, ten seats): Hare against Droop.
TEXTBOOK = {"yellow": 47_000, "white": 16_000, "red": 15_900, "green": 12_000, "blue": 6_000, "pink": 3_100}


@pytest.mark.parametrize(
    ("formula", "seats"), [(Formula.HARE, [5, 2, 1, 1, 1, 0]), (Formula.DROOP, [5, 2, 2, 1, 0, 0])]
)
def test_textbook_division(formula: Formula, seats: list[int]) -> None:
    assert list(allocate(TEXTBOOK, rules(10, "0", formula)).seats.values()) == seats


def test_the_steps_are_whole_quotas_and_then_remainders() -> None:
    allocation = allocate(TEXTBOOK, rules(10, "0", Formula.HARE))
    assert allocation.quota == 10_000
    assert [(step.lists, step.seats) for step in allocation.steps if step.stage is Stage.QUOTA] == [
        (("yellow",), 4),
        (("white",), 1),
        (("red",), 1),
        (("green",), 1),
    ]
    remainders = [(step.lists[0], step.remainder) for step in allocation.steps if step.stage is Stage.REMAINDER]
    assert remainders == [("yellow", 7_000), ("white", 6_000), ("blue", 6_000)]


@pytest.mark.parametrize("formula", [Formula.HARE, Formula.DROOP])
def test_each_step_says_what_its_list_then_holds(formula: Formula) -> None:
    held = dict.fromkeys(TEXTBOOK, 0)
    for step in allocate(TEXTBOOK, rules(10, "0", formula)).steps:
        held[step.lists[0]] += step.seats
        assert step.seats_after == held[step.lists[0]]


@pytest.mark.parametrize("formula", [Formula.HARE, Formula.DROOP])
def test_of_no_seats_nobody_has_any_and_all_votes_claim_the_first(formula: Formula) -> None:
    """A pair that won nothing."""
    course = largest_remainders({("a",): 3, ("b",): 2}, 0, formula, Stage.PAIR_QUOTA, Stage.PAIR_REMAINDER)
    assert course == Course({("a",): 0, ("b",): 0}, (), (), 0, {("a",): Fraction(3), ("b",): Fraction(2)})


def test_exact_droop_quotas_leave_one_seat_short_of_too_many() -> None:
    """Five lists with exactly a fifth of the votes each have no more than four seats: a lot decides who has none."""
    allocation = allocate(dict.fromkeys("abcde", 20), rules(4, "0", Formula.DROOP))
    assert allocation.seats == dict.fromkeys("abcde", 0)
    assert [(tie.lists, tie.seats, tie.claim) for tie in allocation.ties] == [(tuple("abcde"), 4, Fraction(20))]


def test_a_tie_of_remainders_between_a_pair_and_a_list() -> None:
    # c and the pair have 1.5 quotas each; one more seat inside the pair would be a's.
    allocation = allocate({"a": 20, "b": 10, "c": 30}, rules(3, "0", Formula.HARE), [SurplusAgreement("a", "b")])
    assert allocation.seats == {"a": 1, "b": 0, "c": 1}
    assert [(tie.lists, tie.seats, tie.claim) for tie in allocation.ties] == [(("b", "c"), 1, Fraction(10))]


def test_a_pair_has_one_remainder() -> None:
    votes = {"a": 26, "b": 27, "c": 47}
    assert allocate(votes, rules(2, "0", Formula.HARE)).seats == {"a": 0, "b": 1, "c": 1}
    paired = allocate(votes, rules(2, "0", Formula.HARE), [SurplusAgreement("a", "b")])
    assert paired.seats == {"a": 0, "b": 1, "c": 1}
    assert [step.stage for step in paired.steps] == [Stage.QUOTA, Stage.REMAINDER, Stage.PAIR_REMAINDER]


def test_in_words() -> None:
    lines = explain(allocate({"a": 60, "b": 28, "c": 12}, rules(3, "0", Formula.HARE)))
    assert lines[1:] == [
        "Whole quotas of 33.33 votes: a 1 (60 votes).",
        "A remaining seat goes to b: 28 - 0 × 33.33 = 28, the largest remainder; it then holds 1.",
        "A remaining seat goes to a: 60 - 1 × 33.33 = 26.67, the largest remainder; it then holds 2.",
    ]
