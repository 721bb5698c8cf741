"""Which requests the server's loop may answer by itself: plain ones, each field once; all others take the long way."""

import pytest

from dashboard.serve.worker import LONGEST_PLAIN, plain

LINE, HOST = b"GET /trends?lang=en&gov=a,b HTTP/1.1\r\n", b"Host: localhost:8050\r\n"
BROWSER = (
    b"User-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\nAccept: text/html,*/*;q=0.8\r\naccept-encoding: gzip, br\r\n"
    b'Accept-Language: he,en;q=0.5\r\nConnection: keep-alive\r\nIf-None-Match: "ab-br"\r\nSec-Fetch-Mode: navigate\r\n'
)
END = b"\r\n"


def test_what_a_browser_asks_is_plain() -> None:
    assert plain(LINE + HOST + END) == (("/trends", "lang=en&gov=a,b", "", None), True)
    assert plain(LINE + HOST + b"Connection: close\r\n" + END) == (("/trends", "lang=en&gov=a,b", "", None), False)
    assert plain(LINE + HOST + BROWSER + END) == (("/trends", "lang=en&gov=a,b", "gzip, br", '"ab-br"'), True)


@pytest.mark.parametrize(
    "line",
    [
        b"HEAD / HTTP/1.1",
        b"POST / HTTP/1.1",
        b"get / HTTP/1.1",
        b"GET / HTTP/1.0",
        b"GET / HTTP/2.0",
        b"GET  / HTTP/1.1",
        b"GET http://other/ HTTP/1.1",
        b"GET * HTTP/1.1",
        b"GET trends HTTP/1.1",
        b"GET /%74rends HTTP/1.1",
        b"GET /trends#x HTTP/1.1",
        b"GET /a?b?c HTTP/1.1",
        b"GET /a\\b HTTP/1.1",
        b"GET /\xd7\xa9 HTTP/1.1",
        b"GET /\x00 HTTP/1.1",
        b"GET / HTTP/1.1 ",
    ],
)
def test_another_first_line_is_not(line: bytes) -> None:
    assert plain(line + b"\r\n" + HOST + END) is None


@pytest.mark.parametrize(
    "fields",
    [
        b"",
        HOST + HOST,
        HOST + b"host: other\r\n",
        HOST + b"Accept-Encoding: br\r\nAccept-Encoding: gzip\r\n",
        HOST + b"Content-Length: 3\r\n",
        HOST + b"Content-Length: 0\r\n",
        HOST + b"Transfer-Encoding: chunked\r\n",
        HOST + b"Expect: 100-continue\r\n",
        HOST + b"Upgrade: h2c\r\n",
        HOST + b"Range: bytes=0-1\r\n",
        HOST + b"Connection: close, keep-alive\r\n",
        HOST + b"Connection: keep-alive, Upgrade\r\n",
        HOST + b"X-Forwarded-For: 1.2.3.4\r\n",
        HOST + b"Anything: else\r\n",
        HOST + b"Accept : br\r\n",
        HOST + b"Accept:br\r\n",
        HOST + b" folded: yes\r\n",
        HOST + b"Accept: a\r\n\tfolded\r\n",
        HOST + b"Accept: \xff\r\n",
        HOST + b"Accept: a\x00b\r\n",
        HOST + b"Accept: a\nCookie: b\r\n",
        HOST + b"Accept_Encoding: br\r\n",
        HOST + b"\r\nGET / HTTP/1.1\r\n" + HOST,
    ],
)
def test_another_field_is_not(fields: bytes) -> None:
    assert plain(LINE + fields + END) is None


def test_one_that_is_long_is_not() -> None:
    assert plain(b"GET /" + b"a" * LONGEST_PLAIN + b" HTTP/1.1\r\n" + HOST + END) is None
