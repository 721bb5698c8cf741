"""The archive: polls as published."""

import re
from datetime import date

import pytest

from electoral.polls import PollKind
from pipelines.electorate.settings import read_electorate
from tests.data.reference import IL, RAW, archive, corrected, election, elections, polls

URL = re.compile(r"https?://[!-~]+( https?://[!-~]+)*")
OF_A_POLL = (
    "fieldwork_start",
    "fieldwork_end",
    "published_date",
    "pollster",
    "publisher",
    "sample_size",
    "kind",
    "source",
    "url",
    "published_basis",
)


def test_every_campaign_has_ordinary_polls_and_every_file_of_polls_a_campaign():
    for name in elections():
        assert any(cells[0]["kind"] == "poll" for cells in polls(name).values()), name
    files = {path.stem for path in (RAW / IL / "polls").glob("*.csv")}
    assert files == set(elections())


@pytest.mark.parametrize("name", elections())
def test_ids_are_ascii_slugs_that_begin_with_the_last_day(name):
    for poll, cells in polls(name).items():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", poll)
        assert poll.startswith(cells[0]["fieldwork_end"])
        ending = re.search(r"-(scenario|exit)(-\d+)?$", poll)
        assert (ending[1] if ending else "poll") == cells[0]["kind"].removesuffix("_poll"), poll


@pytest.mark.parametrize("name", elections())
def test_rows_of_a_poll_are_adjacent_and_polls_in_order(name):
    order = [(row["fieldwork_end"], row["poll"]) for row in archive(name)]
    assert order == sorted(order)


@pytest.mark.parametrize("name", elections())
def test_a_poll_says_one_thing_of_itself_and_names_a_label_once(name):
    for poll, cells in polls(name).items():
        assert len({tuple(row[column] for column in OF_A_POLL) for row in cells}) == 1, poll
        assert len({row["label"] for row in cells}) == len(cells), poll


@pytest.mark.parametrize("name", elections())
def test_days_are_real_and_in_order(name):
    for poll, cells in polls(name).items():
        first = cells[0]
        days = [first[column] for column in ("fieldwork_start", "fieldwork_end", "published_date") if first[column]]
        assert days == sorted(days), poll
        assert all(date.fromisoformat(day) for day in days)
        assert election(name)["campaign_start_date"] <= first["fieldwork_end"] <= election(name)["election_date"], poll


@pytest.mark.parametrize("name", elections())
def test_exit_polls_are_of_election_day(name):
    for poll, cells in polls(name).items():
        if cells[0]["kind"] == "exit_poll":
            assert cells[0]["fieldwork_end"] == election(name)["election_date"], poll


@pytest.mark.parametrize("name", elections())
def test_values_agree_with_their_status(name):
    house = int(election(name)["house_size"])
    for row in archive(name):
        if row["status"] == "seats":
            assert 0 < float(row["seats"]) <= house, row
        elif row["status"] == "below_threshold":
            assert row["seats"] in ("", "0"), row
        else:
            assert row["status"] == "not_asked", row
            assert not row["seats"], row
            assert not row["pct"], row
        assert re.fullmatch(r"|[<>]?\d{1,2}(\.\d+)?(-\d{1,2}(\.\d+)?)?", row["pct"]), row
        assert re.fullmatch(r"|[1-9]\d{2,4}", row["sample_size"]), row
        assert row["source"], row


def test_two_polls_of_smith_on_one_day_stay_two():
    """Smith, 12 September 2019: for 103fm and for Maariv, with different numbers."""
    same_day = [
        cells
        for cells in polls("knesset-22").values()
        if (cells[0]["pollster"], cells[0]["fieldwork_end"]) == ("Smith", "2019-09-12")
    ]
    assert len(same_day) == 2
    assert len({cells[0]["publisher"] for cells in same_day}) == 2


def test_no_poll_knows_a_party_before_its_time():
    """A wrong year shows as a party that did not exist: Yashar is Eisenkot's, who left National Unity in mid-2025."""
    ordinary = [row for row in archive("knesset-26") if row["kind"] == "poll" and row["label"] == "Yashar"]
    assert min(row["fieldwork_end"] for row in ordinary) >= "2025-06-30"


def test_a_day_of_publication_says_whose_day_it_is():
    for name in elections():
        for poll, cells in polls(name).items():
            basis = cells[0]["published_basis"]
            assert basis in ("", "primary", "press", "reference", "aggregator"), poll
            assert bool(basis) == bool(cells[0]["published_date"]), poll


def test_addresses_are_of_the_web():
    for name in elections():
        for poll, cells in polls(name).items():
            assert not cells[0]["url"] or URL.fullmatch(cells[0]["url"]), poll


def test_the_usual_lag_is_the_fewest_days_in_which_nine_of_ten_dated_polls_were_out():
    """docs/method.md has the numbers; the constant is that of the electorate, so every election has the same."""
    lag = read_electorate(RAW / IL).publication_lag_days
    days = [
        (poll.published_date - poll.fieldwork_end).days
        for name in elections()
        for poll in corrected(name)
        if poll.published_date and poll.kind is PollKind.POLL
    ]
    assert len(days) > 30
    covered = {limit: sum(day <= limit for day in days) / len(days) for limit in (lag - 1, lag)}
    assert covered[lag - 1] < 0.9 <= covered[lag]
