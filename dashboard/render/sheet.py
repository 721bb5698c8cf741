"""A table as a file: CSV and XLSX from the same typed cells.

Numbers and days stay what they are, an interval has a column for each end, a name one for its id. A text that a
spreadsheet could take for a formula begins with an apostrophe. The same table gives the same bytes.
"""

import csv
import io
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from dashboard.blocks import Cell, Column, Interval, Links, Missing, Name, Number, Source, Table
from dashboard.i18n import HIDDEN, Translator
from dashboard.render.text import name_text, plain

Value = str | int | float | date | None

BYTE_ORDER_MARK = "\ufeff"  # without it a spreadsheet program takes other letters for Latin ones
STARTS_A_FORMULA = tuple("=+-@\t\r\n|")
LONGEST = 32_000  # characters a spreadsheet takes in one cell
LONGEST_NAME = 31
FORBIDDEN_IN_NAME = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
NOT_IN_XML = dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF))
CREATED = datetime(2000, 1, 1)  # no moment of making is part of a file
WIDTHS = (8, 60)  # least and most, in letters
BELOW_THRESHOLD = "<"
DIGITS = 6  # decimals of a number in a file: no more is known


@dataclass(frozen=True)
class Lines:
    """A table as a file has it: its head, the decimals and sign of each column, and its rows."""

    head: tuple[str, ...]
    formats: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True)
class FileType:
    """A kind of file: its ending, its type, and how a table becomes one."""

    ending: str
    mimetype: str
    write: Callable[["Lines", str, "About", Translator], bytes]


@dataclass(frozen=True)
class About:
    """What the file says of itself: (what, value) in the language of the file."""

    facts: tuple[tuple[str, str], ...]


def lines(table: Table, t: Translator, *, with_labels: bool) -> Lines:
    """The table's cells as values; columns are called by their labels, or by their ids for programs."""
    columns = [_expanded(table, at, t, with_labels) for at in range(len(table.columns))]
    head = tuple(harmless(name) for names, _, _ in columns for name in names)
    formats = tuple(kind for names, kind, _ in columns for _ in names)
    rows = tuple(tuple(value for _, _, values in columns for value in values[row]) for row in range(len(table.rows)))
    return Lines(head, formats, rows)


Expanded = tuple[list[str], str, list[tuple[Value, ...]]]


def _expanded(table: Table, at: int, t: Translator, with_labels: bool) -> Expanded:
    """A column as the file's one, two or three: names, format, and the values of each row."""
    column, cells = table.columns[at], [row[at] for row in table.rows]
    label = _label(column, t) if with_labels else column.id
    kind = _format(column)
    intervals = [cell for cell in cells if isinstance(cell, Interval)]
    if intervals:
        has_middle = any(cell.middle is not None for cell in intervals)
        ends = [_end(label, end, t, with_labels) for end in ("low", "high")]
        return ([label, *ends] if has_middle else ends), kind, [_interval(cell, has_middle, t) for cell in cells]
    if any(isinstance(cell, Name) and cell.id and cell.id != name_text(cell, t) for cell in cells):
        return [label, _end(label, "id", t, with_labels)], "", [(_value(cell, t), _id(cell)) for cell in cells]
    return [label], kind, [(_value(cell, t),) for cell in cells]


def _label(column: Column, t: Translator) -> str:
    return name_text(column.label, t) if isinstance(column.label, Name) else plain(column.label, t)


def _end(label: str, end: str, t: Translator, with_labels: bool) -> str:
    return t(f"file.{end}", label=label) if with_labels else f"{label}_{end}"


def _format(column: Column) -> str:
    """The spreadsheet's number format of a column."""
    if column.type not in ("int", "float") or column.digits < 0:
        return ""
    places = "0" + ("." + "0" * column.digits if column.digits else "")
    return f"+{places};-{places};{places}" if column.is_signed else places


def _interval(cell: Cell, has_middle: bool, t: Translator) -> tuple[Value, ...]:
    if isinstance(cell, Interval):
        ends = (_value(cell.low, t), _value(cell.high, t))
        return (_value(cell.middle, t), *ends) if has_middle else ends
    return (_value(cell, t), None, None) if has_middle else (_value(cell, t), None)


def _id(cell: Cell) -> Value:
    return harmless(cell.id) if isinstance(cell, Name) else None


