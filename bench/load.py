"""`make load`: election eve on loopback, beside the naive way. Prints the table and keeps bench/results/load.json.

The generator is wrk: one thread of C that takes about a tenth of a core at these rates. It shares the machine's
cores with the server, so a server alone on them is faster. Every figure is from this one run. What is counted as one
opening of a page is four requests: the page (with its first document inside), the two that Dash makes, and the
document of the page at the address that never changes. A browser makes three of them on its first page.
"""

import argparse
import asyncio
import gzip
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import one_client
from bench.naive import ELECTION
from bench.visits import visits
from pipelines.editions.records import Pointer
from pipelines.editions.store import EditionStore
from tests import servers
from tests.load.clients import AT, half_open
from tests.servers import ROOT, Site

RESULTS = ROOT / "bench" / "results" / "load.json"
SCRIPT = ROOT / "bench" / "requests.lua"
TODAY, BEFORE_THE_BAN = "2026-10-25", "2026-10-22"  # within it nobody's what-if is worked out
CONNECTIONS = 256
HALF_OPEN = 200
BODIES = 100_000
OPEN = 4  # requests
NAIVE_SECONDS = (20, 40, 80)  # the naive app is asked for so long, and again until it has delivered figures
PAGE = f"/trends?election={ELECTION}&lang=en"
CALLBACK = "/_dash-update-component"
DASH = ("GET /_dash-layout", "GET /_dash-dependencies")
FIRST_CALLBACK = {
    "output": "trend.figure",
    "outputs": {"id": "trend", "property": "figure"},
    "inputs": [{"id": "unit", "property": "value", "value": "seats"}],
    "changedPropIds": [],
    "parsedChangedPropsIds": [],
}
Measured = dict[str, Any]


def wrk(site: Site, requests: list[str], seconds: float, *, connections: int = CONNECTIONS, mode: str = "") -> Measured:
    """One run of the generator: requests a second, percentiles in milliseconds, refusals, broken connections."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(requests) + "\n")
        file.flush()
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", "--timeout", "20s", "-s", str(SCRIPT), site.url]
        process = subprocess.run([*command, "--", file.name, mode], capture_output=True, text=True, check=True)
    measured: Measured = json.loads(process.stdout.strip().splitlines()[-1])
    measured["per_second"] = round(measured["requests"] / measured["seconds"], 1)
    return measured


def opens(site: Site) -> list[str]:
    """The four requests of one opening of the trend page."""
    document = f"{AT.search(site.get(PAGE).body)[1].decode()}trends.json"  # type: ignore[index]
    assert site.get(document).status == 200
    return [f"GET {PAGE}", *DASH, f"GET {document}"]


def prepare(folder: Path, published: Path | None) -> Path:
    """The longest live campaign as of two days (or what is published somewhere), and its pages made ahead."""
    data = folder / "data"
    (data / "processed").mkdir(parents=True)
    if published is not None:
        shutil.copytree(published / "editions" / ELECTION, data / "processed" / "editions" / ELECTION)
        EditionStore(data / "processed").mend()
    else:
        (data / "raw").symlink_to(ROOT / "data" / "raw")
        for as_of in ("2026-10-22", "2026-10-23"):
            _run("pipelines", "refresh", "--election", ELECTION, "--as-of", as_of, "--offline", "--data-dir", data)
    _run("dashboard", "prerender", "--data-dir", data, "--today", TODAY)
    return data


def _run(package: str, *arguments: object) -> None:
    command = [sys.executable, "-m", package, *map(str, arguments)]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert process.returncode in (0, 3), process.stderr


def naive(data: Path, seconds: float) -> Measured:
    """The naive app's openings: page, layout, dependencies, and the callback for the figure; figures are counted."""
    port = servers.free_port()
    process = subprocess.Popen([sys.executable, "-m", "bench.naive", str(data), str(port)], cwd=ROOT)
    try:
        servers.wait_for(port, process)
        site = Site(port, process)
        body = json.dumps(FIRST_CALLBACK)
        figure = site.get(CALLBACK, "POST", body.encode(), Content_Type="application/json")
        assert figure.status == 200, figure.text
        requests = ["GET /", *DASH, f"POST {CALLBACK} {body}"]
        wrk(site, requests, 2, connections=4)  # few, so that nothing is left in its queue
        for length in NAIVE_SECONDS:
            measured = wrk(site, requests, max(length, seconds), mode="figures")
            if measured["figures"]:
                break
        measured["figure_gzip_bytes"] = len(gzip.compress(figure.body, 6))
        return measured
    finally:
        process.terminate()
        process.wait(60)


