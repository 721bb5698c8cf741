"""Lines: where they are drawn, where they are thin, and what stands in for a model."""

import numpy as np

from pipelines.trend.lines import _drawn, _thin


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
