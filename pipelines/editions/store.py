"""The store of editions: `editions/<election>/<edition>/…`, immutable, and `current/<election>` beside them.

An edition is written aside, checked and appears as a whole; a pointer is compared and swapped. A reader therefore sees
a whole edition or none, and no publisher undoes another's. Changes and alerts lie beside the editions, never in one.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pipelines.editions.edition import (
    MANIFEST_FILE,
    PACKED,
    SEATS_FILE,
    SHARES_FILE,
    Edition,
    draws_table,
)
from pipelines.editions.files import packed, write_folder
from pipelines.editions.objects import Folder, Objects
from pipelines.editions.records import (
    REMEDY,
    Alerts,
    Changes,
    Pointer,
    Pointers,
    Quarantine,
    Rehearsal,
    Runs,
    Seals,
    is_plain,
    read_value,
    to_bytes,
)
from pipelines.editions.values import FORMAT, Manifest, Value
from pipelines.errors import EditionDamaged, EditionError, NoEdition

if TYPE_CHECKING:
    from pipelines.editions.schema.vote import Vote

__all__ = ["SEATS_FILE", "SHARES_FILE", "Edition", "EditionStore", "draws_table", "to_json"]

V = TypeVar("V", bound=Value)
EDITIONS, CHANGES, VOTES = "editions", "changes", "votes"
RECORDS: Mapping[type[Value], str] = {Runs: "runs", Alerts: "alerts", Quarantine: "quarantine", Seals: "seals"}
REHEARSAL = "rehearsal.json"
KINDS = (EDITIONS, CHANGES, VOTES, *RECORDS.values(), Pointers.FOLDER)  # everything but seals, the pointers last


class EditionStore:
    """All editions of one store; a folder is taken for the `data/processed` they lie in."""

    def __init__(self, objects: Objects | Path) -> None:
        self.objects = Folder(objects) if isinstance(objects, Path) else objects
        self.pointers = Pointers(self.objects)

    def current(self) -> dict[str, str]:
        """The edition on show, per election; empty before the first refresh.

        What a missing or damaged pointer would say is read from the editions; `pointer_faults` has which were.
        """
        return {election: pointer.edition for election, pointer in self._all_pointers().items()}

    def pointer_faults(self) -> dict[str, str]:
        """What is wrong with a pointer, in words, per election; empty where all stand."""
        faults = {election: self._pointer(election)[1] for election in self._elections()}
        return {election: fault for election, fault in faults.items() if fault}

    def _elections(self) -> list[str]:
        """Every election that has a pointer or a folder of editions."""
        folders = {name for name in self.objects.folders(EDITIONS) if is_plain(name)}
        return sorted(folders | self.pointers.elections())

    def _pointer(self, election: str) -> tuple[Pointer | None, str | None]:
        """The pointer of an election, else what its editions say and the fault; None where nothing was published."""
        try:
            pointer, fault = self.pointers.read(election) or self._first_pointer(election), None
        except EditionDamaged as error:
            pointer, fault = None, str(error)
        if pointer is None and (pointer := self._from_editions(election)):
            fault = fault or f"{self.pointers.address(election)}: missing; {REMEDY}"
        return pointer, fault

    def _first_pointer(self, election: str) -> Pointer | None:
        """What `current.json` says of an election while no pointer was written: its edition was published last.

        Of the others the order was a file's time then, and is read from it here and nowhere else.
        """
        edition = self.pointers.of_first_format().get(election)
        if edition is None:
            return None
        ids = sorted(self._ids(election), key=lambda name: _written_ns(self._at(election, name)))
        return Pointer(edition=edition, published=[*(name for name in ids if name != edition), edition])

    def _from_editions(self, election: str) -> Pointer | None:
        """What a pointer would say: the highest in rank; None where there is no edition."""
        ids = sorted(self._ids(election))
        ranked = sorted((self._at(election, name) for name in ids), key=_rank)
        return Pointer(edition=ranked[-1].id, published=ids) if ranked else None

    def _ids(self, election: str) -> list[str]:
        """Every edition of an election, in no order."""
        return [name for name in self.objects.folders(f"{EDITIONS}/{election}", MANIFEST_FILE) if is_plain(name)]

    def all(self, election: str) -> list[Edition]:
        """Every edition of an election, oldest as-of first, the last published of a day last."""
        pointer, _ = self._pointer(election)
        place = {name: at for at, name in enumerate(pointer.published)} if pointer else {}
        ids = sorted(self._ids(election), key=lambda name: (name[:10], place.get(name, -1), name))
        return [self._at(election, name) for name in ids]

    def has(self, election: str, edition: str) -> bool:
        """Whether that edition is there; ids that are no plain folder names are not.

        Where the disk or the store does not say, it is: who opens it is told why it cannot be read.
        """
        names_are_plain = is_plain(election) and is_plain(edition)
        try:
            state = names_are_plain and self.objects.state(f"{EDITIONS}/{election}/{edition}/{MANIFEST_FILE}")
        except OSError:
            return True
        return state not in (False, None)

    def was_published(self, election: str, edition: str) -> bool:
        """Whether that edition was published once, be it still there or not."""
        pointer, _ = self._pointer(election) if is_plain(election) else (None, None)
        return pointer is not None and edition in pointer.published

    def is_sound(self, election: str, edition: str) -> bool:
        """Whether that edition is there with the bytes that were published; raises OSError of a store that is away."""
        self.objects.state(f"{EDITIONS}/{election}/")
        return self.has(election, edition) and self.open(election, edition).damage() is None

    def open(self, election: str, edition: str | None = None) -> Edition:
        """An edition by its id, or the election's current one; raises NoEdition."""
        chosen = edition or self.current_id(election)[0]
        if chosen is None or not self.has(election, chosen):
            wanted = f"edition {edition}" if edition else "an edition"
            raise NoEdition(f"no {wanted} of {election}: run `python -m pipelines refresh --election {election}`")
        return self._at(election, chosen)

    def current_id(self, election: str) -> tuple[str | None, str | None]:
        """The edition on show of one election, None where nothing was published; and what is wrong with its pointer."""
        pointer, fault = self._pointer(election) if is_plain(election) else (None, None)
        return pointer.edition if pointer else None, fault

    def _at(self, election: str, edition: str) -> Edition:
        return Edition(self.objects, f"{EDITIONS}/{election}/{edition}")

    def address(self, *names: str) -> str:
        """Where the editions of an election, or one of them, lie: for a message."""
        return self.objects.address("/".join((EDITIONS, *names)))

    def as_of(self, election: str, day: date) -> Edition:
        """The last published edition of that election and as-of day; raises NoEdition."""
        matching = [edition for edition in self.all(election) if edition.id.startswith(f"{day.isoformat()}-")]
        if not matching:
            raise NoEdition(
                f"no edition of {election} as of {day}: run"
                f" `python -m pipelines refresh --election {election} --as-of {day}`"
            )
        return matching[-1]

    def before(self, edition: Edition) -> Edition | None:
        """What an edition is compared with: the last published sound one of the newest earlier as-of day."""
        earlier = (other for other in reversed(self.all(edition.election)) if other.id[:10] < edition.id[:10])
        sound = (other for other in earlier if other.damage() is None)
        return next((other for other in sound if other.manifest.kind != "waiting"), None)

    def publish(self, manifest: Manifest, files: Mapping[str, bytes]) -> Edition:
        """Write one edition whole and make it current if its as-of is the newest of its election."""
        edition = self.write(manifest, files)
        self.make_current(manifest.election, manifest.edition)
        return edition

    def write(
        self, manifest: Manifest, files: Mapping[str, bytes], check: Callable[[Edition], None] = lambda _edition: None
    ) -> Edition:
        """Write one edition whole, current or not; JSON is kept gzipped.

        `check` reads it back before it appears and raises where it is not fit to be published.
        """
        name = f"{EDITIONS}/{manifest.election}/{manifest.edition}"
        stored = {name + PACKED: packed(content) for name, content in files.items() if name.endswith(".json")}
        stored |= {name: content for name, content in files.items() if not name.endswith(".json")}
        hashes = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(stored.items())}
        sealed = manifest.model_copy(update={"files": hashes, "format": FORMAT}).sealed()
        with self.objects.aside(name) as room:
            folder = room / manifest.election / manifest.edition
            folder.mkdir(parents=True)
            write_folder(folder, {**stored, MANIFEST_FILE: to_json(sealed)})
            check(Edition(Folder(room), f"{manifest.election}/{manifest.edition}"))
            self.objects.put_whole(folder, name, MANIFEST_FILE)
        return Edition(self.objects, name)

    def make_current(self, election: str, edition: str, today: date | None = None) -> None:
        """Record an edition as the last one published, and show it unless the current one is of higher rank.

        Both by one swap, tried again where another publisher came before; nothing is written where both are so
        already. By the clock's day `today` an edition as of a later day, which a clock that ran ahead has left, is of
        no rank.
        """
        if not self.pointers.are_there():
            self.pointers.write_all(self._all_pointers())

        def turned() -> bytes | None:
            before, fault = self._pointer(election)
            pointer = self._turned(election, before, edition, today)
            return None if pointer == before and not fault else to_bytes(pointer)

        self.objects.update(self.pointers.name(election), turned)

    def _turned(self, election: str, before: Pointer | None, edition: str, today: date | None) -> Pointer:
        """What a pointer says once an edition was published."""
        published, standing = (list(before.published), before.edition) if before else ([], edition)
        if [name for name in published if name[:10] == edition[:10]][-1:] != [edition]:
            published = [*(name for name in published if name != edition), edition]
        is_ahead = today is not None and standing[:10] > today.isoformat()
        is_outranked = not is_ahead and _rank(self._at(election, standing)) > _rank(self._at(election, edition))
        return Pointer(edition=standing if is_outranked else edition, published=published)

    def _all_pointers(self) -> dict[str, Pointer]:
        pointers = {election: self._pointer(election)[0] for election in self._elections()}
        return {election: pointer for election, pointer in pointers.items() if pointer}

    def changes(self, election: str, edition: str) -> Changes | None:
        """What an edition changed against the one before it; None for the first of a campaign."""
        if not self.has(election, edition):
            return None
        names = self._changes_to(election, edition)
        return self._read(names[-1], Changes) if names else None

    def _changes_to(self, election: str, edition: str) -> list[str]:
        return [name for name in self.objects.list(f"{CHANGES}/{election}") if name.endswith(f"..{edition}.json")]

    def keep_changes(self, changes: Changes) -> None:
        name = f"{CHANGES}/{changes.election}/{changes.from_edition}..{changes.to_edition}.json"
        self.objects.replace(name, to_json(changes))

    def record(self, model: type[V], electorate: str) -> V | None:
        """The runs, alerts, quarantine or seals of an electorate; None before its first refresh.

        What was recorded of all electorates in one object, before each had its own, stands until then.
        """
        kind = RECORDS[model]
        return self._read(f"{kind}/{electorate}.json", model) or self._read(f"{kind}.json", model)

    def keep(self, electorate: str, record: Value) -> None:
        """Replace a record of an electorate."""
        self.objects.replace(f"{RECORDS[type(record)]}/{electorate}.json", to_json(record))

    def change(self, model: type[V], electorate: str, change: Callable[[V | None], V | None]) -> None:
        """Replace a record by what `change` makes of it (None: leave it): no line of another writer is lost."""

        def changed() -> bytes | None:
            record = change(self.record(model, electorate))
            return to_json(record) if record else None

        self.objects.update(f"{RECORDS[model]}/{electorate}.json", changed)

    def vote(self, election: str) -> "Vote | None":
        """What happened from the vote on; None where nothing came in."""
        from pipelines.editions.schema.vote import Vote

        return self._read(f"{VOTES}/{election}.json", Vote) if is_plain(election) else None

    def keep_vote(self, vote: "Vote") -> None:
        self.objects.replace(f"{VOTES}/{vote.election}.json", to_json(vote))

    def rehearsal(self) -> Rehearsal | None:
        """The past night that this folder replays; None where it is no rehearsal."""
        return self._read(REHEARSAL, Rehearsal)

    def keep_rehearsal(self, rehearsal: Rehearsal) -> None:
        self.objects.replace(REHEARSAL, to_json(rehearsal))

    def keep_only(self, election: str, count: int) -> list[str]:
        """Remove the oldest editions of an election beyond `count`, never its current one; returns their ids."""
        current, _ = self.current_id(election)
        removed = [edition for edition in self.all(election)[:-count] if edition.id != current]
        for edition in removed:
            self.objects.delete_whole(edition.name, MANIFEST_FILE)
            for name in self._changes_to(election, edition.id):
                self.objects.delete(name)
        return [edition.id for edition in removed]

    def mend(self, electorates: Collection[str] = ()) -> list[str]:
        """Put aside what lies beside the editions and cannot be read, so that it is begun anew; returns the faults.

        Pointers are written again from the editions that are there; of records those of these electorates are looked
        at. Only for who holds the lock.
        """
        damaged, pointers = self.pointer_faults(), self._all_pointers()
        faults = list(dict.fromkeys(damaged.values()))
        if pointers and not self.pointers.are_there():
            self.pointers.write_all(pointers)
        for election in damaged:
            self.pointers.put_aside(election)
            if election in pointers:
                self.pointers.write(election, pointers[election])
        for model, kind in RECORDS.items():
            for name in (f"{kind}.json", *(f"{kind}/{electorate}.json" for electorate in electorates)):
                try:
                    self._read(name, model)
                except EditionDamaged as error:
                    faults.append(str(error))
                    self.objects.rename(name, name.replace(".json", ".damaged"))
        return faults

    def divide(self, electorates: Mapping[str, Collection[str]]) -> None:
        """Each record of all electorates in one object, to those its rows are of, by the elections of each.

        It goes when it has no row left.
        """
        for model, kind in RECORDS.items():
            self._divide(kind, model, electorates)

    def _divide(self, kind: str, model: type[Value], electorates: Mapping[str, Collection[str]]) -> None:
        if (record := self._read(f"{kind}.json", model)) is None:
            return
        left = {name: rows for name, rows in record if isinstance(rows, list | tuple)}
        for electorate, elections in electorates.items():
            own = {name: type(rows)(row for row in rows if row.election in elections) for name, rows in left.items()}
            self.objects.put_if_absent(f"{kind}/{electorate}.json", to_json(record.model_copy(update=own)))
            left = {name: type(rows)(row for row in rows if row not in own[name]) for name, rows in left.items()}
        if any(left.values()):
            self.objects.replace(f"{kind}.json", to_json(record.model_copy(update=left)))
        else:
            self.objects.delete(f"{kind}.json")

    def sweep(self) -> None:
        """Remove what runs that were cut off left behind; only for who holds the lock."""
        self.objects.sweep()

    def _read(self, name: str, model: type[V]) -> V | None:
        kind, _, own = name.removesuffix(".json").partition("/")
        whose = f" of {own}" if own and kind in RECORDS.values() else ""  # an electorate's is mended by its own alone
        return read_value(self.objects, name, model.model_validate_json, f"the next refresh{whose} mends it")


