"""Read-only access to the published editions, shared by all visitors."""

import errno
import hashlib
import logging
import os
import re
import threading
import time
import tomllib
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as hour
from functools import cached_property
from math import inf
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from dashboard.address import BeforeFirst, Gone, NothingPublished, UnknownAddress
from dashboard.settings import cache, settings
from pipelines.editions import gate
from pipelines.editions.objects import READER_SECONDS, Bucket, Folder, Near, Objects, store_url
from pipelines.editions.records import Pointers, Rehearsal, Runs, SealedChain, Seals
from pipelines.editions.schema import ElectionReference, ElectorateReference, Record
from pipelines.editions.schema.vote import Vote
from pipelines.editions.store import EDITIONS, RECORDS, REHEARSAL, VOTES, Edition, EditionStore, last_good
from pipelines.errors import EditionDamaged, EditionError

log = logging.getLogger(__name__)

DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
MOST_BYTES = 64 * 1024 * 1024  # of editions held open; one of the longest campaign takes some 50 MB once all is read
AGAIN_SECONDS = 5.0  # after which what could not be listed is read again: a disk or a store may have come back
SMALLEST_BYTES = 16 * 1024  # an edition with its manifest
MOST_BYTES_BESIDE = 32 * 1024 * 1024  # of those that are opened for a name, a result or the record


@dataclass(frozen=True)
class Shelf:
    """What is served at one moment: an edition per election, the last run, votes and editors' notes by a hash.

    An election none of whose editions can be read stays on it, and its pages say so. `passed_over` are the elections
    whose newest edition is damaged and gives way to the last good one. `rehearsal`: all of it replays a past night.
    """

    current: tuple[tuple[str, str], ...]
    runs: tuple[tuple[str, str], ...]  # the record of its last run by electorate, each a hash
    passed_over: tuple[str, ...] = ()
    votes: str = ""
    notes: str = ""
    rehearsal: Rehearsal | None = None

    @cached_property
    def editions(self) -> Mapping[str, str]:
        return dict(self.current)


@dataclass(frozen=True)
class _Calendar:
    bans: Sequence[gate.Ban]
    zone: ZoneInfo


Made = TypeVar("Made")
EMPTY = Shelf((), ())
Campaign = tuple[ElectionReference, ElectorateReference, bool]  # whether it waits for its first poll


