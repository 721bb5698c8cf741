"""The board is blocks of other pages, rendered by the same code, in the order a presenter goes through them."""

from dataclasses import replace
from pathlib import Path

from flask.testing import FlaskClient

from dashboard.blocks import Block
from dashboard.i18n import Translator
from dashboard.pages import PAGES
from dashboard.render import html
from dashboard.render.text import say
from dashboard.serve.documents import Documents
from pipelines.editions.store import Edition, EditionStore
from tests.dashboard.conftest import view_of
from tests.dashboard.pages.test_night import vote


def test_every_block_of_it_is_that_of_its_own_page(
    processed: Path, edition: Edition, documents: Documents, en: Translator
) -> None:
    EditionStore(processed).keep_vote(vote())
    views = {path: replace(view_of(edition, path), is_told=True) for path in ("/", "/night", "/board")}
    board = [part for part in PAGES["/board"].blocks(views["/board"]) if isinstance(part, Block)]
    assert [(part.page, part.id) for part in board] == [
        ("night", "headline"), ("tonight", "blocs"), ("tonight", "seats"), ("tonight", "outlets"), ("night", "count"),
        ("night", "next-seat"),
    ]  # fmt: skip
    ctx = documents.context(documents.key("/board", {}), views["/board"])
    own = {
        (part.page, part.id): part
        for path in ("/", "/night")
        for part in PAGES[path].blocks(views[path])
        if isinstance(part, Block)
    }
    for part in board[1:]:
        assert html.block(part, part.drawn(en), ctx) == html.block(own[part.page, part.id], part.drawn(en), ctx)
    assert say(PAGES["/board"].headline(views["/board"]), en).startswith("Counted so far, not a result")


def test_before_the_vote_it_begins_with_tonights_sentence_and_reads_without_a_script(client: FlaskClient) -> None:
    tonight, board = (client.get(f"{path}?lang=en").text for path in ("/", "/board"))
    sentence = tonight.partition('id="headline">')[2].partition("</h1>")[0]
    assert sentence
    assert board.count("<h1") == 1
    assert f'id="headline">{sentence}</h1>' in board
    assert board.index("block-headline") < board.index("block-blocs") < board.index("block-seats")
    assert "Nothing changes without a press" in board
    assert client.get("/board?lang=he").status_code == 200
    assert 'href="/board?' in tonight
