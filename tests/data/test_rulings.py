"""Rulings: each oddity of the archive is ruled, and each ruling has its oddity."""

from collections import defaultdict

import pytest

from tests.data.reference import Row, covering, election, elections, house, lists, polls, reference, total

RULINGS = {
    "sum": {"as-printed", "column-missing"},
    "under-threshold-seats": {"as-printed"},
    "whole-seats": {"as-printed"},
    "twin": {"distinct", "same"},
}


def ruled(name: str, check: str) -> dict[str, Row]:
    return {row["poll"]: row for row in reference("rulings", name) if row["check"] == check}


def least_seats(name: str) -> int:
    """The fewest seats a list on the threshold holds, to the nearest seat."""
    row = election(name)
    return round(float(row["threshold_pct"]) / 100 * int(row["house_size"]))


def test_no_ruling_stands_twice_and_each_says_why():
    keys = [(row["election"], row["poll"], row["check"]) for row in reference("rulings")]
    assert len(keys) == len(set(keys))
    for row in reference("rulings"):
        assert row["poll"] in polls(row["election"]), row
        assert row["why"], row
        if row["check"] == "date":
            assert row["ruling"] == polls(row["election"])[row["poll"]][0]["fieldwork_end"] != row["printed"], row
        else:
            assert row["ruling"] in RULINGS[row["check"]], row


@pytest.mark.parametrize("name", elections())
def test_every_poll_adds_up_to_the_house_or_is_ruled(name):
    seats = int(election(name)["house_size"])
    odd = {poll: total(cells) for poll, cells in polls(name).items() if total(cells) != seats}
    assert {poll: float(row["printed"]) for poll, row in ruled(name, "sum").items()} == odd


@pytest.mark.parametrize("name", elections())
def test_seats_fewer_than_the_threshold_gives_are_ruled(name):
    odd = set()
    for poll, cells in polls(name).items():
        for row in cells:
            list_id = covering(reference("aliases", name), row["label"], row["fieldwork_end"])[0]["list"]
            residual = lists(name)[list_id]["kind"] == "residual"
            if row["status"] == "seats" and float(row["seats"]) < least_seats(name) and not residual:
                odd.add(poll)
    assert set(ruled(name, "under-threshold-seats")) == odd


@pytest.mark.parametrize("name", elections())
def test_fractions_of_a_seat_are_ruled(name):
    odd = {
        poll for poll, cells in polls(name).items() if any(row["seats"] and not row["seats"].isdigit() for row in cells)
    }
    assert set(ruled(name, "whole-seats")) == odd


@pytest.mark.parametrize("name", elections())
def test_two_polls_of_one_house_for_one_publisher_on_one_day_are_ruled(name):
    publishers = {row["alias"]: row["publisher"] for row in reference("publisher_aliases")}
    same: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
    for poll, cells in polls(name).items():
        first = cells[0]
        if first["kind"] == "poll" and first["pollster"]:
            firm = house(first["pollster"], first["publisher"], first["fieldwork_end"])
            same[first["fieldwork_end"], firm, publishers.get(first["publisher"], "")].append(poll)
    for twins in same.values():
        assert set(twins[1:]) <= set(ruled(name, "twin")), twins


@pytest.mark.parametrize("name", elections())
def test_a_twin_names_a_poll_of_the_same_house_within_two_days(name):
    for poll, row in ruled(name, "twin").items():
        one, other = polls(name)[poll][0], polls(name)[row["printed"]][0]
        houses = {house(cell["pollster"], cell["publisher"], cell["fieldwork_end"]) for cell in (one, other)}
        assert len(houses) == 1, row
        assert other["fieldwork_end"][:8] == one["fieldwork_end"][:8], row
        assert abs(int(other["fieldwork_end"][8:]) - int(one["fieldwork_end"][8:])) <= 2, row


@pytest.mark.parametrize("name", elections())
def test_one_survey_from_two_sources_is_ruled_the_same(name):
    """Two polls of a house within two days with every shared list equal are one survey, unless ruled."""
    day = {poll: cells[0]["fieldwork_end"] for poll, cells in polls(name).items() if cells[0]["kind"] == "poll"}
    aliases, houses = reference("aliases", name), {}
    seats: dict[str, dict[str, float]] = {}
    for poll, end in day.items():
        first = polls(name)[poll][0]
        houses[poll] = house(first["pollster"], first["publisher"], end) if first["pollster"] else None
        seats[poll] = {
            covering(aliases, row["label"], end)[0]["list"]: float(row["seats"] or 0) for row in polls(name)[poll]
        }
    ordered = sorted(day, key=lambda poll: (day[poll], poll))
    for at, one in enumerate(ordered):
        for other in ordered[at + 1 : at + 12]:
            near = day[one][:8] == day[other][:8] and int(day[other][8:]) - int(day[one][8:]) <= 2
            if near and houses[one] and houses[one] == houses[other]:
                shared = seats[one].keys() & seats[other].keys()
                differ = sum(seats[one][list_id] != seats[other][list_id] for list_id in shared)
                lists_apart = seats[one].keys() ^ seats[other].keys()
                assert differ or len(lists_apart) > 1 or other in ruled(name, "twin") or one in ruled(name, "twin"), (
                    one,
                    other,
                )
