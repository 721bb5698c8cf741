"""Bytes → text, and printed text made plain: one spelling of spaces, no invisible marks, one line in messages.

What the bytes are goes before what a header says; a file of another kind is named, with the remedy.
"""

import codecs
import io
import json
import re
import unicodedata
import zipfile
import zlib
from functools import lru_cache

from pipelines.errors import PageRefused, one_line

MOST_BYTES = 20_000_000  # of an answer

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


# Printed text


LONGEST_NAME = 200
# Marks that change how a line reads but not what it says, and letters that show nothing at all.
INVISIBLE = frozenset("\u115f\u1160\u3164\uffa0\u180e\u2800")
# Scripts whose letters pass for one another; a name that mixes them is not the name it seems to be.
LOOKALIKE_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")


def tidy(text: str) -> str:
    """Compatibility forms folded, invisible marks dropped, every run of blanks one space.

    >>> tidy(" 24\\u00a0\\u200f ")
    '24'
    """
    if text.isascii():
        return " ".join(text.split())
    folded = unicodedata.normalize("NFKC", text)
    return " ".join("".join(c for c in folded if not is_invisible(c)).split())


# Every mark that joins two names: the dashes of Unicode (category Pd, maqaf among them) and signs that look like one.
_EXTRA_DASHES = "\u2212\u02d7\u2043\u207b\u208b"
# Every mark that quotes, abbreviates, cries out or stands for a letter not spoken: quotes, apostrophes, geresh, "!".
_QUOTES = dict.fromkeys(
    map(
        ord,
        "!\"'`\u00ab\u00b4\u00bb\u02b9\u02ba\u02bb\u02bc\u02bd\u02be\u02bf\u02ca\u02cb\u02ee\u05f3\u05f4\u1fbd\u1fbf\u2018\u2019\u201a"
        "\u201b\u201c\u201d\u201e\u201f\u2032\u2033\u2034\u2035\u2036\u2037\u2039\u203a\u2057\u275b\u275c\u275d\u275e\u301d\u301e\u301f",
    )
)
_AROUND_JOINTS = re.compile(r" *([-+/&]) *")


def spelling_key(name: str) -> str:
    """What a printed name is compared by: equal for every spelling of one name. Total and idempotent.

    Folded: compatibility forms and width, case, every kind of dash, blanks and line breaks (none around a dash, plus,
    stroke or ampersand), invisible marks. Quotes, apostrophes, geresh, gershayim and exclamation marks are left out.

    >>> spelling_key("RZP -\\nZehut") == spelling_key("rzp\u2013zehut"), spelling_key("ש''ס") == spelling_key("ש״ס")
    (True, True)
    """
    return _short_key(name) if len(name) <= LONGEST_NAME else _key(name)


def _key(name: str) -> str:
    # Case folding and compatibility forms each undo a little of the other, so they alternate until nothing changes.
    while (folded := _fold(name)) != name:
        name = folded
    return folded


_short_key = lru_cache(maxsize=8_192)(_key)


def _fold(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name.translate(_QUOTES)).casefold()
    visible = "".join("-" if is_dash(c) else c for c in plain.translate(_QUOTES) if not is_invisible(c))
    return re.sub("-{2,}", "-", _AROUND_JOINTS.sub(r"\1", " ".join(visible.split())))


def is_dash(character: str) -> bool:
    """Hyphen, non-breaking hyphen, figure, en and em dash, minus, maqaf and their kin."""
    return unicodedata.category(character) == "Pd" or character in _EXTRA_DASHES


_BROKEN_DASH = re.compile(r"(?<=\S) (?P<before>[^\w\s])(?=\S)|(?<=\S)(?P<after>[^\w\s]) (?=\S)")


def close_dashes(text: str) -> str:
    """A name broken over two lines at its dash is one name; a dash with blanks on both sides stays as printed.

    >>> close_dashes("Hadash \u2013Ta'al"), close_dashes("RZP- OY"), close_dashes("31 Dec \u2013 1 Jan")
    ("Hadash\u2013Ta'al", 'RZP-OY', '31 Dec \u2013 1 Jan')
    """
    if " " not in text:
        return text
    return _BROKEN_DASH.sub(lambda match: match[0].strip() if is_dash(match[0].strip()) else match[0], text)


def is_invisible(character: str) -> bool:
    """Bidi controls, zero-width marks and fillers: they take no space a reader can see."""
    return unicodedata.category(character) == "Cf" or character in INVISIBLE


def hidden_marks(text: str) -> tuple[str, ...]:
    """The invisible characters of a text by code point, for a flag beside the name.

    >>> hidden_marks("Laz\\u200bar")
    ('U+200B',)
    """
    return () if text.isascii() else tuple(dict.fromkeys(f"U+{ord(c):04X}" for c in text if is_invisible(c)))


def mixed_scripts(name: str) -> str | None:
    """The first word that mixes look-alike alphabets, or nothing.

    >>> mixed_scripts("L\\u0430zar")
    'Lаzar'
    """
    if name.isascii():
        return None
    for word in name.split():
        scripts = {script for c in word if c.isalpha() for script in LOOKALIKE_SCRIPTS if _in(script, c)}
        if len(scripts) > 1:
            return word
    return None


def _in(script: str, character: str) -> bool:
    return unicodedata.name(character, "").startswith(script)
