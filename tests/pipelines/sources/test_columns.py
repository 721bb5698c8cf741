"""Totals are not parts: told by their numbers where a house is full without them, never by chance."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.sources.columns import total_columns

HOUSE = 120
PARTS = ((28, 9, 28, 15, 40), (30, 8, 29, 13, 40), (27, 10, 30, 15, 38))


def rows(*groups: tuple[int, ...], parts: tuple[tuple[int, ...], ...] = PARTS) -> list[dict[int, float]]:
    """Lists 0–4, then a column for each group of them."""
    return [
        {at: float(seats) for at, seats in enumerate((*row, *(sum(row[at] for at in group) for group in groups)))}
        for row in parts
    ]


@pytest.mark.parametrize(
    "groups",
    [((0, 1, 2, 3, 4),), ((0, 1), (2, 3, 4)), ((0, 3), (1,), (2,), (4,)), ((0, 1, 2),), ((0,), (0, 1, 2, 3, 4))],
)
def test_sums_of_lists_are_totals_whatever_they_are_called(groups: tuple[tuple[int, ...], ...]) -> None:
    columns = tuple(range(5, 5 + len(groups)))
    assert total_columns(rows(*groups), columns, HOUSE) == set(columns)


def test_two_rows_prove_nothing_and_neither_does_a_house_nobody_knows() -> None:
    assert total_columns(rows((0, 1))[:2], (5,), HOUSE) == set()
    assert total_columns(rows((0, 1)), (5,), None) == set()


def test_a_part_that_happens_to_equal_others_stays_a_part() -> None:
    """Without it the house is not full, so its seats are nobody else's."""
    parts = ((60, 30, 30), (58, 31, 31), (62, 29, 29))
    assert total_columns(rows(parts=parts), (2,), HOUSE) == set()


def test_a_surplus_that_is_no_sum_is_no_total() -> None:
    leads = [{**row, 5: seats} for row, seats in zip(rows(), (3.0, 7.0, 1.0), strict=True)]
    assert total_columns(leads, (5,), HOUSE) == set()


def test_a_column_of_zeros_is_no_total() -> None:
    assert total_columns([{**row, 5: 0.0} for row in rows()], (5,), HOUSE) == set()


def test_a_list_nobody_knows_stays_beside_totals() -> None:
    """Column 4 is unknown and a part; 5 and 6 are sums over it."""
    assert total_columns(rows((0, 1, 4), (2, 3)), (4, 5, 6), HOUSE) == {5, 6}


@given(st.randoms(use_true_random=False), st.integers(3, 8), st.integers(1, 4))
def test_true_parts_are_never_totals(rng: random.Random, count: int, strange: int) -> None:
    lists = 8
    table = []
    for _ in range(count):
        cuts = sorted(rng.sample(range(1, HOUSE), lists - 1))
        table.append({at: float(b - a) for at, (a, b) in enumerate(zip([0, *cuts], [*cuts, HOUSE], strict=True))})
    assert total_columns(table, tuple(range(lists - strange, lists)), HOUSE) == set()


def test_many_columns_take_no_minutes() -> None:
    rng = random.Random(5)
    wide = []
    for _ in range(30):
        cuts = sorted(rng.sample(range(1, HOUSE), 29))
        seats = [b - a for a, b in zip([0, *cuts], [*cuts, HOUSE], strict=True)]
        wide.append({at: float(x) for at, x in enumerate([*seats, *rng.sample(range(1, 60), 12)])})
    assert total_columns(wide, tuple(range(30, 42)), HOUSE) == set()
