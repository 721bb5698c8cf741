"""`projection.json`: seats, chances and the central allocation, DESIGN.md §3."""

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np

from electoral import projection as summary
from electoral.draws import SeatDraws
from electoral.polls import Poll
from pipelines.assemble.night import Night
from pipelines.editions import schema as edition
from pipelines.electorate import Campaign
from pipelines.trend.seats import latest_levels, seats_on_last_day

STALE_DAYS = 7  # polls that end this long before the as-of day stop short of it


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
        ),
        lists=order,
        blocs=bloc_projections(night, night.headline),
        allocation={row.id: allocation[row.id] for row in order},
        result=_result(campaign) if night.is_result_known else None,
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
    found = []
    for bloc in night.campaign.blocs():
        lists = [name for name in bloc.lists if name in draws.lists]
        if lists:
            found.append(
                edition.BlocProjection(
                    id=bloc.id,
                    names=names.texts("bloc", bloc.id),
                    lists=lists,
                    seats=seat_summary(summary.bloc_seats(draws, lists)),
                    p_majority=summary.p_majority(draws, lists, rules.majority),
                )
            )
    return found


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
        "no-result-recorded": night.is_result_known and _result(night.campaign) is None,
        "blocs-not-recorded": not night.campaign.bloc_members,
    }
    return [code for code, holds in checks.items() if holds]
