"""The words of an allocation and of its next seat, whole, for counts in which every sentence comes up."""

from fractions import Fraction

from electoral.apparentement import SurplusAgreement, allocate
from electoral.explain import explain, explain_next_seat
from electoral.next_seat import next_seat
from electoral.rules import ElectoralRules, Formula

from .makers import rules

AB = SurplusAgreement("a", "b")


def explained(votes: dict[str, int], own: ElectoralRules, *pairs: SurplusAgreement) -> list[str]:
    return explain(allocate(votes, own, pairs))


def next_explained(votes: dict[str, int], own: ElectoralRules, *pairs: SurplusAgreement) -> list[str]:
    return explain_next_seat(next_seat(votes, own, pairs))


def test_two_pairs_and_a_void_one() -> None:
    votes = {"a": 300, "b": 210, "c": 170, "d": 120, "e": 20, "f": 15}
    count = (votes, rules(10, "5"), AB, SurplusAgreement("c", "d"), SurplusAgreement("e", "f"))
    assert explained(*count) == [
        "835 valid votes; the threshold is 42 of them. 4 lists qualify, with 800 votes; below it: e (20), f (15).",
        "a with b count as one for the remaining seats: both qualify.",
        "c with d count as one for the remaining seats: both qualify.",
        "The agreement of e with f is void: e and f below the threshold.",
        "Whole quotas of 80 votes (rounded down): a 3 (300 votes), b 2 (210 votes), c 2 (170 votes), d 1 (120 votes).",
        "A remaining seat goes to a with b: 510 ÷ 6 = 85, the largest average; they then hold 6.",
        "A remaining seat goes to a with b: 510 ÷ 7 = 72.86, the largest average; they then hold 7.",
        "Inside the pair, whole quotas of 72 votes: a 4 (300 votes), b 2 (210 votes).",
        "Inside the pair, a seat goes to b: 210 ÷ 3 = 70, the largest average; it then holds 3.",
        "Inside the pair, whole quotas of 96 votes: c 1 (170 votes), d 1 (120 votes).",
        "Inside the pair, a seat goes to c: 170 ÷ 2 = 85, the largest average; it then holds 2.",
    ]
    lines = next_explained(*count)
    assert lines[:2] == [
        "The last seat is b's, of the pair a with b: 510 ÷ 7 = 72.86, the smallest average with a seat.",
        "Next in line is d, of the pair c with d: 290 ÷ 4 = 72.50, the largest average without one.",
    ]
    assert lines[4:] == [
        "c (2 seats): one more, from b, with 11 votes more (10: by lot) or 11 of b's; "
        "one fewer, to d, with 51 votes less (50: by lot) or 26 gone to d.",
        "d (1 seat): one more, from b, with 2 votes more or 1 of b's; "
        "one fewer, to c, with 64 votes less or 48 gone to c.",
        "e (no seat): one more, from b, with 53 votes more or 53 of b's; 23 votes short of the threshold.",
        "f (no seat): one more, from b, with 58 votes more or 58 of b's; 29 votes short of the threshold.",
        "The agreement of a with b moves seats: b +1, d -1.",
        "The agreement of c with d moves no seat.",
        "The agreement of e with f is void.",
    ]


def test_pairs_whose_seats_are_all_whole_quotas() -> None:
    pairs = AB, SurplusAgreement("c", "d")
    assert explained({"a": 40, "b": 20, "c": 57, "d": 19}, rules(7, "0"), *pairs)[-2:] == [
        "Inside the pair, whole quotas of 20 votes: a 2 (40 votes), b 1 (20 votes).",
        "Inside the pair, whole quotas of 19 votes: c 3 (57 votes), d 1 (19 votes).",
    ]


def test_two_pairs_that_round_to_the_nearest() -> None:
    votes = {"a": 60, "b": 28, "c": 12, "d": 50}
    count = (votes, rules(8, "0", Formula.SAINTE_LAGUE), SurplusAgreement("b", "c"), SurplusAgreement("a", "d"))
    assert explained(*count)[3:] == [
        "Votes ÷ 21.43, rounded to the nearest: a with d 5 (110 votes), b with c 2 (40 votes).",
        "A remaining seat goes to a with d: 110 ÷ 11 = 10, the largest average; they then hold 6.",
        "Inside the pair, votes ÷ 22, rounded to the nearest: a 3 (60 votes), d 2 (50 votes).",
        "Inside the pair, a seat goes to d: 50 ÷ 5 = 10, the largest average; it then holds 3.",
        "Inside the pair, votes ÷ 40, rounded to the nearest: b 1 (28 votes).",
        "Inside the pair, a seat goes to c: 12 ÷ 1 = 12, the largest average; it then holds 1.",
    ]


