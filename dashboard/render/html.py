"""Blocks, controls and their words as HTML, by one builder that escapes whatever is no markup of its own.

A block is a `<section>` with a hash of its bytes: the page's script puts a fresh one in its place only where the hash
differs. A figure's slot holds the server's picture; the browser's drawing lies over it.
"""

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import unquote_plus, urlsplit

from markupsafe import Markup, escape

from dashboard.blocks import (
    Address,
    Anchor,
    Block,
    Cell,
    Choice,
    Code,
    Column,
    Control,
    Disclosure,
    Equations,
    FigureDict,
    Heading,
    Href,
    Inline,
    Interval,
    Join,
    Key,
    Line,
    Lines,
    Links,
    Missing,
    Moment,
    Name,
    Note,
    Number,
    Paragraph,
    Quote,
    Source,
    Strong,
    Table,
    Words,
)
from dashboard.i18n import Translator, clean
from dashboard.render import svg
from dashboard.render.svg import SIZES
from dashboard.render.template import variable
from dashboard.render.text import name_text, say

VOID = frozenset({"base", "br", "input", "link", "meta", "img"})
HASH_BYTES = 6
PICTURES = ("png", "svg")
FILES = ("csv", "xlsx")
MISSING = {"not_asked": "–", "below_threshold": "<", "no_seats": "–", "none": "–"}
MISSING_WORDS = {"unknown": "table.unknown", "too_few": "threshold.few", "not_published": "polls.not_published"}
SIGN = r"[\u2066-\u2068]?[+−-]?"
RANGE = re.compile(rf"({SIGN}\d[\d.,]*(?:–| … ){SIGN}\d[\d.,]*%?[\u2069]?)")
FAINT = frozenset({"not_asked", "no_seats", "not_published"})


@dataclass(frozen=True)
class Context:
    """What a rendering needs beside the block: the language, where an address leads, and where a block's files lie.

    `is_frame`: the block stands alone on a page of somebody else, under a heading of the first rank and with nothing
    to take away. `wholes` are the full names behind short ones, by their ids.
    """

    t: Translator
    address: Callable[[Href], str]
    file: Callable[[Block, str], str]
    is_frame: bool = False
    wholes: Mapping[str, Name] = field(default_factory=dict)

    def link(self, address: Address) -> str:
        return self.address(address) if isinstance(address, Href) else address


def element(tag: str, *children: Any, **attributes: Any) -> Markup:
    """An element: children that are no markup are escaped, None and False attributes left out.

    A trailing underscore of an attribute's name falls, other underscores become dashes.

    >>> element("a", "<x>", href='"', class_="y")
    Markup('<a href="&#34;" class="y">&lt;x&gt;</a>')
    """
    attribute_text = "".join(
        f" {name.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{escape(value)}"')
        for name, value in attributes.items()
        if value is not None and value is not False
    )
    inside = "" if tag in VOID else f"{''.join(_flat(children))}</{tag}>"
    return Markup(f"<{tag}{attribute_text}>{inside}")


def _flat(children: Iterable[Any]) -> Iterable[str]:
    for child in children:
        if isinstance(child, Markup):
            yield child
        elif isinstance(child, list | tuple):
            yield from _flat(child)
        elif child is not None:
            yield escape(str(child))


def hashed(tag: str, *children: Any, **attributes: Any) -> Markup:
    """An element that says the hash of what is in it, so that the same bytes are known to be the same."""
    inside = Markup("".join(_flat(children)))
    attribute_text = repr(sorted((name, str(value)) for name, value in attributes.items()))
    digest = hashlib.blake2b((attribute_text + inside).encode(), digest_size=HASH_BYTES).hexdigest()
    return element(tag, inside, **attributes, data_hash=digest)


def html_page(t: Translator, title: str, head: Iterable[Any], *body: Any, **attributes: Any) -> str:
    """A whole page in a language: what every page begins with, the rest of its head, and its body."""
    begins = (
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
    )
    parts = element("head", begins, tuple(head)), element("body", body)
    return f"<!DOCTYPE html>\n{element('html', parts, lang=t.lang, dir=t.direction, **attributes)}\n"


