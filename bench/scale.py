"""`make bench-scale`: many toy electorates refreshed and hindcast, here, on one Dask worker and on two.

Says how much faster two are than one, by the clock and by what each used of the processor, that the bytes are the same,
what a campaign costs as there are more of them, and how often a past election is read in a night; beside it the
machine's load, without which no figure by the clock says much.
"""

import argparse
import hashlib
import json
import mmap
import os
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy loads, as the commands have it

from pipelines import projection, refresh
from pipelines.assemble.reference import waiting
from pipelines.hindcast import run as hindcast
from pipelines.ingest.archive import open_reference
from pipelines.nightly.night import night
from pipelines.request import RefreshRequest
from pipelines.settings import Settings
from tests.toy import folder as toy

RESULTS = Path(__file__).parent / "results" / "scale.json"
DRAWS = 400
ALIKE = ("editions", "changes", "current")


def write_electorates(raw: Path, electorates: int, campaigns: int) -> None:
    """Toy electorates of their own lists, firms and law, each with so many campaigns, a year apart."""
    for number in range(electorates):
        name = f"toy-{number}"
        votes = {
            f"{name}-{year}": date(year, 10, 4) for year in range(toy.TODAY.year - campaigns + 1, toy.TODAY.year + 1)
        }
        _write(raw, name, votes)


def _write(raw: Path, name: str, votes: dict[str, date]) -> None:
    ids = list(votes)
    toy.ELECTORATE, toy.VOTES, toy.PAST, toy.LIVE = name, votes, ids[0], ids[-1]
    rules = toy._rules
    toy._rules = lambda: f"[[rules]]\nin_force = 1950-01-01\nhouse_size = {toy.SEATS}\n{LAW}"
    tables = toy._tables
    toy._tables = lambda: _tables(tables(), votes)
    try:
        toy.write(raw)
    finally:
        toy._rules, toy._tables = rules, tables


LAW = 'formula = "sainte-lague"\nthreshold = "quota"\ninvestiture = "negative"\nlaw = "Synod Act, s. 4"\n'


def _tables(tables: dict[str, list[list[object]]], votes: dict[str, date]) -> dict[str, list[list[object]]]:
    """The toy's own tables for more elections than two: each follows the one before, all but the last have results."""
    ids = list(votes)
    before = dict(zip(ids[1:], ids, strict=False))
    head = tables["elections"][0]
    tables["elections"] = [
        head,
        *([one, day, f"{day.year}-08-01", f"{day.year}-01-01", before.get(one, ""), ""] for one, day in votes.items()),
    ]
    head, *rows = tables["results"]
    tables["results"] = [head, *([one, *row[1:]] for one in ids[:-1] for row in rows)]
    head, *rows = tables["names"]
    others = [row for row in rows if row[0] != "election"]
    named = [
        ["election", one, language, f"Synod {day.year}", ""] for one, day in votes.items() for language in toy.LANGUAGES
    ]
    tables["names"] = [head, *named, *others]
    return tables


@dataclass
class Cluster:
    """Dask workers with one thread each, and what of the processor they have used."""

    client: Any
    scheduler: str

    def used_seconds(self) -> list[float]:
        return sorted(self.client.run(time.process_time).values())


@contextmanager
def clusters(*sizes: int) -> Iterator[dict[int, Cluster]]:
    """Clusters of so many workers, which have loaded what a task needs; none measures itself while it works."""
    import dask
    from distributed import Client, LocalCluster

    quiet = {"distributed.worker.profile.enabled": False, "distributed.admin.tick.interval": "1s"}  # as deploy/ has it
    with ExitStack() as stack, dask.config.set(quiet):
        by_size = {}
        for size in sizes:
            cluster = LocalCluster(n_workers=size, threads_per_worker=1, dashboard_address=None, silence_logs=50)
            client = stack.enter_context(Client(stack.enter_context(cluster), set_as_default=False))
            client.run(_load_libraries)
            by_size[size] = Cluster(client, str(cluster.scheduler_address))
        yield by_size


def _load_libraries() -> None:
    import pipelines.assemble.trend
    import pipelines.hindcast.run
    import pipelines.nightly.night
    import pipelines.projection  # noqa: F401


