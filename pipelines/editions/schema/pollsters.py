"""`pollsters.json`: firms, their records, and readings beside ours."""

from datetime import date

from pipelines.editions.schema.projection import BlocProjection, Summary
from pipelines.editions.schema.value import Value


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
