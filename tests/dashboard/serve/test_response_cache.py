"""What the response cache repeats is what the application would say, and only what it may repeat."""

import errno
import gzip
import hashlib
import json
import shutil
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from dashboard.address import Key
from dashboard.reader import Reader
from dashboard.serve.app import create, create_app
from dashboard.serve.cache import Payload
from dashboard.serve.response_cache import ResponseCache
from pipelines.editions.objects import Folder
from pipelines.editions.records import Pointer
from pipelines.editions.store import EditionStore
from pipelines.errors import EditionDamaged
from tests.dashboard import editions

TODAY = date(2019, 9, 2)
RUNS = (
    b'{"started_utc": "2019-09-01T00:00:00+00:00", "finished_utc": "2019-09-01T00:00:00+00:00", "exit_code": 0,'
    b' "error": null, "sources": [], "campaigns": [{"election": "test-1", "edition": "2019-09-01-00000000",'
    b' "status": "published", "checked_utc": "2019-09-01T00:00:00+00:00", "published_utc": null}]}'
)
PACKED = {"Accept-Encoding": "gzip, br"}


@pytest.fixture
def served(processed: Path) -> tuple[ResponseCache, FlaskClient]:
    server = create_app(Reader(processed), lambda: TODAY).server
    assert isinstance(server.wsgi_app, ResponseCache)
    return server.wsgi_app, server.test_client()


