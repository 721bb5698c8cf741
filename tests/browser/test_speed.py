"""How long a reader waits and how much is sent: measured and printed; held only to ten times the figure."""

import time
from collections.abc import Callable

import pytest
import requests

from tests.browser.conftest import DRAWN, Opened
from tests.browser.test_pages import address

FIRST_CHART_S, PAGE_CHANGE_S, WHAT_IF_S = 2.5, 0.7, 0.2
FIRST_VISIT_BYTES, WARM_BYTES = 1_000_000, 60_000
MARGIN = 10


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Callable[[str, float, float], None]:
    """Prints a figure beside its target and holds it to ten times that."""

    def tell(what: str, measured: float, target: float) -> None:
        with capsys.disabled():
            print(f"\n{what}: {measured:,.3g} (target {target:,.3g})")
        assert measured < MARGIN * target

    return tell


def transferred(opened: Opened, visit: Callable[[], object]) -> int:
    """The bytes on the wire while a page is visited."""
    session = opened.page.context.new_cdp_session(opened.page)
    session.send("Network.enable")
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    visit()
    opened.page.wait_for_load_state("networkidle")
    session.detach()
    return round(sum(sizes))


def test_the_first_visit(open_page: Callable[..., Opened], told: Callable[[str, float, float], None]) -> None:
    opened = open_page()
    started = time.perf_counter()
    sent = transferred(opened, lambda: opened.go(address("/", "en")))
    opened.page.wait_for_function(DRAWN)
    told("first visit, bytes", sent, FIRST_VISIT_BYTES)
    again = open_page()
    started = time.perf_counter()
    again.page.goto(again.site + address("/", "en"), wait_until="commit")
    again.page.wait_for_selector("#seats-chart .main-svg")
    told("first chart from a cold browser, seconds", time.perf_counter() - started, FIRST_CHART_S)
    warm = transferred(opened, lambda: opened.go(address("/", "en")))
    told("warm visit, bytes", warm, WARM_BYTES)


def test_a_page_change(open_page: Callable[..., Opened], told: Callable[[str, float, float], None]) -> None:
    page = open_page().go(address("/", "en"))
    waits = []
    for name, chart in (("Threshold", "#odds-chart"), ("Trends", "#trend-chart"), ("Tonight", "#seats-chart")):
        started = time.perf_counter()
        page.get_by_role("link", name=name, exact=True).click()
        page.wait_for_selector(f"{chart} .main-svg")
        waits.append(time.perf_counter() - started)
    told("page change, the slowest of three, seconds", max(waits), PAGE_CHANGE_S)


def test_a_what_if(site: str, told: Callable[[str, float, float], None]) -> None:
    requests.get(f"{site}/view{address('/what-if', 'en')}", timeout=30)  # who presses has the page open
    waits = []
    for points in ("-3", "-2", "2", "3"):
        started = time.perf_counter()
        answer = requests.get(f"{site}/view{address('/what-if', 'en', swing='likud', by=points)}", timeout=30)
        waits.append(time.perf_counter() - started)
        assert answer.status_code == 200
    told("what-if, the slowest of four, seconds", max(waits), WHAT_IF_S)
