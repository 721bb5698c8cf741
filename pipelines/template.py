"""The empty sheet a desk fills with its own polls."""

from datetime import date
from importlib import import_module
from pathlib import Path

from pipelines.editions.files import replace
from pipelines.electorate import load
from pipelines.errors import ImportRefused

KINDS = (".csv", ".xlsx")


def write_template(file: Path, data_dir: Path, election: str | None, today: date) -> list[str]:
    """Write the sheet, with the lists that stand in an election where one is named; returns their labels."""
    if file.suffix not in KINDS:
        raise ImportRefused(f"{file}: name it .csv or .xlsx, whichever it shall be")
    if file.exists():
        raise ImportRefused(f"{file}: is there already; name another file")
    if not file.absolute().parent.is_dir():
        raise ImportRefused(f"{file}: no such folder")
    labels: list[str] = []
    if election:
        campaign = load(data_dir / "raw").campaign(election)
        day = min(today, campaign.election.vote_date)
        for name in campaign.standing_lists(day):
            fitting = (
                row.alias
                for row in campaign.aliases
                if row.list == name and row.source is None and (row.to_date or date.max) >= day
                and (row.from_date or date.min) <= day
            )  # fmt: skip
            first = campaign.names.languages[0]
            own = (campaign.list_name(name, first), campaign.list_short(name, first))
            found = sorted(fitting, key=lambda label: (label not in own, len(label)))
            labels += found[:1]
    made: bytes = import_module(f"pipelines.sources.{file.suffix[1:]}.parse").template(labels)
    replace(file, made)
    return labels
