"""What a refresh is asked for, which day that means for a campaign, and what it did.

The clock is asked at the edge and passed on as an argument; what day it is, is the electorate's to say.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pipelines.editions import gate
from pipelines.editions.records import RunStatus
from pipelines.editions.store import EditionStore
from pipelines.editions.values import Kind
from pipelines.errors import AsOfRefused
from pipelines.settings import Settings

if TYPE_CHECKING:  # every command asks what day it is; most need no electorate
    from pipelines.electorate import Campaign, Reference

AS_DELIVERED = Settings()  # nothing set
Progress = Callable[[str, str], None]  # which election, and the step that begins


def clock_now() -> datetime:
    """This moment, with its zone."""
    return datetime.now(UTC)


def now_utc() -> str:
    """This moment for a record, in UTC."""
    return clock_now().isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True)
class RefreshRequest:
    """What a refresh is asked for: which day, how many draws, from which seed.

    `today`: a day given as today, for every electorate; None for the clock's. `now` is asked again before each edition
    appears, since a night may run into a publication ban. `is_alone`: no other electorate
    is refreshed at the same time. `days`: of the newest campaign the editions of so many days, the last one included.
    `is_one_of_many`: a night has more campaigns, and has checked the ledger of all. `jobs`: processes
    that campaigns are refreshed in, 0 for as many as there are cores.
    """

    data_dir: Path
    today: date | None
    as_of: date | None
    draws: int
    seed: int
    now: Callable[[], datetime] = clock_now
    settings: Settings = AS_DELIVERED
    is_alone: bool = True
    days: int = 1
    is_one_of_many: bool = False
    jobs: int = 1

    @property
    def is_real(self) -> bool:
        """Whether it is for today by the clock: neither a day of the past nor one given as today."""
        return self.today is None and self.as_of is None

    @property
    def raw(self) -> Path:
        return self.data_dir / "raw"

    @property
    def processed(self) -> Path:
        return self.data_dir / "processed"

    @property
    def store(self) -> EditionStore:
        """Where the editions are."""
        return self.settings.editions(self.processed)

    def today_in(self, zone: ZoneInfo) -> date:
        """What day it is for an electorate."""
        return self.today or self.now().astimezone(zone).date()

    def clock_day(self, zone: ZoneInfo) -> date | None:
        """The day by the clock of an electorate; None where a day was given as today."""
        return None if self.today else self.today_in(zone)

    @property
    def day(self) -> date:
        """The day given as today, else the day it is in UTC: for the log alone."""
        return self.today or self.now().date()

    @property
    def moment(self) -> datetime:
        """Now, or noon of a day that was given as today."""
        return datetime.combine(self.today, time(12), UTC) if self.today else self.now()

    def may_publish(self, of: gate.Calendar, kind: gate.Kind) -> bool:
        """Whether something of a kind may be published for an election now, or all through a given day."""
        return self.settings.is_ban_relaxed or gate.may_publish(of, kind, self.today or self.now())

    def is_frozen(self, of: gate.Calendar) -> bool:
        """Whether nothing new may be published for an election."""
        return not self.may_publish(of, "poll")


@dataclass(frozen=True, slots=True)
class RefreshResult:
    """What the refresh of one campaign did; counts are polls.

    `status` is published, unchanged, or frozen: a publication ban is on, `edition` is the one from before it
    (None where there is none) and nothing new was published. `waiting`: no poll is known of that day, which holds up no
    other campaign of the same night; `why` says it.
    """

    election: str
    as_of: date
    edition: str | None
    kind: Kind
    status: RunStatus
    polls: int
    newly_quarantined: int
    quarantined: int
    has_news: bool
    seconds: float
    why: str | None = None


def may_tell_exit_polls(of: gate.Calendar, day: date) -> bool:
    """Whether what voters said may be told now, or all through a day that is not today."""
    now = clock_now().astimezone(of.zone)
    return gate.may_publish(of, "exit_poll", now if now.date() == day else day)


def held_before(reference: "Reference", electorate: str, as_of: date) -> "list[Campaign]":
    """The campaigns of an electorate with polls whose results were known on the as-of day, oldest first."""
    counted = [campaign for campaign in reference.of(electorate) if campaign.results and campaign.ships_polls]
    held = [campaign for campaign in counted if campaign.election.vote_date < as_of]
    return sorted(held, key=lambda campaign: campaign.election.vote_date)


def are_lists_closed(campaign: "Campaign", as_of: date) -> bool:
    """Whether the ballot was settled on the as-of day: before that there is no election-day projection."""
    closes = campaign.election.lists_close_date
    return closes is not None and closes <= as_of


def resolve_as_of(vote: date, today: date, as_of: date | None) -> tuple[date, Kind]:
    """The as-of day and the kind of its edition, by the day of the vote; AsOfRefused past today or past the vote."""
    eve = vote - timedelta(days=1)
    if as_of is None:
        return (eve, "final") if today > vote else (today, "live")
    if as_of > today:
        raise AsOfRefused(f"--as-of {as_of} lies after today, {today}; nothing is known of that day yet")
    if as_of > vote:
        raise AsOfRefused(f"--as-of {as_of} lies after the vote of {vote}; past it there is only the result")
    if today > vote:
        return as_of, "final" if as_of == eve else "hindcast"
    return as_of, "live" if as_of == today else "hindcast"
