"""The night, step by step: raw → ledger → trend → draws → one edition; every step is called from here."""

from collections.abc import Iterator, Sequence
from datetime import date
from time import monotonic

from electoral.polls import Poll
from pipelines import fingerprint
from pipelines.asof import is_live, resolve_as_of
from pipelines.editions.changes import changes
from pipelines.editions.check import check
from pipelines.editions.errors import EditionDamaged
from pipelines.editions.records import RunStatus
from pipelines.editions.schema import Kind, Manifest
from pipelines.editions.store import Edition, EditionStore
from pipelines.electorate import Campaign, Reference
from pipelines.errors import NothingKnown
from pipelines.ingest import snapshots
from pipelines.ingest.archive import open_reference
from pipelines.ingest.run import LEDGER, ingest
from pipelines.ingest.store import Ledger
from pipelines.inputs import edition_inputs
from pipelines.outcome import Outcome
from pipelines.request import Order, Progress
from pipelines.sources.archive import archive_file

__all__ = ["Order", "Outcome", "refresh", "run"]


def run(election: str, order: Order, progress: Progress) -> Iterator[Outcome]:
    """Refresh one campaign, `all` of them or those that are live (`all-live`), newest first, one after another."""
    reference = open_reference(order.data_dir / "raw")
    EditionStore(order.data_dir / "processed").sweep()
    snapshots.sweep(order.data_dir / "raw")
    for campaign in _wanted(election, order, reference):
        yield refresh(order, reference, campaign, progress)


def _wanted(election: str, order: Order, reference: Reference) -> list[Campaign]:
    if election not in ("all", "all-live"):
        return [reference.campaign(election)]
    found = sorted(reference.campaigns.values(), key=lambda campaign: campaign.election.vote_date, reverse=True)
    return [campaign for campaign in found if election == "all" or _is_due(campaign, order)]


def _is_due(campaign: Campaign, order: Order) -> bool:
    """A live campaign, and one whose vote has passed while its last live edition still stands: its final one is due."""
    if is_live(campaign, order.today_in(campaign.zone)):
        return True
    store = EditionStore(order.data_dir / "processed")
    edition = store.current().get(campaign.election.id)
    is_past = order.today_in(campaign.zone) > campaign.election.vote_date
    return is_past and edition is not None and not _is_final(store, campaign.election.id, edition)


def _is_final(store: EditionStore, election: str, edition: str) -> bool:
    """Whether nothing is due after this edition; one that does not read back is made again."""
    return store.is_sound(election, edition) and store.open(election, edition).manifest.kind != "live"


def refresh(order: Order, reference: Reference, campaign: Campaign, progress: Progress) -> Outcome:
    """Bring one campaign up to date: publish a whole edition, or leave the last one in place."""
    started = monotonic()
    election, raw = campaign.election.id, order.data_dir / "raw"
    as_of, kind = resolve_as_of(campaign, order.today_in(campaign.zone), order.as_of)
    campaign = campaign.known_on(as_of)
    with Ledger.open(order.data_dir / "processed" / LEDGER) as ledger:
        progress(election, "reading polls")
        ingested = ingest(order.data_dir, ledger, campaign)
        found = ledger.polls(election)
        if not found:
            raise NothingKnown(
                f"{archive_file(raw, election)} holds no poll and no source has brought one; restore it or import polls"
            )
        lag_days = campaign.electorate.settings.publication_lag_days
        known = [(poll, revision) for poll, revision in found if poll.known_from(lag_days) <= as_of]
        refused = ledger.refusals(election)
    manifest = _manifest(order, reference, campaign, as_of, kind, known)
    status = _publish(order, reference, campaign, manifest, known, progress)
    store = EditionStore(order.data_dir / "processed")
    return Outcome(
        election=election,
        as_of=as_of,
        edition=store.current().get(election) if status == "frozen" else manifest.edition,
        kind=kind,
        status=status,
        polls=len(known),
        newly_quarantined=ingested.newly_quarantined,
        quarantined=len(refused),
        has_news=ingested.has_news,
        seconds=round(monotonic() - started, 3),
    )


def _publish(
    order: Order,
    reference: Reference,
    campaign: Campaign,
    manifest: Manifest,
    known: Sequence[tuple[Poll, int]],
    progress: Progress,
) -> RunStatus:
    """Edition, then what it changed, then the switch: a reader of the new one finds everything that belongs to it.

    Each step finds out what is already there, so a night that was cut off is finished by the next.
    """
    if order.is_frozen(campaign):
        return "frozen"
    store = EditionStore(order.data_dir / "processed")
    is_sound = store.is_sound(manifest.election, manifest.edition)
    if not is_sound:
        from pipelines.projection import (
            work_out,  # statsmodels takes a second to load; a night without news does without
        )

        files = work_out(order, reference, campaign, manifest, known, progress)
        if order.is_frozen(campaign):  # the ban began while we were working
            return "frozen"
        progress(manifest.election, "writing the edition")
        store.write(manifest, files, check)
    edition = store.open(manifest.election, manifest.edition)
    before = store.before(edition)
    if before and _lacks_changes(store, edition):
        from pipelines.assemble.movement import movement_parts

        store.keep_changes(changes(before, edition, movement_parts(before, edition, campaign)))
    store.make_current(manifest.election, manifest.edition, order.clock_day(campaign.zone))
    return "unchanged" if is_sound else "published"


def _lacks_changes(store: EditionStore, edition: Edition) -> bool:
    try:
        return store.changes(edition.election, edition.id) is None
    except EditionDamaged:  # they are worked out again and written over it
        return True


def _manifest(
    order: Order,
    reference: Reference,
    campaign: Campaign,
    as_of: date,
    kind: Kind,
    known: Sequence[tuple[Poll, int]],
) -> Manifest:
    """Names the edition by all it is made from: what was known on its day, and what past elections teach."""
    is_result_known = order.today_in(campaign.zone) > campaign.election.vote_date
    raw = order.data_dir / "raw"
    inputs = edition_inputs(raw, reference, campaign, as_of, known, is_result_known=is_result_known)
    parameters = {"draws": order.draws, "seed": order.seed}
    return Manifest(
        election=campaign.election.id,
        electorate=campaign.electorate.id,
        as_of=as_of,
        kind=kind,
        edition=fingerprint.edition_id(as_of, kind, is_result_known, inputs, parameters),
        inputs=inputs,
        code=fingerprint.code_fingerprint(),
        libraries=fingerprint.library_versions(),
        parameters=parameters,
        files={},
    )
