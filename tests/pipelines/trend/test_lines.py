"""Lines: where they are drawn, where they are thin, and what stands in for a model."""

import numpy as np
import pandas as pd

from pipelines.trend.lines import _drawn, _thin, level_of_few


def test_a_line_is_broken_over_five_weeks_of_silence_and_ends_after_them() -> None:
    at, days = np.array([10.0, 20.0, 70.0]), np.arange(0.0, 120.0)
    drawn = _drawn(at, days)
    assert not drawn[:10].any()
    assert drawn[10:21].all()
    assert not drawn[21:70].any()
    assert drawn[70:106].all()
    assert not drawn[106:].any()


def test_fewer_than_three_polls_in_a_fortnight_are_thin() -> None:
    thin = _thin(np.array([10.0, 12.0, 14.0]), np.arange(0.0, 40.0))
    assert not thin[12]
    assert thin[30]
    assert thin[2]


def test_f35_one_poll_of_a_hundred_thousand_is_no_surer_than_one_poll() -> None:
    """Its sampling error is nothing, and it may still be one firm's mistake."""
    rows = pd.DataFrame({"day": [10.0], "z": [0.5], "sample_size": [100_000], "share": [0.06]})
    mean, variance = level_of_few(rows, np.arange(8.0, 13.0))
    assert np.allclose(mean, 0.5)
    assert (np.sqrt(variance) > 0.02).all()
