"""Pictures that leave the page, with the type in them: a figure with its title and source, and a card for a link.

The rasteriser lays out each text by itself, from left to right unless it is told otherwise inside the text.
"""

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from html import escape
from pathlib import Path

import resvg_py

from dashboard.blocks import FigureDict
from dashboard.i18n import (
    FIRST_STRONG_ISOLATE,
    HIDDEN,
    LEFT_TO_RIGHT_ISOLATE,
    POP_ISOLATE,
    RIGHT_TO_LEFT_ISOLATE,
    Translator,
)
from dashboard.render import svg
from dashboard.render.svg import Size
from dashboard.render.template import FONT

ASSETS = Path(__file__).parents[1] / "assets" / "fonts"
LATIN = "heebo-latin-wght-normal.woff2"  # always in a picture: digits are in it
FACES = {
    LATIN: "U+0000-00FF,U+2000-22FF",
    "heebo-hebr-wght-normal.woff2": "U+0590-05FF,U+200C-200F,U+FB1D-FB4F",
    "noto-sans-more-wght-normal.woff2": "U+0100-017F,U+0370-03FF,U+1F00-1FFF,U+2088-2088",
}
TYPE = Path(__file__).parent / "type"  # the same faces for the rasteriser, made by bench/vendored.py
WIDTH = 900
EDGE = 24
TITLE_STEP, FOOT_STEP = 24, 17  # pixels from line to line
FOOT_SIZE, MARK_ROOM = 12, 26  # of a letter, and pixels for a mark of the key
WIDER = 20  # pixels: by such steps a plane is made wider until what is on it fits
GLYPHS = {  # marks of a key, as the style sheet draws them on a page
    "seats": '<circle r="5" fill="{ink}"/>',
    "expected": '<circle r="5" fill="{ink}"/>',
    "poll": '<circle r="3" fill="{ink}"/>',
    "parts": '<circle r="2.5" fill="none" stroke="{ink}" stroke-width="1.25"/>',
    "half": '<rect x="-9" y="-4" width="18" height="8" fill="{ink}" opacity="0.5"/>',
    "ninety": '<rect x="-9" y="-1" width="18" height="2" fill="{ink}"/>',
    "now": '<rect x="-2.5" y="-7" width="5" height="14" fill="none" stroke="{quiet}" stroke-width="1.25"/>',
    "result": '<path d="M-5.7 0 0 -5.7 5.7 0 0 5.7Z" fill="none" stroke="{ink}" stroke-width="1.75"/>',
}
ISOLATES = (FIRST_STRONG_ISOLATE, LEFT_TO_RIGHT_ISOLATE, RIGHT_TO_LEFT_ISOLATE)
NOT_IN_TYPE = str.maketrans({"≈": "~", "→": "›"})  # letters that the type has not, and what stands for them
SCALE = 2  # of a PNG, against the picture's own pixels


