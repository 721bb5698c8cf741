"""Sentences made from an edition's numbers, as words that every language says with the same ones."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from dashboard.blocks import Argument, Chance, Day, Join, Number, Span, Words, words
from dashboard.names import group_name, joined, list_name, the_projection, uncoloured
from dashboard.seats import Group, outlook, seat_digits, seats_of
from dashboard.view import View
from pipelines.editions.schema import ListProjection, Projection

Bloc = TypeVar("Bloc", bound=Group)

# What the page is about


def headline(view: View) -> Words:
    """The result beside what was said of it; else who stands where, and that it is past where the vote is over."""
    if view.projection.result is not None:
        return _result(view)
    sentence = _sides(view) or standing(view)
    return words("tonight.unrecorded", said=sentence) if view.lacks_result else sentence


def tense(view: View) -> str:
    """How sentences of an edition speak: of a vote to come, or of one that is over."""
    return "past" if view.is_over else "now"


def _sides(view: View) -> Words | None:
    """The sides with the seats they have, which add up to the house; the one with a majority first."""
    projection, groups = view.projection, view.sides
    if not groups:
        return None
    first = strongest(projection, groups)
    assert first is not None
    has_majority = seats_of(projection, first.lists) >= projection.majority
    others = [group for group in groups if group != first or not has_majority]
    parts = [
        words("tonight.part", name=uncoloured(group_name(view, group)), seats=seats_number(projection, group.lists))
        for group in others
        if seats_of(projection, group.lists)
    ]
    rest = seats_number(projection, view.outside)
    parts += [words("tonight.rest", seats=rest)] if rest.value else []
    return words(
        f"tonight.{tense(view)}_{'has' if has_majority else 'none'}",
        date=Day(projection.polls.until),
        majority=projection.majority,
        name=uncoloured(group_name(view, first)),
        seats=seats_number(projection, first.lists),
        chance=Chance(first.p_majority),
        parts=Join(tuple(parts), ", "),
    )


def _result(view: View) -> Words:
    """What was won, and what the projection had said: of the largest list and the strongest side."""
    projection, won = view.projection, view.projection.result or {}
    largest = max(projection.lists, key=lambda item: (won.get(item.id, 0), item.id))
    sides: list[tuple[Argument, Sequence[str]]] = [(list_name(view, largest.id), [largest.id])]
    if view.sides:
        first = max(view.sides, key=lambda group: sum(won.get(name, 0) for name in group.lists))
        sides.append((uncoloured(group_name(view, first)), first.lists))
    parts = [
        words("tonight.part", name=name, seats=Number(sum(won.get(one, 0) for one in lists))) for name, lists in sides
    ]
    return words(
        "tonight.result_last" if projection.kind == "final" else "tonight.result_on",
        won=Join(tuple(parts), ", "),
        said=joined([seats_number(projection, lists) for _, lists in sides]),
        the_projection=the_projection(view),
        date=Day(projection.as_of),
    )


LEADS = 0.8  # in so many simulations one list has more seats than another before it is said to lead


def standing(view: View) -> Words:
    """The list that leads and the next one, or those that are level; never more than the simulations say."""
    order = sorted(view.projection.lists, key=lambda item: -_measure(view, item).value)
    close, when = _close(view), tense(view)
    pair: dict[str, Argument] = {}
    for place, item in zip(("first", "second"), order, strict=False):
        pair |= {place: list_name(view, item.id), f"{place}_seats": _standing(view, item)}
    if len(order) == 1:
        return words("tonight.only", **pair)
    if view.reading is not None:
        return words("tonight.stands", **pair)
    if view.electorate.lead_seats and len(close) > 1:
        most_seats, least_seats = _seats(view, close[0]), _seats(view, close[-1])
        between = Number(most_seats.value - least_seats.value, most_seats.digits)
        return words("tonight.close", names=names_of(view, [item.id for item in close]), n=between)
    most = _measure(view, order[0])
    level = [order[0]]
    level += [item for item in order[1:] if _measure(view, item) == most or not leads(view, order[0].id, item.id)]
    if len(level) == 1:
        return words(f"tonight.{when}_leads", **pair)
    standings = [Join((list_name(view, item.id), _bracketed(_standing(view, item))), " ") for item in level]
    return words(f"tonight.{when}_level", names=joined(standings))


def leads(view: View, first: str, second: str) -> bool:
    """Whether a list has more seats than another in at least `LEADS` of the published simulations."""
    draws = view.edition.seat_draws
    return bool((draws.row(first) > draws.row(second)).mean() >= LEADS)


def _close(view: View) -> list[ListProjection]:
    """The lists so few seats behind the one with most that nobody is called the largest, where that is the custom."""
    order = sorted(view.projection.lists, key=lambda item: -_seats(view, item).value)
    least = _seats(view, order[0]).value - view.electorate.lead_seats
    return [item for item in order if _seats(view, item).value >= least] if view.electorate.lead_seats else []


def _seats(view: View, item: ListProjection) -> Number:
    return seats_number(view.projection, [item.id])


def seats_number(projection: Projection, lists: Iterable[str]) -> Number:
    """The printed seats of lists together, as a sentence says them."""
    return Number(seats_of(projection, lists), seat_digits(projection))


def trend_share(item: ListProjection) -> Number:
    """What the polls, smoothed, give a list, in per cent of the vote."""
    return Number(round(item.trend_share_pct, 1), 1, "percent")


def _measure(view: View, item: ListProjection) -> Number:
    """What lists are compared by: what stands first."""
    return trend_share(item) if view.is_share_first else _seats(view, item)


def _standing(view: View, item: ListProjection) -> Argument:
    """A list's seats, behind its interval or its per cent where that is the electorate's custom."""
    seats, spread = _seats(view, item), outlook(item)
    if view.electorate.intervals_first:
        standing: Argument = Join((Span(spread.q05, spread.q95), _bracketed(seats)), " ")
        return Join((trend_share(item), standing), ", ") if view.is_share_first else standing
    if view.is_share_first:
        return Join((trend_share(item), _bracketed(words("count.seats", n=seats))), " ")
    return seats


def _bracketed(argument: Argument) -> Join:
    return Join(("(", argument, ")"), "")


def strongest(projection: Projection, blocs: Sequence[Bloc]) -> Bloc | None:
    """The one with the most seats; of equals the one named first."""
    return max(blocs, key=lambda bloc: (seats_of(projection, bloc.lists), bloc.seats.mean), default=None)


def names_of(view: View, lists: Sequence[str]) -> Join:
    """Lists in a row, as a sentence names them."""
    return joined([list_name(view, item) for item in lists])


def threshold_pct(view: View) -> Number:
    """The threshold with as many decimals as it has."""
    threshold = view.projection.threshold_pct
    return Number(threshold, 2 if threshold % 1 else 0, "percent")
