"""Who takes part: the threshold and its clauses, in exact votes, the same in the vectorised twin."""

from fractions import Fraction

import numpy as np
import pytest

from electoral.apparentement import SurplusAgreement, allocate, qualifying
from electoral.draws import ShareDraws, seat_draws
from electoral.explain import explain
from electoral.rules import AllianceThresholds, DirectSeatClause, ElectoralRules, Formula

RULES = ElectoralRules(
    100,
    Fraction(5, 100),
    Formula.SAINTE_LAGUE,
    exempt=frozenset({"minority", "none"}),
    direct_seats=DirectSeatClause(3, {"direct": 3, "small": 2}),
    alliances=AllianceThresholds({2: Fraction(8, 100)}, {"alliance": 2}),
)


@pytest.mark.parametrize(("alliance", "passes"), [(799, False), (800, True)])
def test_each_list_meets_its_own_threshold(alliance: int, passes: bool) -> None:
    votes = {"large": 8_000, "alliance": alliance, "five": 500, "minority": 40, "direct": 30, "small": 20, "none": 0}
    others = 10_000 - sum(votes.values())
    expected = ("large", *(["alliance"] if passes else []), "five", "minority", "direct")
    assert qualifying(votes, RULES, others) == expected
    shares = ShareDraws(tuple(votes), np.array([[count / 10_000] for count in votes.values()]))
    twin = seat_draws(shares, RULES)
    assert tuple(name for name, is_in in zip(votes, twin.passes[:, 0], strict=True) if is_in) == expected
    assert dict(zip(votes, twin.seats[:, 0].tolist(), strict=True)) == allocate(votes, RULES, (), others).seats


def test_an_agreement_with_an_exempt_list_counts() -> None:
    votes = {"large": 8_000, "five": 500, "minority": 40}
    allocation = allocate(votes, RULES, [SurplusAgreement("five", "minority")], 1_460)
    assert [outcome.is_valid for outcome in allocation.agreements] == [True]


def test_the_words_say_who_takes_part_below_the_threshold_and_who_does_not_above() -> None:
    votes = {"large": 8_000, "alliance": 799, "five": 500, "minority": 40, "small": 20}
    (threshold, *_) = explain(allocate(votes, RULES, (), 641))
    assert threshold == (
        "10000 valid votes; the threshold is 500 of them. 3 lists qualify, with 8540 votes; below it: small (20); "
        "below its own, an alliance's threshold: alliance (799); below it and taking part all the same: minority (40)."
    )
