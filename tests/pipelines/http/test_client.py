"""F19–F26, S5: the client is polite and bounded, and every failure is one line of ours. Real sockets on loopback."""

import gzip
import json
import socket
import threading
import time
import tracemalloc
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from pytest_httpserver import HTTPServer

from pipelines.errors import AddressRefused, PageRefused, SourceUnreachable
from pipelines.http.client import Client, ClientSettings, Fetched, NotModified, Validators, user_agent
from pipelines.http.transport import Allowed, public_only
from tests.pipelines.http.servers import answer, client, loopback, send, serving

NOON = datetime(2026, 7, 9, 12, tzinfo=UTC)


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.seconds)


def timed(http_client: Client) -> Clock:
    clock = Clock()
    http_client.clock, http_client.now, http_client.sleep = lambda: clock.seconds, clock.now, clock.sleep
    return clock


def test_a_page_comes_with_its_bytes_hash_and_validators(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/page").respond_with_data("<p>x</p>", headers={"ETag": '"7"', "Last-Modified": "Thu"})
    http_client = client(f"{httpserver.host}:{httpserver.port}", "localhost")
    http_client.contact = "desk@paper.example"
    page = http_client.get(httpserver.url_for("/page"))
    assert isinstance(page, Fetched)
    assert page.body == b"<p>x</p>"
    assert page.validators == Validators('"7"', "Thu")
    sent = httpserver.log[0][0].headers
    assert "desk@paper.example" in sent["User-Agent"]
    assert sent["Accept-Encoding"] == "gzip"


def test_the_contact_cannot_smuggle_a_header() -> None:
    assert user_agent("a\r\nX: 1").isprintable()
    assert "no contact set" in user_agent("")


def test_an_unchanged_page_is_asked_for_by_its_validators(httpserver: HTTPServer) -> None:
    """F26."""
    httpserver.expect_request("/page", headers={"If-None-Match": '"7"'}).respond_with_data(status=304)
    http_client = client(f"{httpserver.host}:{httpserver.port}")
    assert isinstance(http_client.get(httpserver.url_for("/page"), Validators('"7"', "Thu")), NotModified)


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
def test_retry_after_is_honoured_and_said(status: str) -> None:
    """F19: not tried again before, and the message says when."""
    with serving(send(answer(b"", status, Retry_After="3600"))) as served:
        http_client = client(served.place)
        clock = timed(http_client)
        with pytest.raises(SourceUnreachable, match="2026-07-09 13:00:00 UTC") as refused:
            http_client.get(served.url)
        assert refused.value.ask_again == NOON + timedelta(hours=1)
        assert len(served.requests) == 1
        assert clock.slept == []


def test_a_short_retry_after_is_waited_for_once_more() -> None:
    with serving(send(answer(b"", "503 Busy", Retry_After="2")), send(answer(b"fine"))) as served:
        http_client = client(served.place)
        clock = timed(http_client)
        page = http_client.get(served.url)
        assert isinstance(page, Fetched)
        assert sum(clock.slept) >= 2


def test_a_retry_after_date_counts_too() -> None:
    with serving(send(answer(b"", "429 Slow", Retry_After="Thu, 09 Jul 2026 14:30:00 GMT"))) as served:
        http_client = client(served.place)
        timed(http_client)
        with pytest.raises(SourceUnreachable, match="14:30:00"):
            http_client.get(served.url)


def test_tries_are_bounded() -> None:
    with serving(send(answer(b"", "500 Oops"))) as served:
        with pytest.raises(SourceUnreachable, match=r"answered 500.*3 tries"):
            client(served.place).get(served.url)
        assert len(served.requests) == 3


def test_requests_keep_their_distance() -> None:
    with serving(send(answer(b"fine"))) as served:
        http_client = client(served.place, pause_seconds=1.0)
        clock = timed(http_client)
        http_client.get(served.url)
        http_client.get(served.url)
        assert clock.slept == [1.0]


@pytest.mark.parametrize("status", ["403 Forbidden", "404 Not Found", "401 No", "206 Partial", "204 Nothing"])
def test_anything_but_a_whole_page_is_refused_and_not_asked_again(status: str) -> None:
    """F20."""
    with serving(send(answer(b"no", status))) as served:
        with pytest.raises(PageRefused, match=f"answered {status[:3]}"):
            client(served.place).get(served.url)
        assert len(served.requests) == 1


@pytest.mark.parametrize(
    "target",
    [
        "http://elsewhere.example/x", "https://elsewhere.example/x", "//elsewhere.example/x", "http://127.0.0.1:1/x",
        "http://169.254.169.254/latest", "file:///etc/passwd", "ftp://x.example/", "http://[::1]/x", "http://2130706433/x",
        "http://0x7f.1/x", "javascript:alert(1)", "http://a@b.example/",
    ],
)  # fmt: skip
def test_redirects_stay_at_home(target: str) -> None:
    """F21, S5."""
    with serving(send(answer(b"", "302 Found", Location=target))) as served:
        with pytest.raises(AddressRefused):
            client(served.place).get(served.url)
        assert len(served.requests) == 1


def test_redirects_inside_the_host_are_followed_and_loops_are_not() -> None:
    with serving(send(answer(b"", "301 Moved", Location="/other")), send(answer(b"fine"))) as served:
        page = client(served.place).get(served.url)
        assert isinstance(page, Fetched)
        assert page.url.endswith("/other")
    with (
        serving(send(answer(b"", "302 Found", Location="/page"))) as served,
        pytest.raises(PageRefused, match="circles"),
    ):
        client(served.place).get(served.url)


class Downgraded(Client):
    def _exchange(self, *_: object) -> str:  # type: ignore[override]
        return "http://x.example/y"


def test_https_never_becomes_http() -> None:
    with pytest.raises(AddressRefused, match="from https"):
        Downgraded(client("x.example").settings).get("https://x.example/")


JSON = json.dumps({"parse": {"text": "x" * 5000}}).encode()
CUT = JSON[:3000]
HTML = b"<html><body>" + b"<p>x</p>" * 500 + b"</body></html>"


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        (answer(CUT, Content_Length=str(len(JSON))), "json"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\n" + CUT, "json"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nbb8\r\n" + CUT + b"\r\n", "json"),
        (b"HTTP/1.0 200 OK\r\n\r\n" + CUT, "json"),
        (b"HTTP/1.0 200 OK\r\n\r\n" + HTML[:3000], "html"),
        (answer(gzip.compress(JSON)[:-12], Content_Encoding="gzip"), "json"),
        (answer(HTML[:3000]), "html"),
        (answer("שם,קולות\n".encode() + b"1,2\n3"), "csv"),
        (b"HTTP/1.1 200 OK\r\nContent-Le", "json"),
        (b"", "json"),
    ],
)
def test_a_body_cut_short_is_noticed(sent: bytes, kind: str) -> None:
    """F22: with a length, chunked, and closed by the end of the connection."""
    with serving(send(sent)) as served, pytest.raises((SourceUnreachable, PageRefused)) as refused:
        client(served.place, kind=kind).get(served.url)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (answer(CUT, Content_Length=str(len(JSON))), "3000 bytes read, 2023 more expected"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nbb8\r\n" + CUT + b"\r\n", "cut short"),
        (answer(gzip.compress(JSON)[:-8], Content_Encoding="gzip"), "ends in the middle"),
        (answer(gzip.compress(JSON)[:-12], Content_Encoding="gzip"), "ends in the middle"),
    ],
    ids=["a length", "chunks", "packed, but for its sum", "packed"],
)
def test_a_body_whose_content_says_nothing_of_its_end_is_held_to_its_transfer(sent: bytes, reason: str) -> None:
    """F22: of no kind that is looked into, so that nothing else can notice it."""
    with serving(send(sent)) as served, pytest.raises(SourceUnreachable, match=reason):
        client(served.place).get(served.url)