class OpenEditions:
    """Editions by their place, up to a number of bytes in memory; what was not opened for longest goes first."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._editions: OrderedDict[str, Edition] = OrderedDict()
        self._lock = threading.Lock()

    def open(self, objects: Objects, name: str) -> Edition:
        """An edition of a store; what it holds grows as it is read, so others may have to go now."""
        at = objects.address(name)
        with self._lock:
            edition = self._editions.setdefault(at, Edition(objects, name))
            self._editions.move_to_end(at)
            while len(self._editions) > 1 and self.held_bytes() > self._most_bytes:
                self._editions.popitem(last=False)
        return edition

    def held_bytes(self) -> int:
        """About what they all keep in memory; an edition nothing was read of takes a little too."""
        return sum(edition.held_bytes + SMALLEST_BYTES for edition in self._editions.values())


class Reader:
    """Opens editions by ids that came from a URL; keeps a bounded number of them in memory."""

    def __init__(self, processed: Path) -> None:
        self.processed = processed
        url = store_url(os.environ)
        self._is_here = not url
        far = (Bucket(url, READER_SECONDS), *cache(os.environ)) if url else None
        self._store = EditionStore(Near(*far) if far else Folder(processed))
        self._open_editions = OpenEditions(MOST_BYTES)
        self._listed: tuple[object, tuple[Campaign, ...], float] | None = None  # of which shelf, and until when
        self._notes_folder = notes_folder(processed)
        self._watched = (f"{Pointers.FOLDER}/", f"{RECORDS[Runs]}/", f"{VOTES}/", REHEARSAL)
        self._seen: tuple[object, Shelf] | None = None
        self._looking = threading.RLock()
        self.fault: str | None = None  # why the disk could not be asked the last time; what was seen before is served

    def is_ready(self) -> bool:
        return bool(self.elections())

    def now(self) -> datetime:
        """This moment; in a rehearsal, as the shelf was last seen, that of the night it replays."""
        rehearsal, moment = (self._seen[1] if self._seen else self.shelf()).rehearsal, machine_now()
        return rehearsal.now(moment) if rehearsal else moment

    def shelf(self) -> Shelf:
        """What is current now; read again only when a pointer or the record of the last run was replaced."""
        try:
            state = self._state()
            # One looks; the others go on with what was seen before, where there is such a thing.
            if (self._seen is None or self._seen[0] != state) and self._looking.acquire(blocking=self._seen is None):
                try:
                    if self._seen is None or self._seen[0] != state:
                        self._seen = state, self._look()
                finally:
                    self._looking.release()
            self._note(self._store.objects.fault)
        except OSError as error:
            self._note(f"{error.filename or self.processed}: {error.strerror}")
        return self._seen[1] if self._seen else EMPTY

    def unchanged(self) -> Shelf | None:
        """What was current at the last look, where nothing of it was replaced since; nothing is read for it.

        None where that cannot be said at once: a store on another machine would have to be asked.
        """
        with suppress(OSError):
            if self._is_here and self._seen is not None and self._seen[0] == self._state():
                return self._seen[1]
        return None

    def _state(self) -> tuple[object, ...]:
        notes = Folder(self._notes_folder)
        return (*map(self._store.objects.state, self._watched), *map(notes.state, self._notes()))

    @property
    def served_meanwhile(self) -> str:
        """What stands in for editions that cannot be read now, for the operator."""
        return "what was read before is served" if self._seen and self._seen[1].current else "nothing was read before"

    def _note(self, fault: str | None) -> None:
        """Tell the log what the disk or the store refuses, once and not for every request."""
        if fault and self.fault is None:
            log.error("the editions cannot be read, %s: %r", self.served_meanwhile, fault)
        self.fault = fault

    def _look(self) -> Shelf:
        """The shelf as it is on the disk, every current edition held to its hashes; faults go to the log.

        A store that goes away meanwhile is an OSError: what could not be read is not what is there.
        """
        store = EditionStore(self._store.objects.anew())
        served = store.current()
        if not served and self._seen and self._seen[1].current:
            raise FileNotFoundError(errno.ENOENT, "no edition is there any more", store.address())
        passed_over = []
        for election, edition in list(served.items()):
            try:
                served_edition = last_good(store, election)
            except (EditionError, OSError) as error:  # of this campaign alone; a store that is away is asked below
                log.error("nothing of %s can be served: %r", election, str(error))
                continue
            if served_edition.fault:
                log.error("%s of %s is served: %r", served_edition.edition.id, election, served_edition.fault)
            if served_edition.edition.id != edition:
                passed_over.append(election)
                served[election] = served_edition.edition.id
        objects, noted = store.objects, Folder(self._notes_folder)
        runs = tuple((Path(name).stem, _hash_of(objects, name)) for name in objects.list(RECORDS[Runs]))
        votes = " ".join(_hash_of(objects, name) for name in objects.list(VOTES))
        notes = " ".join(f"{name} {_hash_of(noted, name)}" for name in self._notes())
        current = tuple(sorted(served.items()))
        shelf = Shelf(current, runs, tuple(sorted(passed_over)), votes, notes, store.rehearsal())
        if objects.fault:
            raise OSError(errno.EIO, objects.fault, store.address())
        return shelf

    def _notes(self) -> list[str]:
        with suppress(FileNotFoundError, NotADirectoryError):
            return sorted(name for name in os.listdir(self._notes_folder) if name.endswith(NOTE_SUFFIX))
        return []

    def note(self, edition: str) -> dict[str, str]:
        """What an editor wrote beside an edition, by language."""
        return read_note(self.processed, edition)

    def elections(self, electorate: str | None = None) -> tuple[ElectionReference, ...]:
        """Every election with a current edition, of one electorate or of all, the newest vote first."""
        return tuple(election for election, of, _ in self._campaigns() if electorate in (None, of.id))

    def electorates(self) -> tuple[tuple[ElectorateReference, str], ...]:
        """The electorates with editions, this installation's own first, each with its newest election with polls."""
        newest: dict[str, tuple[ElectorateReference, str]] = {}
        for election, of, _ in sorted(self._campaigns(), key=lambda campaign: campaign[2]):
            newest.setdefault(of.id, (of, election.id))
        own = settings().electorate
        return tuple(sorted(newest.values(), key=lambda pair: (pair[0].id != own, pair[0].id)))

    def held_back(self, now: Callable[[str], datetime]) -> tuple[str, ...]:
        """The elections of which nothing that voters or ballots said may be told now; `now` is the clock of a zone."""
        campaigns = self._campaigns()
        moments = {zone: now(zone) for zone in {of.zone for _, of, _ in campaigns}}
        return tuple(
            election.id
            for election, of, _ in campaigns
            if not gate.may_publish(_Calendar(election.bans, ZoneInfo(of.zone)), "exit_poll", moments[of.zone])
        )

    def _campaigns(self) -> tuple[Campaign, ...]:
        current = self.shelf().current
        listed = self._listed
        if listed is None or listed[0] != current or time.monotonic() > listed[2]:
            campaigns, is_whole = self._list_campaigns(current)
            listed = self._listed = current, campaigns, inf if is_whole else time.monotonic() + AGAIN_SECONDS
        return listed[1]

    def edition(self, election: str | None = None, edition: str | None = None) -> Edition:
        """The edition a URL names; without an election the newest one, without an edition its current one."""
        current = self.shelf().editions
        if not current and self.fault:
            raise EditionDamaged(f"{self.fault}; nothing can be served until it can be read")
        if not current:
            raise NothingPublished("no edition yet: run `python -m pipelines refresh --election all`")
        chosen = election if election is not None else self._newest()
        wanted = edition if edition is not None else current.get(chosen)
        if chosen not in current or wanted is None:
            raise UnknownAddress("no such election or edition")
        if not self._store.has(chosen, wanted):
            if wanted == current[chosen]:
                raise EditionDamaged(f"{self._store.address(chosen, wanted)}: missing; run refresh again to rebuild it")
            if self._store.was_published(chosen, wanted):
                raise Gone("that edition was removed: editions are kept for a time")
            raise UnknownAddress("no such edition")
        return self._open(chosen, wanted)

    def _open(self, election: str, edition: str) -> Edition:
        return self._open_editions.open(self._store.objects, f"{EDITIONS}/{election}/{edition}")

    def as_of(self, election: str | None, day: str) -> str:
        """The id of the last edition published of a day that a URL names, else of the nearest day before it.

        Raises BeforeFirst with the first day there is.
        """
        chosen = election if election is not None else self._newest()
        if chosen not in self.shelf().editions or not is_day(day):
            raise UnknownAddress("no such day")
        days = [edition.id for edition in self._store.all(chosen)]
        if not days:
            raise EditionDamaged(f"{self._store.address(chosen)}: no edition can be read; run refresh again")
        before = [name for name in days if name[:10] <= day]
        if not before:
            raise BeforeFirst(date.fromisoformat(days[0][:10]))
        return before[-1]

    def editions(self, election: str) -> tuple[str, ...]:
        """The ids of an election's editions, the oldest as-of day first."""
        return tuple(edition.id for edition in self._store.all(election))

    def _newest(self) -> str:
        """The newest election of this installation's own electorate; of another one where it has none."""
        electorates = self.electorates()
        if not electorates:
            raise EditionDamaged("no edition can be read: run refresh again to rebuild them")
        return electorates[0][1]

    def _list_campaigns(self, current: tuple[tuple[str, str], ...]) -> tuple[tuple[Campaign, ...], bool]:
        """The campaigns on the shelf, and whether none was left out."""
        campaigns = []
        for election, edition in current:
            try:
                opened = self._open(election, edition)
                reference, is_waiting = opened.reference, opened.manifest.kind == "waiting"
                campaigns.append((reference.election, reference.electorate, is_waiting))
            except EditionError as error:
                log.warning("election left out of the menu: %s", error)
        campaigns.sort(key=lambda campaign: campaign[0].election_date, reverse=True)
        return tuple(campaigns), len(campaigns) == len(current)


