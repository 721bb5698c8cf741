"""The night from top to bottom: fetch → ingest → trend → forecast → allocate → publish, called step by step."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from time import monotonic
from uuid import uuid4

from electoral.polls import Poll, PollKind
from pipelines import fingerprint
from pipelines.editions import gate, seal
from pipelines.editions.edition import check
from pipelines.editions.records import RunStatus
from pipelines.editions.store import Edition, EditionStore
from pipelines.editions.values import Kind, Manifest
from pipelines.electorate import Campaign, Reference, electorate_folder
from pipelines.electorate.folder import load
from pipelines.errors import EditionDamaged, NothingKnown, TooManyPolls
from pipelines.forecast.from_abroad import VERSION
from pipelines.ingest import snapshots
from pipelines.ingest.archive import open_reference
from pipelines.ingest.imports import Question, questions, take_desk_sheets
from pipelines.ingest.run import ingest, without_cycle_search
from pipelines.ingest.store import Ledger, LedgerChange
from pipelines.request import Progress, RefreshRequest, RefreshResult, now_utc, resolve_as_of

MOST_POLLS = 5_000  # of a campaign: a minute of fitting and 1 GB; the longest one had 908


def fetch(election: str, request: RefreshRequest, reference: Reference, *, offline: bool) -> list[Question]:
    """Step 1: the live sources to ask; none where the past is meant, or no network is to be used."""
    return [] if offline or request.as_of else questions(election, request, reference)


@dataclass(frozen=True, slots=True)
class CampaignTask:
    """One campaign of a night, as values that any process can have: its result is all that others see of it.

    `may_wait`: where no poll of the day is known the campaign waits and the night goes on. `night`: which one it is of,
    so that what a process has read for it serves its other campaigns and no later night. `place`: among the results.
    """

    election: str
    electorate: str
    request: RefreshRequest
    may_wait: bool
    night: str
    place: int


def run(election: str, request: RefreshRequest, progress: Progress) -> Iterator[RefreshResult]:
    """Refresh one campaign, `all` of them or those that are live (`all-live`), newest first, one after another."""
    for task in tasks(election, request, open_reference(request.raw, election)):
        yield from refresh_task(task, progress)


def tasks(
    election: str, request: RefreshRequest, reference: Reference, awaited: Collection[str] = ()
) -> list[CampaignTask]:
    """What is to be refreshed, newest first; what a run that was cut off left behind is swept away before.

    `awaited`: the elections that a source may yet bring a first poll of.
    """
    if request.is_alone:
        request.store.sweep()
        snapshots.sweep(request.raw)
    wanted, night = _wanted(election, request, reference, awaited), f"{now_utc()} {uuid4()}"
    _read_of.clear()
    _read_of[night] = {campaign.electorate.id: reference for campaign in wanted}
    if len(wanted) > 1:
        with Ledger.open(request.settings.ledger_at(request.processed)):
            pass  # checked as a whole, once
    # A task may go to another machine: no address of a channel, which is a secret, goes along.
    plain = replace(request, is_one_of_many=len(wanted) > 1, settings=replace(request.settings, channels={}))
    return [
        CampaignTask(
            campaign.election.id,
            campaign.electorate.id,
            replace(plain, days=request.days if at == 0 else 1),
            election.startswith("all"),
            night,
            at,
        )
        for at, campaign in enumerate(wanted)
    ]


def read_before(tasks: Sequence[CampaignTask]) -> None:
    """Read what several of these campaigns learn from, here and once, for the processes that begin with it."""
    from pipelines.projection import past_elections  # what loads pandas

    for electorate, count in Counter(task.electorate for task in tasks).items():
        task = next(task for task in tasks if task.electorate == electorate)
        if count > 1:
            reference = reference_of(task)
            newest = max((one for one in reference.of(electorate)), key=lambda one: one.election.vote_date)
            past_elections(task.request.raw, reference, newest, date.max)


def refresh_task(task: CampaignTask, progress: Progress) -> Iterator[RefreshResult]:
    """The results of one campaign: those of earlier days that were asked for, then its own."""
    request, reference = task.request, reference_of(task)
    campaign = reference.campaign(task.election)
    for earlier in _earlier_days(request, campaign):
        with suppress(NothingKnown):  # a campaign that began since has no edition of that day
            yield refresh(earlier, reference, campaign, progress)
    try:
        yield refresh(request, reference, campaign, progress)
    except NothingKnown as error:
        if not task.may_wait:
            raise
        yield waiting(request, campaign, str(error))


def reference_of(task: CampaignTask) -> Reference:
    """Its electorate's folder, read once a process and night; a process that is forked begins with what was read."""
    if task.night not in _read_of:
        _read_of.clear()
        _read_of[task.night] = {}
    by_electorate = _read_of[task.night]
    if task.electorate not in by_electorate:
        by_electorate[task.electorate] = load(task.request.raw, [task.electorate])
    return by_electorate[task.electorate]


