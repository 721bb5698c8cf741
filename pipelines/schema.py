"""The columns of every file under data/raw, one model a file; a row that does not fit names file, row and remedy.

Blank means not known, never zero. `docs/data.md` says what each column means.
"""

import csv
import io
import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from pipelines.errors import RawDataError


def _matching(pattern: str, what: str) -> BeforeValidator:
    """Accept ASCII text of one form only: int() and float() also read "٢٤", "1_0" and "nan"."""
    form = re.compile(pattern, re.ASCII)

    def check(value: Any) -> Any:
        if isinstance(value, str) and not form.fullmatch(value):
            raise ValueError(f"write {what}")
        return value

    return BeforeValidator(check)


def _split(value: Any) -> Any:
    return tuple(part for part in value.split(";") if part) if isinstance(value, str) else value


Slug = Annotated[str, _matching(r"[a-z0-9]+(-[a-z0-9]+)*", "an id of lower-case letters, digits and hyphens")]
Slugs = Annotated[tuple[str, ...], BeforeValidator(_split)]
Day = Annotated[date, _matching(r"\d{4}-\d{2}-\d{2}", "a day as YYYY-MM-DD")]
Moment = Annotated[datetime, _matching(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}", "a local time as YYYY-MM-DDTHH:MM")]
Count = Annotated[int, _matching(r"\d{1,9}", "a whole number")]
Seats = Annotated[float, _matching(r"\d{1,3}(\.\d+)?", "seats as a number")]
Share = Annotated[Decimal, _matching(r"\d{1,2}(\.\d+)?", "a percentage as a number")]
PrintedPct = Annotated[
    str, _matching(r"[<>]?\d{1,2}(\.\d+)?(-\d{1,2}(\.\d+)?)?", 'a percentage as printed: "2.9", "<1" or "1.7-2.1"')
]


class Row(BaseModel):
    """One row of a raw file: its fields are the file's columns."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ElectionRow(Row):
    election: Slug
    name_en: str
    name_he: str
    election_date: Day
    house_size: Count
    threshold_pct: Share
    formula: Literal["dhondt", "sainte-lague"]
    lists_close_date: Day | None
    campaign_start_date: Day | None
    publication_ban_start: Moment | None
    publication_ban_end: Moment | None
    previous_election: Slug | None
    wikipedia_page: str | None = None
    note: str | None = None


class ListRow(Row):
    election: Slug
    list: Slug
    name_en: str
    name_he: str
    short_en: str
    short_he: str
    kind: Literal["ballot", "campaign", "combined", "hypothetical", "residual"]
    members: Slugs
    colour_light: str
    colour_dark: str
    ballot_letters: str | None
    attributes: Slugs
    source: str | None


class ListAliasRow(Row):
    election: Slug
    source: str | None
    alias: str
    list: Slug
    from_date: Day | None
    to_date: Day | None
    note: str | None


class LineageRow(Row):
    election: Slug
    date: Day
    kind: Literal["form", "rename", "merge", "split", "withdraw"]
    before: Slugs
    after: Slugs
    basis: Literal["announced", "polls"]
    note: str | None
    source: str | None


class PollsterRow(Row):
    pollster: Slug
    name_en: str
    name_he: str


class PollsterAliasRow(Row):
    alias: str
    pollster: Slug
    from_date: Day | None
    to_date: Day | None
    note: str | None


class PublisherRow(Row):
    publisher: Slug
    name_en: str
    name_he: str


class PublisherAliasRow(Row):
    alias: str
    publisher: Slug
    note: str | None


class AgreementRow(Row):
    election: Slug
    list_a: Slug
    list_b: Slug
    status: Literal["signed", "reported", "expected"]
    signed_date: Day | None
    reported_date: Day | None
    source: str
    source_he: str
    note: str | None

    @property
    def known_from(self) -> date | None:
        """The day of signing, else of the first report in hand; None: counts as known on every day."""
        return self.signed_date or self.reported_date


class BlocRow(Row):
    bloc: Slug
    name_en: str
    name_he: str
    colour_light: str
    colour_dark: str


class BlocMemberRow(Row):
    election: Slug
    bloc: Slug
    list: Slug
    note: str | None
    source: str
    source_he: str
    as_of: Day | None


class StatementRow(Row):
    election: Slug
    list: Slug
    rules_out: Slugs
    scope: str
    condition: str | None
    condition_he: str | None
    quote_en: str | None
    quote_he: str | None
    quote_language: Literal["en", "he"] | None
    is_paraphrase: Literal["yes", "no"]
    source: str
    source_he: str
    date: Day
    date_precision: Literal["day", "month"] | None = None


class EventRow(Row):
    election: Slug
    date: Day
    event_en: str
    event_he: str
    source: str
    source_he: str


class ResultRow(Row):
    election: Slug
    list: Slug
    ballot_letters: str
    name_he: str
    votes: Count
    seats: Count
    source: str


class TurnoutRow(Row):
    election: Slug
    eligible: Count | None
    voted: Count | None
    invalid: Count | None
    valid: Count
    source: str


class OutgoingRow(Row):
    election: Slug
    list: Slug
    seats: Count
    from_date: Day | None
    basis: str


class RulingRow(Row):
    election: Slug
    poll: str
    check: str
    printed: str
    ruling: str
    why: str


class PollValueRow(Row):
    """One label of one poll in `polls/archive/<election>.csv`."""

    poll: Slug
    fieldwork_start: Day | None
    fieldwork_end: Day
    published_date: Day | None
    pollster: str | None
    publisher: str | None
    sample_size: Count | None
    kind: Literal["poll", "scenario", "exit_poll"]
    label: str
    status: Literal["seats", "below_threshold", "not_asked"]
    seats: Seats | None
    pct: PrintedPct | None
    source: str


REFERENCE_FILES: dict[str, type[Row]] = {
    "elections": ElectionRow,
    "lists": ListRow,
    "list_aliases": ListAliasRow,
    "lineage": LineageRow,
    "pollsters": PollsterRow,
    "pollster_aliases": PollsterAliasRow,
    "publishers": PublisherRow,
    "publisher_aliases": PublisherAliasRow,
    "agreements": AgreementRow,
    "blocs": BlocRow,
    "bloc_members": BlocMemberRow,
    "statements": StatementRow,
    "events": EventRow,
    "results": ResultRow,
    "turnout": TurnoutRow,
    "outgoing": OutgoingRow,
    "rulings": RulingRow,
}

# What names a row: two rows of one file that agree in these columns are one too many.
KEYS: dict[type[Row], tuple[str, ...]] = {
    ElectionRow: ("election",),
    ListRow: ("election", "list"),
    PollsterRow: ("pollster",),
    PublisherRow: ("publisher",),
    BlocRow: ("bloc",),
    AgreementRow: ("election", "list_a", "list_b"),
    ResultRow: ("election", "list"),
    TurnoutRow: ("election",),
}

R = TypeVar("R", bound=Row)


def read_rows(path: Path, model: type[R]) -> list[R]:
    """Every row of a raw CSV file as its model; raises RawDataError naming file, row, value and remedy."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise RawDataError(f"{path}: no such file; restore it from the repository") from error
    except UnicodeDecodeError as error:
        raise RawDataError(f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8") from error
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    _check_header(path, list(reader.fieldnames or []), model)
    rows: list[R] = []
    try:
        rows.extend(_row(path, reader.line_num, cells, model) for cells in reader)
    except csv.Error as error:
        raise RawDataError(f"{path}: row {reader.line_num}: {error}; mend the quoting") from error
    return rows


def _check_header(path: Path, found: list[str], model: type[Row]) -> None:
    required = [name for name, field in model.model_fields.items() if field.is_required()]
    missing = [name for name in required if name not in found]
    unknown = [name for name in found if name not in model.model_fields]
    if missing:
        raise RawDataError(f"{path}: row 1: no column {missing[0]!r}; the columns are {', '.join(required)}")
    if unknown:
        raise RawDataError(f"{path}: row 1: unknown column {unknown[0]!r}; the columns are {', '.join(required)}")


def _row(path: Path, number: int, cells: dict[str | Any, Any], model: type[R]) -> R:
    if None in cells or None in cells.values():
        raise RawDataError(f"{path}: row {number}: {len(cells)} cells do not match the header; mend the commas")
    try:
        return model.model_validate({name: _blank(model, name, cell) for name, cell in cells.items()})
    except ValidationError as error:
        first = error.errors()[0]
        column = str(first["loc"][0]) if first["loc"] else "row"
        value = cells.get(column, "")
        remedy = first["msg"].removeprefix("Value error, ")
        raise RawDataError(f"{path}: row {number}: {column} is {value!r}; {remedy}") from error


def _blank(model: type[Row], name: str, cell: str) -> str | None:
    """A blank cell is None, except in a list of ids, where it is the empty list."""
    return cell if cell or model.model_fields[name].annotation == tuple[str, ...] else None
