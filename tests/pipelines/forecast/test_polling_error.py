"""The error polls share: ours a constant from abroad, the reference's learned from the past, wider further ahead."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from electoral.lists import ElectoralList, ListKind
from pipelines.forecast.polling_error import (
    FROM_ABROAD,
    HORIZON_DAYS,
    LARGEST_MISS,
    LEARNED_PRIOR_SCALE,
    STEADY,
    Centre,
    PastElection,
    errors,
    learn,
    line_centres,
    others_of,
    week_centres,
)
from pipelines.trend.lines import CampaignTrend, Line
from pipelines.trend.local_level import Parameters
from pipelines.trend.observations import to_share, to_z

OTHERS_SHARE = 0.011
LEARNED = learn([])
SHARE = (1 - OTHERS_SHARE) / 12  # twelve lists that fill the ballot


def election(miss: float, lists: int = 12, share: float = SHARE, last_poll: float = 99.0) -> PastElection:
    """An election on day 100 whose polls all missed every list by `miss` on z."""
    polled = float(to_z(share))
    rows = pd.DataFrame({"day": [60.0, 80.0, last_poll], "z": polled, "house": "h", "family": "h", "share": share})
    result = float(to_share(polled + miss))
    results = {str(n): result for n in range(lists)}
    return PastElection({name: rows.copy() for name in results}, 100.0, results, assumed_others_share=OTHERS_SHARE)


def test_without_a_past_the_prior_stands() -> None:
    error = learn([])
    assert error.scales == pytest.approx([LEARNED_PRIOR_SCALE] * len(HORIZON_DAYS))


def test_larger_misses_teach_a_wider_error() -> None:
    small, large = learn([election(0.01)]), learn([election(0.2)])
    assert small.scale(7) < LEARNED_PRIOR_SCALE < large.scale(7)


def test_much_evidence_outweighs_the_prior() -> None:
    taught = learn([election(0.1)] * 40).scale(1)
    # Every miss is 0.1 = s·f·√(8/6).
    assert taught * float(LEARNED.factor(SHARE, [False])[0]) == pytest.approx(0.1 * np.sqrt(6 / 8), rel=0.02)


def test_a_longer_look_ahead_is_never_surer() -> None:
    scales = learn([election(0.05), election(0.02)]).scales
    assert list(scales) == sorted(scales)


def test_polls_after_the_horizon_teach_nothing_of_it() -> None:
    quiet, late = election(0.1), election(0.1)
    late.rows_by_list["0"].loc[3] = [98.5, float(to_z(SHARE)) + 0.1, "h", "h", SHARE]
    early, with_late = errors(quiet), errors(late)
    for horizon in (7, 14, 30):
        assert early[horizon] == with_late[horizon]
    assert with_late[1]["0"] < early[1]["0"]


def test_a_list_of_six_per_cent_is_the_unit_and_only_the_reference_misses_larger_lists_by_less() -> None:
    shares, nobody = np.array([0.02, 0.06, 0.3]), [False] * 3
    small, unit, large = LEARNED.factor(shares, nobody)
    assert unit == pytest.approx(1)
    assert large < 1 < small
    assert FROM_ABROAD.factor(shares, nobody).tolist() == [1, 1, 1]


def test_the_scale_from_abroad_is_what_was_measured_there() -> None:
    """s² = .037² + .0095²·days: what 1, 7, 14 and 30 days give, by hand."""
    assert [round(scale, 4) for scale in FROM_ABROAD.scales] == [0.0382, 0.0447, 0.0513, 0.0638]


def test_horizons_between_are_interpolated_and_beyond_the_last_stay() -> None:
    error = learn([election(0.05)])
    assert min(error.scales[0:2]) <= error.scale(4) <= max(error.scales[0:2])
    assert error.scale(200) == error.scales[-1]


def test_one_huge_miss_does_not_set_the_scale() -> None:
    rare = election(0.02)
    results = {**rare.result_share, "0": 0.9}
    assert learn([replace(rare, result_share=results)]).scale(7) < LARGEST_MISS / 2


def test_steady_lists_are_missed_by_half() -> None:
    assert FROM_ABROAD.factor(np.array([0.06, 0.06]), [False, True]) == pytest.approx([1, 0.5])


def line(name: str) -> Line:
    """A list whose line ends at 0.9 on z, whose level lies at 0.8, and whose one poll of the week found 0.7."""
    rows = pd.DataFrame({"day": [99.0], "z": [0.7], "house": "h", "family": "h", "share": float(to_share(0.7))})
    flags = np.array([True, True])
    return Line(name, np.array([0.5, 0.9]), np.array([0.01, 0.02]), (0.8, 0.04), flags, flags, rows, None, None)


LISTS = {
    "a": ElectoralList("a", ListKind.BALLOT, frozenset({"a"})),
    "b": ElectoralList("b", ListKind.BALLOT, frozenset({"b"}), attributes=frozenset({STEADY})),
}


def test_a_vote_lies_where_the_lines_end_and_only_a_steady_list_is_missed_by_less() -> None:
    assert line_centres([line("a"), line("b")], LISTS) == (
        Centre("a", 0.9, 0.02, is_steady=False),
        Centre("b", 0.9, 0.02, is_steady=True),
    )


def test_the_reference_lies_at_the_mean_of_the_week_as_sure_as_the_level() -> None:
    assert week_centres([line("a"), line("b")], LISTS, 100.0) == (
        Centre("a", pytest.approx(0.7), 0.04, is_steady=False),
        Centre("b", pytest.approx(0.7), 0.04, is_steady=True),
    )


def test_all_other_lists_have_a_line_where_polls_print_them_and_else_what_is_assumed() -> None:
    parameters = Parameters(0.01, 0.02, 0.4, converged=True)
    trend = CampaignTrend(np.array([1.0, 2.0]), (), parameters, (), assumed_others_share=OTHERS_SHARE)
    assert others_of(trend) == OTHERS_SHARE
    assert others_of(replace(trend, others=line("others"))) == Centre("others", 0.9, 0.02)


def test_what_all_others_had_on_a_day_is_of_the_polls_known_by_then() -> None:
    """Else what is assumed; the day's own poll is known."""
    polls = [(90.0, 0.02), (98.0, 0.08)]
    others = pd.DataFrame(
        [(day, float(to_z(share)), "h", "h", share) for day, share in polls],
        columns=["day", "z", "house", "family", "share"],
    )
    past = replace(election(0.0), others=others)
    assert past.others_share(89.5) == OTHERS_SHARE
    assert past.others_share(90.0) == pytest.approx(0.02)
    assert past.others_share(97.9) == pytest.approx(0.02)
    assert 0.02 < past.others_share(98.0) < 0.0801
    assert replace(past, others=None).others_share(98.0) == OTHERS_SHARE


