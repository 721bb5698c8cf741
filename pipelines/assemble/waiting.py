"""The edition of a campaign of which no poll is known: its names, rules and outgoing house, and nothing projected."""

from pipelines.assemble.reference import reference_on
from pipelines.editions import schema as edition
from pipelines.editions.store import to_json
from pipelines.electorate import Campaign

WARNING = "waiting-for-polls"


def waiting(campaign: Campaign, manifest: edition.Manifest) -> dict[str, bytes]:
    """The files of such an edition; it has no draws."""
    rules, as_of, name = campaign.election.rules, manifest.as_of, manifest.edition
    projection = edition.Projection(
        election=campaign.election.id,
        election_date=campaign.election.vote_date,
        as_of=as_of,
        edition=name,
        kind=manifest.kind,
        days_to_election=(campaign.election.vote_date - as_of).days,
        house_size=rules.house_size,
        majority=rules.majority,
        threshold_pct=float(rules.threshold * 100),
        draws=0,
        seed=0,
        fallback=[],
        warnings=[WARNING],
        polls=edition.PollCoverage(used=0, latest_fieldwork_end=None, pollsters=0),
        lists=[],
        blocs=[],
        allocation={},
        result=None,
    )
    values = {
        "projection": projection,
        "polls": edition.Polls(election=campaign.election.id, as_of=as_of, edition=name, polls=[]),
        "trend": edition.Trend(dates=[], lines=[], parameters={}, converged=True, house_effects=[]),
        "coalitions": edition.Coalitions(majority=rules.majority, combinations=[], statements=[]),
        "pollsters": edition.Pollsters(firms=[], apart=[], spread=None),
        "reference": reference_on(campaign, as_of, campaign.standing_lists(as_of)),
    }
    return {f"{file}.json": to_json(value) for file, value in values.items()}
