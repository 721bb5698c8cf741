"""F42, S7, S9–S13, S15, S18, S20: requests no browser of ours sends get a quick refusal, dressed, and nothing back."""

import io
import json
import logging
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from flask import request
from flask.testing import FlaskClient
from gunicorn.config import Config
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.pages import PAGES
from dashboard.reader import Reader
from dashboard.serve import server
from dashboard.serve.app import create_app
from tests import servers
from tests.conftest import Command
from tests.dashboard import editions
from tests.servers import Site

QUICK_SECONDS = 0.5  # ten times the figure: the machine may be busy
CALLBACK = "/_dash-update-component"
JSON = "application/json"
HEAD = b"GET / HTTP/1.1\r\nHost: x\r\n"
FLAT_BYTES = 10 * 1024 * 1024  # some 7 KB an address that would be kept
KEYS = ("output", "outputs", "inputs", "state", "changedPropIds", "id", "property", "value", "parsedChangedPropsIds")
BODIES = [
    b"null",
    b"[]",
    b"{}",
    b"",
    b"0",
    b'"x"',
    b"{",
    b"\xff\xfe",
    b"[" * 50_000,
    b'{"a":' * 12_000,
    b'{"output":"page.children","inputs":[]}',
    b'{"output":"page.children","inputs":[{"id":"page","property":"id","value":"page"}],"changedPropIds":[]}',
    b'{"output":"nobody.children","inputs":[]}',
    b'{"output":"..page.children...page.id..","inputs":{}}',
    b'{"output":{"id":"__proto__"},"inputs":null}',
]


def assert_refused(site: Site, path: str, body: bytes | None, method: str = "POST") -> None:
    answer = site.get(path, method, body, Content_Type=JSON)
    assert 400 <= answer.status < 500
    assert answer.seconds < QUICK_SECONDS
    assert answer.text == "refused\n"


@pytest.mark.parametrize("body", BODIES)
def test_a_callback_is_refused_whatever_it_says(site: Site, body: bytes) -> None:
    assert_refused(site, CALLBACK, body)


def test_a_body_nested_a_hundred_thousand_deep_is_refused(site: Site) -> None:
    assert_refused(site, CALLBACK, b"[" * 100_000 + b"]" * 100_000)


def test_fifty_megabytes_are_refused_before_they_are_read(site: Site) -> None:
    head = b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 52428800\r\n\r\n" % CALLBACK.encode()
    assert site.send(head + b"x" * 65536).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
@pytest.mark.parametrize(
    "path", ["/", "/trends", "/api/v1/elections", "/download/polls.csv", "/view/", "/assets/boot.js"]
)
def test_there_is_nothing_to_write_to(site: Site, method: str, path: str) -> None:
    """S19."""
    answer = site.get(path, method)
    assert answer.status in (400, 404, 405)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=300),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=8),
            lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
        ).map(lambda value: json.dumps(value).encode()),
    )
)
def test_random_bodies_are_refused(site: Site, body: bytes) -> None:
    assert 400 <= site.get(CALLBACK, "POST", body, Content_Type=JSON).status < 500


PROGRAMS = (
    "/embed/threshold/odds",
    "/api/v1/test-1",
    "/api/v1/test-1/trends/trend.json",
    "/api/v1/test-1/polls/polls.csv",
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(
        [*PAGES, "/view/trends", "/table/threshold/votes-chart-table.csv", "/download/polls.csv", *PROGRAMS]
    ),
    st.lists(
        st.tuples(
            st.sampled_from(
                ["election", "edition", "lang", "unit", "lists", "gov", "sort", "page", "out", "threshold"]
            ),
            st.sampled_from(
                ["", "../x", "0", "-1", "1e999", "alpha", "alpha,alpha", "٣", "' OR 1=1 --", "\0", "%", "é"]
            )
            | st.text(max_size=20),
        ),
        max_size=5,
    ),
)
def test_forged_values_are_on_offer_or_not_found(site: Site, path: str, arguments: list[tuple[str, str]]) -> None:
    """S7, S9: values are looked up among what the page offers, and never reach a query or a path."""
    answer = site.get(f"{path}?{urlencode(arguments, errors='surrogatepass')}")
    assert answer.status in (200, 404)
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("address", ["/trends?unit=votes", "/trends?line=any", "/polls?kind=none", "/threshold?bloc=x"])
def test_s9_a_value_that_is_not_on_offer_is_not_found(site: Site, address: str) -> None:
    assert site.get(address).status == 404


