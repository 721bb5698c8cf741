"""`projection.json`, a contract (DESIGN.md §3): seats, chances and the central allocation."""

from datetime import date

from pipelines.editions.schema.value import Kind, Texts, Value


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
