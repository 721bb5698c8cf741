"""What is accepted and what is quarantined, row by row; a ruling lets a known oddity stand as printed.

A check looks at one poll (or at a poll among the others) and says in words what is wrong, or nothing. Two polls of one
house for one client on one day are two polls where their numbers differ, and one survey twice where they do not.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

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


def check(
    polls: Iterable[Poll], source: str, campaign: Campaign, left_out: Mapping[str, float] | None = None
) -> Checked:
    """Pass each poll through every check; the first failed check without a ruling refuses it.

    `left_out`: by poll, the seats printed in columns nobody knows; they count in what the poll adds up to.
    """
    passed: list[Poll] = []
    refused: list[Refusal] = []
    seen: set[tuple[object, ...]] = set()
    for poll in polls:
        failed = _first_failure(poll, campaign, seen, (left_out or {}).get(poll.id, 0.0))
        if failed is None:
            passed.append(poll)
        else:
            name, reason = failed
            refused.append(Refusal(campaign.election.id, source, poll.id, name, _text(poll), reason))
    return Checked(tuple(passed), tuple(refused))


def _first_failure(
    poll: Poll, campaign: Campaign, seen: set[tuple[object, ...]], left_out: float
) -> tuple[str, str] | None:
    for name, look in CHECKS.items():
        reason = look(poll, campaign)
        if reason and (poll.id, name) not in campaign.rulings:
            return name, reason
    if reason := _sum(poll, campaign, left_out):
        return "sum", reason
    if reason := _shares(poll, campaign):
        return "shares", reason
    twin = (poll.kind, poll.pollster, poll.publisher, poll.fieldwork.end, frozenset(_seats(poll).items()))
    if poll.kind is PollKind.POLL and twin in seen and (poll.id, "twin") not in campaign.rulings:
        return "twin", f"{poll.pollster} for {poll.publisher} on {poll.fieldwork.end} stands twice"
    seen.add(twin)
    return None


def adds_up(poll: Poll, campaign: Campaign, left_out: float) -> bool:
    """Whether a poll's seats fill the house, or are ruled to stand as printed."""
    return _sum(poll, campaign, left_out) is None


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


def _sum(poll: Poll, campaign: Campaign, left_out: float) -> str | None:
    """A ruling holds for the sum it was made for: another one is another oddity."""
    total = sum(_seats(poll).values()) + left_out
    house, ruling = campaign.election.rules.house_size, campaign.rulings.get((poll.id, "sum"))
    is_fine = total == house or (ruling is not None and ruling.printed == f"{total:g}")
    return None if is_fine else f"sum {total:g}, expected {house}"


def _shares(poll: Poll, campaign: Campaign) -> str | None:
    """What is printed must leave votes for every list; no ruling can make it do so."""
    residual = frozenset(name for name, found in campaign.lists.items() if found.kind is ListKind.RESIDUAL)
    try:
        shares_from_poll(poll.values, campaign.election.rules, residual)
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
    cells = ", ".join(f"{value.label} {value.pct or value.seats or value.status}" for value in poll.values)
    return f"{poll.fieldwork.end} {poll.pollster} for {poll.publisher}: {cells}"
