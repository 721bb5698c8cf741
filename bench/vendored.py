"""`python -m bench.vendored`: what is made from vendored files and committed beside them.

The web's type, cut in place to the weights in use; the same as TrueType files for the rasteriser of pictures
(dashboard/render/type); and the drawing library packed at Brotli's highest level, which takes seconds. Run again when a
vendored file changes.
"""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import brotli
from fontTools.merge import Merger
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem
from fontTools.varLib.instancer import instantiateVariableFont

ASSETS = Path(__file__).parents[1] / "dashboard" / "assets"
FONTS = ASSETS / "fonts"
TYPE = Path(__file__).parents[1] / "dashboard" / "render" / "type"
WEIGHTS = (400, 700)
FACES = (*sorted(FONTS.glob("heebo-*.woff2"), reverse=True), *FONTS.glob("noto-*.woff2"))  # the page's own type first
UNITS = 2048  # the side of a letter's square, in all that are put together


def main() -> None:
    """Write a font a weight, with the letters of every script that the web's files have, and the packed library."""
    for script in (ASSETS / "plotly").glob("*.js"):
        script.with_name(f"{script.name}.br").write_bytes(brotli.compress(script.read_bytes(), quality=11))
    for path in FACES:
        _keep_weights(path)
    for weight in WEIGHTS:
        _write_type(weight)
    (TYPE / "advances.json").write_bytes(_advances(TTFont(TYPE / f"heebo-{WEIGHTS[-1]}.ttf")))


def _keep_weights(path: Path) -> None:
    font = TTFont(path, recalcTimestamp=False)
    (axis,) = font["fvar"].axes
    if (axis.minValue, axis.maxValue) != WEIGHTS:
        instantiateVariableFont(font, {"wght": WEIGHTS}).save(path)


def _write_type(weight: int) -> None:
    with TemporaryDirectory() as folder:
        whole = Merger().merge([_instance(path, weight, Path(folder)) for path in FACES])
    whole["OS/2"].usWeightClass = weight
    whole.recalcTimestamp = False
    whole["head"].created = whole["head"].modified = 0  # the same bytes whenever it is made
    whole.save(TYPE / f"heebo-{weight}.ttf")


def _advances(font: TTFont) -> bytes:
    """How wide each letter of the bold type is, in parts of its size: cards break their lines by it."""
    widths = font["hmtx"]
    widths_of = {chr(code): round(widths[name][0] / UNITS, 3) for code, name in sorted(font.getBestCmap().items())}
    return json.dumps(widths_of, separators=(",", ":")).encode()


def _instance(path: Path, weight: int, folder: Path) -> str:
    font = instantiateVariableFont(TTFont(path, recalcTimestamp=False), {"wght": weight})
    font.flavor = None
    scale_upem(font, UNITS)
    file = folder / f"{path.stem}.ttf"
    font.save(file)
    return str(file)


if __name__ == "__main__":
    main()
