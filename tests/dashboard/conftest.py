"""Made-up editions, and the application over them without a server."""

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from dashboard.address import read_state
from dashboard.blocks import Block, FigureDict
from dashboard.i18n import Translator, translator
from dashboard.pages import PAGES
from dashboard.reader import Clock, Reader
from dashboard.render import card
from dashboard.serve import api
from dashboard.serve.app import create_app
from dashboard.serve.documents import Documents, as_asked
from dashboard.view import View
from pipelines.editions.store import Edition
from tests.dashboard import editions
from tests.remembered import remember

TODAY = date(2019, 9, 2)
Client = Callable[[Path], FlaskClient]


def view_of(edition: Edition, path: str = "/", lang: str = "en", today: date = TODAY, **state: str) -> View:
    """A page of an edition in some state."""
    parameters = PAGES[path].parameters(edition)
    elections, kept_state = (edition.reference.election,), read_state(state, parameters)
    return View(path, as_asked(edition, kept_state), None, lang, today, parameters, kept_state, elections)


def block_of(view: View, block_id: str) -> Block:
    """One block of a page."""
    return next(part for part in PAGES[view.path].blocks(view) if isinstance(part, Block) and part.id == block_id)


def figure_of(view: View, block_id: str, t: Translator) -> FigureDict:
    """The figure of a block in a language."""
    block = block_of(view, block_id)
    assert block.figure is not None
    return block.figure(block.values, t)


@pytest.fixture(scope="module")
def unpainted() -> Iterator[None]:
    """A PNG is the SVG it would be painted from: quick, and what it says can be read. Painting has tests of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(card, "png", lambda drawn, *_: drawn.encode())
        yield


@pytest.fixture(scope="session", autouse=True)
def _described_once() -> Iterator[None]:
    """The description of the API, which each application makes at its start, is the same for the same pages."""
    with pytest.MonkeyPatch.context() as patch:
        remember(patch, api, "description", lambda pages, *_: tuple(map(id, pages.values())))
        yield


@pytest.fixture(scope="session")
def _published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    processed = tmp_path_factory.mktemp("published") / "processed"
    editions.publish(processed)
    return processed


@pytest.fixture
def processed(_published: Path, tmp_path: Path) -> Path:
    """A folder with one made-up edition of one live campaign, which the test may change."""
    return Path(shutil.copytree(_published, tmp_path / "processed"))


@pytest.fixture
def edition(processed: Path) -> Edition:
    return Reader(processed).edition()


@pytest.fixture
def client_of() -> Client:
    """A client of the application over a folder of editions."""
    return lambda processed: create_app(Reader(processed), lambda: TODAY).server.test_client()


@pytest.fixture
def client(processed: Path, client_of: Client) -> FlaskClient:
    return client_of(processed)


@pytest.fixture
def documents(processed: Path) -> Documents:
    return Documents(Reader(processed), Clock(lambda: TODAY), PAGES)


@pytest.fixture
def en() -> Translator:
    return translator("en")


@pytest.fixture
def he() -> Translator:
    return translator("he")


@pytest.fixture
def view(edition: Edition) -> View:
    return View("/", edition, None, "en", TODAY, {}, (), (edition.reference.election,))
