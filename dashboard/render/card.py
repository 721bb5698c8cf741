"""Pictures that leave the page, with the type in them: a figure with its title and source, and a card for a link.

The rasteriser lays out each text by itself, from left to right unless it is told otherwise inside the text.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path

import resvg_py

from dashboard.blocks import FigureDict
from dashboard.i18n import Translator
from dashboard.i18n.bidi import (
    FIRST_STRONG_ISOLATE,
    HIDDEN,
    LEFT_TO_RIGHT_ISOLATE,
    POP_ISOLATE,
    RIGHT_TO_LEFT_ISOLATE,
)
from dashboard.render import svg
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
TITLE_LETTERS, FOOT_LETTERS = 84, 130  # of a line
SEPARATOR = " · "
ISOLATES = (FIRST_STRONG_ISOLATE, LEFT_TO_RIGHT_ISOLATE, RIGHT_TO_LEFT_ISOLATE)
NOT_IN_TYPE = str.maketrans({"≈": "~"})  # letters that the type has not, and what stands for them
SCALE = 2  # of a PNG, against the picture's own pixels


@dataclass(frozen=True, slots=True)
class Size:
    """A size to publish at, in pixels, as high as it comes where no height is set; the figure is `drawn_at` a width."""

    width: int
    height: int | None
    drawn_at: int
    is_narrow: bool


SIZES = {
    "wide": Size(1200, 675, WIDTH, is_narrow=False),
    "portrait": Size(1080, 1350, 540, is_narrow=True),
    "column": Size(600, None, 600, is_narrow=True),
}


def picture(
    figure: FigureDict,
    palette: Mapping[str, str],
    title: str,
    source: str,
    t: Translator,
    beneath: str = "",
    size: Size | None = None,
) -> str:
    """The figure as an SVG of its own: its title on as many lines as needed, what it shows, its source, its type."""
    width = size.drawn_at if size else WIDTH
    drawn, height = svg.content(figure, width, palette, is_narrow=size is not None and size.is_narrow, is_rtl=t.is_rtl)
    x, anchor = (width - EDGE, "end") if t.is_rtl else (EDGE, "start")
    titles = _lines(title, " ", TITLE_LETTERS * width // WIDTH)
    feet = _lines(source, SEPARATOR, FOOT_LETTERS * width // WIDTH)
    head = 10 + TITLE_STEP * len(titles) + (FOOT_STEP if beneath else 0) + 14
    whole = height + head + 16 + FOOT_STEP * len(feet)

    def written(text: str, y: float, size: int, weight: int, colour: str) -> str:
        return (
            f'<text x="{x}" y="{y:g}" text-anchor="{anchor}" font-size="{size}" font-weight="{weight}" '
            f'fill="{palette[colour]}">{escape(_directed(text, t))}</text>'
        )

    texts = [written(one, 10 + TITLE_STEP * at, 18, 700, "ink") for at, one in enumerate(titles, start=1)]
    if beneath:
        texts.append(written(beneath, 10 + TITLE_STEP * len(titles) + FOOT_STEP, 13, 400, "quiet"))
    texts += [written(one, whole - 10 - FOOT_STEP * at, 12, 400, "quiet") for at, one in enumerate(reversed(feet))]
    left, top, view_width, view_height = _view(width, whole, size)
    shown = (size.width, size.height or round(whole * size.width / width)) if size else (width, whole)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{shown[0]:g}" height="{shown[1]:g}" '
        f'viewBox="{left:g} {top:g} {view_width:g} {view_height:g}" '
        f'font-family="{escape(FONT)}" role="img">'
        f"<title>{escape(title)}</title><style>{_faces(_files_of(title + source + beneath + drawn))}</style>"
        f'<rect x="{left:g}" y="{top:g}" width="{view_width:g}" height="{view_height:g}" fill="{palette["paper"]}"/>'
        f'<svg y="{head}" width="{width}" height="{height:g}" overflow="visible">{drawn}</svg>{"".join(texts)}</svg>'
    )


def _view(width: float, whole: float, size: Size | None) -> tuple[float, float, float, float]:
    """What of the plane is shown: all of the picture, in the middle of a sheet of the size's shape."""
    if size is None or size.height is None:
        return 0, 0, width, whole
    shape = size.width / size.height
    sheet_width, sheet_height = max(width, whole * shape), max(whole, width / shape)
    return (width - sheet_width) / 2, (whole - sheet_height) / 2, sheet_width, sheet_height


