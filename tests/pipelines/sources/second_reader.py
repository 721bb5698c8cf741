"""A second reading of polling pages, made for comparison alone: another parser, another way round, no shared code.

It walks the page once with the standard library's parser and keeps what it meets; it knows no aliases, no checks and
no grammar of cells. `python -m tests.pipelines.sources.second_reader` reads the real pages (HEMICYCLE_REAL_PAGES) and
writes their cells to tests/golden/cells: facts only, a row a printed number.
"""

import csv
import gzip
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

GOLDEN = Path(__file__).parents[2] / "golden" / "cells"
COLUMNS = ("place", "day", "firm", "publisher", "label", "cell")
PAGES = {
    "wiki-2026": "wikipedia_2026_polling.parse.json",
    "wiki-w15": "pages/wiki-w15.html",
    "wiki-w19b": "pages/wiki-w19b.html",
    "wiki-w21": "pages/wiki-w21.html",
    "themadad": "themadad_allpolls_26.html",
}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
VOID = {"br", "img", "hr", "link", "meta", "input", "wbr", "col"}
NOT_SHOWN = {"style", "script", "head", "sup"}
UNSEEN = {"reference", "mw-editsection", "sortkey"}
NO_POLL = ("result", "outgoing", "pre-election", "composition", "legislative election")
UNWANTED = ("sample size", "others", "other parties", "gov.", "gov. total", "opp.", "lead", "מספר הסקר", "משיבים")
Cell = tuple[str, str, str, str, str, str]


@dataclass(eq=False)
class Box:
    """A cell as it is met: its text, whether it is a header, its reach and its sort value."""

    head: bool
    across: int
    down: int
    sort: str
    text: str = ""


@dataclass(eq=False)
class Found:
    """A table with the headings over it."""

    path: tuple[str, ...]
    rows: list[list[Box]] = field(default_factory=list)


class Walker(HTMLParser):
    """The page met from its first tag to its last."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[Found] = []
        self.headings: dict[int, str] = {}
        self.level = 0
        self.open: list[Found] = []
        self.box: Box | None = None
        self.hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if self.hidden:
            if tag not in VOID:
                self.hidden.append(tag)
            return
        classes = attributes.get("class", "").split()
        if (
            tag in NOT_SHOWN
            or "reference" in classes
            or "mw-editsection" in classes
            or "sortkey" in classes
            or tag == "sup"
        ):
            self.hidden.append(tag)
        elif re.fullmatch("h[1-6]", tag):
            self.level = int(tag[1])
            self.headings = {level: text for level, text in self.headings.items() if level < self.level}
            self.headings[self.level] = ""
        elif tag == "table":
            self.open.append(Found(tuple(self.headings[level] for level in sorted(self.headings) if level > 1)))
            if {"wikitable", "list"} & set(classes):
                self.tables.append(self.open[-1])
        elif tag == "tr" and self.open:
            self.open[-1].rows.append([])
        elif tag in ("td", "th") and self.open and self.open[-1].rows:
            across, down = (int(re.sub(r"\D.*", "", attributes.get(name, "1")) or 1) for name in ("colspan", "rowspan"))
            self.box = Box(tag == "th", across, down, attributes.get("data-sort-value", ""))
            self.open[-1].rows[-1].append(self.box)
        elif tag in ("br", "div", "p") and self.box:
            self.box.text += " "

    def handle_endtag(self, tag: str) -> None:
        if self.hidden:
            if self.hidden[-1] == tag:
                self.hidden.pop()
        elif tag in ("td", "th"):
            self.box = None
        elif tag == "table" and self.open:
            self.open.pop()
        elif re.fullmatch("h[1-6]", tag):
            self.level = 0

    def handle_data(self, data: str) -> None:
        if self.hidden:
            return
        if self.box:
            self.box.text += data
        elif self.level:
            self.headings[self.level] += data


def plain(text: str) -> str:
    """One line, no footnote marks, no marks nobody sees, one kind of dash, none of the blanks beside a broken one."""
    line = " ".join(re.sub("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\u3164]", "", text).replace("\u2011", "-").split())
    line = re.sub(r"(\s*(\[[^\]]*\]|[*†‡]+))+$", "", line)
    return re.sub(r"(?<=\S)([–-]) (?=\S)|(?<=\S) ([–-])(?=\S)", lambda match: match[1] or match[2], line)


def laid_out(table: Found) -> list[list[Box | None]]:
    """Rows of equal width: a box stands in every place it reaches."""
    width = max((sum(box.across for box in row) for row in table.rows), default=0) + 40
    lines: list[list[Box | None]] = [[None] * width for _ in table.rows]
    for at, row in enumerate(table.rows):
        place = 0
        for box in row:
            while place < width and lines[at][place] is not None:
                place += 1
            for down in range(at, min(at + box.down, len(lines))):
                for across in range(place, min(place + box.across, width)):
                    lines[down][across] = lines[down][across] or box
            place += box.across
    return lines


def read(text: str) -> Iterator[Cell]:
    """Every cell of every poll row of a page."""
    walker = Walker()
    walker.feed(text)
    for number, table in enumerate(walker.tables, start=1):
        path = [plain(part) for part in table.path]
        words = " ".join(path).lower()
        unwanted = ("percentage", "voters", "prime minister", "other questions", "pollsters and publishers")
        if not any(word in words for word in unwanted):
            yield from _table(laid_out(table), number, path)


def _table(lines: list[list[Box | None]], number: int, path: list[str]) -> Iterator[Cell]:
    top = next((at for at, line in enumerate(lines) if not all(box is None or box.head for box in line)), len(lines))
    top = next((at for at in range(top) if _year_alone(lines[at])), top)
    names: list[str] = []
    for column in range(len(lines[0]) if lines else 0):
        shown = [box.text for line in lines[:top] if (box := line[column]) and box.head and plain(box.text)]
        names.append(plain(shown[-1]) if shown else "")
    roles = {role: at for at, name in enumerate(names) if (role := _role(name)) and role != "none"}
    if "day" not in roles or not {"firm", "publisher"} & roles.keys():
        return
    taken = {at for at, name in enumerate(names) if not name or _role(name)}
    year = next((match[0] for part in reversed(path) if (match := re.fullmatch(r"\d{4}", part))), "")
    before: list[Box | None] = []
    for at in range(top, len(lines)):
        line = lines[at]
        year = _year_alone(line) or year
        if line == before:
            continue
        before = line
        yield from _poll(line, names, roles, taken, f"{number}/{at + 1}", year)


def _year_alone(line: list[Box | None]) -> str:
    texts = {plain(box.text) for box in line if box and plain(box.text)}
    return next((text for text in texts if len(texts) == 1 and re.fullmatch(r"\d{4}", text)), "")


def _role(name: str) -> str:
    """What a header's words make of a column; "none" is a column that is neither of a list nor wanted here."""
    low = name.lower()
    if low in ("fieldwork date", "date", "dates", "תאריך"):
        return "day"
    if low in ("polling firm", "poll", "polling firm/publisher", "עורך משאלים"):
        return "firm"
    if low in ("publisher", "כלי תקשורת"):
        return "publisher"
    unwanted = (
        "sample size",
        "others",
        "other parties",
        "gov.",
        "gov. total",
        "opp.",
        "lead",
        "מספר הסקר",
        "משיבים",
        "notes",
    )
    return "none" if low in unwanted else ""


