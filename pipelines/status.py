"""What is there: sources and their last reading, what is quarantined, and each campaign's current edition."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.asof import is_live
from pipelines.editions.store import EditionStore
from pipelines.ledger.store import Ledger
from pipelines.reference import load
from pipelines.reported import Refusal


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """A source's last reading for one campaign; counts are polls."""

    source: str
    election: str
    loaded_utc: str
    accepted: int
    refused: int


@dataclass(frozen=True, slots=True)
class EditionStatus:
    """A campaign's current edition (None before its first refresh) and how fresh it is."""

    election: str
    is_live: bool
    edition: str | None
    kind: str | None
    as_of: date | None
    latest_fieldwork_end: date | None
    age_days: int | None
    quarantined: int


@dataclass(frozen=True, slots=True)
class Status:
    """The whole state, as `status --json` prints it."""

    today: date
    sources: list[SourceStatus]
    quarantine: list[Refusal]
    editions: list[EditionStatus]


def status(data_dir: Path, today: date) -> Status:
    """Read the state; nothing is written, and before the first refresh it is all unknown."""
    reference = load(data_dir / "raw")
    ledger_file = data_dir / "processed" / "ledger.sqlite"
    loads, refusals = [], []
    if ledger_file.exists():
        with Ledger.open(ledger_file) as ledger:
            loads, refusals = ledger.loads(), ledger.refusals()
    store = EditionStore(data_dir / "processed")
    editions = []
    for election, campaign in reference.campaigns.items():
        quarantined = sum(row.election == election for row in refusals)
        editions.append(_edition(store, election, is_live(campaign, today), today, quarantined))
    sources = [SourceStatus(row.source, row.election, row.loaded_utc, row.accepted, row.refused) for row in loads]
    return Status(today, sources, refusals, editions)


def _edition(store: EditionStore, election: str, live: bool, today: date, quarantined: int) -> EditionStatus:
    if election not in store.current():
        return EditionStatus(election, live, None, None, None, None, None, quarantined)
    found = store.open(election).projection
    return EditionStatus(
        election=election,
        is_live=live,
        edition=found.edition,
        kind=found.kind,
        as_of=found.as_of,
        latest_fieldwork_end=found.polls.latest_fieldwork_end,
        age_days=(today - found.as_of).days,
        quarantined=quarantined,
    )
