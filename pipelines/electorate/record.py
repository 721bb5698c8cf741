"""The committed record of an electorate's past elections, as an edition carries it."""

import json
from datetime import date
from pathlib import Path

from pipelines.electorate import Campaign, Reference, electorate_folder

RECORD_FILE = "record.json"


def known_record(raw: Path, reference: Reference, campaign: Campaign, as_of: date) -> bytes | None:
    """The electorate's record, for an edition later than every election it scores; None for an earlier one."""
    path = electorate_folder(raw, campaign.electorate.id) / RECORD_FILE
    if not path.exists():
        return None
    content = path.read_bytes()
    scored = json.loads(content)["elections"]
    votes = [reference.campaign(name).election.vote_date for name in scored if name in reference.campaigns]
    return content if all(vote < as_of for vote in votes) else None
