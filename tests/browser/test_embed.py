"""A block in a frame of another page: without a barrier, and as high as what is in it, by its own word alone."""

from collections.abc import Callable

import pytest

from tests.browser.conftest import ELECTION, Opened
from tests.browser.test_pages import barriers

Open = Callable[..., Opened]
BLOCKS = ("tonight/seats", "trends/trend", "tonight/latest")
ARTICLE = """<!DOCTYPE html><title>An article</title>
<iframe id="ours" src="{site}/embed/tonight/blocs?election={election}" height="100" width="600"></iframe>
<iframe id="other" src="about:blank" height="100"></iframe><script src="{site}/assets/embed.js"></script>"""
HEIGHT = "(id) => document.getElementById(id).getBoundingClientRect().height"
SAY = """([id, height]) => {
  const frame = document.getElementById(id).contentWindow;
  dispatchEvent(new MessageEvent("message", { data: { hemicycle: height }, source: frame, origin: location.origin }));
}"""


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize(("lang", "theme", "width"), [("en", "dark", 360), ("he", "light", 700)])
def test_a_frame_has_no_barrier_and_nothing_beyond_its_edge(
    open_page: Open, block: str, lang: str, theme: str, width: int
) -> None:
    opened = open_page(width, theme)
    opened.page.goto(f"{opened.site}/embed/{block}?election={ELECTION}&lang={lang}")
    assert barriers(opened.page) == []
    assert opened.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    opened.assert_quiet()


def test_a_frame_gets_its_height_and_nobody_else_may_give_it_one(open_page: Open) -> None:
    opened = open_page()
    page = opened.page
    article = ARTICLE.format(site=opened.site, election=ELECTION)
    page.route("**/article", lambda route: route.fulfill(body=article, content_type="text/html"))
    page.goto(f"{opened.site}/article")
    page.wait_for_function(f"() => ({HEIGHT})('ours') > 300")
    height = page.evaluate(HEIGHT, "ours")
    for wrong in (4001, 0, -5, 1.5, "900px", 1e9, None):
        page.evaluate(SAY, ["ours", wrong])
    page.evaluate(SAY, ["other", 900])
    assert page.evaluate(HEIGHT, "ours") == height
    assert page.evaluate(HEIGHT, "other") < 200
    page.evaluate(SAY, ["ours", 900])
    assert page.evaluate(HEIGHT, "ours") >= 900, "the same message with a height that is one is heard"
