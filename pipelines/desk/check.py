"""A new poll before air: what can be said of it beside everything known. Nothing is written.

    bytes ── parse, normalise, link, check (as ingest does) ──► polls ── beside line, lean, last poll ──► one `Check`

The reader, the names, the linkage and the refusals are ingest's own. What a list is expected to have is the line's
level plus the firm's lean with the noise of one poll, put through the election's rule; what the projection would become
is what a refresh prints with the polls in it: the same functions, draws and seed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from itertools import combinations
from math import hypot
from pathlib import Path
from typing import Literal

import numpy as np
from scipy.special import ndtri

from electoral import projection as summary
from electoral.draws import SeatDraws, seat_draws
from electoral.errors import VotesError
from electoral.lists import ListKind
from electoral.polls import Poll, PollKind, Status, Unit
from electoral.shares import Derivation, DerivedShare, derive
from pipelines import projection
from pipelines.assemble.projection import print_seats
from pipelines.assemble.trend import disclosed_in_row
from pipelines.editions import gate
from pipelines.editions.values import Value
from pipelines.electorate import Campaign
from pipelines.errors import NothingKnown, PageRefused
from pipelines.forecast.pollsters import gap_of, lean, next_print, usual_change
from pipelines.ingest.archive import open_reference
from pipelines.ingest.fold import CampaignLedger, LinkedPage, fold, link_page, take_page
from pipelines.ingest.imports import describe, waiting_sheets
from pipelines.ingest.linkage import Match, MatchKind
from pipelines.ingest.page import ParsedPages
from pipelines.ingest.readings import covered_by
from pipelines.projection import fit_trend
from pipelines.request import RefreshRequest, resolve_as_of
from pipelines.sources.guards import numbers_of
from pipelines.sources.reading import Refusal
from pipelines.trend.lines import CampaignTrend, Line
from pipelines.trend.observations import Floats, to_z

USUALLY = 0.99  # of a firm's prints, list by list: what lies outside is worth a second look
Z_USUALLY = float(ndtri(1 - (1 - USUALLY) / 2))
LATEST_POLLS = 20
OLD_DAYS = 7  # between the end of fieldwork and the day of the check
SWAP_GAIN = 12.0  # in squared standard deviations: how much better two lists fit the other way round
FEWEST_SAMPLES, SAMPLE_FACTOR = 3, 2  # of a firm's polls with a sample; and how far from all of them is unusual

Code = Literal[
    "refused", "warning", "ban", "exit-poll", "duplicate", "correction", "question", "no-firm", "unknown-firm", "old",
    "sample", "unexpected", "swapped", "missing", "not-standing",
]  # fmt: skip


class Remark(Value):
    """Something to look at before air; `is_stop` where an import would not take the row as it is.

    `list` and `other` are lists, `poll` one of the ledger, `value` what is printed (seats, per cent, days or people),
    `low` and `high` what is usual, `reason` what ingest or the sheet's reader says, in its own words.
    """

    code: Code
    is_stop: bool = False
    list: str | None = None
    other: str | None = None
    poll: str | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    reason: str = ""


class ListCheck(Value):
    """A list of the poll, in the poll's unit: seats, or per cent of the vote; null where nothing can be said.

    `expected` is the median of what this firm was to print, `low` to `high` 99 of 100 such prints, `lean` the firm's
    own for the list in percentage points. `change` is from the firm's last poll; `usual_change` what two of its polls
    differ by when nothing moved (99 of 100), `excess` how much of the change is beyond that.
    """

    list: str
    label: str
    status: Literal["seats", "share", "below_threshold", "not_asked"]
    printed: float | None
    printed_pct: str | None
    expected: float | None
    low: float | None
    high: float | None
    is_within: bool | None
    lean_pct: float | None
    previous: float | None
    change: float | None
    usual_change: float | None
    excess: float | None


class Lean(Value):
    """The firm's lean for the bloc in question against the pollsters' average, in seats, with 90 %."""

    bloc: str
    seats: float
    low: float
    high: float


class Lead(Value):
    """The list with the most and the next, how far apart, and whether that is more than the noise of one poll."""

    first: str
    second: str
    ahead: float
    is_clear: bool


class PollCheck(Value):
    """One poll of the file beside what is known; `total` is what its lists add up to, `whole` what they should.

    `disclosed`: the items the law asks for, and whether each was found in what was entered.
    """

    poll: str
    kind: Literal["poll", "scenario", "exit_poll"]
    unit: Literal["seats", "share"]
    pollster: str | None
    publisher: str | None
    is_known_firm: bool
    family: str | None
    polls_of_firm: int
    lean: Lean | None
    fieldwork_start: date | None
    fieldwork_end: date
    published_date: date | None
    sample_size: int | None
    total: float
    whole: float
    lists: tuple[ListCheck, ...]
    blocs: dict[str, float]
    lead: Lead | None
    previous: str | None
    previous_end: date | None
    disclosed: dict[str, bool]
    remarks: tuple[Remark, ...]

    @property
    def is_sound(self) -> bool:
        """Whether an import would take it as a poll of its own."""
        again = any(remark.code in ("duplicate", "correction") for remark in self.remarks)
        return not again and not any(remark.is_stop for remark in self.remarks)


class ListBecomes(Value):
    list: str
    before_seats: int
    after_seats: int


class BlocBecomes(Value):
    bloc: str
    before_seats: int
    after_seats: int
    before_p_majority: float
    after_p_majority: float


class Becomes(Value):
    """The projection as a refresh prints it now, and with the file's sound polls in it; same draws, same seed."""

    draws: int
    polls: tuple[str, ...]
    lists: tuple[ListBecomes, ...]
    blocs: tuple[BlocBecomes, ...]


