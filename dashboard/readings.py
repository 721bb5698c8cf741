"""Other readings of the same polls: without a pollster that stands apart, or as if it alone were right.

A reading is an edition's own alternative, made from the same random numbers; nothing is worked out here.
"""

from collections.abc import Mapping
from dataclasses import replace

from dashboard.address import ALL_POLLS, BETWEEN, READING, Choice, Parameter
from dashboard.view import View
from pipelines.editions.schema import Alternative, ListProjection, ListSeats, Pollsters, Projection
from pipelines.editions.store import Edition
from pipelines.errors import EditionDamaged

KINDS = ("without", "right")
NO_POLLSTERS = Pollsters(firms=[], apart=[], spread=None)


def pollsters_of(edition: Edition) -> Pollsters:
    """What the edition says of its firms; nothing where it was made before editions said so."""
    try:
        return edition.pollsters
    except EditionDamaged:
        return NO_POLLSTERS


def parameters(edition: Edition) -> dict[str, Parameter]:
    """The readings an edition offers; all polls first. Without a pollster apart there is nothing to choose."""
    readings = tuple(f"{kind}{BETWEEN}{item.pollster}" for item in pollsters_of(edition).apart for kind in KINDS)
    return {READING: Choice((ALL_POLLS, *readings))} if readings else {}


def options(view: View) -> tuple[str, ...]:
    parameter = None if view.moves else view.parameters.get(READING)  # it was made of the data's own blocs
    return parameter.options if isinstance(parameter, Choice) else ()


def read(view: View) -> View:
    """The view with the projection of the reading that its address asks for."""
    reading = view.reading_asked
    if reading == ALL_POLLS or view.reading is not None:
        return view
    kind, _, firm = reading.partition(BETWEEN)
    apart = next(item for item in pollsters_of(view.edition).apart if item.pollster == firm)
    other = apart.without if kind == "without" else apart.if_right
    return replace(view, reading=_projection(view.projection, other, is_nowcast=view.is_nowcast))


def _projection(published: Projection, other: Alternative, *, is_nowcast: bool) -> Projection:
    """The published projection with the seats, chances and blocs of an alternative, which has no printed allocation."""
    seats = {item.id: item for item in other.lists}
    lists = [_list(item, seats, is_nowcast=is_nowcast) for item in published.lists]
    return published.model_copy(update={"lists": lists, "blocs": other.blocs, "allocation": {}})


def _list(item: ListProjection, seats: Mapping[str, ListSeats], *, is_nowcast: bool) -> ListProjection:
    seats_of = seats.get(item.id)
    if seats_of is None:
        return item
    changed = {"nowcast": seats_of.seats} if is_nowcast else {"seats": seats_of.seats}
    return item.model_copy(update={**changed, "p_pass": seats_of.p_pass})
