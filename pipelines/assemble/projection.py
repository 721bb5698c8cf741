"""What a refresh worked out, and `projection.json`, `coalitions.json`, `pollsters.json` of it: seats and chances."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property

import numpy as np

from electoral import projection as summary
from electoral.apparentement import SurplusAgreement
from electoral.coalition_odds import winning_sets
from electoral.draws import SeatDraws, ShareDraws
from electoral.lists import Bloc
from electoral.polls import Poll
from electoral.printed_allocation import PrintedAllocation, printed_allocation
from pipelines.editions import schema as edition
from pipelines.editions.schema import Kind
from pipelines.electorate import Campaign, Names, Reference
from pipelines.electorate.columns import CoalitionRow, StatementRow
from pipelines.forecast.polling_error import PastElection
from pipelines.forecast.pollsters import Apart, firm_records, spread
from pipelines.trend.lines import CampaignTrend, latest_levels, seats_on_last_day
from pipelines.trend.local_level import has_pooled_houses
from pipelines.trend.observations import Floats, closed, to_share

STALE_DAYS = 7  # polls that end this long before the as-of day stop short of it
COMBINATIONS_SHOWN = 12
BRIDGE_DIGITS = 1  # as pages print expected seats, so that what a reader adds adds up


@dataclass(frozen=True, slots=True)
class ApartReading:
    """A pollster that stands apart, and the draws without it and by its own lean."""

    gap: Apart
    without: SeatDraws
    if_right: SeatDraws


def print_seats(campaign: Campaign, draws: SeatDraws) -> PrintedAllocation:
    """The allocation nearest to draws of a campaign, in its lists and in its blocs."""
    blocs = (Bloc(bloc.id, tuple(name for name in bloc.lists if name in draws.lists)) for bloc in campaign.blocs())
    return printed_allocation(draws, [bloc for bloc in blocs if bloc.lists])


@dataclass(frozen=True)
class Night:
    """What one refresh of one campaign worked out, before it is put into words and files."""

    campaign: Campaign
    reference: Reference
    edition: str
    as_of: date
    kind: Kind
    seed: int
    polls: Sequence[tuple[Poll, int]]
    trend: CampaignTrend
    shares: ShareDraws
    nowcast: SeatDraws
    election_day: SeatDraws | None
    reference_draws: SeatDraws
    agreements: tuple[tuple[str, str], ...]
    past: Mapping[str, PastElection]
    apart: Sequence[ApartReading]
    is_result_known: bool

    @cached_property
    def printed(self) -> PrintedAllocation:
        """The seats every page, file and answer prints: the allocation nearest to all draws."""
        return print_seats(self.campaign, self.headline)

    @property
    def surplus_agreements(self) -> tuple[SurplusAgreement, ...]:
        """The agreements the draws were made with."""
        return tuple(SurplusAgreement(*pair) for pair in self.agreements)

    @property
    def headline(self) -> SeatDraws:
        """The draws a page speaks of: election day, or the nowcast while the lists are open."""
        return self.election_day or self.nowcast

    @property
    def modelled(self) -> list[tuple[Poll, int]]:
        used = set(self.trend.used)
        return [(poll, revision) for poll, revision in self.polls if poll.id in used]


def projection(night: Night) -> edition.Projection:
    """`projection.json`, DESIGN.md §3."""
    campaign, rules = night.campaign, night.campaign.election.rules
    allocation = night.printed.seats
    used = [poll for poll, _ in night.modelled]
    rows = _list_projections(night)
    order = sorted(rows, key=lambda row: (-allocation[row.id], -row.trend_share_pct, row.id))
    return edition.Projection(
        election=campaign.election.id,
        election_date=campaign.election.vote_date,
        as_of=night.as_of,
        edition=night.edition,
        kind=night.kind,
        days_to_election=(campaign.election.vote_date - night.as_of).days,
        house_size=rules.house_size,
        majority=rules.majority,
        threshold_pct=float(rules.threshold * 100),
        draws=night.headline.draws,
        seed=night.seed,
        fallback=[line.list for line in night.trend.lines if line.fallback],
        warnings=_warnings(night, used),
        polls=edition.PollCoverage(
            used=len(used),
            latest_fieldwork_end=max(poll.fieldwork.end for poll in used),
            pollsters=len({poll.pollster for poll in used}),
            families=len({campaign.electorate.family_of(poll.pollster) or poll.pollster for poll in used}),
        ),
        lists=order,
        blocs=bloc_projections(night, night.headline),
        allocation={row.id: allocation[row.id] for row in order},
        result=_result(campaign) if night.is_result_known else None,
        bridge=bridge(night),
    )


def _list_projections(night: Night) -> list[edition.ListProjection]:
    campaign, headline = night.campaign, night.headline
    shares = {line.list: float(line.share[-1]) for line in night.trend.lines}
    levels, others = latest_levels(night.trend.lines), night.trend.others_share
    seats = seats_on_last_day(tuple(shares), levels, others, campaign.election.rules, night.surplus_agreements)
    p_pass, p_largest = summary.p_pass(headline), summary.p_largest(headline)
    outgoing = campaign.outgoing_seats(night.as_of)
    blocs = {row.list: row.bloc for row in campaign.bloc_members}
    return [
        edition.ListProjection(
            id=name,
            names=campaign.list_names(name),
            bloc=blocs.get(name),
            seats_now=outgoing.get(name),
            trend_seats=seats[name],
            trend_share_pct=100 * share,
            seats=seat_summary(night.election_day.row(name)) if night.election_day else None,
            nowcast=seat_summary(night.nowcast.row(name)),
            p_pass=p_pass[name],
            p_largest=p_largest[name],
        )
        for name, share in shares.items()
    ]


def seat_summary(row: np.ndarray) -> edition.Summary:
    """Seats over draws (draws,) as an edition keeps them."""
    return edition.Summary(**asdict(summary.summarise(row)))


def bloc_projections(night: Night, draws: SeatDraws) -> list[edition.BlocProjection]:
    """Every recorded bloc over some draws of this night."""
    rules, names = night.campaign.election.rules, night.campaign.names
    projections = []
    for bloc in night.campaign.blocs():
        lists = [name for name in bloc.lists if name in draws.lists]
        if lists:
            together = summary.bloc_seats(draws, lists)
            projections.append(
                edition.BlocProjection(
                    id=bloc.id,
                    names=names.texts("bloc", bloc.id),
                    lists=lists,
                    seats=seat_summary(together),
                    p_majority=summary.reach(together, rules.majority),
                )
            )
    return projections


def _result(campaign: Campaign) -> dict[str, int] | None:
    """The official seats of every list that won any; None where no result is recorded."""
    won = {row.list: row.seats for row in campaign.results if row.seats}
    return dict(sorted(won.items(), key=lambda item: (-item[1], item[0]))) or None


def _warnings(night: Night, used: Sequence[Poll]) -> list[str]:
    """Codes of what a reader should know; the dashboard has the sentences."""
    newest = max(poll.fieldwork.end for poll in used)
    checks = {
        "publication-dates-unknown": any(poll.published_date is None for poll in used),
        "sample-sizes-assumed": any(poll.sample_size is None for poll in used),
        "polls-stop-short": (night.as_of - newest).days > STALE_DAYS,
        "lists-not-closed": night.election_day is None,
        "trend-constants": not night.trend.parameters.converged,
        "small-firms-share-a-lean": any(has_pooled_houses(line.rows) for line in night.trend.lines),
        "no-result-recorded": night.is_result_known and _result(night.campaign) is None,
        "blocs-not-recorded": not night.campaign.bloc_members,
    }
    return [code for code, holds in checks.items() if holds]


def bridge(night: Night) -> list[edition.BridgeRow]:
    """From polls to the printed seats, step by step: what each step does to a list and to a bloc, in expected seats.

    A row's start and its steps add to its printed seats, and a bloc's are its lists'.
    """
    names = [line.list for line in night.trend.lines]
    stages = dict(zip(names, np.round(_stages(night), BRIDGE_DIGITS), strict=True))
    blocs = ((bloc.id, [name for name in bloc.lists if name in stages]) for bloc in night.campaign.blocs())
    rows = [_bridge_row(name, None, [stage]) for name, stage in stages.items()]
    return rows + [_bridge_row(None, bloc, [stages[name] for name in lists]) for bloc, lists in blocs if lists]


def _stages(night: Night) -> Floats:
    """Seats (lists, stages): shares alone, through the rule, of the firms in the field, over all draws, printed."""
    smoothed, variance = np.array([line.level for line in night.trend.lines]).T
    of_all = closed(smoothed, night.trend.others_share)
    shares = to_share(of_all)
    stages: Iterable[Sequence[float] | Floats] = (
        night.campaign.election.rules.house_size * shares / shares.sum(),
        _expected(night, list(zip(of_all.tolist(), variance.tolist(), strict=True))),
        _expected(night, latest_levels(night.trend.lines)),
        night.headline.seats.mean(axis=1),
        [night.printed.seats[line.list] for line in night.trend.lines],
    )
    return np.array(list(stages), dtype=np.float64).T


def _expected(night: Night, levels: Sequence[tuple[float, float]]) -> list[float]:
    names = tuple(line.list for line in night.trend.lines)
    others, rules = night.trend.others_share, night.campaign.election.rules
    return list(seats_on_last_day(names, levels, others, rules, night.surplus_agreements).values())


def _bridge_row(of_list: str | None, of_bloc: str | None, stages: Sequence[Floats]) -> edition.BridgeRow:
    levels = np.sum(stages, axis=0)
    threshold, firms, error, printing = np.round(np.diff(levels), BRIDGE_DIGITS).tolist()
    return edition.BridgeRow(
        list=of_list,
        bloc=of_bloc,
        shares_seats=round(float(levels[0]), BRIDGE_DIGITS),
        threshold_and_rounding_seats=threshold,
        firms_in_the_field_seats=firms,
        polling_error_seats=error,
        allocation_seats=printing,
        printed_seats=int(levels[-1]),
    )


def coalitions(night: Night) -> edition.Coalitions:
    """`coalitions.json`: combinations that just reach a majority, fewest lists first, then by their odds."""
    campaign, headline = night.campaign, night.headline
    majority = campaign.election.rules.majority
    combinations = winning_sets(headline, night.printed.seats, majority, COMBINATIONS_SHOWN)
    return edition.Coalitions(
        majority=majority,
        combinations=[edition.Combination(**asdict(row)) for row in combinations],
        statements=_statements(campaign, night.as_of),
        majorities=[_majority(row, night) for row in campaign.coalitions if set(row.lists) & set(headline.lists)],
    )


def _statements(campaign: Campaign, as_of: date) -> list[edition.Statement]:
    return [_statement(row, campaign.names) for row in campaign.statements if row.date <= as_of]


def _statement(row: StatementRow, names: Names) -> edition.Statement:
    worded = {language: names.find("statement", row.statement, language) for language in names.languages}
    return edition.Statement(
        list=row.list,
        rules_out=row.rules_out,
        scope=row.scope,
        conditions=names.texts("condition", row.condition) if row.condition else {},
        quotes={language: text.name for language, text in worded.items() if text},
        is_paraphrase=row.is_paraphrase == "yes",
        sources=names.texts("source", row.source),
        date=row.date,
        quote_language=row.quote_language,
        date_precision=row.date_precision or "day",
        url=row.url,
    )


def _majority(row: CoalitionRow, night: Night) -> edition.Majority:
    """A coalition of interest over the draws of this night, of those of its lists that have draws."""
    lists = [name for name in row.lists if name in night.headline.lists]
    names, together = night.campaign.names, summary.bloc_seats(night.headline, lists)
    return edition.Majority(
        id=row.coalition,
        names=names.texts("coalition", row.coalition),
        lists=lists,
        seats=seat_summary(together),
        p_majority=summary.reach(together, night.campaign.election.rules.majority),
        sources=names.texts("source", row.source),
    )


def pollsters(night: Night) -> edition.Pollsters:
    """Every pollster whose polls the trend used, the field's spread, and the readings of those that stand apart."""
    spread_of_polls = spread(night.trend.lines, night.campaign.election.rules.house_size)
    return edition.Pollsters(
        firms=_firms(night),
        apart=[_apart(night, reading) for reading in night.apart],
        spread=edition.PollSpread.model_validate(spread_of_polls, from_attributes=True) if spread_of_polls else None,
    )


