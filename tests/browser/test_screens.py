"""Pages as pictures for a person to look at, and past axe: all by `make screens`, else the README's few."""

from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from tests.browser.conftest import Opened
from tests.browser.test_pages import LANGUAGES, PAGES, address, barriers
from tests.conftest import IS_SOAK

WIDTHS = (1440, 390)
THEMES = ("light", "dark")
STATES = {  # a page that shows little until something was chosen
    "/coalitions": {"gov": "likud,blue-and-white,yisrael-beiteinu"},
    "/what-if": {"merge": "labor-gesher,democratic-union"},
}
FIRST = {  # what the README shows: the first screen of a few
    ("/", "en", "light", 1440),
    ("/trends", "en", "dark", 1440),
    ("/coalitions", "he", "light", 1440),
    ("/", "he", "dark", 390),
}


SHOWN = (*PAGES, "/night", "/formation")
VIEWS = [*product(SHOWN, LANGUAGES, THEMES, WIDTHS)] if IS_SOAK else sorted(FIRST)


@pytest.mark.parametrize(("path", "lang", "theme", "width"), VIEWS)
def test_a_page_is_pictured(
    open_page: Callable[..., Opened], root: Path, path: str, lang: str, theme: str, width: int
) -> None:
    folder = root / "build" / "screens"
    name = f"{path.strip('/').replace('/', '-') or 'tonight'}-{lang}-{theme}-{width}.png"
    opened = open_page(width, theme)
    page = opened.go(address(path, lang, **STATES.get(path, {})))
    page.screenshot(path=folder / name, full_page=True)
    assert (folder / name).read_bytes().startswith(b"\x89PNG")
    assert barriers(page) == []
    if (path, lang, theme, width) in FIRST:
        page.screenshot(path=folder / "first" / name)
    opened.assert_quiet()
