"""An HTML page → its tables as clean grids: spans laid out and clamped, hidden text gone, depth loss refused.

A cell's text is what a reader of the page would see; its citations are its own outside links and its footnotes'."""

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from lxml import etree

from pipelines.errors import PageRefused
from pipelines.sources.dates import years_in
from pipelines.sources.text import close_dashes, tidy

MAX_COLUMNS = 128
MAX_ROWS = 5_000
MAX_SLOTS = 200_000
LONGEST_BANNER = 40
FEWEST_NUMBERS = 3
_NUMBER = re.compile(r"\(?<? ?\d{1,3}(?:\.\d{1,4})? ?%?\)?", re.ASCII)
_SHADE = re.compile(r"background(?:-color)?:\s*([#\w]{1,24})", re.ASCII)


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """One table cell where it starts: what it shows, what it cites, and how far it reaches."""

    row: int
    column: int
    rows: int
    columns: int
    is_header: bool
    text: str
    sort: str | None
    shade: str | None
    citations: tuple[str, ...]


Slot = Cell | None


@dataclass(frozen=True, slots=True)
class Grid:
    """A table laid out: each slot holds the cell that covers it; a cell starts where its own row and column say.

    `banners`: rows whose only text is a year (or several), which dates the rows under it, by row number.
    """

    rows: tuple[tuple[Slot, ...], ...]
    header_rows: int
    banners: dict[int, tuple[int, ...]]

    @property
    def width(self) -> int:
        return max(map(len, self.rows), default=0)

    def at(self, row: int, column: int) -> Slot:
        cells = self.rows[row]
        return cells[column] if column < len(cells) else None

    def header(self, column: int) -> Slot:
        """The deepest header cell of a column that shows any text."""
        for row in reversed(range(self.header_rows)):
            cell = self.at(row, column)
            if cell is not None and cell.text and row not in self.banners:
                return cell
        return None

    def headings(self, column: int) -> tuple[Cell, ...]:
        """Every header cell over a column, outermost first, each once."""
        cells = [self.at(row, column) for row in range(self.header_rows) if row not in self.banners]
        return tuple(dict.fromkeys(cell for cell in cells if cell is not None))


def parse_html(text: str) -> etree._Element:
    """A page's tree; raises PageRefused when it is empty or nests deeper than the parser keeps."""
    refuse_many_attributes(text)
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = cast("etree._Element | None", etree.fromstring(text.encode("utf-8", "replace"), parser))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise PageRefused(f"the page cannot be read as HTML: {error}; save it again") from error
    if root is None:
        raise PageRefused("the page is empty; save it again")
    for entry in parser.error_log:
        if "depth" in entry.message.lower() or entry.type_name in LOSSES:
            raise PageRefused(f"part of the page would be lost: {entry.message} on line {entry.line}")
    return root


_TAG = re.compile(r"""<[a-zA-Z](?:[^<>"']|"[^"]*"|'[^']*')*+""")
_QUOTED = re.compile(r""""[^"]*"|'[^']*'""")
MOST_PAIRS = 10**9  # of attributes of one tag: the parser compares each with every other, some 10⁸ a second
LONG_TAG = 1000  # letters


def refuse_many_attributes(text: str) -> None:
    """Refuse a page whose tags have so many attributes that the parser would take minutes; raises PageRefused."""
    tags = (tag[0] for tag in _TAG.finditer(text))
    counts = [len(_QUOTED.sub("", tag).split()) for tag in tags if len(tag) > LONG_TAG]
    if sum(count**2 for count in counts) > MOST_PAIRS:
        raise PageRefused(f"a tag with {max(counts):,} attributes, which no page has; save it again")


LOSSES = frozenset({"ERR_RESOURCE_LIMIT", "ERR_NAME_TOO_LONG", "ERR_NO_MEMORY", "ERR_ENTITY_LOOP"})