def _firms(night: Night) -> list[edition.Firm]:
    records = firm_records(night.past)
    polls = [poll for poll, _ in night.modelled if poll.pollster]
    firms = []
    for firm in sorted({poll.pollster for poll in polls if poll.pollster}):
        own = [poll.fieldwork.end for poll in polls if poll.pollster == firm]
        record = [
            edition.PastRecord.model_validate(row, from_attributes=True) for row in records if row.pollster == firm
        ]
        firms.append(edition.Firm(pollster=firm, polls=len(own), latest_fieldwork_end=max(own), record=record))
    return firms


def _apart(night: Night, reading: ApartReading) -> edition.ApartPollster:
    return edition.ApartPollster(
        pollster=reading.gap.pollster,
        bloc=night.campaign.blocs()[0].id,
        gap_seats=reading.gap.gap_seats,
        low_seats=reading.gap.low_seats,
        high_seats=reading.gap.high_seats,
        without=_alternative(night, reading.without),
        if_right=_alternative(night, reading.if_right),
    )


def _alternative(night: Night, draws: SeatDraws) -> edition.Alternative:
    passes = summary.p_pass(draws)
    return edition.Alternative(
        lists=[
            edition.ListSeats(id=name, seats=seat_summary(draws.row(name)), p_pass=passes[name]) for name in draws.lists
        ],
        blocs=bloc_projections(night, draws),
    )


