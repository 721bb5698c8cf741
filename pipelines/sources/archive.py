"""An electorate's `polls/<election>.csv` → reported polls, in the order of the file."""

from collections.abc import Mapping
from pathlib import Path

from electoral.polls import PollKind, Status, Unit
from pipelines.electorate.columns import PollValueRow
from pipelines.errors import RawDataError
from pipelines.rows import read_rows
from pipelines.sources.reading import ReportedCell, ReportedPoll

POLL_COLUMNS = (
    "fieldwork_start",
    "fieldwork_end",
    "published_date",
    "pollster",
    "publisher",
    "sample_size",
    "kind",
    "source",
    "url",
    "published_basis",
)


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
    grouped: dict[str, list[tuple[int, PollValueRow]]] = {}
    for number, row in enumerate(read_rows(path, PollValueRow), start=2):
        grouped.setdefault(row.poll, []).append((number, row))
    return [_poll(path, election, rows) for rows in grouped.values()]


def _poll(path: Path, election: str, rows: list[tuple[int, PollValueRow]]) -> ReportedPoll:
    first = rows[0][1]
    labels: set[str] = set()
    for number, row in rows:
        if row.label in labels:
            raise RawDataError(f"{path}: row {number}: list {row.label!r} stands twice in poll {row.poll}; drop one")
        labels.add(row.label)
        for column in POLL_COLUMNS:
            if getattr(row, column) != getattr(first, column):
                raise RawDataError(
                    f"{path}: row {number}: {column} is {getattr(row, column)!s}, but {getattr(first, column)!s} in the"
                    f" first row of poll {row.poll}; make them one"
                )
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
        cells=tuple(_cell(path, number, row) for number, row in rows),
        source=first.source,
        unit=_unit(path, rows),
        urls=first.url,
        is_fieldwork_guessed=first.fieldwork_basis == "guessed",
    )


def _at_least(sample_size: str | None) -> int | None:
    """The number of a sample as printed, "≥3000" too."""
    return int(sample_size.lstrip("≥>")) if sample_size else None


def _unit(path: Path, rows: list[tuple[int, PollValueRow]]) -> Unit:
    """What a poll prints; one that prints seats of one list and shares of another is two polls."""
    first = rows[0][1]
    shares = [number for number, row in rows if row.status == "share"]
    seats = [number for number, row in rows if row.status == "seats"]
    if shares and seats:
        raise RawDataError(
            f"{path}: row {shares[0]}: status is 'share', but 'seats' in row {seats[0]} of poll {first.poll}; a poll"
            " has one unit, give the other one a poll of its own"
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
