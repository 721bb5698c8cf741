"""Every page in every language, theme and width, as pictures for a person to look at: build/screens; and past axe."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.conftest import Opened
from tests.browser.test_pages import LANGUAGES, PAGES, address, barriers

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


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_is_pictured(
    open_page: Callable[..., Opened], root: Path, lang: str, theme: str, width: int
) -> None:
    folder = root / "build" / "screens"
    opened = open_page(width, theme)
    for path in PAGES:
        name = f"{path.strip('/') or 'tonight'}-{lang}-{theme}-{width}.png"
        page = opened.go(address(path, lang, **STATES.get(path, {})))
        page.screenshot(path=folder / name, full_page=True)
        if (path, lang, theme, width) in FIRST:
            page.screenshot(path=folder / "first" / name)
        assert (folder / name).read_bytes().startswith(b"\x89PNG")
        assert barriers(page) == [], name
    opened.assert_quiet()
