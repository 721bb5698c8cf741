"""What the operator sets in the environment, read here and nowhere else; a `Settings` value is handed down."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.editions import gate

CONTACT = "HEMICYCLE_CONTACT"
ELECTORATE = "HEMICYCLE_ELECTORATE"  # read by the options that ask for an electorate
KEEP_EDITIONS = "HEMICYCLE_KEEP_EDITIONS"  # read by the option of `refresh`, which refuses what is no number


@dataclass(frozen=True, slots=True)
class Settings:
    """`contact`: whom a source may write to, in the User-Agent. `is_ban_relaxed`: counsel's setting."""

    contact: str = ""
    is_ban_relaxed: bool = False

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """What the environment says."""
        return cls(environment.get(CONTACT, ""), gate.is_relaxed(environment))