# Names and words


def bdi(text: str) -> Markup:
    """Text from data, its direction its own."""
    return element("bdi", clean(text))


def name_html(item: Name, ctx: Context) -> Markup:
    """A name from data; one that is short for another has the whole of it behind."""
    short, full_name = name_text(item, ctx.t), ctx.wholes.get(item.id)
    full = name_text(full_name, ctx.t) if full_name else short
    return bdi(short) if full == short else element("abbr", bdi(short), title=full)


def swatch(colour: str) -> Markup:
    """A dot in a colour of the palette, beside its name, which says the same in words."""
    return element("span", class_="swatch", style=f"--c:var({variable(colour)})", aria_hidden="true")


def inline(part: Inline, ctx: Context) -> Markup | str:
    """A part of a line."""
    match part:
        case Name():
            label = name_html(part, ctx)
            return element("span", swatch(part.colour), label, class_="named") if part.colour else label
        case Strong(of):
            return element("b", inline(of, ctx))
        case Anchor():
            return _anchor(part, ctx)
        case Quote():
            return _quote(part, ctx)
        case Source(name):
            return source(name_text(name, ctx.t))
        case Join(items, str() as between):
            return Markup(escape(between)).join(inline(item, ctx) for item in items)
        case _:
            return unbroken(say(part, ctx.t))


def unbroken(text: str) -> Markup | str:
    """Text whose ranges of numbers no line breaks in two.

    >>> unbroken("between 47–56 seats")
    Markup('between <bdi class="whole">47–56</bdi> seats')
    """
    if not RANGE.search(text):
        return text
    parts = RANGE.split(text)
    return Markup("").join(element("bdi", part, class_="whole") if at % 2 else part for at, part in enumerate(parts))


def _anchor(part: Anchor, ctx: Context) -> Markup:
    file = {"class_": "file", "download": "", "data_reload": "true"} if part.is_file else {}
    aria = say(part.aria, ctx.t) if part.aria else None
    return element("a", inline(part.label, ctx), href=ctx.link(part.address), aria_label=aria, **file)


def _quote(part: Quote, ctx: Context) -> Markup:
    ours = [ctx.t("coalitions.translated")] if ctx.t.lang in part.translated else []
    marks = ", ".join([*(say(mark, ctx.t) for mark in part.marks), *ours])
    words = element("span" if part.is_paraphrase else "q", bdi(name_text(part.text, ctx.t)))
    return element("span", words, f" ({marks})" if marks else None, class_="quote", dir="auto")


def is_web_address(text: str) -> bool:
    """True for http and https addresses without anything odd in them.

    >>> is_web_address("https://example.org/a"), is_web_address("java\\tscript:alert(1)")
    (True, False)
    """
    if text != clean(text).strip() or any(letter.isspace() for letter in text):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def source(text: str) -> Markup:
    """A citation: a link where it is a web address, else words."""
    if is_web_address(text):
        return element("a", bdi(urlsplit(text).netloc), href=text, rel="noopener noreferrer nofollow", class_="source")
    return element("span", bdi(text), class_="source")


# Notes


def note(item: Note, ctx: Context, level: str = "h3") -> Markup:
    """A smaller piece of content, its headings of a level."""
    match item:
        case Paragraph(parts, style, id_):
            return element("p", _line(parts, ctx), class_=style or None, id=id_ or None)
        case Lines():
            return _lines(item, ctx)
        case Heading(text):
            return element(level, say(text, ctx.t))
        case Key(marks):
            items = [
                element("li", element("span", class_=f"mark {name}", aria_hidden="true"), say(text, ctx.t))
                for name, text in marks
            ]
            return element("ul", items, class_="key")
        case Equations(lines):
            return element(
                "div",
                [element("p", line) for line in lines],
                class_="equations",
                dir="ltr",
                tabindex="0",
                role="group",
                aria_label="f(x)",
            )
        case Code(text):
            return element("pre", element("code", text), class_="code", dir="ltr", tabindex="0")
        case Disclosure(id_, summary, notes):
            inside = [note(inner, ctx, level) for inner in notes]
            return element("details", element("summary", say(summary, ctx.t)), inside, class_="numbers", id=id_)


