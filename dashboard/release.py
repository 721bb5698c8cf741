"""What a page depends on besides its address and its edition: our code, the shelf of editions and its age, the day.

Its name stands in the address of every prerendered document, so that such an address never changes its content.
"""

import hashlib
import os
from datetime import date
from functools import lru_cache
from pathlib import Path

import dash

from dashboard.reader import Reader, Shelf
from dashboard.staleness import stale
from pipelines.editions import gate

PACKAGE = Path(__file__).parent
MAKERS = (PACKAGE, PACKAGE.parent / "electoral", PACKAGE.parent / "pipelines" / "editions")
READ = {".py", ".toml", ".js", ".css", ".svg"}
FRAMEWORK = f"dash {dash.__version__}"  # its scripts stand in a page made ahead, by their addresses and inline
CODE_DIGITS, STATE_BYTES = 4, 4  # a release is known by its code first, then by what it shows


def name(reader: Reader, today: date) -> str:
    """The release that is on show: twelve hexadecimal digits."""
    return _name(code(), reader.shelf(), today, stale(reader, today), gate.is_relaxed(os.environ))


@lru_cache(maxsize=8)
def _name(made_by: str, shelf: Shelf, today: date, old: tuple[str, ...], is_relaxed: bool) -> str:
    said = repr((made_by, shelf.current, shelf.run, shelf.passed_over, today.isoformat(), old, is_relaxed))
    return made_by[:CODE_DIGITS] + hashlib.blake2b(said.encode(), digest_size=STATE_BYTES).hexdigest()


def is_of_other_code(release: str) -> bool:
    """Whether a release was made by other code than this: its pages and ours do not fit together."""
    return not release.startswith(code()[:CODE_DIGITS])


@lru_cache(maxsize=1)
def code() -> str:
    """A hash of everything that makes a page, taken once a process."""
    digest = hashlib.blake2b(FRAMEWORK.encode(), digest_size=16)
    for folder in MAKERS:
        for path in sorted(path for path in folder.rglob("*") if path.suffix in READ):
            digest.update(path.relative_to(PACKAGE.parent).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