def test_whole_bodies_pass_in_each_transfer() -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(JSON), JSON)
    members = gzip.compress(JSON[:100]) + gzip.compress(JSON[100:])
    for sent in (
        answer(JSON), chunked, b"HTTP/1.0 200 OK\r\n\r\n" + JSON, answer(gzip.compress(JSON), Content_Encoding="gzip"),
        answer(members, Content_Encoding="gzip"),
    ):  # fmt: skip
        with serving(send(sent)) as served:
            page = client(served.place, kind="json").get(served.url)
        assert isinstance(page, Fetched)
        assert page.body == JSON


def test_a_drip_does_not_outlive_the_deadline() -> None:
    """F24: one byte at a time, in the headers and in the body, with timeouts that never strike."""
    slow = [bytes([byte]) for byte in answer(b"x" * 500)]
    for start in (b"", answer(b"", Content_Length="9999")):
        with serving(send(start, *slow, pause=0.05)) as served:
            started = time.monotonic()
            with pytest.raises(SourceUnreachable, match="within 1 s"):
                client(served.place, deadline_seconds=1.0, tries=1).get(served.url)
            assert time.monotonic() - started < 6, "it would drip for 25 s"


def test_a_server_that_hangs_after_its_headers_is_left() -> None:
    with serving(send(b"HTTP/1.1 200 OK\r\n", b"", pause=0.7)) as served, pytest.raises(SourceUnreachable):
        client(served.place, deadline_seconds=0.5, tries=1).get(served.url)


