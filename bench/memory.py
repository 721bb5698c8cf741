"""A7 at full size: what a worker holds after very many addresses and editions, and for how long it stays there.

Editions of the longest campaign stand behind a real server; those that differ in their day alone are real in size.
Writes bench/results/memory.json; ends with 1 where a worker holds more than it may, or more the longer it serves.
"""

import argparse
import gzip
import json
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from itertools import chain, combinations, islice
from pathlib import Path
from statistics import median
from typing import Any

from bench.load import prepare
from bench.naive import ELECTION
from pipelines.editions.store import Edition, EditionStore
from tests import servers
from tests.servers import ROOT, Site

RESULTS = ROOT / "bench" / "results" / "memory.json"
TODAY, FIRST_DAY = date(2026, 10, 25), date(2025, 10, 1)
MOST_MEGABYTES = 400  # a worker
MOST_GROWTH = 1.1  # of the last third of a soak over the third before
SECONDS_AN_EDITION = 10
PAGES = ("", "trends", "polls", "what-if", "coalitions")


def addresses(edition: Edition) -> Iterator[str]:
    """Canonical addresses, each of a page of its own: what set of lists governs, and what set withdraws."""
    lists = [row.id for row in edition.projection.lists]
    for chosen in chain.from_iterable(combinations(lists, size) for size in range(1, len(lists))):
        for choice in (f"coalitions?gov={','.join(chosen)}", f"what-if?out={','.join(chosen)}"):
            for lang in edition.reference.electorate.languages:
                yield f"/{choice}&election={ELECTION}&lang={lang}"


def another(newest: Edition, as_of: date, number: int) -> str:
    """The newest edition once more, published as the one of a day and a number; its name."""
    name = f"{as_of}-{number:012x}"
    files = {path.name: path.read_bytes() for path in newest.folder.iterdir() if path.name != "manifest.json"}
    texts = {file.removesuffix(".gz"): gzip.decompress(body) for file, body in files.items() if file.endswith(".gz")}
    texts = {file: body.replace(newest.id.encode(), name.encode()) for file, body in texts.items()}
    tables = {file: body for file, body in files.items() if not file.endswith(".gz")}
    EditionStore(newest.folder.parents[2]).publish(
        newest.manifest.model_copy(update={"as_of": as_of, "edition": name}), texts | tables
    )
    return name


def a_worker(site: Site) -> float:
    """Megabytes that a worker holds by itself, and of what they share its part; one may be replaced meanwhile."""
    for _ in range(20):
        with suppress(OSError, ZeroDivisionError):
            return round(site.memory_bytes() / len(site.workers()) / 1e6, 1)
        time.sleep(0.5)
    raise TimeoutError("no worker stays long enough to be looked at")


def ask(site: Site, paths: Iterator[str]) -> None:
    """Every page in turn; one may be refused for a moment, and none is wrong."""
    for path in paths:
        answer = site.get(path)
        assert answer.status in (200, 503), (path, answer.status)


@contextmanager
def readers(site: Site, paths: Callable[[random.Random], str], count: int = 2) -> Iterator[None]:
    """Readers who ask for one page after another, each at random."""
    over = threading.Event()

    def read(seed: int) -> None:
        rng = random.Random(seed)
        while not over.is_set():
            with suppress(OSError):  # of a worker that was replaced: who asked comes back
                site.get(paths(rng))

    threads = [threading.Thread(target=read, args=(seed,)) for seed in range(count)]
    for thread in threads:
        thread.start()
    yield
    over.set()
    for thread in threads:
        thread.join()


def soak(site: Site, newest: Edition, names: list[str], seconds: float) -> list[float]:
    """An edition every ten seconds while readers ask; what a worker holds after each."""
    some = list(islice(addresses(newest), 2_000))
    megabytes = []

    def path(rng: random.Random) -> str:
        return rng.choice((f"/{rng.choice(PAGES)}?election={ELECTION}&edition={rng.choice(names)}", rng.choice(some)))

    with readers(site, path):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            started = time.monotonic()
            names.append(another(newest, newest.manifest.as_of, len(names)))
            time.sleep(max(0.0, SECONDS_AN_EDITION - (time.monotonic() - started)))
            megabytes.append(a_worker(site))
    return megabytes


def measure(data: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    newest = EditionStore(data / "processed").open(ELECTION)
    names = [another(newest, FIRST_DAY + timedelta(days=number), number) for number in range(arguments.editions)]
    EditionStore(data / "processed").make_current(ELECTION, newest.id)
    result: dict[str, Any] = {"addresses": arguments.addresses, "editions": arguments.editions}
    with servers.dashboard(data, "--today", str(TODAY)) as site:
        ask(site, (f"/{page}?election={ELECTION}" for page in PAGES))
        result["start_megabytes"] = a_worker(site)
        ask(site, islice(addresses(newest), arguments.addresses))
        result["after_addresses_megabytes"] = a_worker(site)
        ask(site, (f"/{page}?election={ELECTION}&edition={name}" for name in names for page in PAGES[:2]))
        result["after_editions_megabytes"] = a_worker(site)
        print(result, flush=True)
        held = soak(site, newest, names, arguments.minutes * 60)
        result |= {"soak_minutes": arguments.minutes, "soak_editions": len(held)}
        result["soak_megabytes"] = held[:: max(1, len(held) // 30)]
        third = len(held) // 3
        result["growth"] = round(median(held[-third:]) / median(held[third : 2 * third]), 3) if third else None
        result["most_megabytes"] = max([result["after_addresses_megabytes"], result["after_editions_megabytes"], *held])
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--addresses", type=int, default=12_000)
    parser.add_argument("--editions", type=int, default=300, help="old ones, each opened")
    parser.add_argument("--minutes", type=float, default=30, help="of an edition every ten seconds")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hemicycle-memory-") as folder:
        figures = measure(prepare(Path(folder), None), arguments)
    print(json.dumps(figures, indent=1))
    RESULTS.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    return 0 if figures["most_megabytes"] <= MOST_MEGABYTES and (figures["growth"] or 0) <= MOST_GROWTH else 1


if __name__ == "__main__":
    sys.exit(main())
