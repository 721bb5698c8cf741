"""The server's picture before and without a script, and what takes its place; that it is the same: `test_pages.py`."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from playwright.sync_api import TimeoutError as TooLate

from tests.browser.conftest import LATER, Opened
from tests.browser.test_pages import address


def test_nothing_moves_when_the_drawing_comes(open_page: Callable[..., Opened]) -> None:
    """The picture is as high as the drawing, and both are there without a shift."""
    opened = open_page()
    page = opened.page
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver((list) => list.getEntries().forEach("
        "(one) => (window.shift += one.value))).observe({type: 'layout-shift', buffered: true});"
    )
    opened.go(f"/trends?election={LATER}&lang=en")
    assert page.evaluate("() => window.shift") < 0.01


@pytest.mark.parametrize("lang", ["en", "he"])
def test_without_a_script_a_page_is_whole(browser, site: str, lang: str) -> None:
    """Readable, with pictures, tables, links and forms that lead on."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(site + address("/trends", lang))
    assert page.locator("h1").count() == 1
    assert page.locator("#trend-chart > svg.desk").is_visible()
    page.locator("#control-unit a").nth(1).click()
    page.wait_for_url("**unit=share**")
    page.locator("#from-box select").select_option(index=10)
    page.locator("#from-box button").click()
    page.wait_for_url("**from=**")
    assert "unit=share" in page.url
    page.locator("nav a[href^='/coalitions']").click()
    page.locator("#chip-likud").click()
    page.wait_for_url("**gov=likud**")
    assert page.locator(".total b").is_visible()
    context.close()


def test_a_drag_chooses_the_period_and_a_double_click_takes_it_back(open_page: Callable[..., Opened]) -> None:
    opened = open_page()
    page = opened.go(address("/trends", "en"))
    box = page.locator("#trend-chart .nsewdrag").first.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.3, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, middle, steps=8)
    page.mouse.up()
    page.wait_for_url("**from=2019-0**")
    assert "to=2019-0" in page.url
    page.wait_for_function("() => document.querySelector('#from-box output').textContent.includes('2019')")
    for _ in range(5):  # two clicks that a busy machine keeps apart are no double click
        page.locator("#trend-chart .nsewdrag").first.dblclick()
        with suppress(TooLate):
            page.wait_for_function("() => !location.search.includes('from=')", timeout=4000)
            break
    assert "from=" not in page.url
    opened.assert_quiet()


def test_a_chart_is_told_its_width_and_follows_it(open_page: Callable[..., Opened]) -> None:
    """So that it is drawn once at the start."""
    page = open_page().go(address("/trends", "en"))
    fits = "() => { const chart = document.querySelector('#trend-chart');"
    fits += " return chart.querySelector('.js-plotly-plot').layout.width === chart.clientWidth; }"
    assert page.evaluate(fits)
    page.set_viewport_size({"width": 700, "height": 900})
    page.wait_for_function(fits)
