"""A real campaign refreshed, a real server on loopback, a real Chromium."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests import servers
from tests.conftest import Command, link_il

ELECTION = "knesset-22"
LATER = "knesset-26"  # carries the record of the elections before it
WEEK_BEFORE = "2019-09-09"  # the last day before the vote is the 16th
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# Whether the charts in view are drawn; those below are drawn when a reader comes near, those of the board never.
DRAWN = """() => {
  const isInView = (slot) => slot.getBoundingClientRect().top < innerHeight && slot.getBoundingClientRect().bottom > 0;
  const slots = [...document.querySelectorAll("main:not([data-page=board]) [data-slot]")].filter(isInView);
  return document.querySelector("main h1") && slots.every((slot) => slot.querySelector(".main-svg"));
}"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here needs the browser; without one each is skipped under its own name."""
    for item in items:
        if Path(__file__).parent not in item.path.parents:
            continue
        item.add_marker(pytest.mark.browser)
        if CHROMIUM is None:
            item.add_marker(pytest.mark.skip(reason="no chromium found; install the system's package `chromium`"))


@pytest.fixture(scope="session")
def processed_dir(root: Path, command: Command, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two campaigns refreshed from what ships; the first has an edition of a week before too."""
    data = tmp_path_factory.mktemp("browser")
    link_il(root, data)
    common = ["--offline", "--draws", "20000", "--data-dir", str(data)]
    for arguments in ([ELECTION, "--as-of", WEEK_BEFORE], [ELECTION], [LATER]):
        done = command("pipelines", "refresh", "--election", *arguments, *common)
        assert done.returncode == 0, done.stderr
    return data / "processed"


@pytest.fixture(scope="session")
def site(processed_dir: Path) -> Iterator[str]:
    """The address of the dashboard over that campaign."""
    with servers.dashboard(processed_dir.parent) as dashboard:
        yield dashboard.url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    assert CHROMIUM is not None
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@dataclass
class Opened:
    """A page with what it logged and whom it asked."""

    page: Page
    site: str
    complaints: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def go(self, path: str) -> Page:
        """Open an address of the site and look at all of it, until every chart is drawn."""
        self.page.goto(self.site + path)
        self.settle()
        return self.page

    def settle(self) -> None:
        self.page.wait_for_function(DRAWN)
        for slot in self.page.locator("main:not([data-page=board]) [data-slot]").all():
            slot.scroll_into_view_if_needed()
            self.page.wait_for_function(DRAWN)
        self.page.evaluate("() => scrollTo(0, 0)")
        self.page.evaluate("() => document.fonts.ready.then(() => new Promise(requestAnimationFrame))")

    def assert_quiet(self) -> None:
        """No error in the console, no request to another host."""
        assert self.complaints == []
        assert self.hosts == {urlsplit(self.site).netloc}


def _open(browser: Browser, site: str, width: int, theme: str) -> Opened:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
    context.set_default_timeout(20_000)
    opened = Opened(context.new_page(), site)
    opened.page.on(
        "console",
        lambda message: opened.complaints.append(message.text) if message.type in ("error", "warning") else None,
    )
    opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.page.on(
        "request",  # a picture the page makes itself has no host
        lambda request: (
            opened.hosts.add(urlsplit(request.url).netloc)
            if urlsplit(request.url).scheme not in ("data", "blob")
            else None
        ),
    )
    return opened


@pytest.fixture
def open_page(browser: Browser, site: str) -> Iterator[Callable[..., Opened]]:
    """`open_page(width=390, theme="dark")`: a fresh visitor."""
    visitors: list[Opened] = []

    def start(width: int = 1440, theme: str = "light") -> Opened:
        visitors.append(_open(browser, site, width, theme))
        return visitors[-1]

    yield start
    for opened in visitors:
        opened.page.context.close()


@pytest.fixture(scope="module")
def visitor(browser: Browser, site: str) -> Iterator[Callable[..., Opened]]:
    """`visitor(390, "dark")`: who goes from page to page in a module's tests and has the scripts already."""
    visitors: dict[int, Opened] = {}

    def come(width: int = 1440, theme: str = "light") -> Opened:
        opened = visitors.get(width) or visitors.setdefault(width, _open(browser, site, width, "light"))
        opened.page.set_viewport_size({"width": width, "height": 900})
        opened.page.emulate_media(color_scheme=theme, media="screen")
        opened.complaints.clear()
        opened.hosts.clear()
        return opened

    yield come
    for opened in visitors.values():
        opened.page.context.close()
