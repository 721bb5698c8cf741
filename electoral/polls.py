"""A poll as it was published: who asked, for whom, when, whom, and what was printed for each list."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class PollKind(StrEnum):
    """Ordinary polls feed the trend; scenarios and exit polls never do."""

    POLL = "poll"
    SCENARIO = "scenario"
    EXIT_POLL = "exit_poll"


class Unit(StrEnum):
    """What a poll prints for a list: seats of the house, or percents of the vote."""

    SEATS = "seats"
    SHARE = "share"


class Status(StrEnum):
    """What a cell says of a list; missing is never zero."""

    SEATS = "seats"
    SHARE = "share"
    BELOW_THRESHOLD = "below_threshold"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class ReportedValue:
    """What one poll printed for one list: seats, a percentage, or one under the threshold with its operator ("<1")."""

    list: str
    label: str
    status: Status
    seats: float | None
    pct: str | None


UNKNOWN_LIST = "unknown:"  # how the list of a value begins whose column nobody knows; its label follows


@dataclass(frozen=True, slots=True)
class Fieldwork:
    """The days a poll was in the field; the start is often not published, and some sources guess both."""

    start: date | None
    end: date
    is_guessed: bool = False

    def last_day(self, published: date | None) -> date:
        """The last day on which anybody was asked: a period that was guessed cannot have gone on after publication."""
        return min(self.end, published) if self.is_guessed and published else self.end


@dataclass(frozen=True, slots=True)
class Poll:
    """One survey's row; pollster is the house's id, publisher who commissioned or aired it.

    `unknown`: printed columns whose list nobody knows yet, under their labels; they are part of what the poll adds up
    to and count as votes of others. `urls`: addresses at which it was published or is cited. `seen_date`: the day it
    first came in from a page or file; None for what ships. `sample_size_printed`: what was printed
    where it is more than a number ("≥3000"). `disclosed`: what else its publication says of it, as items of a law.
    """

    id: str
    election: str
    kind: PollKind
    pollster: str | None
    publisher: str | None
    fieldwork: Fieldwork
    published_date: date | None
    sample_size: int | None
    values: tuple[ReportedValue, ...]
    source: str
    unit: Unit = Unit.SEATS
    unknown: tuple[ReportedValue, ...] = ()
    urls: tuple[str, ...] = ()
    seen_date: date | None = None
    sample_size_printed: str | None = None
    disclosed: tuple[str, ...] = ()

    def known_from(self, lag_days: int) -> date:
        """The day the poll is known from: its publication, else the end of its fieldwork plus the usual lag in days.

        A poll that was in hand sooner is known from that day; an exit poll from the day it was asked.
        """
        end = self.fieldwork.end
        if self.published_date or self.kind is PollKind.EXIT_POLL:
            return self.published_date or end
        assumed = end + timedelta(days=lag_days)
        return assumed if self.seen_date is None else min(assumed, max(self.seen_date, end))
