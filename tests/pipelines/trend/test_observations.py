"""Polls to readings: what a list's value is, and when there is none."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from electoral.lists import ElectoralList, ListKind
from electoral.polls import Fieldwork, Poll, PollKind, ReportedValue, Status
from electoral.rules import ElectoralRules, Formula
from electoral.shares import Contest
from pipelines.trend.observations import UNNAMED_HOUSE, observe, to_share, to_z

RULES = ElectoralRules(120, Fraction("0.0325"), Formula.DHONDT)
LISTS = {
    name: ElectoralList(name, kind, frozenset(members.split()))
    for name, kind, members in [
        ("big", ListKind.BALLOT, "big"),
        ("left", ListKind.CAMPAIGN, "left"),
        ("green", ListKind.CAMPAIGN, "green"),
        ("left-green", ListKind.BALLOT, "left green"),
        ("left-green-cell", ListKind.COMBINED, "left green"),
    ]
}
CONTEST = Contest(LISTS, (), RULES, 0.011, 600)


def poll(seats: dict[str, float], kind: PollKind = PollKind.POLL, **below: str) -> Poll:
    values = [ReportedValue(name, name, Status.SEATS, count, None) for name, count in seats.items()]
    values += [
        ReportedValue(
            name, name, Status.NOT_ASKED if pct == "–" else Status.BELOW_THRESHOLD, None, None if pct == "–" else pct
        )
        for name, pct in below.items()
    ]
    fieldwork = Fieldwork(None, date(2019, 9, 1))
    return Poll("p", "e", kind, "house", None, fieldwork, None, None, tuple(values), "test")


def share_of(poll: Poll, name: str) -> float | None:
    frame = observe([poll], [name], CONTEST)
    return float(frame["share"].iloc[0]) if len(frame) else None


def test_a_merged_list_has_the_sum_of_its_parents() -> None:
    apart = poll({"big": 100, "left": 12, "green": 8})
    frame = observe([apart], ["big", "left-green"], CONTEST)
    merged = frame[frame["list"] == "left-green"].iloc[0]
    assert merged["composed"]
    assert merged["seats"] == 20
    parents = observe([apart], ["left", "green"], CONTEST)["share"].sum()
    assert merged["share"] == pytest.approx(parents)


def test_one_printed_number_for_two_lists_says_nothing_of_either() -> None:
    together = poll({"big": 100, "left-green-cell": 20})
    assert share_of(together, "left") is None
    assert share_of(together, "left-green") is not None


def test_a_parent_that_was_not_asked_leaves_the_sum_unknown() -> None:
    assert share_of(poll({"big": 108, "left": 12}, green="–"), "left-green") is None
    assert share_of(poll({"big": 108, "left": 12}), "left-green") is None


def test_a_percentage_under_the_threshold_is_used_and_a_dash_is_missing() -> None:
    assert share_of(poll({"big": 120}, green="2.9"), "green") == pytest.approx(0.029)
    assert share_of(poll({"big": 120}, green="–"), "green") is None


def test_scenarios_and_exit_polls_never_enter() -> None:
    for kind in (PollKind.SCENARIO, PollKind.EXIT_POLL):
        assert observe([poll({"big": 120}, kind)], ["big"], CONTEST).empty


def test_a_sample_that_is_not_published_is_assumed() -> None:
    assert observe([poll({"big": 120})], ["big"], CONTEST)["sample_size"].tolist() == [CONTEST.sample_size]


@given(st.floats(0, 1))
def test_z_is_undone(share: float) -> None:
    assert float(to_share(to_z(share))) == pytest.approx(share, abs=1e-12)


def test_sampling_noise_on_z_is_one_over_n() -> None:
    rng = np.random.default_rng(0)
    for share in (0.05, 0.25):
        drawn = to_z(rng.binomial(600, share, 200_000) / 600)
        assert drawn.var() == pytest.approx(1 / 600, rel=0.05)


def test_a_poll_without_a_firm_is_not_its_publishers() -> None:
    unsigned = replace(poll({"big": 120}), pollster=None, publisher="channel")
    assert observe([unsigned], ["big"], CONTEST)["house"].tolist() == [UNNAMED_HOUSE]