def _rank(edition: Edition) -> tuple[bool, str]:
    """What makes an edition current: that it is the final one, then its as-of day; a damaged one comes last."""
    try:
        return edition.manifest.kind == "final", edition.id[:10]
    except EditionError:
        return False, ""


def _written_ns(edition: Edition) -> int:
    """When its manifest was written by the system's clock: 0 where none is there, so that whatever is came later."""
    try:
        return (edition.folder / MANIFEST_FILE).stat().st_mtime_ns
    except OSError:
        return 0


def to_json(value: Value) -> bytes:
    """A value as the bytes an edition keeps: the same value gives the same bytes."""
    return value.model_dump_json().encode()


@dataclass(frozen=True, slots=True)
class Served:
    """A sound edition; `fault` says what is wrong with the one that should stand in its place, None where it does."""

    edition: Edition
    fault: str | None


def last_good(store: EditionStore, election: str) -> Served:
    """The current edition of an election or, where that is damaged, the newest sound one from before it.

    Raises NoEdition where nothing was published, EditionDamaged where nothing of it is sound.
    """
    current, fault = store.current_id(election)
    if current is None:
        raise NoEdition(f"no edition of {election}: run `python -m pipelines refresh --election {election}`")
    editions = store.all(election)
    ids = [edition.id for edition in editions]
    if current not in ids:
        fault = fault or f"{store.address(election, current)}: missing; run refresh again to rebuild it"
    standing = ids.index(current) + 1 if current in ids else len(ids)
    for edition in reversed(editions[:standing]):
        damage = edition.damage()
        if damage is None:
            return Served(edition, fault)
        fault = fault or damage
    raise EditionDamaged(fault or f"{store.address(election)}: no edition is there; run refresh again")