def is_day(text: str) -> bool:
    """
    >>> is_day("2019-09-10"), is_day("2019-02-30"), is_day("20190910")
    (True, False, False)
    """
    try:
        return bool(DAY.fullmatch(text) and date.fromisoformat(text))
    except ValueError:
        return False


def _hash_of(objects: Objects, name: str) -> str:
    """Names what an object holds; one that is missing or cannot be read is as good as empty."""
    try:
        stored = objects.get(name)
    except OSError:
        stored = None
    return hashlib.blake2b(stored.content if stored else b"").hexdigest()


def record_of(edition: Edition) -> Record | None:
    """The record of past elections: the one this edition carries, else that of its electorate's newest current edition.

    An edition as of an earlier day carries none, because it would hold elections that were still to come.
    """
    electorate = edition.reference.electorate.id
    own = own_record(edition)
    if own is not None:
        return own
    store = EditionStore(edition.objects)
    newest = sorted(store.current().items(), key=lambda pair: pair[1], reverse=True)
    others = (_beside(store, election, name) for election, name in newest if store.has(election, name))
    records = (_record(other, electorate) for other in others)
    return next((record for record in records if record is not None), None)


def own_record(edition: Edition) -> Record | None:
    """The record that the edition carries itself."""
    return _record(edition, edition.reference.electorate.id)


