"""`coalitions.json`: combinations that reach a majority, and stated positions."""

from datetime import date
from typing import Literal

from pydantic import Field

from pipelines.editions.schema.projection import Summary
from pipelines.editions.schema.value import Texts, Value


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
