"""Bytes → text, decoded by us: what the bytes are goes before what a header says they are."""

import codecs
import json
import re

from pipelines.sources.errors import PageRefused
from pipelines.sources.kinds import refuse_container
from pipelines.sources.text import one_line

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
HEBREW_SHEETS = frozenset({"windows-1255", "cp1255", "iso-8859-8", "iso-8859-8-i", "hebrew"})
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{2,30})", re.ASCII | re.IGNORECASE)
# UTF-8 read as a one-byte Western or Hebrew sheet: a lead byte's letter, then one that only a tail byte gives.
_TAILS = "\x80-\xbf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122"
_MOJIBAKE = re.compile(rf"[ÃÂÅâ×Ø][{_TAILS}]|׳[\u0080-\u00bf\u2013-\u203a\u20ac\u2122\u05b0-\u05c3]|ג€")
_LEADS = "ÃÂÅâ×Ø׳"
MOST_MOJIBAKE = 2


def decode(body: bytes, content_type: str = "") -> str:
    """A body's text; raises PageRefused for what holds no text, and for text decoded wrongly here or before us."""
    refuse_container(body)
    for bom, charset in BOMS:
        if body.startswith(bom):
            return _whole(_strict(body[len(bom) :], charset))
    if wide := _wide_charset(body):
        return _whole(_strict(body, wide))
    try:
        return _whole(body.decode("utf-8"))
    except UnicodeDecodeError as error:
        declared = _declared(body, content_type)
        if declared in HEBREW_SHEETS or (declared is None and _looks_hebrew(body)):
            return _whole(_strict(body, "windows-1255"))
        raise PageRefused(
            f"byte {error.start} is not UTF-8 (charset {one_line(declared or 'not given', 30)!r}); save it as UTF-8"
        ) from error


def _strict(body: bytes, charset: str) -> str:
    try:
        return body.decode(charset)
    except UnicodeDecodeError as error:
        raise PageRefused(f"byte {error.start} is not {charset}; save the page as UTF-8") from error


def _whole(text: str) -> str:
    may_be = any(lead in text for lead in _LEADS) or "ג€" in text
    garbled = sum(1 for _, _ in zip(range(MOST_MOJIBAKE + 1), _MOJIBAKE.finditer(text), strict=False)) if may_be else 0
    if garbled > MOST_MOJIBAKE:
        raise PageRefused("the text was decoded wrongly before it reached us (mojibake); fetch it again")
    if "\ufffd" in text or "\x00" in text:
        raise PageRefused("the text holds characters lost in an earlier decoding; fetch it again")
    return text


def _declared(body: bytes, content_type: str) -> str | None:
    for place in (content_type[:200], body[:2048].decode("ascii", "replace")):
        if match := _CHARSET.search(place):
            return match[1].lower()
    return None


def _wide_charset(body: bytes) -> str | None:
    """UTF-16 without its mark: every other byte of Latin text is zero."""
    start = body[:400]
    for charset, zeros in (("utf-16-le", start[1::2]), ("utf-16-be", start[0::2])):
        if len(start) >= 8 and zeros.count(0) * 2 > len(zeros):
            return charset
    return None


def _looks_hebrew(body: bytes) -> bool:
    """In windows-1255 the letters are bytes E0–FA: nearly all that is not ASCII.

    Its quotes and dashes (91–97) are those of the Western sheet, so a text with these alone reads the same in both.
    """
    high = [byte for byte in body[:100_000] if byte > 0x7F]
    return bool(high) and sum(0xE0 <= byte <= 0xFA or 0x91 <= byte <= 0x97 for byte in high) > 0.8 * len(high)


def complete_html(text: str) -> bool:
    """Whether a page runs to its end; a fragment (as the API gives) has none to run to."""
    tail = text.rstrip()[-400:].lower()
    return "<html" not in text[:4000].lower() or "</html>" in tail


def complete_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def complete_csv(text: str) -> bool:
    """A sheet ends with its last line whole: as many commas as its header, or a line end."""
    lines = text.rstrip("\r\n").split("\n")
    return text.endswith("\n") or (len(lines) > 1 and lines[-1].count(",") >= lines[0].count(","))
