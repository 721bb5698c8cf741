"""Reads what an edition says of seats wherever it says it: one function a carrier, each yielding what it found.

To hold another carrier to the same numbers, write a function from `Carried` to readings and enter it in `CARRIERS`.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from html import unescape
from typing import Any

import python_calamine
from bs4 import BeautifulSoup

from dashboard.blocks import Block, Column, Control, Interval, Name
from dashboard.i18n import Translator, clean, offered, translator
from dashboard.pages import PAGES
from dashboard.render import html, sheet, svg
from dashboard.render.html import Context
from dashboard.render.text import name_text, plain
from dashboard.serve import frozen
from dashboard.view import View

PRINTED = ("seats", "printed_seats", "projected_seats", "after_seats")  # columns, and values, of printed seats
SIDES = ("projected", "before", "after")  # values of a list that hold its printed seats; nothing is changed yet
PAST = "record"  # what would have been said in the past: statistics of draws, and called so
FIRST = re.compile(r"(?:<b>)?(\d+)(?:</b>|\.0$|$| \()")  # a cell or a label that begins with a whole number
NUMBER = re.compile(r"\s*[:–-]?\s*(\d+)(?![\d.,%]|\s*%)")
TEXT = re.compile(r"<text[^>]*>(.*?)</text>", re.S)


@dataclass(frozen=True)
class Reading:
    """A number of seats that a carrier gives a list, a bloc or a coalition of interest."""

    carrier: str
    of: str
    seats: int


@dataclass(frozen=True)
class Carried:
    """A block in one language; the first of a page has its controls."""

    view: View
    block: Block
    t: Translator
    controls: tuple[Control, ...] = ()

    @property
    def names(self) -> dict[str, str]:
        """What every list, bloc and coalition of interest is called in the language → its id."""
        reference, projection = self.view.edition.reference, self.view.edition.projection
        ids: dict[str, str] = {}
        for item in (*reference.lists, *projection.blocs, *self.view.edition.coalitions.majorities):
            for texts in (item.names, getattr(item, "shorts", {})):
                if texts:
                    ids[name_text(Name(item.id, texts), self.t)] = item.id
        return ids


def of_values(carried: Carried) -> Iterator[Reading]:
    """The block's values, which programs read."""
    yield from _inside(carried.block.values.model_dump(mode="json"), "values")


def _inside(value: Any, carrier: str) -> Iterator[Reading]:
    if isinstance(value, list):
        for item in value:
            yield from _inside(item, carrier)
    elif isinstance(value, Mapping):
        name = value.get("name")
        for field in PRINTED:
            seats = value.get(field)
            if isinstance(name, Mapping) and isinstance(seats, int | float) and float(seats).is_integer():
                yield Reading(carrier, str(name["id"]), int(seats))
        sides = [value[side] for side in SIDES if isinstance(value.get(side), Mapping) and isinstance(name, Mapping)]
        yield from (Reading(carrier, str(name["id"]), int(side["seats"])) for side in sides if "seats" in side)
        for field in ("lists", "seats"):  # by the lists' ids
            by_id = value.get(field)
            if isinstance(by_id, Mapping) and all(isinstance(seats, int | float) for seats in by_id.values()):
                yield from (Reading(carrier, of, int(seats)) for of, seats in by_id.items())
        for item in value.values():
            yield from _inside(item, carrier)


def of_cells(carried: Carried) -> Iterator[Reading]:
    """The block's table before any rendering."""
    table = carried.block.table
    for at, column in enumerate(table.columns if table else ()):
        for row in table.rows if table and _is_printed(carried, column.id) else ():
            seats = row[at].middle if isinstance(row[at], Interval) else row[at]
            if isinstance(row[0], Name) and isinstance(seats, int | float):
                yield Reading("table", row[0].id, int(seats))


def _is_printed(carried: Carried, column: str) -> bool:
    return column in PRINTED or (carried.block.page == "what_if" and column == "before_seats")


def of_page(carried: Carried) -> Iterator[Reading]:
    """The table as the page has it: the text of its cells."""
    if carried.block.table is None:
        return
    page = str(html.block(carried.block, carried.block.drawn(carried.t), _context(carried.t)))
    yield from _in_cells(carried, BeautifulSoup(page, "html.parser"), "page")


