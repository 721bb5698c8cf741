"""One published edition, opened read-only, and how its draws are kept as small integers."""

import gzip
import hashlib
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import ValidationError

from electoral.draws import SeatDraws
from electoral.shares import ShareDraws
from pipelines.editions.errors import EditionDamaged
from pipelines.editions.schema import Coalitions, Manifest, Polls, Pollsters, Projection, Reference, Trend, Value

V = TypeVar("V", bound=Value)

SEATS_FILE = "seats.parquet"
SHARES_FILE = "shares.parquet"
MANIFEST_FILE = "manifest.json"
PACKED = ".gz"
UNITS = 1 << 16  # a share is kept as a whole number of these: 0.0015 % of the votes, exact in binary


class Edition:
    """One published edition, opened read-only; each file is read at first use."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.id = folder.name
        self.election = folder.parent.name

    @cached_property
    def manifest(self) -> Manifest:
        return self._read(MANIFEST_FILE, Manifest)

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
    def pollsters(self) -> Pollsters:
        return self._read("pollsters.json", Pollsters)

    @cached_property
    def seat_draws(self) -> SeatDraws:
        """The edition's draws: seats (lists, draws); a list with seats has passed the threshold."""
        lists, seats = self._table(SEATS_FILE)
        return SeatDraws(lists, seats, seats > 0)

    @cached_property
    def share_draws(self) -> ShareDraws:
        """The vote shares those seats came from, exactly: what a what-if starts from."""
        lists, units = self._table(SHARES_FILE)
        # Editions of the first days kept shares as they were, in single precision.
        return ShareDraws(lists, units / UNITS if units.dtype.kind == "u" else units.astype(np.float64))

    def packed(self, name: str) -> bytes:
        """A document as it is kept, gzipped, for whoever may send it as it is."""
        return self._bytes(name + PACKED)

    def damage(self) -> str | None:
        """The first file that is missing or is not what the manifest says; None where all are sound."""
        for name, expected in self.manifest.files.items():
            path = self.folder / name
            if not path.is_file():
                return f"{path}: missing"
            if hashlib.sha256(path.read_bytes()).hexdigest() != expected:
                return f"{path}: not the bytes that were published"
        return None

    def _read(self, name: str, model: type[V]) -> V:
        path = self.folder / name
        try:
            is_plain = name == MANIFEST_FILE or path.exists()
            content = self._bytes(name) if is_plain else gzip.decompress(self._bytes(name + PACKED))
            return model.model_validate_json(content)
        except ValidationError as error:
            raise EditionDamaged(f"{path}: {error.errors()[0]['msg']}; run refresh again to rebuild it") from error
        except (OSError, EOFError) as error:
            raise EditionDamaged(f"{path}: {error}; run refresh again to rebuild it") from error

    def _bytes(self, name: str) -> bytes:
        path = self.folder / name
        try:
            return path.read_bytes()
        except FileNotFoundError as error:
            shown = path.with_name(name.removesuffix(PACKED))
            raise EditionDamaged(f"{shown}: missing; run refresh again to rebuild the edition") from error

    def _table(self, name: str) -> tuple[tuple[str, ...], npt.NDArray[Any]]:
        path = self.folder / name
        try:
            table = pq.read_table(path)
        except (OSError, pa.ArrowException) as error:
            raise EditionDamaged(f"{path}: {error}; run refresh again to rebuild the edition") from error
        return tuple(table.column_names), np.vstack([column.to_numpy() for column in table.columns])


def draws_table(lists: tuple[str, ...], rows: npt.NDArray[np.generic]) -> bytes:
    """Draws (lists, draws) as Parquet, a column a list."""
    sink = pa.BufferOutputStream()
    table = pa.table({name: pa.array(row) for name, row in zip(lists, rows, strict=True)})
    pq.write_table(table, sink, compression="zstd", use_dictionary=False)
    return bytes(sink.getvalue())


def on_grid(draws: ShareDraws) -> ShareDraws:
    """The same draws rounded down to what an edition can keep, so that stored shares give the stored seats."""
    return ShareDraws(draws.lists, np.floor(draws.shares * UNITS) / UNITS)


def share_units(draws: ShareDraws) -> npt.NDArray[np.uint16]:
    """Shares as whole numbers of `UNITS`; a list with every vote has one unit less."""
    return np.minimum(np.floor(draws.shares * UNITS), UNITS - 1).astype(np.uint16)