class Check(Value):
    """Everything a check says of a file; language-free. `may_publish`: whether polls may be published now.

    `ban_end` is the wall clock of the electorate. `refused` are rows that are no poll as they stand, `becomes` is null
    during a ban and where no sound ordinary poll is in the file.
    """

    election: str
    as_of: date
    may_publish: bool
    ban_end: datetime | None
    polls: tuple[PollCheck, ...]
    remarks: tuple[Remark, ...]
    becomes: Becomes | None

    @property
    def is_importable(self) -> bool:
        """Whether an import takes every row of it, as a poll of its own or as a reading of one that is there."""
        return bool(self.polls) and not any(remark.is_stop for remark in self.every_remark)

    @property
    def every_remark(self) -> tuple[Remark, ...]:
        """Those of the file, then those of each poll."""
        return (*self.remarks, *(remark for poll in self.polls for remark in poll.remarks))


@dataclass(frozen=True)
class Standing:
    """What a new poll is held to: a campaign's ledger and, on a day, its polls and their trend."""

    request: RefreshRequest
    campaign: Campaign
    as_of: date
    ledger: CampaignLedger = field(repr=False)

    @classmethod
    def of(cls, request: RefreshRequest, election: str) -> "Standing":
        """Everything that came in so far, pages as they were read before, and what the next refresh takes in."""
        campaign = open_reference(request.raw, election).campaign(election)
        today = request.today_in(campaign.zone)
        as_of, _ = resolve_as_of(campaign.election.vote_date, today, request.as_of)
        parsed = ParsedPages(request.processed, keeps=False)
        ledger = fold(request.raw, campaign, parsed)
        for snapshot, body in waiting_sheets(request.raw, campaign, today):
            with suppress(PageRefused):  # which the refresh says
                take_page(ledger, snapshot, body, parsed)
        return cls(request, campaign.known_on(as_of), as_of, ledger)

    @cached_property
    def polls(self) -> list[Poll]:
        """The ordinary polls known on the day, oldest first."""
        lag_days = self.campaign.electorate.settings.publication_lag_days
        published = (poll for poll in self.ledger.polls().values() if poll.known_from(lag_days) <= self.as_of)
        ordinary = (poll for poll in published if poll.kind is PollKind.POLL)
        return sorted(ordinary, key=lambda poll: (poll.fieldwork.end, poll.id))

    @property
    def lists(self) -> dict[str, float]:
        """The lists that stand on the day, each with the most it had in one of the last polls, the largest first."""
        latest = [numbers_of(poll) for poll in self.polls[-LATEST_POLLS:]]
        standing = self.campaign.standing_lists(self.as_of)
        most = {name: max((numbers.get(name, 0.0) for numbers in latest), default=0.0) for name in standing}
        return dict(sorted(most.items(), key=lambda item: (-item[1], item[0])))

    @cached_property
    def trend(self) -> CampaignTrend | None:
        """The trend on the day; None where no poll is known."""
        return self.trend_of(self.polls)

    @cached_property
    def lines(self) -> dict[str, Line]:
        """The trend's line of each list that has one."""
        return {line.list: line for line in self.trend.lines} if self.trend else {}

    def trend_of(self, polls: Sequence[Poll]) -> CampaignTrend | None:
        try:
            return fit_trend(self.campaign, polls, self.as_of)
        except NothingKnown:
            return None

    def draws_of(self, trend: CampaignTrend) -> SeatDraws:
        """The draws that a page speaks of."""
        nowcast, projected = projection.draw_votes(
            self.campaign, trend, self.as_of, self.request.draws, self.request.seed
        )
        agreements = projection.standing_agreements(self.campaign, trend, self.as_of)
        return projection.allocate(self.campaign, agreements, projected or nowcast)

    def of_firm(self, poll: Poll) -> list[Poll]:
        """The firm's polls up to this one's day without this one, newest first; those for its client go first."""
        own = [one for one in self.polls if one.pollster == poll.pollster is not None and one.unit is poll.unit]
        before = [one for one in own if one.id != poll.id and one.fieldwork.end <= poll.fieldwork.end]
        return before[::-1]


