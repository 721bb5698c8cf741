"""The values an edition holds, one model a file; `projection.json` and `polls.json` are contracts (DESIGN.md §3).

Shares are 0–1 unless the name says `_pct`; dates are ISO days in the electorate's own time zone.
"""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

Kind = Literal["live", "final", "hindcast"]


class Value(BaseModel):
    """A frozen value that refuses fields it does not know, and numbers that are none."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


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
    name_en: str
    name_he: str
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
    name_en: str
    name_he: str
    lists: list[str]
    seats: Summary
    p_majority: float


class PollCoverage(Value):
    """Which polls the trend used."""

    used: int
    latest_fieldwork_end: date
    pollsters: int


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


class PollValue(Value):
    """What a poll printed for one list, and the vote share derived from it (null: nothing was asked)."""

    list: str
    label: str
    status: Literal["seats", "below_threshold", "not_asked"]
    seats: float | None
    pct: str | None
    share: float | None
    derivation: str | None


class PollRow(Value):
    """One survey's seat row as published; `ruling` says why an odd row stands."""

    poll: str
    kind: Literal["poll", "scenario", "exit_poll"]
    pollster: str | None
    publisher: str | None
    fieldwork_start: date | None
    fieldwork_end: date
    published_date: date | None
    known_from: date
    known_from_assumed: bool
    sample_size: int | None
    source: str
    revision: int
    ruling: str | None
    values: list[PollValue]


class Polls(Value):
    """`polls.json`: every poll known on the as-of day, oldest first."""

    election: str
    as_of: date
    edition: str
    polls: list[PollRow]


class Dot(Value):
    """One poll's reading of one list; `composed` where it is the sum of the list's parents."""

    date: date
    poll: str
    share: float
    seats: float
    composed: bool


class TrendLine(Value):
    """One list's trend, a value a day (null where the line is broken); bands hold 90 % for the level."""

    id: str
    share: list[float | None]
    share_low: list[float | None]
    share_high: list[float | None]
    seats: list[float | None]
    seats_low: list[float | None]
    seats_high: list[float | None]
    lowess_share: list[float | None]
    lowess_seats: list[float | None]
    mean_14_share: list[float | None]
    mean_14_seats: list[float | None]
    thin: list[bool]
    fallback: str | None
    dots: list[Dot]


class HouseEffect(Value):
    """A pollster's lean for one list against the pollsters' average, in percentage points, with 90 %."""

    pollster: str
    list: str
    effect_pct: float
    low_pct: float
    high_pct: float
    polls: int


class Trend(Value):
    """`trend.json`: lines over `dates`, and the fitted parameters shared by all lists."""

    dates: list[date]
    lines: list[TrendLine]
    parameters: dict[str, float]
    converged: bool
    house_effects: list[HouseEffect]


class Combination(Value):
    """Lists that reach a majority in the central allocation, none to spare, with their joint odds."""

    lists: list[str]
    seats_median: float
    p_majority: float


class Statement(Value):
    """A stated position: whom a list ruled out, under which condition, where and when it was said."""

    list: str
    rules_out: tuple[str, ...]
    scope: str
    condition: str | None
    quote: str | None
    is_paraphrase: bool
    source: str
    date: date


class Coalitions(Value):
    """`coalitions.json`: a few combinations that reach a majority, and the stated positions."""

    majority: int
    combinations: list[Combination]
    statements: list[Statement]


class ListReference(Value):
    """How a list is named and coloured in this edition; `stands` where it stands on the as-of day."""

    id: str
    name_en: str
    name_he: str
    short_en: str
    short_he: str
    colour_light: str
    colour_dark: str
    ballot_letters: str | None
    kind: str
    stands: bool


class BlocReference(Value):
    """How a bloc is named and coloured, which lists it holds and who says so."""

    id: str
    name_en: str
    name_he: str
    colour_light: str
    colour_dark: str
    lists: list[str]
    source: str


class Named(Value):
    """A pollster or publisher in both languages."""

    id: str
    name_en: str
    name_he: str


class Event(Value):
    """A dated event known on the as-of day."""

    date: date
    event_en: str
    event_he: str
    source: str


class ElectionReference(Value):
    """The election as its reference file has it."""

    id: str
    name_en: str
    name_he: str
    election_date: date
    lists_close_date: date | None
    publication_ban_start: datetime | None
    publication_ban_end: datetime | None


class Reference(Value):
    """`reference.json`: names, colours, blocs and events as they stood on the as-of day."""

    election: ElectionReference
    lists: list[ListReference]
    blocs: list[BlocReference]
    pollsters: list[Named]
    publishers: list[Named]
    events: list[Event]
    agreements: list[tuple[str, str]]


class Manifest(Value):
    """`manifest.json`: what the edition was made from; equal manifests mean equal bytes."""

    election: str
    as_of: date
    kind: Kind
    edition: str
    inputs: dict[str, str]
    code: str
    libraries: dict[str, str]
    parameters: dict[str, int]
    files: dict[str, str]


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
