"""The plain readings: they stay inside the polls they read."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.trend.observations import (
    HOUSE_DAYS,
    last_per_house,
    lowess,
    newest_per_house,
    plain_centre,
    to_share,
    to_z,
    window_mean,
)

DAYS = np.arange(0.0, 100.0)


def rows(days: list[float], shares: list[float], houses: list[str] | None = None) -> pd.DataFrame:
    named = houses or ["h"] * len(days)
    return pd.DataFrame({"day": days, "share": shares, "z": to_z(np.array(shares)), "house": named, "family": named})


def test_lowess_follows_a_straight_line_and_ends_with_its_polls() -> None:
    days = list(np.arange(10.0, 90.0, 2.0))
    line = lowess(rows(days, [0.1 + day / 1000 for day in days]), DAYS)
    assert line is not None
    inside = (DAYS >= 10) & (DAYS <= 88)
    assert line[inside] == pytest.approx(0.1 + DAYS[inside] / 1000, abs=1e-6)
    assert np.isnan(line[~inside]).all()


def test_lowess_needs_six_polls() -> None:
    assert lowess(rows([1.0] * 5, [0.1] * 5), DAYS) is None


def test_lowess_of_polls_on_one_day_is_their_mean() -> None:
    line = lowess(rows([5.0] * 8, [0.1, 0.2] * 4), DAYS)
    assert line is not None
    assert line[DAYS == 5] == pytest.approx(0.15)
    assert np.isnan(line[DAYS != 5]).all()


def test_lowess_through_a_crowded_day_warns_of_nothing_and_says_nothing_it_does_not_know() -> None:
    days = [*np.arange(0.0, 90.0, 9.0), *[45.0] * 30]
    line = lowess(rows(sorted(days), [0.1] * len(days)), DAYS)
    assert line is not None
    assert line[np.isfinite(line)] == pytest.approx(0.1)
    assert np.isfinite(line[[0, 20, 45, 60, 81]]).all()


def test_a_window_holds_its_last_day_and_not_its_first() -> None:
    frame = rows([1.0, 8.0], [0.1, 0.2])
    assert window_mean(frame, 8.0, 7) == pytest.approx(float(to_z(0.2)))
    assert window_mean(frame, 7.0, 7) == pytest.approx(float(to_z(0.1)))
    assert window_mean(frame, 30.0, 7) is None


def test_each_house_speaks_once() -> None:
    frame = rows([1.0, 2.0, 3.0], [0.1, 0.3, 0.2], ["a", "a", "b"])
    assert last_per_house(frame, 4.0) == pytest.approx(float(to_z(0.3) + to_z(0.2)) / 2)


def test_what_a_house_said_long_ago_is_no_reading_of_now() -> None:
    frame = rows([1.0, 400.0], [0.3, 0.02], ["gone", "here"])
    assert last_per_house(frame, 401.0) == pytest.approx(float(to_z(0.02)))
    assert last_per_house(frame.iloc[:1], 401.0) == pytest.approx(float(to_z(0.3)))


READINGS = st.lists(
    st.tuples(st.integers(0, 150), st.floats(0.01, 0.5), st.sampled_from("abcde")), min_size=1, max_size=25
)


@settings(deadline=None)
@given(READINGS, st.dictionaries(st.sampled_from("abcde"), st.sampled_from("FG")))
def test_the_line_is_each_families_mean_of_its_firms_newest_polls(
    read: list[tuple[int, float, str]], families: dict[str, str]
) -> None:
    """Day by day against loops that know nothing of arrays; what is said after a day does not reach it."""
    read = sorted(read, key=lambda one: one[0])
    frame = rows([float(day) for day, _, _ in read], [share for _, share, _ in read], [house for _, _, house in read])
    frame["family"] = [families.get(house, house) for house in frame["house"]]
    line = newest_per_house(frame, np.arange(0.0, 200.0))
    for day in range(read[0][0], 200):
        before = [one for one in read if one[0] <= day]
        newest = {house: share for when, share, house in before if when > before[-1][0] - HOUSE_DAYS}
        by_family: dict[str, list[float]] = {}
        for house, share in newest.items():
            by_family.setdefault(families.get(house, house), []).append(float(to_z(share)))
        assert line[day] == pytest.approx(np.mean([np.mean(own) for own in by_family.values()]))


def test_the_same_polls_under_two_firms_of_one_family_draw_the_line_of_one() -> None:
    alone = rows([1.0, 2.0, 3.0], [0.3, 0.2, 0.3], ["a", "b", "a"])
    twice = rows([1.0, 2.0, 3.0], [0.3, 0.2, 0.3], ["a", "b", "a2"]).assign(family=["a", "b", "a"])
    assert newest_per_house(twice, DAYS) == pytest.approx(newest_per_house(alone, DAYS))


def test_without_a_recent_poll_the_newest_ones_are_the_centre() -> None:
    frame = rows([1.0], [0.25])
    assert float(to_share(plain_centre(frame, 90.0))) == pytest.approx(0.25)