def check_file(request: RefreshRequest, election: str, body: bytes, file: str) -> Check:
    """Check a sheet or typed text; raises PageRefused where nothing in it can be read as a poll."""
    return check(Standing.of(request, election), body, file)


def check(standing: Standing, body: bytes, file: str, *, projects: bool = True) -> Check:
    """The same beside what is known already; without what the projection would become where that is not asked for.

    Raises PageRefused where no row of it is a poll.
    """
    request, campaign = standing.request, standing.campaign
    source = "xlsx" if Path(file).suffix.lower() in (".xlsx", ".xlsm") else "csv"
    day = request.today_in(campaign.zone)
    snapshot = describe(body, source, campaign, day, file=file)
    linked = link_page(standing.ledger, snapshot, body, ParsedPages(None))
    # A row that the linkage takes for another question of a survey is a scenario, as it is once imported.
    polls = [
        (replace(poll, kind=match.poll_kind), match)
        for poll, match in zip(linked.page.polls, linked.matches, strict=True)
    ]
    if not polls:
        raise PageRefused("; ".join(_refusal_text(row) for row in linked.refused) or "there is no poll in it")
    checked = tuple(_check_poll(standing, linked, poll, match) for poll, match in polls)
    ban = gate.binding(campaign, "poll", request.today or request.now())
    may_publish = request.may_publish(campaign, "poll")
    sound = [
        replace(poll, id=match.poll, seen_date=day)
        for (poll, match), result in zip(polls, checked, strict=True)
        if result.is_sound and poll.kind is PollKind.POLL
    ]
    return Check(
        election=campaign.election.id,
        as_of=standing.as_of,
        may_publish=may_publish,
        ban_end=None if may_publish or ban is None else ban.end,
        polls=checked,
        remarks=tuple(_of_file(linked, checked, may_publish=may_publish)),
        becomes=_becomes(standing, sound) if projects and sound and may_publish else None,
    )


def _refusal_text(row: Refusal) -> str:
    return f"{row.place}: {row.reason}" if row.place else row.reason


def _of_file(linked: LinkedPage, checked: Sequence[PollCheck], *, may_publish: bool) -> Iterator[Remark]:
    """What is to be said of the file: the ban, rows that are no poll, rows printed twice, what was left aside."""
    if not may_publish:
        yield Remark(code="ban")
    checked_ids = {poll.poll for poll in checked}
    for row in linked.refused:
        if row.poll not in checked_ids:
            yield Remark(code="refused", is_stop=True, reason=_refusal_text(row))
    for again in linked.page.reading.repeats:
        yield Remark(code="duplicate", poll=again.poll, reason=again.place)
    for warning in linked.page.reading.warnings:
        yield Remark(code="warning", reason=warning)


