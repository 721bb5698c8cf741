"""One refresh from start to summary: what is due, how it is told and recorded, the alerts it raises; under the lock.

And the night of a past vote, replayed with the files of its count that were saved, into a folder of its own.
"""

import csv
import logging
import os
import re
import shutil
import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from functools import partial
from pathlib import Path

from pipelines import log
from pipelines.commands.console import DONE, DONE_WITH_REMARKS, FAILED, say, spinner
from pipelines.desk.drafts import Drafts
from pipelines.editions.files import make_folder
from pipelines.editions.records import Alert, Rehearsal
from pipelines.editions.store import REHEARSAL, EditionStore
from pipelines.electorate import Campaign, Reference, electorate_folder
from pipelines.electorate.folder import electorates_of, load
from pipelines.errors import EditionError, ImportRefused, RulesRefused, TaskDied
from pipelines.ingest import snapshots
from pipelines.ingest.archive import open_reference
from pipelines.ingest.imports import Question, SourceOutcome, ask_all, say_before
from pipelines.nightly import alerts, lock, status
from pipelines.refresh import CampaignTask, fetch, read_before, reference_of, refresh_task, run, tasks
from pipelines.request import Progress, RefreshRequest, RefreshResult, clock_now, now_utc
from pipelines.tasks import Done, run_all, run_in_process

MOMENT_SECONDS = 0.2  # for which an answer is waited for before what is done meanwhile is told


def night(election: str, request: RefreshRequest, offline: bool, keep_editions: int) -> tuple[list[RefreshResult], int]:
    """Every campaign that is due, each by itself; what was done, and the exit code."""
    started, results = now_utc(), []
    electorates: dict[str, set[str]] = {}
    log.say("refresh started", election=election, today=request.day, as_of=request.as_of, draws=request.draws)
    try:
        # An election nobody has is refused here, before anything is mended; it is no run of any electorate.
        names = electorates_of(request.raw, election) or [load(request.raw).campaign(election).electorate.id]
        electorates = {name: set() for name in names}
        faults = request.store.mend(electorates)
        for fault in faults:
            log.say("put aside", logging.WARNING, fault=fault)
            say(f"warning: {fault.partition('; ')[0]}: begun anew")
        reference = open_reference(request.raw, election)
        for name, elections in electorates.items():
            elections.update(campaign.election.id for campaign in reference.of(name))
        request.store.divide(electorates)
        open_questions = fetch(election, request, reference, offline=offline)
        for words in say_before(open_questions, reference, election, request, offline=offline):
            say(words)
        due = tasks(election, request, reference, {one.campaign.election.id for one in open_questions})
        answers, failed, places = list[SourceOutcome](), [], {task.election: task.place for task in due}
        with spinner() as show:
            ready = _ready(due, open_questions, request, answers)
            for ended in _refreshed(due, ready, request, lambda name, step: show(f"{name}: {step}")):
                for result in ended.result or ():
                    newly = sum(answer.newly_quarantined for answer in answers if answer.election == result.election)
                    result = replace(result, newly_quarantined=result.newly_quarantined + newly)
                    results.append(result)
                    log.say("campaign done", **asdict(result))
                    _say_result(result)
                if ended.error:
                    failed.append(ended)
                    if not ended.task.request.is_one_of_many:
                        continue  # told as what ended the night
                    log.say("campaign failed", logging.ERROR, election=ended.task.election, error=str(ended.error))
        results.sort(key=lambda result: places[result.election])
        if failed and not results:
            raise _error_of(failed)
        newly = sum(result.newly_quarantined for result in results)
        failed_sources = [answer for answer in answers if answer.error is not None]
        code = DONE_WITH_REMARKS if newly or failed_sources or faults else DONE
        new_alerts, remark = finish(request, electorates, results, started, code, keep_editions, answers)
        if failed:  # no concern of the other electorates, whose run is recorded
            electorates = {ended.task.electorate: electorates[ended.task.electorate] for ended in failed}
            raise _error_of(failed)
    except Exception as error:
        log.say("refresh failed", logging.ERROR, error=str(error))
        try:
            _record(request, electorates, results, started, FAILED, str(error))
        except (OSError, EditionError) as second:  # the message on the terminal remains
            log.say("run not recorded", logging.ERROR, error=str(second))
        raise
    for alert in new_alerts:
        say(f"alert {alert.rule}: {alert.kind} {alert.subject} ({alert.election})")
    if remark:
        say(f"warning: {remark}")
    say(_summary(request, results, len(new_alerts)))
    return results, DONE_WITH_REMARKS if remark else code


