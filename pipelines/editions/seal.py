"""The sealed record: what was said each night before a vote, in a chain that shows if a link was changed or taken out.

Every real publication is sealed once, in a small file of its own that is never written again and never made by a
rebuild: the odds that are scored later, those of a reference on the same polls, and the hash of the seal before. The
chain proves the order; the time is only as good as the clock of this machine, unless its head is published elsewhere.
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from pipelines.editions.objects import Objects
from pipelines.editions.values import Odds, Value
from pipelines.errors import EditionError, first_of

FOLDER = "sealed"
PUBLISHED_FILE = "published.csv"  # beside the elections' folders, a line a head that was published elsewhere, by hand
FIRST = "0" * 64  # what the first seal of an election follows
SCORING_RULE = 1  # counted up where what is scored, or how, changes

When = Literal["in_time", "made_after_close"]


class SealBroken(EditionError):
    """The sealed record is not the one that was written."""


class Seal(Value):
    """One publication: which edition, when, by which code, after which seal, and what it held likely."""

    election: str
    number: int
    previous: str
    moment_utc: str
    when: When
    as_of: str
    edition: str
    code: str
    scoring_rule: int
    odds: Odds


class Published(Value):
    """A head that was published where we cannot change it: the seals up to it existed by that day."""

    election: str
    head: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    date: date
    where: Annotated[str, Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Chain:
    """The seals of one election: how many, the hash of the last, and the last that was published elsewhere."""

    election: str
    count: int
    head: str
    published: Published | None = None
    published_number: int = 0  # the seal that `published` proves, and all before it


def seal(raw: Objects, sealed: Seal) -> str:
    """Write the next seal and return its name; raises SealBroken where that is taken: nothing is ever written over."""
    name = f"{FOLDER}/{sealed.election}/{sealed.number}.json"
    if not raw.put_if_absent(name, sealed.model_dump_json(indent=1).encode() + b"\n"):
        raise SealBroken(f"{raw.address(name)}: is there already, and a seal is never written over; run it again")
    return name


def following(raw: Objects, election: str) -> tuple[int, str]:
    """The number of an election's next seal and the hash it follows; raises SealBroken."""
    chain = verify(raw, election)
    return chain.count + 1, chain.head


def is_sealed(raw: Objects, election: str, edition: str) -> bool:
    """Whether a publication of this edition is sealed."""
    return any(each.edition == edition for each in seals_of(raw, election))


def seals_of(raw: Objects, election: str) -> Iterator[Seal]:
    """The seals of an election, oldest first; raises SealBroken for one that does not read back."""
    for name, content in _contents(raw, election):
        yield _parsed(raw, name, content)


def verify(raw: Objects, election: str) -> Chain:
    """Recompute an election's chain and find every published head in it.

    Raises SealBroken naming the first file that is not what the next one follows, or the head that no seal has: a chain
    that was made anew from some seal on.
    """
    head, count = FIRST, 0
    numbers: dict[str, int] = {}
    for count, (name, content) in enumerate(_contents(raw, election), start=1):
        seal, address = _parsed(raw, name, content), raw.address(name)
        if not name.endswith(f"/{count}.json") or seal.number != count:
            raise SealBroken(
                f"{address}: seal {count} is expected here; one was taken out or renamed, look in the backups"
            )
        if seal.election != election or seal.previous != head:
            raise SealBroken(
                f"{address}: does not follow the seal before it; one of the two was changed, look in the backups"
            )
        head = hashlib.sha256(content).hexdigest()
        numbers[head] = count
    proofs = [row for row in published(raw) if row.election == election]
    for row in proofs:
        if row.head not in numbers:
            raise SealBroken(
                f"{raw.address(f'{FOLDER}/{PUBLISHED_FILE}')}: {row.head} was published on {row.date} ({row.where})"
                f" and is now no seal's hash in {election}: the chain was made anew, or the line is mistyped; look in"
                " the backups"
            )
    proof = max(proofs, key=lambda row: numbers[row.head], default=None)
    return Chain(election, count, head, proof, numbers[proof.head] if proof else 0)


def published(raw: Objects) -> list[Published]:
    """Every head that was published elsewhere; raises SealBroken for a line that is none."""
    name = f"{FOLDER}/{PUBLISHED_FILE}"
    stored = raw.get(name)
    rows = csv.DictReader(io.StringIO(stored.content.decode("utf-8") if stored else "", newline=""))
    try:
        return [Published.model_validate(row) for row in rows]
    except ValidationError as error:
        raise SealBroken(f"{raw.address(name)}: line {rows.line_num}: {first_of(error)}") from error


def in_force(seals: Sequence[Seal], deadline: datetime) -> Seal | None:
    """The last seal made by a moment, in the order of the chain; None where none was, or the last came after the vote.

    A seal is never taken for older than one it follows, whatever its clock said.
    """
    standing = None
    for each in seals:
        if datetime.fromisoformat(each.moment_utc) > deadline:
            break
        standing = each
    return standing if standing and standing.when == "in_time" else None


def verify_all(raw: Objects) -> list[Chain]:
    """Every election's chain; raises SealBroken."""
    return [verify(raw, election) for election in elections(raw)]


def elections(raw: Objects) -> list[str]:
    """The elections of which anything was sealed."""
    return sorted(raw.folders(FOLDER))


def head_of(chains: Iterable[Chain]) -> str:
    """One hash over every election's head: what is published elsewhere to prove the time."""
    lines = "".join(f"{chain.election} {chain.count} {chain.head}\n" for chain in chains)
    return hashlib.sha256(lines.encode()).hexdigest()


def moment_text(moment: datetime) -> str:
    """A moment as seals have it."""
    return moment.isoformat(timespec="seconds")


def _contents(raw: Objects, election: str) -> Iterator[tuple[str, bytes]]:
    """The names and bytes of an election's seals, by their numbers."""
    names = [name for name in raw.list(f"{FOLDER}/{election}") if name.endswith(".json")]
    for name in sorted(names, key=lambda name: (len(name), name)):
        if stored := raw.get(name):
            yield name, stored.content


def _parsed(raw: Objects, name: str, content: bytes) -> Seal:
    try:
        return Seal.model_validate_json(content)
    except ValidationError as error:
        raise SealBroken(f"{raw.address(name)}: {first_of(error)}; restore it from a backup") from error


def copy(source: Objects, target: Objects) -> int:
    """Copy every chain to where it is not, or not as long; SealBroken where another seal stands under a number."""
    for name in source.list(FOLDER):
        ours, theirs = source.get(name), target.get(name)
        if name.endswith(".json") and ours and theirs and ours.content != theirs.content:
            raise SealBroken(f"{target.address(name)}: not the seal of {source.address(name)}; two records are not one")
    return source.copy(FOLDER, target)
