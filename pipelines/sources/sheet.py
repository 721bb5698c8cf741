"""The desk's own sheet, long or wide: from CSV here, from a workbook in workbook.py, once its cells are text.

Wide: one row a poll, one column a list. Long: one row a poll and list, with the columns `label` and `value` (or
`status`, `seats` and `pct`, as the archive has them). Typed: one poll, a line a cell, "name: value". A value is printed
as polls print it: 24, (2.1%), –."""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from electoral.polls import PollKind, Unit
from pipelines.errors import PageRefused, one_line
from pipelines.sources.cells import LONGEST_CELL, read_cell, read_name, read_sample, read_value
from pipelines.sources.columns import (
    GOVERNMENT,
    IGNORED,
    MOST_COLUMNS,
    RESULT_NAME,
    TOTAL,
    Header,
    Rows,
    are_wholes,
    find_header,
    first_doubled,
    total_columns,
)
from pipelines.sources.dates import Around, read_days
from pipelines.sources.guards import refuse_emptied
from pipelines.sources.html import safe_address
from pipelines.sources.reading import (
    DISCLOSED,
    FIXED,
    UNNAMED_ROW,
    PageCollector,
    Reading,
    ReportedCell,
    ReportedPoll,
    RowRefused,
    Scope,
    Source,
    name_warning,
)
from pipelines.sources.text import decode, refuse_markup, spelling_key, tidy

SEPARATORS = ",;\t|"
LOOKED_AT = 20


def parse(body: bytes, scope: Scope, *, content_type: str = "") -> Reading:
    """Every poll of a sheet in UTF-8, UTF-16 or windows-1255; raises PageRefused."""
    text = decode(body, content_type)
    refuse_markup(text)
    if typed := _typed(text):
        return read_sheet(typed, scope)
    lines = text.splitlines(keepends=True)
    named = lines[0].strip().lower() if lines else ""
    if named.startswith("sep=") and len(named) == len("sep=") + 1:  # Excel's own line that names the separator
        separator, text = named[-1], "\n" + "".join(lines[1:])
    else:
        separator = max(SEPARATORS, key=lambda mark: max((line.count(mark) for line in lines[:LOOKED_AT]), default=0))
    try:
        rows = list(map(_cut, csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)))
    except csv.Error as error:
        raise PageRefused(f"the file is no CSV: {error}; mend the quoting") from error
    return read_sheet(rows, scope)


def _cut(row: list[str]) -> list[str]:
    """A row without the blanks beyond what a sheet is wide; raises PageRefused where something stands there."""
    width = next((at for at in range(len(row), 0, -1) if row[at - 1].strip()), 0)
    if width > MOST_COLUMNS:
        raise PageRefused(f"at most {MOST_COLUMNS} columns are read; this sheet has {width}")
    return row[:MOST_COLUMNS]


def _typed(text: str) -> list[list[str]] | None:
    """A poll typed a line a cell as a wide sheet of one row; None where any line is no "name: value"."""
    cells = [_CELL.fullmatch(line.strip()) for line in text.splitlines() if line.strip()]
    quoted = [cell for cell in cells if cell]
    return [[cell[at] for cell in quoted] for at in (1, 2)] if quoted and len(quoted) == len(cells) else None