Marked = tuple[str | None, str]  # a mark of GLYPHS, or none, and what it means


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text of a picture: its parts, each with the mark before it, its size and the pixels to the next."""

    parts: tuple[Marked, ...]
    size: float
    step: int
    is_bold: bool = False


AIR = Line((), 0, 6)


def picture(
    figure: FigureDict,
    palette: Mapping[str, str],
    title: str,
    source: str,
    t: Translator,
    beneath: str = "",
    size: Size | None = None,
    key: Sequence[Sequence[Marked]] = (),
) -> str:
    """The figure as an SVG of its own: its title on as many lines as needed, what it shows, key, source, type.

    In a size with a height the plane is as wide as it has to be for all of that to fit, so that the figure fills it.
    """
    is_narrow = size is not None and size.is_narrow
    height = figure["narrow"].get("height", figure["layout"]["height"]) if is_narrow else figure["layout"]["height"]
    width = size.drawn_at if size else WIDTH
    while True:
        head = _head(title, beneath, width)
        foot = [*(line for row in key for line in (*_rows(row, width), AIR)), *_plain(source, FOOT_SIZE, width)]
        whole = 24 + sum(line.step for line in head) + height + 16 + sum(line.step for line in foot)
        shape = size.width / size.height if size and size.height else 0
        if whole * shape <= width:
            break
        width += WIDER
    plane, _ = svg.content(figure, width - EDGE, palette, is_narrow=is_narrow, is_rtl=t.is_rtl)
    spare = width / shape - whole if shape else 0
    whole, scale = whole + spare, size.width / width if size else 1
    top = 24 + sum(line.step for line in head) + spare / 2
    texts = [*_written(head, 10, width, palette, t), *_written(foot, top + height + 6 + spare / 2, width, palette, t)]
    text_drawn = "".join(part for line in (*head, *foot) for _, part in line.parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width * scale:g}" height="{round(whole * scale):g}" '
        f'viewBox="0 0 {width} {whole:g}" font-family="{escape(FONT)}" role="img">'
        f"<title>{escape(title)}</title><style>{_faces(_files_of(text_drawn + plane))}</style>"
        f'<rect width="{width}" height="{whole:g}" fill="{palette["paper"]}"/>'
        f'<svg x="{EDGE / 2:g}" y="{top:g}" width="{width - EDGE}" height="{height:g}" overflow="visible">{plane}</svg>'
        f"{''.join(texts)}</svg>"
    )


def _head(title: str, beneath: str, width: float) -> list[Line]:
    titles = [Line(((None, one),), 18, TITLE_STEP, is_bold=True) for one in _wrapped(title, 18, width - 2 * EDGE)]
    return [*titles, *_plain(beneath, 13, width)]


def _plain(text: str, size: float, width: float) -> list[Line]:
    return [Line(((None, one),), size, FOOT_STEP) for one in _wrapped(text, size, width - 2 * EDGE)]


def _rows(entries: Sequence[Marked], width: float) -> list[Line]:
    """Entries of a key side by side, as many as a line has room for; an entry without a mark is a text of its own."""
    lines: list[Line] = []
    room = 0.0
    for mark, text in entries:
        if mark is None:
            lines += _plain(text, FOOT_SIZE, width)
            room = 0.0
            continue
        needed = _wide(text)
        if needed > room:
            lines.append(Line((), FOOT_SIZE, FOOT_STEP))
            room = width - 2 * EDGE
        lines[-1] = replace(lines[-1], parts=(*lines[-1].parts, (mark, text)))
        room -= needed
    return lines


def _wide(text: str) -> float:
    """Pixels of an entry of a key: its mark, its text and the air after it."""
    return MARK_ROOM + width_of(text, FOOT_SIZE) + 16


def _written(lines: Sequence[Line], y: float, width: float, palette: Mapping[str, str], t: Translator) -> list[str]:
    """Lines of text beneath each other from `y`, from the edge where the language begins."""
    edge, anchor, way = (width - EDGE, "end", -1) if t.is_rtl else (EDGE, "start", 1)
    parts = []
    for line in lines:
        x, y = edge, y + line.step
        for mark, text in line.parts:
            if mark is not None:
                glyph = GLYPHS[mark].format(**palette)
                parts.append(f'<g transform="translate({x + way * MARK_ROOM / 2.6:g} {y - 4:g})">{glyph}</g>')
            place = x + way * MARK_ROOM if mark is not None else x
            colour = palette["ink" if line.is_bold else "quiet"]
            parts.append(_text(text, place, y, anchor, line.size, colour, t, is_bold=line.is_bold))
            x += way * _wide(text)
    return parts


def _files_of(text: str) -> frozenset[str]:
    """The files of the type that a text has letters of."""
    codes = {ord(letter) for letter in HIDDEN.sub("", text)}
    return frozenset(
        name for name, letters in FACES.items() if any(not codes.isdisjoint(one) for one in _codes(letters))
    )


def _codes(letters: str) -> list[range]:
    """
    >>> _codes("U+0000-00FF,U+2088-2088")
    [range(0, 256), range(8328, 8329)]
    """
    ends = (part.removeprefix("U+").split("-") for part in letters.split(","))
    return [range(int(first, 16), int(last, 16) + 1) for first, last in ends]


@lru_cache(maxsize=8)
def _faces(names: frozenset[str]) -> str:
    """The type inside a picture: without it a reader's machine would draw it in another."""
    rules = []
    for name in sorted(names | {LATIN}):
        data = base64.b64encode((ASSETS / name).read_bytes()).decode()
        rules.append(
            f"@font-face{{font-family:Heebo;font-weight:400 700;"
            f'src:url(data:font/woff2;base64,{data}) format("woff2");unicode-range:{FACES[name]}}}'
        )
    return "".join(rules)


