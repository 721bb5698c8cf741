"""What a night does for the vote itself: exit polls that may be told are opened, and the record of the vote is kept."""

from pipelines.electorate import electorates_of, load
from pipelines.request import RefreshRequest


def keep(request: RefreshRequest, election: str) -> None:
    """Bring the record of a vote that is not ahead up to date; of one still ahead there is none."""
    reference = load(request.raw, electorates_of(request.raw, election))
    campaign = reference.campaign(election)
    if request.as_of or request.today_in(campaign.zone) < campaign.election.vote_date:
        return
    from pipelines.vote.count import keep_record  # what most nights have no use for
    from pipelines.vote.exit_polls import open_drafts

    open_drafts(request.data_dir, campaign, request.today)
    keep_record(request.data_dir, reference, campaign, today=request.today)
