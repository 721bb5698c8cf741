"""Each page as a reader sees it: whole, in both languages, on a desk and on a phone, and to a screen reader."""

import csv
import re
from collections.abc import Callable
from datetime import date
from xml.etree import ElementTree

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from dashboard.i18n import HIDDEN
from pipelines.editions.store import EditionStore
from tests.browser.conftest import ELECTION, LATER, WEEK_BEFORE, Opened

PAGES = ("/", "/trends", "/coalitions", "/threshold", "/what-if", "/pollsters", "/polls", "/record", "/method", "/data",
         "/list/likud")  # fmt: skip
BUILT = "/coalitions?gov=likud,blue-and-white,shas&support=yamina&abstain=joint-list"
CHANGED = "/what-if?out=shas&to=nobody"
DRAWN = {"/", "/trends", BUILT, "/threshold", CHANGED, "/pollsters", "/record"}
LANGUAGES = {"en": "ltr", "he": "rtl"}
Open = Callable[..., Opened]
PORTRAIT, LANDSCAPE = 688, 1046  # pixels between the margins of an A4


BEYOND = """() => [...document.querySelectorAll("main *")]
  .filter((part) => part.offsetParent && !part.closest(".unseen"))
  .map((part) => [`${part.tagName} ${part.id}`, part.getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.right > innerWidth + 2 || box.left < -2)).map(([name]) => name)"""


# Letters of printed charts below seven points, in CSS pixels of three quarters of a point.
SMALL_PRINT = """() => [...document.querySelectorAll(".chart > svg text")]
  .filter((text) => text.getBoundingClientRect().width)
  .map((text) => [text.textContent, text.getScreenCTM().a * parseFloat(getComputedStyle(text).fontSize) * 0.75])
  .filter(([, points]) => points < 7)"""
BESIDE = """() => [...document.querySelectorAll("li .whole")]
  .map((part) => [part.textContent, part.getBoundingClientRect(), part.closest("li").getBoundingClientRect()])
  .filter(([, box, item]) => box.width && (box.right > item.right + 1 || box.left < item.left - 1))
  .map(([text]) => text)"""


def barriers(page: Page) -> list[tuple[str, list[str]]]:
    """What axe finds that is more than minor."""
    return [
        (finding["id"], [str(node["target"]) for node in finding["nodes"]][:3])
        for finding in Axe().run(page).response["violations"]
        if finding["impact"] != "minor"
    ]


CLOSE_PX = 2.0
# Marks of both as [left, top, right, bottom] in the window; a line is whole, with its gaps in it.
# The server's picture is shown for it: beneath a drawing it is not laid out.
MARKS = """(slot) => {
  const picture = slot.querySelector(":scope > svg.desk");
  const hidden = getComputedStyle(picture).display;
  picture.style.display = "block";
  const boxes = (where) => [...slot.querySelectorAll(where)].map((mark) => mark.getBoundingClientRect())
    .filter((box) => box.width || box.height).map((box) => [box.left, box.top, box.right, box.bottom]);
  const marks = {
    plotly: boxes(".host .points path, .host .point path, .host .shapelayer path, .host .scatterlayer .lines"),
    server: boxes(":scope > svg.desk path, :scope > svg.desk rect"),
  };
  picture.style.removeProperty("display");
  return { hidden, ...marks };
}"""


def address(path: str, lang: str, **state: str) -> str:
    parameters = "".join(f"&{name}={value}" for name, value in state.items())
    return f"{path}{'&' if '?' in path else '?'}election={ELECTION}&lang={lang}{parameters}"


@pytest.mark.parametrize("path", [*PAGES, BUILT, CHANGED])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_page_opens_without_a_complaint_or_another_host(visitor: Open, path: str, lang: str) -> None:
    """And without a barrier, on a desk, then in print or on a phone; `make screens` has every language and theme."""
    opened = visitor()
    page = opened.go(address(path, lang))
    html = page.locator("html")
    assert (html.get_attribute("lang"), html.get_attribute("dir")) == (lang, LANGUAGES[lang])
    assert page.locator("h1").count() == 1
    opened.assert_quiet()
    if path in DRAWN:
        assert_marks_stand_where_plotly_puts_them(page)
    if lang == "en":  # in Hebrew on a phone in the dark
        assert barriers(page) == []
        assert_it_fits_a_phone(page)
    else:
        assert_print_crops_nothing(page, path)


