"""No figure of the benchmark is off by ten times, on fewer draws: what a busy machine can still tell."""

import pytest

from bench.core import measure, table


@pytest.mark.slow
def test_every_figure_within_ten_times_its_bound() -> None:
    figures = measure(rounds=2, scale=0.1)
    assert all(one.within(10) for one in figures), table(figures)
