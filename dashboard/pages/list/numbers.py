"""The values of one list's page: its seats over the draws, its last polls, the firms' gaps, the scenarios it was in."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

import numpy as np

from dashboard.blocks import Name, Values
from dashboard.names import firm_short, leader_names, outlet_name
from dashboard.pages.tonight.numbers import SeatInterval, interval_of
from dashboard.seats import by_day, outlook, printed_number, seats_of, value_of
from dashboard.view import View
from pipelines.editions.schema import ListProjection, PollRow, PollValue

POLLS_SHOWN = 10
SEEN = 0.0005  # a number of seats rarer than this at either end is not drawn


class ListValues(Values):
    """One list as a whole: printed seats, interval, poll average in per cent, chance to pass (0–1), what it had."""

    kind: Literal["list"] = "list"
    name: Name
    leaders: tuple[Name, ...]
    seats: float
    interval_seats: SeatInterval
    trend_pct: float
    outgoing_seats: int | None
    p_pass: float
    p_largest: float
    won_seats: int | None


class DistributionValues(Values):
    """In what part of the simulations (0–1) a list has exactly, at least and at most so many seats."""

    kind: Literal["distribution"] = "distribution"
    name: Name
    printed_seats: float
    seats: tuple[int, ...]
    exactly: tuple[float, ...]
    at_least: tuple[float, ...]
    at_most: tuple[float, ...]


class PollReading(Values):
    """What one poll printed for the list, in seats or per cent, and the change since the same firm's one before."""

    poll: str
    firm: Name | None
    outlet: Name | None
    end_date: date
    sample_size: int | None
    unit: Literal["seats", "pct"]
    value: float | None
    below_threshold: bool
    change: float | None


class ReadingsValues(Values):
    """Polls that asked for the list, newest first."""

    kind: Literal["readings"] = "readings"
    polls: tuple[PollReading, ...]


def item_of(view: View) -> ListProjection:
    """The list of the address."""
    chosen = view.choice("list")
    return next(item for item in view.projection.lists if item.id == chosen)


def list_values(view: View, item: ListProjection, name: Name) -> ListValues:
    result = view.projection.result
    return ListValues(
        name=name,
        leaders=leader_names(view, item.id),
        seats=seats_of(view.projection, [item.id]),
        interval_seats=interval_of(outlook(item)),
        trend_pct=item.trend_share_pct,
        outgoing_seats=item.seats_now,
        p_pass=item.p_pass,
        p_largest=item.p_largest,
        won_seats=None if result is None else result.get(item.id, 0),
    )


def distribution(view: View, item: ListProjection, name: Name) -> DistributionValues:
    """Counts over the published draws, from the first to the last number of seats that is seen at all."""
    row = view.edition.seat_draws.row(item.id)
    counts = np.bincount(row.astype(np.int64)) / len(row)
    seen = np.flatnonzero(counts >= SEEN)
    numbers = range(int(seen[0]), int(seen[-1]) + 1)
    return DistributionValues(
        name=name,
        printed_seats=seats_of(view.projection, [item.id]),
        seats=tuple(numbers),
        exactly=tuple(float(counts[at]) for at in numbers),
        at_least=tuple(float(counts[at:].sum()) for at in numbers),
        at_most=tuple(float(counts[: at + 1].sum()) for at in numbers),
    )


def polls_of(view: View, list_id: str, kind: str) -> list[PollRow]:
    """The polls of a kind that asked for the list, newest first."""
    polls = [poll for poll in view.edition.polls.polls if poll.kind == kind and _is_asked(value_of(poll, list_id))]
    return sorted(polls, key=by_day, reverse=True)


def _is_asked(value: PollValue | None) -> bool:
    return value is not None and value.status != "not_asked"


def readings_of(view: View, list_id: str, polls: Sequence[PollRow], most: int = POLLS_SHOWN) -> ReadingsValues:
    """What the newest polls printed for a list; scenarios ask other questions each time, and are compared with none."""
    rows = []
    for at, poll in enumerate(polls[:most]):
        series = (poll.pollster, poll.unit) if poll.pollster and poll.kind == "poll" else None
        before = next((one for one in polls[at + 1 :] if (one.pollster, one.unit) == series), None)
        value, old = printed_number(poll, list_id), printed_number(before, list_id)
        rows.append(
            PollReading(
                poll=poll.poll,
                firm=firm_short(view, poll.pollster) if poll.pollster else None,
                outlet=outlet_name(view, poll.publisher) if poll.publisher else None,
                end_date=poll.fieldwork_end,
                sample_size=poll.sample_size,
                unit="pct" if poll.unit == "share" else "seats",
                value=value,
                below_threshold=getattr(value_of(poll, list_id), "status", "") == "below_threshold",
                change=None if value is None or old is None else round(value - old, 2),
            )
        )
    return ReadingsValues(polls=tuple(rows))
