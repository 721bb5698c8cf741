"""What a page depends on besides its address and its edition: our code, the shelf of editions and its age, the day.

Its name stands in the address of every prerendered document, so that such an address never changes its content.
"""

import hashlib
from datetime import date
from functools import lru_cache
from pathlib import Path

import dash

from dashboard.moments import Clock
from dashboard.reader import Reader
from dashboard.settings import Settings, settings
from dashboard.staleness import stale
from pipelines.editions.schema import ElectorateReference

PACKAGE = Path(__file__).parent
MAKERS = (PACKAGE, PACKAGE.parent / "electoral", PACKAGE.parent / "pipelines" / "editions")
READ = {".py", ".toml", ".js", ".css", ".svg"}
FRAMEWORK = f"dash {dash.__version__}"  # its scripts stand in a page made ahead, by their addresses and inline
CODE_DIGITS, STATE_BYTES = 4, 4  # a release is known by its code first, then by what it shows


def name(reader: Reader, clock: Clock, electorate: ElectorateReference) -> str:
    """The release of an electorate that is on show: twelve hexadecimal digits.

    Of the others it depends only on which there are, since a page offers them.
    """
    shelf, elections = reader.shelf(), {item.id for item in reader.elections(electorate.id)}
    current = tuple(pair for pair in shelf.current if pair[0] in elections)
    passed_over = tuple(item for item in shelf.passed_over if item in elections)
    held_back = tuple(item for item in reader.held_back(clock.now) if item in elections)
    old = tuple(item for item in stale(reader, clock) if item in elections)
    others = tuple((found.id, newest) for found, newest in reader.electorates())
    today = clock.today(electorate.zone)
    return _name(
        code(),
        current,
        passed_over,
        f"{shelf.run} {shelf.votes} {shelf.notes} {shelf.rehearsal}",
        others,
        today,
        (*old, *held_back),
        settings(),
    )


def of_all(reader: Reader, clock: Clock) -> str:
    """A name for everything that is on show."""
    return " ".join(name(reader, clock, found) for found, _ in reader.electorates())


@lru_cache(maxsize=64)
def _name(
    made_by: str,
    current: tuple[tuple[str, str], ...],
    passed_over: tuple[str, ...],
    run: str,
    others: tuple[tuple[str, str], ...],
    today: date,
    old: tuple[str, ...],
    chosen: Settings,
) -> str:
    state = repr((made_by, current, passed_over, run, others, today.isoformat(), old, chosen))
    return made_by[:CODE_DIGITS] + hashlib.blake2b(state.encode(), digest_size=STATE_BYTES).hexdigest()


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
