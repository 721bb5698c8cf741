"""The register of corrections: applied by its rules, and without harm."""

import re
from itertools import combinations

import pytest

from electoral.polls import PollKind
from pipelines.electorate.columns import CorrectionRow
from pipelines.ingest.archive import printed
from pipelines.sources.reading import ReportedPoll
from tests.data.reference import (
    IL,
    RAW,
    archive,
    corrected,
    corrections,
    covering,
    elections,
    house,
    polls,
    reference,
    rows,
    standing_on,
)

OF_A_POLL = ("published_date", "fieldwork_start", "fieldwork_end", "sample_size", "pollster", "publisher", "kind")
PRESS_ONLY = {"press", "aggregator"}


def of(name: str, applied: str | None = None) -> list[CorrectionRow]:
    applicable = [row for row in corrections() if row.election == name and row.poll]
    return [row for row in applicable if applied in (None, row.applied)]


def seats(name: str, poll: ReportedPoll) -> dict[str, float]:
    """List → seats, 0 where it has a cell without any."""
    aliases, day = reference("aliases", name), str(poll.fieldwork_end)
    return {covering(aliases, cell.label, day)[0]["list"]: cell.seats or 0.0 for cell in poll.cells}


def ordinary_lists(name: str, kinds: dict[str, str]) -> set[str]:
    """The lists that the archive's ordinary polls have a cell for, under the given kinds."""
    aliases = reference("aliases", name)
    return {
        covering(aliases, row["label"], row["fieldwork_end"])[0]["list"]
        for row in archive(name)
        if kinds.get(row["poll"], row["kind"]) == "poll"
    }


@pytest.mark.parametrize("name", elections())
def test_applying_the_register_creates_no_list_in_ordinary_polls_that_none_had(name):
    after = {name_of for poll in corrected(name) if poll.kind is PollKind.POLL for name_of in seats(name, poll)}
    added = {row.poll: "added" for row in of(name, "yes") if row.field == "added"}
    assert after <= ordinary_lists(name, added)


@pytest.mark.parametrize("name", elections())
def test_a_poll_that_was_a_scenario_prints_only_lists_that_stood_that_day(name):
    changed = {row.poll for row in of(name, "yes") if row.field == "kind" and row.after == "poll"}
    for poll in corrected(name):
        if poll.id in changed:
            assert set(seats(name, poll)) <= standing_on(name, str(poll.fieldwork_end)), poll.id


@pytest.mark.parametrize("name", elections())
def test_the_register_doubles_no_survey(name):
    """A poll that is new among the ordinary ones is like no other of its house in the days around it."""
    fresh = {row.poll for row in of(name, "yes") if row.field in ("added", "kind")}
    ordinary = [poll for poll in corrected(name) if poll.kind is PollKind.POLL]
    for one, other in combinations(ordinary, 2):
        near = abs((one.fieldwork_end - other.fieldwork_end).days) <= 3
        if not near or not {one.id, other.id} & fresh or not (one.pollster and other.pollster):
            continue
        houses = {house(poll.pollster, poll.publisher or "", str(poll.fieldwork_end)) for poll in (one, other)}
        if len(houses) == 1:
            first, second = seats(name, one), seats(name, other)
            apart = [slug for slug in first.keys() | second.keys() if first.get(slug, 0) != second.get(slug, 0)]
            assert len(apart) >= 2, (one.id, other.id)
            assert not set(one.urls) & set(other.urls), (one.id, other.id)


@pytest.mark.parametrize("name", elections())
def test_days_are_in_order_once_corrected(name):
    for poll in corrected(name):
        days = [day for day in (poll.fieldwork_start, poll.fieldwork_end, poll.published_date) if day]
        assert days == sorted(days), poll.id


