"""Lines in seats: expected seats through the rule, so that a crossing of the threshold is no jump."""

from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import pytest
from scipy.special import ndtr

from electoral.lists import ElectoralList, ListKind
from electoral.polls import Fieldwork, Poll, PollKind, ReportedValue, Status, Unit
from electoral.rules import ElectoralRules, Formula
from electoral.shares import Contest
from pipelines.trend.lines import CampaignTrend, draw_lines, latest_levels, seat_lines, seats_on_last_day
from pipelines.trend.local_level import Parameters
from pipelines.trend.observations import to_z

RULES = ElectoralRules(101, Fraction("0.04"), Formula.DHONDT)
NAMES = ("big", "middle", "small")
LISTS = {name: ElectoralList(name, ListKind.BALLOT, frozenset({name})) for name in NAMES}
LISTS["rest"] = ElectoralList("rest", ListKind.RESIDUAL, frozenset())
CONTEST = Contest(LISTS, (), RULES, 0.02, 1000)
START, DAYS = date(2026, 1, 1), 120


def poll(day: int, small_pct: float) -> Poll:
    """The small list climbs over the threshold; the middle one pays for it."""
    pct = {"big": 50.0, "middle": 44.0 - small_pct, "small": small_pct, "rest": 6.0}
    values = tuple(ReportedValue(name, name, Status.SHARE, None, f"{share:.5f}") for name, share in pct.items())
    when = Fieldwork(None, START + timedelta(days=day))
    return Poll(f"p{day}", "e", PollKind.POLL, "house", None, when, None, 2000, values, "test", Unit.SHARE)


@pytest.fixture(scope="module")
def trend() -> CampaignTrend:
    polls = [poll(day, 3.0 + 2.0 * day / DAYS) for day in range(0, DAYS, 2)]
    parameters = Parameters(0.004, 0.02, 0.5, converged=True)
    return draw_lines(polls, NAMES, CONTEST, START + timedelta(days=DAYS), parameters)


def test_a_list_that_crosses_the_threshold_moves_nobodys_line_by_a_jump(trend: CampaignTrend) -> None:
    expected = seat_lines(trend, RULES).expected
    steps = np.abs(np.diff(expected, axis=1))
    assert steps.max() < 0.5
    crossed = expected[NAMES.index("small")]
    assert crossed[0] < 0.5
    assert crossed[-1] > 4, "the crossing itself is worth four seats and more"


def test_the_house_is_full_every_day(trend: CampaignTrend) -> None:
    assert seat_lines(trend, RULES).expected.sum(axis=0) == pytest.approx(RULES.house_size)


def test_the_last_day_is_what_the_projection_says_of_it(trend: CampaignTrend) -> None:
    lines = seat_lines(trend, RULES).expected[:, -1]
    last = seats_on_last_day(NAMES, latest_levels(trend.lines), trend.others_share, RULES)
    assert list(last.values()) == pytest.approx(lines.tolist())


def test_others_are_a_line_as_polls_print_them_and_no_constant(trend: CampaignTrend) -> None:
    assert trend.others is not None
    assert trend.others_share == pytest.approx(0.06, abs=0.005)


def test_a_list_on_the_threshold_has_its_seats_as_often_as_it_passes() -> None:
    """By hand: a list at 4 per cent exactly passes half of the time, and has then four of 101 seats or five."""
    levels = [(float(to_z(share)), 0.01**2) for share in (0.5, 0.44, 0.04)]
    seats = seats_on_last_day(NAMES, levels, 0.02, RULES)["small"]
    pass_odds = float(ndtr((to_z(0.04) - to_z(0.04)) / 0.01))
    assert seats == pytest.approx(pass_odds * 4.3, abs=0.4)


def test_with_nobody_over_the_threshold_nobody_has_a_seat() -> None:
    rules = ElectoralRules(101, Fraction("0.9"), Formula.DHONDT)
    assert seats_on_last_day(NAMES, [(float(to_z(0.3)), 1e-6)] * 3, 0.02, rules) == dict.fromkeys(NAMES, 0.0)
