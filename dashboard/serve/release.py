"""What a page depends on besides its address and its edition: our code, the shelf of editions and its age, the day.

Its name stands in the address of every prerendered document, so that such an address never changes its content.
"""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import dash

from dashboard.address import DashboardError
from dashboard.reader import Clock, Reader, Shelf, runs_of
from dashboard.settings import Settings, settings
from pipelines.editions import gate
from pipelines.editions.schema import ElectorateReference
from pipelines.editions.store import Edition
from pipelines.errors import EditionError

PACKAGE = Path(__file__).parents[1]
MAKERS = (PACKAGE, PACKAGE.parent / "electoral", PACKAGE.parent / "pipelines" / "editions")
READ = {".py", ".toml", ".js", ".css", ".svg"}
FRAMEWORK = f"dash {dash.__version__}"  # its scripts stand in a page made ahead, by their addresses and inline
CODE_DIGITS, STATE_BYTES = 4, 4  # a release is known by its code first, then by what it shows


Shown = tuple[Shelf, datetime, date | None, Settings]  # all that the releases of one code depend on


def names(reader: Reader, clock: Clock) -> Mapping[str, str]:
    """The release on show of each electorate, by its id: twelve hexadecimal digits.

    Asked by every request, and worked out when something else is on show or another second has begun: no gate opens or
    closes and no day begins within one.
    """
    return _names(reader, _shown(reader.shelf(), clock), code())


def glance(reader: Reader, clock: Clock) -> Shown | None:
    """What releases depend on, at a price that a server's loop can pay; None where the shelf must be read anew."""
    shelf = reader.unchanged()
    return None if shelf is None else _shown(shelf, clock)


def _shown(shelf: Shelf, clock: Clock) -> Shown:
    return shelf, clock.moment().replace(microsecond=0), clock.day() if clock.day else None, settings()


def name(reader: Reader, clock: Clock, electorate: ElectorateReference) -> str:
    """The release of an electorate that is on show; the code alone where its editions could not be listed."""
    return names(reader, clock).get(electorate.id, code()[: CODE_DIGITS + 2 * STATE_BYTES])


def of_all(reader: Reader, clock: Clock) -> str:
    """A name for everything that is on show."""
    return " ".join(names(reader, clock).values())


@lru_cache(maxsize=8)
def _names(reader: Reader, shown: Shown, made_by: str) -> dict[str, str]:
    """Of other electorates a release depends only on which there are, since a page offers them."""
    shelf, second, day, chosen = shown
    clock = Clock(None if day is None else lambda: day, lambda: second)
    electorates = reader.electorates()
    others = tuple((electorate_id.id, newest) for electorate_id, newest in electorates)
    old = {*stale(reader, clock), *reader.held_back(clock.now)}
    releases = {}
    for electorate, _ in electorates:
        elections = {item.id for item in reader.elections(electorate.id)}
        parts = (
            made_by,
            tuple(pair for pair in shelf.current if pair[0] in elections),
            sorted(elections.intersection(shelf.passed_over)),
            f"{dict(shelf.runs).get(electorate.id)} {shelf.votes} {shelf.notes} {shelf.rehearsal}",
            others,
            clock.today(electorate.zone).isoformat(),
            sorted(elections & old),
            chosen,
        )
        state = hashlib.blake2b(repr(parts).encode(), digest_size=STATE_BYTES).hexdigest()
        releases[electorate.id] = made_by[:CODE_DIGITS] + state
    return releases


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


STEP_MINUTES = 5  # asked for by every request, answered anew this often


def stale(reader: Reader, clock: Clock) -> tuple[str, ...]:
    """The ids of the live campaigns on the shelf that were last checked too long ago, each by its own clock."""
    moments = []
    for electorate, _ in reader.electorates():
        now = clock.now(electorate.zone)
        since = timedelta(minutes=now.minute % STEP_MINUTES, seconds=now.second, microseconds=now.microsecond)
        moments.append((electorate.zone, now - since))
    return _stale(reader, reader.shelf(), tuple(sorted(set(moments))))


@lru_cache(maxsize=8)
def _stale(reader: Reader, shelf: Shelf, moments: tuple[tuple[str, datetime], ...]) -> tuple[str, ...]:
    now_in = dict(moments)
    return tuple(election for election, edition in shelf.current if _is_stale(reader, election, edition, now_in))


def _is_stale(reader: Reader, election: str, edition: str, now_in: Mapping[str, datetime]) -> bool:
    try:
        served = reader.edition(election, edition)
        projection, now = served.projection, now_in.get(served.reference.electorate.zone)
    except (EditionError, DashboardError):  # it cannot be shown, whatever its age; or it went this moment
        return False
    if now is None or not _is_awaited(served, now.date()):
        return False
    runs = runs_of(served)
    run = runs.campaign(election) if runs else None
    checked = run.checked_utc if run and run.edition == edition else None
    return gate.is_stale(projection.as_of, now, checked)


def _is_awaited(edition: Edition, today: date) -> bool:
    """Whether a newer edition could be there: before the vote, and not while the law forbids one."""
    is_frozen = not gate.may_publish(edition.reference, "poll", today) and not settings().is_ban_relaxed
    return (
        edition.projection.kind in ("live", "waiting") and today <= edition.projection.election_date and not is_frozen
    )
