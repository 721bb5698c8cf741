"""A made-up electorate unlike the others: a large house, many lists, no blocs, no agreements, polls in per cent.

It speaks Greek, which there are no words in, lives by the clock of the Chatham Islands, and bans exit polls only.
"""

from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import numpy as np

from electoral.draws import SeatDraws, ShareDraws, seat_draws
from electoral.investiture import Investiture
from electoral.printed_allocation import printed_allocation
from electoral.projection import bloc_seats, p_largest, p_majority
from electoral.rules import ElectoralRules, Formula
from pipelines.editions.edition import on_grid, share_units
from pipelines.editions.schema import (
    Ban,
    Coalitions,
    Dot,
    ElectionReference,
    ElectorateReference,
    Licence,
    ListProjection,
    ListReference,
    Majority,
    Manifest,
    Named,
    PollCoverage,
    PollRow,
    Polls,
    Pollsters,
    PollValue,
    Projection,
    Reference,
    SeatRule,
    Trend,
    TrendLine,
)
from pipelines.editions.store import SEATS_FILE, SHARES_FILE, Edition, EditionStore, draws_table, to_json
from tests.dashboard.editions import summary

ELECTION, AS_OF, VOTE = "diet-7", date(2026, 9, 1), date(2026, 9, 13)
LISTS = tuple(f"list-{number:02}" for number in range(1, 26))
HOUSE, MAJORITY, DRAWS, DAYS = 630, 316, 600, 40
THRESHOLD_PCT = 0.75
ELECTORATE = ElectorateReference(
    id="chatham",
    names={"el": "Τσάταμ", "sv": "Chathamöarna", "en": "Chatham"},
    languages=("el", "sv", "en"),
    zone="Pacific/Chatham",
    unit="share",
    headline="coalition",
    intervals_first=True,
    lead_seats=2,
    words={
        "en": {
            "house": "Diet",
            "the_house": "the Diet",
            "projection": "Outlook",
            "the_projection": "the outlook",
            "exit_polls": "Not before six.",
        }
    },
    licences=[
        Licence(
            source="desk", attributions={"en": "The desk"}, licences={"en": "CC0 1.0"},
            licence_url="https://creativecommons.org/publicdomain/zero/1.0/",
        )
    ],
)  # fmt: skip
RULES = ElectoralRules(HOUSE, Fraction(3, 400), Formula.SAINTE_LAGUE)


def shares() -> ShareDraws:
    """Twenty-five lists from a quarter of the vote down to half a per cent, one in a hundred for others."""
    rng = np.random.default_rng(7)
    weights = np.geomspace(40, 1, len(LISTS))[:, None] * rng.normal(1, 0.08, (len(LISTS), DRAWS)).clip(0.5, 1.5)
    return on_grid(ShareDraws(LISTS, 0.99 * weights / weights.sum(axis=0)))


def spoken(name: str) -> dict[str, str]:
    return {"el": f"{name}-ελ", "en": name}


def projection(seats: SeatDraws, votes: ShareDraws) -> Projection:
    largest = p_largest(seats)
    lists = [
        ListProjection(
            id=name,
            names=spoken(name.title()),
            bloc=None,
            seats_now=None,
            trend_seats=float(seats.row(name).mean()),
            trend_share_pct=100 * float(votes.row(name).mean()),
            seats=summary(seats.row(name)),
            nowcast=summary(seats.row(name)),
            p_pass=float((seats.row(name) > 0).mean()),
            p_largest=largest[name],
        )
        for name in LISTS
    ]
    return Projection(
        election=ELECTION,
        election_date=VOTE,
        as_of=AS_OF,
        edition=f"{AS_OF}-{'0' * 8}",
        kind="live",
        days_to_election=12,
        house_size=HOUSE,
        majority=MAJORITY,
        threshold_pct=THRESHOLD_PCT,
        draws=DRAWS,
        seed=1,
        fallback=[],
        warnings=["blocs-not-recorded"],
        polls=PollCoverage(used=10, latest_fieldwork_end=AS_OF, pollsters=1),
        lists=lists,
        blocs=[],
        allocation=dict(printed_allocation(seats).seats),
        result=None,
    )


def coalitions(seats: SeatDraws) -> Coalitions:
    """Two coalitions of interest, no combination worked out."""
    majorities = [
        Majority(
            id=name, names=spoken(name.title()), lists=list(lists), seats=summary(bloc_seats(seats, lists)),
            p_majority=p_majority(seats, lists, MAJORITY), sources={"en": "The desk"},
        )
        for name, lists in (("uneven", LISTS[::2]), ("even", LISTS[1::2]))
    ]  # fmt: skip
    return Coalitions(majority=MAJORITY, combinations=[], statements=[], majorities=majorities)


