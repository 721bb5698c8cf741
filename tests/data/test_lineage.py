"""How lists come from one another, and who stands when."""

from datetime import date, timedelta

import pytest

from tests.data.reference import (
    archive,
    covering,
    election,
    elections,
    lineage,
    lists,
    members,
    reference,
    split,
    standing_on,
)


def united(name: str, cell: str) -> frozenset[str]:
    members_of = members(name)
    return frozenset().union(*(members_of[slug] for slug in split(cell)))


@pytest.mark.parametrize("name", elections())
def test_each_kind_has_the_sides_it_needs(name):
    sides = {
        "form": lambda before, after: not before and after,
        "withdraw": lambda before, after: before and not after,
        "rename": lambda before, after: len(before) == len(after) == 1,
        "merge": lambda before, after: len(before) > 1 and after,
        "split": lambda before, after: before and len(after) > 1,
    }
    for row in reference("lineage", name):
        assert sides[row["kind"]](split(row["before"]), split(row["after"])), row
        assert split(row["before"]) | split(row["after"]) <= set(lists(name)), row


@pytest.mark.parametrize("name", elections())
def test_nobody_is_lost_and_nobody_appears_when_lists_merge_split_or_change_their_name(name):
    for row in reference("lineage", name):
        absorbed = split(row["after"]) <= split(row["before"])
        if row["kind"] in ("merge", "split", "rename") and not absorbed:
            assert united(name, row["before"]) == united(name, row["after"]), row


@pytest.mark.parametrize("name", elections())
def test_a_list_that_absorbs_another_keeps_its_own_members(name):
    for row in reference("lineage", name):
        if row["kind"] == "merge" and split(row["after"]) <= split(row["before"]):
            assert len(split(row["after"])) == 1, row


@pytest.mark.parametrize("name", elections())
def test_what_splits_shares_no_member(name):
    members_of = members(name)
    for row in reference("lineage", name):
        after = [members_of[slug] for slug in split(row["after"])]
        assert sum(len(part) for part in after) == len(frozenset().union(*after)), row


@pytest.mark.parametrize("name", elections())
def test_events_are_in_order_and_inside_the_campaign(name):
    days = [row["date"] for row in reference("lineage", name)]
    assert days == sorted(days)
    for row in reference("lineage", name):
        assert election(name)["campaign_start_date"] <= row["date"] < election(name)["election_date"], row
        assert row["source"], row


@pytest.mark.parametrize("name", elections())
def test_a_list_ends_only_while_it_stands(name):
    for event in lineage(name):
        eve = standing_on(name, str(event.date - timedelta(days=1)))
        same_day = {slug for other in lineage(name) if other.date == event.date for slug in other.after}
        assert set(event.before) <= eve | same_day, event


@pytest.mark.parametrize("name", elections())
def test_exactly_the_ballot_lists_stand_at_the_vote(name):
    eve = str(date.fromisoformat(election(name)["election_date"]) - timedelta(days=1))
    assert standing_on(name, eve) == {slug for slug, row in lists(name).items() if row["kind"] == "ballot"}


@pytest.mark.parametrize("name", elections())
def test_once_lists_close_no_list_is_formed_and_only_submitted_lists_stand(name):
    closed = election(name)["lists_close_date"]
    withdrawn = {
        slug for event in lineage(name) if str(event.date) >= closed and not event.after for slug in event.before
    }
    ballot = {slug for slug, row in lists(name).items() if row["kind"] == "ballot"}
    assert ballot <= standing_on(name, closed) <= ballot | withdrawn
    assert [row for row in reference("lineage", name) if row["date"] > closed and row["kind"] != "withdraw"] == []


@pytest.mark.parametrize("name", elections())
def test_standing_lists_share_no_member(name):
    """One party is not counted in two lists on a day, save while its list is printed in parts."""
    own = members(name)
    for day in {str(event.date) for event in lineage(name)} | {election(name)["campaign_start_date"]}:
        alive = standing_on(name, day)
        assert sum(len(own[slug]) for slug in alive) == len(frozenset().union(*(own[slug] for slug in alive))), day


@pytest.mark.parametrize("name", elections())
def test_a_campaign_list_gets_its_ordinary_polls_while_it_stands(name):
    """Up to two weeks before or after a change, a poll may still print what was or what is to come."""
    spans: dict[str, list[str]] = {}
    for row in archive(name):
        if row["kind"] == "poll" and row["status"] == "seats":
            list_id = covering(reference("aliases", name), row["label"], row["fieldwork_end"])[0]["list"]
            spans.setdefault(list_id, []).append(row["fieldwork_end"])
    for slug, days in spans.items():
        if lists(name)[slug]["kind"] not in ("ballot", "campaign") or (name, slug) in EARLY_PRINTS:
            continue
        for day in (min(days), max(days)):
            near = [date.fromisoformat(day) + timedelta(days=shift) for shift in (-14, 0, 14)]
            last = date.fromisoformat(election(name)["election_date"]) - timedelta(days=1)
            assert any(slug in standing_on(name, str(min(at, last))) for at in near), (slug, day)


# Polls that print a list outside its time, each known: a joint faction printed in two parts months before it
# parted, and two parties of the Joint List asked about apart after it re-formed.
EARLY_PRINTS = {
    ("knesset-20", "likud"),
    ("knesset-20", "yisrael-beiteinu"),
    ("knesset-26", "hadash-taal"),
    ("knesset-26", "balad"),
}


def test_the_september_2019_campaign_reads_as_it_happened():
    days = {
        "2019-05-27": {"kulanu", "hadash-taal", "raam-balad", "labor", "gesher", "meretz", "new-right"},
        "2019-06-26": {"joint-list", "israel-democratic-party", "labor", "gesher", "meretz"},
        "2019-07-18": {"joint-list", "labor-gesher", "israel-democratic-party", "meretz"},
        "2019-07-25": {"democratic-union", "labor-gesher", "new-right", "union-of-right-wing-parties"},
        "2019-07-30": {"yamina", "otzma-yehudit", "zehut"},
    }
    gone = {
        "2019-05-28": {"kulanu"},
        "2019-07-18": {"labor", "gesher"},
        "2019-07-25": {"meretz", "israel-democratic-party"},
        "2019-07-29": {"new-right", "union-of-right-wing-parties"},
        "2019-08-29": {"zehut"},
        "2019-09-15": {"noam"},
    }
    for day, expected in days.items():
        assert expected <= standing_on("knesset-22", day), day
    for day, expected in gone.items():
        assert not expected & standing_on("knesset-22", day), day
