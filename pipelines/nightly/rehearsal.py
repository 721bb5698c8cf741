"""A past night replayed from the files of its count that were saved, minute by minute, into a folder of its own.

What the night did not know yet is taken out of that folder first: the results of its election and of every later one.
Everything else is what a real night runs: the refresh, the exit polls as the ballots close, an import a file.
"""

import csv
import re
import shutil
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path

from pipelines.editions.files import make_folder
from pipelines.editions.records import Rehearsal
from pipelines.editions.store import REHEARSAL, EditionStore
from pipelines.electorate import Campaign, Reference, electorate_folder
from pipelines.electorate.folder import load
from pipelines.errors import ImportRefused
from pipelines.ingest import snapshots
from pipelines.nightly import lock
from pipelines.refresh import run
from pipelines.request import RefreshRequest, clock_now
from pipelines.vote.count import SOURCE, bring_count, keep_record

LEAD = timedelta(minutes=10)  # before the ballots close
NAMED = re.compile(r"(?P<day>\d\d)-(?P<month>\d\d)_(?P<hour>\d\d)-(?P<minute>\d\d)-(?P<second>\d\d)")
TOLD_BY_RESULT = ("results.csv", "turnout.csv")


@dataclass(frozen=True, slots=True)
class SavedFile:
    """A file of the count and the moment at which it was out."""

    moment: datetime
    name: str
    body: bytes


def saved_files(raw: Path, campaign: Campaign, folder: Path | None) -> list[SavedFile]:
    """The files to replay in their order: those in a folder, named by day and hour, else those imported for real.

    Raises ImportRefused where there is none, or where a name has no moment.
    """
    if folder is None:
        found = [one for one in snapshots.kept(raw, campaign.election.id) if one.source == SOURCE]
        files = [
            SavedFile(datetime.fromisoformat(one.retrieved_utc), one.file or one.name, snapshots.read(raw, one))
            for one in found
        ]
    else:
        paths = sorted(path for path in folder.glob("*.csv"))
        files = [SavedFile(_moment(path, campaign), path.name, path.read_bytes()) for path in paths]
    if not files:
        raise ImportRefused(
            f"no saved file of the count of {campaign.election.id}; name a folder of them with --files, each called"
            " like count_24-03_02-59-41.csv: day-month_hour-minute-second by the clock of the electorate"
        )
    return sorted(files, key=lambda one: one.moment)


def _moment(path: Path, campaign: Campaign) -> datetime:
    found, vote = NAMED.search(path.stem), campaign.election.vote_date
    if found is None:
        raise ImportRefused(f"{path}: its name has no moment; write day-month_hour-minute-second, as 24-03_02-59-41")
    part = {name: int(text) for name, text in found.groupdict().items()}
    year = vote.year + (part["month"] < vote.month)
    try:
        return datetime(year, **part, tzinfo=campaign.zone)
    except ValueError as error:
        raise ImportRefused(f"{path}: {found[0]} is no moment ({error})") from error


def scratch(raw: Path, campaign: Campaign, reference: Reference, out: Path) -> None:
    """A data folder with the electorate as it was on the day of a vote; one that holds anything else is refused.

    What was rehearsed there before is removed. Raises ImportRefused.
    """
    if out.exists() and any(out.iterdir()) and not (out / "processed" / REHEARSAL).is_file():
        raise ImportRefused(f"{out}: not empty and no rehearsal; name a new folder with --out")
    shutil.rmtree(out, ignore_errors=True)
    folder = electorate_folder(out / "raw", campaign.electorate.id)
    shutil.copytree(electorate_folder(raw, campaign.electorate.id), folder)
    make_folder(out / "processed")
    vote = campaign.election.vote_date
    unknown = {one.election.id for one in reference.of(campaign.electorate.id) if one.election.vote_date >= vote}
    for name in TOLD_BY_RESULT:
        _without(folder / name, unknown)


def _without(path: Path, elections: Collection[str]) -> None:
    """A file without the rows of some elections."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        head, *rows = csv.reader(file)
    at = head.index("election")
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([head, *(row for row in rows if row[at] not in elections)])


def rehearse(
    data_dir: Path,
    campaign: Campaign,
    files: list[SavedFile],
    out: Path,
    speed: float,
    *,
    draws: int,
    wait: Callable[[float], None] = time.sleep,
) -> Iterator[str]:
    """Replay a night; a line for each thing that happens. `wait` is given seconds until the next one."""
    reference, election = load(data_dir / "raw"), campaign.election.id
    scratch(data_dir / "raw", campaign, reference, out)
    reference = load(out / "raw")
    campaign, after = reference.campaign(election), campaign.election.vote_date + timedelta(days=1)
    yield f"{out}: a data folder as it was before the result of {election}; working out its last edition"
    with lock.writing(out):
        for done in run(election, RefreshRequest(out, after, None, draws, 0), lambda _election, _step: None):
            yield f"{done.edition}: {done.polls} polls"
    close = _close(campaign)
    start = min(close, files[0].moment) - LEAD
    began = clock_now()
    EditionStore(out / "processed").keep_rehearsal(
        Rehearsal(
            election=election,
            from_utc=_utc(start),
            until_utc=_utc(files[-1].moment),
            began_utc=_utc(began),
            speed=speed,
        )
    )
    yield f"python -m dashboard --data-dir {out}    shows it; its clock begins at {start:%Y-%m-%d %H:%M}"
    for moment, file in sorted([(close, None), *((one.moment, one) for one in files)], key=lambda pair: pair[0]):
        wait(max(((moment - start) / speed - (clock_now() - began)).total_seconds(), 0.0))
        with lock.writing(out):
            said = _told(out, reference, campaign, after) if file is None else _counted(out, election, file, after)
        yield f"{moment:%d %b %H:%M}  {said}"


def _close(campaign: Campaign) -> datetime:
    """When the ballots close: the end of the ban on exit polls, else the end of the day."""
    ends = [ban.end for ban in campaign.bans if ban.kind in ("exit_poll", "all")]
    end = max(ends, default=datetime.combine(campaign.election.vote_date + timedelta(days=1), clock_time.min))
    return end.replace(tzinfo=campaign.zone)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _told(out: Path, reference: Reference, campaign: Campaign, today: date) -> str:
    vote = keep_record(out, reference, campaign, today=today)
    return f"the ballots are closed: {len(vote.exit_polls)} exit polls"


def _counted(out: Path, election: str, file: SavedFile, today: date) -> str:
    """Import one file as a desk would; what it says, or why it is refused."""
    path = out / "count" / file.name
    make_folder(path.parent)
    path.write_bytes(file.body)
    try:
        counts, counted = bring_count(out, path, election, today, moment_utc=_utc(file.moment))
    except ImportRefused as error:
        return f"{file.name}: refused: {error}"
    first = sorted(counted.seats, key=lambda name: -counted.seats[name])[:3]
    seats = ", ".join(f"{name} {counted.seats[name]}" for name in first)
    return "; ".join((f"{file.name}: {counted.valid_votes:,} valid votes: {seats}", *counts.warnings[:3]))
