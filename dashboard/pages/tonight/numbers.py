"""The values of the first page: seats list by list, blocs against the majority, the latest polls."""

from collections.abc import Sequence
from datetime import date, timedelta
from math import sqrt
from statistics import NormalDist, fmean
from typing import Literal

from dashboard import compared
from dashboard.blocks import Name, Values
from dashboard.names import group_name, leader_names, list_name, word
from dashboard.seats import Group, by_day, is_in_doubt, outlook, printed_number, seat_digits, seats_if_in, seats_of
from dashboard.view import View
from electoral.polls import Unit
from electoral.projection import SeatSummary
from pipelines.editions.records import Changes
from pipelines.editions.schema import ListProjection, PollRow, Summary

POLLS_SHOWN = 3
SMALLEST_MOVE = 0.1  # seats
MOVERS_SHOWN, MOVED_SHOWN = 5, 8
QUARTER = timedelta(days=91)
CERTAIN = NormalDist().inv_cdf(0.975)  # standard errors beyond which a change is statistically certain, two-sided

Pair = tuple[PollRow, PollRow | None]


class Headline(Values):
    """Who leads and how far the strongest bloc is from a majority."""

    kind: Literal["standing"] = "standing"
    reading: str
    majority_seats: int
    lists: dict[str, float]
    polls_used: int
    pollsters: int


class SeatInterval(Values):
    """The seats between which 90 % and 50 % of the simulations lie."""

    q05: float
    q25: float
    q75: float
    q95: float


class SeatsRow(Values):
    """One list: who heads it, its seats and the simulations' intervals, what it had, its chance to pass, what it won.

    `digits` are the decimals of `seats`: none, or one where they are another reading's expected seats. `trend_pct`:
    the polls, smoothed, in per cent of the vote. `week_seats`: as printed a week ago. `p_pass` is 0–1; `passing_seats`
    are the seats of a list in doubt where it passes.
    """

    name: Name
    leaders: tuple[Name, ...]
    seats: float
    digits: int
    interval_seats: SeatInterval
    trend_pct: float
    outgoing_seats: int | None
    week_seats: int | None
    p_pass: float
    passing_seats: SeatInterval | None = None
    won_seats: int | None


class SeatsValues(Values):
    """Seats, list by list; the first `passing` likely pass the threshold, the others likely do not.

    `house` is what the house is called; with `intervals_first` a list's interval stands before its seats, with
    `share_first` its per cent before both.
    """

    kind: Literal["seats"] = "seats"
    passing: int
    house: Name
    the_house: Name
    intervals_first: bool
    share_first: bool
    lists: tuple[SeatsRow, ...]


class Refusal(Values):
    """A list that ruled another one of the same combination out: which, since when, and where it is said."""

    list: Name
    ruled_out: tuple[Name, ...]
    day: date
    is_month: bool
    url: str | None


class BlocRow(Values):
    """One bloc or coalition of interest: the sum of its lists' seats, the joint intervals, the chance of a majority.

    `digits` are the decimals of `seats`, as of a list's; `refusals` are stated positions that speak against it.
    """

    name: Name
    lists: tuple[str, ...]
    seats: float
    digits: int
    interval_seats: SeatInterval
    p_majority: float
    refusals: tuple[Refusal, ...] = ()


class BlocsValues(Values):
    """Blocs, or coalitions of interest, against the majority.

    `blocs` that hold every list once add up to the house with `rest_seats`; coalitions overlap, and have none.
    `combined`: what several blocs have together.
    """

    kind: Literal["blocs"] = "blocs"
    house_seats: int
    majority_seats: int
    blocs: tuple[BlocRow, ...]
    rest_seats: float | None = None
    combined: tuple[BlocRow, ...] = ()


class NearValues(Values):
    """Lists in doubt at the threshold, with their chance to pass (0–1)."""

    kind: Literal["near"] = "near"
    threshold_pct: float
    p_pass: dict[str, float]


class MoveRow(Values):
    """How one list moved: printed seats before and after, the poll average's move in seats and its causes.

    `usual_seats`: how far its number usually moves from a firm's poll to the same firm's next.
    """

    name: Name
    before_seats: int | None
    after_seats: int | None
    average_seats: float | None
    causes_seats: dict[str, float]
    usual_seats: float | None


class MoveValues(Values):
    """What moved from one edition to another, list by list; `is_replayed`: the earlier one was made later.

    `moves_seats`: how far lines moved in the edition's own last week, where there is no edition of a week ago.
    """

    kind: Literal["moves"] = "moves"
    from_edition: str | None
    from_date: date | None
    to_date: date
    is_replayed: bool
    lists: tuple[MoveRow, ...]
    moves_seats: dict[str, float]


