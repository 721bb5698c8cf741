"""The seats a page prints: the one place where a list, a bloc or any set of lists gets its number.

What is printed is the edition's allocation, a whole house near all simulations at once; beside it stand intervals only.
"""

from collections.abc import Iterable

from pipelines.editions.schema import BlocProjection, ListProjection, Majority, Projection, Summary

Group = BlocProjection | Majority


def seats_of(projection: Projection, lists: Iterable[str]) -> float:
    """The seats of lists together, whole: the sum of what each has in the printed allocation.

    Another reading of the polls has no allocation of its own: its expected seats, which add up too.
    """
    if is_printed(projection):
        return sum(projection.allocation.get(name, 0) for name in lists)
    members = set(lists)
    return sum(outlook(item).mean for item in projection.lists if item.id in members)


def seat_digits(projection: Projection) -> int:
    """The decimals seats are written with."""
    return 0 if is_printed(projection) else 1


def is_printed(projection: Projection) -> bool:
    """Whether seats are those of the printed allocation; else they are expected seats."""
    return bool(projection.allocation)


def is_in(projection: Projection, item: ListProjection) -> bool:
    """Whether a list has seats as printed; in another reading, whether it passes more often than not."""
    return seats_of(projection, [item.id]) > 0 if is_printed(projection) else item.p_pass >= 0.5


def outlook(item: ListProjection) -> Summary:
    """A list's seats on election day over the draws, or as of now where election day is not projected yet."""
    return item.seats if item.seats is not None else item.nowcast