def _check_poll(standing: Standing, linked: LinkedPage, poll: Poll, match: Match) -> PollCheck:
    campaign = standing.campaign
    printed = numbers_of(poll)
    ours = replace(poll, id=match.poll)
    before = standing.of_firm(ours)
    previous = next((one for one in before if one.publisher == poll.publisher), before[0] if before else None)
    prints = _prints(standing, ours)
    lists = tuple(_lists(standing, ours, printed, previous, prints))
    refused = [row for row in linked.refused if row.poll == match.poll]
    entered = disclosed_in_row(poll)
    unknown = sum(numbers_of(replace(poll, values=poll.unknown)).values())
    return PollCheck(
        poll=match.poll,
        kind=poll.kind.value,
        unit=poll.unit.value,
        pollster=poll.pollster,
        publisher=poll.publisher,
        is_known_firm=poll.pollster in campaign.electorate.pollsters,
        family=campaign.electorate.family_of(poll.pollster),
        polls_of_firm=len(before),
        lean=_lean(standing, poll),
        fieldwork_start=poll.fieldwork.start,
        fieldwork_end=poll.fieldwork.end,
        published_date=poll.published_date,
        sample_size=poll.sample_size,
        total=round(sum(printed.values()) + unknown, 2),
        whole=_unit_size(standing, poll.unit),
        lists=lists,
        blocs={
            bloc.id: sum(printed.get(name, 0.0) for name in bloc.lists)
            for bloc in campaign.blocs()
            if printed.keys() & set(bloc.lists)
        },
        lead=_lead(standing, ours, printed),
        previous=previous.id if previous else None,
        previous_end=previous.fieldwork.end if previous else None,
        disclosed={item: item in entered for item in campaign.electorate.settings.disclosure},
        remarks=tuple(_remarks(standing, ours, match, refused, lists, prints, before, previous)),
    )


def _lean(standing: Standing, poll: Poll) -> Lean | None:
    blocs, lines = standing.campaign.blocs(), standing.trend.lines if standing.trend else ()
    if not blocs or poll.pollster is None or not any(lean(line, poll.pollster) for line in lines):
        return None
    gap = gap_of(lines, blocs[0].lists, poll.pollster, standing.campaign.election.rules.house_size)
    return Lean(bloc=blocs[0].id, seats=gap.gap_seats, low=gap.low_seats, high=gap.high_seats)


def _lists(
    standing: Standing,
    poll: Poll,
    printed: Mapping[str, float],
    previous: Poll | None,
    prints: Mapping[str, Floats],
) -> Iterator[ListCheck]:
    """Each list of the poll beside what was expected and what the firm printed last."""
    shares = [_shares(standing, one) if one else {} for one in (poll, previous)]
    lines, last = standing.lines, numbers_of(previous) if previous else {}
    for value in poll.values:
        name, line = value.list, lines.get(value.list)
        draws, now = prints.get(name), printed.get(name)
        low, high = _usual(draws) if draws is not None else (None, None)
        own = lean(line, poll.pollster or "") if line else None
        moved = _movement(standing, poll, previous, line, shares) if line and previous and name in last else None
        yield ListCheck(
            list=name,
            label=value.label,
            status=value.status.value,
            printed=now,
            printed_pct=value.pct,
            expected=None if draws is None else float(np.median(draws)),
            low=low,
            high=high,
            is_within=None if low is None or high is None or now is None else low <= now <= high,
            lean_pct=100 * _slope(line) * own[0] if line and own else None,
            previous=last.get(name),
            change=now - last[name] if now is not None and name in last else None,
            usual_change=moved[0] if moved else None,
            excess=moved[1] if moved else None,
        )


def _prints(standing: Standing, poll: Poll) -> dict[str, Floats]:
    """Draws (draws,) of what the firm prints for each list, in the poll's unit."""
    trend, campaign = standing.trend, standing.campaign
    if trend is None or poll.kind is not PollKind.POLL:
        return {}
    days = abs((standing.as_of - poll.fieldwork.end).days)
    sample = poll.sample_size or campaign.electorate.settings.assumed_sample_size
    shares = next_print(trend, poll.pollster or "", sample, days)
    if poll.unit is Unit.SHARE:
        return {name: 100 * shares.row(name) for name in shares.lists}
    agreements = projection.standing_agreements(campaign, trend, standing.as_of)
    seats = seat_draws(shares, campaign.election.rules, agreements)
    return {name: seats.row(name).astype(np.float64) for name in seats.lists}


