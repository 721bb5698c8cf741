"""The steps from polls to an edition: who contends, trend, polling error, draws, seats, values.

`refresh.py` calls them in order. What past elections teach is learned once and kept by its hash.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from electoral.apparentement import SurplusAgreement
from electoral.draws import SeatDraws, ShareDraws, seat_draws
from electoral.polls import Poll
from pipelines.assemble.projection import ApartReading, Night, coalitions, odds, pollsters, projection
from pipelines.assemble.reference import reference
from pipelines.assemble.trend import polls as polls_file
from pipelines.assemble.trend import trend as trend_file
from pipelines.editions import files
from pipelines.editions.edition import SEATS_FILE, SHARES_FILE, draws_table, on_grid, share_units
from pipelines.editions.schema import Manifest
from pipelines.editions.store import to_json
from pipelines.electorate import Campaign, Reference, known_record
from pipelines.errors import EditionRefused, NothingKnown
from pipelines.forecast.polling_error import (
    FROM_ABROAD,
    STEADY,
    Centre,
    Noise,
    PastElection,
    PollingError,
    draw,
    learn,
    line_centres,
    others_of,
    seed_for,
    student_t,
    week_centres,
)
from pipelines.forecast.pollsters import centres_if_right, standing_apart
from pipelines.ingest.archive import accept
from pipelines.ingest.run import shipped_fingerprint
from pipelines.request import Progress, RefreshRequest, are_lists_closed, held_before
from pipelines.trend.lines import CampaignTrend, draw_lines
from pipelines.trend.local_level import Parameters
from pipelines.trend.observations import observe, observe_others

FRESH_DAYS = 35  # while lists are open, one that nobody has polled for this long is no contender
FOLDER = "calibration"
PollingErrorFile = TypeAdapter(PollingError)
_REFERENCE_DRAWS = 20_000
Purpose = Literal["nowcast", "election-day"]


def fit_trend(
    campaign: Campaign, polls: Sequence[Poll], as_of: date, parameters: Parameters | None = None
) -> CampaignTrend:
    """The trend over the lists that contend on the as-of day; raises NothingKnown where no poll is known."""
    election, contest = campaign.election, campaign.contest
    targets = tuple(sorted(campaign.standing_lists(as_of)))  # a draw's noise goes by it, and by no order of rows
    if not are_lists_closed(campaign, as_of):
        recent = [poll for poll in polls if (as_of - poll.fieldwork.end).days <= FRESH_DAYS]
        covered = set(observe(recent, targets, contest)["list"])
        targets = tuple(name for name in targets if name in covered)
    trend = draw_lines(polls, targets, contest, as_of, parameters)
    if not trend.lines:
        raise NothingKnown(
            f"no poll of {election.id} from the {FRESH_DAYS} days up to {as_of} is known ({len(polls)} older ones are);"
            " import newer polls, or give an --as-of nearer to the last one (lists_close_date, once past, needs none)"
        )
    return trend


@dataclass(frozen=True, slots=True)
class _PastCampaign:
    """A past election to learn from; two are the same where their raw bytes are."""

    raw: Path = field(compare=False)
    mark: str
    election: str
    campaign: Campaign = field(compare=False)


def past_election(raw: Path, campaign: Campaign) -> PastElection:
    """Polls of the lists that stood at the vote, beside their results; made once per process and raw bytes."""
    return _read(_PastCampaign(raw, shipped_fingerprint(raw, campaign), campaign.election.id, campaign))


def past_elections(raw: Path, reference: Reference, campaign: Campaign, as_of: date) -> dict[str, PastElection]:
    """The elections of a campaign's electorate that teach on an as-of day, by id, oldest first."""
    campaigns = held_before(reference, campaign.electorate.id, as_of)
    return {past.election.id: past_election(raw, past) for past in campaigns}


@lru_cache(maxsize=4096)
def _read(past: _PastCampaign) -> PastElection:
    return as_past_election(past.campaign, accept(past.raw, past.campaign)[0])


