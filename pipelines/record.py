"""The committed record of past elections, as an edition carries it."""

import json
from datetime import date

from pipelines.provenance import ROOT
from pipelines.reference import Reference

RECORD_FILE = ROOT / "docs" / "record.json"


def known_record(reference: Reference, as_of: date) -> bytes | None:
    """`docs/record.json`, for an edition later than every election it scores; None for an earlier one."""
    if not RECORD_FILE.exists():
        return None
    content = RECORD_FILE.read_bytes()
    scored = json.loads(content)["elections"]
    votes = [reference.campaign(name).election.vote_date for name in scored if name in reference.campaigns]
    return content if all(vote < as_of for vote in votes) else None
