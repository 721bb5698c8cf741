"""The values an edition holds, a module a file of it."""

from pipelines.editions.schema.coalitions import Coalitions, Combination, Majority, Statement
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
    Ban,
    BlocReference,
    ElectionReference,
    ElectorateReference,
    Event,
    Licence,
    ListReference,
    Named,
    Reference,
    SeatRule,
)
from pipelines.editions.schema.trend import Dot, HouseEffect, OthersLine, Trend, TrendLine
from pipelines.editions.schema.value import FORMAT, Kind, Texts, Value

__all__ = [
    "FORMAT",
    "Agreement",
    "Alternative",
    "ApartPollster",
    "Ban",
    "BlocProjection",
    "BlocReference",
    "Coalitions",
    "Combination",
    "Correction",
    "Difference",
    "Dot",
    "ElectionReference",
    "ElectorateReference",
    "Event",
    "Firm",
    "HouseEffect",
    "Kind",
    "Licence",
    "ListProjection",
    "ListReference",
    "ListSeats",
    "Majority",
    "Manifest",
    "Miss",
    "Named",
    "OthersLine",
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
    "Texts",
    "Trend",
    "TrendLine",
    "UnknownColumn",
    "Value",
]
