"""`python -m bench.type`: the page's type as TrueType files for the rasteriser of pictures, made from the web's files.

Run again when the vendored fonts change; what it writes is committed (dashboard/render/type).
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from fontTools.merge import Merger
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

FONTS = Path(__file__).parents[1] / "dashboard" / "assets" / "fonts"
TYPE = Path(__file__).parents[1] / "dashboard" / "render" / "type"
WEIGHTS = (400, 700)


def main() -> None:
    """Write a file a weight, with the letters of every script that the web's files have."""
    for weight in WEIGHTS:
        with TemporaryDirectory() as folder:
            parts = [_instance(path, weight, Path(folder)) for path in sorted(FONTS.glob("*.woff2"), reverse=True)]
            whole = Merger().merge(parts)
        whole["OS/2"].usWeightClass = weight
        whole["head"].modified = whole["head"].created
        whole.save(TYPE / f"heebo-{weight}.ttf")


def _instance(path: Path, weight: int, folder: Path) -> str:
    font = instantiateVariableFont(TTFont(path, recalcTimestamp=False), {"wght": weight})
    font.flavor = None
    made = folder / f"{path.stem}.ttf"
    font.save(made)
    return str(made)


if __name__ == "__main__":
    main()
