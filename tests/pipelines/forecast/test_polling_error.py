"""The shared error: learned from the past only, shrunk while there is little of it, wider further ahead."""

import numpy as np
import pandas as pd
import pytest

from pipelines.forecast.polling_error import HORIZON_DAYS, PRIOR_SCALE, PastElection, learn, size_factor
from pipelines.trend.observations import to_share, to_z


def election(miss: float, lists: int = 12, share: float = 0.06, last_poll: float = 99.0) -> PastElection:
    """An election on day 100 whose polls all missed every list by `miss` on z."""
    polled = float(to_z(share))
    rows = pd.DataFrame({"day": [60.0, 80.0, last_poll], "z": polled, "house": "h", "share": share})
    result = float(to_share(polled + miss))
    return PastElection({str(n): rows for n in range(lists)}, 100.0, {str(n): result for n in range(lists)})


def test_without_a_past_the_prior_stands() -> None:
    error = learn([])
    assert error.scales == pytest.approx([PRIOR_SCALE] * len(HORIZON_DAYS))
    assert error.lists == 0


def test_larger_misses_teach_a_wider_error() -> None:
    small, large = learn([election(0.01)]), learn([election(0.2)])
    assert small.scale(7) < PRIOR_SCALE < large.scale(7)


def test_much_evidence_outweighs_the_prior() -> None:
    taught = learn([election(0.1)] * 40).scale(1)
    # Every miss is 0.1 = s·√(8/6) on a list of 6 %.
    assert taught == pytest.approx(0.1 * np.sqrt(6 / 8), rel=0.02)


def test_a_longer_look_ahead_is_never_surer() -> None:
    scales = learn([election(0.05), election(0.02)]).scales
    assert list(scales) == sorted(scales)


def test_polls_after_the_horizon_teach_nothing_of_it() -> None:
    quiet, late = election(0.1), election(0.1)
    late.rows_by_list["0"].loc[3] = [98.5, float(to_z(0.06)) + 0.1, "h", 0.06]  # a poll that had it right
    assert learn([quiet]).scales[1:] == learn([late]).scales[1:]
    assert learn([quiet]).scales[0] > learn([late]).scales[0]


def test_a_list_of_six_per_cent_is_the_unit_and_larger_lists_are_missed_by_less() -> None:
    assert float(size_factor(0.06)) == pytest.approx(1)
    assert float(size_factor(0.3)) < 1 < float(size_factor(0.02))


def test_horizons_between_are_interpolated_and_beyond_the_last_stay() -> None:
    error = learn([election(0.05)])
    assert min(error.scales[0:2]) <= error.scale(4) <= max(error.scales[0:2])
    assert error.scale(200) == error.scales[-1]
