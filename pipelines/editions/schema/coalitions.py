"""`coalitions.json`: combinations that reach a majority, and stated positions."""

from datetime import date
from typing import Literal

from pipelines.editions.schema.value import Language, Value


class Combination(Value):
    """Lists that reach a majority in the central allocation, none to spare, with their joint odds."""

    lists: list[str]
    seats_median: float
    p_majority: float


class Statement(Value):
    """A stated position: whom a list ruled out, under which condition, where and when it was said.

    `quote_language` is the language of the wording in hand; the other one is our translation of it. `date` is the
    last day of the month where `date_precision` is `month`.
    """

    list: str
    rules_out: tuple[str, ...]
    scope: str
    condition: str | None
    quote: str | None
    is_paraphrase: bool
    source: str
    date: date
    condition_he: str | None = None
    quote_he: str | None = None
    quote_language: Language = "en"
    source_he: str | None = None
    date_precision: Literal["day", "month"] = "day"
    url: str | None = None


class Coalitions(Value):
    """`coalitions.json`: a few combinations that reach a majority, and the stated positions."""

    majority: int
    combinations: list[Combination]
    statements: list[Statement]