def measured(work: Callable[[], dict[str, Any]], cluster: Cluster | None = None) -> dict[str, Any]:
    """What some work made; how long it took, and how much of the processor here and in each worker."""
    before = cluster.used_seconds() if cluster else []
    used, started = _cpu_seconds(), time.monotonic()
    result = work()
    row = result | {"seconds": round(time.monotonic() - started, 2), "cpu_seconds": round(_cpu_seconds() - used, 2)}
    if cluster:
        after = cluster.used_seconds()
        row["workers_cpu_seconds"] = [round(now - was, 2) for now, was in zip(after, before, strict=True)]
    return row | {"load": round(os.getloadavg()[0], 1)}


def night_of(data: Path, settings: Settings, jobs: int = 1) -> dict[str, Any]:
    """One night of every campaign; what it made."""
    request = RefreshRequest(data, toy.TODAY, None, DRAWS, 0, settings=settings, jobs=jobs)
    results, code = night("all", request, offline=True, keep_editions=0)
    assert code == 0
    return {"campaigns": len(results), "bytes": _digest(data / "processed")}


def _digest(processed: Path) -> str:
    digest = hashlib.sha256()
    for name in ALIKE:
        for path in sorted((processed / name).rglob("*")):
            if path.is_file():
                digest.update(str(path.relative_to(processed)).encode() + path.read_bytes())
    return digest.hexdigest()