def _poll(
    line: list[Box | None], names: list[str], roles: dict[str, int], taken: set[int], place: str, year: str
) -> Iterator[Cell]:
    def words(role: str) -> str:
        box = line[roles[role]] if role in roles else None
        return plain(box.text) if box else ""

    lists = [at for at in range(len(names)) if at not in taken]
    boxes = [line[at] for at in lists]
    if any(box is None for box in boxes) or not any(re.search(r"\d", box.text) for box in boxes if box):
        return
    widest = max((boxes.count(box) for box in boxes), default=0)
    if widest * 2 >= len(boxes) or any(word in f"{words('firm')} {words('day')}".lower() for word in NO_POLL):
        return
    day_box = line[roles["day"]]
    firm, publisher = words("firm"), words("publisher")
    if "publisher" not in roles:
        firm, _, publisher = firm.partition("/")
    day = _day(plain(day_box.text) if day_box else "", day_box.sort if day_box else "", year)
    seen: list[Box] = []
    for box in boxes:
        if box is not None and box not in seen:
            label = "+".join(names[other] for other in lists if line[other] is box)
            seen.append(box)
            if plain(box.text):
                yield place, day, _name(firm), _name(publisher), label, plain(box.text)


def _name(text: str) -> str:
    short = re.sub(r" exit poll$", "", text).strip()
    return "" if short in ("–", "—", "-", "— N/a", "—N/a") else short


def _day(printed: str, sort: str, year: str) -> str:
    """The last day a date names; its year as printed, else by the sort value, else of the banner or heading."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", printed):
        return printed
    match = re.search(r"(\d{1,2}) ?([A-Za-z]{3})[a-z]*\.?(?: (\d{4}|\d\d))?$", printed)
    if not match or match[2].lower() not in MONTHS:
        return printed
    sort_year = re.search(r"(20\d\d)-", sort)
    full = (match[3] or "")[-2:] or (sort_year[1][-2:] if sort_year else year[-2:])
    return f"20{full}-{MONTHS.index(match[2].lower()) + 1:02}-{int(match[1]):02}" if full else printed


def text_of(path: Path) -> str:
    body = path.read_text("utf-8")
    return str(json.loads(body)["parse"]["text"]) if path.suffix == ".json" else body


def write(name: str, cells: list[Cell]) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\n").writerows([COLUMNS, *cells])
    GOLDEN.mkdir(parents=True, exist_ok=True)
    (GOLDEN / f"{name}.csv.gz").write_bytes(gzip.compress(file.getvalue().encode(), mtime=0))


def golden(name: str) -> list[Cell]:
    """The cells as they were committed."""
    with gzip.open(GOLDEN / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return [
            (row["place"], row["day"], row["firm"], row["publisher"], row["label"], row["cell"])
            for row in csv.DictReader(file)
        ]


if __name__ == "__main__":
    from tests.pipelines.sources.real import real_page

    for page, file in PAGES.items():
        cells = list(read(text_of(real_page(file))))
        write(page, cells)
        print(f"{page}: {len({cell[0] for cell in cells})} rows, {len(cells)} cells")
