"""What the operator sets in the environment, read here and nowhere else; a `Settings` value is handed down."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from pipelines.editions import gate

CONTACT = "HEMICYCLE_CONTACT"
ELECTORATE = "HEMICYCLE_ELECTORATE"  # read by the options that ask for an electorate
TWO_PEOPLE = "HEMICYCLE_TWO_PEOPLE"
CHANNEL = "HEMICYCLE_CHANNEL_"  # and a channel's name in capitals
KEEP_EDITIONS = "HEMICYCLE_KEEP_EDITIONS"  # read by the option of `refresh`, which refuses what is no number


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment sets.

    `contact`: whom a source may write to, in the User-Agent. `is_ban_relaxed`: counsel's setting. `needs_two`: whether
    two people record a result. `channels`: addresses of the operator's channels by name, which are secrets.
    """

    contact: str = ""
    is_ban_relaxed: bool = False
    needs_two: bool = False
    channels: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """What the environment says."""
        needs_two = environment.get(TWO_PEOPLE, "").strip().lower() in gate.YES
        channels = {
            name.removeprefix(CHANNEL).lower(): found.strip()
            for name, found in environment.items()
            if name.startswith(CHANNEL) and found.strip()
        }
        return cls(environment.get(CONTACT, ""), gate.is_relaxed(environment), needs_two, channels)