def template(labels: Iterable[str] = ()) -> bytes:
    """The wide sheet's header, with a byte order mark so that Excel reads it as UTF-8."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(template_rows(labels))
    return text.getvalue().encode("utf-8-sig")


MOST_ROWS = 20_000
EXAMPLE = "List A"
NAMED = {*FIXED} - {"link"}  # columns in which a row that is no poll may say what it is
WHOLE_PCT = 100
FEWEST_DECIMALS = 3  # numbers with a fraction that make a row one of percentages
TOTAL_ROW = re.compile(
    r"(grand )?total|sum|(weighted |poll(ing)? )?(average|avg\.?|mean|median)( of .+)?|poll of polls"
    r"|ממוצע( .+)?|סהכ|סך הכל|סך הכול|חציון"
)
_NUMBER = re.compile(r"[(<>~-]{0,3} ?[\d.,]*\d[\d., ]* ?%? ?\)?", re.ASCII)
_PERCENTAGE = re.compile(r"\(?-?\d{2,3}(?:\.\d+)? ?%\)?", re.ASCII)
_DECIMAL = re.compile(r"\d{1,3}\.\d*[1-9]\d*", re.ASCII)
_COMMA = re.compile(r"(\(?-?\d{1,3}),(\d{1,2} ?%\)?|0{1,2}\)?)", re.ASCII)
_DAYLIKE = re.compile(r"[\d./ :T-]*\d[\d./ :T-]*|\d{1,2}\D{1,12}\d{2,4}", re.ASCII)
_FRACTION = re.compile(r"-?0?\.\d+", re.ASCII)
_CELL = re.compile(r"([^:=,;\t|]{1,80}?)\s*[:=]\s*(.*)")
_NEGATIVE = re.compile(r"-(\d{1,2}(?:\.\d+)?) ?%|-(\d)(?:\.0{1,4})?", re.ASCII)

Day = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class _Entry:
    """One poll of the sheet: where it starts, its fixed columns, and what is printed for each list."""

    row: int
    fixed: dict[str, str]
    printed: tuple[tuple[str, str], ...]


def template_rows(labels: Iterable[str]) -> list[list[str]]:
    """The header of the wide sheet, with the lists given or one example."""
    return [[*FIXED, *(list(labels) or [EXAMPLE])]]


def read_sheet(rows: Rows, scope: Scope, *, day: Day = str, remarks: Sequence[str] = ()) -> Reading:
    """Every poll of a sheet; `day` turns a date cell into text (a workbook counts days). Raises PageRefused.

    `remarks` are what was left aside before: tabs, hidden rows.
    """
    header = find_header(rows, scope.list_keys)
    if len(rows) > MOST_ROWS:
        raise PageRefused(f"at most {MOST_ROWS:,} rows are read; part the sheet")
    page = PageCollector(scope)
    page.warnings += remarks
    if header.row:
        page.warnings.append(f"the header is row {header.row + 1}; what stands above it is left aside")
    entries = _long(rows, header) if header.is_long else _wide(rows, header, scope, page.warnings)
    page.rows = len(entries)
    if not entries:
        raise PageRefused(f"there is no poll that can be read: write one a row below the header, row {header.row + 1}")
    sayings: dict[tuple[object, ...], str] = {}
    for entry in entries:
        _read_entry(entry, header, day, page, sayings)
    refuse_emptied(len(page.polls), page.rows, refused=page.refused)
    return page.reading()


def _wide(rows: Rows, header: Header, scope: Scope, warnings: list[str]) -> list[_Entry]:
    body = list(_body(rows, header, warnings))
    for at, name in enumerate(header.names):
        if name in IGNORED and name not in DISCLOSED and any(cells[at] for _, cells in body):
            warnings.append(f"the column {one_line(tidy(rows[header.row][at]), 40)} is left aside")
    lists = _list_columns(header, [cells for _, cells in body], scope, warnings)
    # A blank says the list was not on this sheet's mind; it is no value.
    return [
        _Entry(
            number,
            _fixed(cells, header),
            tuple((header.names[at], cells[at]) for at in lists if cells[at]),
        )
        for number, cells in body
    ]


def _body(rows: Rows, header: Header, warnings: list[str]) -> Iterator[tuple[int, list[str]]]:
    """The rows under the header that may be polls, by their number on the sheet; totals and notes are said."""
    day = header.names.index("fieldwork_end")
    names = [spelling_key(cell) for cell in rows[header.row]]
    width = len(header.names)
    for number, row in enumerate(rows[header.row + 1 :], start=header.row + 2):
        cells = _cells(row, width, number)
        is_header = len(row) == len(names) and all(spelling_key(row[at]) == name for at, name in enumerate(names))
        if is_header or not any(cells):
            continue
        words = [spelling_key(cells[at]) for at, name in enumerate(header.names) if name in NAMED or at == 0]
        text = one_line(" | ".join(cell for cell in cells if cell), 80)
        if any(TOTAL_ROW.fullmatch(word) for word in words):
            warnings.append(f"row {number} is a total or an average, no poll: {text}")
        elif not _DAYLIKE.fullmatch(cells[day]) and any(RESULT_NAME.search(word) for word in words):
            warnings.append(f"row {number} is a result or a house's seats, no poll: {text}")
        elif _is_note(cells, day):
            warnings.append(f"row {number} is a note, no poll: {text}")
        else:
            yield number, cells


def _is_note(cells: list[str], day: int) -> bool:
    """Whether a row of one or two cells is neither a day nor a number."""
    filled = [cell for cell in cells if cell]
    return len(filled) <= 2 and not _DAYLIKE.fullmatch(cells[day]) and not any(_is_number(cell) for cell in filled)


def _cells(row: Sequence[str], width: int, number: int) -> list[str]:
    if any(cell.strip() for cell in row[width:]):
        raise PageRefused(f"row {number} has more cells than the header; mend the commas")
    return [_text(row[at]) if at < len(row) else "" for at in range(width)]


def _text(cell: str) -> str:
    """A cell in one line; folding would make a footnote's "²" or a "½" digits of the number before it."""
    return tidy(cell) if cell.isascii() or not any(unicodedata.category(c) == "No" for c in cell) else cell.strip()


