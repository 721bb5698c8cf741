"""What follows a refresh: the record of the run, the alerts it raises, and old editions that may go."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from pipelines.editions.errors import EditionDamaged
from pipelines.editions.last_good import last_good
from pipelines.editions.records import Alert
from pipelines.editions.store import Edition, EditionStore
from pipelines.electorate import load
from pipelines.errors import RulesRefused
from pipelines.log import say
from pipelines.nightly import alerts, runs
from pipelines.outcome import Outcome
from pipelines.request import Order


def conclude(
    order: Order,
    outcomes: Sequence[Outcome],
    started_utc: str,
    exit_code: int,
    keep_editions: int,
    asked: Sequence[runs.Answer] = (),
) -> tuple[list[Alert], str | None]:
    """Record the run, tell what the rules find new, and keep `keep_editions` a campaign (0: all of them).

    Returns the new alerts and, where the rules cannot be read, why: that must not keep a night from being published.
    """
    processed, remark = order.data_dir / "processed", None
    answers = [runs.Answer("archive", outcome.election, outcome.has_news, None) for outcome in outcomes]
    runs.keep_quarantine(order.data_dir)
    runs.keep(processed, started_utc, exit_code, None, [*answers, *asked], outcomes, _checked(order))
    try:
        found = alerts.tell(EditionStore(processed), raised(order, outcomes))
    except RulesRefused as error:
        found, remark = [], str(error)
    for alert in found:
        say("alert", **alert.model_dump())
    for outcome in outcomes:
        removed = EditionStore(processed).keep_only(outcome.election, keep_editions) if keep_editions else []
        if removed:
            say("editions removed", election=outcome.election, editions=removed)
    return found, remark


def failed(order: Order, started_utc: str, error: Exception, outcomes: Sequence[Outcome] = ()) -> None:
    """Record a run that ended early; where even that cannot be written, the message on the terminal remains."""
    say("refresh failed", logging.ERROR, error=str(error))
    try:
        runs.keep(order.data_dir / "processed", started_utc, 1, str(error), [], outcomes, _checked(order))
    except OSError as second:
        say("run not recorded", logging.ERROR, error=str(second))


def raised(order: Order, outcomes: Sequence[Outcome]) -> list[Alert]:
    """What the rules say of the live campaigns; nothing of one that a publication ban freezes."""
    rules = alerts.load_rules(order.data_dir)
    store = EditionStore(order.data_dir / "processed")
    found: list[Alert] = []
    for outcome in outcomes:
        if outcome.status == "frozen" or outcome.kind != "live" or outcome.edition is None:
            continue
        edition = store.open(outcome.election, outcome.edition)
        scene = _scene(store, edition, order.moment, outcome.quarantined, outcome.newly_quarantined)
        found += alerts.raised(rules, scene)
    return found


def dry_run(order: Order) -> list[tuple[Alert, bool]]:
    """What the rules say of the editions that are live now, and whether it would be told; nothing is written.

    A campaign none of whose editions can be read is left out; `status` says what is wrong with it.
    """
    rules, reference = alerts.load_rules(order.data_dir), load(order.data_dir / "raw")
    store = EditionStore(order.data_dir / "processed")
    told = {alert.key for alert in store.alerts().alerts}
    found: list[Alert] = []
    for election in store.current():
        try:
            edition = last_good(store, election).edition
        except EditionDamaged:
            continue
        if edition.manifest.kind == "live" and not order.is_frozen(reference.campaign(election)):
            found += alerts.raised(rules, _scene(store, edition, order.moment, 0, 0))
    return [(alert, alert.key not in told) for alert in found]


def _scene(store: EditionStore, edition: Edition, now: datetime, quarantined: int, newly: int) -> alerts.Scene:
    recorded = store.runs()
    return alerts.Scene(
        election=edition.election,
        edition=edition.id,
        day=edition.manifest.as_of,
        now_utc=now,
        changes=store.changes(edition.election, edition.id),
        sources=tuple(recorded.sources) if recorded else (),
        quarantined=quarantined,
        newly_quarantined=newly,
    )


def _checked(order: Order) -> str:
    return order.moment.astimezone(UTC).isoformat(timespec="seconds")
