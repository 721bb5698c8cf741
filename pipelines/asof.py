"""Which day an edition speaks of, what kind of edition that makes it, and which elections were held by then."""

from datetime import date

from pipelines.editions.schema import Kind
from pipelines.electorate import Campaign, Reference
from pipelines.errors import AsOfRefused


def is_live(campaign: Campaign, today: date) -> bool:
    """Whether the campaign has begun and its vote is not past."""
    return today <= campaign.election.vote_date and (campaign.first_day is None or campaign.first_day <= today)


def held_before(reference: Reference, electorate: str, as_of: date) -> list[Campaign]:
    """The campaigns of an electorate whose results were known on the as-of day, oldest first."""
    campaigns = reference.of(electorate)
    held = [campaign for campaign in campaigns if campaign.election.vote_date < as_of and campaign.results]
    return sorted(held, key=lambda campaign: campaign.election.vote_date)


def are_lists_closed(campaign: Campaign, as_of: date) -> bool:
    """Whether the ballot was settled on the as-of day: before that there is no election-day projection."""
    closes = campaign.election.lists_close_date
    return closes is not None and closes <= as_of


def resolve_as_of(campaign: Campaign, today: date, as_of: date | None) -> tuple[date, Kind]:
    """The as-of day and the kind of its edition; raises AsOfRefused past today or past the vote."""
    vote = campaign.election.vote_date
    if as_of is None:
        return (campaign.eve, "final") if today > vote else (today, "live")
    if as_of > today:
        raise AsOfRefused(f"--as-of {as_of} lies after today, {today}; nothing is known of that day yet")
    if as_of > vote:
        raise AsOfRefused(f"--as-of {as_of} lies after the vote of {vote}; past it there is only the result")
    if today > vote:
        return as_of, "final" if as_of == campaign.eve else "hindcast"
    return as_of, "live" if as_of == today else "hindcast"