def assert_marks_stand_where_plotly_puts_them(page: Page) -> None:
    """The server's picture and Plotly's drawing have their marks in the same places, to two pixels."""
    slots = page.locator("main [data-slot]").all()
    assert slots
    for slot in slots:
        slot.scroll_into_view_if_needed()
        marks = slot.evaluate(MARKS)
        assert marks["plotly"], slot.get_attribute("id")
        assert marks["hidden"] == "none", "what lies beneath a drawing costs a press nothing"
        for mark in marks["plotly"]:
            nearest = min(marks["server"], key=lambda other: distance(mark, other))
            assert distance(mark, nearest) <= CLOSE_PX, (slot.get_attribute("id"), mark, nearest)


def distance(one: list[float], other: list[float]) -> float:
    """Between the middles of two boxes, the farther of the two directions."""
    return max(abs((one[at] + one[at + 2]) - (other[at] + other[at + 2])) / 2 for at in (0, 1))


def assert_print_crops_nothing(page: Page, path: str) -> None:
    """In print, at the width that paper leaves, no part of the page reaches beyond it."""
    page.emulate_media(media="print")
    page.set_viewport_size({"width": LANDSCAPE if path == "/polls" else PORTRAIT, "height": 1000})
    assert page.evaluate(BEYOND) == []
    assert page.evaluate(SMALL_PRINT) == []
    assert not page.locator("main form:visible, main .hint:visible").count()


def assert_it_fits_a_phone(page: Page) -> None:
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 800})
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, f"{wider} px wider than {width}"
    assert page.evaluate(LOW) == []
    assert page.evaluate(BESIDE) == [], "a range that no line breaks stays inside its item of a list"
    page.evaluate("scrollTo(0, 400)")
    assert page.locator(".nav").bounding_box()["y"] <= 0, "the way to other pages stays in view"


def test_the_page_never_asks_for_the_large_drawing_bundle(open_page: Open) -> None:
    opened = open_page()
    requests: list[str] = []
    opened.page.on("request", lambda request: requests.append(request.url))
    opened.go(address("/trends", "en"))
    scripts = [url for url in requests if "plotly" in url]
    assert len(scripts) == 1
    assert "/assets/plotly/plotly-basic" in scripts[0]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_tonight_has_a_row_a_list_and_the_majority_line(open_page: Open, processed_dir, lang: str) -> None:
    projection = EditionStore(processed_dir).open(ELECTION).projection
    page = open_page().go(address("/", lang))
    assert page.locator("#seats-chart .ytick text").count() == len(projection.lists)
    texts = page.locator("#blocs-chart .annotation-text").all_text_contents()
    assert str(projection.majority) in [text.strip() for text in texts]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_trends_has_a_line_and_a_label_for_every_list(open_page: Open, processed_dir, lang: str) -> None:
    edition = EditionStore(processed_dir).open(ELECTION)
    page = open_page().go(address("/trends", lang))
    drawn = page.evaluate(
        "() => document.querySelector('#trend-chart .js-plotly-plot').data.map(trace => trace.name)"
        ".filter(name => name.startsWith('line:'))"
    )
    shown = " ".join(page.locator("#trend-chart .annotation-text").all_text_contents())
    names = {item.id: item for item in edition.reference.lists}
    in_house = {name: seats for name, seats in edition.projection.allocation.items() if seats}
    assert {f"line:{name}" for name in in_house} <= set(drawn)
    for name, seats in in_house.items():
        assert f"{names[name].shorts[lang]} {seats}" in HIDDEN.sub("", shown)
    assert page.evaluate(CUT_OFF) == [], "a label is whole in either direction of writing"


CUT_OFF = """() => {
  const chart = document.querySelector("#trend-chart").getBoundingClientRect();
  const labels = [...document.querySelectorAll("#trend-chart .annotation-text")];
  const boxes = labels.map((label) => label.getBoundingClientRect());
  return boxes.filter((box) => box.right > chart.right + 1 || box.left < chart.left - 1);
}"""


def test_labels_of_the_trend_do_not_lie_on_each_other(open_page: Open) -> None:
    for width in (1440, 390):
        page = open_page(width).go(address("/trends", "en"))
        boxes = page.evaluate(
            "() => [...document.querySelectorAll('#trend-chart .annotation-text')]"
            ".map(text => text.getBoundingClientRect()).map(box => [box.left, box.top, box.right, box.bottom])"
        )
        overlapping = [
            (one, other)
            for at, one in enumerate(boxes)
            for other in boxes[at + 1 :]
            if min(one[2], other[2]) - max(one[0], other[0]) > 1 and min(one[3], other[3]) - max(one[1], other[1]) > 2
        ]
        assert overlapping == []


