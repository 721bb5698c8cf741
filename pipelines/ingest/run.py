"""A campaign's ledger brought up to date: folded where its raw changed, read as it stands where it did not.

`rebuild` makes it again from data/raw alone, by the same fold and so with the same bytes; the last two old files stay
beside it, whatever state they are in.
"""

import gc
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.editions.files import ASIDE, sync_folder
from pipelines.electorate import Campaign, Reference
from pipelines.electorate.folder import sha256
from pipelines.errors import PageRefused, RawDataError
from pipelines.ingest import snapshots
from pipelines.ingest.archive import ARCHIVE, open_reference
from pipelines.ingest.page import PARSER_CODE, ParsedPages, code_hash
from pipelines.ingest.store import LEDGER, Ledger, LedgerChange
from pipelines.settings import ledger_of
from pipelines.sources import guards
from pipelines.sources.archive import archive_file
from pipelines.sources.reading import poll_sources

if TYPE_CHECKING:
    from pipelines.ingest.fold import CampaignLedger

INGEST_CODE = ("pipelines/ingest", "electoral")
SET_ASIDE = re.compile(rf"{re.escape(LEDGER)}\.set-aside-(\d+)")
SIDE_FILES = ("", "-wal", "-shm")


@contextmanager
def without_cycle_search() -> Iterator[None]:
    """What a campaign is made of has no cycles and lives to its end: searching for some takes a sixth of a refresh."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@without_cycle_search()
def ingest(data_dir: Path, ledger: Ledger, campaign: Campaign) -> LedgerChange:
    """Bring one campaign's ledger up to date with data/raw; raises RawDataError where what ships lost many polls."""
    mark = fingerprint(data_dir / "raw", campaign)
    if ledger.fingerprint(campaign.election.id) == mark:
        return LedgerChange()
    folded = fold_campaign(data_dir, campaign)
    return write(data_dir / "raw", ledger, folded, mark)


def fold_campaign(data_dir: Path, campaign: Campaign) -> "CampaignLedger":
    """The fold of a campaign, its pages parsed once and kept beside the ledger."""
    from pipelines.ingest.fold import fold  # most nights have nothing to fold

    parsed = ParsedPages(data_dir / "processed")
    folded = fold(data_dir / "raw", campaign, parsed)
    parsed.drop_unused(campaign.election.id)
    return folded


def write(raw: Path, ledger: Ledger, folded: "CampaignLedger", mark: str) -> LedgerChange:
    """A fold into the ledger; raises RawDataError where what ships lost many polls at once."""
    _refuse_shrunk(raw, ledger, folded)
    return ledger.replace(folded, mark)


def _refuse_shrunk(raw: Path, ledger: Ledger, folded: "CampaignLedger") -> None:
    """F13 for what ships: polls that a ruling unites are not gone; many that are gone at once are no correction."""
    campaign = folded.campaign
    election = campaign.election.id
    present = {poll for poll, source, _ in folded.readings if source == ARCHIVE}
    present |= {name[0] for name in folded.refusals.get((ARCHIVE, ""), {})}
    present |= {row.poll for row in campaign.rulings.values() if (row.check, row.ruling) == ("twin", "same")}
    try:
        guards.vanished(ledger.open_ids(election, ARCHIVE), present)
    except PageRefused as error:
        raise RawDataError(
            f"{archive_file(raw, election)}: {error}; restore the file from the repository, or where it is meant run"
            " `python -m pipelines rebuild`"
        ) from error


def fingerprint(raw: Path, campaign: Campaign) -> str:
    """A hash of everything a campaign's ledger follows from: what ships, what came in, and the code that reads it."""
    election = campaign.election.id
    own = [one for one in snapshots.stored(raw, election) if one.source in poll_sources()]
    pages = [f"{one.source}/{one.name} {one.sha256}" for one in own]
    parts = [shipped_fingerprint(raw, campaign), *pages, code_hash(*PARSER_CODE, *INGEST_CODE)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def shipped_fingerprint(raw: Path, campaign: Campaign) -> str:
    """A hash of what ships for a campaign and of the names and rulings it is read by."""
    archive = archive_file(raw, campaign.election.id)
    return " ".join([sha256(archive) if archive.exists() else "none", *campaign.electorate.fingerprint.values()])


def rebuild(data_dir: Path) -> tuple[dict[str, int], Path | str | None]:
    """Polls per election in the new ledger, and where the old one went; editions are not touched."""
    processed, raw = data_dir / "processed", data_dir / "raw"
    reference = open_reference(raw)
    where = ledger_of(processed)
    if isinstance(where, str):
        return _rebuild_in_database(where, data_dir, reference)
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
    target = where
    aside = _set_aside(target) if target.exists() else None
    fresh.rename(target)
    sync_folder(processed)
    return counts, aside


def _rebuild_in_database(url: str, data_dir: Path, reference: Reference) -> tuple[dict[str, int], str | None]:
    """What was cut off is ended by the next night: a campaign without rows is folded again."""
    counts = {}
    with Ledger.open(url) as ledger:
        aside = ledger.begin_anew()
        for election, campaign in reference.campaigns.items():
            ingest(data_dir, ledger, campaign)
            counts[election] = len(ledger.polls(election))
    return counts, aside


def _set_aside(target: Path) -> Path:
    """Rename the old ledger; of those that were set aside before, the last one stays."""
    names = (SET_ASIDE.fullmatch(path.name) for path in target.parent.iterdir())
    before = {int(name[1]) for name in names if name}
    number = max(before, default=0) + 1
    aside = target.with_name(f"{LEDGER}.set-aside-{number}")
    # The write-ahead log goes first: were we cut off here, the old file must not meet a log that is not its own.
    for old, new in reversed(list(zip(_with_sides(target), _with_sides(aside), strict=True))):
        if old.exists():
            old.rename(new)
    for earlier in before - {number - 1}:
        for path in _with_sides(target.with_name(f"{LEDGER}.set-aside-{earlier}")):
            path.unlink(missing_ok=True)
    return aside


def _with_sides(path: Path) -> Iterator[Path]:
    return (path.with_name(path.name + side) for side in SIDE_FILES)
