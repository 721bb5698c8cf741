"""`import`: a file somebody has, into snapshots and ledger; whole or not at all."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from pipelines import snapshots
from pipelines.electorate import Campaign, Reference
from pipelines.errors import ImportRefused
from pipelines.intake.archive import open_reference
from pipelines.intake.take import Prepared, bytes_of, prepare, take_in
from pipelines.ledger.store import Ledger
from pipelines.snapshots import Snapshot
from pipelines.sources.answers import Fetched
from pipelines.sources.catalogue import poll_sources
from pipelines.sources.errors import PollsVanished
from pipelines.sources.settings import read_settings
from pipelines.sources.wikipedia.page import read_page

LARGEST = 50_000_000


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, counted in polls; `reasons` counts the refused rows by reason.

    `rows` is every row of the page: accepted, revised, unchanged, a repeat, a result, an event or refused.
    """

    accepted: int
    revised: int
    unchanged: int
    quarantined: int
    events: int
    reasons: dict[str, int]
    withdrawn: int = 0
    newly_quarantined: int = 0
    rows: int = 0
    repeats: int = 0
    results: int = 0
    refused_rows: int = 0
    warnings: tuple[str, ...] = ()

    @property
    def accounted(self) -> int:
        """The rows whose end is known: equal to `rows`, or one was lost."""
        polls = self.accepted + self.revised + self.unchanged
        return polls + self.repeats + self.results + self.events + self.refused_rows

    def document(self) -> dict[str, object]:
        """The document of `import --json`."""
        return {
            "accepted": self.accepted,
            "revised": self.revised,
            "unchanged": self.unchanged,
            "quarantined": self.quarantined,
            "events": self.events,
            "reasons": self.reasons,
        }


def read_file(path: Path) -> bytes:
    """The bytes of a file to import; raises ImportRefused for one that is not there, empty or far too large."""
    try:
        size = path.stat().st_size
        if not path.is_file() or size > LARGEST:
            raise ImportRefused(f"{path}: give a file of at most {LARGEST:,} bytes")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ImportRefused(f"{path}: no such file") from error


def bring_in(data_dir: Path, path: Path, source: str, election: str, today: date) -> Imported:
    """Import one file of polls; raises PageRefused for a whole page, and then nothing has changed."""
    raw, body = data_dir / "raw", read_file(path)
    reference = open_reference(raw)
    campaign = reference.campaign(election)
    if source not in poll_sources():
        raise ImportRefused(f"no source of polls is called {source!r}; there are {', '.join(poll_sources())}")
    snapshot = describe(body, source, campaign, today, file=path.name)
    with Ledger.open(data_dir / "processed" / "ledger.sqlite") as ledger:
        take_in(raw, ledger, reference, campaign)
        return bring(raw, ledger, snapshot, body, reference, campaign)


def bring(
    raw: Path,
    ledger: Ledger,
    snapshot: Snapshot,
    body: bytes,
    reference: Reference,
    campaign: Campaign,
    *,
    may_lose: bool = True,
) -> Imported:
    """One page into snapshots and ledger; bytes that are already the page's newest are read again but not kept twice.

    Everything that can be refused is refused before the first byte is written. Raises PollsVanished for a page that
    lost any poll where it may not.
    """
    came = bytes_of(snapshot, body)
    is_again = snapshots.is_kept(raw, snapshot)
    prepared = prepare(raw, ledger, snapshot, came, reference, campaign, again=is_again)
    if is_again:
        return _counted(prepared, 0, 0, 0, 0)
    if prepared.page.gone and not may_lose:
        raise PollsVanished(f"{len(prepared.page.gone)} polls are not on {snapshot.page} any more")
    snapshots.keep(raw, replace(snapshot, rows=prepared.rows), body)
    done = ledger.record(prepared.page)
    return _counted(prepared, done.new, done.revised, done.withdrawn, done.newly_refused)


def describe(
    body: bytes,
    source: str,
    campaign: Campaign,
    today: date,
    *,
    file: str | None = None,
    answer: Fetched | None = None,
    title: str | None = None,
) -> Snapshot:
    """The facts of bytes that came in: from a file, or as a source's answer for a page of that title."""
    settings = read_settings(source)
    page, revision = title or file or source, None
    if settings.kind == "json":  # an answer of the API, or a saved page, which names itself
        found = read_page(body, answer.content_type if answer else "")
        page, revision = found.title or page, found.revision
    elif settings.kind == "html":
        page = "all-polls table"
    return Snapshot(
        election=campaign.election.id,
        source=source,
        page=page,
        sha256=snapshots.digest(body),
        retrieved_utc=snapshots.now_utc(),
        today=str(today),
        url=answer.url if answer else None,
        file=file,
        content_type=answer.content_type if answer else "",
        licence=settings.licence,
        revision=revision,
        rows=0,
        etag=answer.validators.etag if answer else None,
        last_modified=answer.validators.last_modified if answer else None,
        asked=title if answer else None,
    )


def _counted(prepared: Prepared, new: int, revised: int, withdrawn: int, newly: int) -> Imported:
    """Counts of one page: every poll of it that was let in is accepted, revised or unchanged."""
    page = prepared.page
    reasons = Counter(row.reason for row in page.refused)
    return Imported(
        accepted=new,
        revised=revised,
        unchanged=len(page.said) + prepared.stale - new - revised,
        quarantined=len(page.refused),
        events=len(page.events),
        reasons=dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
        withdrawn=withdrawn,
        newly_quarantined=newly,
        rows=prepared.rows,
        repeats=prepared.repeats,
        results=prepared.results,
        refused_rows=prepared.refused_rows,
        warnings=prepared.warnings,
    )