def test_switching_unit_keeps_the_state_in_the_address_and_goes_back(open_page: Open) -> None:
    opened = open_page()
    page = opened.go(address("/trends", "en"))
    page.get_by_role("link", name="Vote share").click()
    page.wait_for_url(re.compile("unit=share"))
    page.get_by_role("heading", name="Poll trend, in share of the vote").wait_for()
    page.go_back()
    page.get_by_role("heading", name="Poll trend, in seats").wait_for()
    opened.assert_quiet()


def test_a_slider_that_is_moved_before_dash_is_there_leads_to_its_address(open_page: Open) -> None:
    opened = open_page()
    page = opened.page
    page.route("**/_dash-layout", lambda route: route.abort())
    page.goto(opened.site + address("/record", "en"))
    page.locator("#day-slider").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(re.compile("day="))
    page.wait_for_function(
        "() => (({ defaultValue, max }) => defaultValue !== max)(document.getElementById('day-slider'))"
    )


def test_a_chart_stays_as_another_comes_and_goes(open_page: Open) -> None:
    """One that is drawn anew is blank for a moment, and takes a phone half a second."""
    opened = open_page()
    page = opened.go(address("/coalitions", "en"))
    page.wait_for_selector("#hemicycle-chart .main-svg")
    page.evaluate("() => { document.querySelector('#hemicycle-chart .js-plotly-plot').isFirst = true; }")
    for count in (1, 0, 1):
        page.locator("#chip-likud").click() if count else page.go_back()
        page.wait_for_function(f"() => document.querySelectorAll('#meter-chart .host').length === {count}")
        page.wait_for_url(lambda url, is_chosen=bool(count): ("gov=" in url) == is_chosen)
    page.locator("#meter-chart").scroll_into_view_if_needed()
    page.wait_for_selector("#meter-chart .main-svg")
    assert page.evaluate("() => document.querySelector('#hemicycle-chart .js-plotly-plot').isFirst")
    opened.assert_quiet()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_builder_passes_the_majority_and_the_number_changes(open_page: Open, lang: str) -> None:
    opened = open_page()
    page = opened.go(address("/coalitions", lang))
    total = page.locator(".total b")
    assert total.count() == 0
    page.locator("#chip-likud").click()
    total.wait_for()
    alone = int(total.inner_text())
    assert alone < 61
    page.locator("#chip-blue-and-white").click()
    page.wait_for_function(f"() => Number(document.querySelector('.total b').textContent) > {alone}")
    assert int(total.inner_text()) >= 61
    assert "61" in page.locator("#block-coalition").inner_text()
    assert "gov=" in page.url
    assert page.evaluate("document.activeElement.id") == "chip-blue-and-white"
    page.wait_for_function("() => document.getElementById('announce').textContent.includes('61')")
    opened.assert_quiet()


def test_a_coalition_reopens_in_hebrew_from_its_address(open_page: Open) -> None:
    page = open_page().go(address("/coalitions", "en", gov="likud,blue-and-white"))
    total = page.locator(".total b").inner_text()
    page.locator("#language-he").click()
    page.wait_for_selector("html[lang=he] .total b")
    assert page.locator(".total b").inner_text() == total
    assert page.locator("#chip-likud").get_attribute("aria-pressed") == "true"


def test_the_builder_works_from_the_keyboard(open_page: Open) -> None:
    page = open_page().go(address("/coalitions", "en"))
    page.locator("#chip-likud").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#chip-likud[aria-pressed=true]")
    page.keyboard.press("Space")
    page.wait_for_url(re.compile("support=likud"))


def test_the_theme_switch_repaints_the_charts(open_page: Open) -> None:
    opened = open_page()
    page = opened.go(address("/", "en"))
    ink = "() => getComputedStyle(document.querySelector('#seats-chart .ytick text')).fill"
    light = page.evaluate(ink)
    page.locator("#theme").click()
    page.wait_for_function(f"() => ({ink})() !== '{light}'")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.reload()
    opened.settle()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    opened.assert_quiet()


