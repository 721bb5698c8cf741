"""A campaign's ledger brought up to date: folded where its raw changed, read as it stands where it did not."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipelines.electorate import Campaign, sha256
from pipelines.errors import RawDataError
from pipelines.ingest import snapshots
from pipelines.ingest.archive import ARCHIVE
from pipelines.ingest.fold import CampaignLedger, fold
from pipelines.ingest.parsed import ROOT, ParsedPages, parser_version
from pipelines.ingest.store import Ledger, LedgerChange
from pipelines.sources import guards
from pipelines.sources.archive import archive_file
from pipelines.sources.errors import PageRefused
from pipelines.sources.registry import poll_sources

LEDGER = "ledger.sqlite"
INGEST_CODE = ("pipelines/ingest", "electoral")


@dataclass(frozen=True, slots=True)
class Ingested:
    """What bringing a ledger up to date changed; nothing where its raw had not."""

    has_news: bool = False
    newly_quarantined: int = 0


def ingest(data_dir: Path, ledger: Ledger, campaign: Campaign) -> Ingested:
    """Bring one campaign's ledger up to date with data/raw; raises RawDataError where what ships lost many polls."""
    mark = fingerprint(data_dir / "raw", campaign)
    if ledger.fingerprint(campaign.election.id) == mark:
        return Ingested()
    folded = fold_campaign(data_dir, campaign)
    change = write(data_dir / "raw", ledger, folded, mark)
    return Ingested(change.has_news, change.newly_quarantined)


def fold_campaign(data_dir: Path, campaign: Campaign) -> CampaignLedger:
    """The fold of a campaign, its pages parsed once and kept beside the ledger."""
    parsed = ParsedPages(data_dir / "processed")
    folded = fold(data_dir / "raw", campaign, parsed)
    parsed.drop_unused(campaign.election.id)
    return folded


def write(raw: Path, ledger: Ledger, folded: CampaignLedger, mark: str) -> LedgerChange:
    """A fold into the ledger; raises RawDataError where what ships lost many polls at once."""
    _refuse_shrunk(raw, ledger, folded)
    return ledger.replace(folded, mark)


def _refuse_shrunk(raw: Path, ledger: Ledger, folded: CampaignLedger) -> None:
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
    pages = [
        f"{one.source}/{one.name} {one.sha256}" for one in snapshots.kept(raw, election) if one.source in poll_sources()
    ]
    parts = [shipped_fingerprint(raw, campaign), *pages, ingest_version()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def shipped_fingerprint(raw: Path, campaign: Campaign) -> str:
    """A hash of what ships for a campaign and of the names and rulings it is read by."""
    archive = archive_file(raw, campaign.election.id)
    return " ".join([sha256(archive) if archive.exists() else "none", *campaign.electorate.fingerprint.values()])


@cache
def ingest_version() -> str:
    """A hash over the code that turns pages into polls."""
    digest = hashlib.sha256(parser_version().encode())
    for path in sorted(path for place in INGEST_CODE for path in (ROOT / place).rglob("*.py")):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
