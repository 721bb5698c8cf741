"""How the last run went, how sources answered, what is quarantined and sealed: recorded by a run, read by `status`.

An electorate's records lie beside the editions, an object each, where a reader that knows no ledger finds them.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from pipelines import log
from pipelines.commands.console import FAILED
from pipelines.editions import gate
from pipelines.editions.objects import Objects
from pipelines.editions.records import (
    CampaignQuarantine,
    CampaignRun,
    Quarantine,
    QuarantinedRow,
    Runs,
    SealedChain,
    SealedLine,
    Seals,
    SourceRun,
)
from pipelines.editions.store import EditionStore, last_good
from pipelines.editions.values import Manifest
from pipelines.electorate import Calendar, Campaign
from pipelines.electorate.folder import calendars, electorates_of, load
from pipelines.errors import EditionError, LedgerDamaged, LedgerUnusable
from pipelines.ingest.store import NAMES, Ledger, Load
from pipelines.nightly.lock import RESTORING
from pipelines.request import RefreshResult, now_utc
from pipelines.settings import editions_of, ledger_of, sealed_of
from pipelines.sources.reading import Refusal

if TYPE_CHECKING:
    from pipelines.editions.seal import Seal
    from pipelines.ingest.imports import SourceOutcome
    from pipelines.ingest.similarity import Disagreement

MOST_SHOWN, LONGEST_TEXT = 100, 300
READ = ("loads", "refusals")  # of the ledger, where sources are not compared


def keep_run(
    store: EditionStore,
    electorate: str,
    started_utc: str,
    exit_code: int,
    error: str | None,
    answers: "Iterable[SourceOutcome]",
    results: Iterable[RefreshResult] = (),
    checked_utc: str | None = None,
) -> None:
    """Record a run of an electorate; what a source or a campaign did before stays where it was not asked.

    `checked_utc` is the moment sources and campaigns were checked at, where that is a day given as today and not now.
    """
    finished = now_utc()
    moment = checked_utc or finished

    def recorded(before: Runs | None) -> Runs:
        sources = {(row.source, row.election): row for row in (before.sources if before else [])}
        campaigns = {row.election: row for row in (before.campaigns if before else [])}
        for answer in answers:
            key = (answer.source, answer.election)
            sources[key] = _after(sources.get(key), answer, moment)
        for result in results:
            campaigns[result.election] = _campaign(campaigns.get(result.election), result, moment)
        return Runs(
            started_utc=started_utc,
            finished_utc=finished,
            exit_code=exit_code,
            error=error,
            sources=[row for _, row in sorted(sources.items())],
            campaigns=tuple(row for _, row in sorted(campaigns.items())),
        )

    store.change(Runs, electorate, recorded)


def _after(before: SourceRun | None, answer: "SourceOutcome", now: str) -> SourceRun:
    recorded = before or SourceRun(source=answer.source, election=answer.election)
    if answer.error is not None:
        return recorded.model_copy(update={"last_error_utc": now, "last_error": answer.error})
    changed = now if answer.has_news else recorded.last_change_utc
    return recorded.model_copy(update={"last_success_utc": now, "last_change_utc": changed})


def _campaign(before: CampaignRun | None, result: RefreshResult, now: str) -> CampaignRun:
    published = now if result.status == "published" else None
    if published is None and before and before.edition == result.edition:
        published = before.published_utc
    return CampaignRun(
        election=result.election,
        edition=result.edition,
        status=result.status,
        checked_utc=now,
        published_utc=published,
    )


def keep_quarantine(
    data_dir: Path, electorates: Mapping[str, Collection[str]] | None = None, *, is_checked: bool = False
) -> None:
    """Record what the ledger refuses of some electorates, by the elections of each, or of all.

    `is_checked`: this run has held the ledger's rows to their checksums.
    """
    processed = data_dir / "processed"
    if electorates is None:
        reference = load(data_dir / "raw")
        electorates = {name: {one.election.id for one in reference.of(name)} for name in reference.electorates}
    with Ledger.open(ledger_of(processed), is_checked=is_checked) as ledger:
        refused = [_refused(name, list(rows)) for name, rows in groupby(ledger.refusals(), attrgetter("election"))]
    for electorate, elections in electorates.items():
        campaigns = [campaign for campaign in refused if campaign.election in elections]
        editions_of(processed).keep(electorate, Quarantine(checked_utc=now_utc(), campaigns=campaigns))


def _refused(election: str, rows: Sequence[Refusal]) -> CampaignQuarantine:
    return CampaignQuarantine(
        election=election,
        count=len(rows),
        by_check=dict(sorted(Counter(row.check for row in rows).items())),
        rows=[
            QuarantinedRow.model_validate(replace(row, text=row.text[:LONGEST_TEXT]), from_attributes=True)
            for row in rows[:MOST_SHOWN]
        ],
    )


def keep_seals(data_dir: Path, electorates: Collection[str] = ()) -> list[str]:
    """Record the chains of some electorates, or of all; returns what is wrong with a chain, in words.

    A chain of an election that no electorate has any more is verified too.
    """
    from pipelines.editions import seal

    reference, faults = load(data_dir / "raw", electorates), list[str]()
    sealed = sealed_of(data_dir / "raw")
    elections = seal.elections(sealed)
    for electorate in reference.electorates:
        chains = []
        for campaign in reference.of(electorate):
            if campaign.election.id in elections:
                try:
                    chains.append(_chain(sealed, campaign))
                except seal.SealBroken as error:
                    faults.append(str(error))
                    chains.append(SealedChain(election=campaign.election.id, count=0, head=None))
        editions_of(data_dir / "processed").keep(electorate, Seals(chains=chains))
    for election in elections:
        if election not in reference.campaigns and not electorates_of(data_dir / "raw", election):
            try:
                seal.verify(sealed, election)
            except seal.SealBroken as error:
                faults.append(str(error))
    for fault in faults:
        log.say("sealed record broken", fault=fault)
    return faults


def _chain(sealed: Objects, campaign: Campaign) -> SealedChain:
    from pipelines.editions import seal

    election = campaign.election.id
    chain, seals = seal.verify(sealed, election), list(seal.seals_of(sealed, election))
    return SealedChain(
        election=election,
        count=chain.count,
        head=chain.head,
        published_number=chain.published_number,
        published_date=chain.published.date if chain.published else None,
        published_where=chain.published.where if chain.published else None,
        seals={each.edition: each.number for each in seals},
        made_after_close=tuple(each.edition for each in seals if each.when == "made_after_close"),
        lines=_lines(seals, campaign),
    )


def _lines(seals: "list[Seal]", campaign: Campaign) -> tuple[SealedLine, ...]:
    won = {row.list: row.seats for row in campaign.results}
    if not won or all(each.when != "in_time" for each in seals):
        return ()
    from pipelines.hindcast.scores import sealed_lines  # numpy and pandas take a second; most nights do without

    return sealed_lines(seals, won, campaign.election.vote_date, campaign.zone)


# What `status` reads


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
    """The last refresh of an electorate, whatever became of it: the one that failed, where one did."""

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
    disagreements: "list[Disagreement]"


@dataclass(frozen=True, slots=True)
class _LedgerState:
    """What the ledger says; `fault` where it cannot be read."""

    loads: list[Load]
    refusals: list[Refusal]
    disagreements: "list[Disagreement]"
    fault: str | None = None


def status(data_dir: Path, now: date, *, is_ban_relaxed: bool = False, with_disagreements: bool = True) -> Status:
    """Read the state at a moment, or on a day; nothing is written, and before the first refresh it is all unknown.

    One damaged file hides nothing of the others. `is_ban_relaxed` is counsel's setting: then nothing is frozen.
    To find disagreements every reading of every source is compared: who does not show them does without.
    """
    moment = now if isinstance(now, datetime) else datetime.combine(now, time(12), UTC)
    campaigns = calendars(data_dir / "raw")
    store = editions_of(data_dir / "processed")
    compared = [one.election for one in campaigns] if with_disagreements else []
    ledger = _read_ledger(ledger_of(data_dir / "processed"), compared)
    runs, unread = _runs(store, dict.fromkeys(one.electorate for one in campaigns))
    banned = {one.election for one in campaigns if not gate.may_publish(one, "poll", now)}
    frozen = set() if is_ban_relaxed else banned
    editions = [_edition(store, one, frozen, _on_clock_of(now, one.zone), ledger, runs) for one in campaigns]
    restoring = data_dir / "processed" / RESTORING
    cut_off = f"{restoring}: a restore was cut off here; run it again" if restoring.exists() else None
    damage = [cut_off, ledger.fault, *unread, *store.pointer_faults().values(), *(row.fault for row in editions)]
    if isinstance(now, datetime):  # a day given as today may well be one of the past
        damage += _ahead(editions, now)
    faults = list(dict.fromkeys(fault for fault in damage if fault))
    is_behind = any(row.is_stale or (row.is_live and not row.is_frozen and row.edition is None) for row in editions)
    last = max(runs.values(), key=lambda run: (run.exit_code == FAILED, run.finished_utc), default=None)
    has_failed = last is not None and last.exit_code == FAILED
    return Status(
        today=moment.date(),
        health="degraded" if faults or is_behind or has_failed else "ok",
        faults=faults,
        last_run=LastRun(last.started_utc, last.finished_utc, last.exit_code, last.error) if last else None,
        sources=_sources(ledger.loads, runs.values(), moment),
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
        f"{row.election} {row.edition}: as of {row.as_of}, after today"
        for row in editions
        if row.is_live and row.as_of and row.as_of > now.date()
    ]
    faults += [
        f"runs: {row.election} was checked at {row.checked_utc}, which lies ahead of the clock"
        for row in editions
        if row.checked_utc and gate.is_ahead(datetime.fromisoformat(row.checked_utc), now)
    ]
    return [f"{fault}; is the clock right? It counts as none until the next refresh" for fault in faults]


def _read_ledger(ledger_at: Path | str, compared: list[str]) -> _LedgerState:
    if isinstance(ledger_at, Path) and not ledger_at.exists():
        return _LedgerState([], [], [])
    try:
        with Ledger.open(ledger_at, tables=READ if not compared else NAMES, is_read=True) as ledger:
            return _LedgerState(ledger.loads(), ledger.refusals(), _disagreements(ledger, compared))
    except (LedgerDamaged, LedgerUnusable) as error:
        return _LedgerState([], [], [], str(error))


def _disagreements(ledger: Ledger, elections: list[str]) -> "list[Disagreement]":
    if not elections:
        return []
    from pipelines.ingest.similarity import disagreements

    return [row for name in elections for row in disagreements(name, ledger.readings(name))]


def _runs(store: EditionStore, electorates: Iterable[str]) -> tuple[dict[str, Runs], list[str]]:
    """The last run of each electorate, and what is wrong with those that cannot be read."""
    runs, faults = dict[str, Runs](), []
    for electorate in electorates:
        try:
            if stored := store.record(Runs, electorate):
                runs[electorate] = stored
        except EditionError as error:
            faults.append(str(error))
    return runs, faults


def _sources(loads: list[Load], runs: Iterable[Runs], moment: datetime) -> list[SourceStatus]:
    answered = {(row.election, row.source): row for run in runs for row in run.sources}
    loaded = {(row.election, row.source): row for row in loads}
    return [_source(key, loaded.get(key), answered.get(key), moment) for key in sorted({*answered, *loaded})]


def _source(key: tuple[str, str], loaded: Load | None, answer: SourceRun | None, moment: datetime) -> SourceStatus:
    """A source that was only ever imported from files has answered when it was last loaded."""
    loaded_utc = loaded.loaded_utc if loaded else None
    answered = answer or SourceRun(source=key[1], election=key[0], last_success_utc=loaded_utc)
    changed_utc = answered.last_change_utc or loaded_utc
    return SourceStatus(
        loaded_utc=loaded_utc,
        accepted=loaded.accepted if loaded else None,
        refused=loaded.refused if loaded else None,
        age_hours=answered.age_hours(moment),
        **answered.model_copy(update={"last_change_utc": changed_utc}).model_dump(),
    )


def _edition(
    store: EditionStore,
    campaign: Calendar,
    bound: Collection[str],
    moment: datetime,
    ledger: _LedgerState,
    runs: Mapping[str, Runs],
) -> EditionStatus:
    election = campaign.election
    live, frozen = campaign.is_live(moment.date()), election in bound
    recorded = runs.get(campaign.electorate)
    run = recorded.campaign(election) if recorded else None
    manifest, latest_fieldwork_end, fault = _served(store, election)
    checked = run.checked_utc if manifest and run and run.edition == manifest.edition else None
    old = gate.age(manifest.as_of, moment, checked) if manifest else None
    return EditionStatus(
        election=election,
        is_live=live,
        is_frozen=frozen,
        is_stale=manifest is not None and live and not frozen and gate.is_stale(manifest.as_of, moment, checked),
        edition=manifest.edition if manifest else None,
        kind=manifest.kind if manifest else None,
        as_of=manifest.as_of if manifest else None,
        latest_fieldwork_end=latest_fieldwork_end,
        age_days=(moment.date() - manifest.as_of).days if manifest else None,
        age_hours=round(old.total_seconds() / 3600, 1) if old is not None else None,
        checked_utc=checked,
        quarantined=None if ledger.fault else sum(row.election == election for row in ledger.refusals),
        fault=fault,
    )


def _served(store: EditionStore, election: str) -> tuple[Manifest | None, date | None, str | None]:
    """What is served of a campaign, the last day of its polls, and what is wrong with what should be served."""
    if store.current_id(election)[0] is None:
        return None, None, None
    try:
        served = last_good(store, election)
        return served.edition.manifest, served.edition.latest_fieldwork_end, served.fault
    except EditionError as error:
        return None, None, str(error)