def _line(parts: Line, ctx: Context) -> list[Markup | str]:
    return [inline(part, ctx) for part in parts]


def _lines(item: Lines, ctx: Context) -> Markup:
    """One part of a line stands in it; of several each stands beneath the other."""
    items = [
        element("li", _line(parts[0], ctx) if len(parts) == 1 else [element("span", _line(p, ctx)) for p in parts])
        for parts in item.items
    ]
    return element("ol" if item.is_ordered else "ul", items, class_=item.style)


# Tables


def table(item: Table, ctx: Context, name: str, claims: Mapping[str, float] | None = None) -> Markup:
    """A table in a frame that scrolls where it is wide; a column under another stands beneath it in its cell.

    `claims` are what columns add up to, printed at their feet.
    """
    t = ctx.t
    tops = [at for at, column in enumerate(item.columns) if column.under is None and not column.is_hidden]
    beneath: dict[str, list[int]] = {}
    for at, column in enumerate(item.columns):
        if column.under is not None:
            beneath.setdefault(column.under, []).append(at)
    stacks = [(at, beneath.get(item.columns[at].id, [])) for at in tops]
    head = element("tr", [_head(item.columns[at], ctx) for at in tops])
    body = [_row(item, row, stacks, ctx) for row in range(len(item.rows)) if row not in item.file_rows]
    caption = say(item.caption, t)
    cells = element(
        "table",
        element("caption", caption, class_="unseen"),
        element("thead", head),
        element("tbody", body),
        _foot(item, tops, claims, ctx) if claims else None,
        class_=f"table {item.classes}".strip(),
        id=f"{name}-cells",
    )
    frame = ctx.t("table.frame", name=caption)
    return element("div", cells, class_="scroll", id=f"{name}-table", tabindex="0", role="region", aria_label=frame)


def _foot(item: Table, tops: Sequence[int], claims: Mapping[str, float], ctx: Context) -> Markup:
    """The sums that columns claim; nothing under the others."""
    columns = [item.columns[at] for at in tops]
    cells = [
        element("th", ctx.t("table.sum"), scope="row")
        if column.is_row_header
        else element("td", _number(claims[column.id], column, ctx.t) if column.id in claims else "", class_="n")
        for column in columns
    ]
    return element("tfoot", element("tr", cells))


def _head(column: Column, ctx: Context) -> Markup:
    label = inline(column.label, ctx) if isinstance(column.label, Words) else name_html(column.label, ctx)
    inside: Markup | str = label
    if column.sort is not None:
        arrow = {"up": "↑", "down": "↓", "": ""}[column.is_sorted]
        inside = element(
            "a",
            element("bdi", label),
            element("span", arrow, class_="sorted", aria_hidden="true"),
            href=ctx.link(column.sort),
            id=f"sort-{column.id}",
            title=ctx.t("polls.sort_by", name=say(column.label, ctx.t)),
            aria_current="true" if column.is_sorted else None,
        )
    if column.heading:
        beneath = [element("span", inline(part, ctx), class_="beneath") for part in column.heading]
        inside = element("div", element("span", inside, class_="firm"), beneath, class_="poll-head")
    if column.is_upright and isinstance(column.label, Name):
        inside = element("div", swatch(column.label.colour) if column.label.colour else None, inside, class_="upright")
    about = say(column.description, ctx.t) if column.description else None
    return element("th", inside, scope="col", class_=_column_class(column), title=about)


def _column_class(column: Column) -> str | None:
    return "list" if column.is_upright else "n" if column.type in ("int", "float") else None