def test_what_others_had_leaves_less_for_the_lists_and_theirs_is_of_the_horizons_day() -> None:
    others = pd.DataFrame({"day": [98.0], "z": float(to_z(0.2)), "house": "h", "family": "h", "share": 0.2})
    plain, with_others = errors(election(0.0)), errors(replace(election(0.0), others=others))
    assert with_others[30] == plain[30], "nobody had printed them"
    assert with_others[1]["0"] > plain[1]["0"], "less was left for it in the polls than it won"


def test_a_list_without_a_result_won_nothing_and_a_steady_one_is_measured_by_half() -> None:
    past = election(0.05)
    missed = errors(past)[7]
    without = errors(
        replace(past, result_share={name: share for name, share in past.result_share.items() if name != "0"})
    )
    won, nothing = float(to_z(past.result_share["0"])), 0.0
    unit = float(LEARNED.factor(np.array([SHARE]), [False])[0])
    assert missed["0"] - without[7]["0"] == pytest.approx((won - nothing) / unit)
    assert {name: without[7][name] for name in ("1", "11")} == {name: missed[name] for name in ("1", "11")}
    steady = errors(replace(past, steady=frozenset({"0"})))[7]
    assert steady["0"] == pytest.approx(2 * missed["0"])
    assert steady["1"] == missed["1"]
