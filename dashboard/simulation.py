"""The edition's simulated elections as the core takes them: shares, rules and agreements, to be allocated again."""

from fractions import Fraction
from functools import lru_cache

import numpy as np

from electoral.apparentement import SurplusAgreement
from electoral.errors import ElectoralError
from electoral.investiture import Investiture
from electoral.rules import ElectoralRules, Formula
from electoral.scenarios import Setting
from electoral.shares import ShareDraws
from pipelines.editions.store import Edition

TRIED = 500  # draws on which the stored shares have to give the stored seats
KEPT = 12


@lru_cache(maxsize=KEPT)
def setting_of(edition: Edition) -> Setting | None:
    """What the stored seats were made from; None where the stored shares do not give the stored seats."""
    draws, stored = edition.share_draws, edition.seat_draws
    if draws.lists != stored.lists:
        return None
    agreements = tuple(
        SurplusAgreement(one, other)
        for one, other in edition.reference.agreements
        if one in draws.lists and other in draws.lists
    )
    few = ShareDraws(draws.lists, draws.shares[:, :TRIED])
    try:
        seats = Setting(few, rules_of(edition), agreements).allocate().seats
    except ElectoralError:
        return None
    return Setting(draws, rules_of(edition), agreements) if np.array_equal(seats, stored.seats[:, :TRIED]) else None


def has_agreements(edition: Edition) -> bool:
    """Whether lists can sign surplus-vote agreements by the rule of the edition."""
    reference = edition.reference
    return bool(reference.agreements or reference.agreements_said)


def rules_of(edition: Edition) -> ElectoralRules:
    """The rule the edition's seats were given by; editions do not say how their house confirms a government.

    Where they do not, more have to vote for it than against it, abstentions not counted.
    """
    projection, rule = edition.projection, edition.reference.seat_rule
    threshold = Fraction(str(projection.threshold_pct)) / 100
    formula = Formula(rule.formula)
    return ElectoralRules(
        projection.house_size, threshold, formula, rule.stops_at_half, investiture=Investiture.POSITIVE
    )