def _usual(draws: Floats) -> tuple[float, float]:
    low, high = np.quantile(draws, [(1 - USUALLY) / 2, (1 + USUALLY) / 2])
    return float(np.floor(low * 10) / 10), float(np.ceil(high * 10) / 10)


def _slope(line: Line) -> float:
    """What a small step on z is as a share (0-1): dp/dz = √(p(1-p))."""
    share = float(line.share[-1])
    return float(np.sqrt(share * (1 - share)))


def _unit_size(standing: Standing, unit: Unit) -> int:
    """What the whole vote is in a poll's unit."""
    return standing.campaign.election.rules.house_size if unit is Unit.SEATS else 100


def _shares(standing: Standing, poll: Poll) -> dict[str, DerivedShare]:
    """The vote shares behind what a poll prints; nothing of numbers that leave no votes to somebody."""
    try:
        return derive(poll, standing.campaign.contest)
    except VotesError:
        return {}


def _movement(
    standing: Standing, poll: Poll, previous: Poll, line: Line, shares: Sequence[Mapping[str, DerivedShare]]
) -> tuple[float, float] | None:
    """What a list usually differs by from poll to poll of a firm, and how much it did beyond that, in the poll's unit.

    Judged on shares, so that crossing the threshold is no jump; None where a poll says nothing of the list's share.
    """
    now, before = (by_list.get(line.list) for by_list in shares)
    is_said = now and before and Derivation.BELOW_ASSUMED not in (now.derivation, before.derivation)
    if standing.trend is None or now is None or before is None or not is_said:
        return None
    assumed = standing.campaign.electorate.settings.assumed_sample_size
    samples = [float(one.sample_size or assumed) for one in (poll, previous)]
    rounded_to = standing.campaign.election.rules.house_size if poll.unit is Unit.SEATS else 0
    usual = Z_USUALLY * usual_change(line, standing.trend.parameters, samples, rounded_to)
    worth = _unit_size(standing, poll.unit) * _slope(line)
    moved = abs(float(to_z(now.share)) - float(to_z(before.share)))
    return round(usual * worth, 2), round(max(moved - usual, 0.0) * worth, 2)


def _lead(standing: Standing, poll: Poll, printed: Mapping[str, float]) -> Lead | None:
    """The two largest lists, where both have a line to judge the noise by."""
    trend, lines = standing.trend, standing.lines
    order = sorted((name for name in printed if name in lines), key=lambda name: (-printed[name], name))
    if trend is None or len(order) < 2 or printed[order[1]] <= 0:
        return None
    sample = float(poll.sample_size or standing.campaign.electorate.settings.assumed_sample_size)
    rounded_to = standing.campaign.election.rules.house_size if poll.unit is Unit.SEATS else 0
    worth = _unit_size(standing, poll.unit)
    noise = [
        worth * _slope(lines[name]) * usual_change(lines[name], trend.parameters, [sample], rounded_to)
        for name in order[:2]
    ]
    ahead = round(printed[order[0]] - printed[order[1]], 2)
    return Lead(first=order[0], second=order[1], ahead=ahead, is_clear=ahead > Z_USUALLY * hypot(*noise))


def _remarks(
    standing: Standing,
    poll: Poll,
    match: Match,
    refused: Iterable[Refusal],
    lists: Sequence[ListCheck],
    prints: Mapping[str, Floats],
    before: Sequence[Poll],
    previous: Poll | None,
) -> Iterator[Remark]:
    """What to look at before air, the gravest first."""
    for row in refused:
        yield Remark(code="refused", is_stop=True, reason=row.reason)
    if poll.kind is PollKind.EXIT_POLL and not standing.request.may_publish(standing.campaign, "exit_poll"):
        yield Remark(code="exit-poll", is_stop=True)
    yield from _linked(match)
    if poll.pollster is None:
        yield Remark(code="no-firm")
    elif poll.pollster not in standing.campaign.electorate.pollsters:
        yield Remark(code="unknown-firm", reason=poll.pollster)
    days = (standing.as_of - poll.fieldwork.end).days
    if days > OLD_DAYS:
        yield Remark(code="old", value=days)
    yield from _sample(poll, before)
    if poll.kind is PollKind.POLL:
        yield from _missing(standing, poll, previous)
        yield from _swapped(lists, prints)
        for one in lists:
            if one.is_within is False:
                yield Remark(code="unexpected", list=one.list, value=one.printed, low=one.low, high=one.high)


