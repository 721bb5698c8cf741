"""Polls as bad as they come: a wide honest answer or a clear refusal, never NaN and never a warning."""

from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import pytest

from electoral.lists import ElectoralList, LineageEvent, LineageKind, ListKind
from electoral.polls import Fieldwork, Poll, PollKind, ReportedValue, Status
from electoral.rules import ElectoralRules, Formula
from electoral.shares import Contest
from pipelines.trend.lines import CampaignTrend, draw_lines

RULES = ElectoralRules(120, Fraction("0.0325"), Formula.DHONDT)
LISTS = {name: ElectoralList(name, ListKind.BALLOT, frozenset({name})) for name in ("a", "b", "new")}
START = date(2019, 6, 1)


def poll(day: int, a: float = 60, house: str = "h", number: int = 0, new: str | None = None) -> Poll:
    values = [
        ReportedValue("a", "a", Status.SEATS, a, None),
        ReportedValue("b", "b", Status.SEATS, 120 - a, None),
    ]
    if new is not None:
        values.append(ReportedValue("new", "new", Status.BELOW_THRESHOLD, None, new))
    when = START + timedelta(days=day)
    return Poll(f"{day}-{house}-{number}", "e", PollKind.POLL, house, None, Fieldwork(None, when), None, None,
                tuple(values), "test")  # fmt: skip


def trend(polls: list[Poll], days: int = 60, lineage: tuple[LineageEvent, ...] = ()) -> CampaignTrend:
    return draw_lines(
        polls, list(LISTS), Contest(LISTS, tuple(lineage), RULES, 0.011, 600), START + timedelta(days=days)
    )


CASES = {
    "one poll": [poll(0)],
    "two polls": [poll(0), poll(50, 55)],
    "a constant series": [poll(day) for day in range(0, 60, 3)],
    "a gap of ninety days": [
        poll(0),
        poll(1),
        poll(2),
        poll(92, 50),
        poll(93, 50),
        *(poll(94 + n, 50) for n in range(6)),
    ],
    "all from one house": [poll(day, 60 + day % 3) for day in range(0, 60, 4)],
    "every poll on one day": [poll(5, 60 + number % 2, f"h{number}") for number in range(12)],
    "a list born today": [*(poll(day) for day in range(0, 60, 5)), poll(60, 58, new="2.9")],
    "a percentage of nothing": [poll(day, new="0") for day in range(0, 60, 5)],
    "everything for one list": [poll(day, 116) for day in range(0, 60, 5)],
}


@pytest.mark.parametrize("case", CASES)
def test_every_level_and_band_is_finite_and_honest(case: str) -> None:
    polls = CASES[case]
    fitted = trend(polls, days=max((p.fieldwork.end - START).days for p in polls) + 1)
    assert fitted.lines
    for line in fitted.lines:
        assert np.isfinite(line.mean).all()
        assert np.isfinite(line.variance).all()
        assert (line.variance > 0).all()
        low, high = line.band()
        assert ((low <= line.share) & (line.share <= high)).all()


def test_few_polls_are_a_flagged_fallback_with_a_wider_band() -> None:
    few, many = trend(CASES["one poll"], days=1), trend(CASES["a constant series"])
    assert all(line.fallback for line in few.lines)
    assert not any(line.fallback for line in many.lines)
    assert few.lines[0].variance[-1] > 4 * many.lines[0].variance[-1]


def test_a_line_is_broken_over_the_gap() -> None:
    (line, *_) = trend(CASES["a gap of ninety days"], days=100).lines
    assert not line.drawn[40]
    assert line.drawn[93]


def test_no_poll_is_no_line() -> None:
    assert trend([]).lines == ()


def test_a_merger_opens_the_band_on_its_day() -> None:
    merger = LineageEvent(START + timedelta(days=30), LineageKind.MERGE, ("a", "c"), ("a",))
    polls = [poll(day) for day in (*range(0, 20, 2), *range(50, 60, 2))]
    plain, cut = trend(polls).lines[0], trend(polls, lineage=(merger,)).lines[0]
    assert cut.variance[30] > plain.variance[30]
    later = LineageEvent(START + timedelta(days=90), LineageKind.MERGE, ("a", "c"), ("a",))
    assert trend(polls, lineage=(later,)).lines[0].variance[30] == plain.variance[30], "nobody knows of it yet"
