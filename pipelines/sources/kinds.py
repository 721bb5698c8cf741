"""What a file is by its first bytes, so that a wrong one is named with the way to bring it in."""

import io
import zipfile
import zlib

from pipelines.sources.errors import PageRefused

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
