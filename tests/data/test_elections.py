"""Elections: rules, dates and the publication ban."""

from datetime import date, datetime, timedelta

import pytest

from tests.data.reference import archive, election, elections, reference

FRIDAY = 4


def test_ids_are_unique_and_in_order_of_the_vote():
    assert len(set(elections())) == len(elections())
    votes = [row["election_date"] for row in reference("elections")]
    assert votes == sorted(votes)


def test_each_election_follows_the_one_it_names():
    votes = {row["election"]: row["election_date"] for row in reference("elections")}
    for row in reference("elections"):
        if previous := row["previous_election"]:
            assert votes[previous] < row["election_date"]


def test_the_threshold_was_two_percent_until_2014():
    pct = {row["election"]: row["threshold_pct"] for row in reference("elections")}
    assert {name for name, value in pct.items() if value == "2"} == {"knesset-17", "knesset-19"}
    assert set(pct.values()) == {"2", "3.25"}


@pytest.mark.parametrize("name", elections())
def test_the_ban_runs_from_the_end_of_the_friday_before_the_vote_to_the_close_of_the_polls(name):
    row = election(name)
    vote = date.fromisoformat(row["election_date"])
    start = datetime.fromisoformat(row["publication_ban_start"])
    friday = start.date() - timedelta(days=1)
    assert (start.hour, start.minute) == (0, 0)
    assert friday.weekday() == FRIDAY
    assert timedelta(0) < vote - friday <= timedelta(days=7)
    assert row["publication_ban_end"] == f"{vote}T22:00"


@pytest.mark.parametrize("name", elections())
def test_dates_are_in_order(name):
    row = election(name)
    first = min(poll["fieldwork_end"] for poll in archive(name))
    assert row["campaign_start_date"] <= first <= row["election_date"]
    assert row["campaign_start_date"] < row["lists_close_date"] < row["publication_ban_start"]


@pytest.mark.parametrize("name", [name for name in elections() if name != "knesset-17"])
def test_lists_close_in_the_seven_weeks_before_the_vote(name):
    row = election(name)
    left = date.fromisoformat(row["election_date"]) - date.fromisoformat(row["lists_close_date"])
    assert 45 <= left.days <= 48