def test_no_server_no_name_and_no_certificate_are_one_line_each() -> None:
    for place, url in (
        ("127.0.0.1:9", "http://127.0.0.1:9/x"),
        ("no-such-host.invalid", "http://no-such-host.invalid/x"),
    ):
        with pytest.raises(SourceUnreachable) as refused:
            client(place, tries=1).get(url)
        assert "\n" not in str(refused.value)
    with serving(send(b"this is no TLS")) as served, pytest.raises(SourceUnreachable, match=r"TLS|trusted|connection"):
        client(served.place, tries=1).get(f"https://{served.place}/x")


def test_a_gzip_bomb_is_stopped_at_the_cap() -> None:
    """F25: 300 MB out of some 300 KB; memory stays under 100 MB above idle."""
    bomb = gzip.compress(bytes(300_000_000), 9)
    assert len(bomb) < 400_000
    with serving(send(answer(bomb, Content_Encoding="gzip"))) as served:
        tracemalloc.start()
        with pytest.raises(PageRefused, match="larger than"):
            client(served.place, deadline_seconds=30.0, most_bytes=20_000_000).get(served.url)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 100_000_000


def test_large_bodies_are_not_read_to_their_end() -> None:
    for sent in (answer(b"x", Content_Length="500000000"), b"HTTP/1.0 200 OK\r\n\r\n" + b"x" * 3_000_000):
        with serving(send(sent)) as served, pytest.raises(PageRefused, match="bytes"):
            client(served.place, most_bytes=1_000_000).get(served.url)


@pytest.mark.parametrize("packed", ["br", "zstd", "gzip, gzip", "x"])
def test_packings_that_were_not_asked_for_are_refused(packed: str) -> None:
    with serving(send(answer(b"xxxx", Content_Encoding=packed))) as served, pytest.raises(PageRefused):
        client(served.place).get(served.url)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "https://localhost/", "https://[::1]/", "http://169.254.169.254/", "file:///etc/passwd",
        "ftp://h/", "https://2130706433/", "https://evil.example/", "https://en.wikipedia.org.evil.example/",
        "https://en.wikipedia.org@evil.example/",
        "https://en.wikipedia.org:22/", "https://en.wikipedia.org\\@evil.example/", "http://en.wikipedia.org/", "",
        "//en.wikipedia.org",
        "https://[oops/", "https://en.wikipedia.org:99999/",
    ],
)  # fmt: skip
def test_only_listed_hosts_are_asked(url: str) -> None:
    """S5: with the settings that ship."""
    with pytest.raises(AddressRefused):
        Client(ClientSettings("wikipedia", hosts=("en.wikipedia.org",)), sleep=lambda _: None).get(url)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::",
        "64:ff9b::7f00:1",
    ],
)  # fmt: skip
def test_private_addresses_are_refused_whatever_name_leads_there(address: str) -> None:
    from ipaddress import ip_address

    assert not public_only(ip_address(address))


def test_public_addresses_pass_and_a_name_is_judged_by_where_it_leads() -> None:
    from ipaddress import ip_address

    assert public_only(ip_address("198.35.26.96"))
    assert public_only(ip_address("2620:0:863:ed1a::1"))
    with pytest.raises(AddressRefused, match="open network"):
        Allowed(frozenset({"localhost"})).resolve("localhost", 443)
    http_client = Client(client("localhost").settings, sleep=lambda _: None)
    with pytest.raises(AddressRefused, match="open network"):
        http_client.get("http://localhost/")
    assert loopback(ip_address("127.0.0.1"))


def test_s5_the_address_that_was_judged_is_the_one_that_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that leads to one machine when it is judged and to another when it is asked: the judged one is asked."""
    with serving(send(answer(b"<p>inside</p>"))) as inside:
        port = int(inside.place.rpartition(":")[2])
        judged = ip_address("127.0.0.2")
        outside = socket.create_server((str(judged), port))

        def serve() -> None:
            connection, _ = outside.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(answer(b"<p>outside</p>"))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        places = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (str(judged), port))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: places)
        http_client = client(f"localhost:{port}")
        http_client.address = lambda address: address == judged
        page = http_client.get(f"http://localhost:{port}/page")
        assert isinstance(page, Fetched)
        assert page.body == b"<p>outside</p>"
        assert inside.requests == []
        thread.join(5)
        outside.close()
