"""One published edition, opened read-only; how its draws are kept as small integers; what makes it fit to publish."""

import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from pipelines.editions.files import unpacked
from pipelines.editions.objects import Objects
from pipelines.editions.values import FORMAT, Coverage, Manifest, Odds
from pipelines.errors import EditionDamaged, EditionError, EditionNewer, EditionUnsound, first_of, one_line

if TYPE_CHECKING:  # what takes time to load is loaded where it is used: NumPy for draws, models for documents
    import numpy as np
    import numpy.typing as npt

    from electoral.draws import SeatDraws, ShareDraws
    from pipelines.editions.schema import (
        BlocReference,
        Coalitions,
        ListReference,
        Named,
        Polls,
        Pollsters,
        Projection,
        Record,
        Reference,
        Trend,
    )

V = TypeVar("V", bound=BaseModel)

SEATS_FILE = "seats.parquet"
SHARES_FILE = "shares.parquet"
MANIFEST_FILE = "manifest.json"
RECORD_FILE = "record.json"
PACKED = ".gz"
REMEDY = "run refresh again to rebuild the edition"
BYTES_HELD_PER_BYTE = 8  # what values take in memory for a byte of their JSON: 7 to 14, measured
MOST_DRAWN = 1 << 28  # numbers in a table of draws
UNITS = 1 << 16  # a share is kept as a whole number of these: 0.0015 % of the votes, exact in binary


class Edition:
    """One published edition, opened read-only; each file is read at first use and held to the manifest's hash."""

    def __init__(self, objects: Objects, name: str) -> None:
        """`name` is that of its folder in the store: `editions/<election>/<edition>`."""
        self.objects, self.name = objects, name
        self.election, self.id = name.split("/")[-2:]
        self.held_bytes = 0  # about what it keeps in memory of what was read so far

    @cached_property
    def manifest(self) -> Manifest:
        path = self.address(MANIFEST_FILE)
        content = self._bytes(MANIFEST_FILE)
        _refuse_newer(path, content)
        manifest = _parsed(path, content, Manifest)
        if manifest.seal and manifest.sealed() != manifest:
            raise EditionDamaged(f"{path}: not the manifest that was published; {REMEDY}")
        return manifest

    @cached_property
    def projection(self) -> "Projection":
        from pipelines.editions.schema import Projection

        return self._read("projection.json", Projection)

    @property
    def latest_fieldwork_end(self) -> date | None:
        """When the newest of its polls was done, without what else its projection holds: that takes time to load."""
        document = self.document("projection.json")
        return _parsed(self.address("projection.json"), document, Coverage).polls.latest_fieldwork_end

    @cached_property
    def polls(self) -> "Polls":
        from pipelines.editions.schema import Polls

        return self._read("polls.json", Polls)

    @cached_property
    def trend(self) -> "Trend":
        from pipelines.editions.schema import Trend

        return self._read("trend.json", Trend)

    @cached_property
    def coalitions(self) -> "Coalitions":
        from pipelines.editions.schema import Coalitions

        return self._read("coalitions.json", Coalitions)

    @cached_property
    def reference(self) -> "Reference":
        from pipelines.editions.schema import Reference

        return self._read("reference.json", Reference)

    @cached_property
    def pollsters(self) -> "Pollsters":
        from pipelines.editions.schema import Pollsters

        return self._read("pollsters.json", Pollsters)

    @cached_property
    def odds(self) -> Odds:
        """What is fixed for scoring; editions from before it was kept have none."""
        return self._read("odds.json", Odds)

    @cached_property
    def record(self) -> "Record | None":
        """How past elections would have been projected; None where the edition is as of a day before they were held."""
        from pipelines.editions.schema import Record

        return self._read(RECORD_FILE, Record) if RECORD_FILE + PACKED in self.manifest.files else None

    @cached_property
    def seat_draws(self) -> "SeatDraws":
        """The edition's draws: seats (lists, draws); a list with seats has passed the threshold."""
        from electoral.draws import SeatDraws

        lists, seats = self._table(SEATS_FILE)
        draws = SeatDraws(lists, seats, seats > 0)
        self.held_bytes += draws.seats.nbytes + draws.passes.nbytes
        return draws

    @cached_property
    def share_draws(self) -> "ShareDraws":
        """The vote shares those seats came from, exactly: what a what-if starts from."""
        from electoral.draws import ShareDraws

        lists, units = self._table(SHARES_FILE)
        draws = ShareDraws(lists, units / UNITS)
        self.held_bytes += draws.shares.nbytes
        return draws

    def document(self, name: str) -> bytes:
        """A document as it was published; its hash vouches for it, so who passes it on need not parse it."""
        try:
            return unpacked(self._checked(name + PACKED))
        except zlib.error as error:
            raise EditionDamaged(f"{self.address(name + PACKED)}: {error}; {REMEDY}") from error

    def damage(self) -> str | None:
        """What is wrong with the first file that is missing or not what was published; None where all are sound."""
        try:
            for name in self.manifest.files:
                self._checked(name)
        except EditionError as error:
            return str(error)
        return None

    def _read(self, name: str, model: type[V]) -> V:
        content = self.document(name)
        if self.manifest.format < FORMAT:
            from pipelines.editions.schema import upgraded

            content = upgraded(name, content)
        self.held_bytes += len(content) * BYTES_HELD_PER_BYTE
        return _parsed(self.address(name), content, model)

    def _checked(self, name: str) -> bytes:
        """A file's bytes, which are those that were published."""
        digest = self.manifest.files.get(name)
        content = self._bytes(name, digest or "")
        if hashlib.sha256(content).hexdigest() != digest:
            raise EditionDamaged(f"{self.address(name)}: not the bytes that were published; {REMEDY}")
        return content

    def _bytes(self, name: str, digest: str = "") -> bytes:
        whole = f"{self.name}/{name}"
        try:
            stored = self.objects.by_digest(whole, digest) if digest else self.objects.get(whole)
        except OSError as error:
            raise EditionDamaged(f"{self.address(name)}: {error.strerror}; {REMEDY}") from error
        if stored is None:
            raise EditionDamaged(f"{self.address(name)}: missing; {REMEDY}")
        return stored.content

    def address(self, name: str) -> str:
        """Where a file of it lies, for a message."""
        return self.objects.address(f"{self.name}/{name}")

    @property
    def folder(self) -> Path:
        """Its folder, where editions lie in one."""
        return Path(self.objects.address(self.name))

    def _table(self, name: str) -> "tuple[tuple[str, ...], npt.NDArray[Any]]":
        import numpy as np
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            file = pq.ParquetFile(pa.BufferReader(self._checked(name)))
            if file.metadata.num_rows * file.metadata.num_columns > MOST_DRAWN:
                raise pa.ArrowInvalid(f"{file.metadata.num_rows:,} draws of {file.metadata.num_columns} lists")
            table = file.read()
            names, draws = tuple(table.column_names), np.vstack([column.to_numpy() for column in table.columns])
        except (pa.ArrowException, ValueError, OSError) as error:
            raise EditionDamaged(f"{self.address(name)}: {one_line(error)}; {REMEDY}") from error
        del table
        pa.default_memory_pool().release_unused()  # it keeps 20 MB for a next table, at a night's peak
        return names, draws


