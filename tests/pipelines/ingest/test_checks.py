"""Checks: each refuses what it is for, and a ruling lets a known oddity stand."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from electoral.lists import ElectoralList, ListKind
from electoral.polls import Fieldwork, Poll, PollKind, ReportedValue, Status, Unit
from pipelines.electorate import Campaign
from pipelines.electorate.columns import RulingRow
from pipelines.electorate.folder import load
from pipelines.ingest.checks import _sum, adds_up, check


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


LISTS = {
    "a": ElectoralList("a", ListKind.BALLOT, frozenset({"a"})),
    "others": ElectoralList("others", ListKind.RESIDUAL, frozenset()),
    "undecided": ElectoralList("undecided", ListKind.UNDECIDED, frozenset()),
}


def shares(unknown: str | None = None, **printed: str) -> Poll:
    values = tuple(ReportedValue(name, name, Status.SHARE, None, pct) for name, pct in printed.items())
    strange = (ReportedValue("unknown:New", "New", Status.SHARE, None, unknown),) if unknown else ()
    return replace(poll(), unit=Unit.SHARE, values=values, unknown=strange)


def with_rulings(rulings: dict[tuple[str, str], object]) -> Campaign:
    return cast(Any, SimpleNamespace(lists=LISTS, rulings=rulings))


@pytest.mark.parametrize(
    ("printed", "wrong"),
    [
        (shares(a="98", others="2"), None),
        (shares(a="96", others="2"), None),
        (shares(a="95.9", others="2"), "sum 97.9 per cent, expected 98 to 102"),
        (shares(a="95.6", others="2"), "sum 97.6 per cent, expected 98 to 102"),
        (shares(a="95.96", others="2"), None),  # to a tenth
        (shares(a="100", others="2"), None),
        (shares(a="100.04", others="2"), None),
        (shares(a="100.1", others="2"), "sum 102.1 per cent, expected 98 to 102"),
        (shares(a="75"), None),
        (shares(a="74.9"), "sum 74.9 per cent, expected 75 to 102"),
        (shares(a="102.1"), "sum 102.1 per cent, expected 75 to 102"),
        (shares(a="75", others="<1"), None),  # a bound is no number
        (shares(a="75", others="1-2"), None),  # nor are two
        (shares(a="74.9", others="0"), "sum 74.9 per cent, expected 75 to 102"),
        (shares(a="98", others="2", undecided="30"), None),  # who are no votes
        (shares(a="70", undecided="30"), "sum 70 per cent, expected 75 to 102"),
        (shares(a="70", unknown="5"), None),
        (shares(a="98", others="2", unknown="5"), "sum 105 per cent, expected 98 to 102"),
    ],
)
def test_per_cents_add_up_to_a_hundred_within_rounding_or_without_the_others_to_less(
    printed: Poll, wrong: str | None
) -> None:
    assert _sum(printed, with_rulings({})) == wrong
    assert adds_up(printed, with_rulings({})) is (wrong is None)


def test_a_ruling_lets_the_per_cents_stand_that_it_was_made_for() -> None:
    ruled = with_rulings({("p", "sum"): SimpleNamespace(printed="97.6")})
    assert adds_up(shares(a="95.6", others="2"), ruled)
    assert not adds_up(shares(a="95.5", others="2"), ruled)
    assert not adds_up(replace(shares(a="95.6", others="2"), id="another"), ruled)