_read_of: dict[str, dict[str, Reference]] = {}  # of the last night alone


def _earlier_days(request: RefreshRequest, campaign: Campaign) -> Iterator[RefreshRequest]:
    """The days before a campaign's own that it has no edition of, replayed so that there is something to compare.

    They come before its own edition: what changed from day to day, and why, is worked out as each appears.
    """
    if request.days < 2 or request.as_of:
        return
    as_of, _ = resolve_as_of(campaign.election.vote_date, request.today_in(campaign.zone), None)
    days = {edition.id[:10] for edition in request.store.all(campaign.election.id)}
    first_poll = campaign.first_day or as_of
    for back in range(request.days - 1, 0, -1):
        day = as_of - timedelta(days=back)
        if day.isoformat() not in days and day > first_poll:
            yield replace(request, as_of=day, days=1)


def waiting(request: RefreshRequest, campaign: Campaign, why: str) -> RefreshResult:
    """A campaign of which no poll of the day is known: what was published before stays."""
    as_of, kind = resolve_as_of(campaign.election.vote_date, request.today_in(campaign.zone), request.as_of)
    election = campaign.election.id
    before, _ = request.store.current_id(election)
    return RefreshResult(election, as_of, before, kind, "waiting", 0, 0, 0, has_news=False, seconds=0.0, why=why)


@without_cycle_search()
def refresh(request: RefreshRequest, reference: Reference, campaign: Campaign, progress: Progress) -> RefreshResult:
    """Bring one campaign up to date: publish a whole edition, or leave the last one in place."""
    started, election = monotonic(), campaign.election.id
    as_of, kind = resolve_as_of(campaign.election.vote_date, request.today_in(campaign.zone), request.as_of)
    campaign = campaign.known_on(as_of)
    progress(election, "reading polls")
    may_wait = kind == "live" and _may_wait(request, reference, campaign)
    if request.as_of is None:
        take_desk_sheets(request.raw, campaign, request.today_in(campaign.zone))
    polls, ingested, refused = read_polls(request, campaign, as_of, may_wait=may_wait)
    kind = kind if polls or not may_wait else "waiting"
    manifest = name_edition(request, reference, campaign, as_of, kind, polls)
    status = publish(request, reference, campaign, manifest, polls, progress)
    store = request.store
    return RefreshResult(
        election=election,
        as_of=as_of,
        edition=store.current_id(election)[0] if status == "frozen" else manifest.edition,
        kind=kind,
        status=status,
        polls=len(polls),
        newly_quarantined=ingested.newly_quarantined,
        quarantined=refused,
        has_news=ingested.has_news,
        seconds=round(monotonic() - started, 3),
    )


def read_polls(
    request: RefreshRequest, campaign: Campaign, as_of: date, *, may_wait: bool = False
) -> tuple[list[tuple[Poll, int]], LedgerChange, int]:
    """Step 2: what came in is in the ledger; the polls known on a day with their revisions, and the rows refused.

    An exit poll that may not be told yet is in no edition, and so on no page, in no file, feed or answer.
    """
    election = campaign.election.id
    with Ledger.open(
        request.settings.ledger_at(request.processed), election if request.is_one_of_many else None
    ) as ledger:
        ingested = ingest(request.data_dir, ledger, campaign)
        polls = ledger.polls(election)
        if not polls and not may_wait:
            raise NothingKnown(
                f"{electorate_folder(request.raw, campaign.electorate.id)}/polls/{election}.csv holds no poll and no"
                " source has brought one; restore it or import polls"
            )
        lag_days = campaign.electorate.settings.publication_lag_days
        may_tell_exit_polls = gate.may_publish(campaign, "exit_poll", request.today or request.now())  # whoever asks
        by_then = [
            (poll, revision)
            for poll, revision in polls
            if poll.known_from(lag_days) <= as_of and (may_tell_exit_polls or poll.kind is not PollKind.EXIT_POLL)
        ]
        return by_then, ingested, len(ledger.refusals(election))