def trend(votes: ShareDraws) -> Trend:
    dates = [AS_OF - timedelta(days=DAYS - 1 - at) for at in range(DAYS)]
    lines = []
    for name in LISTS:
        level = float(votes.row(name).mean())
        share = [level * (1 + 0.002 * at) for at in range(DAYS)]
        seats = [HOUSE * value for value in share]
        dots = [Dot(date=day, poll=f"p{at}", share=level, seats=HOUSE * level, composed=False)
                for at, day in enumerate(dates[::4])]  # fmt: skip
        lines.append(
            TrendLine(
                id=name, share=share, share_low=share, share_high=share, seats=seats, seats_low=seats, seats_high=seats,
                lowess_share=share, lowess_seats=seats, mean_14_share=share, mean_14_seats=seats,
                thin=[False] * DAYS, fallback=None, dots=dots,
            )
        )  # fmt: skip
    return Trend(dates=dates, lines=lines, parameters={}, converged=True, house_effects=[])


def polls() -> list[PollRow]:
    """Two polls of one firm in per cent, and one between them in seats."""
    return [
        poll("p0", AS_OF - timedelta(days=9), "share", {name: f"{4 + at * 0.1:.1f}" for at, name in enumerate(LISTS)}),
        poll("p1", AS_OF - timedelta(days=4), "seats", dict.fromkeys(LISTS, "25")),
        poll("p2", AS_OF, "share", {name: f"{4.5 - at * 0.1:.1f}" for at, name in enumerate(LISTS[:-1])}),
    ]


def poll(name: str, day: date, unit: str, printed: dict[str, str]) -> PollRow:
    values = [
        PollValue(
            list=one,
            label=one,
            status=("share" if unit == "share" else "seats") if one in printed else "not_asked",
            seats=float(printed[one]) if unit == "seats" and one in printed else None,
            pct=printed.get(one) if unit == "share" else None,
            share=None,
            derivation=None,
        )
        for one in LISTS
    ]
    return PollRow(
        poll=name, kind="poll", pollster="firm", publisher=None, fieldwork_start=None, fieldwork_end=day,
        published_date=day, known_from=day, known_from_assumed=False, sample_size=1500, source="desk", revision=1,
        ruling=None, values=values, unit=unit,
    )  # fmt: skip


def reference() -> Reference:
    lists = [
        ListReference(
            id=name, names=spoken(name.title()), shorts=spoken(name.title()), colour_light="#1F5AA5",
            colour_dark="#507EB9", ballot_letters=None, kind="ballot", stands=True,
        )
        for name in LISTS
    ]  # fmt: skip
    return Reference(
        electorate=ELECTORATE,
        election=ElectionReference(
            id=ELECTION, names=spoken("Diet 7"), election_date=VOTE, lists_close_date=None,
            bans=[Ban(kind="exit_poll", start=datetime(2026, 8, 30), end=datetime(2026, 9, 13, 18))],
        ),
        lists=lists, blocs=[], publishers=[], events=[], agreements=[],
        pollsters=[Named(id="firm", names=spoken("Firm"))],
        seat_rule=SeatRule(
            formula=Formula.SAINTE_LAGUE, threshold="3/400", agreements=False, investiture=Investiture.NEGATIVE
        ),
    )  # fmt: skip


def publish(processed: Path) -> Edition:
    votes = shares()
    seats = seat_draws(votes, RULES, ())
    edition = f"{AS_OF}-{'0' * 8}"
    files = {
        "projection.json": to_json(projection(seats, votes)),
        "trend.json": to_json(trend(votes)),
        "polls.json": to_json(Polls(election=ELECTION, as_of=AS_OF, edition=edition, polls=polls())),
        "coalitions.json": to_json(coalitions(seats)),
        "pollsters.json": to_json(Pollsters(firms=[], apart=[], spread=None)),
        "reference.json": to_json(reference()),
        SEATS_FILE: draws_table(seats.lists, seats.seats),
        SHARES_FILE: draws_table(seats.lists, share_units(votes)),
    }
    manifest = Manifest(
        election=ELECTION, electorate=ELECTORATE.id,
        as_of=AS_OF, kind="live", edition=edition, inputs={}, code="", libraries={}, parameters={},
        files={},
    )  # fmt: skip
    processed.mkdir(parents=True, exist_ok=True)
    return EditionStore(processed).publish(manifest, files)
