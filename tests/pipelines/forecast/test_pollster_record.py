"""Firms: their record against the result and the field, and how close the polls of a month sit."""

from collections.abc import Sequence
from dataclasses import replace

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


def test_the_final_month_begins_thirty_days_before_the_vote() -> None:
    (record,) = firm_records({"e": past([("1", 70, "h", 0.9), ("2", 71, "h", 0.31)])})
    assert (record.polls, record.month_error_pct) == (1, pytest.approx(1))


def test_a_list_without_a_result_won_nothing() -> None:
    election = past([("1", 95, "h", 0.3)])
    (record,) = firm_records({"e": replace(election, result_share={"a": 0.3})})
    assert record.month_error_pct == pytest.approx(35), "the other list was found at 70 per cent"


def test_an_election_without_polls_has_no_record() -> None:
    assert firm_records({"e": replace(past([]), rows_by_list={})}) == []


def line(z: np.ndarray, size: int = 600, days: Sequence[float] | None = None, polls: str = "") -> Line:
    count = len(z)
    rows = pd.DataFrame({
        "poll": [f"{polls}{number}" for number in range(count)], "z": z,
        "day": np.linspace(80, 100, count) if days is None else np.array(days),
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


def test_it_is_what_is_observed_over_what_sampling_and_rounding_to_seats_give() -> None:
    z = float(to_z(0.2)) + 0.05 * np.array([-2, -1, 0, 1, 2])
    measured = spread([line(z)], 120)
    assert measured is not None
    expected = 1 / 600 + 1 / 120**2 / 12 / (0.2 * 0.8)
    assert measured.ratio == pytest.approx(np.sqrt(0.05**2 * 2.5 / expected))


def test_the_month_is_that_up_to_the_newest_poll_and_five_of_it_are_enough() -> None:
    measured = spread([line(np.arange(7) / 100, days=[60, 69, 90, 91, 92, 93, 100])], 120)
    assert measured is not None
    assert measured.polls == 5


def test_a_list_with_few_polls_is_passed_over_and_polls_of_the_others_are_counted_once() -> None:
    lines = [line(np.full(4, 0.9)), *(line(np.arange(5) / 100, polls=polls) for polls in ("one", "one", "other"))]
    measured = spread(lines, 120)
    assert measured is not None
    assert measured.polls == 10


def test_four_polls_say_nothing_of_spread() -> None:
    assert spread([line(np.full(4, 0.9))], 120) is None
    assert spread([], 120) is None
