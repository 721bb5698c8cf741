"""The firms of a campaign: gaps from the pollsters' average, past records, who stands apart."""

from collections.abc import Sequence
from datetime import date
from statistics import fmean
from typing import Literal

from dashboard.blocks import Name, Values
from pipelines.editions.schema import HouseEffect, PastRecord


class GapValues(Values):
    """One firm's gap from the pollsters' average for one list, in points of the vote, with 90 %."""

    name: Name
    gap_pct: float
    low_pct: float
    high_pct: float
    polls: int
    stands_out: bool
    colour: str


class GapsValues(Values):
    """Gaps of all firms for a list, or of a firm for all lists; `of` is its id."""

    kind: Literal["gaps"] = "gaps"
    of: str
    gaps: tuple[GapValues, ...]


class Headline(Values):
    """The firms that stand apart."""

    firms: int
    apart: tuple[str, ...]


class ApartFirm(Values):
    """A firm that stands apart: its gap for the bloc, and the bloc's expected seats in the two readings."""

    pollster: str
    gap_seats: float
    without_expected_seats: float | None
    if_right_expected_seats: float | None


class ApartValues(Values):
    """A bloc's expected seats, without a firm that stands apart, and as if it were right."""

    kind: Literal["apart"] = "apart"
    bloc: str
    published_expected_seats: float
    firms: tuple[ApartFirm, ...]


class FirmRecord(Values):
    """A firm's polls of this campaign, its mean error in past elections, and that over the field's (1 is even)."""

    pollster: str
    polls: int
    latest_fieldwork_end_date: date
    mean_error_pct: float | None
    mean_skill: float | None


class RecordsValues(Values):
    """How the firms' polls did in past elections."""

    kind: Literal["records"] = "records"
    firms: tuple[FirmRecord, ...]


class PastRow(PastRecord):
    """A firm's polls in one past election."""

    pollster: str


class PastValues(Values):
    """The same election by election."""

    kind: Literal["past-elections"] = "past-elections"
    rows: tuple[PastRow, ...]


class SpreadValues(Values):
    """How close the last polls sit: observed over expected spread."""

    kind: Literal["spread"] = "spread"
    polls: int
    days: int
    ratio: float


def of_list(effects: Sequence[HouseEffect], list_id: str) -> list[HouseEffect]:
    """Every firm's gap for one list, the highest first."""
    return sorted((row for row in effects if row.list == list_id), key=lambda row: (-row.effect_pct, row.pollster))


def of_firm(effects: Sequence[HouseEffect], pollster: str, order: Sequence[str]) -> list[HouseEffect]:
    """One firm's gaps, lists in the order given."""
    by_list = {row.list: row for row in effects if row.pollster == pollster}
    return [by_list[name] for name in order if name in by_list]


def by_polls(effects: Sequence[HouseEffect]) -> list[str]:
    """The firms with a gap, the one with most polls first."""
    polls: dict[str, int] = {}
    for row in effects:
        polls[row.pollster] = max(polls.get(row.pollster, 0), row.polls)
    return sorted(polls, key=lambda name: (-polls[name], name))


def stands_out(effect: HouseEffect) -> bool:
    """Whether the 90 % interval lies on one side of nought."""
    return effect.low_pct > 0 or effect.high_pct < 0


def mean_skill(record: Sequence[PastRecord]) -> float | None:
    """A firm's error over the field's, averaged over past elections; None without any."""
    return fmean(row.skill for row in record) if record else None


def mean_error(record: Sequence[PastRecord]) -> float | None:
    """The mean error of its final month's polls, in points, averaged over past elections."""
    return fmean(row.month_error_pct for row in record) if record else None
