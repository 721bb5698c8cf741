"""`make soak`: nights killed at random moments, and a campaign lived night by night, by the real command.

Writes what it measured to bench/results/soak.json; ends with 1 where a promise is broken.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pipelines.editions.edition import check
from pipelines.editions.store import EditionStore
from pipelines.nightly.alerts import recorded
from tests.pipelines import nights
from tests.remembered import warm

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "bench" / "results" / "soak.json"
CAMPAIGN, MORNING_AFTER = "knesset-26", date(2026, 10, 28)
MOST_EDITION_BYTES = 5_000_000


def kills(count: int, seed: int, folder: Path) -> dict[str, Any]:
    """Nights killed at random moments; an AssertionError is a broken promise."""
    raw = ROOT / "data" / "raw"
    started = time.monotonic()
    warm(raw, nights.ELECTION, nights.TONIGHT)
    base = nights.yesterday(folder / "base", raw)
    seen = nights.random_kills(folder, base, count, seed)
    return {"kills": count, "seed": seed, "reached": seen, "seconds": round(time.monotonic() - started, 1)}


def campaign(count: int, draws: int, folder: Path) -> dict[str, Any]:
    """The last nights of a campaign up to the morning after, each by the real command with `--today`."""
    folder.mkdir()
    (folder / "raw").symlink_to(ROOT / "data" / "raw")
    shutil.copy(ROOT / "data" / "alerts.toml", folder)
    lengths, statuses, growth, published = [], [], [], []
    for back in range(count - 1, -1, -1):
        today = MORNING_AFTER - timedelta(days=back)
        before, started = _size(folder / "processed"), time.monotonic()
        tonight = _night(folder, today, draws)
        statuses += tonight
        published.append(tonight.count("published"))  # two where a campaign of another electorate is live too
        lengths.append(time.monotonic() - started)
        growth.append(_size(folder / "processed") - before)
    store = EditionStore(folder / "processed")
    editions = store.all(CAMPAIGN)
    for edition in editions:
        check(edition)
    sizes = [_size(edition.folder) for edition in editions]
    assert max(sizes) <= MOST_EDITION_BYTES, f"an edition of {max(sizes):,} bytes"
    later = growth[1:] or growth  # the first night also makes the ledger
    for grown, editions_made in zip(growth[1:], published[1:], strict=True):
        assert grown <= MOST_EDITION_BYTES * max(editions_made, 1), f"a night of {editions_made} took {grown:,} bytes"
    assert store.open(CAMPAIGN).manifest.kind == "final"
    return {
        "nights": count,
        "draws": draws,
        "statuses": {status: statuses.count(status) for status in sorted(set(statuses))},
        "editions": len(editions),
        "seconds": round(sum(lengths), 1),
        "longest_night_seconds": round(max(lengths), 1),
        "largest_edition_bytes": max(sizes),
        "disk_bytes": _size(folder / "processed"),
        "bytes_a_night": round(sum(growth) / count),
        "most_bytes_a_night": max(later),
        "peak_megabytes": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024),
        "alerts": len(recorded(store, "il").alerts),
    }


def _night(folder: Path, today: date, draws: int) -> list[str]:
    command = ["-m", "pipelines", "refresh", "--election", "all-live", "--today", str(today), "--offline", "--json"]
    process = subprocess.run(
        [sys.executable, *command, "--draws", str(draws), "--data-dir", str(folder)],
        cwd=ROOT,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode in (0, 3), f"{today}: exit {process.returncode}\n{process.stderr}"
    return [row["status"] for row in json.loads(process.stdout)["editions"]]


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--nights", type=int, default=60)
    parser.add_argument("--draws", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    measured: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as room:
        if arguments.nights:
            measured["campaign"] = campaign(arguments.nights, arguments.draws, Path(room) / "campaign")
            print(json.dumps(measured["campaign"], indent=1), flush=True)
        if arguments.kills:
            (Path(room) / "kills").mkdir()
            measured["kills"] = kills(arguments.kills, arguments.seed, Path(room) / "kills")
            print(json.dumps(measured["kills"], indent=1), flush=True)
    RESULTS.write_text(json.dumps(measured, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
