"""`projection.json`, `coalitions.json` and `pollsters.json`: seats, chances, majorities; `reference.json`: the rest.

Names, colours, rules, agreements and events stand as they stood on the as-of day.
"""

from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from electoral.investiture import Investiture
from electoral.polls import Unit
from electoral.rules import Formula
from pipelines.editions.values import Kind, Texts, Value


class Summary(Value):
    """Seats over the draws: median, mean and quantiles (each end is a seat number that was drawn)."""

    median: float
    mean: float
    q05: float
    q10: float
    q25: float
    q75: float
    q90: float
    q95: float


class ListProjection(Value):
    """One list: the outgoing house, the trend on the as-of day, election day and a vote held that day."""

    id: str
    names: Texts
    bloc: str | None
    seats_now: int | None
    trend_seats: float
    trend_share_pct: float
    seats: Summary | None
    nowcast: Summary
    p_pass: float
    p_largest: float


class BlocProjection(Value):
    """One bloc: seats over the joint draws and its chance of a majority."""

    id: str
    names: Texts
    lists: list[str]
    seats: Summary
    p_majority: float


class BridgeRow(Value):
    """From polls to the printed seats of a `list` or a `bloc`, in expected seats with one decimal.

    `shares_seats`, the share of the smoothed polls in seats, and what each step adds to it: the threshold and rounding
    to whole seats, which firms are in the field, the error that polls may share, and printing one whole house. They add
    up to `printed_seats`.
    """

    list: str | None
    bloc: str | None
    shares_seats: float
    threshold_and_rounding_seats: float
    firms_in_the_field_seats: float
    polling_error_seats: float
    allocation_seats: float
    printed_seats: int


class PollCoverage(Value):
    """Which polls the trend used, no day where none is known; of how many firms, and `families` of them.

    A firm without a family is one of its own; null in editions from before it was said.
    """

    used: int
    latest_fieldwork_end: date | None
    pollsters: int
    families: int | None = None

    @property
    def until(self) -> date:
        """The day up to which they reach; asked only of an edition that has polls."""
        assert self.latest_fieldwork_end is not None, "no poll is known"
        return self.latest_fieldwork_end


class Projection(Value):
    """`projection.json`: what every page says of seats and chances."""

    election: str
    election_date: date
    as_of: date
    edition: str
    kind: Kind
    days_to_election: int
    house_size: int
    majority: int
    threshold_pct: float
    draws: int
    seed: int
    fallback: list[str]
    warnings: list[str]
    polls: PollCoverage
    lists: list[ListProjection]
    blocs: list[BlocProjection]
    allocation: dict[str, int]
    result: dict[str, int] | None
    bridge: list[BridgeRow] = Field(default_factory=list)


class Combination(Value):
    """Lists that reach a majority in the central allocation, none to spare, with their joint odds."""

    lists: list[str]
    seats_median: float
    p_majority: float


class Statement(Value):
    """A stated position: whom a list ruled out, under which condition, where and when it was said.

    `quote_language` is the language of the wording in hand; the others are our translations of it. `date` is the
    last day of the month where `date_precision` is `month`.
    """

    list: str
    rules_out: tuple[str, ...]
    scope: str
    conditions: Texts
    quotes: Texts
    is_paraphrase: bool
    sources: Texts
    date: date
    quote_language: str | None = None
    date_precision: Literal["day", "month"] = "day"
    url: str | None = None


class Majority(Value):
    """A coalition of interest: its seats over the joint draws and its chance of a majority."""

    id: str
    names: Texts
    lists: list[str]
    seats: Summary
    p_majority: float
    sources: Texts


class Coalitions(Value):
    """`coalitions.json`: a few combinations that reach a majority, coalitions of interest, and the stated positions."""

    majority: int
    combinations: list[Combination]
    statements: list[Statement]
    majorities: list[Majority] = Field(default_factory=list)


class ListSeats(Value):
    """One list's seats and chance to pass under an alternative reading of the same polls."""

    id: str
    seats: Summary
    p_pass: float


class Alternative(Value):
    """The projection again under one other assumption, from the same random numbers."""

    lists: list[ListSeats]
    blocs: list[BlocProjection]


class ApartPollster(Value):
    """A pollster that stands apart: its gap for the bloc in question (seats, 90 %), and two readings beside ours."""

    pollster: str
    bloc: str
    gap_seats: float
    low_seats: float
    high_seats: float
    without: Alternative
    if_right: Alternative


class PastRecord(Value):
    """A firm's polls of one past election's final month against the result; skill below 1 beat the field."""

    election: str
    polls: int
    month_error_pct: float
    last_error_pct: float
    field_error_pct: float
    skill: float


class Firm(Value):
    """A pollster of this campaign: how many polls, the newest, and its record."""

    pollster: str
    polls: int
    latest_fieldwork_end: date
    record: list[PastRecord]


class PollSpread(Value):
    """Observed ÷ expected spread of the last month's polls; below 1 they sit closer than sampling predicts."""

    ratio: float
    polls: int
    days: int


class Pollsters(Value):
    """`pollsters.json`: firms and their records, those that stand apart, and how close the polls sit."""

    firms: list[Firm]
    apart: list[ApartPollster]
    spread: PollSpread | None


# reference.json


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
    seat_rule: SeatRule = Field(default_factory=SeatRule)
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
