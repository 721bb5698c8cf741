"""What is kept beside the editions: pointers, changes, alerts, how the last run went, and what is quarantined."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError

from pipelines.editions.files import write_folder
from pipelines.editions.gate import is_ahead
from pipelines.editions.objects import Objects
from pipelines.editions.values import Correction, Value
from pipelines.errors import EditionDamaged

T = TypeVar("T")
Direction = Literal["up", "down"]
Basis = Literal["nowcast", "election-day"]
PollNews = Literal["added", "corrected", "withdrawn"]
RunStatus = Literal["published", "unchanged", "frozen", "waiting"]
Chance = Literal["list-passes", "list-largest", "bloc-majority"]
AlertKind = Literal["bloc-chance", "list-passes", "lead-changes", "source-stale", "quarantine-grows", "briefing"]

PLAIN_NAME = r"[a-z0-9][a-z0-9-]{0,99}"  # a name that is a file's and nothing more: no way out of a folder
PlainName = Annotated[str, Field(pattern=f"^{PLAIN_NAME}$")]
FIRST_FORMAT = TypeAdapter(dict[PlainName, PlainName], config=ConfigDict(defer_build=True))
REMEDY = "read from its editions; the next refresh writes it anew"


def _moment(text: str) -> str:
    if datetime.fromisoformat(text).tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return text


Moment = Annotated[str, AfterValidator(_moment)]  # as now_utc() writes it


class Pointer(Value):
    """`current/<election>`: the edition on show, and all that were published, in order, the last published last.

    The order is recorded here and nowhere else: a copy, a restore or an object store keeps no file's time.
    """

    edition: PlainName
    published: list[PlainName]


class ValueChange(Value):
    """One list's value in a corrected poll, in seats; null where nothing was printed for it."""

    list: str
    before: float | None
    after: float | None


class PollChange(Value):
    """A poll that the later edition added, no longer has, or has with other values or facts.

    `corrections`: the rows of the corrections register that changed it.
    """

    poll: str
    change: PollNews
    pollster: str | None
    publisher: str | None
    fieldwork_end: date
    values: list[ValueChange]
    corrections: list[Correction] = Field(default_factory=list)


class ListMovement(Value):
    """One list from edition to edition; a null stands where it was not, or is no longer, in the race.

    `parts` says what moved it: cause → seats, adding up to the change of `trend_seats`; null where it is in one only.
    Causes: `corrections`, `poll:<id>` (or `polls` for many), `firms`, `ageing`, `model`; in older records also
    `house-effects`.
    """

    id: str
    trend_seats_before: float | None
    trend_seats_after: float | None
    seats_before: int | None
    seats_after: int | None
    p_pass_before: float | None
    p_pass_after: float | None
    parts: dict[str, float] | None = None


class BlocMovement(Value):
    """One bloc from edition to edition; its seats are the sum of its lists'."""

    id: str
    seats_before: int
    seats_after: int
    p_majority_before: float
    p_majority_after: float


class Crossing(Value):
    """A chance that went past a level: `what` passes, is largest, or has a majority."""

    what: Chance
    id: str
    level_pct: int
    direction: Direction
    before: float
    after: float


class Changes(Value):
    """`changes/<election>/<from>..<to>.json`: what is different in an edition, as facts.

    `basis` is what seats, as printed, and chances speak of. Where one edition has only a nowcast, seats, chances, blocs
    and who leads, which speak of each edition's own headline, are left out (`is_comparable`).
    `is_method_changed`: other code, libraries or parameters, so that a movement need not be news.
    """

    election: str
    from_edition: str
    to_edition: str
    from_as_of: date
    to_as_of: date
    basis: Basis
    is_comparable: bool
    is_method_changed: bool
    leader_before: str | None
    leader_after: str | None
    polls: list[PollChange]
    lists: list[ListMovement]
    blocs: list[BlocMovement]
    crossings: list[Crossing]


class Rehearsal(Value):
    """`rehearsal.json`: everything beside it replays a past night, and is no news.

    Its clock stood at `from_utc` at `began_utc` by the machine's, runs `speed` times as fast and stops at `until_utc`.
    """

    election: str
    from_utc: Moment
    until_utc: Moment
    began_utc: Moment
    speed: float

    def now(self, clock: datetime) -> datetime:
        """What time it is in the night at a moment of the machine's clock."""
        began, first, last = map(datetime.fromisoformat, (self.began_utc, self.from_utc, self.until_utc))
        return min(first + max(clock - began, timedelta()) * self.speed, last)


