"""Which columns are totals by their numbers alone: sums of other columns, beyond a house that is full without them."""

from collections.abc import Mapping, Sequence
from itertools import combinations

# In how many rows a total must equal the sum of the same lists: fewer may be chance.
FEWEST_ROWS = 3
MOST_CANDIDATES = 8
MOST_PARTS = 26  # sets of lists are searched from both ends: 2 × 2^13 sums

Row = Mapping[int, float]


def total_columns(rows: Sequence[Row], candidates: Sequence[int], house_size: int | None) -> frozenset[int]:
    """The candidate columns that are totals of the others.

    Parameters
    ----------
    rows : seats by column, every row with the same columns.
    candidates : columns that no list is known by; the last ones are looked at where they are many.
    house_size : seats of the house; without it nothing can be told.

    A set of columns are totals where at least three rows fill the house without them, more than with any smaller set
    set aside, and each of them equals the sum of the other columns, or of one same set of them, in at least three of
    those rows.
    """
    if house_size is None or len(rows) < FEWEST_ROWS:
        return frozenset()
    looked_at = tuple(candidates)[-MOST_CANDIDATES:]
    most = _full_rows(rows, frozenset(), house_size)
    totals: frozenset[int] = frozenset()
    for size in range(1, len(looked_at) + 1):
        for aside in map(frozenset, combinations(looked_at, size)):
            full = _full_rows(rows, aside, house_size)
            if len(full) > len(most) and _are_sums(full, aside):
                most, totals = full, aside
    return totals


def _full_rows(rows: Sequence[Row], aside: frozenset[int], house_size: int) -> list[Row]:
    return [row for row in rows if sum(seats for column, seats in row.items() if column not in aside) == house_size]


def _are_sums(rows: Sequence[Row], aside: frozenset[int]) -> bool:
    parts = [column for column in rows[0] if column not in aside and any(row[column] for row in rows)]
    return all(_is_sum_of_all(rows, column, parts) or _is_sum_of_some(rows, column, parts) for column in aside)


def _is_sum_of_all(rows: Sequence[Row], column: int, parts: Sequence[int]) -> bool:
    return sum(row[column] == sum(row[part] for part in parts) for row in rows) >= FEWEST_ROWS


def _is_sum_of_some(rows: Sequence[Row], column: int, parts: Sequence[int]) -> bool:
    """Whether one same set of columns adds to this one in three rows; neighbouring rows are tried together."""
    if len(parts) > MOST_PARTS:
        return False
    half = len(parts) // 2
    for at in range(0, len(rows) - FEWEST_ROWS + 1):
        three = rows[at : at + FEWEST_ROWS]
        first, second = _sums(three, parts[:half]), _sums(three, parts[half:])
        wanted = tuple(row[column] for row in three)
        if any(tuple(want - have for want, have in zip(wanted, sums, strict=True)) in second for sums in first):
            return True
        if at >= MOST_CANDIDATES:
            break
    return False


def _sums(rows: Sequence[Row], parts: Sequence[int]) -> set[tuple[float, ...]]:
    """What every set of these columns adds to, row by row."""
    sums: set[tuple[float, ...]] = {(0.0,) * len(rows)}
    for part in parts:
        seats = tuple(row[part] for row in rows)
        sums |= {tuple(have + more for have, more in zip(one, seats, strict=True)) for one in sums}
    return sums
