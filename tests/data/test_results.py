"""Official results, turnout and the outgoing house."""

import pytest

from tests.data.reference import election, elections, lists, members, reference, standing_on

COUNTED = list(dict.fromkeys(row["election"] for row in reference("results")))


def seats(name: str) -> dict[str, int]:
    return {row["list"]: int(row["seats"]) for row in reference("results", name)}


def test_a_result_has_its_turnout_and_every_election_before_it_a_result():
    assert {row["election"] for row in reference("turnout")} == set(COUNTED)
    assert elections()[: len(COUNTED)] == COUNTED


@pytest.mark.parametrize("name", COUNTED)
def test_votes_add_up_to_the_valid_votes(name):
    (turnout,) = reference("turnout", name)
    assert sum(int(row["votes"]) for row in reference("results", name)) == int(turnout["valid"])
    assert int(turnout["valid"]) + int(turnout["invalid"]) == int(turnout["voted"])
    if turnout["eligible"]:
        assert int(turnout["voted"]) < int(turnout["eligible"])


@pytest.mark.parametrize("name", COUNTED)
def test_seats_fill_the_house_and_go_only_to_lists_that_pass(name):
    (turnout,) = reference("turnout", name)
    assert sum(seats(name).values()) == int(election(name)["house_size"])
    for row in reference("results", name):
        passed = int(row["votes"]) * 100 >= float(election(name)["threshold_pct"]) * int(turnout["valid"])
        assert passed == (int(row["seats"]) > 0), row


@pytest.mark.parametrize("name", COUNTED)
def test_the_lists_with_votes_are_the_ballot_lists(name):
    assert [row["list"] for row in reference("results", name)] == list(seats(name))
    for row in reference("results", name):
        own = lists(name)[row["list"]]
        assert own["ballot_letters"] == row["ballot_letters"], row
        assert (own["kind"] == "ballot") == (int(row["votes"]) > 0), row
    assert {slug for slug, row in lists(name).items() if row["kind"] == "ballot"} <= set(seats(name))


def test_the_corrected_result_of_april_2019_stands():
    assert (seats("knesset-21")["likud"], seats("knesset-21")["united-torah-judaism"]) == (35, 8)


def test_the_outgoing_21st_knesset_is_as_public_pages_count_it():
    eve = outgoing("knesset-22", "2019-09-16")
    standing = {name: number for name, number in eve.items() if name in standing_on("knesset-22", "2019-09-16")}
    assert standing == {
        "likud": 38,
        "blue-and-white": 35,
        "joint-list": 10,
        "shas": 8,
        "united-torah-judaism": 8,
        "yamina": 6,
        "labor-gesher": 6,
        "yisrael-beiteinu": 5,
        "democratic-union": 4,
    }
    assert sum(standing.values()) == 120
    assert (outgoing("knesset-22", "2019-05-27")["likud"], outgoing("knesset-22", "2019-05-27")["kulanu"]) == (35, 4)


def outgoing(name: str, day: str) -> dict[str, int]:
    before = [row for row in reference("outgoing", name) if row["from_date"] <= day]
    return {row["list"]: int(row["seats"]) for row in sorted(before, key=lambda row: row["from_date"])}


@pytest.mark.parametrize("name", elections())
def test_outgoing_seats_of_standing_lists_never_exceed_the_house(name):
    house = int(election(name)["house_size"])
    starts = [row["from_date"] for row in reference("outgoing", name) if row["from_date"]]
    for day in [*starts, election(name)["campaign_start_date"]]:
        seats = outgoing(name, day)
        assert sum(seats[name_of] for name_of in seats if name_of in standing_on(name, day)) <= house, day


@pytest.mark.parametrize("name", elections())
def test_outgoing_rows_name_a_list_a_day_and_a_basis_once(name):
    keys = [(row["list"], row["from_date"]) for row in reference("outgoing", name)]
    assert len(keys) == len(set(keys))
    for row in reference("outgoing", name):
        assert row["list"] in members(name), row
        assert row["basis"], row


@pytest.mark.parametrize("name", elections())
def test_a_list_that_ran_last_time_under_its_name_starts_from_its_result(name):
    previous = election(name)["previous_election"]
    if not previous:
        assert reference("outgoing", name) == []
        return
    for row in reference("outgoing", name):
        if row["basis"] == "official result of the previous election" and row["list"] in seats(previous):
            assert int(row["seats"]) == seats(previous)[row["list"]], row
