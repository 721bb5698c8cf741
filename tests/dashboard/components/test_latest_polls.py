"""The latest polls stand beside the same firm's previous one."""

from datetime import date

from dashboard.components.latest_polls import latest
from tests.dashboard.editions import poll


def test_each_poll_has_the_same_firms_previous_one() -> None:
    a1, b1, a2 = (
        poll(date(2019, 8, 1), {"alpha": 30}, "a"),
        poll(date(2019, 8, 2), {"alpha": 31}, "b"),
        poll(date(2019, 8, 3), {"alpha": 32}, "a"),
    )
    assert latest([a1, b1, a2]) == [(a2, a1), (b1, None), (a1, None)]


def test_scenarios_and_exit_polls_stand_apart() -> None:
    ordinary = poll(date(2019, 8, 1), {"alpha": 30})
    assert latest(
        [ordinary, poll(date(2019, 8, 9), {}, kind="scenario"), poll(date(2019, 9, 17), {}, kind="exit_poll")]
    ) == [(ordinary, None)]


def test_an_unnamed_firm_has_no_previous_poll() -> None:
    one, two = (
        poll(day, {"alpha": 30}).model_copy(update={"pollster": None}) for day in (date(2019, 8, 1), date(2019, 8, 2))
    )
    assert latest([one, two])[0] == (two, None)