def beside_one_client(site: Site, seconds: float) -> Measured:
    """Another reader's page that is kept, beside one client who asks for pages that must be worked out."""
    wrk(site, [f"GET {one_client.CACHED_PATH}"], 1, connections=16)  # each worker has it
    _, reader = asyncio.run(one_client.measure(site.port, one_client.RATE, seconds, random.Random(0)))
    return {"answers": dict(reader.statuses), "p50_ms": reader.within_ms(0.5), "p95_ms": reader.within_ms(0.95)}


@contextmanager
def switching(data: Path) -> Iterator[None]:
    """An edition published every second: the current one changes by one rename."""
    store, over = EditionStore(data / "processed"), threading.Event()
    names = [edition.id for edition in store.all(ELECTION)]

    def publish() -> None:
        turn = 0
        while not over.wait(1):
            turn += 1
            store.pointers.write(ELECTION, Pointer(edition=names[turn % len(names)], published=names))

    thread = threading.Thread(target=publish)
    thread.start()
    yield
    over.set()
    thread.join()


def random_bodies(site: Site) -> Measured:
    """At least 10⁵ bodies; every one is refused, and memory stays where it was."""
    wrk(site, [f"POST {CALLBACK}"], 2, mode="random")
    before, sent, refused, started = site.memory_bytes(), 0, 0, time.monotonic()
    while sent < BODIES:
        measured = wrk(site, [f"POST {CALLBACK}"], 5, connections=64, mode="random")
        sent, refused = sent + measured["requests"], refused + measured["refused"]
    log_grew = site.memory_bytes() - before
    return {
        "bodies": sent,
        "refused": refused,
        "memory_change_megabytes": round(log_grew / 1e6, 1),
        "seconds": round(time.monotonic() - started, 1),
    }


def measure(folder: Path, seconds: float, published: Path | None) -> Measured:
    data = prepare(folder, published)
    edition = EditionStore(data / "processed").open(ELECTION)
    figures: Measured = {
        "lists": len(edition.trend.lines),
        "days": len(edition.trend.dates),
        "polls": len(edition.polls.polls),
        "cores": os.cpu_count(),
        "connections": CONNECTIONS,
        "load_before": round(os.getloadavg()[0], 1),
    }
    figures["naive"] = naive(data, seconds)
    with servers.dashboard(data, "--today", BEFORE_THE_BAN) as site:
        figures["one_client"] = beside_one_client(site, seconds)
    with servers.dashboard(data, "--today", TODAY) as site:
        requests = opens(site)
        wrk(site, requests, 2)
        figures["ours"] = wrk(site, requests, seconds)
        with half_open(site.port, HALF_OPEN):
            figures["half_open"] = wrk(site, requests, seconds)
        figures["trend"] = trend_bytes(site)
        figures["visits"] = visits(site.url, PAGE)
        figures["random_bodies"] = random_bodies(site)
        if servers.NGINX:
            (folder / "front").mkdir()
            with servers.nginx(folder / "front", data / "processed", site.port) as front:
                wrk(front, requests, 2)
                figures["nginx"] = wrk(front, requests, seconds)
                figures["nginx_documents"] = wrk(front, requests[3:], seconds)
        with switching(data):
            figures["switching"] = wrk(site, requests, seconds)
    return figures


