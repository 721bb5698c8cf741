"""The seats a page prints: the one place where a list, a bloc or any set of lists gets its number.

What is printed is the edition's allocation, a whole house near all simulations at once; beside it stand intervals only.
"""

from collections.abc import Iterable

from dashboard.blocks import Number, Values
from electoral.projection import SeatSummary
from pipelines.editions.schema import BlocProjection, ListProjection, Majority, Projection, Summary

Group = BlocProjection | Majority


class SeatInterval(Values):
    """The seats between which 90 % and 50 % of the simulations lie."""

    q05: float
    q25: float
    q75: float
    q95: float


def seats_of(projection: Projection, lists: Iterable[str]) -> Number:
    """The seats of lists together, whole: the sum of what each has in the printed allocation.

    Another reading of the polls has no allocation of its own: its expected seats, with a decimal, which add up too.
    """
    if projection.allocation:
        return Number(sum(projection.allocation.get(name, 0) for name in lists))
    members = set(lists)
    return Number(sum(outlook(item).mean for item in projection.lists if item.id in members), 1)


def is_printed(projection: Projection) -> bool:
    """Whether seats are those of the printed allocation; else they are expected seats."""
    return bool(projection.allocation)


def is_in(projection: Projection, item: ListProjection) -> bool:
    """Whether a list has seats as printed; in another reading, whether it passes more often than not."""
    return seats_of(projection, [item.id]).value > 0 if is_printed(projection) else item.p_pass >= 0.5


def outlook(item: ListProjection) -> Summary:
    """A list's seats on election day over the draws, or as of now where election day is not projected yet."""
    return item.seats if item.seats is not None else item.nowcast


def interval_of(seats: Summary | SeatSummary) -> SeatInterval:
    return SeatInterval(q05=seats.q05, q25=seats.q25, q75=seats.q75, q95=seats.q95)
