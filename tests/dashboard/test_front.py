"""What the front repeats is what the application would say, and only what it may repeat."""

import threading
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from dashboard.app import create, create_app
from dashboard.documents import Key
from dashboard.front import Front
from dashboard.payload import Payload
from dashboard.reader import Reader
from pipelines.editions.records import Pointer
from pipelines.editions.store import EditionStore
from tests.dashboard import editions

TODAY = date(2019, 9, 2)
PACKED = {"Accept-Encoding": "gzip, br"}


@pytest.fixture
def front(processed: Path) -> tuple[Front, FlaskClient]:
    server = create_app(Reader(processed), lambda: TODAY).server
    assert isinstance(server.wsgi_app, Front)
    return server.wsgi_app, server.test_client()


@pytest.mark.parametrize("path", ["/", "/trends?election=test-1&lang=he", "/view/polls?lang=en", "/_dash-layout"])
@pytest.mark.parametrize("encoding", ["", "gzip", "gzip, deflate, br"])
def test_the_second_answer_is_the_first(front: tuple[Front, FlaskClient], path: str, encoding: str) -> None:
    kept, client = front
    first = client.get(path, headers={"Accept-Encoding": encoding})
    assert len(kept._kept) == 1
    second = client.get(path, headers={"Accept-Encoding": encoding})
    assert (second.status_code, second.data, list(second.headers)) == (200, first.data, list(first.headers))
    again = client.get(path, headers={"Accept-Encoding": encoding, "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert "Content-Security-Policy" in again.headers
    other = client.get(path, headers={"Accept-Encoding": encoding, "If-None-Match": '"other"'})
    assert (other.status_code, other.data) == (200, first.data)


@pytest.mark.parametrize(
    "path",
    ["/nowhere", "/?utm=1", "/?lang=en&lang=en", "/trends?unit=seats", "/trends?unit=votes", "/healthz", "/?lang=%65n"],
)
def test_an_address_of_somebodys_making_is_not_kept(front: tuple[Front, FlaskClient], path: str) -> None:
    kept, client = front
    client.get(path)
    assert len(kept._kept) == 0


def test_a_new_edition_is_on_show_at_once(front: tuple[Front, FlaskClient], processed: Path) -> None:
    _, client = front
    assert client.get("/").data == client.get("/").data
    fresh = editions.publish(processed, as_of=date(2019, 9, 2))
    assert fresh.id.encode() in client.get("/", headers={"Accept-Encoding": "identity"}).data


def test_the_last_page_is_read_while_the_next_is_made_and_is_not_kept_for_it(
    processed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, answers = create(Reader(processed), lambda: TODAY)
    begun, over = threading.Event(), threading.Event()
    plain = {"Accept-Encoding": "identity"}
    before = app.server.test_client().get("/", headers=plain).data
    fresh = editions.publish(processed, as_of=date(2019, 9, 2))
    make = answers.make_page

    def slowly(key: Key) -> Payload:
        begun.set()
        assert over.wait(10)
        return make(key)

    monkeypatch.setattr(answers, "make_page", slowly)
    first: list[bytes] = []
    maker = threading.Thread(target=lambda: first.append(app.server.test_client().get("/", headers=plain).data))
    maker.start()
    assert begun.wait(10)
    assert app.server.test_client().get("/", headers=plain).data == before
    over.set()
    maker.join()
    assert fresh.id.encode() in first[0]
    assert app.server.test_client().get("/", headers=plain).data == first[0]


def test_a_damaged_pointer_leaves_the_last_good_edition_on_show(
    front: tuple[Front, FlaskClient], processed: Path
) -> None:
    _, client = front
    good = editions.publish(processed, as_of=date(2019, 9, 2))
    client.get("/")
    (processed / "current/test-1").write_text("{")
    answer = client.get("/", headers={"Accept-Encoding": "identity"})
    assert answer.status_code == 200
    assert good.id.encode() in answer.data


@pytest.fixture
def half_lost(processed: Path) -> FlaskClient:
    """A client over two campaigns, of which one is named as current and has no edition any more."""
    lost = Pointer(edition="2013-01-21-000000000000", published=[])
    EditionStore(processed).pointers.write("lost-1", lost)
    return create_app(Reader(processed), lambda: TODAY).server.test_client()


@pytest.mark.xfail(strict=True, reason="A1: one campaign that cannot be read takes every route down")
@pytest.mark.parametrize("path", ["/", "/trends", "/readyz", "/healthz", "/assets/boot.js"])
def test_a1_a_campaign_that_is_lost_leaves_every_route_of_the_others(half_lost: FlaskClient, path: str) -> None:
    with half_lost.get(path) as answer:
        assert answer.status_code == 200


@pytest.mark.xfail(strict=True, reason="A9: what the disk refuses reaches no error page")
def test_a9_a_folder_that_the_disk_refuses_is_answered_in_words(tmp_path: Path) -> None:
    """An unmounted or failing disk says ENOTDIR, EIO or ESTALE; a file where the folder should be says the first."""
    (tmp_path / "processed").write_text("no folder")
    client = create_app(Reader(tmp_path / "processed"), lambda: TODAY).server.test_client()
    assert client.get("/healthz").status_code == 200
    assert client.get("/").status_code in (200, 503)
