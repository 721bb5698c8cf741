"""`reference.json`: names, colours, rules, agreements and events as they stood on the as-of day."""

from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from electoral.investiture import Investiture
from electoral.polls import Unit
from electoral.rules import Formula
from pipelines.editions.schema.projection import Texts, Value


class ListReference(Value):
    """How a list is named and coloured in this edition; `stands` where it stands on the as-of day.

    `leaders` are who heads it, joint heads both; empty where nobody is on record.
    """

    id: str
    names: Texts
    shorts: Texts
    colour_light: str
    colour_dark: str
    ballot_letters: str | None
    kind: str
    stands: bool
    leaders: list[Texts] = Field(default_factory=list)


class BlocReference(Value):
    """How a bloc is named and coloured, which lists it holds and who says so."""

    id: str
    names: Texts
    colour_light: str
    colour_dark: str
    lists: list[str]
    sources: Texts


class Named(Value):
    """A pollster, publisher or coalition of interest."""

    id: str
    names: Texts


class Event(Value):
    """A dated event known on the as-of day."""

    date: date
    texts: Texts
    sources: Texts
    url: str | None = None


class Ban(Value):
    """From `start` to `end`, wall clock of the electorate, nothing of this kind is published for the election."""

    kind: Literal["poll", "exit_poll", "all"]
    start: datetime
    end: datetime


class ElectionReference(Value):
    """The election as its reference file has it.

    `is_date_open`: no day is set, and `election_date` is the last lawful one. `outgoing_seats` are those of the house
    that goes, where they are recorded.
    """

    id: str
    names: Texts
    election_date: date
    lists_close_date: date | None
    bans: list[Ban] = Field(default_factory=list)
    is_date_open: bool = False
    outgoing_seats: dict[str, int] = Field(default_factory=dict)


class SeatRule(Value):
    """How seats are given, beside the house size and the threshold of `projection.json`; electoral.rules has the terms.

    `threshold` is written as the law has it ("3.25", "1/150", "quota"); `exempt` need none, nor do those with
    `direct_seats_needed` of `direct_seats`; `alliances` have others, by how many `parties` a list unites. The default
    is what every edition from before it was said was made by.
    """

    formula: Formula = Formula.DHONDT
    stops_at_half: bool = False
    threshold: str | None = None
    agreements: bool = True
    exempt: list[str] = Field(default_factory=list)
    direct_seats_needed: int | None = None
    direct_seats: dict[str, int] = Field(default_factory=dict)
    alliances: dict[int, str] = Field(default_factory=dict)
    parties: dict[str, int] = Field(default_factory=dict)
    investiture: Investiture = Investiture.POSITIVE
    law: str = ""
    law_url: str | None = None


class Licence(Value):
    """A source of this electorate: whom to name for it, and under which terms it may be used again."""

    source: str
    attributions: Texts
    licences: Texts
    licence_url: str | None = None


class FormationStep(Value):
    """A step of the law from a vote to a government: the days it may take after the one before."""

    id: str
    names: Texts
    days: int
    law: str
    url: str | None = None


class ElectorateReference(Value):
    """The electorate an election belongs to: its zone, languages, customs and the words sentences have slots for.

    `disclosure` are the items that a publication of a poll has to have by its law.
    `assumed_sample_size` stands in where a poll prints none, `results_url` is where the authority publishes results;
    null in editions from before they were said.
    """

    id: str
    names: Texts
    languages: tuple[str, ...]
    zone: str
    unit: Unit
    headline: Literal["bloc", "coalition", "lists"]
    intervals_first: bool = False
    lead_seats: int = 0
    disclosure: tuple[str, ...] = ()
    assumed_sample_size: int | None = None
    results_url: str | None = None
    formation: list[FormationStep] = Field(default_factory=list)
    words: dict[str, dict[str, str]]
    licences: list[Licence] = Field(default_factory=list)


class Agreement(Value):
    """A surplus-vote agreement as it was known on the as-of day; only signed ones count in the draws."""

    lists: tuple[str, str]
    status: Literal["signed", "reported", "expected"]
    signed_date: date | None
    sources: Texts
    url: str | None = None


class Reference(Value):
    """`reference.json`. `agreements` are the pairs the draws were made with; `agreements_said` is all that was said.

    `phrases`: texts that polls carry as they were written, or parts of them, as they are said in other languages.
    In an edition from before it was kept `agreements_said` is null: what was reported then is not known.
    """

    electorate: ElectorateReference
    election: ElectionReference
    lists: list[ListReference]
    blocs: list[BlocReference]
    pollsters: list[Named]
    publishers: list[Named]
    events: list[Event]
    agreements: list[tuple[str, str]]
    agreements_said: list[Agreement] | None = None
    seat_rule: SeatRule = SeatRule()
    phrases: dict[str, Texts] = Field(default_factory=dict)
    families: dict[str, str] = Field(default_factory=dict)  # of the pollsters that share a panel or an owner

    @property
    def bans(self) -> list[Ban]:
        """The publication bans of the election."""
        return self.election.bans

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the electorate's wall clock."""
        return ZoneInfo(self.electorate.zone)