def name_edition(
    request: RefreshRequest,
    reference: Reference,
    campaign: Campaign,
    as_of: date,
    kind: Kind,
    polls: Sequence[tuple[Poll, int]],
) -> Manifest:
    """Names the edition by all it is made from: what was known on its day, and what past elections teach."""
    is_result_known = request.today_in(campaign.zone) > campaign.election.vote_date
    inputs = fingerprint.edition_inputs(request.raw, reference, campaign, as_of, polls, is_result_known=is_result_known)
    inputs["polling-error"] = VERSION
    parameters = {"draws": request.draws, "seed": request.seed}
    return Manifest(
        election=campaign.election.id,
        electorate=campaign.electorate.id,
        as_of=as_of,
        kind=kind,
        edition=fingerprint.edition_id(as_of, kind, is_result_known, inputs, parameters),
        inputs=inputs,
        code=fingerprint.code_fingerprint(),
        libraries=fingerprint.library_versions(),
        parameters=parameters,
        files={},
    )


def build_edition(
    request: RefreshRequest,
    reference: Reference,
    campaign: Campaign,
    manifest: Manifest,
    polls: Sequence[tuple[Poll, int]],
    progress: Progress,
) -> dict[str, bytes]:
    """Steps 3 to 5: trend, forecast, allocation; the files of one edition, by name.

    Raises NothingKnown, TooManyPolls or EditionRefused.
    """
    if manifest.kind == "waiting":
        from pipelines.assemble.reference import waiting as waiting_files

        return waiting_files(campaign, manifest)
    from pipelines import projection  # statsmodels takes a second to load; a night without news does without
    from pipelines.assemble.projection import Night

    election, as_of = campaign.election.id, manifest.as_of
    if len(polls) > MOST_POLLS:
        raise TooManyPolls(
            f"{election}: {len(polls):,} polls are known, the model takes {MOST_POLLS:,} of a campaign; look in"
            f" {request.raw / 'snapshots'} for a file that was imported by mistake"
        )
    progress(election, "fitting the trend")
    trend = projection.fit_trend(campaign, [poll for poll, _ in polls], as_of)
    progress(election, "learning from past elections")
    past = projection.past_elections(request.raw, reference, campaign, as_of)
    error = projection.learned_error(request.processed, manifest, past.values())
    progress(election, f"simulating {request.draws:,} elections")
    agreements = projection.standing_agreements(campaign, trend, as_of)
    allocate = partial(projection.allocate, campaign, agreements)
    shares, nowcast, election_day = projection.simulate(campaign, trend, as_of, request.draws, request.seed, allocate)
    night = Night(
        campaign=campaign,
        reference=reference,
        edition=manifest.edition,
        as_of=as_of,
        kind=manifest.kind,
        seed=request.seed,
        polls=polls,
        trend=trend,
        shares=shares,
        nowcast=nowcast,
        election_day=election_day,
        apart=projection.outlier_readings(request, campaign, manifest, polls, trend, allocate, progress),
        reference_draws=allocate(projection.reference_votes(campaign, trend, error, as_of, request.seed)),
        agreements=tuple((pair.list_a, pair.list_b) for pair in agreements),
        past=past,
        is_result_known=request.today_in(campaign.zone) > campaign.election.vote_date,
    )
    return projection.edition_files(night, request.raw)


