"""deploy/nginx with a real nginx: documents from disk, pages by the application's word, headers on everything."""

import gzip
import time
from collections.abc import Iterator
from datetime import date
from http.client import HTTPConnection
from pathlib import Path

import brotli
import pytest

from dashboard.reader import Reader
from dashboard.serve.app import create
from dashboard.serve.respond import CURRENT
from tests import servers
from tests.conftest import Command
from tests.dashboard import editions
from tests.servers import Site

TODAY = "2019-09-02"
KEPT_SECONDS = int(CURRENT.partition("s-maxage=")[2].partition(",")[0])
pytestmark = pytest.mark.skipif(
    servers.NGINX is None, reason="no nginx found; install the system's package `nginx` (make nginx)"
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, command: Command) -> Path:
    folder = tmp_path_factory.mktemp("nginx") / "data"
    editions.publish(folder / "processed")
    process = command("dashboard", "prerender", "--data-dir", folder, "--today", TODAY, "--jobs", "1")
    assert process.returncode == 0, process.stderr
    return folder


@pytest.fixture(scope="module")
def application(data: Path) -> Iterator[Site]:
    with servers.dashboard(data, "--today", TODAY) as site:
        yield site


@pytest.fixture(scope="module")
def front(data: Path, application: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with servers.nginx(tmp_path_factory.mktemp("front"), data / "processed", application.port) as site:
        yield site


@pytest.fixture(scope="module")
def at(data: Path) -> str:
    return "/" + create(Reader(data / "processed"), lambda: date.fromisoformat(TODAY))[1].documents.key("/", {}).folder


@pytest.mark.parametrize("encoding", ["", "gzip", "br"])
def test_a_document_comes_from_disk_in_the_encoding_asked_for(
    front: Site, application: Site, at: str, encoding: str
) -> None:
    if encoding == "br" and not servers.BROTLI.is_file():
        pytest.skip("no libnginx-mod-http-brotli-static here")
    answer = front.get(f"{at}/trends.json", Accept_Encoding=encoding)
    assert answer.status == 200
    assert "Cross-Origin-Opener-Policy" not in answer.headers, "came from the application"
    assert (answer.headers["Content-Encoding"] or "") == encoding
    unpack = {"": bytes, "gzip": gzip.decompress, "br": brotli.decompress}[encoding]
    assert unpack(answer.body) == application.get(f"{at}/trends.json", Accept_Encoding="").body
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    if encoding:
        again = front.get(f"{at}/trends.json", Accept_Encoding=encoding, If_None_Match=answer.headers["ETag"])
        assert again.status == 304


def test_what_was_not_made_ahead_the_application_makes(front: Site, application: Site, at: str) -> None:
    path = f"{at}/trends~unit=share&line=lowess.json"
    answer = front.get(path)
    assert answer.status == 200
    assert answer.body == application.get(path).body


@pytest.mark.parametrize("path", ["/", "/trends?lang=he", "/polls", "/healthz", "/download/polls.csv", "/feed.atom"])
def test_pages_are_the_applications(front: Site, application: Site, path: str) -> None:
    ours, theirs = front.get(path), application.get(path)
    assert (ours.status, ours.body) == (theirs.status, theirs.body)


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/", "GET", 200),
        ("/assets/hemicycle.css", "GET", 200),
        ("/nowhere", "GET", 404),
        ("/pages/000000000000/a/b/en/index.html", "GET", 404),
        ("/", "POST", 405),
        ("/_dash-update-component", "POST", 405),
        ("/" + "x" * 9000, "GET", 414),
    ],
)
def test_headers_are_on_everything_once(front: Site, path: str, method: str, status: int) -> None:
    answer = front.get(path, method)
    assert answer.status == status
    for name in ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "X-Frame-Options"):
        if status == 414:  # nginx refuses this before it knows which server is meant
            continue
        assert len(answer.headers.get_all(name) or []) == 1, name
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Server"] == "nginx"
    assert "nginx/" not in answer.text


def test_a_document_from_disk_is_dressed(front: Site, at: str) -> None:
    answer = front.get(f"{at}/index.json", Accept_Encoding="gzip")
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_newsroom_is_not_limited_and_a_flood_is(front: Site) -> None:
    connection = HTTPConnection("127.0.0.1", front.port, timeout=20)
    statuses = []
    for at in range(1500):
        connection.request("GET", f"/what-if?to=no-list&at={at}")
        answer = connection.getresponse()
        answer.read()
        statuses.append(answer.status)
    connection.close()
    assert set(statuses[:400]) == {404}
    assert 429 in statuses
    assert front.get("/").status == 200


def test_a_page_that_nobody_asked_for_since_is_not_an_old_one(tmp_path: Path) -> None:
    processed = tmp_path / "data" / "processed"
    editions.publish(processed)
    with (
        servers.dashboard(tmp_path / "data", "--today", TODAY) as application,
        servers.nginx(tmp_path, processed, application.port) as front,
    ):
        assert front.get("/trends?lang=he").status == 200
        fresh = editions.publish(processed, as_of=date.fromisoformat(TODAY))
        time.sleep(KEPT_SECONDS + 1)
        assert fresh.id in front.get("/trends?lang=he").text


def test_pages_are_still_there_when_the_application_is_not(data: Path, tmp_path: Path) -> None:
    with (
        servers.dashboard(data, "--today", TODAY) as application,
        servers.nginx(tmp_path, data / "processed", application.port) as front,
    ):
        before = front.get("/trends?lang=he")
        application.process.terminate()
        application.process.wait(15)
        after = front.get("/trends?lang=he")
        assert (after.status, after.body) == (200, before.body)
        assert front.get("/threshold").status == 502
