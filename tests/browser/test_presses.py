"""What a press does to the words, to Dash's graphs and to the browser's history, in whatever order answers come."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, Route

from tests.browser.conftest import ELECTION, LATER, Opened

Open = Callable[..., Opened]
TRENDS = f"/trends?election={ELECTION}&lang=en"
DOCUMENTS = "**/pages/**"
# A chosen list keeps its colour, every other line of Dash's graph is drawn alike.
IS_ISOLATED = """() => {
  const { data } = document.querySelector("#trend-chart .js-plotly-plot");
  const lines = data.filter(({ name }) => name.startsWith("line:"));
  const inks = (isOwn) => lines.filter(({ name }) => name.endsWith(":likud") === isOwn).map(({ line }) => line.color);
  const colours = (isOwn) => new Set(inks(isOwn));
  const [others, own] = [colours(false), colours(true)];
  return others.size === 1 && own.size === 1 && ![...own].some((colour) => others.has(colour));
}"""
HIGHEST = """() => Math.max(...document.querySelector("#trend-chart .js-plotly-plot").data
  .filter(({ name }) => name.startsWith("line:")).flatMap(({ y }) => y))"""
IS_SHOWN_IN_SEATS = f"() => ({HIGHEST})() > 25 && !({IS_ISOLATED})()"


@contextmanager
def held(page: Page) -> Iterator[list[Route]]:
    """Answers to presses wait until the block ends; at least one does."""
    routes: list[Route] = []
    page.route(DOCUMENTS, lambda route: routes.append(route))
    yield routes
    assert routes
    for route in routes:
        route.continue_()
    page.unroute(DOCUMENTS)


def press(page: Page, selector: str) -> None:
    """Presses while answers are held; returns once the server was asked."""
    with page.expect_request(DOCUMENTS):
        page.locator(selector).click()


def settled(page: Page) -> None:
    """Nothing that was followed waits for its answer any more."""
    page.wait_for_load_state("networkidle")
    page.evaluate("() => new Promise((then) => requestAnimationFrame(() => setTimeout(then)))")


def in_share(open_page: Open) -> tuple[Opened, Page]:
    """Trends with one entry of history before it: in seats, then in shares."""
    opened = open_page()
    page = opened.go(TRENDS)
    page.wait_for_function(IS_SHOWN_IN_SEATS)
    page.get_by_role("link", name="Vote share").click()
    page.wait_for_url(re.compile("unit=share"))
    return opened, page


def test_the_first_press_isolates_a_list(open_page: Open) -> None:
    page = open_page().go(TRENDS)
    assert not page.evaluate(IS_ISOLATED)
    page.locator("#chip-likud").click()
    page.wait_for_url(re.compile("lists="))
    page.wait_for_function(IS_ISOLATED)
    assert page.locator("#chip-likud").get_attribute("aria-pressed") == "true"


def test_a_press_shows_its_words_before_the_browser_and_dash_hear_of_it(open_page: Open) -> None:
    page = open_page().go(TRENDS)
    pressed = "document.getElementById('chip-likud').ariaPressed"
    page.evaluate(
        f"""() => {{
          const push = history.pushState.bind(history);
          history.pushState = (...given) => [push(...given), (window.atPush = {pressed})];
          addEventListener("popstate", () => {{ window.atTelling ??= {pressed}; }});
        }}"""
    )
    page.locator("#chip-likud").click()
    page.wait_for_function("() => window.atTelling")
    assert page.evaluate("() => [window.atPush, window.atTelling]") == ["true", "true"]


def test_back_before_the_answer_came_is_back(open_page: Open) -> None:
    """To the words and the chart of before; the press leaves nothing to go forward to."""
    opened, page = in_share(open_page)
    page.wait_for_function(f"() => ({HIGHEST})() > 25 && !location.search.includes('lists')")
    entries = page.evaluate("() => history.length")
    with held(page):
        press(page, "#chip-likud")
        page.evaluate("() => history.back()")
        page.wait_for_url(lambda url: "unit=share" not in url)
    settled(page)
    page.get_by_role("heading", name="Poll trend, in seats").wait_for()
    page.wait_for_function(IS_SHOWN_IN_SEATS)
    assert page.locator("#chip-likud").get_attribute("aria-pressed") == "false"
    assert "lists=" not in page.url
    page.go_forward()
    page.get_by_role("heading", name="Poll trend, in share of the vote").wait_for()
    assert page.evaluate("() => history.length") == entries
    opened.assert_quiet()


def test_forward_onto_what_waits_for_its_answer_leaves_one_entry(open_page: Open) -> None:
    opened, page = in_share(open_page)
    page.go_back()
    page.get_by_role("heading", name="Poll trend, in seats").wait_for()
    entries = page.evaluate("() => history.length")
    with held(page):
        page.get_by_role("link", name="Vote share").click()
        page.wait_for_timeout(0)
        page.evaluate("() => history.forward()")
        page.wait_for_url(re.compile("unit=share"))
    page.get_by_role("heading", name="Poll trend, in share of the vote").wait_for()
    settled(page)
    assert page.evaluate("() => history.length") == entries
    opened.assert_quiet()


def test_a_press_that_overtakes_another_is_the_only_one(open_page: Open) -> None:
    opened = open_page()
    page = opened.go(TRENDS)
    entries = page.evaluate("() => history.length")
    with held(page):
        press(page, "#chip-shas")
        press(page, "#chip-likud")
    page.wait_for_function(IS_ISOLATED)
    settled(page)
    assert re.search("lists=likud$", page.url)
    assert page.evaluate("() => history.length") == entries + 1
    page.go_back()
    page.wait_for_function(IS_SHOWN_IN_SEATS)
    opened.assert_quiet()


def test_a_press_on_what_is_shown_takes_back_one_that_waits(open_page: Open) -> None:
    opened = open_page()
    page = opened.go(TRENDS)
    with held(page):
        press(page, "#chip-likud")
        press(page, "nav a[aria-current]")
    settled(page)
    assert page.locator("#chip-likud").get_attribute("aria-pressed") == "false"
    assert "lists=" not in page.url
    page.wait_for_function(IS_SHOWN_IN_SEATS)
    opened.assert_quiet()


def test_a_way_to_a_part_of_the_page_takes_no_press_back(open_page: Open) -> None:
    opened = open_page()
    page = opened.go(TRENDS)
    with held(page):
        press(page, "#chip-likud")
        page.evaluate("() => { location.hash = 'main'; }")
    page.wait_for_function(IS_ISOLATED)
    assert page.locator("#chip-likud").get_attribute("aria-pressed") == "true"
    opened.assert_quiet()


def test_a_slider_keeps_a_press_that_waits(open_page: Open) -> None:
    opened = open_page()
    page = opened.go(TRENDS)
    with held(page):
        press(page, "#chip-likud")
        with page.expect_request(DOCUMENTS):
            page.locator("#from-slider").focus()
            page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile("(?=.*from=)(?=.*lists=likud)"))
    page.wait_for_function(IS_ISOLATED)
    opened.assert_quiet()


def test_an_answer_that_is_cut_off_is_asked_for_as_a_page(open_page: Open) -> None:
    page = open_page().go(TRENDS)
    for cut in (lambda route: route.abort(), lambda route: route.fulfill(status=200, body='{"sheet": "<div')):
        page.goto(page.url.split("&lists")[0])
        page.wait_for_selector("#trend-chart .main-svg")
        page.route(DOCUMENTS, cut)
        started = page.evaluate("() => performance.timeOrigin")
        page.locator("#chip-likud").click()
        page.wait_for_url(re.compile("lists=likud"))
        page.wait_for_function(f"() => performance.timeOrigin !== {started}")
        assert page.locator("#chip-likud").get_attribute("aria-pressed") == "true"
        page.unroute(DOCUMENTS)


def test_a_press_that_waits_goes_with_its_page(open_page: Open) -> None:
    """The browser breaks off what a page that is left has asked for; it must not lead back to it."""
    page = open_page().go(TRENDS)
    before, started = page.url, page.evaluate("() => performance.timeOrigin")
    routes: list[Route] = []
    page.route(DOCUMENTS, lambda route: routes.append(route))
    press(page, "#chip-likud")
    page.evaluate("() => dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    page.evaluate("() => { window.unasked = hemicycle.wanted() === location.href; }")
    routes[0].abort()
    settled(page)
    assert [page.url, page.evaluate("() => performance.timeOrigin")] == [before, started]
    assert page.evaluate("() => window.unasked")


def test_a_page_that_comes_back_shows_its_address(open_page: Open) -> None:
    """It was left while a way back waited, and a press after that."""
    page = open_page().go(TRENDS)
    page.locator("#chip-likud").click()
    page.wait_for_url(re.compile("lists=likud"))
    with held(page):
        with page.expect_request(DOCUMENTS):
            page.evaluate("() => history.back()")
        page.evaluate("(to) => { hemicycle.press(to, ''); }", f"{TRENDS}&lists=shas")
        page.evaluate(
            "() => ['pagehide', 'pageshow'].forEach("
            "(name) => dispatchEvent(new PageTransitionEvent(name, { persisted: true })))"
        )
    page.wait_for_function("() => document.getElementById('chip-likud').ariaPressed === 'false'")
    page.wait_for_function(IS_SHOWN_IN_SEATS)
    assert "lists=" not in page.url


def test_a_press_is_not_lost_where_dash_hears_late_of_the_one_before(open_page: Open) -> None:
    opened = open_page()
    page = opened.go(TRENDS)
    page.evaluate(
        """(to) => {
          const push = history.pushState.bind(history);
          history.pushState = (...given) => {
            history.pushState = push;
            push(...given);
            setTimeout(() => hemicycle.press(to, ""));
          };
        }""",
        f"{TRENDS}&lists=likud",
    )
    page.evaluate("(to) => { hemicycle.press(to, ''); }", f"/coalitions?election={ELECTION}&lang=en")
    page.wait_for_url(re.compile("/trends.*lists=likud"))
    page.wait_for_selector("#trend-chart .main-svg")
    page.wait_for_function(IS_ISOLATED)
    opened.assert_quiet()


def test_the_browser_keeps_each_title_with_its_address(open_page: Open) -> None:
    page = open_page().go(TRENDS)
    titles = [page.title()]
    page.evaluate("(to) => { hemicycle.press(to, ''); }", f"/trends?election={LATER}&lang=en")
    page.wait_for_url(re.compile(LATER))
    page.wait_for_function("(before) => document.title !== before", arg=titles[0])
    titles.append(page.title())
    entries = page.context.new_cdp_session(page).send("Page.getNavigationHistory")["entries"]
    assert [entry["title"] for entry in entries[-2:]] == titles


def test_a_slider_that_was_left_behind_leads_nowhere(open_page: Open) -> None:
    """A page is pressed before the hand on a slider came to rest, and comes before or after that."""
    opened = open_page()
    for is_slow in (False, True):
        page = opened.go(TRENDS)
        page.locator("#from-slider").focus()
        page.keyboard.press("ArrowRight")
        there = page.locator(".nav a[href*='/coalitions']")
        if is_slow:
            with held(page):
                with page.expect_request(DOCUMENTS):
                    there.click()
                page.evaluate("() => new Promise((then) => setTimeout(then, 300))")  # the hand's rest is half of that
        else:
            there.click()
        page.wait_for_url(re.compile("/coalitions"))
        page.evaluate("() => new Promise((then) => setTimeout(then, 300))")
        settled(page)
        assert "from=" not in page.url
    opened.assert_quiet()


def test_a_part_of_another_page_is_shown_where_it_stands(open_page: Open) -> None:
    """The browser's address, hash and all, is that of the other page before its words are."""
    opened = open_page()
    page = opened.go(TRENDS)
    part = page.evaluate("(at) => hemicycle.press(at, '#block-provenance') && at", f"/data?election={ELECTION}&lang=en")
    page.wait_for_function("() => location.hash === '#block-provenance'")
    assert part in page.url
    opened.assert_quiet()


def test_a_page_half_an_hour_old_is_loaded_again_though_the_machine_slept(open_page: Open) -> None:
    """In sleep the clock of `performance` stands still."""
    page = open_page().go(TRENDS)
    started = page.evaluate("() => performance.timeOrigin")
    page.evaluate("() => { const now = Date.now; Date.now = () => now() + 31 * 60 * 1000; }")
    page.locator("#chip-likud").click()
    page.wait_for_function(f"() => performance.timeOrigin !== {started}")
    assert "lists=likud" in page.url