@pytest.mark.parametrize("path", ["/", "/trends?election=test-1&lang=he", "/view/polls?lang=en", "/_dash-layout"])
@pytest.mark.parametrize("encoding", ["", "gzip", "gzip, deflate, br"])
def test_the_second_answer_is_the_first(served: tuple[ResponseCache, FlaskClient], path: str, encoding: str) -> None:
    cache, client = served
    first = client.get(path, headers={"Accept-Encoding": encoding})
    assert len(cache._memo) == 1
    second = client.get(path, headers={"Accept-Encoding": encoding})
    assert (second.status_code, second.data, list(second.headers)) == (200, first.data, list(first.headers))
    again = client.get(path, headers={"Accept-Encoding": encoding, "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert "Content-Security-Policy" in again.headers
    other = client.get(path, headers={"Accept-Encoding": encoding, "If-None-Match": '"other"'})
    assert (other.status_code, other.data) == (200, first.data)


@pytest.mark.parametrize(
    "path",
    [
        *("/nowhere", "/?utm=1", "/?lang=en&lang=en", "/trends?unit=seats", "/trends?unit=votes", "/healthz"),
        *("/?lang=%65n", "/trends?lists=alpha,nobody", "/trends?lists=alpha,beta", "/trends?lists=alpha,alpha"),
    ],
)
def test_an_address_of_somebodys_making_is_not_kept(served: tuple[ResponseCache, FlaskClient], path: str) -> None:
    cache, client = served
    client.get(path)
    assert len(cache._memo) == 0


def test_an_answer_that_is_repeated_looks_at_the_shelf_and_works_nothing_out(
    served: tuple[ResponseCache, FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, client = served
    before = client.get("/", headers=PACKED).data
    moment = datetime.now(UTC)
    monkeypatch.setattr("dashboard.reader.machine_now", lambda: moment)
    client.get("/", headers=PACKED)  # the release of this second
    looks: list[str] = []
    state = Folder.state
    monkeypatch.setattr(Folder, "state", lambda self, name: looks.append(name) or state(self, name))
    monkeypatch.setattr(Reader, "_campaigns", lambda _self: pytest.fail("worked out for a repeated answer"))
    assert client.get("/", headers=PACKED).data == before
    assert 4 <= len(looks) <= 8


def test_what_is_repeated_in_the_loop_is_the_answer_while_the_same_is_on_show(
    served: tuple[ResponseCache, FlaskClient], processed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, client = served
    moment = datetime.now(UTC)
    monkeypatch.setattr("dashboard.reader.machine_now", lambda: moment)
    request = "/trends", "election=test-1&lang=he", "gzip, br"
    assert cache.repeat(*request, None) is None
    client.get("/", headers=PACKED)  # what is on show is looked at for the first time
    answer = client.get("?".join(request[:2]), headers=PACKED)
    assert cache.repeat(*request, None) == ("200 OK", list(answer.headers), answer.data)
    assert dict(answer.headers)["Content-Length"] == str(len(answer.data))
    etag = answer.headers["ETag"]
    unchanged = client.get("?".join(request[:2]), headers={**PACKED, "If-None-Match": etag})
    assert cache.repeat(*request, etag) == ("304 NOT MODIFIED", list(unchanged.headers), b"")
    assert cache.repeat(*request, '"other"') is None
    editions.publish(processed, as_of=date(2019, 9, 2))
    monkeypatch.setattr(Reader, "_look", lambda _self: pytest.fail("the shelf was read in the loop"))
    assert cache.repeat(*request, None) is None


def test_in_another_second_nothing_is_repeated_in_the_loop_until_a_thread_has_looked(
    served: tuple[ResponseCache, FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, client = served
    moments = [datetime(2019, 9, 2, 12, tzinfo=UTC) + timedelta(seconds=number) for number in range(2)]
    monkeypatch.setattr("dashboard.reader.machine_now", lambda: moments[0])
    for _ in range(2):
        client.get("/", headers=PACKED)
    assert cache.repeat("/", "", "gzip, br", None)
    del moments[0]
    assert cache.repeat("/", "", "gzip, br", None) is None
    client.get("/", headers=PACKED)
    assert cache.repeat("/", "", "gzip, br", None)


def test_a_new_edition_is_on_show_at_once(served: tuple[ResponseCache, FlaskClient], processed: Path) -> None:
    _, client = served
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
    served: tuple[ResponseCache, FlaskClient], processed: Path
) -> None:
    _, client = served
    good = editions.publish(processed, as_of=date(2019, 9, 2))
    client.get("/")
    (processed / "current/test-1").write_text("{")
    answer = client.get("/", headers={"Accept-Encoding": "identity"})
    assert answer.status_code == 200
    assert good.id.encode() in answer.data


@pytest.fixture(params=["never there", "removed", "no manifest"])
def half_lost(processed: Path, request: pytest.FixtureRequest) -> FlaskClient:
    """A client over two campaigns, of which one is named as current and has no edition any more."""
    if request.param == "never there":
        EditionStore(processed).pointers.write("lost-1", Pointer(edition="2013-01-21-00000000", published=[]))
    else:
        lost = editions.publish(processed, "lost-1", election_date=date(2019, 9, 30))
    client = create_app(Reader(processed), lambda: TODAY).server.test_client()
    if request.param == "removed":
        shutil.rmtree(lost.folder.parent)
    elif request.param == "no manifest":
        (lost.folder / "manifest.json").unlink()
    Folder(processed).replace("runs/il.json", b"{}")  # a run was recorded, so that everybody looks again
    return client


@pytest.mark.parametrize("path", ["/", "/trends", "/readyz", "/healthz", "/assets/boot.js", "/?election=test-1"])
def test_a1_a_campaign_that_is_lost_leaves_every_route_of_the_others(half_lost: FlaskClient, path: str) -> None:
    with half_lost.get(path) as answer:
        assert answer.status_code == 200


def test_a1_the_lost_campaign_says_so(half_lost: FlaskClient) -> None:
    answer = half_lost.get("/?election=lost-1")
    assert answer.status_code == 503
    assert "This edition cannot be read" in answer.get_data(as_text=True)


def becomes_a_loop(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    path.symlink_to(path.name)


WAYS: dict[str, Callable[[Path], None]] = {
    "a manifest nested beyond reading": lambda edition: void((edition / "manifest.json").write_bytes(b"[" * 200_000)),
    "a manifest that is a link to itself": lambda edition: becomes_a_loop(edition / "manifest.json"),
    "an edition that is a link to itself": becomes_a_loop,
    "a campaign that is a link to itself": lambda edition: becomes_a_loop(edition.parent),
    "a campaign that is a file": lambda edition: void(shutil.rmtree(edition.parent), edition.parent.write_text("")),
}


def void(*_done: object) -> None:
    """Ends a way that has an answer."""


@pytest.mark.parametrize("way", WAYS)
def test_a1_whatever_the_folder_of_one_campaign_became_the_others_are_served(processed: Path, way: str) -> None:
    lost = editions.publish(processed, "lost-1", election_date=date(2019, 9, 30))
    WAYS[way](lost.folder)
    client = create_app(Reader(processed), lambda: TODAY).server.test_client()
    for path in ("/?election=test-1", "/what-if?election=test-1", "/healthz", "/readyz", "/api/v1/elections"):
        assert client.get(path).status_code == 200, path
    for path in ("/", "/what-if", "/api/v1/lost-1", "/data", "/feed.atom"):
        assert client.get(path, query_string={"election": "lost-1"}).status_code == 503, path
    for day in ("2019-09-01", "2019-09-03"):
        assert client.get(f"/?election=lost-1&as_of={day}").status_code in (404, 503)


@pytest.mark.parametrize(
    ("name", "part", "path"),
    [
        ("trend.json.gz", "trend", "/trends"),
        ("seats.parquet", "seat_draws", "/coalitions"),
        ("shares.parquet", "share_draws", "/threshold"),
    ],
)
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no gzip",
        b"PAR1" + b"\xff" * 300 + b"PAR1",
        b"PAR1" + b"\xff" * 300 + (100).to_bytes(4, "little") + b"PAR1",  # a footer of a length that fits, and no sense
        gzip.compress(b"[" * 200_000),
    ],
)
def test_a3_an_edition_whose_own_hashes_vouch_for_nonsense_is_answered_in_words(
    processed: Path, name: str, part: str, path: str, content: bytes
) -> None:
    """A backup may bring one: its manifest has no seal of ours."""
    forged = editions.publish(processed, "forged-1", election_date=date(2019, 9, 30)).folder
    manifest = json.loads((forged / "manifest.json").read_bytes())
    manifest["files"][name] = hashlib.sha256(content).hexdigest()
    (forged / "manifest.json").write_text(json.dumps({**manifest, "seal": ""}))
    (forged / name).write_bytes(content)
    with pytest.raises(EditionDamaged, match=f"{name.removesuffix('.gz')}.*: .*run refresh again"):
        getattr(Reader(processed).edition("forged-1"), part)
    client = create_app(Reader(processed), lambda: TODAY).server.test_client()
    assert client.get(path, query_string={"election": "forged-1"}).status_code == 503
    assert client.get(path, query_string={"election": "test-1"}).status_code == 200


def test_a1_a_damaged_edition_takes_no_page_of_a_sound_one_down(processed: Path) -> None:
    """Neither the one before it nor the newest, which the last good one stands for."""
    for day in (2, 3):
        edition = editions.publish(processed, as_of=date(2019, 9, day))
    becomes_a_loop(edition.folder / "manifest.json")
    becomes_a_loop(edition.folder.with_name("2019-09-01-00000000"))
    client = create_app(Reader(processed), lambda: TODAY).server.test_client()
    for path in ("/", "/what-if", "/api/v1/test-1", "/record", "/data"):
        assert client.get(path).status_code == 200, path


def test_a1_an_edition_that_goes_between_two_requests_takes_no_route_down(processed: Path) -> None:
    gone = editions.publish(processed, "gone-1", election_date=date(2019, 9, 30))
    client = create_app(Reader(processed), lambda: TODAY).server.test_client()
    assert client.get("/?election=gone-1").status_code == 200
    shutil.rmtree(gone.folder)
    for path in ("/", "/?election=test-1", "/healthz", "/polls?election=gone-1"):
        assert client.get(path).status_code in (200, 503)
    Folder(processed).replace("runs/il.json", b"{}")
    assert client.get("/?election=test-1").status_code == 200


@pytest.mark.parametrize("error", [RuntimeError("nobody foresaw this"), OSError(5, "Input/output error")])
def test_a1_nothing_raised_while_naming_a_release_reaches_a_reader(error: Exception) -> None:
    def release() -> str:
        raise error

    def application(_environ: object, start: Callable[[str, list[tuple[str, str]]], None]) -> list[bytes]:
        start("200 OK", [])
        return [b"in words"]

    statuses: list[str] = []
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/healthz"}
    cache = ResponseCache(application, release)
    assert cache(environ, lambda status, _headers: statuses.append(status)) == [b"in words"]
    assert statuses == ["200 OK"]


@pytest.mark.parametrize("content", [b"{", b'{"started_utc": "yesterday"}', RUNS.replace(b"+00:00", b""), None])
def test_a1_a_record_of_the_last_run_that_makes_no_sense_takes_no_route_down(
    processed: Path, content: bytes | None
) -> None:
    runs = processed / "runs/il.json"
    (runs if content is None else runs.parent).mkdir(parents=True)
    if content is not None:
        runs.write_bytes(content)
    client = create_app(Reader(processed), lambda: TODAY).server.test_client()
    assert {client.get(path).status_code for path in ("/healthz", "/readyz", "/", "/data")} == {200}


class Refusing:
    """A disk that refuses: `break_off` makes what is under `processed` unreadable in one of several ways."""

    def __init__(self, processed: Path) -> None:
        self.processed, self.elsewhere = processed, processed.with_name("elsewhere")

    def break_off(self, way: str) -> None:
        self.processed.rename(self.elsewhere)
        if way == "not a folder":
            self.processed.write_text("no folder")
        elif way == "a loop":
            self.processed.symlink_to(self.processed)

    def mend(self) -> None:
        self.processed.unlink(missing_ok=True)
        self.elsewhere.rename(self.processed)


@pytest.mark.parametrize("way", ["not a folder", "a loop", "unmounted"])
def test_a9_what_was_read_before_is_served_while_the_disk_refuses(processed: Path, way: str) -> None:
    client, disk = create_app(Reader(processed), lambda: TODAY).server.test_client(), Refusing(processed)
    before = client.get("/")
    assert before.status_code == 200
    disk.break_off(way)
    during = client.get("/")
    assert (during.status_code, during.data) == (200, before.data)
    health = client.get("/healthz")
    assert (health.status_code, health.get_data(as_text=True)[:8]) == (200, "degraded")
    assert client.get("/readyz").status_code == 200
    assert client.get("/trends").status_code in (200, 503)
    disk.mend()
    assert client.get("/trends").status_code == 200
    assert client.get("/healthz").get_data(as_text=True) == "ok\n"


@pytest.mark.parametrize("way", ["not a folder", "a loop"])
def test_a9_a_disk_that_refuses_from_the_start_is_answered_in_words(
    processed: Path, way: str, caplog: pytest.LogCaptureFixture
) -> None:
    disk = Refusing(processed)
    disk.break_off(way)
    client = create_app(Reader(processed), lambda: TODAY).server.test_client()
    health = client.get("/healthz")
    assert (health.status_code, health.text) == (
        200,
        "degraded: the editions cannot be read; nothing was read before\n",
    )
    for path in ("/", "/api/v1/elections", "/api/v1/electorates"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5"), path
    ready = client.get("/readyz")
    assert (ready.status_code, ready.text) == (503, "the editions cannot be read\n")
    assert len(caplog.records) == 1, [record.message for record in caplog.records]
    disk.mend()
    assert client.get("/").status_code == 200


def test_a9_what_the_disk_refuses_while_a_page_is_made_is_answered_in_words(
    processed: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """And logged with where it was met: it may be no disk's fault at all."""

    def refuse(*_asked: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    client = create_app(Reader(processed), lambda: TODAY).server.test_client()
    monkeypatch.setattr(Reader, "note", refuse)
    answer = client.get("/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "This edition cannot be read" in answer.text
    assert "refuse" in caplog.text
    assert "Traceback" in caplog.text


def test_a9_what_the_disk_refuses_is_logged_once_and_not_for_every_request(
    processed: Path, caplog: pytest.LogCaptureFixture
) -> None:
    reader, disk = Reader(processed), Refusing(processed)
    reader.shelf()
    disk.break_off("not a folder")
    for _ in range(5):
        reader.shelf()
    assert len(caplog.records) == 1
