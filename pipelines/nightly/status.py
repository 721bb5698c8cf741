"""What is there: how sources answered, what is quarantined, current editions, and how the last run went."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pipelines.commands.console import FAILED
from pipelines.editions import gate
from pipelines.editions.records import Runs, SourceRun
from pipelines.editions.schema import Projection
from pipelines.editions.store import EditionStore, last_good
from pipelines.electorate import Campaign
from pipelines.electorate.folder import load
from pipelines.errors import EditionError, LedgerDamaged, LedgerUnusable
from pipelines.ingest.quarantine import Disagreement, disagreements
from pipelines.ingest.store import Ledger, Load
from pipelines.nightly.lock import RESTORING
from pipelines.request import is_live
from pipelines.settings import editions_of, ledger_of
from pipelines.sources.reading import Refusal


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """How a source has answered for one campaign; counts are polls, `age_hours` since it was last read well.

    What was never read has no counts.
    """

    source: str
    election: str
    loaded_utc: str | None
    accepted: int | None
    refused: int | None
    last_success_utc: str | None
    last_change_utc: str | None
    last_error_utc: str | None
    last_error: str | None
    age_hours: float | None


@dataclass(frozen=True, slots=True)
class EditionStatus:
    """The edition a campaign is served with (None before its first refresh) and how fresh it is.

    `age_hours`: since the campaign was last checked or, where that is not recorded, since the as-of day ended; a day
    that was given as today is taken at noon. `is_stale`: live, not frozen by the publication ban, and more than 36
    hours old. `fault`: what is damaged; where the current edition is, the last good one is told here. `quarantined` is
    null where the ledger cannot be read.
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
    age_hours: float | None
    checked_utc: str | None
    quarantined: int | None
    fault: str | None


@dataclass(frozen=True, slots=True)
class LastRun:
    """The last refresh, whatever became of it."""

    started_utc: str
    finished_utc: str
    exit_code: int
    error: str | None


@dataclass(frozen=True, slots=True)
class Status:
    """The whole state, as `status --json` prints it.

    `health` is degraded where something is damaged, the last refresh failed, or a live campaign is stale or has no
    edition; `faults` has what is damaged, in words.
    """

    today: date
    health: Literal["ok", "degraded"]
    faults: list[str]
    last_run: LastRun | None
    sources: list[SourceStatus]
    quarantine: list[Refusal]
    editions: list[EditionStatus]
    disagreements: list[Disagreement]


@dataclass(frozen=True, slots=True)
class _LedgerState:
    """What the ledger says; `fault` where it cannot be read."""

    loads: list[Load]
    refusals: list[Refusal]
    disagreements: list[Disagreement]
    fault: str | None = None


def status(data_dir: Path, now: date, *, is_ban_relaxed: bool = False) -> Status:
    """Read the state at a moment, or on a day; nothing is written, and before the first refresh it is all unknown.

    One damaged file hides nothing of the others. `is_ban_relaxed` is counsel's setting: then nothing is frozen.
    """
    moment = now if isinstance(now, datetime) else datetime.combine(now, time(12), UTC)
    reference = load(data_dir / "raw")
    store = editions_of(data_dir / "processed")
    ledger = _read_ledger(ledger_of(data_dir / "processed"), list(reference.campaigns))
    runs, unread = _runs(store)
    campaigns = reference.campaigns.values()
    banned = {campaign.election.id for campaign in campaigns if not gate.may_publish(campaign, "poll", now)}
    frozen = set() if is_ban_relaxed else banned
    editions = [
        _edition(store, campaign, frozen, _on_clock_of(now, campaign.zone), ledger, runs) for campaign in campaigns
    ]
    restoring = data_dir / "processed" / RESTORING
    cut_off = f"{restoring}: a restore was cut off here; run it again" if restoring.exists() else None
    damage = [cut_off, ledger.fault, unread, *store.pointer_faults().values(), *(row.fault for row in editions)]
    if isinstance(now, datetime):  # a day given as today may well be one of the past
        damage += _ahead(editions, now)
    faults = list(dict.fromkeys(fault for fault in damage if fault))
    is_behind = any(row.is_stale or (row.is_live and not row.is_frozen and row.edition is None) for row in editions)
    has_failed = runs is not None and runs.exit_code == FAILED
    return Status(
        today=moment.date(),
        health="degraded" if faults or is_behind or has_failed else "ok",
        faults=faults,
        last_run=LastRun(runs.started_utc, runs.finished_utc, runs.exit_code, runs.error) if runs else None,
        sources=_sources(ledger.loads, runs, moment),
        quarantine=ledger.refusals,
        editions=editions,
        disagreements=ledger.disagreements,
    )


