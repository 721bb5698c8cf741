"""Bytes → text, decoded by us: what the bytes are goes before what a header says; a file of another kind is named."""

import codecs
import io
import json
import re
import zipfile
import zlib

from pipelines.errors import PageRefused, one_line

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
SHEET_1255 = "cp1255"  # the one-byte sheet that files of result counts are still written in
# What codecs calls the charsets that are read by it: ISO-8859-8 is its letters alone, in whatever order they run.
READ_BY_1255 = frozenset({SHEET_1255, "iso8859-8"})
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{2,30})", re.ASCII | re.IGNORECASE)
# UTF-8 read as a one-byte sheet, Western or 1255: a lead byte's letter, then one that only a tail byte gives.
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
        if _codec(declared) in READ_BY_1255 or (declared is None and _looks_like_1255(body)):
            return _whole(_strict(body, SHEET_1255))
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


def _codec(declared: str | None) -> str | None:
    """The name that codecs has for a charset; "-i" and "-e" after it only say in which order letters are stored."""
    try:
        return codecs.lookup((declared or "").removesuffix("-i").removesuffix("-e")).name
    except LookupError:
        return None


def _looks_like_1255(body: bytes) -> bool:
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


WORKBOOK = "this is a workbook: import it with --source xlsx"
ZIPPED = (b"PK\x03\x04", b"PK\x05\x06")
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# First bytes → what the file is and what to do with it.
SIGNATURES = (
    (OLD_OFFICE, "this is an old workbook (.xls) or one with a password: save it as .xlsx without a password"),
    (b"%PDF", "this is a PDF: copy its numbers into the desk's own sheet (`python -m pipelines template FILE`)"),
    (b"\x1f\x8b", "this file is packed with gzip: unpack it first"),
    (b"BZh", "this file is packed with bzip2: unpack it first"),
    (b"\xfd7zXZ", "this file is packed with xz: unpack it first"),
    (b"7z\xbc\xaf", "this is a 7z archive: unpack it first"),
    (b"Rar!", "this is a RAR archive: unpack it first"),
    (b"\x89PNG", "this is a picture: copy its numbers into the desk's own sheet"),
    (b"\xff\xd8\xff", "this is a picture: copy its numbers into the desk's own sheet"),
    (b"GIF8", "this is a picture: copy its numbers into the desk's own sheet"),
    (b"{\\rtf", "this is a text document (.rtf): save its table as CSV"),
    (b"SQLite format 3", "this is a database: export the table as CSV"),
    (b"PAR1", "this is a Parquet file: export it as CSV"),
)
# A part that only one kind of zipped office file has.
PARTS = (
    ("xl/workbook.xml", WORKBOOK),
    ("xl/workbook.bin", "this is a binary workbook (.xlsb): save it as .xlsx"),
    ("word/document.xml", "this is a Word document: copy its table into the desk's own sheet"),
    ("ppt/presentation.xml", "this is a presentation: copy its table into the desk's own sheet"),
    ("content.xml", "this is an OpenDocument file (.ods): save it as .xlsx"),
    ("index/document.iwa", "this is a Numbers or Pages document: export it as .xlsx or CSV"),
)
MARKS = b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"


def container_of(body: bytes) -> str | None:
    """What a file that holds no text is, with the remedy; nothing for text, also in a wrong charset."""
    if body.startswith(ZIPPED):
        return _zipped(body)
    return next((remedy for signature, remedy in SIGNATURES if body.startswith(signature)), None)


def _zipped(body: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            names = {name.lower() for name in archive.namelist()}
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError, zlib.error):
        return "this is a damaged workbook or archive: save it again"
    remedies = (remedy for part, remedy in PARTS if part in names)
    return next(remedies, "this is an archive (.zip): unpack it and import what is in it")


def refuse_container(body: bytes, workbook: str = WORKBOOK) -> None:
    """An empty file, or one that holds no text; raises PageRefused with the remedy, `workbook` for a workbook."""
    plain = body
    for mark in MARKS:
        plain = plain.removeprefix(mark)
    if not plain.strip(b" \t\r\n\x00"):
        raise PageRefused("the file is empty: save it again")
    if remedy := container_of(body):
        raise PageRefused(workbook if remedy == WORKBOOK else remedy)


def markup_of(text: str) -> str | None:
    """Whether a text is a web page, an answer of an API or another XML: html, json, xml or nothing."""
    start = text[:4_000].lstrip("\ufeff \t\r\n").lower()
    if start.startswith(("<!doctype html", "<html", "<table", "<div", "<head", "<body", "<meta", "<!--")):
        return "html"
    if start.startswith("<?xml"):
        return "html" if "<html" in start else "xml"
    return "json" if start.startswith(("{", "[")) else None


def refuse_markup(text: str) -> None:
    """A page given as a sheet; raises PageRefused with the remedy."""
    remedy = {
        "html": "this is a web page: import it with --source wikipedia or themadad, or save its table as CSV",
        "json": "this is an answer of Wikipedia's API or other JSON: import it with --source wikipedia",
        "xml": "this is XML: save the sheet as CSV or .xlsx",
    }.get(markup_of(text) or "")
    if remedy:
        raise PageRefused(remedy)


def refuse_sheet(text: str) -> None:
    """A sheet given as a page; raises PageRefused with the remedy."""
    first = next((line for line in text[:4_000].splitlines() if line.strip()), "")
    if "<" not in text[:20_000] and any(mark in first for mark in ",;\t"):
        raise PageRefused("this is a sheet, not a page: import it with --source csv")
