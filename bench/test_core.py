"""`make bench`: the core's table, printed and saved; the rounds are interleaved inside, so it is run once."""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from bench.core import measure, save, table


def test_core_figures(benchmark: BenchmarkFixture, capsys: pytest.CaptureFixture[str]) -> None:
    figures = benchmark.pedantic(measure, rounds=1, iterations=1)
    save(figures)
    with capsys.disabled():
        print("\n" + table(figures))
    assert all(one.holds for one in figures)
