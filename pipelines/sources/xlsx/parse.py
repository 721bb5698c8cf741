"""The desk's workbook → reported polls, and the empty workbook to start from."""

import io
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

import pandas as pd
import xlsxwriter

from pipelines.sources.dates import DateRefused
from pipelines.sources.errors import PageRefused
from pipelines.sources.reading import Reading, Scope
from pipelines.sources.sheet import read_sheet, template_rows
from pipelines.sources.text import one_line
from pipelines.sources.xlsx.container import Layout, look_through

_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?", re.ASCII)
CREATED = datetime(2026, 1, 1)  # any fixed moment: the same rows give the same bytes


def parse(body: bytes, scope: Scope, *, content_type: str = "") -> Reading:
    """Every poll of the first visible tab; raises PageRefused. `content_type` is not used."""
    del content_type
    layout = look_through(body)
    rows = _rows(body, layout.tab)
    for number in layout.hidden_rows & set(range(len(rows))):
        rows[number] = []
    for row in rows:
        for column in layout.hidden_columns & set(range(len(row))):
            row[column] = ""
    return read_sheet(rows, scope, day=lambda text: _day(text, layout), remarks=tuple(_remarks(layout, len(rows))))


def _rows(body: bytes, tab: str) -> list[list[str]]:
    """The cells of a tab as text."""
    try:
        frame = pd.read_excel(
            io.BytesIO(body), sheet_name=tab, header=None, dtype=object, na_filter=False, engine="calamine"
        )
    except MemoryError:
        raise
    except Exception as error:  # the library's own errors have no common base, and a damaged part raises any of them
        raise PageRefused(f"the workbook cannot be read: {one_line(error, 80)}; save it as .xlsx again") from error
    return [[_text(cell) for cell in row] for row in frame.itertuples(index=False, name=None)]


def _text(cell: object) -> str:
    """A cell as it would be printed: a whole number without a point, a moment as its day."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        return f"{cell:.12g}"
    if isinstance(cell, datetime | date):
        return f"{cell:%Y-%m-%d}"
    return "" if cell is None else str(cell)


def _remarks(layout: Layout, rows: int) -> Iterator[str]:
    if layout.others:
        others = ", ".join(
            f"{one_line(tab.name, 30)!r}{' (hidden)' if tab.is_hidden else ''}" for tab in layout.others[:5]
        )
        more = f" and {len(layout.others) - 5} more" if len(layout.others) > 5 else ""
        yield f"the tab {one_line(layout.tab, 30)!r} is read; left aside: {others}{more}"
    for what, numbers in (
        ("rows", [str(number + 1) for number in sorted(layout.hidden_rows) if number < rows]),
        ("columns", [_letter(number) for number in sorted(layout.hidden_columns)]),
    ):
        if numbers:
            yield f"hidden {what} are left aside: {', '.join(numbers[:8])}{' …' if len(numbers) > 8 else ''}"


def _letter(column: int) -> str:
    """A column's letters: 0 is A, 26 is AA."""
    return (_letter(column // 26 - 1) if column >= 26 else "") + chr(ord("A") + column % 26)


def _day(text: str, layout: Layout) -> str:
    """A day kept as a number without a format, counted from 1900 (with a 29 February that never was) or from 1904."""
    match = _SERIAL.fullmatch(text)
    if match is None:
        return text
    start = date(1904, 1, 1) if layout.from_1904 else date(1899, 12, 30)
    try:
        return str(start + timedelta(days=int(match[1])))
    except OverflowError as error:
        raise DateRefused(f"{one_line(text, 20)!r} is no day; write it as 2026-10-08") from error


def template(labels: Iterable[str] = ()) -> bytes:
    """The wide sheet's header as a workbook; the same labels give the same bytes."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": CREATED})
        sheet = book.add_worksheet("polls")
        for number, row in enumerate(template_rows(labels)):
            sheet.write_row(number, 0, row)
        sheet.freeze_panes(1, 0)
    return made.getvalue()