def _row(item: Table, at: int, stacks: list[tuple[int, list[int]]], ctx: Context) -> Markup:
    row = item.rows[at]
    cells = []
    for top, under in stacks:
        column = item.columns[top]
        inside: list[Any] = [_strong(item, at, top, ctx)]
        if column.is_row_header and item.row_links:
            inside = [element("a", inside, href=ctx.link(item.row_links[at]), class_="row")]
        for below in under:
            if row[below] is not None:
                content = cell_html(row[below], item.columns[below], ctx)
                inside.append(element("span", content, class_=f"under {item.columns[below].id}"))
        kind = _cell_class(row[top], column)
        cells.append(
            element("th", inside, scope="row", class_=kind)
            if column.is_row_header
            else element("td", inside, class_=kind)
        )
    kind = (item.row_classes[at] or None) if item.row_classes else None
    return element("tr", cells, class_=kind, id="asked" if at == item.asked_row else None)


def _strong(item: Table, row: int, column: int, ctx: Context) -> Markup | str:
    content = cell_html(item.rows[row][column], item.columns[column], ctx)
    return element("b", content) if (row, column) in item.strong else content


def _cell_class(cell: Cell, column: Column) -> str | None:
    if isinstance(cell, Missing):
        return "n absent" if cell.reason in FAINT else "n under"
    return "n" if column.type in ("int", "float") and not column.is_row_header else None


def cell_html(cell: Cell, column: Column, ctx: Context) -> Markup | str:
    """A cell as a page shows it."""
    t = ctx.t
    match cell:
        case None:
            return ""
        case Missing(reason, printed):
            text = printed or (t(MISSING_WORDS[reason]) if reason in MISSING_WORDS else MISSING[reason])
            return element("bdi", text, dir="ltr") if printed or reason in MISSING else text
        case Interval():
            return _interval(cell, column, t)
        case date():
            text_shown = t.day(cell) if column.says else t.date(cell)
        case int() | float():
            text_shown = _number(cell, column, t)
        case Links(items):
            return Markup(" ").join(source(name_text(one.name, t)) for one in items)
        case Source() | Name() | Join() | Words() | Moment() | Number():
            return inline(cell, ctx)
        case str():
            return bdi(cell)
    return t(column.says, date=text_shown, n=cell) if column.says else text_shown


def _interval(cell: Interval, column: Column, t: Translator) -> str:
    if isinstance(cell.low, date) and isinstance(cell.high, date):
        return t.days(cell.low, cell.high)
    assert not isinstance(cell.low, date)
    assert not isinstance(cell.high, date)
    span = t.span(cell.low, cell.high, column.digits)
    if cell.middle is None:
        return span
    middle = t.signed(cell.middle, column.digits) if column.is_signed else t.number(cell.middle, column.digits)
    return f"{middle} ({span})"


def _number(value: float, column: Column, t: Translator) -> str:
    digits = (0 if float(value).is_integer() else 1) if column.digits < 0 else column.digits
    if column.is_signed:
        return t.signed(value, digits) if value or not column.zero else column.zero
    return t.percent(value, digits) if column.unit == "pct" else t.number(value, digits)


# Controls


def control(item: Control, ctx: Context) -> Markup:
    """A control as links, or as a form where it steps through many values."""
    drawings = {"switch": _switch, "menu": _menu, "chips": _chips, "slider": _slider, "pages": _pages, "day": _day}
    draw = {**drawings, "form": _form}[item.style]
    return hashed(
        "div", draw(item, ctx), id=f"control-{item.id}", class_=f"control {item.style} {item.classes}".strip()
    )


def _title(item: Control, ctx: Context) -> str | None:
    return say(item.title, ctx.t) if item.title else None


def _label(choice: Choice, ctx: Context) -> Markup | str:
    return name_html(choice.label, ctx) if isinstance(choice.label, Name) else inline(choice.label, ctx)


def _switch(item: Control, ctx: Context) -> Markup:
    title = _title(item, ctx)
    heading = element("span", title, class_="label") if title else None
    return element("div", heading, _options(item, ctx, "true"), class_="switch", role="group", aria_label=title)


