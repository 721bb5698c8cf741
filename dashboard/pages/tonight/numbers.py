"""The values of the first page: seats list by list, blocs against the majority, the latest polls."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from dashboard import sentences
from dashboard.blocks import Name, Values
from dashboard.names import bloc_name, coalition_name, list_name, word
from dashboard.pages.polls.numbers import printed_pct, value_of
from dashboard.view import View, outlook
from pipelines.editions.schema import BlocProjection, ListProjection, Majority, PollRow, PollValue, Summary

POLLS_SHOWN = 5
SMALLEST_MOVE = 0.1  # seats
MOVERS_SHOWN = 5

Pair = tuple[PollRow, PollRow | None]


class Headline(Values):
    """Who leads and how far the strongest bloc is from a majority."""

    kind: Literal["standing"] = "standing"
    reading: str
    majority_seats: int
    lists: dict[str, float]
    polls_used: int
    pollsters: int


class SeatsRow(Values):
    """One list: seats over the simulations, the outgoing house, the chance to pass (0–1), and what it won."""

    name: Name
    seats: Summary
    outgoing_seats: int | None
    p_pass: float
    won_seats: int | None


class SeatsValues(Values):
    """Seats, list by list; the first `passing` likely pass the threshold, the others likely do not.

    `house` is what the house is called; with `intervals_first` a list's interval stands before its median.
    """

    kind: Literal["seats"] = "seats"
    passing: int
    house: Name
    the_house: Name
    intervals_first: bool
    lists: tuple[SeatsRow, ...]


class BlocRow(Values):
    """One bloc or coalition of interest: lists, seats over the joint simulations, chance of a majority (0–1)."""

    name: Name
    lists: tuple[str, ...]
    seats: Summary
    p_majority: float


class BlocsValues(Values):
    """Blocs, or coalitions of interest, against the majority."""

    kind: Literal["blocs"] = "blocs"
    house_seats: int
    majority_seats: int
    blocs: tuple[BlocRow, ...]


class NearValues(Values):
    """Lists in doubt at the threshold, with their chance to pass (0–1)."""

    kind: Literal["near"] = "near"
    threshold_pct: float
    p_pass: dict[str, float]


class MoveValues(Values):
    """How far smoothed lines moved from one day to another, in seats."""

    kind: Literal["moves"] = "moves"
    from_edition: str | None
    from_date: date | None
    to_date: date
    moves_seats: dict[str, float]


class ResultValues(Values):
    """How many lists' results lay inside their 90 % interval."""

    kind: Literal["result"] = "result"
    inside: int
    lists: int
    won_seats: dict[str, int]


class LatestValues(Values):
    """The newest polls, newest first, and the same firms' previous ones by their ids."""

    kind: Literal["latest"] = "latest"
    polls: tuple[PollRow, ...]
    previous: dict[str, str]


def seats_values(view: View) -> SeatsValues:
    """The seats chart of the projection on show."""
    result = view.projection.result
    rows = tuple(
        SeatsRow(
            name=list_name(view, item.id),
            seats=outlook(item),
            outgoing_seats=item.seats_now,
            p_pass=item.p_pass,
            won_seats=None if result is None else result.get(item.id, 0),
        )
        for item in view.order.all
    )
    return SeatsValues(
        passing=len(view.order.passing),
        house=word(view, "house"),
        the_house=word(view, "the_house"),
        intervals_first=view.electorate.intervals_first,
        lists=rows,
    )


def bloc_rows(view: View) -> tuple[BlocRow, ...]:
    return tuple(_bloc_row(bloc, bloc_name(view, bloc)) for bloc in view.projection.blocs)


def majority_rows(view: View) -> tuple[BlocRow, ...]:
    return tuple(_bloc_row(item, coalition_name(item)) for item in sentences.majorities(view))


def _bloc_row(item: BlocProjection | Majority, name: Name) -> BlocRow:
    return BlocRow(name=name, lists=tuple(item.lists), seats=item.seats, p_majority=item.p_majority)


def blocs_values(view: View, blocs: tuple[BlocRow, ...]) -> BlocsValues:
    projection = view.projection
    return BlocsValues(house_seats=projection.house_size, majority_seats=projection.majority, blocs=blocs)


def holds(item: ListProjection, seats: int) -> bool:
    """Whether the 90 % interval of a list holds its result."""
    return outlook(item).q05 <= seats <= outlook(item).q95


def latest(polls: Sequence[PollRow], shown: int = POLLS_SHOWN) -> list[Pair]:
    """The newest ordinary polls, newest first, each with the one before it by the same firm and in the same unit."""
    ordinary = [poll for poll in polls if poll.kind == "poll"]
    ordinary.sort(key=lambda poll: (poll.fieldwork_end, poll.known_from, poll.poll), reverse=True)
    pairs: list[Pair] = []
    for at, poll in enumerate(ordinary[:shown]):
        series = (poll.pollster, poll.unit)
        earlier = (other for other in ordinary[at + 1 :] if poll.pollster and (other.pollster, other.unit) == series)
        pairs.append((poll, next(earlier, None)))
    return pairs


def change(pair: Pair, list_id: str) -> float | None:
    """The change in what was printed since the same firm's previous poll; None where one of them has none."""
    poll, previous = pair
    value, before = value_of(poll, list_id), value_of(previous, list_id) if previous else None
    if poll.unit == "share":
        return _change_pct(value, before)
    if (
        value is None
        or value.status != "seats"
        or value.seats is None
        or before is None
        or before.status == "not_asked"
    ):
        return None
    return value.seats - (before.seats or 0)


def _change_pct(value: PollValue | None, before: PollValue | None) -> float | None:
    pct, pct_before = (printed_pct(one) if one else None for one in (value, before))
    return None if pct is None or pct_before is None else pct - pct_before


def movers(view: View) -> list[tuple[str, float]]:
    """The lists whose lines moved most in the edition's last week, in seats, the largest first."""
    moved = [
        (line.id, line.seats[-1] - line.seats[-8])
        for line in view.edition.trend.lines
        if line.seats[-1] is not None and line.seats[-8] is not None
    ]
    moved.sort(key=lambda pair: (-abs(pair[1]), pair[0]))
    return [(name, move) for name, move in moved[:MOVERS_SHOWN] if abs(move) >= SMALLEST_MOVE]