def odds(night: Night) -> edition.Odds:
    """`odds.json`: what is fixed for scoring, of ours and of the reference on the same polls."""
    campaign = night.campaign
    sets = {bloc.id: bloc.lists for bloc in campaign.blocs()}
    sets |= {row.coalition: row.lists for row in campaign.coalitions}
    majority = campaign.election.rules.majority
    return edition.Odds(
        ours=_forecast_odds(night.headline, sets, majority),
        reference=_forecast_odds(night.reference_draws, sets, majority),
        sets={name: list(lists) for name, lists in sets.items()},
        majority_seats=majority,
    )


def _forecast_odds(draws: SeatDraws, sets: Mapping[str, Sequence[str]], majority: int) -> edition.ForecastOdds:
    passes = summary.p_pass(draws)
    with_draws = {name: [one for one in lists if one in draws.lists] for name, lists in sets.items()}
    return edition.ForecastOdds(
        draws=draws.draws,
        lists=[
            edition.ListOdds(id=name, draws_by_seats=_counted(draws.row(name)), p_pass=passes[name])
            for name in draws.lists
        ],
        p_majority={name: summary.p_majority(draws, lists, majority) for name, lists in with_draws.items() if lists},
    )


def _counted(seats: np.ndarray) -> dict[int, int]:
    """Seat number → draws that have it."""
    return {number: count for number, count in enumerate(np.bincount(seats).tolist()) if count}
