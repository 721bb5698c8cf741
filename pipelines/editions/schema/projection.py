"""The values of an edition: what each of them is, its manifest, and seats, chances, majorities and pollsters.

Shares are 0–1 unless the name says `_pct`; dates are ISO days in the electorate's own time zone. Editions stay: a
field that is added gets a default that older editions open with, and `FORMAT` is counted up, so that an older
program refuses a newer edition in words.
"""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

FORMAT = 3

Kind = Literal["live", "final", "hindcast", "waiting"]  # waiting: of a campaign of which no poll is known
Texts = Mapping[str, str]  # a text of the data by language, as many as the electorate has; empty where there is none


class Value(BaseModel):
    """A frozen value that refuses fields it does not know, and numbers that are none."""

    # What a command does not read it need not build: validators are made at first use.
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)


class Manifest(Value):
    """`manifest.json`: what the edition was made from; equal manifests mean equal bytes.

    `format` is the `FORMAT` it was written in; editions from before it was said are of the first.
    """

    election: str
    as_of: date
    kind: Kind
    edition: str
    inputs: dict[str, str]
    code: str
    libraries: dict[str, str]
    parameters: dict[str, int]
    files: dict[str, str]
    format: int = 1
    seal: str | None = None
    electorate: str | None = None

    def sealed(self) -> "Manifest":
        """The same with `seal`, the hash of everything else in it: how a changed manifest is noticed."""
        unsaid = {"electorate"} if self.electorate is None else set()  # an edition from before it was said
        content = self.model_dump_json(exclude={"seal", *unsaid}).encode()
        return self.model_copy(update={"seal": hashlib.sha256(content).hexdigest()})


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


class ListOdds(Value):
    """One list's seats over the draws, as seat number → draws, and its chance to pass."""

    id: str
    draws_by_seats: dict[int, int]
    p_pass: float


class ForecastOdds(Value):
    """What one forecast holds likely: every list, and a majority of each bloc and coalition of interest."""

    draws: int
    lists: list[ListOdds]
    p_majority: dict[str, float]


class Odds(Value):
    """`odds.json`: what is fixed for scoring, ours and the reference's: the week's mean with the same learned error.

    `sets` are the lists behind each id of `p_majority`, and `majority_seats` what they need, as they stood that night:
    a bloc that is put together anew later scores nothing. Odds from before they were said have none.
    """

    ours: ForecastOdds
    reference: ForecastOdds
    sets: dict[str, list[str]] = Field(default_factory=dict)
    majority_seats: int | None = None
