"""A sheet as bytes: CSV by the standard library, XLSX as the few parts every spreadsheet program reads.

The spreadsheet is written by hand because nothing else here needs a library for it: one sheet, text and numbers,
no formulas, no styles but a bold head. The same sheet gives the same bytes.
"""

import csv
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from xml.sax.saxutils import escape

from dashboard.exports.cells import Cell, Sheet

BYTE_ORDER_MARK = "\ufeff"  # without it a spreadsheet program reads Hebrew as Latin letters
EPOCH = (1980, 1, 1, 0, 0, 0)  # the oldest time a zip file can tell
LONGEST_NAME = 31
FORBIDDEN_IN_NAME = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
NOT_IN_XML = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 65534, 65535))

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{TYPES}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{TYPES}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{TYPES}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{RELATIONS}">'
    f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{RELATIONS}">'
    f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf/><xf fontId="1" applyFont="1"/></cellXfs></styleSheet>',
}


@dataclass(frozen=True)
class Format:
    """A kind of file: its ending, its type, and how a sheet becomes one."""

    ending: str
    mimetype: str
    write: Callable[[Sheet], bytes]


def as_csv(sheet: Sheet) -> bytes:
    """Comma-separated, UTF-8 with its mark, one head line."""
    out = io.StringIO(newline="")
    out.write(BYTE_ORDER_MARK)
    csv.writer(out, lineterminator="\r\n").writerows(sheet.lines)
    return out.getvalue().encode()


def as_xlsx(sheet: Sheet) -> bytes:
    """One worksheet; every text is an inline string, which is never evaluated."""
    name = escape(sheet.name.translate(FORBIDDEN_IN_NAME).translate(NOT_IN_XML)[:LONGEST_NAME], {'"': "&quot;"})
    parts = {
        **PARTS,
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        f'<sheet name="{name}" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/worksheets/sheet1.xml": _worksheet(sheet.lines),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in parts.items():
            archive.writestr(zipfile.ZipInfo(path, EPOCH), HEAD + content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _worksheet(lines: list[list[Cell]]) -> str:
    rows = "".join(
        f'<row r="{at}">{"".join(_cell(cell, column, at) for column, cell in enumerate(line))}</row>'
        for at, line in enumerate(lines, start=1)
    )
    frozen = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    return (
        f'<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">{frozen}</sheetView></sheetViews>'
        f"<sheetData>{rows}</sheetData></worksheet>"
    )


def _cell(cell: Cell, column: int, row: int) -> str:
    if cell is None or cell == "":
        return ""
    place = f'r="{column_name(column)}{row}"' + (' s="1"' if row == 1 else "")
    if isinstance(cell, str):
        text = escape(cell.translate(NOT_IN_XML))
        return f'<c {place} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    return f"<c {place}><v>{cell!r}</v></c>"


def column_name(at: int) -> str:
    """The letters of a column.

    >>> column_name(0), column_name(25), column_name(26), column_name(701), column_name(702)
    ('A', 'Z', 'AA', 'ZZ', 'AAA')
    """
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


FORMATS = {
    "csv": Format("csv", "text/csv", as_csv),
    "xlsx": Format("xlsx", f"{TYPES}.sheet", as_xlsx),
}