# What a finger presses, but for links inside a text or a table, that is lower or narrower than 24 pixels.
LOW = """() => [...document.querySelectorAll("main a, main button, main summary, main input")]
  .filter((one) => one.offsetParent && !one.closest("p, td, th, li span, .source"))
  .map((one) => [one.id || one.textContent, one.getBoundingClientRect()])
  .filter(([, box]) => box.width && (Math.round(box.height) < 24 || Math.round(box.width) < 24)).map(([id]) => id)"""


@pytest.mark.parametrize("path", [*PAGES, BUILT])
def test_a_page_opened_on_a_phone_overflows_nothing_and_has_no_barrier(visitor: Open, path: str) -> None:
    """In Hebrew, in the dark."""
    page = visitor(390, "dark").go(address(path, "he"))
    assert barriers(page) == []
    assert_it_fits_a_phone(page)


def focused_blocks(page: Page) -> list[str]:
    """The blocks of the page in the order that the tab key reaches them."""
    reached: dict[str, None] = {}
    for _ in range(page.locator("a, button, summary, input, select, [tabindex]").count()):
        page.keyboard.press("Tab")
        if name := page.evaluate("document.activeElement.closest('main > .section')?.id"):
            reached[name] = None
        elif reached and page.evaluate("!document.activeElement.closest('main')"):
            break
    return [*reached]


def test_on_a_phone_tonight_is_short_and_focused_in_the_order_it_is_seen_and_its_tables_are_folded(
    visitor: Open,
) -> None:
    page = visitor(390).go(f"/?election={LATER}&lang=he")
    assert page.evaluate("document.documentElement.scrollHeight") < 4_200
    reached = focused_blocks(page)
    assert {"block-blocs", "block-seats", "block-latest"} <= {*reached}
    assert reached == sorted(reached, key=lambda name: page.locator(f"#{name}").bounding_box()["y"])
    blocks = ("seats", "latest")
    folded = [(page.locator(f"#{name}-cells"), page.locator(f"#{name}-numbers > summary")) for name in blocks]
    for cells, summary in folded:
        assert not cells.is_visible()
        summary.click()
        assert cells.is_visible()
    page.reload()
    page.set_viewport_size({"width": 1440, "height": 900})
    for cells, summary in folded:
        assert cells.is_visible(), "nothing is folded where there is room"
        assert not summary.is_visible()


def test_the_election_menu_leads_to_a_campaign(open_page: Open) -> None:
    opened = open_page()
    page = opened.go("/trends")
    page.locator("#elections summary").click()
    page.locator(f"#elections a[href*='{ELECTION}']").click()
    page.wait_for_url(re.compile(f"election={ELECTION}"))
    opened.assert_quiet()


def test_leaving_an_earlier_edition_shows_the_current_one(open_page: Open, processed_dir) -> None:
    """By the menu and by going back: no address without an edition shows the numbers of an earlier one."""
    store = EditionStore(processed_dir)
    current, earlier = store.open(ELECTION).id, store.as_of(ELECTION, date.fromisoformat(WEEK_BEFORE)).id
    opened = open_page()
    page = opened.go(address("/trends", "en", edition=earlier))
    foot = page.locator(".footer")
    assert earlier in foot.inner_text()
    page.locator("#elections summary").click()
    page.locator(f"#elections a[href*='{ELECTION}']").click()
    page.wait_for_url(f"**{address('/trends', 'en')}")
    foot.get_by_text(current).wait_for()
    page.go_back()
    foot.get_by_text(earlier).wait_for()
    page.go_forward()
    foot.get_by_text(current).wait_for()
    opened.assert_quiet()


def test_the_slider_leads_to_a_day_from_the_keyboard_and_the_day_reopens(open_page: Open) -> None:
    opened = open_page()
    page = opened.go(address("/record", "en"))
    before = page.locator("#replay-summary").inner_text()
    page.locator("#day-slider").focus()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    page.wait_for_url(re.compile("day=2019-09-13"))
    page.wait_for_function("() => document.getElementById('replay-summary').textContent.includes('13 Sept 2019')")
    after = page.locator("#replay-summary").inner_text()
    assert before != after
    page.reload()
    opened.settle()
    assert page.locator("#replay-summary").inner_text() == after
    assert page.locator("#day-box output").inner_text() == "13 Sept 2019"
    opened.assert_quiet()


