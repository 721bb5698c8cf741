"""The ledger made again from data/raw alone; the last two old files stay beside it, whatever state they are in.

The same raw gives the same bytes: it is the fold a refresh writes, and every time in it is a page's own.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from pipelines.editions.files import ASIDE, sync_folder
from pipelines.ingest.archive import open_reference
from pipelines.ingest.run import LEDGER, ingest
from pipelines.ingest.store import Ledger

SET_ASIDE = re.compile(rf"{re.escape(LEDGER)}\.set-aside-(\d+)")
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
            ingest(data_dir, ledger, campaign)
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
    """Rename the old ledger; of those that were set aside before, the last one stays."""
    names = (SET_ASIDE.fullmatch(path.name) for path in target.parent.iterdir())
    before = {int(name[1]) for name in names if name}
    number = max(before, default=0) + 1
    kept = target.with_name(f"{LEDGER}.set-aside-{number}")
    # The write-ahead log goes first: were we cut off here, the old file must not meet a log that is not its own.
    for old, new in reversed(list(zip(_with_sides(target), _with_sides(kept), strict=True))):
        if old.exists():
            old.rename(new)
    for earlier in before - {number - 1}:
        for path in _with_sides(target.with_name(f"{LEDGER}.set-aside-{earlier}")):
            path.unlink(missing_ok=True)
    return kept


def _with_sides(path: Path) -> Iterator[Path]:
    return (path.with_name(path.name + side) for side in SIDE_FILES)
