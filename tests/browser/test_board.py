"""On air: a block a screen of 16:9, by keys alone, in type that is read from a sofa, and still under the hand."""

from collections.abc import Callable

import pytest

from tests.browser.conftest import Opened
from tests.browser.test_pages import address

TOPS = "[...document.querySelectorAll('main > .section')].map((one) => Math.abs(one.getBoundingClientRect().top))"
AT = f"() => {TOPS}.findIndex((top) => top < 4)"
SIZE = "(one) => parseFloat(getComputedStyle(one).fontSize) * one.currentCSSZoom"
SAID = "[...document.querySelectorAll('main td, main h2, main .lines li')].filter((one) => one.offsetParent)"
SMALLEST = f"() => Math.min(...{SAID}.map({SIZE}))"


@pytest.mark.parametrize(("lang", "ahead"), [("en", "ArrowRight"), ("he", "ArrowLeft")])
def test_keys_lead_from_screen_to_screen_and_ask_nobody(
    open_page: Callable[..., Opened], lang: str, ahead: str
) -> None:
    visitor = open_page(1920)
    page = visitor.page
    page.set_viewport_size({"width": 1920, "height": 1080})
    visitor.go(address("/board", lang))
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    for key, at in ((ahead, 1), ("PageDown", 2), ("PageUp", 1), (" ", 2), ("Home", 0), ("3", 2)):
        page.keyboard.press(key)
        page.wait_for_function(f"() => ({AT})() === {at}")
    assert page.locator("main > .section").first.evaluate("(one) => one.getBoundingClientRect().height") == 1080
    assert page.evaluate("document.documentElement.scrollWidth") == 1920
    assert page.evaluate(SMALLEST) >= 32
    assert requests == []
    page.keyboard.press("u")
    page.wait_for_function("() => performance.getEntriesByType('navigation')[0].type === 'reload'")
    visitor.assert_quiet()


def test_a_page_is_drawn_on_the_way_from_the_board_and_the_board_is_not_on_the_way_back(
    open_page: Callable[..., Opened],
) -> None:
    visitor = open_page(1920)
    page = visitor.go(address("/board", "en"))
    page.locator("#block-blocs a[href^='/coalitions']").last.click()
    page.wait_for_selector("main[data-page=coalitions] .main-svg")
    page.locator(".footer a[href^='/board']").click()
    page.wait_for_selector("main[data-page=board]")
    assert page.locator("main .host").count() == 0
    visitor.assert_quiet()
