"""Mergers in polls: pairs of one survey, a merger weighs one, and what is learned has to beat the sum of the parts."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from electoral.polls import PollKind
from pipelines.hindcast.evidence import FEWEST_MERGERS, MergerPair, evidence, lessons, merger_pairs
from pipelines.ingest.archive import accept, open_reference


def pair(merger: str, share_kept: float, parts: float = 0.2, election: str = "diet-1") -> MergerPair:
    return MergerPair(election, frozenset(merger), "one", "two", share_kept * parts, parts)


def test_a_merger_weighs_one_however_often_it_was_polled() -> None:
    once = evidence([pair("ab", 0.8), pair("cd", 0.9), pair("ef", 1.0)])
    often = evidence([pair("ab", 0.8)] * 50 + [pair("cd", 0.9), pair("ef", 1.0)])
    assert once
    assert often
    assert (often.pairs, often.mergers) == (52, 3)
    assert often.kept == pytest.approx(once.kept)
    assert often.spread == pytest.approx(once.spread)


def test_mergers_that_agree_teach_and_those_that_do_not_leave_the_sum() -> None:
    agreed = evidence([pair(f"{at}x", share_kept) for at, share_kept in enumerate((0.79, 0.8, 0.81, 0.8, 0.78))])
    apart = evidence([pair(f"{at}x", share_kept) for at, share_kept in enumerate((0.7, 1.3, 0.9, 1.15, 1.0))])
    assert agreed
    assert apart
    assert agreed.high_pct < 0
    assert agreed.default == pytest.approx(agreed.kept) == pytest.approx(0.796, abs=0.001)
    assert agreed.spread < 0.02
    assert apart.high_pct > 0
    assert apart.default == 1
    assert apart.spread == pytest.approx(float(np.sqrt(np.mean(np.log([0.7, 1.3, 0.9, 1.15, 1.0]) ** 2))))


def test_a_merger_is_predicted_by_the_others_alone() -> None:
    """By hand: of 1, 1 and e² the third is predicted at 1, the others at e."""
    e = float(np.e)
    learned = evidence([pair("ab", 1.0, 0.1), pair("cd", 1.0, 0.1), pair("ef", e**2, 0.1)])
    assert learned
    assert learned.learned_error_pct == pytest.approx((2 * 10 * (e - 1) + 10 * (e**2 - 1)) / 3)
    assert learned.sum_error_pct == pytest.approx(10 * (e**2 - 1) / 3)


def test_few_mergers_teach_nothing_and_the_current_campaign_stands_apart() -> None:
    past = [pair(f"{at}x", 0.9) for at in range(FEWEST_MERGERS)]
    assert evidence(past[1:]) is None
    now = [pair(f"{at}y", 1.1, election="diet-2") for at in range(FEWEST_MERGERS)]
    by_name = lessons([*past, *now], ["diet-1"])
    assert {name: row.mergers for name, row in by_name.items()} == {"all": 6, "past": 3, "diet-2": 3}
    assert by_name["past"].kept == pytest.approx(0.9)


def test_pairs_are_of_one_survey_and_of_exactly_the_same_parties(root: Path) -> None:
    raw = root / "data" / "raw"
    campaign = open_reference(raw, "knesset-23").campaign("knesset-23")
    polls = accept(raw, campaign)[0]
    pairs = list(merger_pairs(campaign, polls, campaign.contest))
    by_id = {poll.id: poll for poll in polls}
    assert len(pairs) == 8
    for pair in pairs:
        merged, parts = by_id[pair.merged_poll], by_id[pair.parts_poll]
        assert (merged.pollster, merged.fieldwork.end) == (parts.pollster, parts.fieldwork.end)
        assert {merged.kind, parts.kind} == {PollKind.POLL, PollKind.SCENARIO}
        assert 0.4 < pair.merged_share / pair.parts_share < 2.5
    labor = frozenset({"labor-gesher", "democratic-union"})
    assert any(pair.merger == labor for pair in pairs)
    other_firms = [replace(poll, pollster=None) for poll in polls]
    assert list(merger_pairs(campaign, other_firms, campaign.contest)) == []
