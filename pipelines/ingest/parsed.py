"""Pages parsed once: each reading is kept by the hash of its bytes, the parser's version and what it was asked for."""

import hashlib
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from pipelines.editions.files import replace
from pipelines.sources.reading import Reading, Scope
from pipelines.sources.registry import source_of

FOLDER = "parsed"
ROOT = Path(__file__).parents[2]
PARSER_CODE = ("pipelines/sources", "pipelines/reported.py", "electoral/polls.py")
READING = TypeAdapter(Reading)


class ParsedPages:
    """The kept readings of one campaign; `processed` None keeps nothing."""

    def __init__(self, processed: Path | None) -> None:
        self._folder = processed / FOLDER if processed else None
        self._used: set[str] = set()

    def read(self, source: str, body: bytes, content_type: str, scope: Scope) -> Reading:
        """The reading of a page, from where it was kept or parsed anew; raises PageRefused for a whole page."""
        name = _name(source, body, content_type, scope)
        self._used.add(name)
        path = self._folder and self._folder / name
        if path and (reading := _kept(path)):
            return reading
        reading = source_of(source).parse(body, scope, content_type=content_type)
        if path:
            content = READING.dump_json(reading)
            path.parent.mkdir(parents=True, exist_ok=True)
            replace(path, hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
        return reading

    def drop_unused(self, election: str) -> None:
        """Remove what a whole fold of a campaign did not ask for: pages gone, or parsed by other code."""
        for path in self._folder.glob(f"{election}-*") if self._folder else ():
            if path.name not in self._used:
                path.unlink(missing_ok=True)


def _name(source: str, body: bytes, content_type: str, scope: Scope) -> str:
    asked = f"{source}\0{content_type}\0{_plain(scope)!r}\0{parser_version()}"
    key = hashlib.sha256(asked.encode()).hexdigest()[:16]
    return f"{scope.election}-{hashlib.sha256(body).hexdigest()[:32]}-{key}.json"


def _plain(scope: Scope) -> list[object]:
    """What a page was asked for, sets in order."""
    fields = [getattr(scope, name) for name in Scope.__dataclass_fields__]
    return [sorted(value) if isinstance(value, frozenset) else value for value in fields]


def _kept(path: Path) -> Reading | None:
    """A reading as it was written; one that is not there, cut or changed is parsed anew."""
    try:
        digest, _, content = path.read_bytes().partition(b"\n")
        if hashlib.sha256(content).hexdigest().encode() != digest:
            return None
        return READING.validate_json(content)
    except (FileNotFoundError, ValidationError):
        return None


@cache
def parser_version() -> str:
    """A hash over everything that decides how bytes are read."""
    digest = hashlib.sha256()
    for path in sorted(path for place in PARSER_CODE for path in _files(ROOT / place)):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _files(path: Path) -> list[Path]:
    return [*path.rglob("*.py"), *path.rglob("*.toml")] if path.is_dir() else [path]
