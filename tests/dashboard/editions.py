"""Small editions made up for these tests: four lists, two blocs, seeded draws, published through the real store."""

from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from electoral.apparentement import SurplusAgreement
from electoral.draws import SeatDraws, ShareDraws, seat_draws
from electoral.lists import Bloc
from electoral.printed_allocation import printed_allocation
from electoral.projection import bloc_seats, p_largest, p_majority, summarise
from electoral.rules import ElectoralRules, Formula
from pipelines.editions.edition import on_grid, share_units
from pipelines.editions.schema import (
    Alternative,
    ApartPollster,
    Ban,
    BlocProjection,
    BlocReference,
    Coalitions,
    Combination,
    Dot,
    ElectionReference,
    ElectorateReference,
    Event,
    Firm,
    HouseEffect,
    Licence,
    ListProjection,
    ListReference,
    ListSeats,
    Manifest,
    Named,
    PastRecord,
    PollCoverage,
    PollRow,
    Polls,
    PollSpread,
    Pollsters,
    PollValue,
    Projection,
    Reference,
    Statement,
    Summary,
    Trend,
    TrendLine,
)
from pipelines.editions.store import SEATS_FILE, SHARES_FILE, Edition, EditionStore, draws_table, to_json

LISTS = {"alpha": "אלפא", "beta": "ביתא", "gamma": "גמא", "delta": "דלתא"}
BLOCS = {"north": ("alpha", "gamma"), "south": ("beta", "delta")}
RULES = ElectoralRules(120, Fraction(13, 400), Formula.DHONDT)
AGREEMENTS = (SurplusAgreement("alpha", "gamma"),)
HOUSE, MAJORITY, DRAWS = 120, 61, 2000
DAYS = 60
ELECTORATE = ElectorateReference(
    id="il",
    names={"en": "Testland", "he": "ארץ הבדיקה"},
    languages=("en", "he"),
    zone="Asia/Jerusalem",
    unit="seats",
    headline="bloc",
    words={"en": {"house": "Diet", "the_house": "the Diet"}, "he": {"house": "בית", "the_house": "הבית"}},
    licences=[Licence(source="press", attributions={"en": "The press", "he": "העיתונות"}, licences={"en": "quoted"})],
)


def draws(seed: int = 1) -> SeatDraws:
    """The seats of the shares; delta fails in about half of the draws."""
    return seat_draws(shares(seed), RULES, AGREEMENTS)


def shares(seed: int = 1) -> ShareDraws:
    """Votes of four lists, one in a hundred for others."""
    rng = np.random.default_rng(seed)
    gamma = rng.uniform(0.07, 0.11, DRAWS)
    delta = np.where(rng.random(DRAWS) < 0.5, rng.uniform(0.034, 0.044, DRAWS), rng.uniform(0.02, 0.031, DRAWS))
    alpha = rng.uniform(0.38, 0.46, DRAWS)
    return on_grid(ShareDraws(tuple(LISTS), np.vstack([alpha, 0.99 - alpha - gamma - delta, gamma, delta])))


def summary(row: np.ndarray) -> Summary:
    return Summary(**{name: getattr(summarise(row), name) for name in Summary.model_fields})


def projection(seats: SeatDraws, **changes: Any) -> Projection:
    """A live projection as of 1 Sep 2019 for a vote on 17 Sep 2019, with some of it changed."""
    largest = p_largest(seats)
    lists = [
        ListProjection(
            id=name,
            names={"en": name.title(), "he": hebrew},
            bloc=next(b for b, m in BLOCS.items() if name in m),
            seats_now=30 if name in ("alpha", "beta") else None,
            trend_seats=float(seats.row(name).mean()),
            trend_share_pct=3.2 if name == "delta" else float(seats.row(name).mean()) / 1.25,
            seats=summary(seats.row(name)),
            nowcast=summary(seats.row(name)),
            p_pass=float((seats.row(name) > 0).mean()),
            p_largest=largest[name],
        )
        for name, hebrew in LISTS.items()
    ]
    blocs = [
        BlocProjection(
            id=bloc,
            names={"en": bloc.title(), "he": "צפון" if bloc == "north" else "דרום"},
            lists=list(members),
            seats=summary(bloc_seats(seats, members)),
            p_majority=p_majority(seats, members, MAJORITY),
        )
        for bloc, members in BLOCS.items()
    ]
    values: dict[str, Any] = {
        "election": "test-1",
        "election_date": date(2019, 9, 17),
        "as_of": date(2019, 9, 1),
        "edition": "",
        "kind": "live",
        "days_to_election": 16,
        "house_size": HOUSE,
        "majority": MAJORITY,
        "threshold_pct": 3.25,
        "draws": DRAWS,
        "seed": 1,
        "fallback": [],
        "warnings": [],
        "polls": PollCoverage(used=12, latest_fieldwork_end=date(2019, 8, 30), pollsters=2),
        "lists": lists,
        "blocs": blocs,
        "allocation": dict(printed_allocation(seats, [Bloc(bloc.id, tuple(bloc.lists)) for bloc in blocs]).seats),
        "result": None,
    }
    return Projection(**{**values, **changes})