def _fixed(cells: Sequence[str], header: Header) -> dict[str, str]:
    return {name: cells[at] for at, name in enumerate(header.names) if name in (*FIXED, *DISCLOSED)}


def _list_columns(header: Header, body: list[list[str]], scope: Scope, warnings: list[str]) -> list[int]:
    """The columns that are lists'; totals and notes are left aside and said, a number without a name is refused."""
    columns = header.lists
    strange = [at for at in columns if spelling_key(header.names[at]) not in scope.list_keys]
    candidates = strange if scope.list_keys else [at for at in strange if not header.names[at]]
    house_size = scope.house_size if scope.unit is Unit.SEATS else None
    proven = _proven_totals(body, columns, candidates, house_size)
    if scope.unit is Unit.SHARE:
        proven = frozenset(at for at in candidates if are_wholes([cells[at] for cells in body if cells[at]]))
    aside: set[int] = set()
    for at in strange:
        name, texts = header.names[at], [cells[at] for cells in body if cells[at]]
        label = one_line(name, 40) or f"number {at + 1}, which has no name,"
        if at in proven or TOTAL.fullmatch(spelling_key(name)) or GOVERNMENT.fullmatch(spelling_key(name)):
            aside.add(at)
            if texts:
                warnings.append(f"the column {label} is a total of lists: it is not counted")
        elif at in candidates and not any(_is_number(text) for text in texts):
            aside.add(at)
            if texts:
                warnings.append(f"the column {label} holds words, not seats: it is left aside")
        elif not name:
            row = next(number for number, cells in enumerate(body) if cells[at])
            raise PageRefused(f"the column {label} holds numbers ({one_line(body[row][at], 20)!r}); name its list")
    return [at for at in columns if at not in aside]


def _proven_totals(
    body: list[list[str]], columns: Sequence[int], candidates: Sequence[int], house_size: int | None
) -> frozenset[int]:
    if not candidates:
        return frozenset()
    rows = [row for cells in body if (row := _seats(cells, columns)) is not None]
    return total_columns(rows, candidates, house_size)


def _seats(cells: Sequence[str], columns: Sequence[int]) -> dict[int, float] | None:
    seats: dict[int, float] = {}
    for at in columns:
        try:
            seats[at] = (read_cell(plain_value(cells[at])).seats or 0.0) if _is_number(cells[at]) else 0.0
        except RowRefused:
            return None
    return seats


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None


def _long(rows: Rows, header: Header) -> list[_Entry]:
    grouped: dict[tuple[str, ...], tuple[int, dict[str, str], list[tuple[str, str]]]] = {}
    for number, row in enumerate(rows[header.row + 1 :], start=header.row + 2):
        cells = dict(zip(header.names, _cells(row, len(header.names), number), strict=True))
        if any(cells.values()):
            key = tuple(cells.get(name, "") for name in ("poll", *FIXED, "commissioner"))
            group = grouped.setdefault(key, (number, cells, []))
            group[2].append((cells["label"], _printed(cells)))
    return [_Entry(number, cells, tuple(printed)) for number, cells, printed in grouped.values()]


def _printed(cells: dict[str, str]) -> str:
    """A long row's value as polls print it."""
    if cells.get("value"):
        return cells["value"]
    if cells.get("pct"):
        return f"({cells['pct'].removesuffix('%')}%)"
    return cells.get("seats") or ("–" if cells.get("status") == "not_asked" else "")


