"""Board: blocks of other pages for a camera, each as large as the screen, by the keyboard; nothing moves by itself."""

from collections.abc import Iterator
from dataclasses import replace

from dashboard.blocks import Block, Join, Parts, Words, words
from dashboard.pages.night import numbers
from dashboard.pages.night.page import PAGE as NIGHT
from dashboard.pages.shared import quiet
from dashboard.pages.tonight.page import PAGE as TONIGHT
from dashboard.view import Page, View

NAME = "board"
OF_POLLS = ("blocs", "majorities", "seats", "outlets")  # of Tonight, in the order of the board
OF_VOTE = ("exit-polls", "count", "next-seat")  # of Night


def _first(view: View) -> Page:
    """Whose sentence the board begins with: the night's once anything of the vote is told."""
    return NIGHT if numbers.vote_told(view) else TONIGHT


def headline(view: View) -> Words | Join:
    return _first(view).headline(_seen(view, _first(view)))


def blocks(view: View) -> Parts:
    first, *others = (
        *_of(view, _first(view), ("headline",)),
        *_of(view, TONIGHT, OF_POLLS),
        *_of(view, NIGHT, OF_VOTE),
    )
    return (replace(first, notes=(*first.notes, quiet(words("board.keys")))), *others)


def _of(view: View, page: Page, names: tuple[str, ...]) -> Iterator[Block]:
    """Blocks of another page, in an order of ours; those that have nothing to say yet are not there."""
    found = {part.id: part for part in page.blocks(_seen(view, page)) if isinstance(part, Block)}
    return (found[name] for name in names if name in found)


def _seen(view: View, page: Page) -> View:
    return replace(view, parameters={**page.parameters(view.edition), **view.parameters})


PAGE = Page("/board", NAME, headline, blocks, types=(), is_in_navigation=False)
