"""The folder of editions: `editions/<election>/<edition>/`, immutable, and `current.json` beside it.

An edition is written aside and appears by one rename; `current.json` is replaced by one rename. A
reader therefore sees a whole edition or none. Changes and alerts lie beside the editions, never in one.
"""

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from pipelines.editions import files as on_disk
from pipelines.editions.edition import (
    MANIFEST_FILE,
    PACKED,
    SEATS_FILE,
    SHARES_FILE,
    Edition,
    draws_table,
)
from pipelines.editions.errors import EditionDamaged, EditionError, NoEdition
from pipelines.editions.files import ASIDE, packed, remove_folder, replace, sync_folder, write_folder
from pipelines.editions.records import Alerts, Changes, Quarantine, Runs
from pipelines.editions.schema import FORMAT, Manifest, Value

__all__ = ["SEATS_FILE", "SHARES_FILE", "Edition", "EditionStore", "draws_table", "to_json"]

V = TypeVar("V", bound=Value)

CURRENT = TypeAdapter(dict[str, str])
PLAIN_NAME = re.compile(r"[a-z0-9][a-z0-9-]*", re.ASCII)


class EditionStore:
    """All editions under one `data/processed` folder."""

    def __init__(self, processed: Path) -> None:
        self.processed = processed
        self.editions = processed / "editions"
        self.current_file = processed / "current.json"

    def current(self) -> dict[str, str]:
        """The final edition, else the one with the newest as-of, per election; empty before the first refresh."""
        try:
            return CURRENT.validate_json(self.current_file.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValidationError) as error:
            raise EditionDamaged(f"{self.current_file}: not what was written; the next refresh mends it") from error

    def newest(self) -> dict[str, str]:
        """What `current.json` would say: per election the highest in rank, the last published of equals."""
        elections = sorted(path.name for path in self.editions.glob("[!.]*"))
        found = {election: sorted(self.all(election), key=_rank) for election in elections}
        return {election: ranked[-1].id for election, ranked in found.items() if ranked}

    def all(self, election: str) -> list[Edition]:
        """Every edition of an election, oldest as-of first, the last published of a day last."""
        folder = self.editions / election
        if not folder.is_dir():
            return []
        found = [Edition(path) for path in folder.iterdir() if not path.name.startswith(".")]
        return sorted(found, key=lambda edition: (edition.id[:10], edition.published_ns(), edition.id))

    def has(self, election: str, edition: str) -> bool:
        """Whether that edition is there; ids that are no plain folder names are not."""
        plain = all(PLAIN_NAME.fullmatch(name) for name in (election, edition))
        return plain and (self.editions / election / edition / MANIFEST_FILE).is_file()

    def is_sound(self, election: str, edition: str) -> bool:
        """Whether that edition is there with the bytes that were published."""
        return self.has(election, edition) and self.open(election, edition).damage() is None

    def open(self, election: str, edition: str | None = None) -> Edition:
        """An edition by its id, or the election's current one; raises NoEdition."""
        chosen = edition or self.current().get(election)
        if chosen is None or not self.has(election, chosen):
            wanted = f"edition {edition}" if edition else "an edition"
            raise NoEdition(f"no {wanted} of {election}: run `python -m pipelines refresh --election {election}`")
        return self._at(election, chosen)

    def _at(self, election: str, edition: str) -> Edition:
        return Edition(self.editions / election / edition)

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
        earlier = (found for found in reversed(self.all(edition.election)) if found.id[:10] < edition.id[:10])
        return next((found for found in earlier if found.damage() is None), None)

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
        target = self.editions / manifest.election / manifest.edition
        target.parent.mkdir(parents=True, exist_ok=True)
        kept = {name + PACKED: packed(content) for name, content in files.items() if name.endswith(".json")}
        kept |= {name: content for name, content in files.items() if not name.endswith(".json")}
        hashes = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(kept.items())}
        sealed = manifest.model_copy(update={"files": hashes, "format": FORMAT}).sealed()
        room = Path(tempfile.mkdtemp(prefix=ASIDE, dir=target.parent))
        try:
            aside = room / manifest.election / manifest.edition
            aside.mkdir(parents=True)
            write_folder(aside, {**kept, MANIFEST_FILE: to_json(sealed)})
            check(Edition(aside))
            if target.exists():
                remove_folder(target)
            aside.rename(target)
        finally:
            shutil.rmtree(room, ignore_errors=True)
        sync_folder(target.parent)
        return Edition(target)

    def make_current(self, election: str, edition: str) -> None:
        """Switch to a published edition by one rename, unless the current one is of higher rank."""
        current = self.current()
        standing = current.get(election)
        if standing == edition:
            return
        if standing and _rank(self._at(election, standing)) > _rank(self._at(election, edition)):
            return
        current[election] = edition
        replace(self.current_file, _current_json(current))

    def publish_again(self, edition: Edition) -> None:
        """Let an edition that is there already speak for its as-of day, as the last one published."""
        if self.as_of(edition.election, edition.manifest.as_of).id != edition.id:
            os.utime(edition.folder / MANIFEST_FILE)

    def changes(self, election: str, edition: str) -> Changes | None:
        """What an edition changed against the one before it; None for the first of a campaign."""
        if not self.has(election, edition):
            return None
        found = sorted((self.processed / "changes" / election).glob(f"*..{edition}.json"))
        return _read(found[-1], Changes) if found else None

    def keep_changes(self, changes: Changes) -> None:
        folder = self.processed / "changes" / changes.election
        folder.mkdir(parents=True, exist_ok=True)
        replace(folder / f"{changes.from_edition}..{changes.to_edition}.json", to_json(changes))

    def alerts(self) -> Alerts:
        """Every alert that is kept, the newest last."""
        return _read(self.processed / "alerts.json", Alerts) or Alerts(alerts=[])

    def keep_alerts(self, alerts: Alerts) -> None:
        replace(self.processed / "alerts.json", to_json(alerts))

    def runs(self) -> Runs | None:
        """How the last refresh went; None before the first."""
        return _read(self.processed / "runs.json", Runs)

    def keep_runs(self, runs: Runs) -> None:
        replace(self.processed / "runs.json", to_json(runs))

    def quarantine(self) -> Quarantine | None:
        """What is refused, per campaign; None before the ledger was first read."""
        return _read(self.processed / "quarantine.json", Quarantine)

    def keep_quarantine(self, quarantine: Quarantine) -> None:
        replace(self.processed / "quarantine.json", to_json(quarantine))

    def keep_only(self, election: str, count: int) -> list[str]:
        """Remove the oldest editions of an election beyond `count`, never its current one; returns their ids."""
        current = self.current().get(election)
        removed = [edition for edition in self.all(election)[:-count] if edition.id != current]
        for edition in removed:
            remove_folder(edition.folder)
            for path in (self.processed / "changes" / election).glob(f"*..{edition.id}.json"):
                path.unlink()
        return [edition.id for edition in removed]

    def mend(self) -> list[str]:
        """Put aside what lies beside the editions and cannot be read, so that it is begun anew; returns the faults.

        `current.json` is written again from the editions that are there. Only for who holds the lock.
        """
        faults = []
        for name, read in (("current", self.current), ("runs", self.runs), ("alerts", self.alerts)):
            path = self.processed / f"{name}.json"
            try:
                read()
            except EditionDamaged as error:
                faults.append(str(error))
                os.replace(path, path.with_suffix(".damaged"))
                if path == self.current_file:
                    replace(path, _current_json(self.newest()))
        return faults

    def sweep(self) -> None:
        """Remove what runs that were cut off left behind; only for who holds the lock."""
        for folder in (self.processed, *self.processed.glob("[!.]*/"), *self.processed.glob("[!.]*/[!.]*/")):
            on_disk.sweep(folder)


def _rank(edition: Edition) -> tuple[bool, str]:
    """What makes an edition current: that it is the final one, then its as-of day; a damaged one comes last."""
    try:
        return edition.manifest.kind == "final", edition.id[:10]
    except EditionError:
        return False, ""


def _current_json(current: Mapping[str, str]) -> bytes:
    return json.dumps(current, indent=1, sort_keys=True).encode()


def to_json(value: Value) -> bytes:
    """A value as the bytes an edition keeps: the same value gives the same bytes."""
    return value.model_dump_json().encode()


def _read(path: Path, model: type[V]) -> V | None:
    try:
        return model.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError as error:
        raise EditionDamaged(f"{path}: {error.errors()[0]['msg']}; the next refresh mends it") from error
