"""Rows of a raw CSV file as values: the forms a cell may have, and in our own words what is wrong with one.

Blank means not known, never zero.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, ValidationError
from pydantic_core import ErrorDetails

from pipelines.errors import RawDataError


def _matching(pattern: str, form_text: str) -> BeforeValidator:
    """Accept ASCII text of one form only: int() and float() also read "٢٤", "1_0" and "nan"."""
    form = re.compile(pattern, re.ASCII)

    def check(value: Any) -> Any:
        if isinstance(value, str) and not form.fullmatch(value):
            raise ValueError(f"write {form_text}")
        return value

    return BeforeValidator(check)


def _split(value: Any) -> Any:
    return tuple(part for part in value.split(";") if part) if isinstance(value, str) else value


def _split_urls(value: Any) -> Any:
    """Addresses joined by blanks; an address may hold a semicolon, never a blank."""
    if isinstance(value, str) and not all(re.fullmatch(URL, part) for part in value.split()):
        raise ValueError(f"write {URL_FORM}; join several by a blank")
    return tuple(value.split()) if isinstance(value, str) else value


URL, URL_FORM = r"https?://[!-;=?-~]+", "an address that begins with http:// or https:// and is plain ASCII"


Slug = Annotated[str, _matching(r"[a-z0-9]+(-[a-z0-9]+)*", "an id of lower-case letters, digits and hyphens")]
NameId = Annotated[
    str,
    _matching(r"([a-z0-9]+(-[a-z0-9]+)*/)?[a-z0-9]+(-[a-z0-9]+)*", "an id, or <election>/<id> for one campaign alone"),
]
Language = Annotated[str, _matching(r"[a-z]{2,3}(-[A-Za-z0-9]+)*", 'a language as "en" or "pt-BR"')]
Slugs = Annotated[tuple[str, ...], BeforeValidator(_split)]
Day = Annotated[date, _matching(r"\d{4}-\d{2}-\d{2}", "a day as YYYY-MM-DD")]
Moment = Annotated[
    datetime,
    _matching(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}", "a local time as YYYY-MM-DDTHH:MM"),
    PlainSerializer(lambda moment: f"{moment:%Y-%m-%dT%H:%M}"),
]
Count = Annotated[int, _matching(r"\d{1,9}", "a whole number")]
SampleSize = Annotated[str, _matching(r"[≥>]?\d{1,9}", 'a number of people, or at least so many as "≥3000"')]
Field = Annotated[str, _matching(r"[a-z_]+(\.[a-z_]+)?", "a column, or file.column")]
Seats = Annotated[float, _matching(r"\d{1,3}(\.\d+)?", "seats as a number")]
Url = Annotated[str, _matching(URL, URL_FORM)]
Urls = Annotated[tuple[str, ...], BeforeValidator(_split_urls)]
PrintedPct = Annotated[
    str, _matching(r"[<>]?\d{1,3}(\.\d+)?(-\d{1,2}(\.\d+)?)?", 'a percentage as printed: "2.9", "<1" or "1.7-2.1"')
]


class Row(BaseModel):
    """One row of a raw file: its fields are the file's columns."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


R = TypeVar("R", bound=Row)


def to_csv(model: type[R], rows: Iterable[R]) -> bytes:
    """Rows as a file with the columns of their model; a cell without a value is blank."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(model.model_fields)
    writer.writerows(["" if cell is None else cell for cell in row.model_dump().values()] for row in rows)
    return text.getvalue().encode()


def read_rows(path: Path, model: type[R]) -> list[R]:
    """Every row of a raw CSV file as its model; raises RawDataError naming file, row, value and remedy."""
    return [row_of(path, number, cells, model) for number, cells in read_cells(path, model)]


def read_cells(path: Path, model: type[Row]) -> Iterator[tuple[int, dict[str, str]]]:
    """Every row of a raw CSV file as text by column, with its number; raises RawDataError as `read_rows` does."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise RawDataError(
            f"{path}: no such file; restore it from the repository, or write it as docs/electorates.md says"
        ) from error
    except UnicodeDecodeError as error:
        raise RawDataError(f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8") from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, [])
        _check_header(path, header, model)
        for cells in reader:
            if len(cells) == len(header):
                yield reader.line_num, dict(zip(header, cells, strict=True))
            elif cells:  # an empty line is none
                place, wanted = f"{path}: row {reader.line_num}", len(header)
                raise RawDataError(f"{place}: {len(cells)} cells, and the header has {wanted}; mend the commas")
    except csv.Error as error:
        raise RawDataError(f"{path}: row {reader.line_num}: {error}; mend the quoting") from error


def _check_header(path: Path, header: list[str], model: type[Row]) -> None:
    required = [name for name, field in model.model_fields.items() if field.is_required()]
    missing = [name for name in required if name not in header]
    unknown = [name for name in header if name not in model.model_fields]
    twice = [name for at, name in enumerate(header) if name in header[:at]]
    if missing:
        columns = f"the columns are {', '.join(required)}, separated by commas"
        raise RawDataError(f"{path}: row 1: no column {missing[0]!r}; {columns}")
    if unknown:
        columns_known = ", ".join(model.model_fields)
        raise RawDataError(f"{path}: row 1: unknown column {unknown[0]!r}; the columns are {columns_known}")
    if twice:
        raise RawDataError(f"{path}: row 1: column {twice[0]!r} is there twice; keep the one that counts")


@cache
def _lists(model: type[Row]) -> frozenset[str]:
    return frozenset(name for name, field in model.model_fields.items() if field.annotation == tuple[str, ...])


def row_of(path: Path, number: int, cells: dict[str, str], model: type[R]) -> R:
    """One row; a blank cell is None, except in a list of ids, where it is the empty list."""
    lists = _lists(model)
    try:
        return model.model_validate({name: cell if cell or name in lists else None for name, cell in cells.items()})
    except ValidationError as error:
        first = error.errors()[0]
        column = str(first["loc"][0]) if first["loc"] else ""  # "": the cells of the row contradict each other
        printed = f"{column} is {cells.get(column, '')!r}; " if column else ""
        raise RawDataError(f"{path}: row {number}: {printed}{remedy(first)}") from error


def remedy(error: ErrorDetails) -> str:
    """What to do about a cell that does not fit, in our own words."""
    kind, printed = error["type"], error["input"]
    if printed in (None, ""):
        return "it must not be blank; fill it in"
    if kind == "value_error":
        return error["msg"].removeprefix("Value error, ")
    if kind == "literal_error":
        return f"write {error['ctx']['expected']}"
    if kind.startswith(("date_", "datetime_")):
        return "there is no such day or hour; write one that is in the calendar, as YYYY-MM-DD (and THH:MM)"
    return "write it as docs/electorates.md says"