class ResultValues(Values):
    """How many lists' results lay inside their 90 % interval."""

    kind: Literal["result"] = "result"
    inside: int
    lists: int
    won_seats: dict[str, int]


class LatestValues(Values):
    """The newest polls, newest first, and the same firms' previous ones by their ids.

    `certain`: by poll and list whether the change is statistically certain; of polls in per cent only, where the
    electorate's unit is a share.
    """

    kind: Literal["latest"] = "latest"
    polls: tuple[PollRow, ...]
    previous: dict[str, str]
    certain: dict[str, dict[str, bool]]


def seats_values(view: View) -> SeatsValues:
    """The seats chart of the projection on show."""
    result, week = view.projection.result, weeks_seats(view)
    rows = tuple(
        SeatsRow(
            name=list_name(view, item.id),
            leaders=leader_names(view, item.id),
            seats=seats_of(view.projection, [item.id]),
            digits=seat_digits(view.projection),
            interval_seats=interval_of(outlook(item)),
            trend_pct=item.trend_share_pct,
            outgoing_seats=item.seats_now,
            week_seats=week.get(item.id),
            p_pass=item.p_pass,
            passing_seats=_passing_seats(view, item),
            won_seats=None if result is None else result.get(item.id, 0),
        )
        for item in view.order.all
    )
    return SeatsValues(
        passing=len(view.order.passing),
        house=word(view, "house"),
        the_house=word(view, "the_house"),
        intervals_first=view.electorate.intervals_first,
        share_first=view.is_share_first,
        lists=rows,
    )


def _passing_seats(view: View, item: ListProjection) -> SeatInterval | None:
    """The seats of a list in doubt over the simulations in which it passes; another reading has none of its own."""
    if view.reading is not None or not is_in_doubt(item.p_pass):
        return None
    return interval_of(seats_if_in(view.edition, item.id))


def weeks_seats(view: View) -> dict[str, int]:
    """The seats printed a week ago, list by list; empty without such an edition and in another reading."""
    week = compared.since_last_week(view.edition) if view.reading is None else None
    rows = week.lists if week else []
    return {row.id: row.seats_before for row in rows if row.seats_before is not None}


def interval_of(seats: Summary | SeatSummary) -> SeatInterval:
    return SeatInterval(q05=seats.q05, q25=seats.q25, q75=seats.q75, q95=seats.q95)


def group_row(view: View, group: Group) -> BlocRow:
    """One bloc or coalition of interest, as every block says it."""
    return BlocRow(
        name=group_name(view, group),
        lists=tuple(group.lists),
        seats=seats_of(view.projection, group.lists),
        digits=seat_digits(view.projection),
        interval_seats=interval_of(group.seats),
        p_majority=group.p_majority,
        refusals=refusals(view, group.lists),
    )


def refusals(view: View, members: Sequence[str]) -> tuple[Refusal, ...]:
    """The stated positions of lists against others of the same set, the newest of each list."""
    newest: dict[str, Refusal] = {}
    for statement in sorted(view.edition.coalitions.statements, key=lambda one: one.date):
        against = [name for name in statement.rules_out if name in members and name in view.lists]
        if statement.list in members and against:
            newest[statement.list] = Refusal(
                list=list_name(view, statement.list),
                ruled_out=tuple(list_name(view, name) for name in against),
                day=statement.date,
                is_month=statement.date_precision == "month",
                url=statement.url,
            )
    return tuple(newest[name] for name in members if name in newest)


def blocs_values(view: View) -> BlocsValues:
    """The blocs, which add up to the house with what is in none, and what they have together.

    Where no blocs are recorded, the coalitions of interest, each by itself: they may overlap.
    """
    projection = view.projection
    blocs = tuple(group_row(view, bloc) for bloc in projection.blocs)
    combined = tuple(group_row(view, item) for item in view.majorities)
    return BlocsValues(
        house_seats=projection.house_size,
        majority_seats=projection.majority,
        blocs=blocs or combined,
        rest_seats=seats_of(projection, view.outside) if blocs else None,
        combined=combined if blocs else (),
    )


def holds(item: ListProjection, seats: int) -> bool:
    """Whether the 90 % interval of a list holds its result."""
    return outlook(item).q05 <= seats <= outlook(item).q95