def _on_clock_of(now: date, zone: ZoneInfo) -> datetime:
    """A moment on an electorate's wall clock; a day is taken at its noon."""
    return now.astimezone(zone) if isinstance(now, datetime) else datetime.combine(now, time(12), zone)


def _ahead(editions: list[EditionStatus], now: datetime) -> list[str]:
    """What a clock that ran ahead has left, in words: it counts as none, and the next refresh puts it right."""
    faults = [
        f"{row.election} {row.edition}: as of {row.as_of}, after today" for row in editions if _is_after(row, now)
    ]
    faults += [
        f"runs.json: {row.election} was checked at {row.checked_utc}, which lies ahead of the clock"
        for row in editions
        if row.checked_utc and gate.is_ahead(datetime.fromisoformat(row.checked_utc), now)
    ]
    return [f"{fault}; is the clock right? It counts as none until the next refresh" for fault in faults]


def _is_after(row: EditionStatus, now: datetime) -> bool:
    return row.is_live and row.as_of is not None and row.as_of > now.date()


def _read_ledger(ledger_at: Path | str, elections: list[str]) -> _LedgerState:
    if isinstance(ledger_at, Path) and not ledger_at.exists():
        return _LedgerState([], [], [])
    try:
        with Ledger.open(ledger_at) as ledger:
            differing = [difference for election in elections for difference in disagreements(ledger, election)]
            return _LedgerState(ledger.loads(), ledger.refusals(), differing)
    except (LedgerDamaged, LedgerUnusable) as error:
        return _LedgerState([], [], [], str(error))


def _runs(store: EditionStore) -> tuple[Runs | None, str | None]:
    try:
        return store.runs(), None
    except EditionError as error:
        return None, str(error)


def _sources(loads: list[Load], runs: Runs | None, moment: datetime) -> list[SourceStatus]:
    answered = {(row.election, row.source): row for row in (runs.sources if runs else [])}
    loaded = {(row.election, row.source): row for row in loads}
    return [_source(key, loaded.get(key), answered.get(key), moment) for key in sorted({*answered, *loaded})]


def _source(key: tuple[str, str], loaded: Load | None, answer: SourceRun | None, moment: datetime) -> SourceStatus:
    """A source that was only ever imported from files has answered when it was last loaded."""
    loaded_utc = loaded.loaded_utc if loaded else None
    answered = answer or SourceRun(
        source=key[1],
        election=key[0],
        last_success_utc=loaded_utc,
        last_change_utc=loaded_utc,
        last_error_utc=None,
        last_error=None,
    )
    return SourceStatus(
        source=answered.source,
        election=answered.election,
        loaded_utc=loaded_utc,
        accepted=loaded.accepted if loaded else None,
        refused=loaded.refused if loaded else None,
        last_success_utc=answered.last_success_utc,
        last_change_utc=answered.last_change_utc or loaded_utc,
        last_error_utc=answered.last_error_utc,
        last_error=answered.last_error,
        age_hours=answered.age_hours(moment),
    )


def _edition(
    store: EditionStore, campaign: Campaign, bound: set[str], moment: datetime, ledger: _LedgerState, runs: Runs | None
) -> EditionStatus:
    election = campaign.election.id
    live, frozen = is_live(campaign, moment.date()), election in bound
    run = runs.campaign(election) if runs else None
    projection, fault = _served(store, election)
    checked = run.checked_utc if projection and run and run.edition == projection.edition else None
    old = gate.age(projection.as_of, moment, checked) if projection else None
    return EditionStatus(
        election=election,
        is_live=live,
        is_frozen=frozen,
        is_stale=projection is not None and live and not frozen and gate.is_stale(projection.as_of, moment, checked),
        edition=projection.edition if projection else None,
        kind=projection.kind if projection else None,
        as_of=projection.as_of if projection else None,
        latest_fieldwork_end=projection.polls.latest_fieldwork_end if projection else None,
        age_days=(moment.date() - projection.as_of).days if projection else None,
        age_hours=round(old.total_seconds() / 3600, 1) if old is not None else None,
        checked_utc=checked,
        quarantined=None if ledger.fault else sum(row.election == election for row in ledger.refusals),
        fault=fault,
    )


def _served(store: EditionStore, election: str) -> tuple[Projection | None, str | None]:
    """What is served of a campaign, and what is wrong with what should be."""
    if store.current_id(election)[0] is None:
        return None, None
    try:
        served = last_good(store, election)
        return served.edition.projection, served.fault
    except EditionError as error:
        return None, str(error)