class Alert(Value):
    """Something a rule asked to be told of. `key` says it once: the same event has the same key.

    `subject` is a list, a bloc or a source; `before` and `after` are chances (0–1), for `quarantine-grows` rows,
    for `source-stale` hours.
    """

    key: str
    rule: str
    kind: AlertKind
    election: str
    edition: str
    date: date
    subject: str
    level_pct: int | None = None
    direction: Direction | None = None
    before: float | None = None
    after: float | None = None


class Delivery(Value):
    """An alert and a channel, by its name: sent, with no `error`; not sent after some tries; or left out after none."""

    key: str
    channel: str
    moment_utc: Moment
    tries: int
    error: str | None = None

    @property
    def election(self) -> str:
        """The one its alert is of, as the alert's key says."""
        return self.key.split("/")[1]


class Alerts(Value):
    """`alerts/<electorate>.json`: the newest last, and how they went out."""

    alerts: list[Alert]
    deliveries: tuple[Delivery, ...] = ()


class SourceRun(Value):
    """How a source answered: when it was last read well, last had something new, and last failed."""

    source: str
    election: str
    last_success_utc: Moment | None = None
    last_change_utc: Moment | None = None
    last_error_utc: Moment | None = None
    last_error: str | None = None

    def age_hours(self, now: datetime) -> float | None:
        """Hours since it was last read well, never negative, at a moment with a time zone.

        None where it never was, or at a moment that lies ahead of this one.
        """
        success = datetime.fromisoformat(self.last_success_utc) if self.last_success_utc else None
        if success is None or is_ahead(success, now):
            return None
        return max(round((now.astimezone(UTC) - success).total_seconds() / 3600, 1), 0.0)


class CampaignRun(Value):
    """A campaign's last refresh: when it was checked, what came of it, and since when its edition has been there."""

    election: str
    edition: str | None
    status: RunStatus
    checked_utc: Moment
    published_utc: Moment | None


class Runs(Value):
    """`runs/<electorate>.json`: the last refresh, what each source did so far, when each campaign was refreshed."""

    started_utc: Moment
    finished_utc: Moment
    exit_code: int
    error: str | None
    sources: list[SourceRun]
    campaigns: tuple[CampaignRun, ...] = ()

    def campaign(self, election: str) -> CampaignRun | None:
        """The last refresh of one campaign; None where none was recorded."""
        return next((row for row in self.campaigns if row.election == election), None)


class QuarantinedRow(Value):
    """One refused row: where it stands, what is printed (the beginning of it) and why it is refused."""

    source: str
    poll: str
    check: str
    place: str
    text: str
    reason: str


class CampaignQuarantine(Value):
    """What is refused of one campaign: how many rows, how many by each check, and the first of them."""

    election: str
    count: int
    by_check: dict[str, int]
    rows: list[QuarantinedRow]


class Quarantine(Value):
    """`quarantine/<electorate>.json`: what was refused when the ledger was last read; else nothing was."""

    checked_utc: Moment
    campaigns: list[CampaignQuarantine]

    def campaign(self, election: str) -> CampaignQuarantine:
        rows = (row for row in self.campaigns if row.election == election)
        return next(rows, CampaignQuarantine(election=election, count=0, by_check={}, rows=[]))


class SealedScores(Value):
    """Scores of what was sealed: CRPS in seats per list, log loss of every P(pass), Brier score a bloc or coalition."""

    crps_seats: float
    log_loss_pass: float
    brier_majority: dict[str, float]


class SealedLine(Value):
    """What was in force at 23:59 so many days before the vote, scored; or the mean over the last 30 days.

    `days`: the nights that were scored, of 1 or of 30; `seal`, `edition` and `moment_utc` are null for the mean.
    `rules`: the versions of the scoring rule that the seals name. `skill`: 1 − CRPS ÷ the reference's of the same
    nights; null where the reference missed by nothing.
    """

    before: Literal["30", "14", "7", "1", "mean"]
    days: int
    seal: int | None
    edition: str | None
    moment_utc: Moment | None
    rules: tuple[int, ...]
    ours: SealedScores
    reference: SealedScores
    skill: float | None


