"""An electorate's `polls/<election>.csv` → reported polls, in the order of the file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path

from electoral.polls import PollKind, Status, Unit
from pipelines.electorate.columns import PollValueRow
from pipelines.errors import RawDataError
from pipelines.rows import read_cells, row_of
from pipelines.sources.reading import ReportedCell, ReportedPoll

CELL_COLUMNS = ("label", "status", "seats", "pct")
CELL_OF = itemgetter(*CELL_COLUMNS)
POLL_COLUMNS = tuple(name for name in PollValueRow.model_fields if name not in CELL_COLUMNS)


@dataclass(frozen=True, slots=True)
class _PrintedPoll:
    """One poll of the file as its rows come: the first row, its texts but for the cell's, and by label row and cell."""

    first: PollValueRow
    shared: tuple[str, ...]
    cells: dict[str, tuple[int, ReportedCell]]


def archive_file(raw: Path, election: str) -> Path:
    """The file of a campaign, whichever electorate it is of: ids of elections are unique over all of them."""
    pattern = f"electorates/*/polls/{election}.csv"
    return next(iter(sorted(raw.glob(pattern))), raw / pattern)


def check_archive(raw: Path, electorates: Mapping[str, str]) -> None:
    """Refuse a file of an election that its electorate does not name (election → electorate); raises RawDataError."""
    read = set(electorates.values())
    for path in sorted(path for name in read for path in raw.glob(f"electorates/{name}/polls/*.csv")):
        if electorates.get(path.stem) != path.parents[1].name:
            own = sorted(name for name, electorate in electorates.items() if electorate == path.parents[1].name)
            raise RawDataError(f"{path}: row 1: unknown election {path.stem!r}; known are {', '.join(own)}")


def parse(raw: Path, election: str) -> list[ReportedPoll]:
    """All polls of one campaign, none where no file ships; raises RawDataError naming file, row, value and remedy."""
    path = archive_file(raw, election)
    if not path.exists():
        return []
    polls: dict[str, _PrintedPoll] = {}
    cells: dict[tuple[str, ...], ReportedCell] = {}
    shared_of: Callable[[dict[str, str]], tuple[str, ...]] | None = None
    for number, texts in read_cells(path, PollValueRow):
        shared_of = shared_of or itemgetter(*(name for name in texts if name not in CELL_COLUMNS))
        printed, shared = CELL_OF(texts), shared_of(texts)
        poll = polls.get(texts["poll"])
        if poll is None or poll.shared != shared or printed not in cells:  # only what is new is looked at
            row = row_of(path, number, texts, PollValueRow)
            poll = polls.setdefault(row.poll, _PrintedPoll(row, shared, {}))
            _refuse_apart(path, number, row, poll.first)
            cells[printed] = _cell(path, number, row)
        label = texts["label"]
        if label in poll.cells:
            raise RawDataError(f"{path}: row {number}: list {label!r} stands twice in poll {texts['poll']}; drop one")
        poll.cells[label] = number, cells[printed]
    return [_poll(path, election, poll) for poll in polls.values()]


def _refuse_apart(path: Path, number: int, row: PollValueRow, first: PollValueRow) -> None:
    for column in POLL_COLUMNS:
        if getattr(row, column) != getattr(first, column):
            raise RawDataError(
                f"{path}: row {number}: {column} is {getattr(row, column)!s}, but {getattr(first, column)!s} in the"
                f" first row of poll {row.poll}; make them one"
            )


def _poll(path: Path, election: str, printed: _PrintedPoll) -> ReportedPoll:
    first = printed.first
    return ReportedPoll(
        id=first.poll,
        election=election,
        kind=PollKind(first.kind),
        pollster=first.pollster,
        publisher=first.publisher,
        fieldwork_start=first.fieldwork_start,
        fieldwork_end=first.fieldwork_end,
        published_date=first.published_date,
        sample_size=_at_least(first.sample_size),
        sample_size_printed=first.sample_size if first.sample_size and not first.sample_size.isdigit() else None,
        cells=tuple(cell for _, cell in printed.cells.values()),
        source=first.source,
        unit=_unit(path, printed),
        urls=first.url,
        is_fieldwork_guessed=first.fieldwork_basis == "guessed",
    )


def _at_least(sample_size: str | None) -> int | None:
    """The number of a sample as printed, "≥3000" too."""
    return int(sample_size.lstrip("≥>")) if sample_size else None


def _unit(path: Path, printed: _PrintedPoll) -> Unit:
    """What a poll prints; one that prints seats of one list and shares of another is two polls."""
    shares, seats = (
        [number for number, cell in printed.cells.values() if cell.status is status]
        for status in (Status.SHARE, Status.SEATS)
    )
    if shares and seats:
        raise RawDataError(
            f"{path}: row {shares[0]}: status is 'share', but 'seats' in row {seats[0]} of poll {printed.first.poll}; a"
            " poll has one unit, give the other one a poll of its own"
        )
    return Unit.SHARE if shares else Unit.SEATS


def _cell(path: Path, number: int, row: PollValueRow) -> ReportedCell:
    if row.status == "seats" and row.seats is None:
        raise RawDataError(f"{path}: row {number}: seats is blank but status is 'seats'; give the seats or the status")
    if row.status == "share" and row.pct is None:
        raise RawDataError(
            f"{path}: row {number}: pct is blank but status is 'share'; give the percentage or the status"
        )
    return ReportedCell(row.label, Status(row.status), row.seats, row.pct)