def grid_of(table: etree._Element, references: dict[str, tuple[str, ...]] | None = None) -> Grid:
    """A table's grid; raises PageRefused when it is larger than any table we read."""
    rows = list(_rows(table))
    if len(rows) > MAX_ROWS:
        raise PageRefused(f"a table of {len(rows)} rows; at most {MAX_ROWS} are read")
    slots: list[dict[int, Cell]] = [{} for _ in rows]
    laid = 0
    for number, (row, left) in enumerate(rows):
        laid += _lay(row, number, left, slots, references or {})
        if laid > MAX_SLOTS:
            raise PageRefused(f"a table of more than {MAX_SLOTS} cells; it is not one of ours")
    filled = tuple(tuple(map(row.get, range(max(row, default=-1) + 1))) for row in slots)
    banners = {number: years for number, cells in enumerate(filled) if (years := _banner(cells))}
    return Grid(filled, _header_rows(filled, banners), banners)


def _banner(cells: tuple[Slot, ...]) -> tuple[int, ...]:
    """The years of a row whose one text is nothing else."""
    only: Cell | None = None
    for cell in cells:
        if cell is not None and cell.text and cell is not only:
            if only is not None:
                return ()
            only = cell
    return years_in(only.text) if only is not None and len(only.text) <= LONGEST_BANNER else ()


def _header_rows(rows: tuple[tuple[Slot, ...], ...], banners: Container[int]) -> int:
    """How many leading rows hold header cells only, a banner of years among them; a row of numbers is no header."""
    for number, cells in enumerate(rows):
        own = [cell for cell in cells if cell is not None]
        is_header = own and all(cell.is_header for cell in own) and not prints_numbers(cells)
        if number not in banners and not is_header:
            return number
    return len(rows)


def prints_numbers(cells: Iterable[Slot]) -> bool:
    """Whether three cells or more of a row print nothing but numbers, as results do in header cells too."""
    own = dict.fromkeys(cell for cell in cells if cell is not None)
    return sum(_NUMBER.fullmatch(cell.text) is not None for cell in own) >= FEWEST_NUMBERS


def _rows(table: etree._Element) -> Iterator[tuple[etree._Element, int]]:
    """A table's own rows, not those of tables inside it, each with the rows left in its group."""
    groups: list[list[etree._Element]] = [[]]
    for child in table:
        if child.tag == "tr":
            groups[-1].append(child)
        elif child.tag in ("thead", "tbody", "tfoot"):
            groups += [[row for row in child if row.tag == "tr"], []]
    for group in groups:
        for index, row in enumerate(group):
            yield row, len(group) - index


def _lay(
    row: etree._Element,
    number: int,
    left: int,
    slots: list[dict[int, Cell]],
    references: dict[str, tuple[str, ...]],
) -> int:
    """Put one row's cells into their slots, each keeping what reached it first; the number of slots tried."""
    column = tried = 0
    for element in row:
        if element.tag not in ("td", "th"):
            continue
        while column in slots[number]:
            column += 1
        if column >= MAX_COLUMNS or tried > MAX_SLOTS:
            break
        cell = _cell(element, number, column, left, references)
        for down in range(number, number + cell.rows):
            for reach in range(column, column + cell.columns):
                slots[down].setdefault(reach, cell)
        tried += cell.rows * cell.columns
        column += cell.columns
    return tried


def _cell(element: etree._Element, row: int, column: int, left: int, references: dict[str, tuple[str, ...]]) -> Cell:
    sort = element.get("data-sort-value")
    return Cell(
        row=row,
        column=column,
        rows=_span(element.get("rowspan"), left, zero=left),
        columns=_span(element.get("colspan"), MAX_COLUMNS - column, zero=1),
        is_header=element.tag == "th",
        text=visible_text(element),
        sort=None if sort is None else sort.strip()[:64],
        shade=_shade(element.get("style")),
        citations=citations_of(element, references),
    )


def _span(printed: str | None, most: int, zero: int) -> int:
    """A span as browsers read it: leading digits only, at least one, clamped to what is left of the table.

    >>> _span("2;", 9, 1), _span("1000000", 9, 1), _span("-3", 9, 1), _span("0", 9, 4)
    (2, 9, 1, 4)
    """
    if printed is None or printed == "1":
        return 1
    match = re.match(r"\s*(\d{1,9})", printed, re.ASCII)
    if match is None:
        return 1
    number = int(match[1])
    return zero if number == 0 else min(number, most)


@lru_cache(maxsize=512)
def _shade(style: str | None) -> str | None:
    match = _SHADE.search(style[:400]) if style else None
    return match[1].lower() if match else None