def _parsed(path: str, content: bytes, model: type[V]) -> V:
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        raise EditionDamaged(f"{path}: {first_of(error)}; {REMEDY}") from error


def _refuse_newer(path: str, content: bytes) -> None:
    """A newer program may have added anything, so its mark is read before the rest."""
    try:
        written = json.loads(content).get("format", 1)
    except (ValueError, AttributeError, RecursionError):
        return  # no manifest at all: what reads it says so
    if isinstance(written, int) and written > FORMAT:
        raise EditionNewer(f"{path}: written in format {written}, this program reads up to {FORMAT}; update it")


def load_libraries() -> None:
    """Import now what reading an edition imports on demand: a server has it before its first request."""
    import numpy as np  # noqa: F401
    import pyarrow as pa  # noqa: F401
    import pyarrow.parquet as pq  # noqa: F401

    from electoral.draws import (
        SeatDraws,  # noqa: F401
        ShareDraws,  # noqa: F401
    )


def draws_table(lists: tuple[str, ...], rows: "npt.NDArray[np.generic]") -> bytes:
    """Draws (lists, draws) as Parquet, a column a list."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    table = pa.table({name: pa.array(row) for name, row in zip(lists, rows, strict=True)})
    pq.write_table(table, sink, compression="zstd", use_dictionary=False)
    content = bytes(sink.getvalue())
    del table, sink
    pa.default_memory_pool().release_unused()
    return content


def on_grid(draws: "ShareDraws") -> "ShareDraws":
    """The same draws rounded down to what an edition can keep, so that stored shares give the stored seats."""
    import numpy as np

    from electoral.draws import ShareDraws

    units = draws.shares * UNITS
    np.floor(units, out=units)
    units /= UNITS
    return ShareDraws(draws.lists, units)


def share_units(draws: "ShareDraws") -> "npt.NDArray[np.uint16]":
    """Shares as whole numbers of `UNITS`; a list with every vote has one unit less."""
    import numpy as np

    units = np.empty(draws.shares.shape, np.uint16)
    for own, row in zip(units, draws.shares, strict=True):  # a night's peak is where its draws are written
        own[:] = np.minimum(row * UNITS, UNITS - 1)  # a cast rounds down
    return units


# What an edition must be before it is published


def check(edition: Edition) -> None:
    """Raise EditionUnsound naming the first thing that is wrong; EditionDamaged where a file does not read back."""
    wrong = edition.damage() or next(_contradictions(edition), None)
    if wrong:
        raise EditionUnsound(f"{edition.election} {edition.id}: {wrong}; nothing was published")


def _contradictions(edition: Edition) -> Iterator[str]:
    projection, manifest = edition.projection, edition.manifest
    facts = (projection.election, projection.edition, projection.as_of, projection.kind)
    if facts != (manifest.election, manifest.edition, manifest.as_of, manifest.kind):
        yield f"projection.json says {facts}, which is not what its manifest says"
    if projection.kind == "waiting":
        return  # it has neither draws nor numbers
    yield from _wrong_draws(edition, projection)
    yield from _wrong_numbers(edition, projection)
    yield from _nameless(edition)


def _wrong_draws(edition: Edition, projection: "Projection") -> Iterator[str]:
    import numpy as np

    seats, shares = edition.seat_draws, edition.share_draws  # ShareDraws refuses NaN, negatives and sums above one
    wrong = np.flatnonzero(seats.seats.sum(axis=0) != projection.house_size)
    if wrong.size:
        yield f"draw {wrong[0]} adds up to {seats.seats[:, wrong[0]].sum()}, not {projection.house_size} seats"
    if seats.lists != shares.lists or seats.seats.shape != shares.shares.shape or seats.draws != projection.draws:
        yield "seats and shares are not the same draws"
    if sum(projection.allocation.values()) != projection.house_size:
        yield f"the allocation adds up to {sum(projection.allocation.values())}, not {projection.house_size} seats"
    if {row.id for row in projection.lists} != set(seats.lists):
        yield "the lists of the projection are not those of the draws"


def _wrong_numbers(edition: Edition, stored: "Projection") -> Iterator[str]:
    """What a page says of seats and chances must come out of the stored draws again."""
    from electoral import projection as summary

    draws = edition.seat_draws
    p_pass, p_largest = summary.p_pass(draws), summary.p_largest(draws)
    for row in stored.lists:
        summarised = asdict(summary.summarise(draws.row(row.id)))
        if (row.seats or row.nowcast).model_dump() != summarised:
            yield f"the seats of {row.id} are not those of its draws"
        if (row.p_pass, row.p_largest) != (p_pass[row.id], p_largest[row.id]):
            yield f"the chances of {row.id} are not those of its draws"
    for bloc in stored.blocs:
        if bloc.p_majority != summary.p_majority(draws, bloc.lists, stored.majority):
            yield f"the chance of {bloc.id} is not that of its draws"
    for pair in edition.coalitions.combinations:
        if pair.p_majority != summary.p_majority(draws, pair.lists, stored.majority):
            yield f"the chance of {', '.join(pair.lists)} is not that of their draws"


def _nameless(edition: Edition) -> Iterator[str]:
    """Every list, bloc, pollster and publisher that is spoken of has a name in each language of the electorate."""
    reference = edition.reference
    polls = edition.polls.polls
    lists = {row.id for row in edition.projection.lists} | {line.id for line in edition.trend.lines}
    lists |= {value.list for poll in polls for value in poll.values} | set(edition.projection.result or {})
    spoken_of: Mapping[str, tuple[set[str], Sequence[ListReference | BlocReference | Named]]] = {
        "list": (lists, reference.lists),
        "bloc": ({row.id for row in edition.projection.blocs}, reference.blocs),
        "pollster": ({poll.pollster for poll in polls if poll.pollster}, reference.pollsters),
        "publisher": ({poll.publisher for poll in polls if poll.publisher}, reference.publishers),
    }
    for kind, (ids, rows) in spoken_of.items():
        names = {row.id: row.names for row in rows}
        for name in sorted(ids):
            if not all(names.get(name, {}).get(language, "").strip() for language in reference.electorate.languages):
                yield f"{kind} {name!r} has no name in one of the languages"
