"""What a frozen address needs once its edition is removed: the blocks as they stood, small, for today's layout.

`frozen/<election>/<edition>.json.gz` holds the first sight of every block that may stand in a frame: its values and
words, which have no language, whether its page draws it, and of every poll it rests on a hash of what was printed, so
that a later correction is noticed. At most 100 KB; the longest blocks give way. A kept block names its page and id, and
no place in the code, so that it stands for good.
"""

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from pathlib import Path
from types import FunctionType
from typing import Any

from dashboard import blocks
from dashboard.blocks import Argument, Block, BlockType, Href, Values
from dashboard.render.template import Palettes
from dashboard.view import Page
from pipelines.editions.files import make_folder, replace, unpacked
from pipelines.editions.records import is_plain
from pipelines.editions.schema import PollRow

FOLDER = "frozen"
MOST_BYTES = 100_000
DIGITS = 8  # of the hash of a poll
NOT_PRINTED = {"revision", "source", "ruling", "urls", "waves", "known_from", "known_from_assumed", "corrections"}
UNREADABLE = (OSError, zlib.error, ValueError, TypeError, LookupError, AttributeError, RecursionError)


@dataclass(frozen=True)
class Origin:
    """What stands around a block of an edition in a frame."""

    election: str
    edition: str
    as_of: date
    languages: tuple[str, ...]
    palettes: Palettes
    kind: Argument
    source: Argument
    credits: Argument | None
    paths: Mapping[str, str]


@dataclass(frozen=True)
class Frozen:
    """An edition's blocks by page and id, and its polls as they were printed, by hashes."""

    origin: Origin
    blocks: tuple[Block, ...]
    polls: Mapping[str, str]


TYPES = {name: found for name, found in vars(blocks).items() if isinstance(found, type) and is_dataclass(found)}
TYPES |= {"Href": Href, "Origin": Origin}


def printed(polls: Iterable[PollRow]) -> dict[str, str]:
    """A hash of what each poll says, without where it is cited and how often it was revised."""
    return {poll.poll: _digest(poll.model_dump_json(exclude=NOT_PRINTED)) for poll in polls}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]


def is_stored(processed: Path, election: str, edition: str, pages: Iterable[Page]) -> bool:
    """Whether an edition's blocks are kept already, and all of them read back."""
    stored = read(processed, election, edition, pages)
    return stored is not None and len(stored.blocks) == len(_content(processed, election, edition)["blocks"])


def write(processed: Path, frozen: Frozen) -> int:
    """Keep an edition's blocks, those that fit; returns the bytes written."""
    path = _path(processed, frozen.origin.election, frozen.origin.edition)
    chosen = sorted(frozen.blocks, key=lambda block: len(json.dumps(plain(block))))
    content = _packed(frozen, chosen)
    while len(content) > MOST_BYTES and chosen:
        chosen.pop()
        content = _packed(frozen, chosen)
    make_folder(path.parent)
    replace(path, content)
    return len(content)


def _packed(frozen: Frozen, chosen: list[Block]) -> bytes:
    content = Frozen(frozen.origin, tuple(sorted(chosen, key=lambda block: (block.page, block.id))), frozen.polls)
    return gzip.compress(json.dumps(plain(content), ensure_ascii=False, separators=(",", ":")).encode(), 9, mtime=0)


def read(processed: Path, election: str, edition: str, pages: Iterable[Page]) -> Frozen | None:
    """What was kept of an edition, without the blocks that do not read back; None where nothing does."""
    if not (is_plain(election) and is_plain(edition)):
        return None
    types = {(page.name, one.id): one for page in pages for one in page.types}
    try:
        content = _content(processed, election, edition)
        origin, polls = _value(content["origin"]), _value(content["polls"])
        blocks = [block for block_json in content["blocks"] if (block := _block(block_json, types))]
    except UNREADABLE:
        return None
    return Frozen(origin, tuple(blocks), polls) if isinstance(origin, Origin) else None


def _content(processed: Path, election: str, edition: str) -> Any:
    return json.loads(unpacked(_path(processed, election, edition).read_bytes()))


def _path(processed: Path, election: str, edition: str) -> Path:
    return processed / FOLDER / election / f"{edition}.json.gz"


def plain(value: Any) -> Any:
    """A value as JSON: what is no text, number or list says its type under "$"."""
    if isinstance(value, Values):
        return {"$": "values", "of": value.model_dump(mode="json")}
    if is_dataclass(value) and not isinstance(value, type):
        named_fields = {one.name: plain(getattr(value, one.name)) for one in fields(value)}
        return {"$": type(value).__name__, **named_fields}
    if isinstance(value, Mapping):
        return {"$": "map", "of": {name: plain(item) for name, item in value.items()}}
    if isinstance(value, frozenset):
        return {"$": "set", "of": sorted((plain(item) for item in value), key=repr)}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, date):
        return {"$": "date", "of": value.isoformat()}
    if isinstance(value, FunctionType):
        return {"$": "function"}
    return value


def _block(content: Any, types: Mapping[tuple[str, str], BlockType]) -> Block | None:
    """A block, its values typed and its figure drawn as its page declares; None where it does not read back."""
    try:
        declared = types[content["page"], content["id"]]
        values = declared.values.model_validate_json(json.dumps(content["values"]["of"]))
        rest = {name: _value(item) for name, item in content.items() if name not in ("$", "values", "figure")}
        return Block(**rest, values=values, figure=declared.figure if content["figure"] else None)
    except UNREADABLE:
        return None


def _value(content: Any) -> Any:
    """The value that was written."""
    if isinstance(content, list):
        return tuple(_value(item) for item in content)
    if not isinstance(content, dict):
        return content
    of: Any = content.get("of")
    match content["$"]:
        case "map":
            return {name: _value(item) for name, item in of.items()}
        case "set":
            return frozenset(_value(item) for item in of)
        case "date":
            return date.fromisoformat(of)
    return TYPES[content["$"]](**{name: _value(item) for name, item in content.items() if name != "$"})
