"""What a visit costs on the wire, as Chromium counts it: the first one, and the same page again."""

import shutil

from playwright.sync_api import BrowserContext, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
DRAWN = "() => document.querySelector('main h1') && document.querySelector('.main-svg')"


def visits(site: str, path: str) -> dict[str, int]:
    """Bytes and requests of a first and of a warm visit; empty without a browser."""
    if CHROMIUM is None:
        return {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context()
        first_bytes, first_requests = _visit(context, site + path)
        warm_bytes, warm_requests = _visit(context, site + path)
        browser.close()
    return {
        "first_bytes": first_bytes,
        "first_requests": first_requests,
        "warm_bytes": warm_bytes,
        "warm_requests": warm_requests,
    }


def _visit(context: BrowserContext, address: str) -> tuple[int, int]:
    page = context.new_page()
    sizes: list[float] = []
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(address)
    page.wait_for_function(DRAWN)
    page.wait_for_load_state("networkidle")
    page.close()
    return round(sum(sizes)), sum(size > 0 for size in sizes)