def _cpu_seconds() -> float:
    """Of this process and of the children that have ended."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(one.ru_utime + one.ru_stime for one in map(resource.getrusage, kinds))


def spread(work: Callable[[str], dict[str, Any]], repeats: int) -> dict[str, Any]:
    """The same work on one worker and on two, by turns; the quickest of each is the least disturbed.

    `speed_up_by_processor` is what two idle cores would give: what one worker used against what the busier of two did,
    or half of all that two and the conductor did.
    """
    rows: dict[int, list[dict[str, Any]]] = {1: [], 2: []}
    with clusters(1, 2) as by_size:
        for _ in range(repeats):
            for size, cluster in by_size.items():
                rows[size].append(measured(partial(work, cluster.scheduler), cluster))
                print(json.dumps(rows[size][-1]), flush=True)
    one, two = (min(rows[size], key=lambda row: row["seconds"]) for size in (1, 2))
    least_one = min(sum(row["workers_cpu_seconds"]) for row in rows[1])
    least_two = min(
        max(*row["workers_cpu_seconds"], (row["cpu_seconds"] + sum(row["workers_cpu_seconds"])) / 2) for row in rows[2]
    )
    return {
        "dask_1": rows[1],
        "dask_2": rows[2],
        "speed_up_of_two_workers": round(one["seconds"] / two["seconds"], 2),
        "speed_up_by_processor": round(least_one / least_two, 2),
    }


@contextmanager
def counted_reads() -> Iterator[Callable[[], int]]:
    """How many past elections are read, in this process and those forked from it."""
    real, shared = projection.accept, mmap.mmap(-1, 1 << 20)

    def accept(raw: Path, campaign: Any) -> Any:
        at = shared.find(b"\0")
        shared[at : at + 1] = b"\1"
        return real(raw, campaign)

    projection.accept = accept  # type: ignore[assignment]
    projection._read.cache_clear()
    try:
        yield lambda: shared.find(b"\0")
    finally:
        projection.accept = real


def nights(room: Path, electorates: int, campaigns: int, repeats: int) -> dict[str, Any]:
    base = _place(room / "nights", electorates, campaigns)
    figures: dict[str, Any] = {"electorates": electorates, "campaigns_each": campaigns}
    with counted_reads() as reads:
        figures["two_processes"] = measured(lambda: night_of(_fresh(base), Settings(), jobs=2))
        figures["past_elections"] = electorates * (campaigns - 1)
        figures["past_elections_read"] = reads()
    figures["embedded"] = measured(lambda: night_of(_fresh(base), Settings()))
    return _compared(figures | spread(lambda scheduler: night_of(_fresh(base), Settings(scheduler=scheduler)), repeats))


@contextmanager
def without_model() -> Iterator[None]:
    """A night whose editions say nothing, so that what else it does for a thousand campaigns takes minutes."""
    build, check = refresh.build_edition, refresh.check

    def build_nothing(request: Any, reference: Any, campaign: Any, manifest: Any, *_: Any) -> dict[str, bytes]:
        projection.past_elections(request.raw, reference, campaign, manifest.as_of)
        return waiting(campaign, manifest)

    refresh.build_edition, refresh.check = build_nothing, lambda _edition: None
    try:
        yield
    finally:
        refresh.build_edition, refresh.check = build, check


def flatness(room: Path, counts: list[int], campaigns: int) -> list[dict[str, Any]]:
    """What a campaign costs this process as there are more of them: electorates of the same size each."""
    rows = []
    for count in counts:
        data = _fresh(_place(room / f"flat-{count}", count // campaigns, campaigns))
        projection._read.cache_clear()
        first, again = (measured(partial(night_of, data, Settings())) for _ in range(2))
        rows.append(
            {
                "campaigns": first["campaigns"],
                "cpu_seconds_each": round(first["cpu_seconds"] / first["campaigns"], 3),
                "cpu_seconds_each_without_news": round(again["cpu_seconds"] / again["campaigns"], 4),
                "load": first["load"],
            }
        )
        print(json.dumps(rows[-1]), flush=True)
        shutil.rmtree(data.parent)
    return rows


def hindcasts(room: Path, electorates: int, elections: int, repeats: int) -> dict[str, Any]:
    """So many elections at four horizons, in electorates of their own."""
    raw = _place(room / "hindcast", electorates, elections + 1) / "raw"
    reference = open_reference(raw)
    names = sorted({campaign.electorate.id for campaign in reference.campaigns.values()})
    figures: dict[str, Any] = {"elections": electorates * elections, "horizons": len(hindcast.HORIZONS)}

    def replayed(scheduler: str) -> dict[str, Any]:
        os.environ["HEMICYCLE_SCHEDULER"] = scheduler
        shutil.rmtree(raw.parent / "processed", ignore_errors=True)
        scored: list[Any] = []
        for name in names:
            past = [one.election.id for one in reference.of(name) if one.results]
            scored += hindcast.run(raw, name, past, daily=False, progress=lambda *_: None)[0]
        return {"scores": len(scored), "bytes": hashlib.sha256(repr(scored).encode()).hexdigest()}

    figures["embedded"] = measured(lambda: replayed(""))
    figures |= spread(replayed, repeats)
    os.environ.pop("HEMICYCLE_SCHEDULER")
    return _compared(figures)


def _compared(figures: dict[str, Any]) -> dict[str, Any]:
    rows = [row for each in figures.values() for row in (each if isinstance(each, list) else [each])]
    digests = {row["bytes"] for row in rows if isinstance(row, dict)}
    assert len(digests) == 1, "not the same bytes"
    return figures | {"is_byte_identical": True}


def _place(folder: Path, electorates: int, campaigns: int) -> Path:
    (folder / "raw" / "electorates").mkdir(parents=True)
    write_electorates(folder / "raw", electorates, campaigns)
    return folder


def _fresh(base: Path) -> Path:
    """A data folder in which nothing was refreshed."""
    data = Path(tempfile.mkdtemp(dir=base))
    (data / "raw").symlink_to(base / "raw")
    return data


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--electorates", type=int, default=50)
    parser.add_argument("--campaigns", type=int, default=20)
    parser.add_argument("--hindcast-electorates", type=int, default=15)
    parser.add_argument("--counts", type=int, nargs="*", default=[10, 100, 1000])
    parser.add_argument("--counts-without-model", type=int, nargs="*", default=[10, 100, 1000])
    parser.add_argument("--repeats", type=int, default=1)
    arguments = parser.parse_args()
    figures: dict[str, Any] = {"cores": os.cpu_count(), "draws": DRAWS}
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        steps: dict[str, Callable[[], Any]] = {
            "nights": lambda: nights(room, arguments.electorates, arguments.campaigns, arguments.repeats),
            "hindcast": lambda: hindcasts(room, arguments.hindcast_electorates, arguments.campaigns, arguments.repeats),
            "cost_of_a_campaign": lambda: flatness(room, arguments.counts, 5),
            "cost_without_the_model": lambda: flatness(room, arguments.counts_without_model, 5),
        }
        for name, step in steps.items():
            with without_model() if name == "cost_without_the_model" else nullcontext():
                figures[name] = step()
            print(json.dumps({name: figures[name]}, indent=1), flush=True)
            RESULTS.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