def campaign_of(edition: Edition, election: str) -> Edition | None:
    """The current edition of another campaign, for its names and its result."""
    if election == edition.election:
        return edition
    store = EditionStore(edition.objects)
    current, _ = store.current_id(election)
    return _beside(store, election, current) if current and store.has(election, current) else None


def vote_of(edition: Edition) -> Vote | None:
    """What happened from the vote on; None where nothing came in, or its record cannot be read."""
    return _or_none("record of the vote", lambda: EditionStore(edition.objects).vote(edition.election))


def runs_of(edition: Edition) -> Runs | None:
    """How the last refresh went; None before the first, or where its record cannot be read."""
    electorate = edition.reference.electorate.id
    return _or_none("record of the last run", lambda: EditionStore(edition.objects).record(Runs, electorate))


def sealed_of(edition: Edition) -> SealedChain | None:
    """The sealed record of an edition's election, with the head of its chain; None where nothing of it was sealed."""
    electorate = edition.reference.electorate.id
    seals = _or_none("sealed record", lambda: EditionStore(edition.objects).record(Seals, electorate))
    return seals.campaign(edition.election) if seals else None


def _or_none(label: str, read: Callable[[], Made]) -> Made | None:
    """What is read; None where it cannot be, which the log says."""
    try:
        return read()
    except EditionError as error:
        log.warning("%s left out: %s", label, error)
        return None


_BESIDE = OpenEditions(MOST_BYTES_BESIDE)


def _beside(store: EditionStore, election: str, edition: str) -> Edition:
    return _BESIDE.open(store.objects, f"{EDITIONS}/{election}/{edition}")


def _record(edition: Edition, electorate: str) -> Record | None:
    """The record an edition carries, where it is of that electorate."""
    return _or_none("record", lambda: edition.record if edition.reference.electorate.id == electorate else None)


LONGEST_NOTE = 1000  # letters
NOTE_SUFFIX = ".toml"


def notes_folder(processed: Path) -> Path:
    """Where a desk puts its notes, beside the folder of editions."""
    return processed.parent / "raw" / "desk" / "notes"


def read_note(processed: Path, edition: str) -> dict[str, str]:
    """The note on an edition by language; empty where there is none, or none that can be read, which the log says."""
    path = notes_folder(processed) / f"{edition}{NOTE_SUFFIX}"
    try:
        texts = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        log.error('%s: no note that can be read (%s); write one text a language, as en = "…"', path, error)
        return {}
    return {lang: text[:LONGEST_NOTE] for lang, text in texts.items() if isinstance(text, str) and text.strip()}


NO_RESULT = "no-result-recorded"  # a warning of editions made after a vote whose result nobody recorded


def remaking_command(edition: Edition) -> str:
    """The refresh that gives this edition once more, offline, as on the day it was made.

    Which day was today then decides the edition's kind (live, hindcast, final) and whether the vote was past.
    """
    manifest, projection = edition.manifest, edition.projection
    is_over = manifest.kind == "final" or projection.result is not None or NO_RESULT in projection.warnings
    after = projection.election_date if is_over else manifest.as_of
    today = manifest.as_of if manifest.kind in ("live", "waiting") else after + timedelta(days=1)
    settings = " ".join(f"--{name} {value}" for name, value in sorted(manifest.parameters.items()))
    arguments = f"--election {edition.election} --as-of {manifest.as_of} --today {today} {settings} --offline"
    return f"python -m pipelines refresh {arguments}"


def machine_now() -> datetime:
    """This moment by the machine's clock."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Clock:
    """The wall clock of any zone; `day` says which day it is instead, the same one everywhere.

    A day given is taken at noon, as `status` takes it; where it is the zone's own day it is now.
    """

    day: Callable[[], date] | None = None
    moment: Callable[[], datetime] = machine_now

    def now(self, zone: str) -> datetime:
        moment = self.moment().astimezone(ZoneInfo(zone))
        day = moment.date() if self.day is None else self.day()
        return moment if day == moment.date() else datetime.combine(day, hour(12), ZoneInfo(zone))

    def today(self, zone: str) -> date:
        return self.now(zone).date()