def _in_cells(carried: Carried, page: BeautifulSoup, carrier: str) -> Iterator[Reading]:
    table = carried.block.table
    assert table is not None
    tops = [column for column in table.columns if column.under is None and not column.is_hidden]
    shown = page.find(id=f"{carried.block.id}-cells")
    assert shown is not None, carried.block.id
    for row, drawn in zip(table.rows, shown.select("tbody tr"), strict=True):
        for column, cell in zip(tops, drawn.find_all(["th", "td"], recursive=False), strict=True):
            seats = FIRST.match(clean(cell.get_text()).strip())
            if _is_printed(carried, column.id) and isinstance(row[0], Name) and seats:
                yield Reading(carrier, row[0].id, int(seats[1]))


def _context(t: Translator) -> Context:
    return Context(t, lambda to: to.path or "/", lambda block, ending: f"/{block.id}.{ending}")


def of_picture(carried: Carried) -> Iterator[Reading]:
    """The texts of the picture: a name with a number after it, or a number at the end of a name's row, and its mark."""
    figure = carried.block.drawn(carried.t)
    if figure is None:
        return
    yield from _of_rows(figure, carried.names)
    drawn = str(svg.inside(figure, "desk", svg.WIDE, carried.t.is_rtl))
    for part in TEXT.findall(drawn):
        yield from in_words(unescape(re.sub(r"<[^>]*>", "", part)), carried.names, "picture", is_whole=True)


def _of_rows(figure: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[Reading]:
    """By the rows of the figure, and of its labels in several lines."""
    axis = figure["layout"].get("yaxis", {})
    labels = [clean(label).replace("<br>", " ") for label in axis.get("ticktext", ())]
    rows = {place: names.get(label) for place, label in zip(axis.get("tickvals", ()), labels, strict=True)}
    for layout in (figure["layout"], figure.get("narrow", {})):
        for note in layout.get("annotations", ()):
            seats = FIRST.match(clean(note["text"]))
            if (of := rows.get(note["y"])) and seats and note.get("xref") == "paper":
                yield Reading("row", of, int(seats[1]))
            yield from in_words(re.sub(r"</?b>", "", note["text"].replace("<br>", " ")), names, "label", is_whole=True)
    for trace in (trace for trace in figure["data"] if trace["name"] in ("seats", "before", "after")):
        for seats, place in zip(trace["x"], trace["y"], strict=True):
            if of := rows.get(place):
                yield Reading("mark", of, int(seats))


def of_hover(carried: Carried) -> Iterator[Reading]:
    """What a figure's marks say when pointed at: a name, and its seats on that line or under their own label."""
    drawn, label = carried.block.drawn(carried.t) or {}, clean(carried.t("table.seats"))
    for trace in drawn.get("data", ()):
        for text in (*_texts(trace.get("hovertext")), *_texts(trace.get("text"))):
            name, *lines = [clean(re.sub(r"</?b>", "", part)) for part in text.split("<br>")]
            yield from in_words(name, carried.names, "hover", is_whole=True)
            seats = next((NUMBER.match(line, len(label)) for line in lines if line.startswith(label)), None)
            if name in carried.names and seats:
                yield Reading("hover", carried.names[name], int(seats[1]))


def _texts(value: Any) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


def of_notes(carried: Carried) -> Iterator[Reading]:
    """What stands around a block's table and picture, but for news and polls: they say what was, or what others say."""
    page = str(html.block(carried.block, None, _context(carried.t)))
    shown = BeautifulSoup(page, "html.parser")
    for apart in shown.select("table, .told, .conflicts, .combinations"):
        apart.decompose()
    for line in shown.find_all(["p", "li", "h1", "h2"]):
        yield from in_words(line.get_text(), carried.names, "notes")


def of_controls(carried: Carried) -> Iterator[Reading]:
    """What a page's chips and presets say beside their names."""
    for control in carried.controls:
        shown = BeautifulSoup(str(html.control(control, _context(carried.t))), "html.parser")
        for choice in shown.find_all(["a", "option", "label"]):
            yield from in_words(choice.get_text(" "), carried.names, "controls", is_whole=True)


def of_words(carried: Carried) -> Iterator[Reading]:
    """The sentences of the blocks that speak of the projection."""
    if carried.block.finding is None or carried.block.kind == "table":
        return
    yield from in_words(plain(carried.block.finding, carried.t), carried.names, "words")


def in_words(text: str, names: Mapping[str, str], carrier: str, *, is_whole: bool = False) -> Iterator[Reading]:
    """Every "name number" in a text, the longest names first; with `is_whole` only where the text begins with it."""
    text = clean(text)
    for name in sorted(names, key=len, reverse=True):
        at = text.find(name)
        while at >= 0 and (not is_whole or at == 0):
            number = NUMBER.match(text, at + len(name))
            if number:
                yield Reading(carrier, names[name], int(number[1]))
            text = text[:at] + "\0" * len(name) + text[at + len(name) :]
            at = text.find(name)


def of_csv(carried: Carried) -> Iterator[Reading]:
    """The table as a file for programs."""

    def read(lines: sheet.Lines) -> list[list[Any]]:
        text = sheet.as_csv(lines, "t", ABOUT, carried.t).decode("utf-8-sig")
        return [list(row) for row in csv.reader(io.StringIO(text))]

    yield from _rows(carried, read)


def of_xlsx(carried: Carried) -> Iterator[Reading]:
    """The table as a workbook."""

    def read(lines: sheet.Lines) -> list[list[Any]]:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(sheet.as_xlsx(lines, "t", ABOUT, carried.t)))
        return [list(row) for row in book.get_sheet_by_index(0).to_python()]

    yield from _rows(carried, read)


