"""`python -m bench.browser`: what every page costs a reader's browser, into bench/results/browser.json.

A figure is the least of a few runs beside the bound of the issue that set it; run it on a quiet machine.
"""

import argparse
import sys
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from bench.core import Figure, save, table
from dashboard.pages import PAGES
from tests import servers
from tests.browser import figures as bound
from tests.browser.conftest import CHROMIUM, FLAGS, Opened
from tests.browser.figures import Cost, Meter

RESULTS = Path(__file__).with_name("results") / "browser.json"
START = "/method"  # no chart: what it costs is Dash's own start
PRESSES = {
    "/trends": "#chip-likud",
    "/polls": "#sort-likud",
    "/what-if": "#list-shas",
    "/coalitions": "#chip-likud",
    "/threshold": "#control-bloc a:not([aria-current])",
}
REDRAWS = "/trends"
LANG, OTHER_LANG = "en", "he"  # the second has two scripts of type to fetch
CPU = "ms of processor"
Visit = dict[str, Cost]  # by what was done: open, again, press, other (opened in the other language)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, default=Path("data"))
    parser.add_argument("--election", default="knesset-26")
    parser.add_argument("--today", default=str(date.today()))
    parser.add_argument("--runs", type=int, default=5)  # each of the two workers makes a page once
    parser.add_argument("--page", action="append", choices=PAGES, help="this page alone; may be given more than once")
    arguments = parser.parse_args()
    paths = [path for path in PAGES if path in (*(arguments.page or PAGES), START)]
    with servers.dashboard(arguments.data_dir, "--today", arguments.today) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        visits = {
            slowdown: {
                path: [visit(browser, site.url, path, arguments.election, slowdown) for _ in range(arguments.runs)]
                for path in paths
            }
            for slowdown in (1, 4)
        }
        browser.close()
    start_cpu_s = least(visits[1][START], "open", lambda cost: cost.cpu_s)
    measured = [
        one for path in paths for one in (*plain(path, visits[1][path], start_cpu_s), *slowed(path, visits[4][path]))
    ]
    print(table(measured))
    save(measured, RESULTS)
    return not all(one.holds for one in measured)


def visit(browser: Browser, url: str, path: str, election: str, slowdown: int) -> Visit:
    """A page opened by a fresh visitor, opened again, and pressed."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    opened = Opened(context.new_page(), url)
    meter = Meter(opened, slowdown)
    go = partial(opened.page.goto, f"{url}{path}?election={election}&lang={LANG}")
    costs = {name: meter.cost(go, is_open=True) for name in ("open", "again")}
    if path in PRESSES:
        costs["press"] = meter.cost(opened.page.locator(PRESSES[path]).first.click, is_open=False)
    context.close()
    if slowdown == 1:
        costs["other"] = first_visit(browser, f"{url}{path}?election={election}&lang={OTHER_LANG}")
    return costs


def first_visit(browser: Browser, address: str) -> Cost:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    opened = Opened(context.new_page(), address)
    cost = Meter(opened).cost(partial(opened.page.goto, address), is_open=True)
    context.close()
    return cost


def least(visits: list[Visit], moment: str, figure: Callable[[Cost], float]) -> float:
    return min(figure(one[moment]) for one in visits)


def plain(path: str, visits: list[Visit], start_cpu_s: float) -> list[Figure]:
    """What a page and a press cost on the machine as it is."""

    def of(label: str, unit: str, most: float, moment: str, figure: Callable[[Cost], float]) -> Figure:
        return Figure(f"{path}: {label}", least(visits, moment, figure), most, False, unit)

    nodes = bound.POLLS_NODES if path == "/polls" else bound.NODES
    figures = [
        of("beside charts", "nodes", nodes, "open", lambda cost: cost.nodes),
        of("opened, above start", CPU, 1000 * bound.OPEN_CPU_S, "open", lambda cost: 1000 * (cost.cpu_s - start_cpu_s)),
        of("layout shift", "", 0, "open", lambda cost: cost.shift),
        of("first visit", "bytes", bound.FIRST_VISIT_BYTES, "open", lambda cost: cost.bytes),
        of(f"first visit, {OTHER_LANG}", "bytes", bound.FIRST_VISIT_BYTES, "other", lambda cost: cost.bytes),
        of("warm visit", "bytes", bound.WARM_BYTES, "again", lambda cost: cost.bytes),
    ]
    if path in PRESSES:
        is_redraw = path == REDRAWS
        most_cpu_s = bound.REDRAW_CPU_S if is_redraw else bound.PRESS_CPU_S
        figures.append(of("press", CPU, 1000 * most_cpu_s, "press", lambda cost: 1000 * cost.cpu_s))
        figures.append(
            of("press, words painted", "ms", bound.REDRAW_WORDS_MS, "press", lambda cost: cost.words_ms)
            if is_redraw
            else of("press, longest task", "ms", bound.PRESS_LONGEST_MS, "press", lambda cost: cost.longest_ms)
        )
    return figures


def slowed(path: str, visits: list[Visit]) -> list[Figure]:
    """How long a reader waits where the processor is slowed four times."""

    def of(label: str, most: float, moment: str, figure: Callable[[Cost], float]) -> Figure:
        return Figure(f"{path} slowed 4 ×: {label}", least(visits, moment, figure), most, False, "ms")

    figures = [of("words and picture", bound.SLOWED_WORDS_MS, "open", lambda cost: cost.words_ms)]
    if path in PRESSES:
        most_ms = bound.SLOWED_REDRAW_MS if path == REDRAWS else bound.SLOWED_PRESS_MS
        figures.append(of("press, words painted", bound.SLOWED_PRESS_MS, "press", lambda cost: cost.words_ms))
        figures.append(of("press, chart drawn", most_ms, "press", lambda cost: cost.figure_ms))
    return figures


if __name__ == "__main__":
    sys.exit(main())
