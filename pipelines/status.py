"""What is there: how sources answered, what is quarantined, current editions, and how the last run went."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from pipelines.asof import is_live
from pipelines.clock import TIME_ZONE
from pipelines.disagreements import Disagreement, disagreements
from pipelines.editions import ban
from pipelines.editions.records import Runs, SourceRun
from pipelines.editions.store import EditionStore
from pipelines.ledger.pages import Load
from pipelines.ledger.store import Ledger
from pipelines.reference import Campaign, load
from pipelines.reported import Refusal

STALE_AFTER = timedelta(hours=36)


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """How a source has answered for one campaign; counts are polls, `age_hours` since it was last read well."""

    source: str
    election: str
    loaded_utc: str
    accepted: int
    refused: int
    last_success_utc: str | None
    last_change_utc: str | None
    last_error_utc: str | None
    last_error: str | None
    age_hours: float | None


@dataclass(frozen=True, slots=True)
class EditionStatus:
    """A campaign's current edition (None before its first refresh) and how fresh it is.

    `is_frozen`: the publication ban is on. `is_stale`: live, not frozen, and its as-of day ended more than 36 hours
    before now, which is noon of a day that was given as today.
    """

    election: str
    is_live: bool
    is_frozen: bool
    is_stale: bool
    edition: str | None
    kind: str | None
    as_of: date | None
    latest_fieldwork_end: date | None
    age_days: int | None
    quarantined: int


@dataclass(frozen=True, slots=True)
class LastRun:
    """The last refresh, whatever became of it."""

    started_utc: str
    finished_utc: str
    exit_code: int
    error: str | None


@dataclass(frozen=True, slots=True)
class Status:
    """The whole state, as `status --json` prints it."""

    today: date
    last_run: LastRun | None
    sources: list[SourceStatus]
    quarantine: list[Refusal]
    editions: list[EditionStatus]
    disagreements: list[Disagreement]


def status(data_dir: Path, now: date) -> Status:
    """Read the state at a moment, or on a day; nothing is written, and before the first refresh it is all unknown."""
    moment = now if isinstance(now, datetime) else datetime.combine(now, time(12), TIME_ZONE)
    reference = load(data_dir / "raw")
    ledger_file = data_dir / "processed" / "ledger.sqlite"
    loads, refusals = [], []
    apart: list[Disagreement] = []
    if ledger_file.exists():
        with Ledger.open(ledger_file) as ledger:
            loads, refusals = ledger.loads(), ledger.refusals()
            apart = [found for election in reference.campaigns for found in disagreements(ledger, election)]
    store = EditionStore(data_dir / "processed")
    runs = store.runs()
    editions = []
    for election, campaign in reference.campaigns.items():
        quarantined = sum(row.election == election for row in refusals)
        editions.append(_edition(store, campaign, now, moment, quarantined))
    return Status(moment.date(), _last_run(runs), _sources(loads, runs, moment), refusals, editions, apart)


def _last_run(runs: Runs | None) -> LastRun | None:
    return LastRun(runs.started_utc, runs.finished_utc, runs.exit_code, runs.error) if runs else None


def _sources(loads: list[Load], runs: Runs | None, moment: datetime) -> list[SourceStatus]:
    answered = {(row.source, row.election): row for row in (runs.sources if runs else [])}
    return [_source(row, answered.get((row.source, row.election)), moment) for row in loads]


def _source(row: Load, answered: SourceRun | None, moment: datetime) -> SourceStatus:
    last = answered.last_success_utc if answered else row.loaded_utc
    age = moment - datetime.fromisoformat(last) if last else None
    return SourceStatus(
        source=row.source,
        election=row.election,
        loaded_utc=row.loaded_utc,
        accepted=row.accepted,
        refused=row.refused,
        last_success_utc=last,
        last_change_utc=(answered and answered.last_change_utc) or row.loaded_utc,
        last_error_utc=answered.last_error_utc if answered else None,
        last_error=answered.last_error if answered else None,
        age_hours=round(age.total_seconds() / 3600, 1) if age is not None else None,
    )


def _edition(store: EditionStore, campaign: Campaign, now: date, moment: datetime, quarantined: int) -> EditionStatus:
    election, today = campaign.election.id, moment.date()
    live, frozen = is_live(campaign, today), ban.binds(campaign.election, now)
    if election not in store.current():
        return EditionStatus(election, live, frozen, False, None, None, None, None, None, quarantined)
    found = store.open(election).projection
    ended = datetime.combine(found.as_of + timedelta(days=1), time.min, TIME_ZONE)
    return EditionStatus(
        election=election,
        is_live=live,
        is_frozen=frozen,
        is_stale=live and not frozen and moment - ended > STALE_AFTER,
        edition=found.edition,
        kind=found.kind,
        as_of=found.as_of,
        latest_fieldwork_end=found.polls.latest_fieldwork_end,
        age_days=(today - found.as_of).days,
        quarantined=quarantined,
    )
