"""Checks: each refuses what it is for, and a ruling lets a known oddity stand."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from electoral.polls import Fieldwork, Poll, PollKind, ReportedValue, Status
from pipelines.electorate import Campaign
from pipelines.electorate.columns import RulingRow
from pipelines.electorate.folder import load
from pipelines.ingest.checks import check


@pytest.fixture(scope="module")
def campaign(root: Path) -> Campaign:
    return load(root / "data" / "raw").campaign("knesset-22")


def poll(likud: float = 60, shas: float = 60, start: date | None = None, end: date = date(2019, 9, 1)) -> Poll:
    values = [("likud", likud), ("shas", shas)]
    return Poll(
        "p",
        "knesset-22",
        PollKind.POLL,
        "midgam",
        "channel-12",
        Fieldwork(start, end),
        None,
        None,
        tuple(ReportedValue(name, name, Status.SEATS, seats, None) for name, seats in values),
        "test",
    )


def with_pct(poll: Poll, pct: str) -> Poll:
    below = ReportedValue("otzma-yehudit", "Otzma Yehudit", Status.BELOW_THRESHOLD, None, pct)
    return replace(poll, values=(*poll.values, below))


@pytest.mark.parametrize(
    ("odd", "name", "reason"),
    [
        (poll(likud=80), "sum", "sum 140, expected 120"),
        (poll(likud=59), "sum", "sum 119, expected 120"),
        (poll(likud=118, shas=2), "under-threshold-seats", "shas has 2 seats"),
        (poll(start=date(2019, 9, 2)), "dates", "starts 2019-09-02, after it ends"),
        (poll(end=date(2019, 9, 18)), "dates", "after the vote"),
        (poll(end=date(2019, 4, 1)), "dates", "before the campaign"),
        (replace(poll(), published_date=date(2019, 8, 1)), "dates", "before fieldwork ended"),
        (with_pct(poll(), "100"), "shares", "percentages that add up to 100.0%"),
    ],
)
def test_an_odd_poll_is_refused_with_its_reason(odd: Poll, name: str, reason: str, campaign: Campaign) -> None:
    checked = check([odd], "archive", campaign)
    assert checked.polls == ()
    (refusal,) = checked.refused
    assert refusal.check == name
    assert reason in refusal.reason
    assert "likud" in refusal.text


def test_a_sound_poll_passes_and_its_neighbour_does_not_pull_it_down(campaign: Campaign) -> None:
    sound = replace(poll(), id="sound", pollster="smith")
    checked = check([poll(likud=80), sound], "archive", campaign)
    assert checked.polls == (sound,)


def test_one_survey_twice_is_refused_once(campaign: Campaign) -> None:
    twin = replace(poll(), id="twin")
    checked = check([poll(), twin], "archive", campaign)
    assert [row.poll for row in checked.refused] == ["twin"]
    assert checked.refused[0].check == "twin"


def test_two_clients_of_one_firm_on_one_day_are_two_polls(campaign: Campaign) -> None:
    assert len(check([poll(), replace(poll(), id="b", publisher="maariv")], "archive", campaign).polls) == 2


def test_a_ruling_lets_that_check_pass_and_no_other(campaign: Campaign) -> None:
    ruling = RulingRow(election="knesset-22", poll="p", check="sum", printed="119", ruling="as-printed", why="seen")
    ruled = replace(campaign, rulings={("p", "sum"): ruling})
    assert check([poll(likud=59)], "archive", ruled).refused == ()
    (refusal,) = check([poll(likud=59, start=date(2019, 9, 5))], "archive", ruled).refused
    assert refusal.check == "dates"


def test_days_that_a_source_guessed_may_end_after_publication(campaign: Campaign) -> None:
    published = replace(poll(), published_date=date(2019, 8, 1))
    guessed = replace(published, fieldwork=replace(published.fieldwork, is_guessed=True))
    assert check([guessed], "archive", campaign).polls == (guessed,)
