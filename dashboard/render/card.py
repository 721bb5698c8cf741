"""A figure as a picture that leaves the page: title above, source beneath, the type with it; as SVG and as PNG."""

import base64
from collections.abc import Mapping
from functools import lru_cache
from html import escape
from pathlib import Path

import resvg_py

from dashboard.blocks import FigureDict
from dashboard.i18n import Translator
from dashboard.i18n.bidi import POP_ISOLATE, RIGHT_TO_LEFT_ISOLATE
from dashboard.render import svg
from dashboard.render.template import FONT

ASSETS = Path(__file__).parents[1] / "assets" / "fonts"
FACES = {
    "Latn": ("heebo-latin-wght-normal.woff2", "U+0000-02FF,U+2000-22FF"),
    "Hebr": ("heebo-hebr-wght-normal.woff2", "U+0590-05FF,U+200C-200F,U+FB1D-FB4F"),
}
TYPE = Path(__file__).parent / "type"  # the same faces for the rasteriser, made by bench/vendored.py
WIDTH = 900
EDGE = 24
TITLE_STEP, FOOT_STEP = 24, 17  # pixels from line to line
TITLE_LETTERS, FOOT_LETTERS = 84, 130  # of a line
SEPARATOR = " · "
SCALE = 2  # of a PNG, against the picture's own pixels


def picture(
    figure: FigureDict, palette: Mapping[str, str], title: str, source: str, t: Translator, beneath: str = ""
) -> str:
    """The figure as an SVG of its own: its title on as many lines as needed, what it shows, its source, its type."""
    drawn, height = svg.content(figure, WIDTH, palette, is_narrow=False, is_rtl=t.is_rtl)
    x, anchor = (WIDTH - EDGE, "end") if t.is_rtl else (EDGE, "start")
    titles, feet = _lines(title, " ", TITLE_LETTERS), _lines(source, SEPARATOR, FOOT_LETTERS)
    head = 10 + TITLE_STEP * len(titles) + (FOOT_STEP if beneath else 0) + 14
    whole = height + head + 16 + FOOT_STEP * len(feet)

    def written(text: str, y: float, size: int, weight: int, colour: str) -> str:
        text = f"{RIGHT_TO_LEFT_ISOLATE}{text}{POP_ISOLATE}" if t.is_rtl else text
        return (
            f'<text x="{x}" y="{y:g}" text-anchor="{anchor}" font-size="{size}" font-weight="{weight}" '
            f'fill="{palette[colour]}">{escape(text)}</text>'
        )

    texts = [written(one, 10 + TITLE_STEP * at, 18, 700, "ink") for at, one in enumerate(titles, start=1)]
    if beneath:
        texts.append(written(beneath, 10 + TITLE_STEP * len(titles) + FOOT_STEP, 13, 400, "quiet"))
    texts += [written(one, whole - 10 - FOOT_STEP * at, 12, 400, "quiet") for at, one in enumerate(reversed(feet))]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{whole:g}" viewBox="0 0 {WIDTH} {whole:g}" '
        f'font-family="{escape(FONT)}" role="img">'
        f"<title>{escape(title)}</title><style>{_faces(t.is_rtl)}</style>"
        f'<rect width="{WIDTH}" height="{whole:g}" fill="{palette["paper"]}"/>'
        f'<svg y="{head}" width="{WIDTH}" height="{height:g}" overflow="visible">{drawn}</svg>{"".join(texts)}</svg>'
    )


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


@lru_cache(maxsize=2)
def _faces(is_rtl: bool) -> str:
    """The type inside a picture: without it a reader's machine would draw it in another."""
    rules = []
    for script in ("Latn", "Hebr") if is_rtl else ("Latn",):
        name, letters = FACES[script]
        data = base64.b64encode((ASSETS / name).read_bytes()).decode()
        rules.append(
            f"@font-face{{font-family:Heebo;font-weight:100 900;"
            f'src:url(data:font/woff2;base64,{data}) format("woff2");unicode-range:{letters}}}'
        )
    return "".join(rules)


def png(drawn: str) -> bytes:
    """A picture as PNG, drawn with the type that comes with this program and no other."""
    fonts = [str(path) for path in sorted(TYPE.glob("*.ttf"))]
    plain = drawn[: drawn.index("<style>")] + drawn[drawn.index("</style>") + len("</style>") :]
    found = resvg_py.svg_to_bytes(
        svg_string=plain, zoom=SCALE, font_files=fonts, skip_system_fonts=True, font_family="Heebo"
    )
    return bytes(found)