LONGEST_TEXT = 2_000
UNSEEN_TAGS = frozenset({"style", "script", "noscript", "template", "link", "meta", "head", "title"})
UNSEEN_CLASSES = frozenset({"sortkey", "noprint", "mw-editsection", "mw-ref", "reference"})
BLOCKS = frozenset({"div", "p", "li", "ul", "ol", "br", "tr", "td", "th", "table", "center", "hr", "dd", "dt", "dl"})
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.ASCII | re.IGNORECASE)
# A raised mark with nothing but a bracket, a letter or a sign is a footnote; a raised number may be a power.
_NOTE = re.compile(r"\s*(\[[^\]]{0,12}\]|[a-z]|[*†‡§]{1,3})\s*", re.ASCII | re.IGNORECASE)


def visible_text(element: etree._Element) -> str:
    """A cell's visible text on one line; text past a length no cell needs is cut and ends in "…".

    Letters and marks stay as printed: a raised "²" must not become a 2 before the grammar has seen it.
    """
    text = element.text or ""
    if len(element):
        pieces: list[str] = []
        _gather(element, pieces)
        text = "".join(pieces)
    if len(text) > LONGEST_TEXT:
        return " ".join(text[:LONGEST_TEXT].split()) + "…"
    line = close_dashes(" ".join(text.split()))
    return line if line.isascii() or tidy(line) else ""


def _gather(element: etree._Element, pieces: list[str]) -> None:
    """Text in reading order; recursion is safe because the parser refuses pages deeper than it keeps."""
    if element.text:
        pieces.append(element.text)
    for child in element:
        tag = child.tag
        if not _unseen(child):
            block = tag in BLOCKS
            if block:
                pieces.append(" ")
            raised = tag == "sup" and not _is_note(child)
            if raised:
                pieces.append("^")
            if tag != "sup" or raised:
                _gather(child, pieces)
            if block:
                pieces.append(" ")
        if child.tail:
            pieces.append(child.tail)


def _unseen(element: etree._Element) -> bool:
    if element.tag in UNSEEN_TAGS or element.get("hidden") is not None:
        return True
    classes = element.get("class")
    if classes and not UNSEEN_CLASSES.isdisjoint(classes.split()):
        return True
    style = element.get("style")
    return bool(style and _HIDDEN_STYLE.search(style[:400]))


def _is_note(element: etree._Element) -> bool:
    return _NOTE.fullmatch("".join(element.itertext())[:40]) is not None


LONGEST_ADDRESS = 2_000
# What a browser drops before it reads a scheme: "java\\tscript:" is a script.
_DROPPED = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e]")


def safe_address(href: str | None) -> str | None:
    """An http(s) address, or nothing: scripts, data and relative addresses are no citation.

    >>> safe_address("JaVa\\tScript:alert(1)"), safe_address("//cdn.example/x")
    (None, 'https://cdn.example/x')
    """
    if not href or len(href) > LONGEST_ADDRESS:
        return None
    plain = _DROPPED.sub("", href)
    if plain.startswith("//"):
        plain = "https:" + plain
    scheme, separator, rest = plain.partition("://")
    if not separator or scheme.lower() not in ("http", "https") or not rest or rest[0] in "/?#":
        return None
    return None if any(c in plain for c in "\"'<>\\`") else scheme.lower() + "://" + rest


def references_of(root: etree._Element) -> dict[str, tuple[str, ...]]:
    """Footnote id → the outside addresses in it, in order."""
    notes: dict[str, tuple[str, ...]] = {}
    for note in root.iter("li"):
        name = note.get("id")
        if name and name.startswith("cite_note"):
            notes[name] = _outside(note)
    return notes


def citations_of(element: etree._Element, references: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The outside addresses a cell cites, its own and its footnotes', each once."""
    if not len(element):
        return ()
    addresses: dict[str, None] = {}
    for link in element.iter("a"):
        href = link.get("href") or ""
        if href.startswith("#"):
            addresses.update(dict.fromkeys(references.get(href[1:], ())))
        elif address := safe_address(href):
            addresses[address] = None
    return tuple(addresses)


def _outside(note: etree._Element) -> tuple[str, ...]:
    addresses = (safe_address(link.get("href")) for link in note.iter("a"))
    return tuple(dict.fromkeys(address for address in addresses if address))