def as_past_election(campaign: Campaign, polls: Sequence[Poll]) -> PastElection:
    """What a campaign whose polls and result are known teaches."""
    election = campaign.election
    targets, contest = campaign.standing_lists(election.vote_date), campaign.contest
    frame = observe(polls, targets, contest)
    votes = {row.list: row.votes for row in campaign.results}
    valid = sum(votes.values())
    return PastElection(
        rows_by_list={str(name): rows for name, rows in frame.groupby("list")},
        vote_day=float(election.vote_date.toordinal()),
        result_share={name: count / valid for name, count in votes.items()},
        others=observe_others(polls, targets, contest),
        assumed_others_share=contest.others_share,
        steady=frozenset(name for name, fact in campaign.lists.items() if STEADY in fact.attributes),
    )


def learned_error(processed: Path, manifest: Manifest, past: Iterable[PastElection]) -> PollingError:
    """The polling error that `past` teaches: read where it was learned before, else learned and kept.

    The manifest says what the past elections, the code and the libraries are; a file that does not read is made again.
    """
    path = processed / FOLDER / f"{manifest.code[:12]}-{_key(manifest)[:12]}.json"
    try:
        return PollingErrorFile.validate_json(path.read_bytes(), strict=True)
    except (FileNotFoundError, ValidationError):
        error = learn(past)
    path.parent.mkdir(parents=True, exist_ok=True)
    files.replace(path, PollingErrorFile.dump_json(error))
    for other in path.parent.glob("*.json"):
        if not other.name.startswith(manifest.code[:12]):
            other.unlink(missing_ok=True)  # learned by other code
    return error


def _key(manifest: Manifest) -> str:
    lessons = {name: mark for name, mark in manifest.inputs.items() if name.startswith("past/")}
    made_from = [lessons, manifest.code, manifest.libraries]
    return hashlib.sha256(json.dumps(made_from, sort_keys=True).encode()).hexdigest()


def draw_votes(
    campaign: Campaign, trend: CampaignTrend, as_of: date, count: int, seed: int
) -> tuple[ShareDraws, ShareDraws | None]:
    """Vote shares of a vote held on the as-of day and, once the lists are closed, of election day.

    Both are rounded to what an edition can keep, so that stored shares give the stored seats.
    """
    of = partial(_draw, campaign, trend, line_centres(trend.lines, campaign.lists), as_of, count, seed)
    return of("nowcast"), of("election-day") if are_lists_closed(campaign, as_of) else None


def simulate(
    campaign: Campaign,
    trend: CampaignTrend,
    as_of: date,
    count: int,
    seed: int,
    allocate: Callable[[ShareDraws], SeatDraws],
) -> tuple[ShareDraws, SeatDraws, SeatDraws | None]:
    """The votes a page speaks of, and the seats of those of the as-of day and, once the lists are closed, of the last.

    The other votes are given back: they are a tenth of what a night may hold.
    """
    nowcast, projected = draw_votes(campaign, trend, as_of, count, seed)
    return projected or nowcast, allocate(nowcast), allocate(projected) if projected else None


def _draw(
    campaign: Campaign,
    trend: CampaignTrend,
    centres: Sequence[Centre],
    as_of: date,
    count: int,
    seed: int,
    purpose: Purpose,
    noise: Noise = student_t,
) -> ShareDraws:
    ahead = (campaign.election.vote_date - as_of).days if purpose == "election-day" else 0
    seeds = seed_for(seed, campaign.election.id, as_of.toordinal(), purpose)
    blocs = [bloc.lists for bloc in campaign.blocs()]
    return on_grid(draw(centres, FROM_ABROAD, ahead, count, seeds, blocs, others=others_of(trend), noise=noise))


