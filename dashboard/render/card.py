"""A figure as a picture that leaves the page: title above, source beneath, the type with it; as SVG and as PNG."""

import base64
from collections.abc import Mapping
from functools import lru_cache
from html import escape
from pathlib import Path

import resvg_py

from dashboard.blocks import FigureDict
from dashboard.i18n import Translator
from dashboard.render import svg
from dashboard.render.template import FONT

ASSETS = Path(__file__).parents[1] / "assets" / "fonts"
FACES = {
    "Latn": ("heebo-latin-wght-normal.woff2", "U+0000-02FF,U+2000-22FF"),
    "Hebr": ("heebo-hebr-wght-normal.woff2", "U+0590-05FF,U+200C-200F,U+FB1D-FB4F"),
}
TYPE = Path(__file__).parent / "type"  # the same faces for the rasteriser, made by bench/vendored.py
WIDTH = 900
HEAD, FOOT, EDGE = 58, 34, 24
SCALE = 2  # of a PNG, against the picture's own pixels


def picture(figure: FigureDict, palette: Mapping[str, str], title: str, source: str, t: Translator) -> str:
    """The figure as an SVG of its own, with its title, its source and its type."""
    drawn, height = svg.content(figure, WIDTH, palette, is_narrow=False, is_rtl=t.is_rtl)
    x, anchor = (WIDTH - EDGE, "end") if t.is_rtl else (EDGE, "start")
    size = min(12.0, WIDTH * 1.75 / max(1, len(source)))
    whole = height + HEAD + FOOT
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{whole:g}" viewBox="0 0 {WIDTH} {whole:g}" '
        f'font-family="{escape(FONT)}" role="img">'
        f"<title>{escape(title)}</title><style>{_faces(t.is_rtl)}</style>"
        f'<rect width="{WIDTH}" height="{whole:g}" fill="{palette["paper"]}"/>'
        f'<text x="{x}" y="34" text-anchor="{anchor}" font-size="18" font-weight="700" fill="{palette["ink"]}">'
        f"{escape(title)}</text>"
        f'<svg y="{HEAD}" width="{WIDTH}" height="{height:g}" overflow="visible">{drawn}</svg>'
        f'<text x="{x}" y="{whole - 12:g}" text-anchor="{anchor}" font-size="{size:.1f}" fill="{palette["quiet"]}">'
        f"{escape(source)}</text></svg>"
    )


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
