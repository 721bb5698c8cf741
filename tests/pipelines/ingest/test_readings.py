"""Which source's reading of a poll is used, and what the others fill in."""

from dataclasses import replace
from datetime import date

import pytest

from electoral.lists import ElectoralList, ListKind
from electoral.polls import Fieldwork, Poll, PollKind, ReportedValue, Status
from pipelines.ingest.readings import SourceReading, lost_something, resolve

LISTS = {
    name: ElectoralList(name, ListKind.BALLOT, frozenset(members.split()))
    for name, members in (("likud", "likud"), ("balad", "balad"), ("joint", "hadash balad"))
}


def poll(seats: float = 60, source: str = "one", sample: int | None = None) -> Poll:
    values = (ReportedValue("likud", "Likud", Status.SEATS, seats, None),)
    end = Fieldwork(None, date(2026, 7, 1))
    return Poll("p", "e", PollKind.POLL, "house", None, end, None, sample, values, source)


def reading(printed: Poll, source: str, arrived: int, **changes: object) -> SourceReading:
    plain = SourceReading(printed, source, "", "p", source, arrived_utc=f"2026-07-{arrived:02}")
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_the_first_source_is_used_and_the_second_is_cited_and_fills_what_is_blank() -> None:
    used = resolve([reading(poll(60, "a"), "a", 1), reading(poll(61, "b", sample=500), "b", 2)], LISTS)
    assert used == poll(60, "a; b", sample=500)


@pytest.mark.parametrize("column", ["pollster", "publisher", "published_date"])
def test_a_firm_outlet_or_day_that_one_lacks_is_the_others(column: str) -> None:
    fact = date(2026, 7, 2) if column == "published_date" else "known"
    blank, full = replace(poll(source="a"), **{column: None}), replace(poll(source="b"), **{column: fact})
    used = resolve([reading(blank, "a", 1), reading(full, "b", 2)], LISTS)
    assert getattr(used, column) == fact


def test_a_reading_that_adds_up_goes_before_one_that_does_not() -> None:
    used = resolve([reading(poll(60, "a"), "a", 1, adds_up=False), reading(poll(61, "b"), "b", 2)], LISTS)
    assert used is not None
    assert used.values[0].seats == 61


def test_one_that_does_not_add_up_is_never_used_alone() -> None:
    assert resolve([reading(poll(60, "a"), "a", 1, adds_up=False)], LISTS) is None


def test_one_with_every_column_known_goes_before_one_without() -> None:
    unknown = (ReportedValue("unknown:New", "New", Status.SEATS, 6.0, None),)
    used = resolve([reading(replace(poll(54, "a"), unknown=unknown), "a", 1), reading(poll(61, "b"), "b", 2)], LISTS)
    assert used is not None
    assert (used.values[0].seats, used.unknown) == (61, ())


def test_a_sources_own_later_reading_replaces_what_ships_and_its_withdrawal_too() -> None:
    shipped = reading(poll(60, "a"), "archive", 1, family="a", is_shipped=True)
    live = reading(poll(61, "a"), "a", 2)
    used = resolve([shipped, live], LISTS)
    assert used is not None
    assert used.values[0].seats == 61
    assert resolve([shipped, replace(live, is_open=False)], LISTS) is None
    other = reading(poll(60, "b"), "b", 3)
    assert resolve([shipped, replace(live, is_open=False), other], LISTS) == poll(60, "b")


def test_a_share_printed_beside_seats_is_not_lost_to_a_later_page_without_it() -> None:
    shipped = replace(poll(), values=(ReportedValue("likud", "Likud", Status.SEATS, 60, "48.5"),))
    live = reading(poll(), "wiki", 2, family="wiki")
    used = resolve([reading(shipped, "archive", 1, family="wiki", is_shipped=True), live], LISTS)
    assert used is not None
    assert used.values == shipped.values
    assert lost_something(poll(), shipped, adds_up=True)
    assert not lost_something(poll(61), shipped, adds_up=True), "other seats are a correction"


def test_a_list_that_was_lost_is_kept_beside_a_dash_under_another_that_shares_a_member() -> None:
    below = ReportedValue("balad", "Balad", Status.BELOW_THRESHOLD, None, "2.1")
    dash = ReportedValue("joint", "Joint List", Status.NOT_ASKED, None, None)
    shipped = replace(poll(60, "a"), values=(*poll(60).values, below))
    live = replace(poll(61, "a"), values=(*poll(61).values, dash))
    used = resolve([replace(reading(shipped, "archive", 0, is_shipped=True), family="a"), reading(live, "a", 1)], LISTS)
    assert used is not None
    assert below in used.values


def test_a_cell_corrected_beside_one_that_was_lost_keeps_both() -> None:
    below = ReportedValue("balad", "Balad", Status.BELOW_THRESHOLD, None, "2.1")
    shipped = replace(poll(60, "a"), values=(*poll(60).values, below))
    live = poll(61, "a")
    used = resolve([reading(shipped, "archive", 1, family="a", is_shipped=True), reading(live, "a", 2)], LISTS)
    assert used is not None
    assert [(value.list, value.seats or value.pct) for value in used.values] == [("likud", 61), ("balad", "2.1")]


def test_a_part_of_a_list_that_is_printed_whole_is_not_filled_in() -> None:
    below = ReportedValue("balad", "Balad", Status.BELOW_THRESHOLD, None, "2.1")
    whole = ReportedValue("joint", "Joint", Status.SEATS, 5.0, None)
    shipped = replace(poll(60, "a"), values=(*poll(60).values, below))
    live = replace(poll(61, "a"), values=(*poll(61).values, whole))
    used = resolve([reading(shipped, "archive", 1, family="a", is_shipped=True), reading(live, "a", 2)], LISTS)
    assert used is not None
    assert [value.list for value in used.values] == ["likud", "joint"]


def test_every_address_is_kept_once() -> None:
    one, other = replace(poll(), urls=("https://a.example/1",)), poll(source="b")
    used = resolve(
        [reading(one, "a", 1), reading(other, "b", 2, citations=("https://a.example/1", "https://b.example/2"))], LISTS
    )
    assert used is not None
    assert used.urls == ("https://a.example/1", "https://b.example/2")
