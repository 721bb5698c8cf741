"""What a page costs a reader's browser, measured over the browser's own protocol: nodes, processor, bytes, waits.

The bounds are the issue's that set them; `bench.browser` holds a quiet machine to them, test_speed to twice them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import CDPSession, Page

from tests.browser.conftest import DRAWN, Opened

NODES, POLLS_NODES = 1_500, 2_500  # beside charts
OPEN_CPU_S = 0.5  # above Dash's own start, which is what a page without a chart costs
PRESS_CPU_S, PRESS_LONGEST_MS = 0.15, 100  # where no trend is redrawn
REDRAW_CPU_S, REDRAW_WORDS_MS = 0.35, 50
FIRST_VISIT_BYTES, WARM_BYTES, READABLE_BYTES = 660_000, 10_000, 100_000
SLOWED_WORDS_MS, SLOWED_PRESS_MS, SLOWED_REDRAW_MS = 1_500, 400, 1_500  # with the processor slowed 4 times

# Listened to before anything of the page runs. What comes into the sheet is words and the server's pictures, what comes
# into a host is Plotly's; of each the moment is kept at which its last change is laid out, about to be painted.
WATCH = """() => {
  Object.assign(window, { longest: 0, shift: 0, words: 0, figure: 0, from: 0 });
  addEventListener("click", (event) => (window.from = event.timeStamp), { capture: true });
  const since = () => performance.now() - (window.from || performance.getEntriesByType("navigation")[0].responseStart);
  const painted = (kind) => requestAnimationFrame(() => [document.body.offsetHeight, (window[kind] = since())]);
  const kind = ({ target, addedNodes, removedNodes }) => {
    const at = target.closest ? target : target.parentElement;
    const isHost = [...addedNodes, ...removedNodes].some((node) => node.className === "host");
    return at?.closest(".host") || isHost ? "figure" : at?.closest(".sheet") ? "words" : null;
  };
  new MutationObserver((changes) => new Set(changes.map(kind)).forEach((one) => one && painted(one)))
    .observe(document, { childList: true, characterData: true, subtree: true });
  const watch = (type, note) =>
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
  watch("longtask", (one) => (window.longest = Math.max(window.longest, one.duration)));
  watch("layout-shift", (one) => (window.shift += one.hadRecentInput ? 0 : one.value));
}"""
COUNT = """() => document.querySelectorAll("*").length - document.querySelectorAll(".chart *").length"""
IDLE_MS, IDLE_CPU_S = 500, 0.005  # so long with so little work: the page is at rest


@dataclass(frozen=True)
class Cost:
    """Processor seconds of the page's main thread, its longest task in ms, bytes on the wire, nodes, and what moved.

    `words_ms` and `figure_ms`: from the answer's first byte or the press until the last is painted; 0: none changed.
    """

    cpu_s: float
    longest_ms: float
    bytes: int
    nodes: int
    shift: float
    words_ms: float
    figure_ms: float


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
        self._asked: set[str] = set()
        self.session.on("Network.requestWillBeSent", lambda event: self._asked.add(event["requestId"]))
        self.session.on("Network.loadingFailed", lambda event: self._asked.discard(event["requestId"]))
        self.session.on("Network.loadingFinished", self._count)

    def _count(self, event: dict[str, Any]) -> None:
        self._asked.discard(event["requestId"])
        self._bytes += event["encodedDataLength"]

    def cpu_s(self) -> float:
        metrics = self.session.send("Performance.getMetrics")["metrics"]
        return float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))

    def _rest(self) -> None:
        """Until nothing is asked for and nothing is worked on."""
        before = -1.0
        while self._asked or self.cpu_s() - before > IDLE_CPU_S:
            before = self.cpu_s()
            self.page.wait_for_timeout(IDLE_MS)

    def cost(self, act: Callable[[], object], *, is_open: bool) -> Cost:
        """What an act costs until the page is at rest; an opening starts from nothing."""
        before = 0.0 if is_open else self.cpu_s()
        self._bytes = 0.0
        if not is_open:
            self.page.evaluate("() => Object.assign(window, { longest: 0, shift: 0, words: 0, figure: 0 })")
        act()
        self.page.wait_for_function(DRAWN)
        self._rest()
        longest, shift, words, figure = self.page.evaluate("() => [longest, shift, words, figure]")
        return Cost(
            round(self.cpu_s() - before, 3),
            round(longest),
            round(self._bytes),
            self.page.evaluate(COUNT),
            round(shift, 4),
            round(words),
            round(figure),
        )
