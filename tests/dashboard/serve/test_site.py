"""A static copy: every link in it leads somewhere in it, under any path, and its numbers are those of the server."""

import json
import re
from collections.abc import Iterator
from datetime import date
from functools import partial
from http.client import HTTPConnection
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urljoin, urlsplit

import pytest
from flask.testing import FlaskClient

from dashboard.reader import Reader
from dashboard.serve import site
from dashboard.serve.app import create
from dashboard.serve.site import NOT_HERE, write_site
from tests.conftest import Command
from tests.dashboard import editions
from tests.dashboard.conftest import TODAY, Client

pytestmark = pytest.mark.usefixtures("unpainted")
UNDER = "/some/where/else/"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        """Nothing on stderr."""


@pytest.fixture(scope="module")
def processed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two made-up campaigns, one of them over; nothing here changes them."""
    processed = tmp_path_factory.mktemp("site") / "processed"
    scenario = editions.poll(date(2019, 8, 31), {"alpha": 70, "beta": 50}, kind="scenario")
    editions.publish(processed)
    editions.publish(processed, "test-0", election_date=TODAY, more_polls=(scenario,))
    return processed


@pytest.fixture(scope="module")
def copy(processed: Path, unpainted: None) -> Path:  # noqa: ARG001
    out = processed.parent / "served" / UNDER.strip("/")
    out.parent.mkdir(parents=True)
    app, answers = create(Reader(processed), lambda: TODAY)
    write_site(app, answers.documents, out)
    return out


@pytest.fixture
def served(copy: Path, processed: Path) -> Iterator[str]:
    assert copy.is_dir()
    folder = str(processed.parent / "served")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}{UNDER}"
    server.shutdown()
    server.server_close()
    thread.join()


def links(text: str) -> set[str]:
    """Every address in a page, of its head and of its document."""
    addresses = re.findall(r'(?<= )(?:src|href)="([^"]*)"', text)
    return {link.replace("&amp;", "&") for link in addresses if not link.startswith("#")}


def test_every_link_leads_somewhere_in_the_copy(served: str) -> None:
    host = urlsplit(served).netloc
    connection = HTTPConnection(host, timeout=20)
    seen, todo, broken = set(), {served}, []
    while todo:
        address = todo.pop()
        seen.add(address)
        connection.request("GET", urlsplit(address).path)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            broken.append(address)
        elif address.endswith((".html", "/", ".atom")):
            for link in links(content.decode()):
                target = urljoin(address, link.split("#")[0])
                parts = urlsplit(target)
                if parts.scheme not in ("http", "https") or parts.netloc != host:
                    assert "127.0.0.1" not in target
                    continue
                assert parts.path.startswith(UNDER), (address, link)
                if target not in seen:
                    todo.add(target)
    connection.close()
    assert broken == []
    pages = [address for address in seen if address.endswith(".html") and NOT_HERE not in address]
    assert len(pages) > 40
    kinds = {urlsplit(address).path.rsplit(".", 1)[-1] for address in seen}
    assert {"html", "csv", "xlsx", "atom", "js", "css", "svg", "png"} <= kinds


def test_five_pages_and_a_page_a_list_in_two_languages_of_every_election(copy: Path) -> None:
    for election in ("test-0", "test-1"):
        for lang in ("en", "he"):
            for name in ("index", "trends", "threshold", "polls", "record", "list", "list~list=gamma"):
                text = (copy / election / lang / f"{name}.html").read_text("utf-8")
                assert f'<html lang="{lang}"' in text


def test_a_block_stands_by_itself(copy: Path) -> None:
    values = json.loads((copy / "test-1/blocks/tonight/seats.json").read_bytes())
    assert [row["name"]["id"] for row in values["values"]["lists"]] == ["beta", "alpha", "gamma", "delta"]
    page = (copy / "test-1/he/blocks/tonight/seats.html").read_text("utf-8")
    assert 'id="block-seats"' in page
    assert (copy / "test-1/he/blocks/tonight/seats.csv").read_text("utf-8-sig").startswith("רשימה")


def test_a_copy_needs_no_script(copy: Path) -> None:
    """But for the theme: a page is whole without one."""
    text = (copy / "test-1/en/trends.html").read_text("utf-8")
    scripts = re.findall(r"<script[^>]*>", text)
    assert len(scripts) == 1
    assert "boot.js" in scripts[0]
    assert "<svg" in text


def test_what_needs_the_server_says_so_in_both_languages(copy: Path) -> None:
    assert "needs the dashboard" in (copy / "test-1/en" / NOT_HERE).read_text("utf-8")
    assert "דורש את השרת" in (copy / "test-1/he" / NOT_HERE).read_text("utf-8")
    assert f'href="{NOT_HERE}"' in (copy / "test-1/en/index.html").read_text("utf-8")


def test_files_are_those_of_the_server(copy: Path, processed: Path, client_of: Client) -> None:
    client: FlaskClient = client_of(processed)
    content = client.get("/table/threshold/votes-chart-table.csv?election=test-1&lang=he").data
    assert (copy / "test-1/he/table/threshold/votes-table.csv").read_bytes() == content


@pytest.mark.parametrize("kind", ["poll", "scenario", "all"])
def test_each_page_of_polls_offers_its_own_rows(copy: Path, processed: Path, client_of: Client, kind: str) -> None:
    state = "" if kind == "poll" else f"~kind={kind}"
    page = (copy / f"test-0/en/polls{state}.html").read_text("utf-8")
    offered = next(link for link in links(page) if link.startswith("download/polls") and link.endswith(".csv"))
    content = client_of(processed).get(f"/download/polls.csv?election=test-0&kind={kind}").data
    assert (copy / "test-0/en" / offered).read_bytes() == content


def test_only_a_copy_is_replaced(
    processed: Path, tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site, "COPIED", {"/": ()})  # a copy of one page is one
    arguments, copy = ("site", "--data-dir", processed.parent, "--today", str(TODAY), "--out"), tmp_path / "copy"
    assert command("dashboard", *arguments, copy).returncode == 0
    (copy / "stale.html").write_text("old")
    assert command("dashboard", *arguments, copy).returncode == 0
    assert not (copy / "stale.html").exists()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    (tmp_path / "mine" / "copy.txt").write_text("// a site of my own\n")
    refused = command("dashboard", *arguments, tmp_path / "mine")
    assert refused.returncode == 1
    assert (tmp_path / "mine" / "letter.txt").read_text() == "dear"


def test_without_an_edition_there_is_no_copy(tmp_path: Path, command: Command) -> None:
    refused = command("dashboard", "site", "--data-dir", tmp_path, "--out", tmp_path / "out")
    assert refused.returncode == 1
    assert "refresh" in refused.stderr
    assert not (tmp_path / "out").exists()