def trend(seats: SeatDraws, days: int = DAYS, as_of: date = date(2019, 9, 1), polls: int = 12) -> Trend:
    """A line a list, broken for three days, thin at its beginning, with a dot every few days."""
    dates = [as_of - timedelta(days=days - 1 - at) for at in range(days)]
    lines = []
    for name in LISTS:
        level = float(seats.row(name).mean())
        seat = [None if 20 <= at < 23 else round(level + np.sin(at / 9), 3) for at in range(days)]
        share = [None if value is None else value / 120 for value in seat]
        dots = [
            Dot(
                date=dates[at * (days - 1) // polls],
                poll=f"p{at}",
                share=level / 120,
                seats=round(level),
                composed=False,
            )
            for at in range(polls)
        ]
        lines.append(
            TrendLine(
                id=name,
                share=share,
                share_low=_moved(share, -0.01),
                share_high=_moved(share, 0.01),
                seats=seat,
                seats_low=_moved(seat, -1.2),
                seats_high=_moved(seat, 1.2),
                lowess_share=share,
                lowess_seats=seat,
                mean_14_share=share,
                mean_14_seats=seat,
                thin=[at < 10 for at in range(days)],
                fallback=None,
                dots=dots,
            )
        )
    return Trend(dates=dates, lines=lines, parameters={}, converged=True, house_effects=house_effects())


def house_effects() -> list[HouseEffect]:
    """Two firms: one clearly high for alpha, one that is not clearly anything."""
    gaps = {("firm", "alpha"): 1.2, ("other", "alpha"): -1.2, ("firm", "beta"): -0.3, ("other", "beta"): 0.3}
    return [
        HouseEffect(pollster=firm, list=name, effect_pct=gap, low_pct=gap - 0.8, high_pct=gap + 0.8, polls=7)
        for (firm, name), gap in gaps.items()
    ]


def pollsters() -> Pollsters:
    """Firm stands apart and has a past; other has none."""
    base = projection(draws(seed=2))
    other = Alternative(
        lists=[ListSeats(id=item.id, seats=item.nowcast, p_pass=item.p_pass) for item in base.lists], blocs=base.blocs
    )
    past = PastRecord(
        election="test-0", polls=4, month_error_pct=1.5, last_error_pct=1.1, field_error_pct=1.2, skill=1.25
    )
    return Pollsters(
        firms=[
            Firm(pollster="firm", polls=7, latest_fieldwork_end=date(2019, 8, 30), record=[past]),
            Firm(pollster="other", polls=2, latest_fieldwork_end=date(2019, 8, 9), record=[]),
        ],
        apart=[
            ApartPollster(
                pollster="firm",
                bloc="north",
                gap_seats=2.1,
                low_seats=0.9,
                high_seats=3.2,
                without=other,
                if_right=other,
            )
        ],
        spread=PollSpread(ratio=0.7, polls=12, days=30),
    )


def _moved(values: list[float | None], by: float) -> list[float | None]:
    return [None if value is None else value + by for value in values]


def reference(**names: str) -> Reference:
    """Names and colours; `alpha="…"` renames a list, `pollster="…"` the first pollster."""
    lists = [
        ListReference(
            id=name,
            names={"en": names.get(name, name.title()), "he": names.get(name, hebrew)},
            shorts={"en": names.get(name, name.title()), "he": names.get(name, hebrew)},
            colour_light="#1F5AA5",
            colour_dark="#507EB9",
            ballot_letters=None,
            kind="ballot",
            stands=True,
        )
        for name, hebrew in LISTS.items()
    ]
    blocs = [
        BlocReference(
            id=bloc,
            names={"en": bloc.title(), "he": "צפון" if bloc == "north" else "דרום"},
            colour_light="#1F5AA5",
            colour_dark="#507EB9",
            lists=list(members),
            sources={"en": "the editors"},
        )
        for bloc, members in BLOCS.items()
    ]
    firm = names.get("pollster", "Firm")
    return Reference(
        electorate=ELECTORATE,
        election=ElectionReference(
            id="test-1",
            names={"en": "Test election", "he": "בחירות לבדיקה"},
            election_date=date(2019, 9, 17),
            lists_close_date=date(2019, 8, 1),
        ),
        lists=lists,
        blocs=blocs,
        pollsters=[Named(id="firm", names={"en": firm, "he": firm})],
        publishers=[],
        events=[
            Event(date=date(2019, 8, 1), texts={"en": "Lists close", "he": "הרשימות נסגרות"}, sources={"en": "press"}),
            Event(
                date=date(2019, 8, 2),
                texts={"en": "The day after", "he": "למחרת"},
                sources={"en": "https://example.org/a"},
            ),
        ],
        agreements=[("alpha", "gamma")],
    )


def poll(day: date, seats: dict[str, float], pollster: str = "firm", kind: str = "poll") -> PollRow:
    """One poll; a list left out was not asked."""
    values = [
        PollValue(
            list=name,
            label=name,
            status="seats" if name in seats else "not_asked",
            seats=seats.get(name),
            pct=None,
            share=None,
            derivation=None,
        )
        for name in LISTS
    ]
    return PollRow(
        poll=f"{day}-{pollster}",
        kind=kind,
        pollster=pollster,
        publisher=None,
        fieldwork_start=None,
        fieldwork_end=day,
        published_date=None,
        known_from=day,
        known_from_assumed=True,
        sample_size=None,
        source="press",
        revision=1,
        ruling=None,
        values=values,
    )


def coalitions() -> Coalitions:
    statement = Statement(
        list="gamma",
        rules_out=["beta"],
        scope="government",
        conditions={"en": "if led by B"},
        quotes={"en": "Never"},
        sources={"en": "press"},
        is_paraphrase=False,
        date=date(2019, 7, 1),
    )
    combination = Combination(lists=["alpha", "beta"], seats_median=107.0, p_majority=1.0)
    return Coalitions(majority=MAJORITY, combinations=[combination], statements=[statement])


def _with_dots(trend: Trend, dots: dict[str, list[Dot]]) -> Trend:
    lines = [line.model_copy(update={"dots": dots.get(line.id, line.dots)}) for line in trend.lines]
    return trend.model_copy(update={"lines": lines})


def publish(
    processed: Path,
    election: str = "test-1",
    *,
    election_date: date = date(2019, 9, 17),
    names: dict[str, str] | None = None,
    ban: tuple[datetime, datetime] | None = None,
    record: bytes | None = None,
    more_polls: tuple[PollRow, ...] = (),
    dots: dict[str, list[Dot]] | None = None,
    electorate: ElectorateReference = ELECTORATE,
    **changes: Any,
) -> Edition:
    """One edition, published; `changes` are values of its projection, `names` rename what is in it."""
    seats = draws()
    base = projection(seats, election=election, election_date=election_date, **changes)
    edition = f"{base.as_of}-{'0' * 8}"
    named = reference(**(names or {}))
    facts = {
        "id": election,
        "election_date": election_date,
        "bans": [Ban(kind="all", start=ban[0], end=ban[1])] if ban else [],
    }
    named = named.model_copy(update={"electorate": electorate, "election": named.election.model_copy(update=facts)})
    polls = [
        poll(date(2019, 8, 20), {"alpha": 49, "beta": 60, "gamma": 11}),
        poll(date(2019, 8, 30), {"alpha": 50, "beta": 58, "gamma": 12}),
        *more_polls,
    ]
    files = {
        "projection.json": to_json(base.model_copy(update={"edition": edition})),
        "trend.json": to_json(_with_dots(trend(seats, as_of=base.as_of), dots or {})),
        "polls.json": to_json(Polls(election=election, as_of=base.as_of, edition=edition, polls=polls)),
        "coalitions.json": to_json(coalitions()),
        "pollsters.json": to_json(pollsters()),
        "reference.json": to_json(named),
        SEATS_FILE: draws_table(seats.lists, seats.seats),
        SHARES_FILE: draws_table(seats.lists, share_units(shares())),
    }
    if record is not None:
        files["record.json"] = record
    manifest = Manifest(
        election=election,
        as_of=base.as_of,
        kind=base.kind,
        edition=edition,
        inputs={},
        code="",
        libraries={},
        parameters={},
        files={},
    )
    processed.mkdir(parents=True, exist_ok=True)
    return EditionStore(processed).publish(manifest, files)
