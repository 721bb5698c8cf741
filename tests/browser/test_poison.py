"""S1, S2, S14 in a browser: poisoned names and citations stay text on every page, and no other host is asked."""

from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest

from dashboard.pages import PAGES
from tests import servers
from tests.browser.conftest import DRAWN
from tests.security.conftest import TODAY, publish_poisoned

LOOKED_AT = """() => ({
  strange: [...document.querySelectorAll("img, iframe, object, embed, base, [onerror], [onload]")].length,
  scripts: [...document.scripts]
    .filter(script => script.type !== "application/json" && script.textContent.includes("alert")).length,
  links: [...document.querySelectorAll("a[href]")].map(link => link.protocol)
    .filter(protocol => !["http:", "https:"].includes(protocol)).length,
  drawn: [...document.querySelectorAll(".main-svg")].length,
})"""


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    data: Path = tmp_path_factory.mktemp("poison") / "data"
    publish_poisoned(data / "processed")
    with servers.dashboard(data, "--today", TODAY) as site:
        yield site.url


@pytest.fixture(scope="module")
def dialogs(visitor) -> list[str]:
    """What scripts have said to the reader."""
    messages: list[str] = []
    visitor().page.on("dialog", lambda dialog: (messages.append(dialog.message), dialog.dismiss()))
    return messages


@pytest.mark.parametrize(("path", "lang"), [*zip(PAGES, cycle(["en", "he"]), strict=False)])
def test_poison_stays_text(visitor, dialogs: list[str], poisoned: str, path: str, lang: str) -> None:
    """A page in one of the languages: what is poisoned is the same text in each."""
    opened = visitor()
    opened.site = poisoned
    page = opened.go(f"{path}?lang={lang}")
    for chart in page.locator(".js-plotly-plot .nsewdrag").all():
        chart.hover(force=True)
    page.evaluate("() => document.querySelectorAll('details').forEach((part) => (part.open = true))")
    page.wait_for_function(DRAWN)
    looked = page.evaluate(LOOKED_AT)
    assert dialogs == []
    assert (looked["strange"], looked["scripts"], looked["links"]) == (0, 0, 0)
    assert "alert(1)" in page.locator("body").inner_text() + page.title(), "the poison did not reach the page"
    opened.assert_quiet()
