"""What a page costs a reader's browser, measured over the browser's own protocol: nodes, processor, bytes, shifts."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import CDPSession, Page

from tests.browser.conftest import DRAWN, Opened

# Listened to before anything of the page runs.
WATCH = """() => {
  window.longest = 0;
  window.shift = 0;
  const watch = (type, note) =>
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
  watch("longtask", (one) => (window.longest = Math.max(window.longest, one.duration)));
  watch("layout-shift", (one) => (window.shift += one.hadRecentInput ? 0 : one.value));
}"""
NODES = """() => document.querySelectorAll("*").length - document.querySelectorAll(".chart *").length"""
IDLE_MS = 500  # without a new task: the page is at rest


@dataclass(frozen=True)
class Cost:
    """Processor seconds of the page's main thread, its longest task in ms, bytes on the wire, nodes, and what moved."""

    cpu_s: float
    longest_ms: float
    bytes: int
    nodes: int
    shift: float
    seconds: float


class Meter:
    """Counts from one moment to the next on one page."""

    def __init__(self, opened: Opened, slowdown: int = 1) -> None:
        self.page: Page = opened.page
        self.page.add_init_script(f"({WATCH})()")
        self.session: CDPSession = self.page.context.new_cdp_session(self.page)
        self.session.send("Network.enable")
        self.session.send("Performance.enable", {"timeDomain": "threadTicks"})  # the processor's time, not the clock's
        self.session.send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
        self._bytes = 0.0
        self.session.on("Network.loadingFinished", self._count)

    def _count(self, event: dict[str, float]) -> None:
        self._bytes += event["encodedDataLength"]

    def cpu_s(self) -> float:
        found = self.session.send("Performance.getMetrics")["metrics"]
        return float(next(one["value"] for one in found if one["name"] == "TaskDuration"))

    def cost(self, act: Callable[[], object], *, is_open: bool) -> Cost:
        """What an act costs until the page is at rest; an opening starts from nothing."""
        before = 0.0 if is_open else self.cpu_s()
        self._bytes = 0.0
        if not is_open:
            self.page.evaluate("() => { window.longest = 0; window.shift = 0; }")
        started = time.perf_counter()
        act()
        self.page.wait_for_function(DRAWN)
        seconds = time.perf_counter() - started
        self.page.wait_for_load_state("networkidle")
        self.page.wait_for_timeout(IDLE_MS)
        longest, shift = self.page.evaluate("() => [window.longest, window.shift]")
        return Cost(
            round(self.cpu_s() - before, 3),
            round(longest),
            round(self._bytes),
            self.page.evaluate(NODES),
            round(shift, 4),
            round(seconds, 3),
        )
