"""A desk's evening: open, compare with last week, build a coalition, share it, reopen it on a phone, take it away."""

import csv
import io
import struct
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

from playwright.sync_api import Download, Page

from dashboard.pages.coalitions.numbers import Coalition
from dashboard.seats import seats_of
from pipelines.editions.store import Edition, EditionStore
from tests.browser.conftest import ELECTION, WEEK_BEFORE, Opened
from tests.browser.test_pages import address

GOVERNMENT, SUPPORT = ("likud", "blue-and-white"), "shas"


def test_a_desks_evening(open_page: Callable[..., Opened], processed_dir: Path) -> None:
    edition = EditionStore(processed_dir).open(ELECTION)
    desk = open_page()
    page = desk.go(address("/", "en"))
    headline_says_the_projection(page, edition)
    last_week_is_compared(page, processed_dir, edition)
    shared = coalition_is_built(page, edition)
    picture_holds_its_source(page, edition)
    table_holds_the_places(page)
    desk.assert_quiet()
    phone = open_page(390)
    reopened_in_hebrew(phone, shared, page.locator(".total b").inner_text())
    phone.assert_quiet()


def headline_says_the_projection(page: Page, edition: Edition) -> None:
    text = page.locator("h1").inner_text()
    projection = edition.projection
    assert projection.result
    leader = max(projection.result, key=projection.result.__getitem__)
    for lists in ([leader], projection.blocs[0].lists):
        assert f"{sum(projection.result.get(name, 0) for name in lists)}" in text
        assert f"{seats_of(projection, lists)}" in text


def last_week_is_compared(page: Page, processed_dir: Path, edition: Edition) -> None:
    changes = EditionStore(processed_dir).changes(ELECTION, edition.id)
    assert changes is not None
    assert changes.from_edition.startswith(WEEK_BEFORE)
    text = " ".join(page.locator("#block-changed .told li").all_inner_texts())
    assert "9 Sept 2019" in page.locator("#block-changed h3").first.inner_text()
    bloc = next(item for item in changes.blocs if item.seats_before != item.seats_after)
    assert f"at {bloc.seats_after}, before at {bloc.seats_before}" in text


def coalition_is_built(page: Page, edition: Edition) -> str:
    """The address of what was built, to be shared."""
    page.get_by_role("link", name="Coalitions", exact=True).click()
    for name in GOVERNMENT:
        page.locator(f"#chip-{name}").click()
        page.wait_for_selector(f"#chip-{name}.government")
    for role in ("government", "support"):
        page.locator(f"#chip-{SUPPORT}").click()
        page.wait_for_selector(f"#chip-{SUPPORT}.{role}")
    coalition = Coalition(edition, GOVERNMENT, (SUPPORT,), ())
    page.wait_for_function(f"() => document.querySelector('.total b').textContent === '{coalition.printed_seats}'")
    text = page.locator("#block-coalition").inner_text()
    assert f"between {coalition.summary.q05:.0f} and {coalition.summary.q95:.0f}" in text
    assert len(page.locator("#block-conflicts .conflicts > li").all()) == len(coalition.conflicts)
    return page.url


def picture_holds_its_source(page: Page, edition: Edition) -> None:
    png = taken(page, "png").path().read_bytes()
    width, height = struct.unpack(">II", png[16:24])
    assert png.startswith(b"\x89PNG")
    assert min(width, height) > 400
    svg = taken(page, "svg").path().read_text("utf-8")
    words = " ".join(ElementTree.fromstring(svg).itertext())
    assert "data:font/woff2" in svg
    assert f"{edition.projection.polls.used} polls" in words
    assert edition.reference.election.names["en"] in words
    assert str(edition.projection.as_of.year) in words


def table_holds_the_places(page: Page) -> None:
    text = taken(page, "csv").path().read_text("utf-8-sig")
    places = {row[0]: row[2] for row in csv.reader(io.StringIO(text))}
    assert (places["Likud"], places["Shas"]) == ("government", "outside support")


def taken(page: Page, kind: str) -> Download:
    with page.expect_download() as started:
        page.locator("#block-meter .take a", has_text=kind.upper()).click()
    return started.value


def reopened_in_hebrew(phone: Opened, shared: str, total: str) -> None:
    page = phone.go(shared.removeprefix(phone.site).replace("lang=en", "lang=he"))
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.locator(".total b").inner_text() == total
    assert page.locator(f"#chip-{SUPPORT}.support").count() == 1
    result = page.locator("#block-coalition").bounding_box()
    assert result is not None
    assert result["y"] + result["height"] <= page.viewport_size["height"] + 1  # in view without scrolling