class SealedChain(Value):
    """The sealed record of one election; `head` is null where the chain is not the one that was written.

    `published_number` is the last seal that a head published elsewhere proves: by which day, and where. `seals` has the
    number of every sealed edition, `made_after_close` those of them that were made after the vote. `lines` are the
    scores once a result is recorded.
    """

    election: str
    count: int
    head: str | None
    published_number: int = 0
    published_date: date | None = None
    published_where: str | None = None
    seals: dict[str, int] = Field(default_factory=dict)
    made_after_close: tuple[str, ...] = ()
    lines: tuple[SealedLine, ...] = ()


class Seals(Value):
    """`seals/<electorate>.json`: each election's sealed record, read anew from `data/raw/sealed` by each refresh."""

    chains: list[SealedChain]

    def campaign(self, election: str) -> SealedChain | None:
        """The sealed record of one election; None where nothing of it was sealed."""
        return next((chain for chain in self.chains if chain.election == election), None)


def is_plain(name: str) -> bool:
    """Whether a name is that of a file or a folder and nothing more.

    >>> is_plain("diet-26"), is_plain("../diet-26"), is_plain(".hemicycle-x")
    (True, False, False)
    """
    return re.fullmatch(PLAIN_NAME, name, re.ASCII) is not None


def read_value(objects: Objects, name: str, parse: Callable[[bytes], T], remedy: str) -> T | None:
    """What an object holds, None where there is none; raises EditionDamaged where it does not read back."""
    try:
        stored = objects.get(name)
        return parse(stored.content) if stored else None
    except ValidationError as error:
        raise EditionDamaged(f"{objects.address(name)}: not what was written; {remedy}") from error
    except OSError as error:
        raise EditionDamaged(f"{objects.address(name)}: {error.strerror}; {remedy}") from error


class Pointers:
    """The pointers of a store: `current/<election>`, a small object a campaign.

    `current.json`, which held all campaigns before there were pointers, is read while there is no pointer, and left
    where it is.
    """

    FOLDER, FIRST_FORMAT = "current", "current.json"

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def elections(self) -> set[str]:
        """The elections that have a pointer; empty before the first publication."""
        names = (name.removeprefix(f"{self.FOLDER}/") for name in self._objects.list(self.FOLDER))
        return {name for name in names if is_plain(name)}

    def are_there(self) -> bool:
        """Whether pointers were ever written here."""
        return self._objects.state(f"{self.FOLDER}/") is not None

    def read(self, election: str) -> Pointer | None:
        """The pointer of an election, None where it is missing; raises EditionDamaged where it does not read back."""
        return read_value(self._objects, self.name(election), Pointer.model_validate_json, REMEDY)

    def address(self, election: str) -> str:
        return self._objects.address(self.name(election))

    def write(self, election: str, pointer: Pointer) -> None:
        self._objects.replace(self.name(election), to_bytes(pointer))

    def write_all(self, pointers: Mapping[str, Pointer]) -> None:
        """The first pointers of all campaigns at once: in a folder they appear by one rename."""
        with self._objects.aside(self.FOLDER) as room:
            folder = room / self.FOLDER
            folder.mkdir()
            write_folder(folder, {election: to_bytes(pointer) for election, pointer in pointers.items()})
            self._objects.put_whole(folder, self.FOLDER)

    def put_aside(self, election: str) -> None:
        """Keep what is damaged under a name that is no election's."""
        self._objects.rename(self.name(election), f"{self.name(election)}.damaged")

    def of_first_format(self) -> dict[str, str]:
        """What `current.json` says while no pointer was written; raises EditionDamaged where it does not read back."""
        if self.are_there():
            return {}
        return read_value(self._objects, self.FIRST_FORMAT, FIRST_FORMAT.validate_json, REMEDY) or {}

    def name(self, election: str) -> str:
        """The object that an election's pointer is."""
        return f"{self.FOLDER}/{election}"


def to_bytes(pointer: Pointer) -> bytes:
    """A pointer as it is written."""
    return pointer.model_dump_json(indent=1).encode()
