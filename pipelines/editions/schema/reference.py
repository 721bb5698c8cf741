"""`reference.json`: names, colours, rules, agreements and events as they stood on the as-of day."""

from datetime import date, datetime
from typing import Literal

from electoral.rules import Formula
from pipelines.editions.schema.value import Value


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
    source_he: str | None = None


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
    source_he: str | None = None
    url: str | None = None


class ElectionReference(Value):
    """The election as its reference file has it."""

    id: str
    name_en: str
    name_he: str
    election_date: date
    lists_close_date: date | None
    publication_ban_start: datetime | None
    publication_ban_end: datetime | None


class SeatRule(Value):
    """How seats are given, beside the house size and the threshold of `projection.json`; electoral.rules has the terms.

    The default is what every edition from before it was said was made by.
    """

    formula: Formula = Formula.DHONDT
    stops_at_half: bool = False


class Agreement(Value):
    """A surplus-vote agreement as it was known on the as-of day; only signed ones count in the draws."""

    lists: tuple[str, str]
    status: Literal["signed", "reported", "expected"]
    signed_date: date | None
    source: str
    source_he: str | None
    url: str | None = None


class Reference(Value):
    """`reference.json`. `agreements` are the pairs the draws were made with; `agreements_said` is all that was said.

    In an edition from before it was kept `agreements_said` is null: what was reported then is not known.
    """

    election: ElectionReference
    lists: list[ListReference]
    blocs: list[BlocReference]
    pollsters: list[Named]
    publishers: list[Named]
    events: list[Event]
    agreements: list[tuple[str, str]]
    agreements_said: list[Agreement] | None = None
    seat_rule: SeatRule = SeatRule()
