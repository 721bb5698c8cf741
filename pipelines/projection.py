"""From the polls known on a day to the files of an edition: trend, polling error, draws, seats."""

from collections.abc import Callable, Sequence
from datetime import date

from pydantic import ValidationError

from electoral.draws import SeatDraws, seat_draws
from electoral.polls import Poll
from electoral.shares import ShareDraws
from pipelines import assemble
from pipelines.asof import are_lists_closed
from pipelines.assemble.night import ApartReading, Night
from pipelines.calibration import taught
from pipelines.contenders import fit_trend
from pipelines.editions.edition import SEATS_FILE, SHARES_FILE, draws_table, on_grid, share_units
from pipelines.editions.schema import Manifest
from pipelines.editions.store import to_json
from pipelines.electorate import Campaign, Reference
from pipelines.electorate.record import known_record
from pipelines.errors import EditionRefused, TooManyPolls
from pipelines.forecast import share_draws
from pipelines.forecast.outliers import centres_if_right, standing_apart
from pipelines.forecast.polling_error import PollingError
from pipelines.past_elections import held_before, past_election
from pipelines.request import Progress, RefreshRequest
from pipelines.trend.lines import CampaignTrend

MOST_POLLS = 5_000  # of a campaign: a minute of fitting and 1 GB; the longest one had 908


def work_out(
    request: RefreshRequest,
    reference: Reference,
    campaign: Campaign,
    manifest: Manifest,
    known: Sequence[tuple[Poll, int]],
    progress: Progress,
) -> dict[str, bytes]:
    """The files of one edition, by name; raises NothingKnown, TooManyPolls or EditionRefused."""
    election, as_of = campaign.election, manifest.as_of
    if len(known) > MOST_POLLS:
        raise TooManyPolls(
            f"{election.id}: {len(known):,} polls are known, the model takes {MOST_POLLS:,} of a campaign; look in"
            f" {request.data_dir / 'raw/snapshots'} for a file that was imported by mistake"
        )
    progress(election.id, "fitting the trend")
    trend = fit_trend(campaign, [poll for poll, _ in known], as_of)
    progress(election.id, "learning from past elections")
    raw = request.raw
    past = {held.election.id: past_election(raw, reference, held) for held in held_before(reference, as_of)}
    error = taught(request.processed, manifest, past.values())
    progress(election.id, f"simulating {request.draws:,} elections")
    nowcast, projected = draw_votes(campaign, trend, error, as_of, request.draws, request.seed)
    nowcast, projected = on_grid(nowcast), projected and on_grid(projected)
    names = {line.list for line in trend.lines}
    agreements = tuple(pair for pair in campaign.agreements_known(as_of) if {pair.list_a, pair.list_b} <= names)

    def seats(shares: ShareDraws) -> SeatDraws:
        return seat_draws(shares, election.rules, agreements)

    night = Night(
        campaign=campaign,
        reference=reference,
        edition=manifest.edition,
        as_of=as_of,
        kind=manifest.kind,
        seed=request.seed,
        polls=known,
        trend=trend,
        shares=projected or nowcast,
        nowcast=seats(nowcast),
        election_day=seats(projected) if projected else None,
        agreements=tuple((pair.list_a, pair.list_b) for pair in agreements),
        past=past,
        apart=_apart(campaign, trend, [poll for poll, _ in known], error, as_of, request, seats, progress),
        is_result_known=request.today > election.vote_date,
    )
    _check_draws(night)
    record = known_record(raw, reference, campaign, as_of)
    try:
        return _files(night) | ({"record.json": record} if record else {})
    except ValidationError as error:  # NaN, an unknown word: the values themselves refuse it
        raise EditionRefused(f"{manifest.edition}: {error.errors()[0]['msg']}; nothing was published") from error


def draw_votes(
    campaign: Campaign, trend: CampaignTrend, error: PollingError, as_of: date, count: int, seed: int
) -> tuple[ShareDraws, ShareDraws | None]:
    """Vote shares of a vote held on the as-of day and, once the lists are closed, of election day."""
    day, election = as_of.toordinal(), campaign.election
    bloc = campaign.main_bloc()
    centres = share_draws.nowcast_centres(trend.lines, campaign.lists)
    seeds = share_draws.seed_for(seed, election.id, day, "nowcast")
    nowcast = share_draws.draw(centres, error, 0, count, seeds, bloc)
    if not are_lists_closed(campaign, as_of):
        return nowcast, None
    centres = share_draws.election_centres(trend.lines, campaign.lists, float(day))
    ahead = (election.vote_date - as_of).days
    seeds = share_draws.seed_for(seed, election.id, day, "election-day")
    return nowcast, share_draws.draw(centres, error, ahead, count, seeds, bloc)


def _apart(
    campaign: Campaign,
    trend: CampaignTrend,
    polls: Sequence[Poll],
    error: PollingError,
    as_of: date,
    request: RefreshRequest,
    seats: Callable[[ShareDraws], SeatDraws],
    progress: Progress,
) -> list[ApartReading]:
    """The same night without each pollster that stands apart, and by its own lean; the same random numbers."""
    election, bloc = campaign.election, campaign.main_bloc()
    day = as_of.toordinal()
    is_projected = are_lists_closed(campaign, as_of)
    ahead = (election.vote_date - as_of).days if is_projected else 0
    seeds = share_draws.seed_for(request.seed, election.id, day, "election-day" if is_projected else "nowcast")
    readings = []
    for gap in standing_apart(trend.lines, bloc, election.rules.house_size):
        progress(election.id, f"the same without {gap.pollster}")
        others = [poll for poll in polls if poll.pollster != gap.pollster]
        lines = fit_trend(campaign, others, as_of, trend.parameters).lines
        if {line.list for line in lines} != {line.list for line in trend.lines}:
            continue  # a list that only this pollster asks about has no reading without it
        without = (
            share_draws.election_centres(lines, campaign.lists, float(day))
            if is_projected
            else share_draws.nowcast_centres(lines, campaign.lists)
        )
        drawn = [
            seats(on_grid(share_draws.draw(centres, error, ahead, request.draws, seeds, bloc)))
            for centres in (without, centres_if_right(trend.lines, campaign.lists, gap.pollster))
        ]
        readings.append(ApartReading(gap, *drawn))
    return readings


def _files(night: Night) -> dict[str, bytes]:
    headline = night.headline
    return {
        "projection.json": to_json(assemble.projection(night)),
        "polls.json": to_json(assemble.polls(night)),
        "trend.json": to_json(assemble.trend(night)),
        "coalitions.json": to_json(assemble.coalitions(night)),
        "pollsters.json": to_json(assemble.pollsters(night)),
        "reference.json": to_json(assemble.reference(night)),
        SEATS_FILE: draws_table(headline.lists, headline.seats),
        SHARES_FILE: draws_table(night.shares.lists, share_units(night.shares)),
    }


def _check_draws(night: Night) -> None:
    """Every draw must fill the house; ShareDraws has refused NaN, negative shares and sums above one."""
    house = night.campaign.election.rules.house_size
    for name, draws in (("nowcast", night.nowcast), ("election day", night.election_day)):
        if draws is not None and (draws.seats.sum(axis=0) != house).any():
            raise EditionRefused(f"{name}: not every draw adds up to {house} seats; nothing was published")
