"""Just enough of the .xlsx format, read defensively: no entities, no network, no links, sizes capped as they unpack."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from lxml import etree

from pipelines.sources.errors import PageRefused
from pipelines.sources.text import one_line

MOST_PARTS = 200
MOST_BYTES = 40_000_000
MOST_ROWS, MOST_COLUMNS = 20_001, 200
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
NS = {"m": MAIN}
_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})", re.ASCII)
_INTEGRAL = re.compile(r"(-?\d{1,15})\.0+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Workbook:
    """The first sheet's cells as text, and the day its date numbers count from."""

    rows: list[list[str]]
    from_1904: bool


def read_workbook(body: bytes) -> Workbook:
    """The first sheet; raises PageRefused for what is no workbook, too large, or holds a document type."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            if len(archive.infolist()) > MOST_PARTS:
                raise PageRefused(f"a workbook of more than {MOST_PARTS} parts")
            parts = _Parts(archive)
            book = parts.tree("xl/workbook.xml")
            strings = _strings(parts)
            sheet = parts.tree(_first_sheet(archive))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise PageRefused(f"the file is no workbook: {one_line(error, 80)}; save it as .xlsx again") from error
    if book is None or sheet is None:
        raise PageRefused("the workbook has no sheet; save it as .xlsx again")
    properties = book.find("m:workbookPr", NS)
    from_1904 = properties is not None and properties.get("date1904") in ("1", "true")
    return Workbook(list(_rows(sheet, strings)), from_1904)


class _Parts:
    """The parts of the archive, against one budget of unpacked bytes."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._left = MOST_BYTES

    def tree(self, name: str) -> etree._Element | None:
        if name not in self._archive.namelist():
            return None
        with self._archive.open(name) as part:
            data = part.read(self._left + 1)
        self._left -= len(data)
        if self._left < 0:
            raise PageRefused(f"the workbook unpacks to more than {MOST_BYTES:,} bytes")
        if b"<!DOCTYPE" in data or b"<!ENTITY" in data or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise PageRefused(f"{one_line(name, 60)} declares a document type; no workbook of ours does")
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            return etree.fromstring(data, parser)
        except etree.XMLSyntaxError as error:
            raise PageRefused(f"{one_line(name, 60)} is no XML: {one_line(error, 80)}") from error


def _first_sheet(archive: zipfile.ZipFile) -> str:
    sheets = [name for name in archive.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)]
    return min(sheets, key=lambda name: (len(name), name), default="")


def _strings(parts: _Parts) -> list[str]:
    tree = parts.tree("xl/sharedStrings.xml")
    return [] if tree is None else [_text(item) for item in tree.findall("m:si", NS)]


def _text(element: etree._Element) -> str:
    """The text of a string item: its own runs, without phonetic hints."""
    return "".join(part.text or "" for path in ("m:t", "m:r/m:t") for part in element.findall(path, NS))


def _rows(sheet: etree._Element, strings: list[str]) -> Iterator[list[str]]:
    expected = 1
    for row in sheet.iterfind("m:sheetData/m:row", NS):
        cells: dict[int, str] = {}
        for cell in row.findall("m:c", NS):
            cells[_column(cell.get("r"), len(cells))] = _value(cell, strings)
        number = row.get("r", "")
        here = int(number) if number.isascii() and number.isdigit() and len(number) < 8 else expected
        if here > MOST_ROWS:
            raise PageRefused(f"a sheet of more than {MOST_ROWS:,} rows")
        for _ in range(here - expected):
            yield []
        expected = max(here, expected) + 1
        yield [cells.get(at, "") for at in range(max(cells, default=-1) + 1)]


def _column(reference: str | None, after: int) -> int:
    match = _CELL.fullmatch(reference or "")
    if match is None:
        return after
    number = 0
    for letter in match[1]:
        number = number * 26 + ord(letter) - ord("A") + 1
    if number > MOST_COLUMNS:
        raise PageRefused(f"a sheet of more than {MOST_COLUMNS} columns")
    return number - 1


def _value(cell: etree._Element, strings: list[str]) -> str:
    """A cell as text; a formula by the value it had when the file was saved."""
    kind, value = cell.get("t"), cell.findtext("m:v", "", NS)
    if kind == "inlineStr":
        inline = cell.find("m:is", NS)
        return "" if inline is None else _text(inline)
    if kind == "s":
        if not (value.isascii() and value.isdigit() and int(value) < len(strings)):
            raise PageRefused(f"a cell points to the text {one_line(value, 20)!r}, which is not there")
        return strings[int(value)]
    match = _INTEGRAL.fullmatch(value)
    return match[1] if match else value


_PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="xl/workbook.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="worksheets/sheet1.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="polls" sheetId="1" r:id="rId1"/></sheets></workbook>',
}


def write_workbook(rows: Sequence[Sequence[str]]) -> bytes:
    """Rows of text as a workbook of one sheet; the same rows give the same bytes."""
    body = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>' for cell in row) + "</row>"
        for row in rows
    )
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData></worksheet>'
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {**_PARTS, "xl/worksheets/sheet1.xml": sheet}.items():
            part = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            part.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(part, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' + text)
    return made.getvalue()