def reference_votes(
    campaign: Campaign, trend: CampaignTrend, error: PollingError, as_of: date, seed: int
) -> ShareDraws:
    """The reference's draws of election day on the same polls: the week's mean, the learned scale, nothing else."""
    day = as_of.toordinal()
    centres = week_centres(trend.lines, campaign.lists, float(day))
    ahead = (campaign.election.vote_date - as_of).days
    seeds = seed_for(seed, campaign.election.id, day, "reference")
    return on_grid(draw(centres, error, ahead, _REFERENCE_DRAWS, seeds, others=others_of(trend)))


def standing_agreements(campaign: Campaign, trend: CampaignTrend, as_of: date) -> tuple[SurplusAgreement, ...]:
    """The surplus-vote agreements known on the as-of day between lists that have a line."""
    return campaign.agreements_known(as_of, (line.list for line in trend.lines))


def allocate(campaign: Campaign, agreements: tuple[SurplusAgreement, ...], shares: ShareDraws) -> SeatDraws:
    """Every draw through the law's rule."""
    return seat_draws(shares, campaign.election.rules, agreements)


def outlier_readings(
    request: RefreshRequest,
    campaign: Campaign,
    manifest: Manifest,
    polls: Sequence[tuple[Poll, int]],
    trend: CampaignTrend,
    allocate: Callable[[ShareDraws], SeatDraws],
    progress: Progress,
) -> list[ApartReading]:
    """The same night without each pollster that stands apart, and by its own lean; the same random numbers."""
    election, as_of = campaign.election, manifest.as_of
    purpose: Purpose = "election-day" if are_lists_closed(campaign, as_of) else "nowcast"
    readings, once = [], lru_cache(maxsize=1)(student_t)
    again = partial(
        _draw,
        campaign,
        trend,
        as_of=as_of,
        count=request.draws,
        seed=request.seed,
        purpose=purpose,
        noise=lambda *of: once(*of).copy(),
    )
    for gap in standing_apart(trend.lines, campaign.main_bloc(), election.rules.house_size):
        progress(election.id, f"the same without {gap.pollster}")
        of_others = [poll for poll, _ in polls if poll.pollster != gap.pollster]
        lines = fit_trend(campaign, of_others, as_of, trend.parameters).lines
        if {line.list for line in lines} != {line.list for line in trend.lines}:
            continue  # a list that only this pollster asks about has no reading without it
        without, if_right = (
            allocate(again(centres))
            for centres in (
                line_centres(lines, campaign.lists),
                centres_if_right(trend.lines, campaign.lists, gap.pollster),
            )
        )
        readings.append(ApartReading(gap, without, if_right))
    return readings


def edition_files(night: Night, raw: Path) -> dict[str, bytes]:
    """The files of one edition, by name; raises EditionRefused where a draw or a value makes no sense."""
    _check_draws(night)
    record = known_record(raw, night.reference, night.campaign, night.as_of)
    try:
        return _values(night) | ({"record.json": record} if record else {})
    except ValidationError as error:  # NaN, an unknown word: the values themselves refuse it
        raise EditionRefused(f"{night.edition}: {error.errors()[0]['msg']}; nothing was published") from error


def _values(night: Night) -> dict[str, bytes]:
    headline = night.headline
    return {
        "projection.json": to_json(projection(night)),
        "polls.json": to_json(polls_file(night)),
        "trend.json": to_json(trend_file(night)),
        "coalitions.json": to_json(coalitions(night)),
        "pollsters.json": to_json(pollsters(night)),
        "reference.json": to_json(reference(night)),
        "odds.json": to_json(odds(night)),
        SEATS_FILE: draws_table(headline.lists, headline.seats),
        SHARES_FILE: draws_table(night.shares.lists, share_units(night.shares)),
    }


def _check_draws(night: Night) -> None:
    """Every draw must fill the house; ShareDraws has refused NaN, negative shares and sums above one."""
    house = night.campaign.election.rules.house_size
    for name, draws in (("nowcast", night.nowcast), ("election day", night.election_day)):
        if draws is not None and (draws.seats.sum(axis=0) != house).any():
            raise EditionRefused(f"{name}: not every draw adds up to {house} seats; nothing was published")
