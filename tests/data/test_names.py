"""Names: each printed one is one id on its day, no alias is left over, and ids are named as their languages write."""

import re
from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise

import pytest

from tests.data.reference import (
    IL,
    archive,
    called,
    chart_label,
    covering,
    elections,
    house,
    lists,
    polls,
    reference,
    rows,
)

HEBREW = re.compile(r"[א-ת]")
TITLES = {"ynet"}  # names that are written in Latin letters in Hebrew too


@pytest.mark.parametrize("name", elections())
def test_every_label_of_every_poll_is_one_list_on_its_day(name):
    aliases = reference("aliases", name)
    for label, day in {(row["label"], row["fieldwork_end"]) for row in archive(name)}:
        matches = covering(aliases, label, day)
        assert len(matches) == 1, (label, day, matches)
        assert matches[0]["list"] in lists(name)


@pytest.mark.parametrize("name", elections())
def test_no_poll_names_a_list_twice(name):
    aliases = reference("aliases", name)
    for poll, cells in polls(name).items():
        named = [covering(aliases, row["label"], row["fieldwork_end"])[0]["list"] for row in cells]
        assert len(named) == len(set(named)), poll


@pytest.mark.parametrize("name", elections())
def test_every_list_alias_is_printed_in_its_window_or_says_who_prints_it(name):
    printed = {(row["label"], row["fieldwork_end"]) for row in archive(name)}
    for row in reference("aliases", name):
        is_printed = any(label == row["alias"] and covering([row], label, day) for label, day in printed)
        assert is_printed or row["note"], row


@pytest.mark.parametrize("name", elections())
def test_a_label_that_changes_its_meaning_says_why(name):
    aliases = reference("aliases", name)
    for row in aliases:
        if row["from_date"] and row["to_date"]:
            assert row["note"], row
    for alias in {row["alias"] for row in aliases}:
        windows = [row for row in aliases if row["alias"] == alias]
        assert len(windows) == 1 or any(row["note"] for row in windows), alias


@pytest.mark.parametrize("name", elections())
def test_every_firm_is_one_house_on_its_day(name):
    houses = {row["pollster"] for row in reference("pollsters")}
    printed = {(row["pollster"], row["publisher"], row["fieldwork_end"]) for row in archive(name) if row["pollster"]}
    for firm, publisher, day in printed:
        assert house(firm, publisher, day) in houses, (firm, publisher, day)


def test_one_firm_of_channel_14_stays_one_house_under_all_its_names():
    """Filber stayed with the channel when the firm's two heads parted in June 2025; Sharon took its name to i24NEWS."""
    for firm in ("Filber", "SF+ND", "Direct Polls", "שלמה פילבר וצוריאל שרון"):
        assert house(firm, "Channel 14", "2025-06-11") == "filber", firm
    for firm in ("Direct Polls", "שלמה פילבר וצוריאל שרון", "צוריאל שרון"):
        assert house(firm, "Channel 14", "2025-06-10") == "direct-polls", firm
    assert house("Direct Polls", "i24NEWS", "2026-09-01") == "direct-polls"


@pytest.mark.parametrize("name", elections())
def test_every_publisher_is_known(name):
    publishers = {row["publisher"] for row in reference("publishers")}
    aliases = [(row["alias"], row["publisher"]) for row in reference("publisher_aliases")]
    assert len({alias for alias, _ in aliases}) == len(aliases)
    for printed in {row["publisher"] for row in archive(name) if row["publisher"]}:
        assert dict(aliases)[printed] in publishers, printed


def test_no_house_publisher_or_alias_is_left_over():
    firms = {row["pollster"] for name in elections() for row in archive(name)} - {""}
    printers = {row["publisher"] for name in elections() for row in archive(name)} - {""}
    for table, printed in (("pollster_aliases", firms), ("publisher_aliases", printers)):
        aliases = {row["alias"]: row["note"] for row in reference(table)}
        assert aliases.keys() >= printed
        assert [alias for alias, note in aliases.items() if alias not in printed and not note] == [], table
    assert {row["pollster"] for row in reference("pollster_aliases")} == {
        row["pollster"] for row in reference("pollsters")
    }
    assert {row["publisher"] for row in reference("publisher_aliases")} == {
        row["publisher"] for row in reference("publishers")
    }


def test_spellings_of_one_firm_are_one_house():
    pollsters = {row["alias"]: row["pollster"] for row in reference("pollster_aliases") if not row["from_date"]}
    for firms in (
        ("Maagar Mohot", "Maagar Mochot", "יצחק כ״ץ"),
        ("KANTAR", "Kantar", "Kantar (Dudi Hassid)", "TNS"),
        ("Panels", "Panels Politics", "Lazar", "Lazar + Panel4All"),
        ("Midgam", "Midgam/iPanel", "Midgam (Mano Geva)", "Midgam R&C"),
        ("Smith", "Rafi Smith", "Smith Consulting", "רפי סמית"),
        ("Direct Polls", "Direct polls", "דירקט פולס"),
        ("Camil Fuchs", "Camile Fuchs"),
        ("Yossi Taktika", "Yossi Tatika"),
    ):
        assert len({pollsters[firm] for firm in firms}) == 1, firms
    assert pollsters["Midgam"] != pollsters["Panel Project HaMidgam"]


@pytest.mark.parametrize("table", ["aliases", "pollster_aliases"])
def test_the_windows_of_a_name_follow_each_other_without_gap_or_overlap(table):
    windows = defaultdict(list)
    for row in reference(table):
        windows[row.get("election"), row["alias"], row.get("publisher")].append((row["from_date"], row["to_date"]))
    for name, spans in windows.items():
        for (_, end), (start, _) in pairwise(sorted(spans)):
            assert date.fromisoformat(start) - date.fromisoformat(end) == timedelta(days=1), name


def test_every_name_is_written_in_its_language():
    for row in rows(f"{IL}/names"):
        for text in filter(None, (row["name"], row["short"])):
            if row["language"] == "he":
                assert HEBREW.search(text) or text in TITLES, row
            else:
                assert re.search("[A-Za-z0-9]", text), row
                assert not HEBREW.search(text), row


def test_names_are_in_the_order_of_their_kinds_and_no_label_repeats_its_name():
    kinds = list(dict.fromkeys(row["kind"] for row in rows(f"{IL}/names")))
    assert [row["kind"] for row in rows(f"{IL}/names")] == sorted(
        (row["kind"] for row in rows(f"{IL}/names")), key=kinds.index
    )
    assert not [row for row in rows(f"{IL}/names") if row["short"] == row["name"]]


def test_a_campaign_has_a_name_of_its_own_only_where_it_differs():
    for row in rows(f"{IL}/names"):
        election, slash, plain = row["id"].rpartition("/")
        if slash:
            assert row["kind"] == "list", row
            assert plain in lists(election), row
            usual = (called("list", plain, row["language"]), chart_label("list", plain, row["language"]))
            assert (row["name"], row["short"] or row["name"]) != usual, row
