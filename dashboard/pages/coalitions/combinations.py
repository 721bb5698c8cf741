"""A few combinations of lists that reach a majority: arithmetic, each with its link into the builder."""

from dashboard.blocks import Anchor, Chance, Join, Lines, Words, href, words
from dashboard.names import list_name
from dashboard.pages.coalitions.numbers import Coalition
from dashboard.sentences import seats_number
from dashboard.view import View
from pipelines.editions.schema import Combination


def chosen(view: View, most: int) -> list[Combination]:
    """The fewest lists first, then by the share of simulations that reach it."""
    return sorted(view.edition.coalitions.combinations, key=lambda item: (len(item.lists), -item.p_majority))[:most]


def _against(view: View, item: Combination) -> tuple[Words, ...]:
    """How many stated positions it goes against; nothing where none are on record at all."""
    if not view.edition.coalitions.statements:
        return ()
    return (words("coalitions.against", n=len(Coalition(view.edition, tuple(item.lists), (), ()).conflicts)),)


def combinations(view: View, most: int) -> Lines:
    """A line a combination; what each goes against beside it."""
    found = []
    for item in chosen(view, most):
        seats = words("count.seats", n=seats_number(view.edition.projection, item.lists))
        figures = Join((seats, Chance(item.p_majority), *_against(view, item)), " · ")
        members = Join(tuple(list_name(view, name) for name in item.lists), " ")
        opened = Anchor(words("coalitions.open"), href("/coalitions", gov=",".join(item.lists)))
        found.append(((members,), (figures, " ", opened)))
    return Lines(tuple(found), "combinations", is_ordered=True)
