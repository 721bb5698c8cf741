"""The desk's workbook → the rows of its sheet, looked through within bounds before any library opens it."""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from xml.parsers import expat

from lxml import etree

from pipelines.errors import PageRefused, one_line
from pipelines.sources.reading import Reading, RowRefused, Scope, Source
from pipelines.sources.sheet import read_sheet, template_rows
from pipelines.sources.text import WORKBOOK, container_of, refuse_container

_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?", re.ASCII)
CREATED = datetime(2026, 1, 1)  # any fixed moment: the same rows give the same bytes


@dataclass(frozen=True, slots=True)
class Tab:
    """A worksheet of the workbook, in the workbook's own order."""

    name: str
    part: str
    is_hidden: bool


@dataclass(slots=True)
class Layout:
    """What the library does not tell: the first visible tab, the others, and what is hidden in it (from 0)."""

    tab: str
    others: tuple[Tab, ...]
    from_1904: bool
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)


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
    remarks = tuple(_remarks(layout, len(rows)))
    try:
        return read_sheet(rows, scope, day=lambda text: _day(text, layout), remarks=remarks)
    except PageRefused as error:  # the polls may be on what was left aside
        raise PageRefused("; ".join((str(error), *remarks))) from error


def _rows(body: bytes, tab: str) -> list[list[str]]:
    """The cells of a tab as text."""
    import pandas as pd  # takes a second to load, and a night without news does without

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
        rest = f" and {len(layout.others) - 5} more" if len(layout.others) > 5 else ""
        yield f"the tab {one_line(layout.tab, 30)!r} is read; left aside: {others}{rest}"
    for label, numbers in (
        ("rows", [str(number + 1) for number in sorted(layout.hidden_rows) if number < rows]),
        ("columns", [_letter(number) for number in sorted(layout.hidden_columns)]),
    ):
        if numbers:
            yield f"hidden {label} are left aside: {', '.join(numbers[:8])}{' …' if len(numbers) > 8 else ''}"


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
        raise RowRefused("dates", f"{one_line(text, 20)!r} is no day; write it as 2026-10-08") from error


def template(labels: Iterable[str] = ()) -> bytes:
    """The wide sheet's header as a workbook; the same labels give the same bytes."""
    import xlsxwriter  # a night that reads writes none

    workbook = io.BytesIO()
    with xlsxwriter.Workbook(
        workbook, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        book.set_properties({"created": CREATED})
        sheet = book.add_worksheet("polls")
        for number, row in enumerate(template_rows(labels)):
            sheet.write_row(number, 0, row)
        sheet.freeze_panes(1, 0)
    return workbook.getvalue()


MOST_PARTS = 300
MOST_BYTES = 40_000_000
MOST_ROWS, MOST_COLUMNS = 20_001, 200
MOST_CELLS = 250_000
MOST_LETTERS = 20_000_000  # of all cells together: one string may stand in any number of them
LONGEST_STRING = 32_767  # Excel's own bound on a cell
LONGEST_NUMBER = 40
_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})", re.ASCII)
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)


def look_through(body: bytes) -> Layout:
    """The layout of a workbook; raises PageRefused for another file, a damaged one, or one past any bound."""
    if not body.startswith(b"PK"):
        refuse_container(body)
        raise PageRefused("this is no workbook: a sheet of text is imported with --source csv")
    remedy = container_of(body)
    if remedy != WORKBOOK:
        raise PageRefused(remedy or "this is no workbook: save the sheet as .xlsx")
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return _layout(_Parts(archive))
    except _BROKEN as error:
        raise PageRefused(f"the workbook is damaged: {one_line(error, 80)}; save it as .xlsx again") from error


def _layout(parts: "_Parts") -> Layout:
    book = parts.tree("xl/workbook.xml")
    tabs = _tabs(book, parts)
    visible = [tab for tab in tabs if not tab.is_hidden]
    if not visible:
        raise PageRefused("the workbook has no visible tab with cells; put the polls on one")
    properties = book.find("{*}workbookPr")
    from_1904 = properties is not None and properties.get("date1904") in ("1", "true")
    layout = Layout(visible[0].name, tuple(tab for tab in tabs if tab is not visible[0]), from_1904)
    strings = _Strings()
    parts.walk("xl/sharedStrings.xml", strings)
    parts.walk(visible[0].part, _Cells(strings.lengths, layout))
    return layout