def _ready(
    due: Sequence[CampaignTask], questions: Sequence[Question], request: RefreshRequest, answers: list[SourceOutcome]
) -> Iterator[CampaignTask | None]:
    """Every campaign as soon as its own sources have answered, else one about which none is asked, else none yet.

    `answers` are added to.
    """
    take, left = ask_all(questions, request), Counter(one.campaign.election.id for one in questions)
    others = deque(task for task in due if not left[task.election])
    by_election = {task.election: task for task in due}
    while others or left.total():
        answer = take(0 if others else MOMENT_SECONDS) if left.total() else None
        if answer is None:
            yield others.popleft() if others else None
            continue
        answers.append(answer)
        say(f"{answer.election}: {answer.words}")
        left[answer.election] -= 1
        if not left[answer.election]:
            yield by_election[answer.election]


def _refreshed(
    due: Sequence[CampaignTask], ready: Iterator[CampaignTask | None], request: RefreshRequest, progress: Progress
) -> Iterator[Done[CampaignTask, list[RefreshResult]]]:
    """Every campaign that is due as it is done: a single one here, several in processes or wherever Dask has them."""
    settings = request.settings
    if len(due) < 2 or (request.jobs == 1 and not settings.scheduler):
        yield from run_in_process(partial(refresh_one, progress=progress), ready)
        return
    is_forked = not (settings.store or settings.ledger or settings.scheduler)
    if is_forked:
        read_before(due)
    jobs = min(request.jobs or os.cpu_count() or 1, len(due))
    yield from run_all(refresh_one, ready, jobs, settings.scheduler, is_forked=is_forked)


def refresh_one(task: CampaignTask, progress: Progress = lambda _election, _step: None) -> list[RefreshResult]:
    """One campaign and the record of its vote, in whichever process."""
    results = list(refresh_task(task, progress))
    _keep_vote(task.request, reference_of(task), task.election)
    return results


def _error_of(failed: Sequence[Done[CampaignTask, list[RefreshResult]]]) -> Exception:
    """The error of a single campaign as it is; of several the first, named, with the others' names."""
    first = failed[0]
    assert first.error
    if not first.task.request.is_one_of_many:
        return first.error
    others = f"; nor were {', '.join(one.task.election for one in failed[1:])}" if failed[1:] else ""
    return TaskDied(f"{first.task.election} was not refreshed: {first.error}{others}; every other campaign was")


def _keep_vote(request: RefreshRequest, reference: Reference, election: str) -> None:
    """Open the exit polls that may be told and bring the record of a vote up to date; not of one still ahead."""
    campaign = reference.campaign(election)
    if request.as_of or request.today_in(campaign.zone) < campaign.election.vote_date:
        return
    from pipelines.vote.exit_polls import has_any, open_drafts  # what most nights have no use for

    if not has_any(request.data_dir, campaign):
        return
    from pipelines.vote.count import keep_record

    open_drafts(request.data_dir, campaign, request.today)
    keep_record(request.data_dir, reference, campaign, today=request.today)


def _say_result(result: RefreshResult) -> None:
    if result.status == "frozen":
        text = f"{result.edition} stays" if result.edition else "there is no edition from before it"
        say(f"{result.election}: the publication ban is on; nothing new is published and {text}")
        return
    if result.status == "waiting":
        say(f"{result.election}: {result.why}; {result.edition or 'no edition'} stays")
        return
    say(
        f"{result.election}: {result.status} {result.edition} ({result.kind}, {result.polls} polls,"
        f" {result.quarantined} quarantined, {result.seconds:.1f} s)"
    )


def _summary(request: RefreshRequest, results: Sequence[RefreshResult], new_alerts: int) -> str:
    """The night in one paragraph."""
    if not results:
        return f"no campaign is live on {request.day}: nothing to refresh"
    count = {status: sum(result.status == status for result in results) for status in ("published", "unchanged")}
    frozen = [result.election for result in results if result.status == "frozen"]
    newly = sum(result.newly_quarantined for result in results)
    parts = [
        f"{count['published']} published, {count['unchanged']} unchanged",
        f"frozen by the publication ban: {', '.join(frozen)}" if frozen else "",
        f"{newly} rows newly quarantined" if newly else "nothing newly quarantined",
        f"{new_alerts} alerts" if new_alerts else "",
        f"{sum(result.seconds for result in results):.1f} s",
    ]
    return "; ".join(part for part in parts if part)


