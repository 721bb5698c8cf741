"""F2, F13, F14, F15, F20: what is judged over a whole page, beside what was known before."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from electoral.polls import Fieldwork, Poll, PollKind, ReportedValue, Status, Unit
from pipelines.errors import PageRefused
from pipelines.sources import guards
from pipelines.sources.guards import (
    defaced,
    refuse_challenge,
    refuse_defaced,
    refuse_emptied,
    refuse_foreign,
    vanished,
)
from pipelines.sources.reading import Refusal, ReportedCell, ReportedPoll

FIRMS = ("Kantar", "Lazar", "Filber", "Midgam")
USUAL = {"Likud": 30, "Together": 16, "Shas": 9, "UTJ": 8}


def poll(number: int, firm: str = "Kantar", **seats: float) -> ReportedPoll:
    end = date(2026, 7, 1) + timedelta(days=number)
    values = seats or USUAL
    cells = tuple(ReportedCell(label, Status.SEATS, float(value), None) for label, value in values.items())
    return ReportedPoll(
        f"{end}-{firm}", "knesset-99", PollKind.POLL, firm, "Kan 11", None, end, None, 500, cells, "page"
    )  # fmt: skip


def swapped(one: ReportedPoll, left: str, right: str) -> ReportedPoll:
    names = {left: right, right: left}
    cells = tuple(replace(cell, label=names.get(cell.label, cell.label)) for cell in one.cells)
    return replace(one, cells=cells)


def refuse_swapped(now: Iterable[ReportedPoll], history: Iterable[ReportedPoll]) -> None:
    """The guard over polls whose lists are known by their labels."""

    def as_poll(one: ReportedPoll) -> Poll:
        values = tuple(ReportedValue(cell.label, cell.label, cell.status, cell.seats, cell.pct) for cell in one.cells)
        return Poll(
            one.id, one.election, one.kind, one.pollster, one.publisher, Fieldwork(None, one.fieldwork_end), None,
            one.sample_size, values, one.source, one.unit,
        )  # fmt: skip

    guards.refuse_swapped(map(as_poll, now), map(as_poll, history))


HISTORY = [poll(number, FIRMS[number % 4]) for number in range(8)]


def test_two_swapped_headers_are_noticed_on_the_same_polls_and_on_new_ones() -> None:
    """F2."""
    for now in (HISTORY, [poll(number, FIRMS[number % 4]) for number in range(8, 14)]):
        with pytest.raises(PageRefused, match="Likud and Together changed places"):
            refuse_swapped([swapped(one, "Likud", "Together") for one in now], HISTORY)
        refuse_swapped(now, HISTORY)


def test_a_real_change_of_fortunes_is_no_swap() -> None:
    refuse_swapped([poll(9, firm, Likud=26, Together=21, Shas=9, UTJ=8) for firm in FIRMS], HISTORY)


def test_a_page_whose_rows_all_jump_is_refused() -> None:
    with pytest.raises(PageRefused, match="jump far"):
        refuse_swapped([poll(9, firm, Likud=45, Together=1, Shas=9, UTJ=8) for firm in FIRMS], HISTORY)


def test_one_odd_poll_or_pollsters_without_history_refuse_no_page() -> None:
    refuse_swapped([poll(9, "New firm", Likud=1, Together=99)] * 5, HISTORY)
    refuse_swapped([*HISTORY, swapped(poll(9), "Likud", "Together")], HISTORY)
    refuse_swapped([], HISTORY)


IDS = [f"poll-{number}" for number in range(200)]


def test_a_poll_that_vanished_is_named() -> None:
    """F13."""
    assert vanished(IDS, IDS[2:]) == ("poll-0", "poll-1")
    assert vanished(IDS, [*IDS, "new"]) == ()
    assert vanished(IDS[:10], IDS[:9]) == ("poll-9",)
    assert vanished([], []) == ()


@pytest.mark.parametrize(("before", "left"), [(200, 195), (40, 38), (20, 18), (200, 0)])
def test_polls_that_vanish_at_once_refuse_the_page(before: int, left: int) -> None:
    with pytest.raises(PageRefused, match="vanished at once"):
        vanished(IDS[:before], IDS[:left])


def test_an_older_revision_takes_nothing_away() -> None:
    assert vanished(IDS, [], is_older=True) == ()


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (poll(1, Likud=0, Shas=0), "no list has a seat"),
        (poll(1, Likud=61, Shas=59), "61 of 120"),
        (poll(1, "shit polls"), "no firm's name"),
        (poll(1, "FUCK"), "no firm's name"),
    ],
)
def test_vandalism_is_refused_row_by_row(bad: ReportedPoll, why: str) -> None:
    """F14."""
    (refusal,) = defaced([*HISTORY, bad], 120)
    assert refusal.check == "vandalism"
    assert why in refusal.reason
    assert refusal.text.isprintable()


def test_a_total_that_nobody_knows_is_no_vandalism() -> None:
    blocs = poll(1, Likud=40, Shas=80, R=64, L=56)
    assert "Shas has 80" in defaced([blocs], 120, frozenset({"likud", "shas"}))[0].reason
    assert defaced([poll(1, Likud=60, Shas=60, R=64, L=56)], 120, frozenset({"likud", "shas"})) == ()
    assert defaced([poll(1, Likud=60, Shas=60, R=64, L=56)], 120) != ()


def test_percentages_throughout_are_no_vandalism() -> None:
    cells = tuple(ReportedCell(label, Status.BELOW_THRESHOLD, None, "2.1") for label in USUAL)
    assert defaced([replace(poll(1), cells=cells)], 120) == ()


def test_a_page_of_vandalism_is_refused_whole() -> None:
    spoiled = [poll(number, Likud=0) for number in range(6)]
    with pytest.raises(PageRefused, match="6 of 8 rows are defaced"):
        refuse_defaced(defaced(spoiled, 120), 8)
    refuse_defaced(defaced([*HISTORY, *spoiled[:1]], 120), 9)


def test_the_page_of_another_campaign_is_refused_whole() -> None:
    first, last = date(2019, 5, 26), date(2019, 9, 17)
    strange = [Refusal("knesset-22", "somewhere", f"row-{number}", "dates", "9 Jul", "outside") for number in range(4)]
    with pytest.raises(PageRefused, match="4 of 8 rows have no day from 2019-05-26 to 2019-09-17"):
        refuse_foreign(strange, 8, first, last)
    refuse_foreign(strange, 9, first, last)
    refuse_foreign(strange[:2], 2, first, last)


def test_names_of_real_firms_are_not_abuse() -> None:
    names = (
        "Smith",
        "Dick Morris",
        "Scunthorpe Polls",
        "Shithouse"[:4] + "rit Research",
        "Maagar Mochot",
        "Panels Politics",
    )
    assert not defaced([poll(1, name) for name in names], 120)


def test_an_emptied_page_is_refused() -> None:
    """F15."""
    with pytest.raises(PageRefused, match=r"no poll that can be read \(12 rows\)$"):
        refuse_emptied(0, 12)
    with pytest.raises(PageRefused, match="emptied or cut"):
        refuse_emptied(5, 6, before=140)
    refuse_emptied(130, 135, before=140)


@pytest.mark.parametrize(
    "challenge",
    [
        "<html><title>Just a moment...</title>", "<div class='g-recaptcha'>", "<form><input type='password'>",
        "<h1>Access Denied</h1>", "Our systems have detected unusual traffic",
    ],
)  # fmt: skip
def test_a_challenge_that_came_with_200_is_refused(challenge: str) -> None:
    """F20."""
    with pytest.raises(PageRefused, match="challenge or a login"):
        refuse_challenge(challenge)
    refuse_challenge("<table><tr><td>Access denied, a play</td></tr></table>")


def in_shares(one: ReportedPoll) -> ReportedPoll:
    cells = tuple(ReportedCell(cell.label, Status.SHARE, None, f"{cell.seats:g}") for cell in one.cells)
    return replace(one, cells=cells, unit=Unit.SHARE)


def test_two_swapped_headers_are_noticed_on_a_page_of_percentages() -> None:
    history = [in_shares(one) for one in HISTORY]
    with pytest.raises(PageRefused, match="Likud and Together changed places"):
        refuse_swapped([swapped(one, "Likud", "Together") for one in history], history)
    refuse_swapped(history, history)


def test_a_poll_of_one_unit_is_never_put_beside_one_of_the_other() -> None:
    refuse_swapped([in_shares(poll(9, firm, Likud=3, Together=30, Shas=9, UTJ=8)) for firm in FIRMS], HISTORY)


@pytest.mark.parametrize(("printed", "is_defaced"), [("75", False), ("75.1", True), ("0", True), ("<1", False)])
def test_what_no_list_has_of_the_vote_is_vandalism(printed: str, is_defaced: bool) -> None:
    cells = tuple(ReportedCell(label, Status.SHARE, None, printed if label == "Likud" else "0") for label in USUAL)
    assert bool(defaced([replace(poll(1), cells=cells, unit=Unit.SHARE)], 120)) is is_defaced