def test_remainders_of_a_pair() -> None:
    count = ({"a": 26, "b": 27, "c": 47}, rules(2, "0", Formula.HARE), AB)
    assert explained(*count)[2:] == [
        "Whole quotas of 50 votes: a with b 1 (53 votes).",
        "A remaining seat goes to c: 47 - 0 × 50 = 47, the largest remainder; it then holds 1.",
        "Inside the pair, a seat goes to b: 27 - 0 × 53 = 27, the largest remainder; it then holds 1.",
    ]
    assert next_explained(*count) == [
        "The last seat is c's: a remainder of 47 votes, the smallest with a seat.",
        "Next in line is a, of the pair a with b: a remainder of 3 votes, the largest without one.",
        "a (no seat): one more, from b, with 2 votes more (1: by lot) or 1 of b's.",
        "b (1 seat): one more, from c, with 89 votes more (88: by lot); "
        "one fewer, to a, with 2 votes less (1: by lot) or 1 gone to a.",
        "c (1 seat): one more, from b, with 113 votes more (112: by lot); "
        "one fewer, to a, with 30 votes less or 23 gone to a.",
        "The agreement of a with b moves no seat.",
    ]


def test_seats_that_a_lot_decides() -> None:
    count = ({"a": 10, "b": 10, "c": 10, "d": 1}, rules(2, "5"))
    tie = "2 seats are tied between a and b and c at 10 votes: only a lot can say, and nobody's count has it."
    assert explained(*count)[-1] == tie
    assert next_explained(*count) == [
        tie,
        "a (no seat): one more with 1 vote more (now by lot).",
        "b (no seat): one more with 1 vote more (now by lot).",
        "c (no seat): one more with 1 vote more (now by lot).",
        "d (no seat): one more with 10 votes more (9: by lot); 1 vote short of the threshold.",
    ]


def test_lists_of_a_pair_with_equal_votes() -> None:
    assert next_explained({"a": 20, "b": 20, "c": 35}, rules(4, "0"), AB) == [
        "The last seat is c's: 35 ÷ 2 = 17.50, the smallest average with a seat.",
        "Next in line is a or b, of the pair a with b: 40 ÷ 3 = 13.33, the largest average without one.",
        "a (1 seat): one more, from c, with 13 votes more or 6 of c's; "
        "one fewer, to b, with 11 votes less (10: by lot) or 7 gone to b.",
        "b (1 seat): one more, from c, with 13 votes more or 6 of c's; "
        "one fewer, to a, with 11 votes less (10: by lot) or 7 gone to a.",
        "c (2 seats): one more, from a, b, with 26 votes more (25: by lot) or 11 of a's; one fewer with 9 votes less.",
        "The agreement of a with b moves no seat.",
    ]
    last, *_ = next_explained({"a": 2, "b": 2}, rules(2, "0"), AB)
    assert last == "The last seat is a or b's, of the pair a with b: 4 ÷ 2 = 2, the smallest average with a seat."


def test_one_list_and_one_on_the_threshold() -> None:
    assert explained({"a": 97, "b": 1}, rules(3, "3")) == [
        "98 valid votes; the threshold is 3 of them. 1 list qualifies, with 97 votes; below it: b (1).",
        "Whole quotas of 32 votes (rounded down): a 3 (97 votes).",
    ]
    on, *_ = reversed(next_explained({"a": 90, "b": 10}, rules(3, "10")))
    assert on == "b (no seat): one more, from a, with 21 votes more (20: by lot) or 16 of a's."


def test_several_seats_at_once() -> None:
    own = rules(4, "0", Formula.MODIFIED_SAINTE_LAGUE_12)
    assert next_explained({"a": 0, "b": 1}, own)[2:] == [
        "a (no seat): 2 more, from b, with 1 vote more or 1 of b's.",
        "b (4 seats): 4 fewer with 1 vote less.",
    ]


def test_a_list_that_is_stopped() -> None:
    votes = {"a": 490, "b": 131, "c": 129, "d": 126, "e": 124}
    assert explained(votes, ElectoralRules(10, Fraction(0), Formula.DHONDT, stops_at_half=True))[-1] == (
        "a stopped at 5 seats: half of the house, without more than half of the qualifying votes."
    )