def _options(item: Control, ctx: Context, current: str) -> list[Markup]:
    """The choices as links in a row; the one there is says so as `current`."""
    return [
        element(
            "a",
            _label(choice, ctx),
            href=ctx.link(choice.address),
            class_="option",
            id=f"{item.id}-{choice.value}",
            aria_current=current if choice.is_current else None,
        )
        for choice in item.choices
    ]


def _menu(item: Control, ctx: Context) -> Markup:
    """Many links of which one is current, behind a line that says which."""
    title = _title(item, ctx)
    now = next((choice for choice in item.choices if choice.is_current), None)
    links = [
        element(
            "li",
            element(
                "a",
                _label(choice, ctx),
                [element("span", inline(part, ctx), class_="quiet") for part in choice.detail],
                href=ctx.link(choice.address),
                aria_current="true" if choice.is_current else None,
            ),
        )
        for choice in item.choices
    ]
    heading = [element("span", title, class_="label"), element("bdi", _label(now, ctx)) if now else None]
    return element(
        "details",
        element("summary", heading),
        element("ul", links, aria_label=title),
        class_="menu small",
        id=f"menu-{item.id}",
    )


def _chips(item: Control, ctx: Context) -> Markup:
    """Chips that are pressed or not; a choice without a state is a plain link at the end."""
    title = _title(item, ctx)
    heading = element("span", title, class_="label") if title and not item.is_folded else None
    chips = [_chip(choice, ctx) for choice in item.choices]
    row = element("div", heading, chips, class_=f"chips {item.classes}".strip(), role="group", aria_label=title)
    if not item.is_folded:
        return row
    is_open = any(choice.is_current for choice in item.choices)
    return element("details", element("summary", title), row, class_="numbers", id=f"fold-{item.id}", open=is_open)


def _chip(choice: Choice, ctx: Context) -> Markup:
    if not choice.classes:
        return element("a", _label(choice, ctx), href=ctx.link(choice.address), id=choice.id, class_="clear")
    colour = choice.label.colour if isinstance(choice.label, Name) else ""
    return element(
        "a",
        swatch(colour) if colour else None,
        _label(choice, ctx),
        [
            inline(part, ctx) if isinstance(part, Strong) else element("span", inline(part, ctx), class_="role")
            for part in choice.detail
        ],
        href=ctx.link(choice.address),
        id=choice.id,
        class_=choice.classes,
        role="button",
        style=f"--c:var({variable(colour)})" if colour else None,
        aria_label=say(choice.aria, ctx.t) if choice.aria else None,
        aria_pressed="true" if choice.is_current else "false",
    )


def _slider(item: Control, ctx: Context) -> Markup:
    """A row of steps; without a script a list of them with a button that sends it."""
    values = [choice.value for choice in item.choices]
    texts = [say(choice.label, ctx.t) for choice in item.choices]
    at = values.index(item.current)
    path, hidden = _hidden({item.parameter}, ctx)
    title = _title(item, ctx)
    options = [
        element("option", text, value=value, selected=value == item.current)
        for value, text in zip(values, texts, strict=True)
    ]
    plain = element(
        "noscript",
        element("select", options, name=item.parameter, aria_label=title),
        element("button", "→", type="submit"),
    )
    moved = element(
        "input",
        id=f"{item.id}-slider",
        class_="range",
        type="range",
        min=0,
        max=len(values) - 1,
        step=1,
        value=at,
        aria_valuetext=texts[at],
    )
    label = element(
        "label", element("span", title, class_="label"), element("output", texts[at]), for_=f"{item.id}-slider"
    )
    return element(
        "form",
        hidden,
        label,
        moved,
        plain,
        action=path,
        method="get",
        id=f"{item.id}-box",
        class_="slider",
        data_param=item.parameter,
        data_values="|".join(values),
        data_words="|".join(texts),
        data_default=item.default,
    )


def _hidden(names: Collection[str], ctx: Context) -> tuple[str, list[Markup]]:
    """Where a form leads, and what the address holds beside the fields of these names, to be kept."""
    path, _, parameters = ctx.link(Href(None, {})).partition("?")
    return path, [
        element("input", type="hidden", name=name, value=unquote_plus(value))
        for name, _, value in (pair.partition("=") for pair in parameters.split("&"))
        if name and name not in names
    ]


