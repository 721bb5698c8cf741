"""Agreements, blocs, stated positions and events."""

from datetime import date

import pytest

from tests.data.reference import IL, election, elections, lists, reference, rows, split

QUOTE = ("statement", "en")
# Seats the lists of the named bloc won together, as counted at the time.
BLOC_SEATS = {
    ("knesset-16", "right-religious"): 69,
    ("knesset-17", "right-religious"): 50,
    ("knesset-18", "right-religious"): 65,
    ("knesset-19", "right-religious"): 61,
    ("knesset-20", "right-religious"): 57,
    ("knesset-21", "netanyahu-bloc"): 65,
    ("knesset-22", "netanyahu-bloc"): 55,
    ("knesset-23", "netanyahu-bloc"): 58,
    ("knesset-24", "netanyahu-bloc"): 52,
    ("knesset-25", "netanyahu-bloc"): 64,
}


@pytest.mark.parametrize("name", elections())
def test_an_agreement_is_between_two_ballot_lists_and_a_list_signs_once(name):
    signed = []
    for row in reference("agreements", name):
        for side in (row["list_a"], row["list_b"]):
            signer = lists(name)[side]
            assert signer["kind"] == "ballot" or (name, side) == ("knesset-22", "noam"), row
            signed.append(side)
        assert row["source"], row
    assert len(signed) == len(set(signed))


def test_an_agreement_of_an_election_with_a_result_was_signed():
    counted = {row["election"] for row in reference("results")}
    assert not [row for row in reference("agreements") if row["election"] in counted and row["status"] != "signed"]


def test_agreements_are_signed_between_the_close_of_lists_and_the_vote():
    for row in reference("agreements"):
        if row["signed_date"]:
            assert (
                election(row["election"])["lists_close_date"]
                <= row["signed_date"]
                < election(row["election"])["election_date"]
            ), row


@pytest.mark.parametrize("name", elections())
def test_a_list_is_in_one_bloc_at_most_and_exists(name):
    members = [row["list"] for row in reference("bloc_members", name)]
    assert len(members) == len(set(members))
    assert set(members) <= set(lists(name))


def test_every_assignment_is_dated_sourced_and_said_to_be_contested():
    blocs = {row["bloc"] for row in reference("blocs")}
    for row in reference("bloc_members"):
        assert row["bloc"] in blocs, row
        assert row["source"], row
        assert row["note"].startswith("Contested."), row
        assert row["as_of"] < election(row["election"])["election_date"], row
    assert {row["bloc"] for row in reference("bloc_members")} == blocs


@pytest.mark.parametrize(("name", "bloc"), BLOC_SEATS)
def test_the_bloc_won_the_seats_it_is_remembered_for(name, bloc):
    members = {row["list"] for row in reference("bloc_members", name) if row["bloc"] == bloc}
    assert (
        sum(int(row["seats"]) for row in reference("results", name) if row["list"] in members) == BLOC_SEATS[name, bloc]
    )


def test_yisrael_beiteinu_is_unaligned_in_september_2019():
    (row,) = [row for row in reference("bloc_members", "knesset-22") if row["list"] == "yisrael-beiteinu"]
    assert row["bloc"] == "unaligned"


def test_statements_name_lists_dates_and_sources():
    for row in reference("statements"):
        own_lists = lists(row["election"])
        assert row["list"] in own_lists, row
        assert split(row["rules_out"]) <= set(own_lists), row
        assert row["rules_out"] or row["condition"], row
        assert row["list"] not in split(row["rules_out"]), row
        assert set(row["scope"].split("+")) <= {"government", "support"}, row
        assert row["source"], row
        assert row["statement"].startswith(f"{row['election']}-{row['date']}-{row['list']}"), row
        assert date.fromisoformat(row["date"]) <= date.fromisoformat(election(row["election"])["election_date"])
        assert row["date_precision"] in ("day", "month"), row


def test_a_position_is_quoted_or_says_that_it_is_not():
    quoted = {row["id"]: row["name"] for row in rows(f"{IL}/names") if (row["kind"], row["language"]) == QUOTE}
    for row in reference("statements"):
        assert row["is_paraphrase"] in ("yes", "no"), row
        assert (row["statement"] in quoted) or row["is_paraphrase"] == "yes", row
        assert bool(row["quote_language"]) == (row["statement"] in quoted), row
        assert "paraphrase" not in quoted.get(row["statement"], ""), row


@pytest.mark.parametrize("name", elections())
def test_events_are_sourced_and_in_order_and_their_ids_say_when(name):
    days = [row["date"] for row in reference("events", name)]
    assert days == sorted(days)
    for row in reference("events", name):
        date.fromisoformat(row["date"])
        assert row["date"] <= election(name)["election_date"], row
        assert row["event"].startswith(f"{name}-{row['date']}-"), row
        assert row["source"], row


@pytest.mark.parametrize("name", elections())
def test_the_calendar_of_a_campaign_is_among_its_events(name):
    days = {row["date"] for row in reference("events", name)}
    assert {election(name)["lists_close_date"], election(name)["election_date"]} <= days