def _read_entry(
    entry: _Entry, header: Header, day: Day, page: PageCollector, sayings: dict[tuple[object, ...], str]
) -> None:
    """One row as a poll, a repeat or a refusal; `sayings` are the polls so far by what they say."""
    fixed, scope, place = entry.fixed, page.scope, f"row {entry.row}"
    text = " | ".join(filter(None, fixed.values()))
    poll_id = f"{UNNAMED_ROW}{entry.row}"
    try:
        start, end, published = _days(fixed, scope, day)
        kind = _kind(fixed.get("kind", ""))
        pollster, publisher = _names(fixed, header)
        poll_id = page.next_id(end, pollster, publisher, kind)
        unit, cells = _values(entry.printed, scope)
        sample = read_sample(fixed.get("sample_size", ""))
    except RowRefused as error:
        page.refuse(poll_id, error, text, place)
        return
    poll = ReportedPoll(
        id=poll_id,
        election=scope.election,
        kind=kind,
        pollster=pollster,
        publisher=publisher,
        fieldwork_start=start,
        fieldwork_end=end,
        published_date=published,
        sample_size=sample.size,
        sample_size_printed=sample.printed,
        cells=cells,
        unit=unit,
        source=scope.source,
        disclosed=tuple(name for name in DISCLOSED if fixed.get(name)),
    )
    link = safe_address(fixed.get("link"))
    page.warnings += [flag for name in ("pollster", "publisher") if (flag := name_warning(fixed.get(name, "")))]
    again = sayings.setdefault(_saying(poll), poll.id)
    if again != poll.id:
        page.repeat(again, place, text, filter(None, [link]))
    else:
        page.poll(poll, place, filter(None, [link]))


def _saying(poll: ReportedPoll) -> tuple[object, ...]:
    """What a row says of its survey: a row that says the same cell for cell is no second poll."""
    return (poll.kind, poll.fieldwork_end, poll.pollster, poll.publisher, poll.sample_size, frozenset(poll.cells))


def _names(fixed: dict[str, str], header: Header) -> tuple[str | None, str | None]:
    outlet = fixed.get("publisher") or fixed.get("commissioner", "")  # who ordered it, where nobody else is named
    pollster, publisher = read_name(fixed.get("pollster", "")), read_name(outlet)
    if header.joins_names and pollster:
        first, _, second = pollster.partition("/")
        return read_name(first), read_name(second)
    return pollster, publisher


def _days(fixed: dict[str, str], scope: Scope, day: Day) -> tuple[date | None, date, date | None]:
    around = Around((), scope.first_day, scope.last_day)
    end = read_days(day(fixed["fieldwork_end"]), None, around)
    began, printed = fixed.get("fieldwork_start"), fixed.get("published_date")
    start = read_days(day(began), None, around).end if began else end.start
    published = read_days(day(printed), None, around).end if printed else None
    if start and start > end.end:
        raise RowRefused("dates", f"fieldwork starts {start}, after it ends {end.end}; mend one of them")
    return start, end.end, published


def _kind(printed: str) -> PollKind:
    key = re.sub("[ -]", "_", spelling_key(printed))
    try:
        return PollKind(key or "poll")
    except ValueError as error:
        raise RowRefused("name", f"kind {one_line(printed, 20)!r} is none of {', '.join(PollKind)}") from error


def _values(printed: tuple[tuple[str, str], ...], scope: Scope) -> tuple[Unit, tuple[ReportedCell, ...]]:
    """What a row says of each list, and in which unit: where polls print shares, a full house alone is one of seats."""
    plain = [(label, plain_value(text)) for label, text in printed]
    if scope.unit is Unit.SHARE and not _fills_house(plain, scope.house_size):
        return Unit.SHARE, _cells_of(_shares(printed), Unit.SHARE)
    _refuse_percentages(plain)
    _refuse_negatives(printed, plain, scope.most_below_seats)
    cells = _cells_of(plain, Unit.SEATS)
    if any(cell.pct for cell in cells) and not any(cell.seats for cell in cells):
        raise RowRefused("unit", "the row has percentages and no seats; polls of this election are read in seats")
    return Unit.SEATS, cells


def _cells_of(printed: list[tuple[str, str]], unit: Unit) -> tuple[ReportedCell, ...]:
    if not printed:
        raise RowRefused("cell", "no list has a value; write seats as 24, a share of the vote as 2.1%")
    if doubled := _first_doubled(tuple(label for label, _ in printed)):
        raise RowRefused("cell", f"{one_line(doubled, 40)} stands twice; drop one")
    return tuple(read_value(label, text, unit) for label, text in printed)


