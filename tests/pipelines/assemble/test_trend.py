"""What a share of the votes is worth in seats, on days on which other lists stood than today."""

import csv
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from electoral.lists import ElectoralList, ListKind
from electoral.polls import Fieldwork, Poll, PollKind, ReportedValue, Status
from electoral.rules import ElectoralRules, Formula
from electoral.shares import Contest
from pipelines.assemble.trend import compilations, passing_share
from pipelines.electorate.folder import load
from pipelines.trend.lines import CampaignTrend, draw_lines
from pipelines.trend.local_level import Parameters

RULES = ElectoralRules(120, Fraction("0.0325"), Formula.DHONDT)
THRESHOLD = float(RULES.threshold)
LISTS = {name: ElectoralList(name, ListKind.BALLOT, frozenset({name})) for name in ("big", "middle", "old", "new")}
START = date(2019, 6, 1)
TODAY = START + timedelta(days=80)
CHANGE = 40


def poll(day: int, seats: dict[str, float]) -> Poll:
    values = tuple(ReportedValue(name, name, Status.SEATS, count, None) for name, count in seats.items())
    when = Fieldwork(None, START + timedelta(days=day))
    return Poll(str(day), "e", PollKind.POLL, "house", None, when, None, 600, values, "test")


def trend() -> CampaignTrend:
    """A list with ten seats is no more, and one with thirty is new; the largest keeps its eighty throughout."""
    before = [poll(day, {"big": 80, "middle": 30, "old": 10}) for day in range(0, CHANGE, 4)]
    after = [poll(day, {"big": 80, "middle": 10, "new": 30}) for day in range(CHANGE, 80, 4)]
    parameters = Parameters(0.006, 0.02, 0.5, converged=True)
    return draw_lines(
        [*before, *after], ["big", "middle", "new"], Contest(LISTS, (), RULES, 0.011, 600), TODAY, parameters
    )


def test_a_line_in_seats_stays_where_its_polls_are_whoever_stood_beside_it() -> None:
    fitted = trend()
    (line,) = (line for line in fitted.lines if line.list == "big")
    seats = RULES.house_size * line.share / passing_share(fitted, THRESHOLD)
    steady = abs(fitted.days - START.toordinal() - CHANGE) > 14
    assert seats[steady] == pytest.approx(np.full(steady.sum(), 80.0), abs=2.0)


def test_on_the_last_day_seats_are_shared_by_todays_lists_alone() -> None:
    fitted = trend()
    assert passing_share(fitted, THRESHOLD)[-1] == pytest.approx(sum(line.share[-1] for line in fitted.lines))


def test_a_poll_without_an_address_of_its_own_leads_to_the_compilation_it_stands_in(root: Path) -> None:
    campaign = load(root / "data/raw", ["il"]).campaign("knesset-26")
    title = "Opinion polling for the 2026 Israeli legislative election"
    page = f"https://en.wikipedia.org/wiki/{title.replace(' ', '_')}"
    themadad = "https://themadad.com/allpolls/"
    sources = {
        f"Wikipedia: {title}": [page],
        f"Wikipedia: {title} + n from themadad.com": [page, themadad],
        "Wikipedia polling page (2015)": [page],
        "paper": [],
    }
    for source, expected in sources.items():
        assert list(compilations(replace(poll(0, {}), source=source), campaign)) == expected


def test_every_shipped_row_of_one_file_of_all_polls_leads_to_that_file(root: Path) -> None:
    campaign = load(root / "data/raw", ["se"]).campaign("se-2026")
    rows = csv.DictReader((root / "data/raw/electorates/se/polls/se-2026.csv").read_text(encoding="utf-8").splitlines())
    named = {row["source"] for row in rows}
    addresses = {tuple(compilations(replace(poll(0, {}), source=source), campaign)) for source in named}
    assert addresses == {(campaign.electorate.sources["swedishpolls"].address,)}