ABOUT = sheet.About(())


def _rows(carried: Carried, read: Callable[[sheet.Lines], list[list[Any]]]) -> Iterator[Reading]:
    table = carried.block.table
    if table is None or not table.rows or not isinstance(table.rows[0][0], Name):
        return
    head, *rows = read(sheet.lines(table, carried.t, with_labels=False))
    for at, column in enumerate(head):
        for row, line in zip(table.rows, rows, strict=True):
            seats = FIRST.match(str(line[at]))
            if _is_printed(carried, column) and isinstance(row[0], Name) and seats:
                yield Reading("file", row[0].id, int(seats[1]))


def of_frame(carried: Carried) -> Iterator[Reading]:
    """The block in a frame of another page: the same cells under a heading of its own."""
    if not carried.block.embeddable or carried.block.table is None:
        return
    ctx = replace(_context(carried.t), is_frame=True)
    shown = BeautifulSoup(str(html.block(carried.block, carried.block.drawn(carried.t), ctx)), "html.parser")
    yield from _in_cells(carried, shown, "frame")


def of_kept(carried: Carried) -> Iterator[Reading]:
    """The values of the block as they are kept for the day its edition is removed."""
    stored = json.loads(json.dumps(frozen.plain(carried.block)))
    yield from _inside(stored["values"]["of"], "kept")


def of_past(carried: Carried) -> list[list[str]]:
    """The numbers of how this did before: in Record's headline, and in what leads there from another page."""
    shown = BeautifulSoup(str(html.block(carried.block, None, _context(carried.t))), "html.parser")
    elements = shown.select("h1" if carried.block.page == PAST else "a[href='/record']")
    return [re.findall(r"\d+", clean(one.get_text())) for one in elements]


CARRIERS: dict[str, Callable[[Carried], Iterator[Reading]]] = {
    "values": of_values,  # what an answer of the API holds
    "frame": of_frame,
    "kept": of_kept,
    "table": of_cells,
    "page": of_page,
    "picture": of_picture,
    "hover": of_hover,
    "words": of_words,
    "notes": of_notes,
    "controls": of_controls,
    "csv": of_csv,
    "xlsx": of_xlsx,
}


def blocks_of(view_of: Callable[..., View], languages: tuple[str, ...]) -> Iterator[Carried]:
    """Every block of every page in every language, in the page's plain state."""
    for path, page in PAGES.items():
        if page.name == PAST:
            continue
        view = view_of(path)
        parts = page.blocks(view)
        controls = tuple(part for part in parts if isinstance(part, Control))
        for block in (part for part in parts if not isinstance(part, Control)):
            yield from (Carried(view, block, translator(lang), controls) for lang in offered(languages))
            controls = ()


def claimed(block: Block) -> Iterator[tuple[Column, float, float]]:
    """Every column that claims a sum: the column, what it claims, and what its cells add up to."""
    for name, total in block.claims_sum:
        assert block.table is not None, block.id
        at = [column.id for column in block.table.columns].index(name)
        cells = [row[at] for row in block.table.rows]
        yield block.table.columns[at], total, sum(cell for cell in cells if isinstance(cell, int | float))