def _lines(text: str, between: str, letters: int) -> list[str]:
    """A text in lines of at most so many letters, broken where its parts meet.

    >>> _lines("one two three", " ", 8)
    ['one two', 'three']
    """
    lines: list[str] = []
    for part in text.split(between):
        if lines and len(lines[-1]) + len(between) + len(part) <= letters:
            lines[-1] += between + part
        else:
            lines.append(part)
    return lines


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
            f"@font-face{{font-family:Heebo;font-weight:100 900;"
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
    said = [_wrapped(finding, size, room) for size in shape.sizes]
    size, lines = next(
        (
            (size, lines)
            for size, lines in zip(shape.sizes, said, strict=True)
            if len(lines) * size * LINE <= shape.tall
        ),
        (shape.sizes[-1], said[-1]),
    )
    lines = _cut(lines, int(shape.tall / (size * LINE)))
    small = [line for text in beneath for line in _wrapped(text, shape.small, room)]
    top = MARGIN + shape.small
    foot = shape.height - MARGIN - len(small) * shape.small * LINE
    drawn = [
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
        drawn.append(_fitted(figure, left, upper, wide, tall, palette, t))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{shape.width}" height="{shape.height}" '
        f'viewBox="0 0 {shape.width} {shape.height}" font-family="{escape(FONT)}"><style></style>'
        f'<rect width="{shape.width}" height="{shape.height}" fill="{palette["paper"]}"/>{"".join(drawn)}</svg>'
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
    drawn, _ = svg.content(pressed, round(width), palette, is_narrow=is_narrow, is_rtl=t.is_rtl)
    return (
        f'<svg x="{left}" y="{top}" width="{wide}" height="{tall}" viewBox="0 0 {round(width)} {height:g}" '
        f'overflow="visible">{drawn}</svg>'
    )


def _is_stacked(figure: FigureDict) -> bool:
    """Whether lines of its texts stand above each other, so that its rows need the height they have."""
    layouts = (figure["layout"], figure["narrow"])
    return any("<br>" in note["text"] for layout in layouts for note in layout.get("annotations", ()))


def _text(
    said: str, x: float, y: float, anchor: str, size: float, colour: str, t: Translator, *, is_bold: bool = False
) -> str:
    weight = ' font-weight="700"' if is_bold else ""
    return (
        f'<text x="{x:g}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}"{weight} fill="{colour}">'
        f"{escape(_directed(said, t))}</text>"
    )


@lru_cache(maxsize=1)
def _advances() -> Mapping[str, float]:
    found: dict[str, float] = json.loads((TYPE / "advances.json").read_text("utf-8"))
    return found


def width_of(text: str, size: float) -> float:
    """How wide a text stands in the bold type, in pixels; a letter it has not is taken for a wide one."""
    known = _advances()
    return size * sum(known.get(letter, 0.7) for letter in HIDDEN.sub("", text))


def _wrapped(text: str, size: float, room: float) -> list[str]:
    """A text in lines no wider than there is room for; what is isolated stays so on the next line too."""
    lines: list[str] = []
    for word in text.split():
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


def png(drawn: str, scale: float = SCALE) -> bytes:
    """A picture as PNG, drawn with the type that comes with this program and no other."""
    fonts = [str(path) for path in sorted(TYPE.glob("*.ttf"))]
    plain = drawn[: drawn.index("<style>")] + drawn[drawn.index("</style>") + len("</style>") :]
    found = resvg_py.svg_to_bytes(
        svg_string=plain.translate(NOT_IN_TYPE),
        zoom=scale,
        font_files=fonts,
        skip_system_fonts=True,
        font_family="Heebo",
    )
    return bytes(found)
