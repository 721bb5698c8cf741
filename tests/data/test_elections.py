"""Elections: rules, dates and the publication ban."""

from datetime import date, datetime, timedelta

import pytest

from tests.data.reference import archive, ban, election, elections, reference

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


def test_the_threshold_is_that_of_the_law_of_the_day():
    """One and a half percent in 2003, two percent from 2006 to 2013, three and a quarter since 2015."""
    for name in elections():
        row = election(name)
        year = int(row["election_date"][:4])
        assert row["threshold_pct"] == ("1.5" if year < 2006 else "2" if year < 2015 else "3.25"), row


@pytest.mark.parametrize("name", [name for name in elections() if ban(name)])
def test_the_ban_runs_from_the_end_of_the_friday_before_the_vote_to_the_close_of_the_polls(name):
    row, window = election(name), ban(name)
    assert window is not None
    vote = date.fromisoformat(row["election_date"])
    start = datetime.fromisoformat(window["start"])
    friday = start.date() - timedelta(days=1)
    assert (start.hour, start.minute) == (0, 0)
    assert friday.weekday() == FRIDAY
    assert timedelta(0) < vote - friday <= timedelta(days=7)
    assert (window["kind"], window["end"]) == ("all", f"{vote}T22:00")


@pytest.mark.parametrize("name", elections())
def test_dates_are_in_order(name):
    row = election(name)
    first = min(poll["fieldwork_end"] for poll in archive(name))
    assert row["campaign_start_date"] <= first <= row["election_date"]
    assert row["campaign_start_date"] < row["lists_close_date"] < row["election_date"]
    window = ban(name)
    assert window is None or row["lists_close_date"] < window["start"]


@pytest.mark.parametrize("name", elections())
def test_lists_close_about_seven_weeks_before_the_vote(name):
    row = election(name)
    left = date.fromisoformat(row["election_date"]) - date.fromisoformat(row["lists_close_date"])
    assert 44 <= left.days <= 49
