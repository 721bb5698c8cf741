"""The trend chart's controls: days by the arrow keys, blocs, one firm's dots, panels; all of it in the address."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Opened
from tests.browser.test_pages import address

Open = Callable[..., Opened]
DOT = """() => {
  const chart = document.querySelector("#trend-chart .js-plotly-plot"), { left, top } = chart.getBoundingClientRect();
  const { x, y, customdata } = chart.data.find(({ name }) => name === "polls:likud");
  const { xaxis, yaxis } = chart._fullLayout;
  return [left + xaxis._offset + xaxis.d2p(x[20]), top + yaxis._offset + yaxis.d2p(y[20]), customdata[20][1]];
}"""
TRACES = "document.querySelector('#trend-chart .js-plotly-plot').data"


def names(page: Page, start: str) -> list[str]:
    traces = page.evaluate(f"() => {TRACES}.map(trace => trace.name)")
    return [name for name in traces if name.startswith(start)]


def test_the_days_are_chosen_by_arrow_keys_and_reopen(open_page: Open) -> None:
    opened = open_page()
    page = opened.go(address("/trends", "en"))
    page.locator("#from-slider").focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile("from=2019-06-05"))
    first = f"() => {TRACES}.find(trace => trace.name === 'line:likud').x[0]"
    page.wait_for_function(f"() => ({first})() === '2019-06-05'")
    page.reload()
    opened.settle()
    assert page.evaluate(first) == "2019-06-05"
    assert page.locator("#from-box output").inner_text() == "5 Jun 2019"
    page.get_by_role("link", name="Whole campaign").click()
    page.wait_for_function("() => !location.search.includes('from=')")
    opened.assert_quiet()


def test_blocs_one_firm_and_panels_stay_in_the_address(open_page: Open) -> None:
    opened = open_page()
    page = opened.go(address("/trends", "en"))
    page.get_by_role("link", name="Blocs", exact=True).click()
    page.wait_for_url(re.compile("of=blocs"))
    page.wait_for_function(f"() => {TRACES}.some(trace => trace.name === 'line:netanyahu-bloc')")
    assert names(page, "band:") == []
    page.locator("#of-lists").click()
    page.wait_for_function(f"() => {TRACES}.some(trace => trace.name === 'line:likud')")
    every = page.evaluate(f"() => {TRACES}.find(trace => trace.name === 'polls:likud').x.length")
    page.locator("#menu-firm summary").click()
    page.locator("#menu-firm a", has_text="Midgam").first.click()
    page.wait_for_url(re.compile("firm=midgam"))
    page.wait_for_function(f"() => {TRACES}.find(trace => trace.name === 'polls:likud').x.length < {every}")
    page.get_by_role("link", name="One each").click()
    page.wait_for_url(re.compile("panels=each"))
    page.wait_for_function(f"() => {TRACES}.some(trace => trace.xaxis === 'x5')")
    assert len(names(page, "line:")) == len(set(names(page, "line:"))) > 5
    opened.assert_quiet()


def test_lines_are_read_at_their_labels_a_dot_leads_to_its_poll_and_the_first_press_isolates(open_page: Open) -> None:
    opened = open_page()
    page = opened.go(address("/trends", "en"))
    labels = (
        "() => [...document.querySelectorAll('#trend-chart .annotation-text')].map((one) => one.textContent).join()"
    )
    before = page.evaluate(labels)
    page.evaluate("() => (document.querySelector('#trend-chart .annotation').isFirst = true)")
    box = page.locator("#trend-chart .nsewdrag").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 30)
    page.mouse.move(box["x"] + box["width"] * 0.4 + 2, box["y"] + 32)
    page.wait_for_function(f"(before) => ({labels})() !== before", arg=before)
    rule = page.locator("#trend-chart .hand").bounding_box()
    assert rule is not None
    assert rule["x"] == pytest.approx(box["x"] + box["width"] * 0.4 + 2, abs=1)
    page.mouse.move(5, 5)
    page.wait_for_function(f"(before) => ({labels})() === before", arg=before)
    assert page.evaluate("() => document.querySelector('#trend-chart .annotation').isFirst"), "drawn again"
    x, y, poll = page.evaluate(DOT)
    page.mouse.move(x, y)
    page.locator("#trend-chart .hoverlayer .hovertext", has_text=poll.split(" · ")[0]).wait_for()
    page.mouse.click(x, y)
    page.wait_for_url(re.compile(r"/polls\?.*poll=.*#asked"))
    row = page.locator("tr#asked")
    row.wait_for()
    page.wait_for_function(
        "() => { const box = document.getElementById('asked').getBoundingClientRect();"
        " return box.top > 0 && box.bottom < innerHeight; }"
    )
    page.go_back()
    page.locator("#chip-shas").click()
    page.wait_for_url(re.compile("lists=shas"))
    page.wait_for_function(f"() => {TRACES}.filter(trace => trace.name.startsWith('polls:')).length === 1")
    opened.assert_quiet()
