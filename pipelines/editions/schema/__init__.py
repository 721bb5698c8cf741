"""The values an edition holds, a module a file of it."""

from pipelines.editions.schema.coalitions import Coalitions, Combination, Statement
from pipelines.editions.schema.manifest import Manifest
from pipelines.editions.schema.polls import Correction, PollRow, Polls, PollValue, UnknownColumn
from pipelines.editions.schema.pollsters import (
    Alternative,
    ApartPollster,
    Firm,
    ListSeats,
    PastRecord,
    PollSpread,
    Pollsters,
)
from pipelines.editions.schema.projection import BlocProjection, ListProjection, PollCoverage, Projection, Summary
from pipelines.editions.schema.record import Difference, Miss, Record, RecordDay, Score
from pipelines.editions.schema.reference import (
    Agreement,
    BlocReference,
    ElectionReference,
    Event,
    ListReference,
    Named,
    Reference,
    SeatRule,
)
from pipelines.editions.schema.trend import Dot, HouseEffect, Trend, TrendLine
from pipelines.editions.schema.value import FORMAT, Kind, Language, Value

__all__ = [
    "FORMAT",
    "Agreement",
    "Alternative",
    "ApartPollster",
    "BlocProjection",
    "BlocReference",
    "Coalitions",
    "Combination",
    "Correction",
    "Difference",
    "Dot",
    "ElectionReference",
    "Event",
    "Firm",
    "HouseEffect",
    "Kind",
    "Language",
    "ListProjection",
    "ListReference",
    "ListSeats",
    "Manifest",
    "Miss",
    "Named",
    "PastRecord",
    "PollCoverage",
    "PollRow",
    "PollSpread",
    "PollValue",
    "Polls",
    "Pollsters",
    "Projection",
    "Record",
    "RecordDay",
    "Reference",
    "Score",
    "SeatRule",
    "Statement",
    "Summary",
    "Trend",
    "TrendLine",
    "UnknownColumn",
    "Value",
]
