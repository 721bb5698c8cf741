"""The shared error: learned from the past only, shrunk while there is little of it, wider further ahead."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pipelines.forecast.polling_error import (
    HORIZON_DAYS,
    LARGEST_MISS,
    LARGEST_OWN_MISS,
    OWN_MISS_WEIGHT,
    PRIOR_SCALE,
    PastElection,
    errors,
    learn,
    size_factor,
)
from pipelines.trend.observations import to_share, to_z

OTHERS_SHARE = 0.011
SHARE = (1 - OTHERS_SHARE) / 12  # twelve lists that fill the ballot


def election(miss: float, lists: int = 12, share: float = SHARE, last_poll: float = 99.0) -> PastElection:
    """An election on day 100 whose polls all missed every list by `miss` on z."""
    polled = float(to_z(share))
    rows = pd.DataFrame({"day": [60.0, 80.0, last_poll], "z": polled, "house": "h", "share": share})
    result = float(to_share(polled + miss))
    results = {str(n): result for n in range(lists)}
    return PastElection({name: rows.copy() for name in results}, 100.0, results, assumed_others_share=OTHERS_SHARE)


def test_without_a_past_the_prior_stands() -> None:
    error = learn([])
    assert error.scales == pytest.approx([PRIOR_SCALE] * len(HORIZON_DAYS))
    assert error.misses == 0


def test_larger_misses_teach_a_wider_error() -> None:
    small, large = learn([election(0.01)]), learn([election(0.2)])
    assert small.scale(7) < PRIOR_SCALE < large.scale(7)


def test_much_evidence_outweighs_the_prior() -> None:
    taught = learn([election(0.1)] * 40).scale(1)
    # Every miss is 0.1 = s·f·√(8/6).
    assert taught * float(size_factor(SHARE)) == pytest.approx(0.1 * np.sqrt(6 / 8), rel=0.02)


def test_a_longer_look_ahead_is_never_surer() -> None:
    scales = learn([election(0.05), election(0.02)]).scales
    assert list(scales) == sorted(scales)


def test_polls_after_the_horizon_teach_nothing_of_it() -> None:
    quiet, late = election(0.1), election(0.1)
    late.rows_by_list["0"].loc[3] = [98.5, float(to_z(SHARE)) + 0.1, "h", SHARE]
    for horizon in (7, 14, 30):
        assert list(errors(quiet, horizon)) == list(errors(late, horizon))
    assert dict(errors(late, 1))["0"] < dict(errors(quiet, 1))["0"]


def test_a_list_of_six_per_cent_is_the_unit_and_larger_lists_are_missed_by_less() -> None:
    assert float(size_factor(0.06)) == pytest.approx(1)
    assert float(size_factor(0.3)) < 1 < float(size_factor(0.02))


def test_horizons_between_are_interpolated_and_beyond_the_last_stay() -> None:
    error = learn([election(0.05)])
    assert min(error.scales[0:2]) <= error.scale(4) <= max(error.scales[0:2])
    assert error.scale(200) == error.scales[-1]


def test_a_list_missed_the_same_way_every_time_is_expected_to_be_missed_again_but_by_less() -> None:
    error = learn([election(0.05)] * 3)
    own = error.own_miss("0", 7) * float(size_factor(SHARE))
    assert own == pytest.approx(0.05 * 3 / (3 + OWN_MISS_WEIGHT), rel=0.01)
    assert error.own_miss("a list without a past", 7) == 0


def test_one_huge_miss_sets_neither_the_scale_nor_a_lists_own_miss() -> None:
    rare = election(0.02)
    results = {**rare.result_share, "0": 0.9}
    error = learn([replace(rare, result_share=results)])
    assert error.own_miss("0", 7) <= LARGEST_OWN_MISS / (1 + OWN_MISS_WEIGHT)
    assert error.scale(7) < LARGEST_MISS / 2


def test_steady_lists_are_missed_by_half() -> None:
    assert size_factor(np.array([0.06, 0.06]), [False, True]) == pytest.approx([1, 0.5])