def _linked(match: Match) -> Iterator[Remark]:
    """What the linkage says: a poll that is there, another reading of one, or another question of one survey."""
    if match.kind in (MatchKind.KNOWN, MatchKind.REPEAT):
        yield Remark(code="duplicate", poll=match.poll)
    elif match.kind is MatchKind.CHANGED:
        yield Remark(code="correction", poll=match.poll)
    elif match.question_of:
        yield Remark(code="question", poll=match.question_of)


def _sample(poll: Poll, before: Sequence[Poll]) -> Iterator[Remark]:
    sizes = [one.sample_size for one in before if one.sample_size]
    if poll.sample_size and len(sizes) >= FEWEST_SAMPLES:
        low, high = min(sizes), max(sizes)
        if not low / SAMPLE_FACTOR <= poll.sample_size <= high * SAMPLE_FACTOR:
            yield Remark(code="sample", value=poll.sample_size, low=low, high=high)


def _missing(standing: Standing, poll: Poll, previous: Poll | None) -> Iterator[Remark]:
    """Lists that do not stand and have seats; those that had some in the firm's last poll and are not in this one."""
    lists = standing.campaign.lists
    named = covered_by((value.list for value in poll.values), lists)
    standing_now = set(standing.campaign.standing_lists(poll.fieldwork.end))
    for value in poll.values:
        is_one = lists[value.list].kind in (ListKind.BALLOT, ListKind.CAMPAIGN)
        if value.status is Status.SEATS and is_one and value.list not in standing_now:
            yield Remark(code="not-standing", list=value.list, value=value.seats)
    for value in previous.values if previous else ():
        has_some = value.status is Status.SEATS and value.seats
        if has_some and value.list in standing_now and not covered_by([value.list], lists) & named:
            yield Remark(code="missing", list=value.list, value=value.seats)


def _swapped(lists: Sequence[ListCheck], prints: Mapping[str, Floats]) -> Iterator[Remark]:
    """The two lists outside what is usual that would fit far better with each other's number."""
    outside = [row for row in lists if row.is_within is False and row.printed is not None]
    at = {row.list: (float(prints[row.list].mean()), max(float(prints[row.list].std()), 0.5)) for row in outside}

    def cost(name: str, printed: float) -> float:
        return ((printed - at[name][0]) / at[name][1]) ** 2

    def gain(one: ListCheck, two: ListCheck) -> float:
        mine, theirs = one.printed or 0.0, two.printed or 0.0
        return cost(one.list, mine) + cost(two.list, theirs) - cost(one.list, theirs) - cost(two.list, mine)

    pair = max(combinations(outside, 2), key=lambda pair: gain(*pair), default=None)
    if pair and gain(*pair) > SWAP_GAIN:
        yield Remark(code="swapped", list=pair[0].list, other=pair[1].list)


def _becomes(standing: Standing, sound: Sequence[Poll]) -> Becomes | None:
    """The printed seats and chances without and with some polls; None where the day has no projection."""
    trend, campaign = standing.trend, standing.campaign
    after_trend = standing.trend_of([*standing.polls, *sound])
    if trend is None or after_trend is None:
        return None
    before, after = standing.draws_of(trend), standing.draws_of(after_trend)
    seats = [print_seats(campaign, draws) for draws in (before, after)]
    majority = campaign.election.rules.majority

    def chance(draws: SeatDraws, lists: Iterable[str]) -> float:
        return summary.p_majority(draws, [name for name in lists if name in draws.lists], majority)

    return Becomes(
        draws=standing.request.draws,
        polls=tuple(poll.id for poll in sound),
        lists=tuple(
            ListBecomes(list=name, before_seats=seats[0].seats.get(name, 0), after_seats=seats[1].seats.get(name, 0))
            for name in sorted(after.lists, key=lambda name: (-seats[1].seats[name], name))
        ),
        blocs=tuple(
            BlocBecomes(
                bloc=bloc.id,
                before_seats=seats[0].blocs.get(bloc.id, 0),
                after_seats=seats[1].blocs.get(bloc.id, 0),
                before_p_majority=chance(before, bloc.lists),
                after_p_majority=chance(after, bloc.lists),
            )
            for bloc in campaign.blocs()
        ),
    )
