"""Board: blocks of other pages for a camera, each as large as the screen, by the keyboard; nothing moves by itself."""

from collections.abc import Iterator
from dataclasses import replace

from dashboard.blocks import Block, Join, Parts, Words, words
from dashboard.pages.night.numbers import public_vote
from dashboard.pages.shared import quiet
from dashboard.view import Page, View

OF_POLLS = ("blocs", "majorities", "seats", "outlets")  # of Tonight, in the order of the board
OF_VOTE = ("exit-polls", "count", "next-seat")  # of Night


def board(tonight: Page, night: Page) -> Page:
    """The page of blocks of these two."""

    def first(view: View) -> Page:
        """Whose sentence the board begins with: the night's once anything of the vote is told."""
        return night if public_vote(view) else tonight

    def headline(view: View) -> Words | Join:
        return first(view).headline(_seen(view, first(view)))

    def blocks(view: View) -> Parts:
        begins, *others = (
            *_of(view, first(view), ("headline",)),
            *_of(view, tonight, OF_POLLS),
            *_of(view, night, OF_VOTE),
        )
        return (replace(begins, notes=(*begins.notes, quiet(words("board.keys")))), *others)

    return Page("/board", "board", headline, blocks, types=(), is_in_navigation=False)


def _of(view: View, page: Page, names: tuple[str, ...]) -> Iterator[Block]:
    """Blocks of another page, in an order of ours; those that have nothing to say yet are not there."""
    by_id = {part.id: part for part in page.blocks(_seen(view, page)) if isinstance(part, Block)}
    return (by_id[name] for name in names if name in by_id)


def _seen(view: View, page: Page) -> View:
    return replace(view, parameters={**page.parameters(view.edition), **view.parameters})
