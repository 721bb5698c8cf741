"""The empty sheet a desk fills with its own polls."""

from datetime import date
from pathlib import Path

from pipelines.editions.files import replace
from pipelines.electorate import Campaign, load
from pipelines.errors import ImportRefused
from pipelines.sources import sheet, workbook

KINDS = {".csv": sheet.template, ".xlsx": workbook.template}


def write_template(file: Path, data_dir: Path, election: str | None, today: date | None) -> tuple[str, list[str]]:
    """Write the sheet with the lists that stand in an election, the newest one where none is named.

    Returns the election and the labels of its lists; raises ImportRefused where nothing can be written.
    """
    if file.suffix not in KINDS:
        raise ImportRefused(f"{file}: name it .csv or .xlsx, whichever it shall be")
    if file.exists():
        raise ImportRefused(f"{file}: is there already; name another file")
    if not file.absolute().parent.is_dir():
        raise ImportRefused(f"{file}: no such folder")
    reference = load(data_dir / "raw")
    if election is None:
        election = max(reference.campaigns, key=lambda name: reference.campaigns[name].election.vote_date)
    campaign = reference.campaign(election)
    day = min(today or campaign.electorate.today(), campaign.election.vote_date)
    labels = [_label(campaign, name, day) for name in campaign.standing_lists(day)]
    replace(file, KINDS[file.suffix](labels))
    return election, labels


def _label(campaign: Campaign, name: str, day: date) -> str:
    """What a list is called on a sheet: an alias that holds on that day, its own names and short ones first."""
    fitting = (
        row.alias
        for row in campaign.aliases
        if row.list == name and row.source is None and (row.from_date or date.min) <= day <= (row.to_date or date.max)
    )
    language = campaign.names.languages[0]
    own = (campaign.list_names(name)[language], campaign.list_shorts(name)[language])
    return min(fitting, key=lambda label: (label not in own, len(label)), default=own[0])
