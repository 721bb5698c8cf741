"""What is kept beside the editions: how the last refresh went, how sources answered, what is quarantined and sealed."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from pipelines import log
from pipelines.editions import seal
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
from pipelines.editions.seal import SealBroken
from pipelines.electorate import Campaign
from pipelines.ingest.archive import open_reference
from pipelines.ingest.imports import Asked
from pipelines.ingest.store import Ledger
from pipelines.nightly import lock
from pipelines.request import RefreshResult, now_utc
from pipelines.settings import editions_of, ledger_of, sealed_of
from pipelines.sources.reading import Refusal

MOST_SHOWN, LONGEST_TEXT = 100, 300


def keep(
    processed: Path,
    started_utc: str,
    exit_code: int,
    error: str | None,
    answers: Iterable[Asked],
    results: Iterable[RefreshResult] = (),
    checked_utc: str | None = None,
) -> None:
    """Record a run; what a source or a campaign did before stays where it was not asked.

    `checked_utc` is the moment sources and campaigns were checked at, where that is a day given as today and not now.
    """
    with lock.records(processed):
        store = editions_of(processed)
        before = store.runs()
        sources = {(row.source, row.election): row for row in (before.sources if before else [])}
        campaigns = {row.election: row for row in (before.campaigns if before else [])}
        finished = now_utc()
        moment = checked_utc or finished
        for answer in answers:
            key = (answer.source, answer.election)
            sources[key] = _after(sources.get(key), answer, moment)
        for result in results:
            campaigns[result.election] = _campaign(campaigns.get(result.election), result, moment)
        store.keep_runs(
            Runs(
                started_utc=started_utc,
                finished_utc=finished,
                exit_code=exit_code,
                error=error,
                sources=[row for _, row in sorted(sources.items())],
                campaigns=tuple(row for _, row in sorted(campaigns.items())),
            )
        )


def _after(before: SourceRun | None, answer: Asked, now: str) -> SourceRun:
    recorded = before or SourceRun(
        source=answer.source,
        election=answer.election,
        last_success_utc=None,
        last_change_utc=None,
        last_error_utc=None,
        last_error=None,
    )
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


def keep_quarantine(data_dir: Path) -> None:
    """Put what the ledger refuses beside the editions, where a reader that knows no ledger finds it."""
    processed = data_dir / "processed"
    with lock.records(processed), Ledger.open(ledger_of(processed)) as ledger:
        refused = ledger.refusals()
    campaigns = [_refused(name, list(rows)) for name, rows in groupby(refused, attrgetter("election"))]
    editions_of(processed).keep_quarantine(Quarantine(checked_utc=now_utc(), campaigns=campaigns))


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


def keep_seals(data_dir: Path) -> list[str]:
    """Write `seals.json`, which a reader that sees no raw data shows; returns what is wrong with a chain, in words."""
    raw, faults = sealed_of(data_dir / "raw"), []
    chains = []
    for election in seal.elections(raw):
        try:
            chains.append(_chain(raw, data_dir / "raw", election))
        except SealBroken as error:
            faults.append(str(error))
            chains.append(SealedChain(election=election, count=0, head=None))
    with lock.records(data_dir / "processed"):
        editions_of(data_dir / "processed").keep_seals(Seals(chains=chains))
    for fault in faults:
        log.say("sealed record broken", fault=fault)
    return faults


def _chain(sealed: Objects, raw: Path, election: str) -> SealedChain:
    chain, seals = seal.verify(sealed, election), list(seal.seals_of(sealed, election))
    campaign = open_reference(raw, election).campaigns.get(election)
    return SealedChain(
        election=election,
        count=chain.count,
        head=chain.head,
        published_number=chain.published_number,
        published_date=chain.published.date if chain.published else None,
        published_where=chain.published.where if chain.published else None,
        seals={each.edition: each.number for each in seals},
        made_after_close=tuple(each.edition for each in seals if each.when == "made_after_close"),
        lines=_lines(seals, campaign) if campaign else (),
    )


def _lines(seals: list[seal.Seal], campaign: Campaign) -> tuple[SealedLine, ...]:
    won = {row.list: row.seats for row in campaign.results}
    if not won or all(each.when != "in_time" for each in seals):
        return ()
    from pipelines.hindcast.scores import sealed_lines  # numpy and pandas take a second; most nights do without

    return sealed_lines(seals, won, campaign.election.vote_date, campaign.zone)
