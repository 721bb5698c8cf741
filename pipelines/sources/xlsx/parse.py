"""The desk's workbook → reported polls: its first sheet, read without trusting the file."""

import re
from collections.abc import Iterable
from datetime import date, timedelta

from pipelines.reported import ReportedPoll
from pipelines.sources.dates import DateRefused
from pipelines.sources.reading import Reading, Scope
from pipelines.sources.sheet import read_sheet, template_rows
from pipelines.sources.text import one_line
from pipelines.sources.xlsx.workbook import Workbook, read_workbook, write_workbook

_SERIAL = re.compile(r"(\d{4,6})(?:\.0+)?", re.ASCII)


def parse(body: bytes, scope: Scope, *, content_type: str = "", known: Iterable[ReportedPoll] = ()) -> Reading:
    """Every poll of the first sheet; raises PageRefused. `content_type` and `known` are not used."""
    del content_type, known
    book = read_workbook(body)
    return read_sheet(book.rows, scope, day=lambda text: _day(text, book))


def template(labels: Iterable[str] = ()) -> bytes:
    """The wide sheet's header as a workbook."""
    return write_workbook(template_rows(labels))


def _day(text: str, book: Workbook) -> str:
    """A workbook keeps days as numbers counted from 1900 (with a 29 February that never was) or from 1904."""
    match = _SERIAL.fullmatch(text)
    if match is None:
        return text
    start = date(1904, 1, 1) if book.from_1904 else date(1899, 12, 30)
    try:
        return str(start + timedelta(days=int(match[1])))
    except OverflowError as error:
        raise DateRefused(f"{one_line(text, 20)!r} is no day") from error
