"""What every page says of a campaign without a poll: by when the vote is, who sits now, and who is followed."""

from collections.abc import Callable
from dataclasses import replace

from dashboard.address import Parameter, UnknownAddress
from dashboard.blocks import Block, BlockType, Day, Join, Line, Lines, Note, Number, Parts, Table, Values, Words, words
from dashboard.names import full, list_name, word
from dashboard.pages.shared import Blocks, quiet
from dashboard.view import Page, View
from pipelines.editions.store import Edition


class WaitingValues(Values):
    """By when the vote is, the lists that are followed, and the seats of the outgoing house where they are recorded."""

    kind: str = "waiting"
    election_date: str
    is_date_open: bool
    lists: tuple[str, ...]
    outgoing_seats: dict[str, int]


def or_waiting(page: Page) -> Page:
    """The page, which says that it waits where its edition has no poll."""

    def parameters(edition: Edition) -> dict[str, Parameter]:
        return {} if edition.projection.kind == "waiting" else page.parameters(edition)

    def title(view: View) -> Words | Join:
        return HEADLINE if view.is_waiting else page.headline(view)

    def build(view: View) -> Parts:
        return (_block(view, page.name),) if view.is_waiting else page.blocks(view)

    def file(table: Callable[[View], Table]) -> Callable[[View], Table]:
        def of(view: View) -> Table:
            if view.is_waiting:
                raise UnknownAddress("no file of a campaign without polls")
            return table(view)

        return of

    files = {name: file(table) for name, table in page.files.items()}
    return replace(page, parameters=parameters, headline=title, build=build, files=files, types=(*page.types, WAITING))


HEADLINE = words("waiting.headline")
WAITING = BlockType("waiting", WaitingValues, "headline")


def _block(view: View, page: str) -> Block:
    election = view.edition.reference.election
    lists = tuple(item for item in view.edition.reference.lists if item.stands)
    values = WaitingValues(
        election_date=election.election_date.isoformat(),
        is_date_open=election.is_date_open,
        lists=tuple(item.id for item in lists),
        outgoing_seats=election.outgoing_seats,
    )
    key = "waiting.by" if election.is_date_open else "waiting.on"
    seats: list[tuple[Line, ...]] = [
        ((list_name(view, name), " ", Number(number)),) for name, number in election.outgoing_seats.items()
    ]
    house: tuple[Note, ...] = (Lines(tuple(seats)),) if seats else (quiet(words("waiting.no_house")),)
    followed = Lines(tuple(((full(item),),) for item in lists))
    return Blocks(page, WAITING).make(
        view,
        "waiting",
        values,
        finding=HEADLINE,
        lead=(quiet(words(key, date=Day(election.election_date))), quiet(words("waiting.next"))),
        notes=(
            quiet(words("waiting.house", house=word(view, "house"), the_house=word(view, "the_house"))),
            *house,
            quiet(words("waiting.lists")),
            followed,
        ),
    )