@pytest.mark.parametrize("name", elections())
def test_no_poll_is_lost_and_each_adds_up_as_it_did(name):
    """A change of seats moves them between lists; a sum that is odd was ruled before."""
    before = {poll: sum(float(row["seats"] or 0) for row in cells) for poll, cells in polls(name).items()}
    merged = {row.poll for row in of(name, "yes") if row.field == "merged_into"}
    assert {poll.id for poll in corrected(name)} == before.keys() - merged
    for poll in corrected(name):
        assert sum(cell.seats or 0 for cell in poll.cells) == before[poll.id], poll.id


@pytest.mark.parametrize("name", elections())
def test_a_fieldwork_day_changes_only_where_the_day_of_publication_is_known(name):
    changed = {row.poll for row in of(name, "yes") if row.field == "fieldwork_end"}
    for poll in corrected(name):
        assert poll.published_date or poll.id not in changed, poll.id


def test_what_is_applied_is_sure_or_fills_a_blank_or_names_the_publication_itself():
    """No compiler or press report goes before what is printed; of two halves of one reading the sure one leads."""
    sure = {(row.poll, row.field) for row in corrections() if row.applied == "yes" and row.confidence == "high"}
    for row in corrections():
        if row.applied == "yes" and row.confidence != "high" and row.before and row.poll:
            basis = polls(row.election)[row.poll][0]["published_basis"]
            assert row.confidence == "medium", row
            assert (row.url and basis not in PRESS_ONLY) or (row.poll, row.field) in sure, row


@pytest.mark.parametrize("name", elections())
def test_a_reading_that_is_kept_unused_stands_beside_what_the_archive_prints(name):
    stored = {poll.id: poll for poll in corrected(name)}
    for row in of(name, "no"):
        if row.field == "added":
            assert row.poll not in stored, row
        elif row.field in OF_A_POLL:
            assert str(getattr(stored[row.poll], row.field) or "") == (row.before or ""), row
        elif row.field == "cell":
            cells = [cell for cell in stored[row.poll].cells if cell.label == row.label]
            assert printed(cells[0] if cells else None) == (row.before or ""), row
        assert row.after != row.before, row


def test_a_row_says_why_and_where_it_is_from():
    for row in corrections():
        assert row.source.strip(), row
        assert row.url is None or re.fullmatch(r"https?://[!-~]+", row.url), row
        assert row.applied == "yes" or row.note, row
        assert (row.label is not None) == (row.field in ("cell", "label")) or "." in row.field, row


def test_the_hand_kept_files_hold_what_was_corrected():
    lists_close = {row["election"]: row["lists_close_date"] for row in reference("elections")}
    status = {f"{row['list_a']} / {row['list_b']}": row["status"] for row in reference("agreements")}
    days = {day for file in ("lineage", "events") for day in (row["date"] for row in reference(file))}
    for row in corrections():
        if row.poll is None and row.applied == "yes":
            match row.field:
                case "elections.lists_close_date":
                    assert lists_close[row.election] == row.after, row
                case "agreements.status":
                    assert status[row.label] == row.after, row
                case "lineage.date" | "events.date":
                    assert row.after in days, row
                case "pollster_aliases.pollster":
                    alias = row.label.split(",")[0]
                    assert row.after in {
                        each["pollster"] for each in reference("pollster_aliases") if each["alias"] == alias
                    }
                case _:
                    raise AssertionError(row)


def test_no_page_reads_the_list_of_facts_still_to_be_checked():
    code = [path for room in ("electoral", "pipelines", "dashboard") for path in (RAW.parents[1] / room).rglob("*.py")]
    assert not [path for path in code if "to_check" in path.read_text("utf-8")]
    assert rows("electorates/il/to_check/leaders")


def test_every_correction_is_of_a_poll_that_ships() -> None:
    shipped = {(name, row["poll"]) for name in elections() for row in rows(f"{IL}/polls/{name}")}
    named = {
        (row["election"], row["poll"]) for row in reference("corrections") if row["applied"] == "yes" and row["poll"]
    }
    assert named - shipped == set()