_first_doubled = lru_cache(maxsize=256)(first_doubled)  # rows of one sheet have the same labels


def _fills_house(printed: list[tuple[str, str]], house_size: int | None) -> bool:
    """Whether whole numbers alone fill the house; percentages do not, but in one of a hundred seats."""
    numbers = [int(text) for _, text in printed if text.isascii() and text.isdigit()]
    return house_size not in (None, WHOLE_PCT) and sum(numbers) == house_size


def _shares(printed: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    """A row of shares as polls print them; fractions of one, as spreadsheets keep percentages, are made per cents.

    "(2.9%)" typed into a cell is kept as -2.9 %: brackets and a sign say nothing where every number is a share.
    """
    plain = [
        (label, re.sub(r"^'|[()]", "", text).replace("−", "-").removeprefix("-").strip() or text)
        for label, text in printed
    ]
    numbers = [Decimal(text) for _, text in plain if _FRACTION.fullmatch(text) or text in ("0", "1")]
    are_fractions = len(numbers) == len([text for _, text in plain if _NUMBER.fullmatch(text)])
    if not are_fractions or not Decimal("0.5") < sum(numbers) <= Decimal("1.05"):
        return plain
    return [
        (label, f"{(Decimal(text) * 100).normalize():f}" if _NUMBER.fullmatch(text) else text) for label, text in plain
    ]


def _refuse_percentages(printed: list[tuple[str, str]]) -> None:
    """A row of vote shares is named as one, never read as seats; raises RowRefused."""
    shares = [one for one in printed if "%" in one[1] and _PERCENTAGE.fullmatch(one[1])]
    decimals = [one for one in printed if "." in one[1] and _DECIMAL.fullmatch(one[1])]
    if shares or len(decimals) >= FEWEST_DECIMALS:
        label, text = (shares or decimals)[0]
        raise RowRefused(
            "unit",
            f"{one_line(label, 40)}: {one_line(text, 20)!r} is a share of the vote; polls of this election are read in"
            " seats: write seats",
        )


def _refuse_negatives(
    printed: tuple[tuple[str, str], ...], plain: list[tuple[str, str]], most_below_seats: int
) -> None:
    """A number below none stands for (1) only where no list could have so many seats; raises RowRefused."""
    for (label, text), (_, value) in zip(printed, plain, strict=True):
        if "(" not in text and re.fullmatch(r"\(\d\)", value) and int(value[1]) > most_below_seats:
            raise RowRefused(
                "cell",
                f"{one_line(label, 40)}: {one_line(text, 20)!r} is less than no seat; write seats as {value[1]},"
                " a share under the threshold as (2.1%)",
            )


def plain_value(text: str) -> str:
    """A list's cell as polls print it, from what spreadsheets make of it.

    A number between -1 and 1 that is not whole is a percentage that lost its format, and "(2.9%)" typed into a cell
    is kept as -2.9 %: both are a share under the threshold, as "(1)", kept as -1, is seats under it. A comma before
    decimals is a point.

    >>> [plain_value(text) for text in ("0.029", "-0.029", "-2.90%", "(2,9%)", "21,0", "-1")]
    ['(2.9%)', '(2.9%)', '(2.9%)', '(2.9%)', '21.0', '(1)']
    """
    return _plain(text) if len(text) <= LONGEST_CELL else text


@lru_cache(maxsize=4_096)
def _plain(text: str) -> str:
    plain = _COMMA.sub(r"\1.\2", text.removeprefix("'")) if _COMMA.fullmatch(text.removeprefix("'")) else text
    plain = plain.removeprefix("'").replace("−", "-")
    if _FRACTION.fullmatch(plain) and Decimal(plain):
        return f"({_short(abs(Decimal(plain)) * 100)}%)"
    if match := _NEGATIVE.fullmatch(plain):
        return f"({_short(Decimal(match[1]))}%)" if match[1] else f"({match[2]})"
    return plain


def _short(pct: Decimal) -> str:
    """A percentage to two decimals, without trailing zeros."""
    return f"{round(pct, 2).normalize():f}"


SOURCE = Source("csv", "The desk's own sheet (csv): {}", parse, is_own=True)