def trend_bytes(site: Site) -> Measured:
    """The trend figure and its whole document on the wire."""
    document = json.loads(site.get(f"/view{PAGE}&range=all", Accept_Encoding="").body)
    raw = json.dumps(document["figures"]["trend"], separators=(",", ":"), ensure_ascii=False).encode()
    whole = site.get(f"/view{PAGE}&range=all", Accept_Encoding="gzip").body
    return {
        "figure_bytes": len(raw),
        "figure_gzip_bytes": len(gzip.compress(raw, 9)),
        "document_gzip_bytes": len(whole),
    }


def rows(figures: Measured) -> Iterator[tuple[str, str, str, bool]]:
    """The table of the issue: what, figure, target, met."""
    ours, plain = figures["ours"], figures["naive"]
    rate, naive_rate = ours["per_second"] / OPEN, plain["figures"] / plain["seconds"]
    yield "whole page opens a second", f"{rate:,.0f}", "≥ 600", rate >= 600
    times = f"{rate / naive_rate:,.0f} ×" if naive_rate else "none"
    yield "… figures of the naive app", f"{naive_rate:,.1f} ({times})", "≥ 40 ×", rate >= 40 * naive_rate > 0
    yield "p95 of a request at 256 connections", f"{ours['p95_ms']:.0f} ms", "≤ 200 ms", ours["p95_ms"] <= 200
    failed = ours["refused"] + ours["broken"]
    yield "failed requests", str(failed), "0", failed == 0
    if "nginx" in figures:
        front, documents = figures["nginx"], figures["nginx_documents"]
        yield "through nginx, opens a second", f"{front['per_second'] / OPEN:,.0f}", "", True
        yield "through nginx, requests a second", f"{front['per_second']:,.0f}", "≥ 5,000", front["per_second"] >= 5000
        yield "… p95", f"{front['p95_ms']:.1f} ms", "≤ 20 ms", front["p95_ms"] <= 20
        yield (
            "documents from disk a second",
            f"{documents['per_second']:,.0f}",
            "≥ 5,000",
            documents["per_second"] >= 5000,
        )
        yield "… p95", f"{documents['p95_ms']:.1f} ms", "≤ 20 ms", documents["p95_ms"] <= 20
    size = figures["trend"]["figure_gzip_bytes"]
    yield "trend figure, gzip", f"{size / 1000:.1f} KB", "≤ 40 KB", size <= 40_000
    if figures["visits"]:
        first, warm = figures["visits"]["first_bytes"], figures["visits"]["warm_bytes"]
        yield "first visit", f"{first / 1e6:.2f} MB", "≤ 1.0 MB", first <= 1_000_000
        yield "warm visit", f"{warm / 1000:.0f} KB", "≤ 60 KB", warm <= 60_000
    for name, label in (("switching", "an edition a second"), ("half_open", "200 half-open clients")):
        other = figures[name]
        failed = other["refused"] + other["broken"]
        is_met = other["p95_ms"] <= 2 * ours["p95_ms"] and failed == 0
        yield f"{label}: p95, failed", f"{other['p95_ms']:.0f} ms, {failed}", "≤ 2 ×, 0", is_met
    waits = figures["one_client"]["p95_ms"]
    yield "beside 50 what-if pages a second, p95", f"{waits:.1f} ms", "≤ 20 ms", waits <= 20
    bodies = figures["random_bodies"]
    yield (
        "random bodies, not refused",
        f"{bodies['bodies'] - bodies['refused']} of {bodies['bodies']:,}",
        "0",
        (bodies["bodies"] == bodies["refused"]),
    )
    grew = bodies["memory_change_megabytes"]
    yield "… memory", f"{grew:+.1f} MB", "± 20 MB", abs(grew) <= 20


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8.0, help="length of each run")
    parser.add_argument("--published", type=Path, help="a processed folder with editions, instead of refreshing one")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hemicycle-load-") as folder:
        Path(folder).chmod(0o755)
        figures = measure(Path(folder), arguments.seconds, arguments.published)
    missed = 0
    for label, figure, target, is_met in rows(figures):
        print(f"{label:40} {figure:>22}   {target:10} {'' if is_met else 'MISSED'}")
        missed += not is_met
    RESULTS.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
