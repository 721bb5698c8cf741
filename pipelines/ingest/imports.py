"""Files and answers of polls taken in: refused before a byte is written, or kept and folded."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from electoral.polls import PollKind
from pipelines.electorate import Campaign
from pipelines.electorate.settings import in_languages
from pipelines.errors import ImportRefused, PageRefused
from pipelines.http.answers import Fetched
from pipelines.ingest import snapshots
from pipelines.ingest.archive import open_reference
from pipelines.ingest.fold import CampaignLedger, PageCounts, citation, take_page
from pipelines.ingest.page import ParsedPages, scope_of
from pipelines.ingest.run import LEDGER, fingerprint, fold_campaign, write
from pipelines.ingest.snapshots import Snapshot
from pipelines.ingest.store import Ledger
from pipelines.request import may_tell_exit_polls
from pipelines.sources.registry import SOURCES, poll_sources, source_of
from pipelines.sources.source import PageName

LARGEST = 50_000_000


def read_file(path: Path) -> bytes:
    """The bytes of a file to import; raises ImportRefused for one that is not there, empty or far too large."""
    try:
        size = path.stat().st_size
        if not path.is_file() or size > LARGEST:
            raise ImportRefused(f"{path}: give a file of at most {LARGEST:,} bytes")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ImportRefused(f"{path}: no such file") from error


def import_file(data_dir: Path, path: Path, source: str, election: str, today: date | None) -> PageCounts:
    """Import one file of polls; raises PageRefused for a whole page, and then nothing has changed."""
    body = read_file(path)
    reference = open_reference(data_dir / "raw", election)
    campaign = reference.campaign(election)
    if source not in poll_sources():
        raise ImportRefused(f"no source of polls is called {source!r}; there are {', '.join(poll_sources())}")
    refuse_unnamed(source, campaign)
    snapshot = describe(body, source, campaign, today or campaign.electorate.today(), file=path.name)
    with Intake(data_dir, campaign) as intake:
        return intake.take(snapshot, body)


class Intake:
    """A campaign's fold with new pages taken in one by one; written when it is closed, with all that was kept."""

    def __init__(self, data_dir: Path, campaign: Campaign) -> None:
        self._data_dir = data_dir
        self._campaign = campaign
        self._parsed = ParsedPages(data_dir / "processed")
        self._folded: CampaignLedger = fold_campaign(data_dir, campaign)

    def __enter__(self) -> "Intake":
        return self

    def take(self, snapshot: Snapshot, body: bytes, *, may_lose: bool = True) -> PageCounts:
        """One page into snapshots and fold; bytes that speak for their page already are counted, not kept twice.

        Raises PageRefused, or PollsVanished for a page that lost a poll where it may not; then nothing has changed.
        """
        raw = self._data_dir / "raw"
        kept = snapshots.same_as_newest(raw, snapshot)
        if kept and kept.name in self._folded.pages:
            return self._folded.pages[kept.name].read_again()
        self._refuse_untold(snapshot, body)
        snapshot = snapshots.in_order(raw, snapshot)
        counts = take_page(self._folded, snapshot, body, self._parsed, may_lose=may_lose)
        snapshots.keep(raw, replace(snapshot, rows=counts.rows), body)
        return counts

    def _refuse_untold(self, snapshot: Snapshot, body: bytes) -> None:
        """A page with exit polls before the ballots close: they are drafts until then; raises PageRefused."""
        if may_tell_exit_polls(self._campaign, date.fromisoformat(snapshot.today)):
            return
        names = self._folded.names
        scope = scope_of(snapshot.source, citation(snapshot), date.fromisoformat(snapshot.today), names)
        reading = source_of(snapshot.source).parse(body, scope, content_type=snapshot.content_type)
        if any(poll.kind is PollKind.EXIT_POLL for poll in reading.polls):
            raise PageRefused("it has exit polls, and the ballots have not closed: bring them with `exit-polls add`")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Write what was taken in, also where a page was refused; not where its bytes could not be kept."""
        if kind is not None and not issubclass(kind, PageRefused):
            return
        raw = self._data_dir / "raw"
        with Ledger.open(self._data_dir / "processed" / LEDGER) as ledger:
            write(raw, ledger, self._folded, fingerprint(raw, self._campaign))


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
    content_type = answer.content_type if answer else ""
    given = title or file or source
    page = SOURCES[source].name_page(body, content_type, given) if source in SOURCES else PageName(given)
    return Snapshot(
        election=campaign.election.id,
        source=source,
        page=page.name,
        sha256=snapshots.digest(body),
        retrieved_utc=snapshots.now_utc(),
        today=str(today),
        url=answer.url if answer else None,
        file=file,
        content_type=content_type,
        licence=_licence(source, campaign),
        revision=page.revision,
        rows=0,
        etag=answer.validators.etag if answer else None,
        last_modified=answer.validators.last_modified if answer else None,
        asked=title if answer else None,
    )


def refuse_unnamed(source: str, campaign: Campaign) -> None:
    """A source whose electorate says nothing of it, neither unit nor licence; raises ImportRefused."""
    if not source_of(source).is_own and source not in campaign.electorate.sources:
        folder = f"data/raw/electorates/{campaign.electorate.id}"
        raise ImportRefused(f"{folder}/sources.toml has no table [{source}]; add it as docs/sources.md says")


def _licence(source: str, campaign: Campaign) -> str:
    """Under what the bytes are, in English where that is said."""
    settings = campaign.electorate.sources.get(source)
    if settings is None:
        return "the desk's own"
    texts = in_languages(settings.licence, campaign.electorate.settings.languages)
    return texts.get("en") or next(iter(texts.values()))
