"""Pollsters that stand apart: a surely different bloc, from an active house; nobody else."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from electoral.lists import ElectoralList, ListKind
from pipelines.forecast.pollsters import _active, centres_if_right, gap_of, standing_apart
from pipelines.trend.lines import Z90, Line
from pipelines.trend.local_level import HouseEffects
from pipelines.trend.observations import to_share, to_z

HOUSES = ("even", "high", "low")
LISTS = {name: ElectoralList(name, ListKind.BALLOT, frozenset({name})) for name in ("a", "b")}


def line(
    name: str,
    effects: tuple[float, ...],
    variance: float = 1e-6,
    days: float = 100.0,
    houses: tuple[str, ...] = HOUSES,
    polls: int = 4,
) -> Line:
    """A list at 30 %, four recent polls of each house."""
    rows = pd.DataFrame(
        [(f"{house}-{n}", days - n, house, 0.3, 600) for house in houses for n in range(polls)],
        columns=["poll", "day", "house", "share", "sample_size"],
    ).sort_values("day")
    level = np.array([float(to_z(0.3))])
    count = len(houses)
    effects_of = HouseEffects(houses, np.array(effects), np.full(count, variance), (polls,) * count)
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


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(("part", "is_shown"), [(0.99, True), (1.0, False), (1.01, False)])
def test_a_gap_is_shown_from_where_its_interval_leaves_out_zero(part: float, is_shown: bool, sign: int) -> None:
    """`part` of the gap is half of the interval."""
    deviation = 1 / 32
    (own, other) = (line(name, (0.0, sign * Z90 * deviation, 0.0), (part * deviation) ** 2) for name in ("a", "b"))
    assert bool(standing_apart([own, other], {"a"}, 120)) is is_shown


def test_a_gap_of_twice_the_typical_one_counts() -> None:
    (apart,) = standing_apart([line("a", (0.05, 0.1, -0.05))], {"a"}, 120)
    assert apart.pollster == "high"


def test_the_widest_gap_is_first_whichever_way_it_goes() -> None:
    houses = ("a", "b", "c", "d", "e", "f", "g")
    gaps = (0.05, -0.08, 0.06, 0.0, 0.0, 0.0, 0.0)
    apart = standing_apart([line("a", gaps, houses=houses)], {"a"}, 120)
    assert [row.pollster for row in apart] == ["b", "c", "a"]


def test_where_no_house_has_a_few_polls_nobody_stands_apart() -> None:
    assert standing_apart([line("a", (0.0, 0.2, -0.2), polls=2)], {"a"}, 120) == []


def test_a_house_with_three_polls_in_the_month_up_to_the_newest_is_active() -> None:
    polls = [("gone", day) for day in (60, 69, 70)] + [("here", day) for day in (71, 72, 100)]
    rows = pd.DataFrame([(f"{day}", float(day), house) for house, day in polls], columns=["poll", "day", "house"])
    assert _active([replace(line("a", (0, 0, 0)), rows=rows)]) == {"here"}


def test_where_all_differ_alike_nobody_stands_apart() -> None:
    assert standing_apart([line("a", (0.05, -0.05, 0.05))], {"a"}, 120) == []


def test_gaps_of_two_lists_of_the_bloc_add_up() -> None:
    (both, *_) = standing_apart([line("a", (0, 0.03, 0)), line("b", (0, 0.03, 0))], {"a", "b"}, 120)
    (one,) = standing_apart([line("a", (0, 0.06, 0))], {"a"}, 120)
    assert both.gap_seats == pytest.approx(one.gap_seats)


def test_the_variances_of_two_lists_of_the_bloc_add_up() -> None:
    """90 % on either side of each: 120 seats · √(0.3·0.7) · 0.02."""
    lines = [line(name, (0, 0.03, 0), 0.02**2) for name in ("a", "b")]
    for bloc, lists in (({"a"}, 1), ({"a", "b"}, 2), (set[str](), 0)):
        gap = gap_of(lines, bloc, "high", 120)
        assert gap.high_seats - gap.gap_seats == pytest.approx(Z90 * 120 * np.sqrt(0.21 * lists) * 0.02)
        assert gap.gap_seats - gap.low_seats == pytest.approx(gap.high_seats - gap.gap_seats)


def test_if_a_house_is_right_the_level_moves_by_its_lean() -> None:
    (centre,) = centres_if_right([line("a", (0.0, 0.05, -0.05))], LISTS, "high")
    assert centre.mean == pytest.approx(float(to_z(0.3)) + 0.05)
    assert float(to_share(centre.mean)) > 0.3
    assert centre.variance == 1e-4
    level = replace(line("a", (0.0, 0.05, -0.05)), level=(1.0, 0.25))
    (centre,) = centres_if_right([level], LISTS, "high")
    assert (centre.mean, centre.variance) == (1.05, 0.25), "of the level of all firms, not of the line drawn"
    (stranger,) = centres_if_right([line("a", (0.0, 0.05, -0.05))], LISTS, "nobody")
    assert stranger.mean == pytest.approx(float(to_z(0.3)))
