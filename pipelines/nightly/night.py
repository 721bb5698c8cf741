"""One refresh from start to summary: what is due, how it is told, recorded and concluded; the lock is already held."""

import logging
from collections.abc import Sequence
from dataclasses import asdict, replace

from pipelines import clock, log
from pipelines.commands.console import DONE, DONE_WITH_REMARKS, messages, say
from pipelines.editions.store import EditionStore
from pipelines.ingest.fetching import ask_all, say_all
from pipelines.nightly.after_refresh import conclude, failed
from pipelines.nightly.runs import Answer
from pipelines.outcome import Outcome
from pipelines.refresh import run
from pipelines.request import Order


def night(election: str, order: Order, offline: bool, keep_editions: int) -> tuple[list[Outcome], int]:
    """Every campaign that is due, one after another; what was done, and the exit code."""
    started, outcomes = clock.now_utc(), []
    log.say(
        "refresh started",
        election=election,
        today=order.day,
        as_of=order.as_of,
        draws=order.draws,
    )
    try:
        faults = EditionStore(order.data_dir / "processed").mend()
        for fault in faults:
            log.say("put aside", logging.WARNING, fault=fault)
            say(f"warning: {fault.partition('; ')[0]}: begun anew")
        asked = [] if offline or order.as_of else ask_all(election, order)
        for words in say_all(asked, election, order, offline=offline):
            say(words)
        with messages.status("starting") as spinner:
            for outcome in run(election, order, lambda campaign, step: spinner.update(f"{campaign}: {step}")):
                newly = sum(one.newly_quarantined for one in asked if one.election == outcome.election)
                outcome = replace(outcome, newly_quarantined=outcome.newly_quarantined + newly)
                outcomes.append(outcome)
                log.say("campaign done", **asdict(outcome))
                _say_outcome(outcome)
        newly = sum(outcome.newly_quarantined for outcome in outcomes)
        failed_sources = [one for one in asked if one.error is not None]
        code = DONE_WITH_REMARKS if newly or failed_sources or faults else DONE
        answers = [Answer(one.source, one.election, one.has_news, one.error) for one in asked]
        alerts, remark = conclude(order, outcomes, started, code, keep_editions, answers)
    except Exception as error:
        failed(order, started, error, outcomes)
        raise
    for alert in alerts:
        say(f"alert {alert.rule}: {alert.kind} {alert.subject} ({alert.election})")
    if remark:
        say(f"warning: {remark}")
    say(_summary(order, outcomes, len(alerts)))
    return outcomes, DONE_WITH_REMARKS if remark else code


def _say_outcome(outcome: Outcome) -> None:
    if outcome.status == "frozen":
        shown = f"{outcome.edition} stays" if outcome.edition else "there is no edition from before it"
        say(f"{outcome.election}: the publication ban is on; nothing new is published and {shown}")
        return
    say(
        f"{outcome.election}: {outcome.status} {outcome.edition} ({outcome.kind}, {outcome.polls} polls,"
        f" {outcome.quarantined} quarantined, {outcome.seconds:.1f} s)"
    )


def _summary(order: Order, outcomes: Sequence[Outcome], alerts: int) -> str:
    """The night in one paragraph."""
    if not outcomes:
        return f"no campaign is live on {order.day}: nothing to refresh"
    count = {status: sum(outcome.status == status for outcome in outcomes) for status in ("published", "unchanged")}
    frozen = [outcome.election for outcome in outcomes if outcome.status == "frozen"]
    newly = sum(outcome.newly_quarantined for outcome in outcomes)
    parts = [
        f"{count['published']} published, {count['unchanged']} unchanged",
        f"frozen by the publication ban: {', '.join(frozen)}" if frozen else "",
        f"{newly} rows newly quarantined" if newly else "nothing newly quarantined",
        f"{alerts} alerts" if alerts else "",
        f"{sum(outcome.seconds for outcome in outcomes):.1f} s",
    ]
    return "; ".join(part for part in parts if part)
