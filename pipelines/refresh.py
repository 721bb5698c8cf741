"""The night, step by step: raw → ledger → trend → draws → one edition; every step is called from here."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import monotonic

from electoral.draws import SeatDraws, seat_draws
from electoral.polls import Poll
from electoral.shares import ShareDraws
from pipelines import assemble, provenance
from pipelines.asof import are_lists_closed, is_live, resolve_as_of
from pipelines.assemble.night import Night
from pipelines.contenders import fit_trend
from pipelines.editions.schema import Kind, Manifest
from pipelines.editions.store import SEATS_FILE, SHARES_FILE, EditionStore, draws_table, to_json
from pipelines.errors import EditionRefused
from pipelines.forecast import polling_error, share_draws
from pipelines.forecast.polling_error import PollingError
from pipelines.intake import open_reference, take_in
from pipelines.ledger.store import Ledger
from pipelines.past import held_before, past_election
from pipelines.reference import Campaign, Reference, sha256
from pipelines.sources.archive.parse import archive_file
from pipelines.trend.lines import CampaignTrend

Progress = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Order:
    """What a refresh is asked for: which day, how many draws, from which seed."""

    data_dir: Path
    today: date
    as_of: date | None
    draws: int
    seed: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the refresh of one campaign did; `status` is published or unchanged; counts are polls."""

    election: str
    as_of: date
    edition: str
    kind: Kind
    status: str
    polls: int
    newly_quarantined: int
    quarantined: int
    seconds: float


def run(election: str, order: Order, progress: Progress) -> Iterator[Outcome]:
    """Refresh one campaign, `all` of them or those that are live (`all-live`), newest first, one after another."""
    reference = open_reference(order.data_dir / "raw")
    for campaign in _wanted(election, order, reference):
        yield refresh(order, reference, campaign, progress)


def _wanted(election: str, order: Order, reference: Reference) -> list[Campaign]:
    if election not in ("all", "all-live"):
        return [reference.campaign(election)]
    found = sorted(reference.campaigns.values(), key=lambda campaign: campaign.election.vote_date, reverse=True)
    return [campaign for campaign in found if election == "all" or is_live(campaign, order.today)]


def refresh(order: Order, reference: Reference, campaign: Campaign, progress: Progress) -> Outcome:
    """Bring one campaign up to date: publish a whole edition, or leave the last one in place."""
    started = monotonic()
    election, raw = campaign.election.id, order.data_dir / "raw"
    as_of, kind = resolve_as_of(campaign, order.today, order.as_of)
    with Ledger.open(order.data_dir / "processed" / "ledger.sqlite") as ledger:
        progress(election, "reading polls")
        taken = take_in(raw, ledger, reference, campaign)
        known = [(poll, revision) for poll, revision in ledger.polls(election) if poll.known_from <= as_of]
        refused = ledger.refusals(election)
    manifest = _manifest(order, reference, campaign, as_of, kind)
    store = EditionStore(order.data_dir / "processed")
    is_new = not store.has(election, manifest.edition)
    if is_new:
        night = _work_out(order, reference, campaign, manifest, known, progress)
        progress(election, "writing the edition")
        store.publish(manifest, _files(night))
    else:
        store.make_current(election, manifest.edition)  # a night that was cut off between the two renames
    return Outcome(
        election=election,
        as_of=as_of,
        edition=manifest.edition,
        kind=kind,
        status="published" if is_new else "unchanged",
        polls=len(known),
        newly_quarantined=taken.newly_refused if taken else 0,
        quarantined=len(refused),
        seconds=round(monotonic() - started, 3),
    )


def _manifest(order: Order, reference: Reference, campaign: Campaign, as_of: date, kind: Kind) -> Manifest:
    """Names the edition by every raw file it is made from: its polls, those that teach it, the reference."""
    files = {found.election.id: found for found in [*held_before(reference, as_of), campaign]}
    raw = order.data_dir / "raw"
    inputs = {f"polls/archive/{name}.csv": sha256(archive_file(raw, name)) for name in files}
    inputs = dict(sorted((inputs | reference.fingerprint).items()))
    parameters = {"draws": order.draws, "seed": order.seed}
    return Manifest(
        election=campaign.election.id,
        as_of=as_of,
        kind=kind,
        edition=provenance.edition_id(as_of.isoformat(), kind, inputs, parameters),
        inputs=inputs,
        code=provenance.code_fingerprint(),
        libraries=provenance.library_versions(),
        parameters=parameters,
        files={},
    )


def _work_out(
    order: Order,
    reference: Reference,
    campaign: Campaign,
    manifest: Manifest,
    known: Sequence[tuple[Poll, int]],
    progress: Progress,
) -> Night:
    election, as_of = campaign.election, manifest.as_of
    progress(election.id, "fitting the trend")
    trend = fit_trend(campaign, [poll for poll, _ in known], as_of)
    progress(election.id, "learning from past elections")
    raw = order.data_dir / "raw"
    error = polling_error.learn(past_election(raw, reference, held) for held in held_before(reference, as_of))
    progress(election.id, f"simulating {order.draws:,} elections")
    nowcast, projected = draw_votes(campaign, trend, error, as_of, order.draws, order.seed)
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
        seed=order.seed,
        polls=known,
        trend=trend,
        shares=projected or nowcast,
        nowcast=seats(nowcast),
        election_day=seats(projected) if projected else None,
        agreements=tuple((pair.list_a, pair.list_b) for pair in agreements),
        is_result_known=order.today > election.vote_date,
    )
    _check_draws(night)
    return night


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


def _files(night: Night) -> dict[str, bytes]:
    headline = night.headline
    return {
        "projection.json": to_json(assemble.projection(night)),
        "polls.json": to_json(assemble.polls(night)),
        "trend.json": to_json(assemble.trend(night)),
        "coalitions.json": to_json(assemble.coalitions(night)),
        "reference.json": to_json(assemble.reference(night)),
        SEATS_FILE: draws_table(headline.lists, headline.seats),
        SHARES_FILE: draws_table(night.shares.lists, night.shares.shares.astype("float32")),
    }


def _check_draws(night: Night) -> None:
    """Every draw must fill the house; ShareDraws has refused NaN, negative shares and sums above one."""
    house = night.campaign.election.rules.house_size
    for name, draws in (("nowcast", night.nowcast), ("election day", night.election_day)):
        if draws is not None and (draws.seats.sum(axis=0) != house).any():
            raise EditionRefused(f"{name}: not every draw adds up to {house} seats; nothing was published")