def _day(item: Control, ctx: Context) -> Markup:
    """A day to choose; the edition of that day, or of the nearest before it, answers."""
    first, last = item.choices
    path, hidden = _hidden({item.parameter, "edition"}, ctx)
    title = _title(item, ctx)
    field = element(
        "input",
        type="date",
        name=item.parameter,
        id=f"{item.id}-field",
        value=item.default,
        min=first.value,
        max=last.value,
        required=True,
    )
    send = element("button", "→", type="submit", class_="chip", aria_label=title)
    label = element("label", element("span", title, class_="label"), field)
    return element("form", hidden, label, send, action=path, method="get", class_="a-day", id=f"{item.id}-box")


def _form(item: Control, ctx: Context) -> Markup:
    """A number to type for each choice, its name the parameter; what the address holds beside them is kept."""
    path, hidden = _hidden({choice.id for choice in item.choices}, ctx)
    fields = [
        element(
            "label",
            element("span", _label(choice, ctx)),
            element(
                "input",
                type="number",
                name=choice.id,
                id=choice.id,
                value=choice.value,
                min=0,
                max=100,
                step="any",
                inputmode="decimal",
                autocomplete="off",
            ),
        )
        for choice in item.choices
    ]
    title = _title(item, ctx)
    send = element("button", ctx.t("what_if.send"), type="submit", class_="chip")
    heading = element("h2", title, id=f"{item.id}-title")
    return element(
        "form",
        heading,
        hidden,
        fields,
        send,
        action=path,
        method="get",
        class_="numbers-typed",
        aria_labelledby=f"{item.id}-title",
    )


def _pages(item: Control, ctx: Context) -> Markup:
    return element("nav", _options(item, ctx, "page"), class_="pages", aria_label=_title(item, ctx))


# Where parts stand

COLUMNS = ("seven", "five")  # twelfths of the page's width
ROWS = {"switch": "switches", "menu": "switches", "slider": "days", "day": "switches"}


def arrange(parts: Sequence[tuple[Block | Control, Markup]]) -> list[Markup]:
    """Parts in their order; those of the two columns side by side, and controls of one kind in a row."""
    arranged: list[Markup] = []
    columns: dict[str, list[Markup]] = {}
    place = 0
    row: list[Markup] = []
    kind = ""
    for part, markup in parts:
        column = next((name for name in COLUMNS if name in part.classes.split()), None)
        row_kind = ROWS.get(part.style, "") if isinstance(part, Control) and column is None else ""
        if row and row_kind != kind:
            arranged.append(element("div", row, class_=kind, id=f"{kind}-{len(arranged)}"))
            row = []
        kind = row_kind
        if column is not None:
            place = place if columns else len(arranged)
            columns.setdefault(column, []).append(markup)
        elif row_kind:
            row.append(markup)
        else:
            arranged.append(markup)
    if row:
        arranged.append(element("div", row, class_=kind, id=f"{kind}-{len(arranged)}"))
    if columns:
        sides = [
            element("div", inside, class_=f"column {name}", id=f"column-{name}") for name, inside in columns.items()
        ]
        arranged.insert(place, element("div", sides, class_="columns", id="columns"))
    return arranged


# Blocks


def block(item: Block, figure: FigureDict | None, ctx: Context) -> Markup:
    """A block as a section of its page; `figure` is its figure in the language of the context."""
    level = "h1" if ctx.is_frame else "h2"
    is_named_by_page = ctx.is_frame and item.heading is None and item.kind != "headline"
    title = Words(f"nav.{item.page}") if is_named_by_page else item.heading
    heading = element(level, say(title, ctx.t), id=f"{item.id}-title") if title else None
    inner = "h2" if ctx.is_frame or title is None else "h3"  # no level is left out
    lead, notes = ([note(one, ctx, inner) for one in some] for some in (item.lead, item.notes))
    above = element("div", heading, _finding(item, ctx), lead, data_html="above")
    beneath = [_table(item, ctx), _take_away(item, figure is not None, ctx), notes]
    return hashed(
        "section",
        above,
        slot(item, figure, ctx) if figure is not None else None,
        element("div", beneath, data_html="beneath"),
        id=f"block-{item.id}",
        class_=f"section {item.classes}".strip(),
        data_kind=item.kind,
        aria_labelledby=f"{item.id}-title" if title else None,
        data_announce=say(item.finding, ctx.t) if item.is_announced and item.finding else None,
    )


