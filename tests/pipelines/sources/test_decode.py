"""F23: decoded from the bytes, whatever a header says; text spoiled before us is refused."""

import pytest

from pipelines.errors import PageRefused
from pipelines.sources.text import complete_csv, complete_html, complete_json, decode

HEBREW = "שם ישוב,הליכוד,ש״ס — סקר מנדטים"
SHEET = "שם ישוב,הליכוד,שס"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (HEBREW.encode(), ""),
        (HEBREW.encode(), "text/html; charset=iso-8859-1"),
        (HEBREW.encode(), "text/html; charset=windows-1255"),
        (HEBREW.encode("utf-8-sig"), ""),
        (b"\xff\xfe" + HEBREW.encode("utf-16-le"), ""),
        (b"\xfe\xff" + HEBREW.encode("utf-16-be"), ""),
    ],
)
def test_bytes_go_before_headers(body: bytes, content_type: str) -> None:
    assert decode(body, content_type) == HEBREW


@pytest.mark.parametrize("content_type", ["", "text/csv; charset=windows-1255", "text/csv; charset=ISO-8859-8"])
def test_windows_1255_is_read(content_type: str) -> None:
    assert decode(SHEET.encode("cp1255"), content_type) == SHEET
    assert decode(f'<meta charset="windows-1255">{SHEET}'.encode("cp1255")).endswith(SHEET)


@pytest.mark.parametrize(
    "body",
    [
        HEBREW.encode().decode("latin-1").encode(),
        ("–" * 5).encode().decode("cp1252").encode(),
        "הליכוד ש\ufffdס".encode(),
        b"\x80\x81\xfe\xff not text",
        "café crème brûlée".encode("latin-1"),
        b"a\x00b",
        SHEET.encode("cp1255") + b"\xff\xfc",
        b"\xef\xbb\xbf\xff",
    ],
)
def test_mojibake_is_refused(body: bytes) -> None:
    with pytest.raises(PageRefused):
        decode(body)


def test_pages_are_complete_only_to_their_end() -> None:
    assert complete_html("<html><body>x</body></html>\n")
    assert not complete_html("<html><body>x")
    assert complete_html("<div>a fragment</div>")
    assert complete_json('{"a": 1}')
    assert not complete_json('{"a": 1')
    assert not complete_json("[" * 100_000)
    assert complete_csv("a,b\n1,2\n")
    assert complete_csv("a,b\n1,2")
    assert not complete_csv("a,b\n1")
