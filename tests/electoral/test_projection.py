"""From draws to figures, against numpy's own quantiles and by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from electoral.draws import seat_draws
from electoral.errors import DrawsError
from electoral.projection import (
    bloc_seats,
    p_largest,
    p_majority,
    p_pass,
    summarise,
)

from .makers import dirichlet, rules, seat_table

DRAWS = seat_table([{"a": 3, "b": 2, "c": 0}, {"a": 2, "b": 2, "c": 1}, {"a": 1, "b": 2, "c": 2}])


@given(st.lists(st.integers(0, 120), min_size=1, max_size=300))
def test_quantiles_are_the_inverted_cdf(values: list[int]) -> None:
    row = np.array(values, dtype=np.uint8)
    summary = summarise(row)
    expected = np.quantile(row, [0.5, 0.05, 0.1, 0.25, 0.75, 0.9, 0.95], method="inverted_cdf")
    quantiles = [summary.median, summary.q05, summary.q10, summary.q25, summary.q75, summary.q90, summary.q95]
    # numpy multiplies by a rounded decimal: compare where it lands on a rank, by the definition itself.
    for level, value, other in zip((50, 5, 10, 25, 75, 90, 95), quantiles, expected.tolist(), strict=True):
        assert value == other or np.mean(row <= value) * 100 == pytest.approx(level)
    assert summary.mean == pytest.approx(row.mean())


@pytest.mark.parametrize("draws", [1, 2, 19, 20, 99, 100, 101, 1_000, 1_001])
def test_a_quantile_is_the_least_number_with_its_part_of_the_draws_at_or_below_it(draws: int) -> None:
    """Of the numbers 1, 2, ... once each, so many are at or below a number as it says."""
    summary = summarise(np.arange(1, draws + 1))
    for level in (5, 10, 25, 75, 90, 95):
        value = getattr(summary, f"q{level:02}")
        assert 100 * (value - 1) < level * draws <= 100 * value
    assert 100 * (summary.median - 1) < 50 * draws <= 100 * summary.median


def test_shares_of_draws() -> None:
    assert p_pass(DRAWS) == pytest.approx({"a": 1, "b": 1, "c": 2 / 3})
    assert p_largest(DRAWS) == pytest.approx({"a": 1.5 / 3, "b": 1 / 3, "c": 0.5 / 3})
    assert bloc_seats(DRAWS, ["a", "b", "a"]).tolist() == [5, 4, 3]
    assert p_majority(DRAWS, ["a", "b"], 4) == pytest.approx(2 / 3)
    assert p_majority(DRAWS, [], 3) == 0


def test_an_unknown_list_is_named() -> None:
    with pytest.raises(DrawsError, match="no list 'x'"):
        bloc_seats(DRAWS, ["x"])


def test_p_largest_adds_up_to_one() -> None:
    assert sum(p_largest(seat_draws(dirichlet(3000, 12), rules(20))).values()) == pytest.approx(1)


def test_nothing_to_summarise() -> None:
    with pytest.raises(DrawsError, match="no draws"):
        summarise(np.array([], dtype=np.uint8))
