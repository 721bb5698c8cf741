"""What the core's tests are made of: rules, votes and agreements, plain and drawn by hypothesis."""

from fractions import Fraction

import numpy as np
from hypothesis import strategies as st

from electoral.apparentement import SurplusAgreement
from electoral.draws import SeatDraws, ShareDraws
from electoral.rules import ElectoralRules, Formula

NAMES = tuple("abcdefghijklmnop")
SCALE = 2**40  # votes over a power of two are exact float64 shares


def rules(house: int = 120, threshold_pct: str = "3.25", formula: Formula = Formula.DHONDT) -> ElectoralRules:
    return ElectoralRules(house, Fraction(threshold_pct) / 100, formula)


formulas = st.sampled_from(Formula)
averages = st.sampled_from([formula for formula in Formula if not formula.is_largest_remainder])
houses = st.integers(1, 130)


@st.composite
def ballots(draw: st.DrawFn, most: int = 10_000_000, at_least: int = 1) -> dict[str, int]:
    """Votes with some list above zero; small numbers come up often, and with them ties."""
    size = draw(st.integers(at_least, 12))
    top = draw(st.sampled_from([3, 12, 60, 1000, most]))
    counts = draw(st.lists(st.integers(0, top), min_size=size, max_size=size).filter(any))
    return dict(zip(NAMES, counts, strict=False))


@st.composite
def pairings(draw: st.DrawFn, names: list[str]) -> list[SurplusAgreement]:
    """Any agreements between disjoint pairs of the names."""
    order = draw(st.permutations(names))
    count = draw(st.integers(0, len(names) // 2))
    return [SurplusAgreement(order[2 * at], order[2 * at + 1]) for at in range(count)]


def exact_draws(votes: dict[str, int], other_votes: int) -> ShareDraws:
    """One draw whose shares are the votes over `SCALE`, without rounding; votes and others add up to it."""
    assert sum(votes.values()) + other_votes == SCALE
    return ShareDraws(tuple(votes), np.array([[count / SCALE] for count in votes.values()]))


def seat_table(columns: list[dict[str, int]]) -> SeatDraws:
    """Seat draws from whole allocations; a list passes where it has a seat."""
    seats = np.array([list(column.values()) for column in columns], dtype=np.uint8).T
    return SeatDraws(tuple(columns[0]), np.ascontiguousarray(seats), seats > 0)


def dirichlet(draws: int, lists: int, seed: int = 0) -> ShareDraws:
    """Shares of the size of real lists, with a part left to others."""
    rng = np.random.default_rng(seed)
    weights = np.geomspace(30, 2, lists + 1) * 3
    return ShareDraws(NAMES[:lists], rng.dirichlet(weights, draws).T[:lists].copy())