def _value(cell: Cell, t: Translator) -> Value:
    """A cell as a value: what is missing is empty, what is below the threshold is said so."""
    match cell:
        case None:
            return None
        case Missing(reason):
            return BELOW_THRESHOLD if reason == "below_threshold" else None
        case Name():
            return harmless(name_text(cell, t))
        case Links(items):
            return " ".join(name_text(one.name, t) for one in items)
        case Source(name):
            return harmless(name_text(name, t))
        case Interval():
            raise ValueError(f"{cell}: an interval stands in a column of intervals")
        case Number(value):
            return _value(value, t)
        case float():
            return int(cell) if cell.is_integer() else round(cell, DIGITS)
        case int() | date():
            return cell
        case str():
            return harmless(HIDDEN.sub("", cell))
        case _:
            return harmless(plain(cell, t))


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula.

    >>> harmless("=1+1"), harmless("-2"), harmless("Likud")
    ("'=1+1", "'-2", 'Likud')
    """
    first = unicodedata.normalize("NFKC", text.lstrip(" \u00a0")[:1])
    is_formula = first.startswith(STARTS_A_FORMULA) or text.startswith(STARTS_A_FORMULA)
    return (f"'{text}" if is_formula else text)[:LONGEST]


def as_csv(lines: Lines, _name: str, _about: About, _t: Translator) -> bytes:
    """Comma-separated, UTF-8 with its mark, one head line; days as ISO writes them."""
    out = io.StringIO(newline="")
    out.write(BYTE_ORDER_MARK)
    csv.writer(out, lineterminator="\r\n").writerows([lines.head, *map(_in_csv, lines.rows)])
    return out.getvalue().encode("utf-8", "replace")


def _in_csv(row: Sequence[Value]) -> Iterator[Value]:
    return (cell.isoformat() if isinstance(cell, date) else cell for cell in row)


def as_xlsx(lines: Lines, name: str, about: About, t: Translator) -> bytes:
    """The table on one sheet, and what it is on another; from right to left where the language is."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"created": CREATED})
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        about_name = _sheet_name(t("file.about"))
        name = _sheet_name(name)
        sheet = book.add_worksheet("table" if name.lower() == about_name.lower() else name)
        _fill(sheet, lines, bold, book)
        about_sheet = book.add_worksheet(about_name)
        for at, (label, value) in enumerate(about.facts):
            about_sheet.write_string(at, 0, _in_xml(label), bold)
            about_sheet.write_string(at, 1, _in_xml(value))
        about_sheet.set_column(0, 0, 24)
        about_sheet.set_column(1, 1, 100)
        if t.is_rtl:
            sheet.right_to_left()
            about_sheet.right_to_left()
    return out.getvalue()


def _fill(sheet: Worksheet, lines: Lines, bold: Format, book: Workbook) -> None:
    styles = [book.add_format({"num_format": kind}) if kind else None for kind in lines.formats]
    days = book.add_format({"num_format": "yyyy-mm-dd"})
    for column, title in enumerate(lines.head):
        sheet.write_string(0, column, _in_xml(title), bold)
        texts = [title, *(str(row[column]) for row in lines.rows if row[column] is not None)]
        sheet.set_column(column, column, min(max(WIDTHS[0], *(len(text) + 2 for text in texts)), WIDTHS[1]))
    for at, row in enumerate(lines.rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(at, column, _in_xml(cell))
            elif isinstance(cell, date):
                sheet.write_datetime(at, column, datetime(cell.year, cell.month, cell.day), days)
            elif cell is not None:
                sheet.write_number(at, column, cell, styles[column])
    sheet.freeze_panes(1, 0)


def _in_xml(text: str) -> str:
    return text.translate(NOT_IN_XML)


def _sheet_name(name: str) -> str:
    """A name that a spreadsheet takes: it counts UTF-16 units, and keeps one name for itself."""
    units = _in_xml(name).translate(FORBIDDEN_IN_NAME).strip().encode("utf-16-le")[: 2 * LONGEST_NAME]
    sheet_name = units.decode("utf-16-le", "ignore").strip()
    return "table" if sheet_name.lower() in ("", "history") else sheet_name


TYPES = {
    "csv": FileType("csv", "text/csv", as_csv),
    "xlsx": FileType("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
}
