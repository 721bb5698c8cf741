"""Workbooks of our own: written as a spreadsheet program writes them, and bent part by part."""

import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import xlsxwriter

Rows = Sequence[Sequence[object]]
NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
PARTS = {
    "sheet": "xl/worksheets/sheet1.xml",
    "strings": "xl/sharedStrings.xml",
    "book": "xl/workbook.xml",
    "relations": "xl/_rels/workbook.xml.rels",
}


def workbook(
    rows: Rows, *, bend: Callable[[xlsxwriter.Workbook], object] | None = None, date_1904: bool = False
) -> bytes:
    """One tab of cells; a moment is kept as Excel keeps one. `bend` may add tabs and hide things."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "date_1904": date_1904, "strings_to_urls": False}) as book:
        write(book, "polls", rows)
        if bend:
            bend(book)
    return file.getvalue()


def write(book: xlsxwriter.Workbook, name: str, rows: Rows) -> xlsxwriter.worksheet.Worksheet:
    sheet = book.add_worksheet(name)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, datetime):
                sheet.write_datetime(at, column, cell, day)
            else:
                sheet.write(at, column, cell)
    return sheet


def with_parts(body: bytes, parts: dict[str, bytes | str] | None = None, drop: Iterable[str] = ()) -> bytes:
    """A workbook with some of its parts replaced, added (by path) or dropped."""
    new_parts = {PARTS.get(name, name): part for name, part in (parts or {}).items()}
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in dict.fromkeys((*old.namelist(), *new_parts)):
            if name not in drop:
                new.writestr(name, new_parts[name] if name in new_parts else old.read(name))
    return file.getvalue()