def finish(
    request: RefreshRequest,
    electorates: Mapping[str, Collection[str]],
    results: Sequence[RefreshResult],
    started_utc: str,
    exit_code: int,
    keep_editions: int,
    source_answers: Sequence[SourceOutcome] = (),
) -> tuple[list[Alert], str | None]:
    """Record the run, tell what the rules find new, and keep `keep_editions` a campaign (0: all of them).

    `electorates` has the elections of each. Returns the new alerts and, where a chain of seals is broken or the rules
    cannot be read, why: neither may keep a night from being published.
    """
    Drafts(request.data_dir).sweep()
    answers = [SourceOutcome("archive", result.election, has_news=result.has_news) for result in results]
    status.keep_quarantine(request.data_dir, electorates, is_checked=bool(results))
    remark = next(iter(status.keep_seals(request.data_dir, electorates)), None)
    _record(request, electorates, results, started_utc, exit_code, answers=[*answers, *source_answers])
    new_alerts: list[Alert] = []
    try:
        for name, elections in electorates.items():
            raised = alerts.of_refresh(request, name, [result for result in results if result.election in elections])
            new_alerts += alerts.tell(request.store, name, raised)
    except RulesRefused as error:
        remark = remark or str(error)
    for alert in new_alerts:
        log.say("alert", **alert.model_dump())
    for result in results:
        removed = request.store.keep_only(result.election, keep_editions) if keep_editions else []
        if removed:
            log.say("editions removed", election=result.election, editions=removed)
    return new_alerts, remark


def _record(
    request: RefreshRequest,
    electorates: Mapping[str, Collection[str]],
    results: Sequence[RefreshResult],
    started_utc: str,
    exit_code: int,
    error: str | None = None,
    answers: Sequence[SourceOutcome] = (),
) -> None:
    """The run, in the record of each electorate it was for."""
    checked_utc = request.moment.astimezone(UTC).isoformat(timespec="seconds")
    for name, elections in electorates.items():
        answered = [answer for answer in answers if answer.election in elections]
        own_results = [result for result in results if result.election in elections]
        status.keep_run(request.store, name, started_utc, exit_code, error, answered, own_results, checked_utc)


# A past night replayed: what it did not know yet is taken out of its folder first


LEAD = timedelta(minutes=10)  # before the ballots close
NAMED = re.compile(r"(?P<day>\d\d)-(?P<month>\d\d)_(?P<hour>\d\d)-(?P<minute>\d\d)-(?P<second>\d\d)")
RESULT_FILES = ("results.csv", "turnout.csv")


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
    from pipelines.vote.count import SOURCE

    if folder is None:
        stored = [one for one in snapshots.stored(raw, campaign.election.id) if one.source == SOURCE]
        files = [
            SavedFile(datetime.fromisoformat(one.retrieved_utc), one.file or one.name, snapshots.read(raw, one))
            for one in stored
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
    match, vote = NAMED.search(path.stem), campaign.election.vote_date
    if match is None:
        raise ImportRefused(f"{path}: its name has no moment; write day-month_hour-minute-second, as 24-03_02-59-41")
    part = {name: int(text) for name, text in match.groupdict().items()}
    year = vote.year + (part["month"] < vote.month)
    try:
        return datetime(year, **part, tzinfo=campaign.zone)
    except ValueError as error:
        raise ImportRefused(f"{path}: {match[0]} is no moment ({error})") from error


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
    for name in RESULT_FILES:
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
        for result in run(election, RefreshRequest(out, after, None, draws, 0), lambda _election, _step: None):
            yield f"{result.edition}: {result.polls} polls"
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
            line = _polls_line(out, reference, campaign, after) if file is None else _count(out, election, file, after)
        yield f"{moment:%d %b %H:%M}  {line}"


def _close(campaign: Campaign) -> datetime:
    """When the ballots close: the end of the ban on exit polls, else the end of the day."""
    ends = [ban.end for ban in campaign.bans if ban.kind in ("exit_poll", "all")]
    end = max(ends, default=datetime.combine(campaign.election.vote_date + timedelta(days=1), clock_time.min))
    return end.replace(tzinfo=campaign.zone)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _polls_line(out: Path, reference: Reference, campaign: Campaign, today: date) -> str:
    from pipelines.vote.count import keep_record

    vote = keep_record(out, reference, campaign, today=today)
    return f"the ballots are closed: {len(vote.exit_polls)} exit polls"


def _count(out: Path, election: str, file: SavedFile, today: date) -> str:
    """Import one file as a desk would; what it says, or why it is refused."""
    from pipelines.vote.count import import_count

    path = out / "count" / file.name
    make_folder(path.parent)
    path.write_bytes(file.body)
    try:
        counts, counted = import_count(out, path, election, today, moment_utc=_utc(file.moment))
    except ImportRefused as error:
        return f"{file.name}: refused: {error}"
    first = sorted(counted.seats, key=lambda name: -counted.seats[name])[:3]
    seats = ", ".join(f"{name} {counted.seats[name]}" for name in first)
    return "; ".join((f"{file.name}: {counted.valid_votes:,} valid votes: {seats}", *counts.warnings[:3]))