def _directed(text: str, t: Translator) -> str:
    """A line that runs in the direction of its language, whatever stands in it."""
    return f"{RIGHT_TO_LEFT_ISOLATE}{text}{POP_ISOLATE}" if t.is_rtl else text


# Cards


@dataclass(frozen=True)
class Shape:
    """A card's size in pixels, where its words and its figure stand, and how large the finding may be."""

    width: int
    height: int
    words: int  # pixels of a line
    sizes: tuple[int, ...]  # of the finding, the largest first
    tall: int  # most pixels of the finding
    small: int  # size of what stands beneath
    is_beside: bool  # the figure beside the words; else beneath them


SHAPES = {
    "wide": Shape(1200, 630, 410, (38, 34, 30, 27, 24), 360, 17, is_beside=True),
    "tall": Shape(1080, 1350, 952, (50, 44, 38, 33), 330, 24, is_beside=False),
}
MARGIN, GAP = 56, 32
LINE = 1.28
SCALES = (2.0, 1.8, 1.6, 1.4, 1.2, 1.0)  # of a figure, the largest first: the more, the larger its letters
PRESSED = 0.62  # of its own height that a figure may be pressed to
NARROWEST, WIDE_FROM = 320, 560  # pixels a figure is drawn in; from there it is the one of a wide window


def card(
    shape: Shape,
    figure: FigureDict | None,
    palette: Mapping[str, str],
    finding: str,
    beneath: Sequence[str],
    t: Translator,
) -> str:
    """A card for a link: the finding, a figure where there is one, then the day, the source and the edition."""
    room = shape.words if figure else shape.width - 2 * MARGIN
    x, anchor = (shape.width - MARGIN, "end") if t.is_rtl else (MARGIN, "start")
    wrapped = [_wrapped(finding, size, room) for size in shape.sizes]
    size, lines = next(
        (
            (size, lines)
            for size, lines in zip(shape.sizes, wrapped, strict=True)
            if len(lines) * size * LINE <= shape.tall
        ),
        (shape.sizes[-1], wrapped[-1]),
    )
    lines = _cut(lines, int(shape.tall / (size * LINE)))
    small = [line for text in beneath for line in _wrapped(text, shape.small, room)]
    top = MARGIN + shape.small
    foot = shape.height - MARGIN - len(small) * shape.small * LINE
    parts = [
        _text(t("site.name"), x, top, anchor, shape.small + 3, palette["accent"], t, is_bold=True),
        *(
            _text(line, x, top + GAP + size * (0.85 + at * LINE), anchor, size, palette["ink"], t, is_bold=True)
            for at, line in enumerate(lines)
        ),
        *(
            _text(line, x, foot + shape.small * (1 + at * LINE), anchor, shape.small, palette["quiet"], t)
            for at, line in enumerate(small)
        ),
    ]
    if figure:
        left, upper, wide, tall = MARGIN, MARGIN, shape.width - 2 * MARGIN, shape.height - 2 * MARGIN
        if shape.is_beside:
            wide -= room + GAP
            left += 0 if t.is_rtl else room + GAP
        else:
            upper = int(top + 2 * GAP + size * LINE * len(lines))
            tall = int(foot) - upper - GAP
        parts.append(_fitted(figure, left, upper, wide, tall, palette, t))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{shape.width}" height="{shape.height}" '
        f'viewBox="0 0 {shape.width} {shape.height}" font-family="{escape(FONT)}"><style></style>'
        f'<rect width="{shape.width}" height="{shape.height}" fill="{palette["paper"]}"/>{"".join(parts)}</svg>'
    )


