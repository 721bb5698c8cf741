"""The edition's simulated elections as the core takes them: shares, rules and agreements, to be allocated again."""

from fractions import Fraction

import numpy as np

from dashboard.reader import once_an_edition
from electoral.apparentement import SurplusAgreement
from electoral.draws import ShareDraws
from electoral.errors import ElectoralError
from electoral.rules import AllianceThresholds, DirectSeatClause, ElectoralRules, parse_threshold
from electoral.scenarios import Setting
from pipelines.editions.schema import SeatRule
from pipelines.editions.store import Edition

TRIED = 500  # draws on which the stored shares have to give the stored seats


@once_an_edition
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
    return edition.reference.seat_rule.agreements


def _direct_seats(rule: SeatRule) -> DirectSeatClause | None:
    return DirectSeatClause(rule.direct_seats_needed, rule.direct_seats) if rule.direct_seats_needed else None


def _alliances(rule: SeatRule, house_size: int) -> AllianceThresholds | None:
    thresholds = {fewest: parse_threshold(text, house_size) for fewest, text in rule.alliances.items()}
    return AllianceThresholds(thresholds, rule.parties) if thresholds else None


def rules_of(edition: Edition) -> ElectoralRules:
    """The rule the edition's seats were given by, and the vote its house accepts a government by."""
    projection, rule = edition.projection, edition.reference.seat_rule
    house = projection.house_size
    return ElectoralRules(
        house,
        parse_threshold(rule.threshold, house) if rule.threshold else Fraction(str(projection.threshold_pct)) / 100,
        rule.formula,
        rule.stops_at_half,
        exempt=frozenset(rule.exempt),
        direct_seats=_direct_seats(rule),
        alliances=_alliances(rule, house),
        investiture=rule.investiture,
    )
