"""`python -m bench.vendored`: what is made from vendored files and committed beside them.

The page's type as TrueType files for the rasteriser of pictures (dashboard/render/type), and the drawing library packed
at Brotli's highest level, which takes seconds. Run again when a vendored file changes.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import brotli
from fontTools.merge import Merger
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

ASSETS = Path(__file__).parents[1] / "dashboard" / "assets"
FONTS = ASSETS / "fonts"
TYPE = Path(__file__).parents[1] / "dashboard" / "render" / "type"
WEIGHTS = (400, 700)


def main() -> None:
    """Write a font a weight, with the letters of every script that the web's files have, and the packed library."""
    for script in (ASSETS / "plotly").glob("*.js"):
        script.with_name(f"{script.name}.br").write_bytes(brotli.compress(script.read_bytes(), quality=11))
    for weight in WEIGHTS:
        with TemporaryDirectory() as folder:
            parts = [_instance(path, weight, Path(folder)) for path in sorted(FONTS.glob("*.woff2"), reverse=True)]
            whole = Merger().merge(parts)
        whole["OS/2"].usWeightClass = weight
        whole.recalcTimestamp = False
        whole["head"].created = whole["head"].modified = 0  # the same bytes whenever it is made
        whole.save(TYPE / f"heebo-{weight}.ttf")


def _instance(path: Path, weight: int, folder: Path) -> str:
    font = instantiateVariableFont(TTFont(path, recalcTimestamp=False), {"wght": weight})
    font.flavor = None
    made = folder / f"{path.stem}.ttf"
    font.save(made)
    return str(made)


if __name__ == "__main__":
    main()