def latest(polls: Sequence[PollRow], most: int = POLLS_SHOWN) -> list[Pair]:
    """The newest ordinary polls, newest first, each with the one before it by the same firm and in the same unit."""
    ordinary = [poll for poll in polls if poll.kind == "poll"]
    ordinary.sort(key=by_day, reverse=True)
    pairs: list[Pair] = []
    for at, poll in enumerate(ordinary[:most]):
        series = (poll.pollster, poll.unit)
        earlier = (other for other in ordinary[at + 1 :] if poll.pollster and (other.pollster, other.unit) == series)
        pairs.append((poll, next(earlier, None)))
    return pairs


def change(pair: Pair, list_id: str) -> float | None:
    """The change in what was printed since the same firm's previous poll; None where one of them has none."""
    poll, previous = pair
    now, before = printed_number(poll, list_id), printed_number(previous, list_id)
    if now is None or before is None or (poll.unit != "share" and not now):
        return None
    return now - before


def certain_changes(view: View, pair: Pair) -> dict[str, bool]:
    """List by list whether a poll in per cent differs from the firm's previous one by more than chance.

    Empty where it is not the custom, and where a sample size is neither printed nor assumed.
    """
    poll, previous = pair
    if previous is None or {view.electorate.unit, poll.unit} != {Unit.SHARE}:
        return {}
    size, size_before = (one.sample_size or view.electorate.assumed_sample_size for one in (poll, previous))
    if not size or not size_before:
        return {}
    is_certain_by_list = {}
    for value in poll.values:
        pct, pct_before = printed_number(poll, value.list), printed_number(previous, value.list)
        if pct is not None and pct_before is not None:
            is_certain_by_list[value.list] = is_certain((pct, pct_before), (size, size_before))
    return is_certain_by_list


def is_certain(shares_pct: tuple[float, float], sample_sizes: tuple[int, int]) -> bool:
    """Whether two shares differ at the 5 % level: a two-sided test of two proportions, each with its own variance.

    Samples are taken as drawn at random, as firms' own margins of error are; rounding and weighting are left out.

    >>> is_certain((33.0, 30.0), (2000, 2000)), is_certain((33.0, 31.0), (2000, 2000))
    (True, False)
    """
    shares = [pct / 100 for pct in shares_pct]
    variance = sum(share * (1 - share) / size for share, size in zip(shares, sample_sizes, strict=True))
    return abs(shares[0] - shares[1]) > CERTAIN * sqrt(variance)


def moves(view: View, changes: Changes) -> tuple[MoveRow, ...]:
    """The lists whose printed seats or poll average moved, the largest move first."""
    rows = [
        MoveRow(
            name=list_name(view, item.id),
            before_seats=item.seats_before,
            after_seats=item.seats_after,
            average_seats=compared.move(item),
            causes_seats=item.parts or {},
            usual_seats=usual_move(view, item.id),
        )
        for item in changes.lists
    ]
    moved = [row for row in rows if _printed_move(row) or abs(row.average_seats or 0) >= SMALLEST_MOVE]
    moved.sort(key=lambda row: (-abs(_printed_move(row)), -abs(row.average_seats or 0), row.name.id))
    return tuple(moved[:MOVED_SHOWN])


def _printed_move(row: MoveRow) -> int:
    return 0 if row.before_seats is None or row.after_seats is None else row.after_seats - row.before_seats


def usual_move(view: View, list_id: str) -> float | None:
    """The mean move of a list from a firm's poll to the same firm's next, over the last quarter of a year, in seats."""
    polls = [
        poll for poll in view.edition.polls.polls if poll.kind == "poll" and poll.unit == "seats" and poll.pollster
    ]
    polls.sort(key=by_day)
    since = polls[-1].fieldwork_end - QUARTER if polls else date.min
    last: dict[str, PollRow] = {}
    moves = []
    for poll in polls:
        before = last.get(poll.pollster or "")
        moved = change((poll, before), list_id) if before and poll.fieldwork_end >= since else None
        moves += [abs(moved)] if moved is not None else []
        last[poll.pollster or ""] = poll
    return fmean(moves) if moves else None


def movers(view: View) -> list[tuple[str, float]]:
    """The lists whose lines moved most in the edition's last week, in seats, the largest first."""
    moved = [
        (line.id, line.seats[-1] - line.seats[-8])
        for line in view.edition.trend.lines
        if line.seats[-1] is not None and line.seats[-8] is not None
    ]
    moved.sort(key=lambda pair: (-abs(pair[1]), pair[0]))
    return [(name, move) for name, move in moved[:MOVERS_SHOWN] if abs(move) >= SMALLEST_MOVE]
