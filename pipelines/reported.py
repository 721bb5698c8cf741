"""A poll as a source printed it, before any name is known to us, and a row that was refused."""

from dataclasses import dataclass
from datetime import date

from electoral.polls import PollKind, Status, Unit

UNNAMED_ROW = "refused-row-"  # how the id begins of a refused row whose firm and outlet its source did not look at


@dataclass(frozen=True, slots=True)
class ReportedCell:
    """One printed cell: the label of its column and what stood there."""

    label: str
    status: Status
    seats: float | None
    pct: str | None


@dataclass(frozen=True, slots=True)
class ReportedPoll:
    """One survey's seat row as a source printed it; names are as printed."""

    id: str
    election: str
    kind: PollKind
    pollster: str | None
    publisher: str | None
    fieldwork_start: date | None
    fieldwork_end: date
    published_date: date | None
    sample_size: int | None
    cells: tuple[ReportedCell, ...]
    source: str
    unit: Unit = Unit.SEATS
    urls: tuple[str, ...] = ()
    is_fieldwork_guessed: bool = False
    sample_size_printed: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that is not let in: which poll, which check, its printed text, the reason and the place on its page."""

    election: str
    source: str
    poll: str
    check: str
    text: str
    reason: str
    place: str = ""