def test_polls_are_filtered_sorted_and_taken_away(open_page: Open, processed_dir) -> None:
    polls = EditionStore(processed_dir).open(ELECTION).polls.polls
    opened = open_page()
    page = opened.go(address("/polls", "en"))
    page.locator("#menu-pollster summary").click()
    page.locator("#menu-pollster a", has_text="Midgam").first.click()
    page.wait_for_url(re.compile("pollster=midgam"))
    midgam = [poll for poll in polls if poll.pollster == "midgam" and poll.kind == "poll"]
    page.wait_for_function(f"() => document.querySelectorAll('#polls-cells tbody tr.poll').length === {len(midgam)}")
    page.locator("#polls-table thead").get_by_role("link", name="Likud").click()
    page.wait_for_url(re.compile("sort=likud"))
    page.wait_for_selector("#polls-table thead .list a[aria-current]")
    with page.expect_download() as started:
        page.get_by_role("link", name="CSV", exact=True).click()
    rows = list(csv.DictReader(started.value.path().read_text("utf-8-sig").splitlines()))
    assert len(rows) == len(midgam)
    seats = [int(row["likud"]) for row in rows]
    assert seats == sorted(seats, reverse=True)
    opened.assert_quiet()


def test_a_what_if_answers_is_announced_and_reopens(open_page: Open) -> None:
    opened = open_page()
    page = opened.go(address("/what-if", "en"))
    page.locator("#list-otzma-yehudit").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("list=otzma-yehudit"))
    page.locator("#do-out").press("Enter")
    page.wait_for_function(
        "() => document.getElementById('outcome-summary').textContent.includes('Where do the votes')"
    )
    assert page.locator("main [data-slot]").count() == 0, "nothing is drawn before that was said"
    page.locator("#to-bloc").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.getElementById('outcome-summary').textContent.includes('after')")
    summary = page.locator("#outcome-summary").inner_text()
    page.wait_for_function("() => document.getElementById('announce').textContent.includes('after')")
    page.reload()
    opened.settle()
    assert page.locator("#outcome-summary").inner_text() == summary
    assert page.locator("#do-out").get_attribute("aria-pressed") == "true"
    page.locator("#clear").click()
    page.wait_for_function("() => document.getElementById('outcome-summary').textContent.startsWith('Nothing changed')")
    opened.assert_quiet()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_chart_is_taken_away_as_picture_table_and_words(open_page: Open, processed_dir, lang: str) -> None:
    projection = EditionStore(processed_dir).open(ELECTION).projection
    opened = open_page()
    page = opened.go(address("/", lang))
    tools = page.locator("#block-seats .take")
    with page.expect_download() as started:
        tools.get_by_role("link", name="PNG").click()
    assert started.value.path().read_bytes().startswith(b"\x89PNG")
    with page.expect_download() as started:
        tools.get_by_role("link", name="SVG").click()
    words = " ".join(ElementTree.fromstring(started.value.path().read_bytes()).itertext())
    assert page.locator("#block-seats h2").inner_text() in words
    assert str(projection.as_of.year) in words
    with page.expect_download() as started:
        tools.get_by_role("link", name="CSV").click()
    rows = list(csv.reader(started.value.path().read_text("utf-8-sig").splitlines()))
    printed = sorted(projection.allocation.values(), reverse=True)
    assert sorted((int(row[2]) for row in rows[1:]), reverse=True) == printed
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tools.locator("[data-copy]").click()
    page.wait_for_function("() => document.getElementById('announce').textContent !== ''")
    text = page.evaluate("() => navigator.clipboard.readText()")
    assert HIDDEN.sub("", page.locator("#seats-summary").text_content()) in text
    assert not HIDDEN.search(text.replace("\n", "")), "no mark that only a page can use"
    assert text.strip().endswith(f"edition={projection.edition}"), "tomorrow the link shows the same numbers"
    opened.assert_quiet()


def test_a_page_drawn_for_the_dark_prints_black_on_white(open_page: Open) -> None:
    page = open_page(theme="dark").go(address("/", "en"))
    page.emulate_media(media="print")
    fill = page.evaluate(
        "() => getComputedStyle(document.querySelector('#seats-chart > svg.phone text:last-of-type')).fill"
    )
    paper = page.evaluate("() => getComputedStyle(document.documentElement).backgroundColor")
    assert (fill, paper) == ("rgb(0, 0, 0)", "rgb(255, 255, 255)")
    assert page.locator("#seats-chart > svg.phone").is_visible()
    assert not page.locator("#seats-chart > .host").is_visible()
    assert not page.locator(".nav").is_visible()
    assert not page.locator("#block-seats .take").is_visible()
