"""What the night of a vote shows: the count so far by the law, and the votes to the next seat."""

from dataclasses import dataclass
from typing import Literal

from dashboard.blocks import Name, Values
from dashboard.names import list_name, short, text
from dashboard.reader import vote_of
from dashboard.view import View
from pipelines.editions.schema.vote import CountPoint, Standing, Vote

State = Literal["before", "silent", "interim", "final", "recorded"]


@dataclass(frozen=True)
class CountShown:
    """A count with what the law gives of it."""

    vote: Vote
    point: CountPoint
    standing: Standing

    @property
    def order(self) -> list[str]:
        """The lists with seats and those within reach of the threshold, most seats and votes first."""
        with_seats = {name for name, seats in self.point.seats.items() if seats} | set(self.vote.within_reach())
        return sorted(with_seats, key=lambda name: (-self.point.seats[name], -self.point.votes[name], name))

    def pct(self, votes: int) -> float:
        return 100 * votes / self.point.valid_votes


def count_shown(view: View) -> CountShown | None:
    """The count on show; None where nothing was imported, and while nothing of it may be told."""
    vote = public_vote(view)
    if vote is None or vote.count is None or vote.standing is None:
        return None
    return CountShown(vote, vote.count, vote.standing)


def public_vote(view: View) -> Vote | None:
    """What is on record of the vote; None while nothing of it may be told."""
    return vote_of(view.edition) if view.is_told else None


def state(view: View, count: CountShown | None) -> State:
    """How far the vote is: what a page of it says first."""
    if count is None and view.projection.result is None:
        return "silent" if view.is_over else "before"
    if view.projection.result is not None:
        return "recorded"
    assert count is not None
    return "final" if count.point.stage == "final" else "interim"


def name_of(view: View, count: CountShown, name: str) -> Name:
    return list_of(view, count.vote, name)


def list_of(view: View, vote: Vote, name: str) -> Name:
    """A list as the edition names it, else as the count does; one of no colour of the page's own has none."""
    if name in view.lists:
        return list_name(view, name)
    row = next((item for item in vote.lists if item.id == name), None)
    return Name(name, short(row).texts) if row else text(name)


class HeadlineValues(Values):
    """How far the vote is; shares are 0–1, the committee's own first."""

    kind: Literal["night"] = "night"
    state: State
    valid_votes: int | None
    committee_counted_pct: float | None
    estimated_counted_share: float | None


class CountRow(Values):
    """One list of the count; `projected_seats` are those of the edition on show."""

    list: str
    votes: int
    share_pct: float
    seats: int
    projected_seats: int | None
    threshold_votes: int | None


class CountValues(Values):
    """The count so far by the law; `other_votes` are of all other lists."""

    kind: Literal["count"] = "count"
    is_interim: bool
    valid_votes: int
    other_votes: int
    house_seats: int
    threshold_votes: float
    lists: tuple[CountRow, ...]


class NextRow(Values):
    """The fewest votes to one seat more and to one less; None where no number surely does it."""

    list: str
    seats: int
    gain_votes: int | None
    gain_from: str | None
    gain_transfer_votes: int | None
    loss_votes: int | None
    loss_to: str | None
    loss_transfer_votes: int | None


class NextSeatValues(Values):
    kind: Literal["next_seat"] = "next_seat"
    lists: tuple[NextRow, ...]


class ReachValues(Values):
    kind: Literal["within_reach"] = "within_reach"
    threshold_votes: float
    votes_to_spare: dict[str, int | None]


class LastSeatValues(Values):
    """Who holds the last seat and who is next: lists, and the votes ÷ divisor that decides."""

    kind: Literal["last_seat"] = "last_seat"
    holders: tuple[str, ...]
    holder_average: float | None
    following: tuple[str, ...]
    following_average: float | None
    tied: tuple[tuple[str, ...], ...]


class AgreementsValues(Values):
    """What each agreement changed: its lists, whether it counts, and seats moved by list."""

    kind: Literal["agreements"] = "agreements"
    agreements: tuple[tuple[tuple[str, str], bool, dict[str, int]], ...]


class FilesValues(Values):
    """Every imported file: its moment in UTC, its valid votes, and whether it went backwards."""

    kind: Literal["files"] = "files"
    files: tuple[tuple[str, int, bool], ...]