def _fitted(
    figure: FigureDict, left: int, top: int, wide: int, tall: int, palette: Mapping[str, str], t: Translator
) -> str:
    """A figure in a box, its letters as large as it can be drawn there; pressed in height where it has to be."""
    for scale in SCALES:
        width = wide / scale
        is_narrow = width < WIDE_FROM
        own = figure["narrow"].get("height", figure["layout"]["height"]) if is_narrow else figure["layout"]["height"]
        least = own if _is_stacked(figure) else PRESSED * own
        if width >= NARROWEST and least * scale <= tall:
            break
    height = max(min(own, tall / scale), least)
    pressed = {
        **figure,
        "layout": {**figure["layout"], "height": height},
        "narrow": {**figure["narrow"], "height": height},
    }
    content, _ = svg.content(pressed, round(width), palette, is_narrow=is_narrow, is_rtl=t.is_rtl)
    return (
        f'<svg x="{left}" y="{top}" width="{wide}" height="{tall}" viewBox="0 0 {round(width)} {height:g}" '
        f'overflow="visible">{content}</svg>'
    )


def _is_stacked(figure: FigureDict) -> bool:
    """Whether lines of its texts stand above each other, so that its rows need the height they have."""
    layouts = (figure["layout"], figure["narrow"])
    return any("<br>" in note["text"] for layout in layouts for note in layout.get("annotations", ()))


def _text(
    text: str, x: float, y: float, anchor: str, size: float, colour: str, t: Translator, *, is_bold: bool = False
) -> str:
    weight = ' font-weight="700"' if is_bold else ""
    return (
        f'<text x="{x:g}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}"{weight} fill="{colour}">'
        f"{escape(_directed(text, t))}</text>"
    )


@lru_cache(maxsize=1)
def _advances() -> Mapping[str, float]:
    advances: dict[str, float] = json.loads((TYPE / "advances.json").read_text("utf-8"))
    return advances


def width_of(text: str, size: float) -> float:
    """How wide a text stands in the bold type, in pixels; a letter it has not is taken for a wide one."""
    advances = _advances()
    return size * sum(advances.get(letter, 0.7) for letter in HIDDEN.sub("", text))


def _wrapped(text: str, size: float, room: float) -> list[str]:
    """A text in lines no wider than there is room for; what is isolated stays so on the next line too."""
    lines: list[str] = []
    for word in re.split(r" (?![(·])", text):  # a bracket and a dot between parts stay with the word before
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    opened = ""
    for at, line in enumerate(lines):
        lines[at] = opened + line
        for letter in line:
            opened = opened[:-1] if letter == POP_ISOLATE else opened + letter if letter in ISOLATES else opened
        lines[at] += POP_ISOLATE * len(opened)
    return lines


def _cut(lines: list[str], most: int) -> list[str]:
    """As many lines as there is room for, the last with a mark where something is left out."""
    return lines if len(lines) <= most else [*lines[: most - 1], f"{lines[most - 1].rstrip('.,;')} …"]


def png(picture: str, scale: float = SCALE) -> bytes:
    """A picture as PNG, drawn with the type that comes with this program and no other."""
    fonts = [str(path) for path in sorted(TYPE.glob("*.ttf"))]
    plain = picture[: picture.index("<style>")] + picture[picture.index("</style>") + len("</style>") :]
    data = resvg_py.svg_to_bytes(
        svg_string=plain.translate(NOT_IN_TYPE),
        zoom=scale,
        font_files=fonts,
        skip_system_fonts=True,
        font_family="Heebo",
    )
    return bytes(data)
