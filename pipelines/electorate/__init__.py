"""The one place that knows an electorate's folder: its files, its columns and what they say together."""

from pipelines.electorate.facts import Campaign, Electorate, Names, Reference, electorate_folder
from pipelines.electorate.folder import DESK, electorates_of, load, sha256

__all__ = [
    "DESK",
    "Campaign",
    "Electorate",
    "Names",
    "Reference",
    "electorate_folder",
    "electorates_of",
    "load",
    "sha256",
]
