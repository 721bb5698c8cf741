"""The bytes as they came in: `data/raw/snapshots/<source>/`, never changed, each with a small JSON beside it.

A snapshot is there once its JSON is there; its name begins with the election and the moment, so that reading the
folder in order of time makes the ledger again.
"""

import hashlib
import json
import logging
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pipelines.editions import files
from pipelines.editions.files import ASIDE, naming, sync_folder, write_through
from pipelines.errors import RawDataError
from pipelines.log import say
from pipelines.sources.reading import poll_sources

BODY, FACTS = ".body", ".json"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Where bytes came from and when; `page` is the page of the source, `today` the day they were read as of."""

    election: str
    source: str
    page: str
    sha256: str
    retrieved_utc: str
    today: str
    url: str | None
    file: str | None
    content_type: str
    licence: str
    revision: int | None
    rows: int
    etag: str | None = None
    last_modified: str | None = None
    asked: str | None = None  # the title a source was asked for; None for a file
    given: Mapping[str, float] = field(default_factory=dict)  # numbers that whoever brought a file gave with it

    @property
    def name(self) -> str:
        """`<election>-<moment>-<hash>`, the name of its files."""
        return f"{self.election}-{_digits(self.retrieved_utc)}-{self.sha256[:12]}"

    def is_older_than(self, other: "Snapshot") -> bool:
        """Whether this is an earlier revision of the other's page."""
        return self.revision is not None and other.revision is not None and self.revision < other.revision


def now_utc() -> str:
    """This moment, fine enough to keep what follows it in order."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def in_order(raw: Path, snapshot: Snapshot) -> Snapshot:
    """The snapshot with a moment after those of all that came in for its campaign before, whatever the clock says.

    What came in last speaks for its page: a clock that ran ahead once must not make old bytes win for ever.
    """
    of_campaign = re.compile(rf"{re.escape(snapshot.election)}-(\d{{8}}T\d{{12}})-[0-9a-f]{{12}}")
    names = (path.stem for path in (raw / "snapshots").glob(f"*/{snapshot.election}-*{FACTS}"))
    last = max((match[1] for name in names if (match := of_campaign.fullmatch(name))), default="")
    if _digits(snapshot.retrieved_utc) > last:
        return snapshot
    after = datetime.strptime(last, "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC) + timedelta(microseconds=1)
    moment = after.isoformat(timespec="microseconds")
    say("the clock is behind what came in before", logging.WARNING, clock=snapshot.retrieved_utc, recorded=moment)
    return replace(snapshot, retrieved_utc=moment)


def _digits(moment_utc: str) -> str:
    """A moment as it stands in a name: digits that sort as time does."""
    return re.sub(r"[^0-9T]", "", moment_utc.partition("+")[0])


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def keep(raw: Path, snapshot: Snapshot, body: bytes) -> Snapshot:
    """Save bytes and facts for good, in order of arrival; returns the facts, which are on the disk by then."""
    snapshot = in_order(raw, snapshot)
    folder = raw / "snapshots" / snapshot.source
    with naming(folder):
        folder.mkdir(parents=True, exist_ok=True)
    _write(folder / f"{snapshot.name}{BODY}", body)
    facts = json.dumps(asdict(snapshot), ensure_ascii=False, indent=1) + "\n"
    _write(folder / f"{snapshot.name}{FACTS}", facts.encode())
    sync_folder(folder)
    return snapshot


def _write(path: Path, content: bytes) -> None:
    aside = path.with_name(f"{ASIDE}{path.name}")
    aside.unlink(missing_ok=True)
    write_through(aside, content)
    aside.chmod(0o444)
    aside.rename(path)


def sweep(raw: Path) -> None:
    """Remove what a run that was cut off left half-written; only for who holds the lock."""
    for folder in (raw / "snapshots").glob("*"):
        files.sweep(folder)


def stored(raw: Path, election: str | None = None) -> list[Snapshot]:
    """Every snapshot, or those of an election, in order of time; raises RawDataError for facts that cannot be read."""
    paths = (raw / "snapshots").glob(f"*/[!.]*{FACTS}")
    snapshots = [_facts(path) for path in paths if election in (None, path.stem.rsplit("-", 2)[0])]
    return sorted(snapshots, key=lambda one: (one.retrieved_utc, one.source, one.name))


def _facts(path: Path) -> Snapshot:
    try:
        facts = json.loads(path.read_bytes())
        snapshot = Snapshot(**{one.name: facts[one.name] for one in fields(Snapshot) if one.name in facts})
        date.fromisoformat(snapshot.today)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise RawDataError(f"{path}: not the facts of a snapshot ({error}); restore it from a backup") from error
    if snapshot.name != path.stem or snapshot.source != path.parent.name:
        raise RawDataError(f"{path}: speaks of {snapshot.name}; restore it from a backup")
    return snapshot


def read(raw: Path, snapshot: Snapshot) -> bytes:
    """The bytes of a snapshot; raises RawDataError where they are not those that were saved."""
    path = raw / "snapshots" / snapshot.source / f"{snapshot.name}{BODY}"
    try:
        body = path.read_bytes()
    except FileNotFoundError as error:
        raise RawDataError(f"{path}: no such file; restore it from a backup") from error
    if digest(body) != snapshot.sha256:
        raise RawDataError(f"{path}: not the bytes that were saved; restore it from a backup")
    return body


def same_as_newest(raw: Path, snapshot: Snapshot) -> Snapshot | None:
    """The snapshot that speaks for a page already, where its bytes are these."""
    speaking = newest(stored(raw, snapshot.election)).get((snapshot.source, snapshot.page))
    return speaking if speaking and speaking.sha256 == snapshot.sha256 else None


def newest(snapshots: list[Snapshot]) -> dict[tuple[str, str], Snapshot]:
    """Per source and page the snapshot that speaks for it: the latest, an older revision never over a newer one."""
    pages: dict[tuple[str, str], Snapshot] = {}
    for one in snapshots:
        before = pages.get((one.source, one.page))
        if before is None or not one.is_older_than(before):
            pages[one.source, one.page] = one
    return pages


def inputs(raw: Path, election: str) -> dict[str, str]:
    """What an edition of this campaign is made from: the snapshot that speaks for each page, by its hash."""
    speaking = newest([one for one in stored(raw, election) if one.source in poll_sources()]).values()
    return {f"snapshots/{one.source}/{one.name}{BODY}": one.sha256 for one in speaking}
