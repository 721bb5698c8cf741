"""One refresh from start to summary: what is due, how it is told and recorded, the alerts it raises; under the lock."""

import logging
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC

from pipelines import log
from pipelines.commands.console import DONE, DONE_WITH_REMARKS, messages, say
from pipelines.desk.drafts import Drafts
from pipelines.editions.records import Alert
from pipelines.editions.store import EditionStore
from pipelines.electorate.folder import electorates_of, load
from pipelines.errors import RulesRefused
from pipelines.ingest.imports import Asked, say_all
from pipelines.nightly import alerts, lock, runs
from pipelines.refresh import fetch, run
from pipelines.request import RefreshRequest, RefreshResult, now_utc


def night(election: str, request: RefreshRequest, offline: bool, keep_editions: int) -> tuple[list[RefreshResult], int]:
    """Every campaign that is due, one after another; what was done, and the exit code."""
    started, results = now_utc(), []
    log.say("refresh started", election=election, today=request.day, as_of=request.as_of, draws=request.draws)
    try:
        faults = EditionStore(request.processed).mend()
        for fault in faults:
            log.say("put aside", logging.WARNING, fault=fault)
            say(f"warning: {fault.partition('; ')[0]}: begun anew")
        asked = fetch(election, request, offline=offline)
        for words in say_all(asked, election, request, offline=offline):
            say(words)
        with messages.status("starting") as spinner:
            for result in run(election, request, lambda campaign, step: spinner.update(f"{campaign}: {step}")):
                newly = sum(answer.newly_quarantined for answer in asked if answer.election == result.election)
                result = replace(result, newly_quarantined=result.newly_quarantined + newly)
                results.append(result)
                _keep_vote(request, result.election)
                log.say("campaign done", **asdict(result))
                _say_result(result)
        newly = sum(result.newly_quarantined for result in results)
        failed_sources = [answer for answer in asked if answer.error is not None]
        code = DONE_WITH_REMARKS if newly or failed_sources or faults else DONE
        new_alerts, remark = conclude(request, results, started, code, keep_editions, asked)
    except Exception as error:
        record_failure(request, started, error, results)
        raise
    for alert in new_alerts:
        say(f"alert {alert.rule}: {alert.kind} {alert.subject} ({alert.election})")
    if remark:
        say(f"warning: {remark}")
    say(_summary(request, results, len(new_alerts)))
    return results, DONE_WITH_REMARKS if remark else code


def _keep_vote(request: RefreshRequest, election: str) -> None:
    """Open the exit polls that may be told and bring the record of a vote up to date; not of one still ahead."""
    reference = load(request.raw, electorates_of(request.raw, election))
    campaign = reference.campaign(election)
    if request.as_of or request.today_in(campaign.zone) < campaign.election.vote_date:
        return
    from pipelines.vote.count import keep_record  # what most nights have no use for
    from pipelines.vote.exit_polls import open_drafts

    open_drafts(request.data_dir, campaign, request.today)
    keep_record(request.data_dir, reference, campaign, today=request.today)


def _say_result(result: RefreshResult) -> None:
    if result.status == "frozen":
        shown = f"{result.edition} stays" if result.edition else "there is no edition from before it"
        say(f"{result.election}: the publication ban is on; nothing new is published and {shown}")
        return
    if result.status == "waiting":
        say(f"{result.election}: {result.why}; {result.edition or 'no edition'} stays")
        return
    say(
        f"{result.election}: {result.status} {result.edition} ({result.kind}, {result.polls} polls,"
        f" {result.quarantined} quarantined, {result.seconds:.1f} s)"
    )


def _summary(request: RefreshRequest, results: Sequence[RefreshResult], new_alerts: int) -> str:
    """The night in one paragraph."""
    if not results:
        return f"no campaign is live on {request.day}: nothing to refresh"
    count = {status: sum(result.status == status for result in results) for status in ("published", "unchanged")}
    frozen = [result.election for result in results if result.status == "frozen"]
    newly = sum(result.newly_quarantined for result in results)
    parts = [
        f"{count['published']} published, {count['unchanged']} unchanged",
        f"frozen by the publication ban: {', '.join(frozen)}" if frozen else "",
        f"{newly} rows newly quarantined" if newly else "nothing newly quarantined",
        f"{new_alerts} alerts" if new_alerts else "",
        f"{sum(result.seconds for result in results):.1f} s",
    ]
    return "; ".join(part for part in parts if part)


def conclude(
    request: RefreshRequest,
    results: Sequence[RefreshResult],
    started_utc: str,
    exit_code: int,
    keep_editions: int,
    asked: Sequence[Asked] = (),
) -> tuple[list[Alert], str | None]:
    """Record the run, tell what the rules find new, and keep `keep_editions` a campaign (0: all of them).

    Returns the new alerts and, where a chain of seals is broken or the rules cannot be read, why: neither may keep a
    night from being published.
    """
    Drafts(request.data_dir).sweep()
    processed = request.processed
    answers = [Asked("archive", result.election, has_news=result.has_news) for result in results]
    runs.keep_quarantine(request.data_dir)
    remark = next(iter(runs.keep_seals(request.data_dir)), None)
    runs.keep(processed, started_utc, exit_code, None, [*answers, *asked], results, _checked_utc(request))
    try:
        with lock.records(processed):
            new_alerts = alerts.tell(EditionStore(processed), alerts.of_refresh(request, results))
    except RulesRefused as error:
        new_alerts, remark = [], remark or str(error)
    for alert in new_alerts:
        log.say("alert", **alert.model_dump())
    for result in results:
        removed = EditionStore(processed).keep_only(result.election, keep_editions) if keep_editions else []
        if removed:
            log.say("editions removed", election=result.election, editions=removed)
    return new_alerts, remark


def record_failure(
    request: RefreshRequest, started_utc: str, error: Exception, results: Sequence[RefreshResult] = ()
) -> None:
    """Record a run that ended early; where even that cannot be written, the message on the terminal remains."""
    log.say("refresh failed", logging.ERROR, error=str(error))
    try:
        runs.keep(request.processed, started_utc, 1, str(error), [], results, _checked_utc(request))
    except OSError as second:
        log.say("run not recorded", logging.ERROR, error=str(second))


def _checked_utc(request: RefreshRequest) -> str:
    return request.moment.astimezone(UTC).isoformat(timespec="seconds")
