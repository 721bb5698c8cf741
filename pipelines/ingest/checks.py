"""What is accepted and what is quarantined, row by row; a ruling lets a known oddity stand as printed.

A check looks at one poll (or at a poll among the others) and says in words what is wrong, or nothing. Two polls of one
house for one client on one day are two polls where their numbers differ, and one survey twice where they do not.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from electoral.errors import VotesError
from electoral.lists import ListKind
from electoral.polls import Poll, PollKind, Status
from electoral.shares import shares_from_poll
from pipelines.electorate import Campaign
from pipelines.reported import Refusal


@dataclass(frozen=True, slots=True)
class Checked:
    """The polls that passed and the rows that did not."""

    polls: tuple[Poll, ...]
    refused: tuple[Refusal, ...]


MOST_UNKNOWN = Fraction(1, 10)  # of the house: what columns nobody knows may hold of a poll that is let in


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
    twin = (poll.kind, poll.pollster, poll.publisher, poll.fieldwork.end, frozenset(_seats(poll).items()))
    if poll.kind is PollKind.POLL and twin in seen and (poll.id, "twin") not in campaign.rulings:
        return "twin", f"{poll.pollster} for {poll.publisher} on {poll.fieldwork.end} stands twice"
    seen.add(twin)
    return None


def adds_up(poll: Poll, campaign: Campaign) -> bool:
    """Whether a poll's seats fill the house, its unknown columns with them, or are ruled to stand as printed."""
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
    if poll.published_date and poll.published_date < end:
        return f"published {poll.published_date}, before fieldwork ended {end}"
    return None


def _unknown(poll: Poll, campaign: Campaign) -> str | None:
    """A few seats of an unknown list count as votes of others; more than that would bend every other list."""
    seats, house = unknown_seats(poll), campaign.election.rules.house_size
    if seats <= MOST_UNKNOWN * house:
        return None
    columns = ", ".join(f"{value.label!r} {value.seats:g}" for value in poll.unknown if value.seats)
    return f"{seats:g} of {house} seats stand in columns nobody knows ({columns}); rule whose they are"


def unknown_seats(poll: Poll) -> float:
    """The seats printed in columns whose list nobody knows."""
    return sum(value.seats or 0.0 for value in poll.unknown)


def _sum(poll: Poll, campaign: Campaign) -> str | None:
    """A ruling holds for the sum it was made for: another one is another oddity."""
    total = sum(_seats(poll).values()) + unknown_seats(poll)
    house, ruling = campaign.election.rules.house_size, campaign.rulings.get((poll.id, "sum"))
    is_fine = total == house or (ruling is not None and ruling.printed == f"{total:g}")
    return None if is_fine else f"sum {total:g}, expected {house}"


def _shares(poll: Poll, campaign: Campaign) -> str | None:
    """What is printed must leave votes for every list; no ruling can make it do so."""
    residual = frozenset(name for name, found in campaign.lists.items() if found.kind is ListKind.RESIDUAL)
    try:
        shares_from_poll((*poll.values, *poll.unknown), campaign.election.rules, residual)
    except VotesError as error:
        return str(error)
    return None


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
