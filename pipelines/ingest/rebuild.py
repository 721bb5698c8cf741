"""The ledger made again from data/raw alone; the old file is kept beside it, whatever state it is in.

The same raw gives the same bytes: it is the fold a refresh writes, and every time in it is a page's own.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from pipelines.editions.files import ASIDE, sync_folder
from pipelines.ingest.archive import open_reference
from pipelines.ingest.run import LEDGER, ingest
from pipelines.ingest.store import Ledger

SIDE_FILES = ("", "-wal", "-shm")


def rebuild(data_dir: Path) -> tuple[dict[str, int], Path | None]:
    """Polls per election in the new ledger, and where the old one went; editions are not touched."""
    processed, raw = data_dir / "processed", data_dir / "raw"
    reference = open_reference(raw)
    growing, fresh = processed / f"{ASIDE}growing.sqlite", processed / f"{ASIDE}{LEDGER}"
    for path in (*_with_sides(growing), *_with_sides(fresh)):
        path.unlink(missing_ok=True)
    counts = {}
    with Ledger.open(growing) as ledger:
        for election, campaign in reference.campaigns.items():
            ingest(data_dir, ledger, reference, campaign)
            counts[election] = len(ledger.polls(election))
        ledger.write_to(fresh)
    for path in _with_sides(growing):
        path.unlink(missing_ok=True)
    with fresh.open("rb") as file:
        os.fsync(file.fileno())
    target = processed / LEDGER
    kept = _set_aside(target) if target.exists() else None
    fresh.rename(target)
    sync_folder(processed)
    return counts, kept


def _set_aside(target: Path) -> Path:
    number = 1
    while (kept := target.with_name(f"ledger.sqlite.set-aside-{number}")).exists():
        number += 1
    # The write-ahead log goes first: were we cut off here, the old file must not meet a log that is not its own.
    for old, new in reversed(list(zip(_with_sides(target), _with_sides(kept), strict=True))):
        if old.exists():
            old.rename(new)
    return kept


def _with_sides(path: Path) -> Iterator[Path]:
    return (path.with_name(path.name + side) for side in SIDE_FILES)
