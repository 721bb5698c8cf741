"""What is accepted and what is quarantined, row by row; a ruling lets a known oddity stand as printed.

A check looks at one poll (or at a poll among the others) and says in words what is wrong, or nothing. Two polls of one
house for one client on one day are two polls where their numbers differ, and one survey twice where they do not.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from electoral.errors import VotesError
from electoral.lists import ListKind
from electoral.polls import Poll, PollKind, ReportedValue, Status, Unit
from electoral.shares import check_shares
from pipelines.electorate import Campaign
from pipelines.sources.reading import Refusal


@dataclass(frozen=True, slots=True)
class Checked:
    """The polls that passed and the rows that did not."""

    polls: tuple[Poll, ...]
    refused: tuple[Refusal, ...]


MOST_UNKNOWN = Fraction(1, 10)  # of the whole: what columns nobody knows may hold of a poll that is let in
HUNDRED = 100
ROUNDING_PCT = 2.0  # what rounded per cents may add up to beside 100
LEAST_WITHOUT_OTHERS_PCT = 75.0  # what the lists of a poll that prints no others have at least


def check(polls: Iterable[Poll], source: str, campaign: Campaign) -> Checked:
    """Pass each poll through every check; the first failed check without a ruling refuses it."""
    passed: list[Poll] = []
    refused: list[Refusal] = []
    seen: set[tuple[object, ...]] = set()
    for poll in polls:
        failed = _first_failure(poll, campaign, seen)
        if failed is None:
            passed.append(poll)
        else:
            name, reason = failed
            refused.append(Refusal(campaign.election.id, source, poll.id, name, _text(poll), reason))
    return Checked(tuple(passed), tuple(refused))


def _first_failure(poll: Poll, campaign: Campaign, seen: set[tuple[object, ...]]) -> tuple[str, str] | None:
    for name, look in CHECKS.items():
        reason = look(poll, campaign)
        if reason and (poll.id, name) not in campaign.rulings:
            return name, reason
    if reason := _sum(poll, campaign):
        return "sum", reason
    if reason := _unknown(poll, campaign):
        return "unknown-columns", reason
    if reason := _shares(poll, campaign):
        return "shares", reason
    twin = (poll.kind, poll.pollster, poll.publisher, poll.fieldwork.end, _printed(poll))
    if poll.kind is PollKind.POLL and twin in seen and (poll.id, "twin") not in campaign.rulings:
        return "twin", f"{poll.pollster} for {poll.publisher} on {poll.fieldwork.end} stands twice"
    seen.add(twin)
    return None


def adds_up(poll: Poll, campaign: Campaign) -> bool:
    """Whether a poll fills the house, or 100 per cent, its unknown columns with it, or is ruled to stand as printed."""
    return _sum(poll, campaign) is None


def _dates(poll: Poll, campaign: Campaign) -> str | None:
    start, end = poll.fieldwork.start, poll.fieldwork.end
    vote = campaign.election.vote_date
    if start and start > end:
        return f"fieldwork starts {start}, after it ends {end}"
    if end > vote:
        return f"fieldwork ends {end}, after the vote of {vote}"
    if campaign.first_day and end < campaign.first_day:
        return f"fieldwork ends {end}, before the campaign began on {campaign.first_day}"
    if poll.published_date and poll.published_date < end and not poll.fieldwork.is_guessed:
        return f"published {poll.published_date}, before fieldwork ended {end}"
    return None


def _unknown(poll: Poll, campaign: Campaign) -> str | None:
    """A little of an unknown list counts as votes of others; more than that would bend every other list."""
    if not poll.unknown:
        return None
    of_unknown = unknown_total(poll)
    whole, unit = (HUNDRED, "per cent") if poll.unit is Unit.SHARE else (campaign.election.rules.house_size, "seats")
    if of_unknown <= MOST_UNKNOWN * whole:
        return None
    columns = ", ".join(f"{value.label!r} {_amount(value):g}" for value in poll.unknown if _amount(value))
    return f"{float(of_unknown):g} of {whole} {unit} stand in columns nobody knows ({columns}); rule whose they are"


def unknown_total(poll: Poll) -> float:
    """The seats, or per cent, printed in columns whose list nobody knows."""
    return sum(_amount(value) for value in poll.unknown)


def _amount(value: ReportedValue) -> float:
    """What a value adds to its poll's total, in the poll's unit; a bound or a dash adds nothing."""
    if value.status is Status.SHARE and value.pct and value.pct[0].isdigit() and "-" not in value.pct:
        return float(value.pct)
    return value.seats or 0.0


def _sum(poll: Poll, campaign: Campaign) -> str | None:
    """A ruling holds for the sum it was made for: another one is another oddity."""
    if poll.unit is Unit.SHARE:
        return _sum_of_shares(poll, campaign)
    total = sum(_seats(poll).values()) + unknown_total(poll)
    house = campaign.election.rules.house_size
    return None if total == house or _is_ruled(poll, campaign, total) else f"sum {total:g}, expected {house}"


def _sum_of_shares(poll: Poll, campaign: Campaign) -> str | None:
    """Per cents add up to 100 within their rounding; without the others they add up to less."""
    counted = [value for value in poll.values if campaign.lists[value.list].kind is not ListKind.UNDECIDED]
    total = round(sum(_amount(value) for value in counted) + unknown_total(poll), 1)
    others = [value for value in counted if campaign.lists[value.list].kind is ListKind.RESIDUAL]
    least = HUNDRED - ROUNDING_PCT if any(_amount(value) for value in others) else LEAST_WITHOUT_OTHERS_PCT
    if least <= total <= HUNDRED + ROUNDING_PCT or _is_ruled(poll, campaign, total):
        return None
    return f"sum {total:g} per cent, expected {least:g} to {HUNDRED + ROUNDING_PCT:g}"


def _is_ruled(poll: Poll, campaign: Campaign, total: float) -> bool:
    ruling = campaign.rulings.get((poll.id, "sum"))
    return ruling is not None and ruling.printed == f"{total:g}"


def _shares(poll: Poll, campaign: Campaign) -> str | None:
    """What is printed must leave votes for every list; no ruling can make it do so."""
    try:
        check_shares(poll, campaign.contest)
    except VotesError as error:
        return str(error)
    return None


def _printed(poll: Poll) -> frozenset[tuple[str, float | str]]:
    """What a poll says in its own unit, by list: the seats, or the per cents as printed."""
    if poll.unit is Unit.SHARE:
        return frozenset((value.list, value.pct) for value in poll.values if value.pct)
    return frozenset(_seats(poll).items())


def _seats(poll: Poll) -> dict[str, float]:
    return {value.list: value.seats for value in poll.values if value.seats}


def _under_threshold(poll: Poll, campaign: Campaign) -> str | None:
    """A list on the threshold holds about its share of the house: fewer seats were not won but misprinted."""
    least = round(campaign.election.rules.threshold * campaign.election.rules.house_size)
    for value in poll.values:
        is_list = campaign.lists[value.list].kind is not ListKind.RESIDUAL
        if is_list and value.status is Status.SEATS and (value.seats or 0) < least:
            return f"{value.label} has {value.seats:g} seats; a list that passes has at least {least}"
    return None


Look = Callable[[Poll, Campaign], str | None]
CHECKS: dict[str, Look] = {"dates": _dates, "under-threshold-seats": _under_threshold}


def _text(poll: Poll) -> str:
    printed = (*poll.values, *poll.unknown)
    cells = ", ".join(f"{value.label} {value.pct or value.seats or value.status}" for value in printed)
    return f"{poll.fieldwork.end} {poll.pollster} for {poll.publisher}: {cells}"
