"""`python -m bench.browser`: what every page costs a reader's browser, one run, into bench/results/browser.json.

The figures of the issue that set them are beside the measured ones; run it on a quiet machine.
"""

import argparse
import json
from datetime import date
from pathlib import Path

from playwright.sync_api import sync_playwright

from dashboard.pages import PAGES
from tests import servers
from tests.browser.conftest import CHROMIUM, FLAGS, Opened
from tests.browser.figures import Cost, Meter

RESULTS = Path(__file__).with_name("results") / "browser.json"
PRESSES = {
    "/trends": "#chip-likud",
    "/polls": "#sort-likud",
    "/what-if": "#list-shas",
    "/coalitions": "#chip-likud",
    "/threshold": "#control-bloc a:not([aria-current])",
}
TARGETS = {
    "nodes": 1500,
    "nodes_polls": 2500,
    "open_cpu_s_above_start": 0.5,
    "press_cpu_s": 0.15,
    "press_longest_ms": 100,
    "redraw_cpu_s": 0.35,
    "first_visit_bytes": 660_000,
    "warm_bytes": 10_000,
    "layout_shift": 0,
}
RUNS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, default=Path("data"))
    parser.add_argument("--election", default="knesset-26")
    parser.add_argument("--today", default=str(date.today()))
    asked = parser.parse_args()
    with servers.dashboard(asked.data_dir, "--today", asked.today) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        found = {"election": asked.election, "targets": TARGETS, "plain": {}, "slowed_4": {}}
        for kind, slowdown in (("plain", 1), ("slowed_4", 4)):
            for path in PAGES:
                runs = [_page(browser, site.url, path, asked.election, slowdown) for _ in range(RUNS)]
                found[kind][path] = min(runs, key=lambda run: run["open"]["cpu_s"])
                print(kind, path, json.dumps(found[kind][path]), flush=True)
        browser.close()
    start = found["plain"]["/method"]["open"]["cpu_s"]
    for path in PAGES:
        opened = found["plain"][path]["open"]
        opened["cpu_s_above_start"] = round(opened["cpu_s"] - start, 3)
    RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _page(browser, url: str, path: str, election: str, slowdown: int) -> dict[str, dict[str, float]]:  # type: ignore[no-untyped-def]
    """A page opened by a fresh visitor, opened again, and pressed."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    opened = Opened(context.new_page(), url)
    meter = Meter(opened, slowdown)
    address = f"{url}{path}?election={election}&lang=en"
    found = {"open": vars_of(meter.cost(lambda: opened.page.goto(address), is_open=True))}
    found["again"] = vars_of(meter.cost(lambda: opened.page.goto(address), is_open=True))
    if path in PRESSES:
        press = opened.page.locator(PRESSES[path]).first
        found["press"] = vars_of(meter.cost(press.click, is_open=False))
    context.close()
    return found


def vars_of(cost: Cost) -> dict[str, float]:
    return {name: getattr(cost, name) for name in Cost.__dataclass_fields__}


if __name__ == "__main__":
    main()