def _tabs(book: etree._Element, parts: "_Parts") -> list[Tab]:
    targets: dict[str, tuple[str, str]] = {}
    for relation in parts.tree("xl/_rels/workbook.xml.rels").iterfind("{*}Relationship"):
        target = relation.get("Target", "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
        targets[relation.get("Id", "")] = (relation.get("Type", ""), path)
    tabs: list[Tab] = []
    for sheet in book.iterfind("{*}sheets/{*}sheet"):
        number = next((value for name, value in sheet.attrib.items() if str(name).endswith("}id")), "")
        kind, part = targets.get(str(number), ("", ""))
        if kind.endswith("/worksheet"):
            tabs.append(Tab(sheet.get("name", ""), part, sheet.get("state", "visible") != "visible"))
    return tabs


class _Parts:
    """The parts of the archive, against one budget of unpacked bytes."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        entries = archive.infolist()
        if len(entries) > MOST_PARTS or len({entry.filename for entry in entries}) != len(entries):
            raise PageRefused(f"a workbook of more than {MOST_PARTS} parts, or with a part twice")
        # What a library unpacks is what the archive announces or less: zlib stops there.
        if sum(entry.file_size for entry in entries) > MOST_BYTES:
            raise PageRefused(f"the workbook unpacks to more than {MOST_BYTES:,} bytes")
        self._archive = archive
        self._left = MOST_BYTES

    def read(self, name: str) -> bytes | None:
        if name not in self._archive.namelist():
            return None
        with self._archive.open(name) as part:
            data = part.read(self._left + 1)
        self._left -= len(data)
        if self._left < 0:
            raise PageRefused(f"the workbook unpacks to more than {MOST_BYTES:,} bytes")
        if (
            b"<!DOCTYPE" in data
            or b"<!ENTITY" in data
            or data[:2] in (b"\xff\xfe", b"\xfe\xff")
            or b"\x00" in data[:200]
        ):
            raise PageRefused(
                f"{one_line(name, 60)} declares a document type or is not UTF-8; no workbook of ours is so"
            )
        return data

    def tree(self, name: str) -> etree._Element:
        """A small part as a tree; raises PageRefused where it is missing or no XML."""
        data = self.read(name)
        if data is None:
            raise PageRefused(f"the workbook has no {name}; save it as .xlsx again")
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            return etree.fromstring(data, parser)
        except etree.XMLSyntaxError as error:
            raise PageRefused(f"{one_line(name, 60)} is no XML: {one_line(error, 80)}; save it again") from error

    def walk(self, name: str, walker: "_Walker") -> None:
        """A large part from its first element to its last, without keeping any."""
        data = self.read(name)
        if data is None:
            return
        if data.count(b"<c ") + data.count(b"<c>") > MOST_CELLS:  # told at once; with a prefix the walker counts them
            raise PageRefused(f"a sheet of more than {MOST_CELLS:,} cells")
        parser = expat.ParserCreate(namespace_separator="}")
        parser.StartElementHandler, parser.EndElementHandler = walker.start, walker.end
        parser.CharacterDataHandler = walker.data
        try:
            parser.Parse(data, True)
        except expat.ExpatError as error:
            raise PageRefused(f"{one_line(name, 60)} is no XML: {one_line(error, 80)}; save it again") from error


class _Walker:
    """Meets the elements of a part by their local names, with the text inside each."""

    def __init__(self) -> None:
        self._text: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._text.clear()
        self.begin(tag.rpartition("}")[2], attributes)

    def data(self, text: str) -> None:
        self._text.append(text)

    def end(self, tag: str) -> None:
        self.finish(tag.rpartition("}")[2], "".join(self._text))
        self._text.clear()

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""

    def finish(self, name: str, text: str) -> None:
        """An element ends; `text` is what stood in it since the last element began or ended."""


class _Strings(_Walker):
    """How long each shared string is."""

    def __init__(self) -> None:
        super().__init__()
        self.lengths: list[int] = []

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:  # noqa: ARG002
        if name == "si":
            self.lengths.append(0)

    def finish(self, name: str, text: str) -> None:
        if name == "t" and self.lengths:
            self.lengths[-1] += len(text)
            _refuse_long(self.lengths[-1], "a cell")


class _Cells(_Walker):
    """Counts rows, cells and letters of a sheet as they come, and keeps what is hidden in it."""

    def __init__(self, lengths: list[int], layout: Layout) -> None:
        super().__init__()
        self._lengths, self._layout = lengths, layout
        self._rows = self._row = self._column = self._cells = self._letters = 0
        self._cell: Mapping[str, str] = {}
        self._own_letters = 0
        self._has_formula = self._has_value = False

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "c":
            self._begin_cell(attributes)
        elif name == "row":
            self._begin_row(attributes)
        elif name == "f":
            self._has_formula = True
        elif name == "col" and attributes.get("hidden") in ("1", "true"):
            first, last = (_whole(attributes.get(edge, "")) for edge in ("min", "max"))
            self._layout.hidden_columns |= set(range(first - 1, min(last, MOST_COLUMNS)))

    def _begin_row(self, attributes: Mapping[str, str]) -> None:
        self._rows, self._column = self._rows + 1, 0
        number = attributes.get("r", str(self._row + 1))
        self._row = _whole(number)
        if not self._row:
            raise PageRefused(f"the row number {one_line(number, 20)!r} is none of a sheet; save it as .xlsx again")
        if max(self._row, self._rows) > MOST_ROWS:
            raise PageRefused(f"a sheet of more than {MOST_ROWS:,} rows")
        if attributes.get("hidden") in ("1", "true"):
            self._layout.hidden_rows.add(self._row - 1)

    def _begin_cell(self, attributes: Mapping[str, str]) -> None:
        self._cells, self._cell = self._cells + 1, dict(attributes)
        self._column = _column(attributes.get("r"), self._column)
        self._own_letters, self._has_formula, self._has_value = 0, False, False
        if self._cells > MOST_CELLS:
            raise PageRefused(f"a sheet of more than {MOST_CELLS:,} cells")

    def finish(self, name: str, text: str) -> None:
        if name == "v":
            self._has_value = True
            self._own_letters += self._letters_of(text)
        elif name == "t":
            self._own_letters += len(text)
        elif name == "c":
            place = f"cell {one_line(self._cell.get('r', '?'), 10)}"
            _refuse_long(self._own_letters, place)
            if self._has_formula and not self._has_value:
                raise PageRefused(f"{place} has a formula without its value: open the workbook and save it again")
            self._letters += self._own_letters
            if self._letters > MOST_LETTERS:
                raise PageRefused(f"a sheet of more than {MOST_LETTERS:,} letters")

    def _letters_of(self, value: str) -> int:
        """How many letters a value will take; raises PageRefused for one that no workbook could hold."""
        kind, place = self._cell.get("t", "n"), one_line(self._cell.get("r", "?"), 10)
        if kind == "s":
            number = value.strip()
            if not (number.isascii() and number.isdigit() and len(number) < 8 and int(number) < len(self._lengths)):
                raise PageRefused(f"cell {place} points to the text {one_line(value, 20)!r}, which is not there")
            return self._lengths[int(number)]
        if kind == "n" and len(value) > LONGEST_NUMBER:
            raise PageRefused(f"cell {place} holds a number of {len(value):,} digits; no sheet can")
        return len(value)


def _refuse_long(letters: int, place: str) -> None:
    if letters > LONGEST_STRING:
        raise PageRefused(f"{place} has {letters:,} letters; a cell holds at most {LONGEST_STRING:,}")


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0


def _column(reference: str | None, after: int) -> int:
    """The number of a cell's column, from 1; raises PageRefused for one too far off."""
    match = _CELL.fullmatch(reference or "")
    number = after + 1
    if reference is not None and not match:  # the library may read it as one far off, and take memory for all between
        raise PageRefused(f"the cell {one_line(reference, 20)!r} is none of a sheet; save it as .xlsx again")
    if match:
        number = 0
        for letter in match[1]:
            number = number * 26 + ord(letter) - ord("A") + 1
        if int(match[2]) > MOST_ROWS:
            raise PageRefused(f"a sheet of more than {MOST_ROWS:,} rows")
    if number > MOST_COLUMNS:
        raise PageRefused(f"a sheet of more than {MOST_COLUMNS} columns")
    return number


SOURCE = Source("xlsx", "The desk's own sheet (xlsx): {}", parse, is_own=True)
