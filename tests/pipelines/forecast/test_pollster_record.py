"""Firms: their record against the result and the field, and how close the polls of a month sit."""

import numpy as np
import pandas as pd
import pytest

from pipelines.forecast.polling_error import PastElection
from pipelines.forecast.pollsters import firm_records, spread
from pipelines.trend.lines import Line
from pipelines.trend.observations import to_z


def past(polls: list[tuple[str, float, str, float]]) -> PastElection:
    """An election on day 100 that list a won 30 % of; polls are (id, day, house, share of a)."""
    rows = pd.DataFrame(polls, columns=["poll", "day", "house", "share"])
    return PastElection({"a": rows, "b": rows.assign(share=1 - rows["share"])}, 100.0, {"a": 0.3, "b": 0.7})


def test_a_firm_is_measured_against_the_field_of_the_same_month() -> None:
    election = past([("1", 95, "near", 0.31), ("2", 96, "far", 0.34), ("3", 98, "near", 0.29), ("4", 20, "far", 0.9)])
    near, far = sorted(firm_records({"e": election}), key=lambda row: row.month_error_pct)
    assert (near.pollster, near.polls) == ("near", 2)
    assert near.month_error_pct == pytest.approx(1)
    assert far.month_error_pct == pytest.approx(4), "what it said eighty days before does not count"
    assert near.field_error_pct == pytest.approx(2)
    assert near.skill == pytest.approx(0.5)
    assert far.skill == pytest.approx(2)


def test_the_last_poll_is_the_last() -> None:
    (record,) = firm_records({"e": past([("2", 99, "h", 0.35), ("1", 90, "h", 0.30)])})
    assert record.last_error_pct == pytest.approx(5)


def test_polls_of_election_day_are_no_polls_of_the_month() -> None:
    assert firm_records({"e": past([("exit", 100, "h", 0.3)])}) == []


def line(z: np.ndarray, size: int = 600) -> Line:
    count = len(z)
    rows = pd.DataFrame({
        "poll": [str(number) for number in range(count)], "day": np.linspace(80, 100, count), "z": z,
        "share": 0.2, "sample_size": size, "house": "h",
    })  # fmt: skip
    empty = np.array([])
    return Line("a", empty, empty, (0.0, 0.0), empty.astype(bool), empty.astype(bool), rows, None, None)


def test_independent_samples_have_the_spread_that_sampling_predicts() -> None:
    rng = np.random.default_rng(0)
    sampled = to_z(rng.binomial(600, 0.2, size=4000) / 600)
    measured = spread([line(sampled)], 10_000)
    assert measured is not None
    assert measured.ratio == pytest.approx(1, rel=0.05)
    assert (measured.polls, measured.days) == (4000, 30)


def test_polls_that_copy_each_other_sit_closer() -> None:
    measured = spread([line(np.full(20, float(to_z(0.2))) + 0.001 * np.arange(20))], 120)
    assert measured is not None
    assert measured.ratio < 0.3


def test_four_polls_say_nothing_of_spread() -> None:
    assert spread([line(np.full(4, 0.9))], 120) is None
    assert spread([], 120) is None