def test_junk_in_addresses_takes_no_memory(site: Site) -> None:
    """S9: some thousands here; `make load` sends a hundred thousand."""
    for at in range(300):
        site.get(f"/trends?utm={at}")
    before = site.memory_bytes()
    for at in range(1500):
        site.get(f"/trends?utm={at}&x={'y' * 200}")
        site.get(CALLBACK, "POST", b'{"output":"%d.children"}' % at, Content_Type=JSON)
    assert abs(site.memory_bytes() - before) < FLAT_BYTES


def test_a_hundred_thousand_parameters_are_refused(site: Site) -> None:
    answer = site.send(b"GET /?" + b"&".join(b"a%d=1" % at for at in range(100_000)) + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    assert re.match(rb"HTTP/1.1 4(14|31) ", answer)


@pytest.mark.parametrize(("length", "status"), [(4000, 200), (4001, 414), (8000, 414)])
def test_s10_a_query_longer_than_any_of_ours_is_refused_unread(site: Site, length: int, status: int) -> None:
    assert site.get(f"/?{'a' * (length - 2)}=1").status == status


@pytest.mark.parametrize(
    "raw",
    [
        HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        HEAD
        + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked, identity\r\n\r\n",
        HEAD + b"X-A: b\r\n folded\r\n\r\n",
        HEAD + b"X A: b\r\n\r\n",
        HEAD + b"Content-Length: -1\r\n\r\n",
        HEAD + b"Content-Length: +5\r\n\r\nhello",
        b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
        b"GET\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
        b"GET /<script>alert(1)</script> HTTP/x\r\n\r\n",
        HEAD + b"X: " + b"y" * 20_000 + b"\r\n\r\n",
        HEAD + b"".join(b"X-%d: y\r\n" % at for at in range(200)) + b"\r\n",
    ],
)
def test_what_could_be_two_requests_is_refused_and_closed(site: Site, raw: bytes) -> None:
    """S11: and nothing of it comes back."""
    answer = site.send(raw)
    assert re.match(rb"HTTP/1.1 4\d\d ", answer)
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"script>" not in answer
    assert b"nosniff" in answer
    assert b"frame-ancestors 'none'" in answer


@pytest.mark.parametrize("head", [b"GET / HTTP/1.1\nHost: x\n\n", b"GET / HTTP/1.1\r\nHost: x\n\r\n", b"\n"])
def test_b5_a_head_of_bare_line_ends_is_refused_at_once(site: Site, head: bytes) -> None:
    started = time.monotonic()
    assert site.send(head).startswith(b"HTTP/1.1 400 ")
    assert time.monotonic() - started < 8, "and not when its client's time is up"


def test_a_request_behind_a_refused_body_is_not_answered(site: Site) -> None:
    """S11: what follows a body that was not read must not be taken for a request."""
    inner = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    answer = site.send(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n" + inner)
    assert answer.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example/x",
        "//evil.example",
        "/%2f%2fevil.example",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/assets/%2e%2e/app.py",
        "/assets/../app.py",
        "/pages/x/../../current.json",
        "/pages/%2e%2e/editions/test-1/x/en/index.json",
        "/_dash-component-suites/dash/../../app.py",
        "/_dash-component-suites/os/path.py",
        "/evil<script>",
        "/evil%0d%0aX-Evil:1",
        "/evil%00",
        "/evil\\..\\x",
        "/static/x",
        "http://evil.example/",
        "/view/evil",
        "/?election=evil",
        "/?lang=evil",
        "/feed.atom?election=evil",
    ],
)
def test_what_is_not_there_is_not_found_and_not_repeated(site: Site, path: str) -> None:
    """S12."""
    answer = site.send(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    assert re.match(rb"HTTP/1.1 (404|400) ", answer) or path == "http://evil.example/"
    assert b"evil" not in answer
    assert b"\r\nlocation:" not in answer.split(b"\r\n\r\n", 1)[0].lower()


ROUTES = {
    **dict.fromkeys(["/", "/trends?lang=he", "/view/", "/healthz", "/readyz", "/feed.atom", "/_dash-layout"], 200),
    **dict.fromkeys(["/_dash-dependencies", "/assets/hemicycle.css", "/assets/boot.js", "/_favicon.ico"], 200),
    **dict.fromkeys(["/download/polls.csv", "/download/polls.xlsx", "/_reload-hash"], 200),
    "/_dash-component-suites/dash/dcc/async-graph.js": 200,
    **dict.fromkeys(["/api", "/api/openapi.json", "/api/v1/elections", "/api/v1/test-1", "/api/v1/electorates"], 200),
    **dict.fromkeys([f"/api/v1/test-1/tonight/seats.{end}" for end in ("json", "csv", "xlsx", "svg", "png")], 200),
    "/embed/tonight/seats": 200,
    "/card/test-1/tonight.png": 200,
    "/card/test-1/nowhere.png": 404,
    "/embed/tonight/nowhere": 404,
    "/api/v1/nowhere": 404,
    "/nowhere": 404,
    "/assets/nothing.js": 404,
    "/?edition=none": 404,
    f"/?{'a' * 4500}": 414,
}


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST"])
def test_every_answer_is_dressed(site: Site, path: str, method: str) -> None:
    """S13."""
    answer = site.get(path, method)
    if method == "GET":
        assert answer.status == ROUTES[path]
    policy = answer.headers["Content-Security-Policy"]
    scripts = next(rule for rule in policy.split("; ") if rule.startswith("script-src"))
    assert "unsafe" not in scripts
    is_frame = path.startswith("/embed/") and method != "POST"  # nothing else may be framed
    assert ("frame-ancestors *" if is_frame else "frame-ancestors 'none'") in policy
    assert answer.headers["X-Frame-Options"] == (None if is_frame else "DENY")
    assert "http" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert not re.search(r"\d", answer.headers["Server"])
    assert "X-Powered-By" not in answer.headers
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/view", "/nowhere", "/healthz", "/feed.atom", "/assets/boot.js"])
def test_s14_the_policy_lets_a_page_ask_no_other_host(site: Site, path: str) -> None:
    policy = site.get(path).headers["Content-Security-Policy"]
    allowed = {source for rule in policy.split(";") for source in rule.split()[1:]}
    assert all(source.startswith("'") or source in ("data:", "blob:") for source in allowed), allowed
    assert "default-src 'none'" in policy


def test_a_page_tells_no_versions(site: Site) -> None:
    text = site.get("/").text
    assert "python_version" not in text
    assert "dash_version" not in text
    assert "end_id" not in text


SPOOFED = {
    "Host": "evil.example",
    "X_Forwarded_Host": "evil.example",
    "X_Forwarded_Proto": "https",
    "X_Forwarded_Prefix": "/evil",
    "X_Forwarded_For": "127.0.0.1",
    "X_Original_URL": "/evil",
    "X_Rewrite_URL": "/evil",
    "Forwarded": "host=evil.example;proto=https",
    "Script_Name": "/evil",
    "Path_Info": "/evil",
}


@pytest.mark.parametrize("path", ["/", "/view", "/trends?lang=he", "/feed.atom", "/nowhere"])
def test_who_asks_is_not_believed(site: Site, path: str) -> None:
    """S20: no answer depends on what a request says about its way here."""
    plain, spoofed = site.get(path), site.get(path, **SPOOFED)
    assert (spoofed.status, spoofed.body) == (plain.status, plain.body)
    assert b"evil" not in spoofed.body
    assert "evil" not in str(spoofed.headers)


ECHO = """
import sys
from flask import Flask, request
from dashboard.serve.server import Server
app = Flask("echo")
NAMES = ("wsgi.url_scheme", "SCRIPT_NAME", "PATH_INFO", "REMOTE_ADDR", "SERVER_PROTOCOL", "REQUEST_METHOD")
app.add_url_rule("/<path:_>", view_func=lambda _: {name: request.environ[name] for name in NAMES})
Server(app, "127.0.0.1", int(sys.argv[2]), "http://127.0.0.1").run()
"""
WAYS = (
    b"X-Forwarded-Proto: https", b"X-Forwarded-Ssl: on", b"X-Forwarded-Protocol: ssl", b"X-Forwarded-For: 192.0.2.1",
    b"X-Forwarded-Prefix: /evil", b"SCRIPT_NAME: /evil", b"PATH_INFO: /evil", b"Script-Name: /evil",
    b"REMOTE_ADDR: 192.0.2.1", b"Forwarded: for=192.0.2.1;proto=https", b"X-HTTP-Method-Override: DELETE",
)  # fmt: skip


@contextmanager
def echo(**environment: str) -> Iterator[Site]:
    """A server with our settings over an application that says what it was told of a request."""
    with servers.serving(["-c", ECHO], environment={**os.environ, **environment}) as site:
        yield site


def environment_of(site: Site, *headers: bytes) -> dict[str, str]:
    """What the application was told of a request with these headers, as they are."""
    head = b"\r\n".join((b"GET /evil/a HTTP/1.1", b"Host: x", *headers, b"Connection: close", b"", b""))
    answer = site.send(head)
    environment: dict[str, str] = json.loads(answer.partition(b"\r\n\r\n")[2]) if b" 200 " in answer[:20] else {}
    return environment


def test_s20_the_application_is_told_nothing_a_request_says_about_its_way_here() -> None:
    with echo() as site:
        plain = environment_of(site)
        assert plain["wsgi.url_scheme"] == "http"
        assert (plain["SCRIPT_NAME"], plain["PATH_INFO"]) == ("", "/evil/a")
        for way in WAYS:
            assert environment_of(site, way) in (plain, {}), way  # or it was refused


def test_s20_a_proxy_that_is_trusted_says_the_scheme_and_nothing_else() -> None:
    """So that the test before is one of trust: these headers do arrive."""
    with echo(HEMICYCLE_TRUSTED_PROXIES="127.0.0.1") as site:
        plain = environment_of(site)
        assert environment_of(site, b"X-Forwarded-Proto: https") == {**plain, "wsgi.url_scheme": "https"}
        for way in WAYS:
            environment = environment_of(site, way)
            assert not environment or {**environment, "wsgi.url_scheme": "http"} == plain, way


def test_errors_are_not_shown_to_readers(site: Site) -> None:
    """S15: no debugger, no reloader, no console."""
    for path in ("/console", "/__debugger__", "/?__debugger__=yes&cmd=resource&f=debugger.js", "/_dash-config"):
        answer = site.get(path)
        assert b"debugger" not in answer.body.lower().replace(b"/__debugger__", b"")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_debug_is_refused_in_the_open(command: Command, host: str) -> None:
    """S15."""
    answer = command("dashboard", "--host", host, "--debug")
    assert answer.returncode == 1
    assert "loopback" in answer.stderr


HOSTILE = "a\r\n2026-11-29 CRITICAL forged\x1b[31m\u202e"


@pytest.fixture
def records(site_logs: tuple[FlaskClient, io.StringIO]) -> Callable[[str], list[str]]:
    """What the log holds, a line each, after something was asked for."""
    client, stream = site_logs

    def lines(path: str) -> list[str]:
        client.get(path)
        return stream.getvalue().splitlines()

    return lines


@pytest.fixture
def site_logs(tmp_path: Path) -> Iterator[tuple[FlaskClient, io.StringIO]]:
    """The application with a route that breaks, as nobody foresaw, over an error that quotes the request."""
    app, stream, before = (
        create_app(Reader(tmp_path / "a\nforged\x1b[31m")).server,
        io.StringIO(),
        logging.root.handlers,
    )

    def broken() -> str:
        raise ValueError(f"no such thing as {request.args['text']}")

    app.add_url_rule("/broken", view_func=broken)
    server.install(app.logger, stream)
    yield app.test_client(), stream
    logging.root.handlers = before


def test_s18_an_error_that_quotes_a_request_is_one_line_of_the_log(records: Callable[[str], list[str]]) -> None:
    lines = records(f"/broken?text={quote(HOSTILE)}")
    assert len(lines) == 1
    assert lines[0].isprintable()
    assert "ValueError" in lines[0]
    assert "a\\r\\n2026-11-29 CRITICAL forged\\x1b[31m\\u202e" in lines[0]


def test_s18_what_the_server_itself_logs_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    log = server.ServerLog(Config())
    try:
        raise ValueError(HOSTILE)
    except ValueError:
        log.error("failed: %s", HOSTILE, exc_info=True)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert lines[0].isprintable()
    assert "Traceback" in lines[0]


def test_s18_a_running_server_logs_a_record_a_line_whatever_its_folder_is_called(tmp_path: Path) -> None:
    data = tmp_path / "a\r\nforged\x1b[31m"
    (editions.publish(data / "processed").folder / "reference.json.gz").write_bytes(b"?")
    with servers.dashboard(data, "--today", "2019-09-02") as site:
        assert site.get("/healthz").status == 200
        for raw in (
            b"GET /?election=test-1 HTTP/1.1\r\nHost: x\r\n\r\n",
            b"GET /\x1b[31mred HTTP/1.1\r\nHost: x\r\n\r\n",
        ):
            site.send(raw, wait=1)
        site.process.terminate()
        _, log = site.process.communicate(timeout=20)
    assert "edition refused" in log, "something was logged"
    assert "\x1b" not in log
    assert not [line for line in log.splitlines() if line.startswith("forged")]
