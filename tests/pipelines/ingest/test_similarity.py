"""How alike two rows are, at the bounds: what is a number, what is close, and what is listed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pytest

from electoral.lists import ElectoralList, ListKind
from electoral.polls import Fieldwork, Poll, PollKind, ReportedValue, Status, Unit
from pipelines.ingest.readings import SourceReading
from pipelines.ingest.similarity import (
    Disagreement,
    LinkageContext,
    disagreements,
    is_agreed,
    is_close_by_name,
    numbers_of,
)
from tests.pipelines.ingest import ledgers

DAY, NEXT_DAY = date(2019, 9, 1), date(2019, 9, 2)
SEATS = {"a": 40.0, "b": 30.0, "c": 20.0, "d": 18.0, "e": 12.0}
LISTS = {name: ElectoralList(name, ListKind.BALLOT, frozenset({name})) for name in "abcdef"}


def poll(seats: Mapping[str, float] = SEATS, **changed: Any) -> Poll:
    values = tuple(ReportedValue(name, name, Status.SEATS, number, None) for name, number in seats.items())
    return replace(ledgers.POLL, values=values, unknown=(), publisher="outlet", **changed)


def shares(pct: Mapping[str, str | None]) -> Poll:
    values = tuple(ReportedValue(name, name, Status.SHARE, None, text) for name, text in pct.items())
    return replace(ledgers.POLL, values=values, unknown=(), unit=Unit.SHARE)


def context(own: frozenset[str] = frozenset(), **spellings: Sequence[str]) -> LinkageContext:
    return cast(Any, SimpleNamespace(lists=LISTS, own=own, spellings=spellings, house_size=120))


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("12", 12.0),
        ("12.50", 12.5),
        ("0.3", 0.3),
        ("<1", None),
        ("1-2", None),
        ("1.2.3", None),
        (".", None),
        (None, None),
    ],
)
def test_a_per_cent_is_a_number_where_nothing_else_is_printed(printed: str | None, number: float | None) -> None:
    assert numbers_of(shares({"a": printed})) == ({} if number is None else {"a": number})


FEW_APART = poll(SEATS | {"a": 41.0, "b": 29.0})


@pytest.mark.parametrize(
    ("other", "is_one"),
    [
        (FEW_APART, True),
        (replace(FEW_APART, pollster="another"), True),  # one outlet
        (replace(FEW_APART, publisher="another"), True),  # one firm
        (replace(FEW_APART, pollster="another", publisher="another"), False),
        (replace(FEW_APART, pollster="another", publisher=None), False),
        (replace(FEW_APART, pollster="as-printed", publisher=None), True),  # a name of the one house
        (replace(FEW_APART, fieldwork=Fieldwork(None, NEXT_DAY)), False),
        (poll(SEATS | {"a": 43.0, "b": 27.0}), False),  # three seats
    ],
)
def test_a_few_seats_apart_on_one_day_is_one_survey_by_a_printed_name(other: Poll, is_one: bool) -> None:
    known = context(house=["house", "as-printed"])
    assert is_close_by_name(poll(), other, known) is is_close_by_name(other, poll(), known) is is_one


@pytest.mark.parametrize(
    ("size", "start", "other_size", "other_start", "is_one"),
    [
        (500, DAY, 500, DAY, True),
        (500, None, 500, None, False),
        (None, DAY, None, DAY, False),
        (None, None, None, None, False),
        (500, DAY, 501, DAY, False),
        (500, DAY, 500, NEXT_DAY, False),
    ],
)
def test_or_by_one_sample_and_one_first_day(
    size: int | None, start: date | None, other_size: int | None, other_start: date | None, is_one: bool
) -> None:
    one = replace(poll(), sample_size=size, fieldwork=Fieldwork(start, NEXT_DAY))
    other = replace(
        FEW_APART, pollster="another", publisher="another",
        sample_size=other_size, fieldwork=Fieldwork(other_start, NEXT_DAY),
    )  # fmt: skip
    assert is_close_by_name(one, other, context()) is is_one


def test_a_list_more_in_a_source_s_own_row_is_a_correction_and_a_list_less_is_not() -> None:
    """However little of the vote it has."""
    fewer = {"a": "40.1", "b": "30.2", "c": "12.3", "d": "9.2", "e": "5.2"}
    without, whole = shares(fewer), shares(fewer | {"f": "0.3"})
    own, others = context(own=frozenset({whole.id})), context()
    assert is_agreed(whole, without, others)
    assert is_agreed(without, whole, others)
    assert not is_agreed(whole, without, own)
    assert is_agreed(without, whole, own)
    assert is_agreed(whole, shares(dict(reversed(list((fewer | {"f": "0.3"}).items())))), own)


def reading(poll: Poll, source: str, name: str = "one", **changed: Any) -> SourceReading:
    """What a source says of the poll `name`, which it calls by a name of its own."""
    one = SourceReading(replace(poll, id=name), source, "", f"{name}-at-{source}", source)
    return replace(one, **changed)


OTHER = poll(SEATS | {"a": 38.0, "b": 32.0})


def test_two_sources_that_differ_on_one_poll_are_listed_with_what_differs() -> None:
    readings = [reading(poll(), "page"), reading(OTHER, "sheet"), reading(poll(), "same")]
    assert disagreements("e", readings) == [
        Disagreement("e/sheet/one-at-sheet/twin", "e", "one", "page", "one", "sheet", "a 40 / 38, b 30 / 32"),
        Disagreement("e/same/one-at-same/twin", "e", "one", "sheet", "one", "same", "a 38 / 40, b 32 / 30"),
    ]


def test_two_polls_of_one_survey_are_listed_where_each_source_has_one_of_them() -> None:
    readings = [reading(poll(), "page", "one"), reading(OTHER, "sheet", "two")]
    assert disagreements("e", readings) == [
        Disagreement("e/sheet/two-at-sheet/twin", "e", "one", "page", "two", "sheet", "a 40 / 38, b 30 / 32")
    ]


@pytest.mark.parametrize(("source", "printed", "name"), [("sheet", poll(), "one"), ("page", OTHER, "two")])
def test_who_knows_both_polls_tells_them_apart(source: str, printed: Poll, name: str) -> None:
    readings = [reading(poll(), "page", "one"), reading(OTHER, "sheet", "two"), reading(printed, source, name)]
    assert disagreements("e", readings) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": PollKind.SCENARIO},
        {"pollster": "another"},
        {"publisher": "another"},
        {"fieldwork": Fieldwork(None, NEXT_DAY)},
    ],
)
def test_polls_of_two_surveys_are_not_held_beside_each_other(changed: dict[str, Any]) -> None:
    readings = [reading(poll(), "page", "one"), reading(replace(OTHER, **changed), "sheet", "two")]
    assert disagreements("e", readings) == []


@pytest.mark.parametrize("changed", [{"family": "page"}, {"is_open": False}])
def test_one_family_does_not_differ_with_itself_nor_anybody_with_what_is_gone(changed: dict[str, Any]) -> None:
    assert disagreements("e", [reading(poll(), "page"), reading(OTHER, "sheet", **changed)]) == []


def test_sources_do_not_differ_over_lists_that_one_does_not_print() -> None:
    assert disagreements("e", [reading(poll(), "page"), reading(poll({"a": 40.0, "f": 5.0}), "sheet")]) == []