def publish(
    request: RefreshRequest,
    reference: Reference,
    campaign: Campaign,
    manifest: Manifest,
    polls: Sequence[tuple[Poll, int]],
    progress: Progress,
) -> RunStatus:
    """Step 6: the edition, then what it changed, then the switch: who reads the new one finds all that belongs to it.

    Each step finds out what is already there, so a night that was cut off is finished by the next.
    """
    if request.is_frozen(campaign):
        return "frozen"
    store = request.store
    is_sound = store.is_sound(manifest.election, manifest.edition)
    if not is_sound:
        files = build_edition(request, reference, campaign, manifest, polls, progress)
        if request.is_frozen(campaign):  # the ban began while we were working
            return "frozen"
        progress(manifest.election, "writing the edition")
        store.write(manifest, files, check)
    edition = store.open(manifest.election, manifest.edition)
    before = store.before(edition)
    if before and _lacks_changes(store, edition):
        from pipelines.assemble.trend import movement_parts
        from pipelines.editions.changes import changes

        store.keep_changes(changes(before, edition, movement_parts(before, edition, campaign)))
    store.make_current(manifest.election, manifest.edition, request.clock_day(campaign.zone))
    if request.is_real and manifest.kind not in ("hindcast", "waiting"):
        _seal(request, campaign, edition)
    return "unchanged" if is_sound else "published"


def _seal(request: RefreshRequest, campaign: Campaign, edition: Edition) -> None:
    """What was published just now, in the sealed record; once an edition."""
    election, manifest = campaign.election, edition.manifest
    sealed = request.settings.sealed(request.raw)
    if seal.is_sealed(sealed, election.id, edition.id):
        return
    number, previous = seal.following(sealed, election.id)
    is_over = request.today_in(campaign.zone) > election.vote_date
    seal.seal(
        sealed,
        seal.Seal(
            election=election.id,
            number=number,
            previous=previous,
            moment_utc=seal.moment_text(request.now()),
            when="made_after_close" if is_over else "in_time",
            as_of=manifest.as_of.isoformat(),
            edition=edition.id,
            code=manifest.code,
            scoring_rule=seal.SCORING_RULE,
            odds=edition.odds,
        ),
    )


def _lacks_changes(store: EditionStore, edition: Edition) -> bool:
    try:
        return store.changes(edition.election, edition.id) is None
    except EditionDamaged:  # they are worked out again and written over it
        return True


def _wanted(election: str, request: RefreshRequest, reference: Reference, awaited: Collection[str]) -> list[Campaign]:
    if election not in ("all", "all-live"):
        return [reference.campaign(election)]
    campaigns = sorted(reference.campaigns.values(), key=lambda campaign: campaign.election.vote_date, reverse=True)
    with_polls = [  # a campaign nobody has polled yet holds up no other
        one
        for one in campaigns
        if one.ships_polls
        or one.election.id in awaited
        or any(snapshots.stored(request.raw, one.election.id))
        or _may_wait(request, reference, one)
    ]
    return [campaign for campaign in with_polls if election == "all" or _is_due(campaign, request)]


def _may_wait(request: RefreshRequest, reference: Reference, campaign: Campaign) -> bool:
    """Whether a campaign without a poll is shown all the same: it is live, and its electorate's others have polls."""
    others = reference.of(campaign.electorate.id)
    today = request.today_in(campaign.zone)
    return request.as_of is None and campaign.calendar.is_live(today) and any(one.ships_polls for one in others)


def _is_due(campaign: Campaign, request: RefreshRequest) -> bool:
    """A campaign without a result, and one whose edition on show is not its final one, or not yet with its result.

    Past its vote it is due where it has an edition: what was never followed live is no business of tonight's.
    """
    today = request.today_in(campaign.zone)
    if campaign.calendar.is_live(today):
        return True
    store = request.store
    edition, _ = store.current_id(campaign.election.id)
    is_past = today > campaign.election.vote_date
    return is_past and edition is not None and not _is_settled(store, campaign, edition)


def _is_settled(store: EditionStore, campaign: Campaign, edition: str) -> bool:
    """Whether nothing is due after this edition; one that does not read back is made again."""
    if not campaign.results or not store.is_sound(campaign.election.id, edition):
        return False
    stored = store.open(campaign.election.id, edition)
    result = stored.projection.result or {}
    is_with_result = all(result.get(row.list, 0) == row.seats for row in campaign.results)
    return stored.manifest.kind != "live" and is_with_result
