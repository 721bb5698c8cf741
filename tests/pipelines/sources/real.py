"""Where real pages are, when somebody has them: HEMICYCLE_REAL_PAGES, or `shared/raw` beside the repository."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def real_page(name: str) -> Path:
    """A real page or file; skips the test, naming what is missing."""
    named = os.environ.get("HEMICYCLE_REAL_PAGES")
    path = (Path(named) if named else ROOT.parent / "shared" / "raw") / name
    if not path.is_file():
        pytest.skip(f"no real {name}: set HEMICYCLE_REAL_PAGES to the folder that has it")
    return path
