"""Combinations of lists that reach a majority: arithmetic, each with its link into the builder, contested ones last."""

from dashboard.blocks import Anchor, Chance, Join, Lines, Words, href, words
from dashboard.names import list_name
from dashboard.pages.coalitions.numbers import Coalition
from dashboard.sentences import names_of, seats_number
from dashboard.view import View
from pipelines.editions.schema import Combination


def chosen(view: View, most: int) -> list[Combination]:
    """Without a conflict first, then the fewest lists, then by the share of simulations that reach it."""
    return sorted(
        view.edition.coalitions.combinations,
        key=lambda item: (bool(_built(view, item).conflicts), len(item.lists), -item.p_majority),
    )[:most]


def _built(view: View, item: Combination) -> Coalition:
    return Coalition(view.edition, tuple(item.lists), (), ())


def stance(view: View, coalition: Coalition) -> tuple[Words, ...]:
    """How many stated positions it conflicts with, or how many of its lists nobody looked up.

    Nothing where no position at all is on record.
    """
    if not view.edition.coalitions.statements:
        return ()
    conflicts, unresearched = coalition.conflicts, coalition.unresearched
    if conflicts or not unresearched:
        return (words("coalitions.against", n=len(conflicts)),)
    return (words("coalitions.not_researched", n=len(unresearched)),)


def combinations(view: View, most: int) -> Lines:
    """A line a combination; what each conflicts with beside it."""
    found = []
    for item in chosen(view, most):
        seats = words("count.seats", n=seats_number(view.edition.projection, item.lists))
        figures = Join((seats, Chance(item.p_majority), *stance(view, _built(view, item))), " · ")
        members = Join(tuple(list_name(view, name) for name in item.lists), " ")
        said = Join((words("coalitions.open"), names_of(view, item.lists)), ": ")
        opened = Anchor(words("coalitions.open"), href("/coalitions", gov=",".join(item.lists)), aria=said)
        found.append(((members,), (figures, " ", opened)))
    return Lines(tuple(found), "combinations", is_ordered=True)