def _finding(item: Block, ctx: Context) -> Markup | None:
    if item.finding is None:
        return None
    if item.kind == "headline":
        return element("h1", unbroken(say(item.finding, ctx.t)), class_="headline", id="headline")
    return element(
        "p",
        say(item.finding, ctx.t),
        class_="unseen" if item.kind in ("chart", "table") and (item.heading or not ctx.is_frame) else "said",
        id=f"{item.id}-summary",
    )


def slot(item: Block, figure: FigureDict, ctx: Context) -> Markup:
    """The place of a figure: the server's picture for wide and narrow windows; the browser draws over it."""
    height = figure["layout"]["height"]
    narrow = figure["narrow"].get("height", height)
    return element(
        "figure",
        svg.inside(figure, "desk", svg.FRAME if ctx.is_frame else svg.WIDTHS.get(item.classes, svg.WIDE), ctx.t.is_rtl),
        svg.inside(figure, "phone", svg.NARROW, ctx.t.is_rtl),
        id=f"{item.id}-chart",
        class_="chart",
        dir="ltr",
        role="img",
        aria_labelledby=f"{item.id}-summary",
        data_slot=item.id,
        style=f"--tall:{height}px;--tall-narrow:{narrow}px",
    )


def _table(item: Block, ctx: Context) -> Markup | None:
    """The block's table: on the page, or behind a press; folded on a narrow screen if long or beside a figure."""
    if item.table is None:
        return None
    table_html = table(item.table, ctx, item.id, dict(item.claims_sum))
    if item.table.is_open and not item.figure and (ctx.is_frame or not item.table.is_foldable):
        return table_html
    caption = say(item.table.caption, ctx.t)
    has_name = bool(item.figure or item.heading)
    opened = ctx.t("table.open") if has_name else caption
    named = f"{opened}: {caption}" if has_name else None  # several on a page are told apart
    summary = element("summary", opened, aria_label=named)
    classes = "numbers wide" if item.table.is_open else "numbers"
    return element("details", summary, table_html, class_=classes, id=f"{item.id}-numbers")


def _file_link(label: str, address: str, about: str) -> Markup:
    label_full = f"{label}: {about}"
    return element("a", label, href=address, download="", class_="file", data_reload="true", aria_label=label_full)


def _take_away(item: Block, is_drawn: bool, ctx: Context) -> Markup | None:
    """The block as files, and its words to be copied."""
    endings = (*(PICTURES if is_drawn else ()), *(FILES if item.table else ()))
    if not endings or not item.embeddable or ctx.is_frame:
        return None
    t = ctx.t
    about = say(item.heading, t) if item.heading else say(item.finding, t) if item.finding else item.id
    links = [_file_link(ending.upper(), ctx.file(item, ending), about) for ending in endings]
    if is_drawn:  # after the picture as it stands here, the sizes that are published
        sizes = [_file_link(str(size), f"{ctx.file(item, 'png')}&size={name}", about) for name, size in SIZES.items()]
        links.insert(1, element("span", sizes, class_="sizes"))
    frame = element(
        "a",
        t("take.frame"),
        href=ctx.file(item, "frame"),
        class_="file",
        data_frame=about,
        data_done=t("take.copied"),
        data_reload="true",
    )
    copy = (
        element(
            "button", t("take.copy"), class_="file copy", type="button", data_copy=item.id, data_done=t("take.copied")
        )
        if is_drawn
        else None
    )
    return element("div", links, frame, copy, class_="take", role="group", aria_label=f"{t('take.label')}: {about}")
