"""The folder of editions: `editions/<election>/<edition>/`, immutable, and `current.json` beside it.

An edition is written aside and appears by one rename; `current.json` is replaced by one rename. A
reader therefore sees a whole edition or none.
"""

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import ValidationError

from electoral.draws import SeatDraws
from pipelines.editions.errors import EditionDamaged, NoEdition
from pipelines.editions.schema import Coalitions, Manifest, Polls, Projection, Reference, Trend, Value

V = TypeVar("V", bound=Value)

PLAIN_NAME = re.compile(r"[a-z0-9][a-z0-9-]*", re.ASCII)
SEATS_FILE = "seats.parquet"
SHARES_FILE = "shares.parquet"


class Edition:
    """One published edition, opened read-only; each file is read at first use."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.id = folder.name
        self.election = folder.parent.name

    @cached_property
    def manifest(self) -> Manifest:
        return self._read("manifest.json", Manifest)

    @cached_property
    def projection(self) -> Projection:
        return self._read("projection.json", Projection)

    @cached_property
    def polls(self) -> Polls:
        return self._read("polls.json", Polls)

    @cached_property
    def trend(self) -> Trend:
        return self._read("trend.json", Trend)

    @cached_property
    def coalitions(self) -> Coalitions:
        return self._read("coalitions.json", Coalitions)

    @cached_property
    def reference(self) -> Reference:
        return self._read("reference.json", Reference)

    @cached_property
    def seat_draws(self) -> SeatDraws:
        """The edition's draws: seats (lists, draws); a list with seats has passed the threshold."""
        table = pq.read_table(self.folder / SEATS_FILE)
        seats = np.vstack([column.to_numpy() for column in table.columns])
        return SeatDraws(tuple(table.column_names), seats, seats > 0)

    def _read(self, name: str, model: type[V]) -> V:
        path = self.folder / name
        try:
            return model.model_validate_json(path.read_bytes())
        except FileNotFoundError as error:
            raise EditionDamaged(f"{path}: missing; run refresh again to rebuild the edition") from error
        except ValidationError as error:
            raise EditionDamaged(f"{path}: {error.errors()[0]['msg']}; run refresh again to rebuild it") from error


class EditionStore:
    """All editions under one `data/processed` folder."""

    def __init__(self, processed: Path) -> None:
        self.editions = processed / "editions"
        self.current_file = processed / "current.json"

    def current(self) -> dict[str, str]:
        """The edition with the newest as-of, per election; empty before the first refresh."""
        try:
            return dict(json.loads(self.current_file.read_bytes()))
        except FileNotFoundError:
            return {}

    def all(self, election: str) -> list[Edition]:
        """Every edition of an election, oldest as-of first, the last published of a day last."""
        folder = self.editions / election
        if not folder.is_dir():
            return []
        found = [path for path in folder.iterdir() if not path.name.startswith(".")]
        found.sort(key=lambda path: (path.name[:10], path.stat().st_mtime_ns, path.name))
        return [Edition(path) for path in found]

    def has(self, election: str, edition: str) -> bool:
        """Whether that edition is there; ids that are no plain folder names are not."""
        plain = all(PLAIN_NAME.fullmatch(name) for name in (election, edition))
        return plain and (self.editions / election / edition / "manifest.json").is_file()

    def open(self, election: str, edition: str | None = None) -> Edition:
        """An edition by its id, or the election's current one; raises NoEdition."""
        chosen = edition or self.current().get(election)
        if chosen is None or not self.has(election, chosen):
            wanted = f"edition {edition}" if edition else "an edition"
            raise NoEdition(f"no {wanted} of {election}: run `python -m pipelines refresh --election {election}`")
        return Edition(self.editions / election / chosen)

    def as_of(self, election: str, day: date) -> Edition:
        """The last published edition of that election and as-of day; raises NoEdition."""
        matching = [edition for edition in self.all(election) if edition.id.startswith(f"{day.isoformat()}-")]
        if not matching:
            raise NoEdition(
                f"no edition of {election} as of {day}: run"
                f" `python -m pipelines refresh --election {election} --as-of {day}`"
            )
        return matching[-1]

    def publish(self, manifest: Manifest, files: Mapping[str, bytes]) -> Edition:
        """Write one edition whole and make it current if its as-of is the newest of its election."""
        target = self.editions / manifest.election / manifest.edition
        target.parent.mkdir(parents=True, exist_ok=True)
        hashes = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}
        sealed = manifest.model_copy(update={"files": hashes})
        aside = Path(tempfile.mkdtemp(prefix=".", dir=target.parent))
        try:
            for name, content in {**files, "manifest.json": to_json(sealed)}.items():
                _write_through(aside / name, content)
            aside.chmod(0o755)
            if target.exists():
                shutil.rmtree(target)
            aside.rename(target)
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise
        self.make_current(manifest.election, manifest.edition)
        return Edition(target)

    def make_current(self, election: str, edition: str) -> None:
        """Switch to a published edition by one rename, unless one of a newer as-of is current."""
        current = self.current()
        if current.get(election) == edition or current.get(election, "")[:10] > edition[:10]:
            return
        current[election] = edition
        replace(self.current_file, json.dumps(current, indent=1, sort_keys=True).encode())


def to_json(value: Value) -> bytes:
    """A value as the bytes an edition keeps: the same value gives the same bytes."""
    return value.model_dump_json().encode()


def draws_table(lists: tuple[str, ...], rows: np.ndarray) -> bytes:
    """Draws (lists, draws) as Parquet, a column a list."""
    sink = pa.BufferOutputStream()
    table = pa.table({name: pa.array(row) for name, row in zip(lists, rows, strict=True)})
    pq.write_table(table, sink, compression="zstd", use_dictionary=False)
    return bytes(sink.getvalue())


def replace(path: Path, content: bytes) -> None:
    """Replace a file by one rename; a reader sees the old bytes or the new."""
    handle, aside = tempfile.mkstemp(prefix=".", dir=path.parent)
    os.close(handle)
    try:
        _write_through(Path(aside), content)
        os.chmod(aside, 0o644)
        os.replace(aside, path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise


def _write_through(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
