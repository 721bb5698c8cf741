"""Pollsters that stand apart: a surely different bloc, from an active house; nobody else."""

import numpy as np
import pandas as pd
import pytest

from electoral.lists import ElectoralList, ListKind
from pipelines.forecast.pollsters import centres_if_right, standing_apart
from pipelines.trend.lines import Line
from pipelines.trend.local_level import HouseEffects
from pipelines.trend.observations import to_share, to_z

HOUSES = ("even", "high", "low")
LISTS = {name: ElectoralList(name, ListKind.BALLOT, frozenset({name})) for name in ("a", "b")}


def line(name: str, effects: tuple[float, float, float], variance: float = 1e-6, days: float = 100.0) -> Line:
    """A list at 30 %, four recent polls of each house."""
    rows = pd.DataFrame(
        [(f"{house}-{n}", days - n, house, 0.3, 600) for house in HOUSES for n in range(4)],
        columns=["poll", "day", "house", "share", "sample_size"],
    ).sort_values("day")
    level = np.array([float(to_z(0.3))])
    effects_of = HouseEffects(HOUSES, np.array(effects), np.full(3, variance), (4, 4, 4))
    flags = np.array([True])
    return Line(name, level, np.array([1e-4]), (float(level[0]), 1e-4), flags, flags, rows, effects_of, None)


def test_a_house_that_leans_for_the_bloc_stands_apart_and_the_others_do_not() -> None:
    apart = standing_apart([line("a", (0.0, 0.05, -0.001)), line("b", (0.0, 0.2, -0.2))], {"a"}, 120)
    (only,) = apart
    assert only.pollster == "high"
    # 120 seats · √(0.3·0.7) · 0.05
    assert only.gap_seats == pytest.approx(120 * np.sqrt(0.21) * 0.05)
    assert only.low_seats < only.gap_seats < only.high_seats


def test_a_gap_that_may_be_nothing_is_not_shown() -> None:
    assert standing_apart([line("a", (0.0, 0.05, -0.05), variance=0.01)], {"a"}, 120) == []


def test_where_all_differ_alike_nobody_stands_apart() -> None:
    assert standing_apart([line("a", (0.05, -0.05, 0.05))], {"a"}, 120) == []


def test_gaps_of_two_lists_of_the_bloc_add_up() -> None:
    (both, *_) = standing_apart([line("a", (0, 0.03, 0)), line("b", (0, 0.03, 0))], {"a", "b"}, 120)
    (one,) = standing_apart([line("a", (0, 0.06, 0))], {"a"}, 120)
    assert both.gap_seats == pytest.approx(one.gap_seats)


def test_if_a_house_is_right_the_level_moves_by_its_lean() -> None:
    (centre,) = centres_if_right([line("a", (0.0, 0.05, -0.05))], LISTS, "high")
    assert centre.mean == pytest.approx(float(to_z(0.3)) + 0.05)
    assert float(to_share(centre.mean)) > 0.3
    (stranger,) = centres_if_right([line("a", (0.0, 0.05, -0.05))], LISTS, "nobody")
    assert stranger.mean == pytest.approx(float(to_z(0.3)))
