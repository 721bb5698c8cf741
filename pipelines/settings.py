"""What the operator sets in the environment, read here and nowhere else; a `Settings` value is handed down."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.editions import gate
from pipelines.editions.objects import Objects, objects_at, store_url
from pipelines.editions.store import EditionStore
from pipelines.errors import EditionError

CONTACT = "HEMICYCLE_CONTACT"
ELECTORATE = "HEMICYCLE_ELECTORATE"  # read by the options that ask for an electorate
LEDGER_FILE = "ledger.sqlite"
TWO_PEOPLE = "HEMICYCLE_TWO_PEOPLE"
LEDGER = "HEMICYCLE_LEDGER"
SCHEDULER = "HEMICYCLE_SCHEDULER"
CHANNEL = "HEMICYCLE_CHANNEL_"  # and a channel's name in capitals
KEEP_EDITIONS = "HEMICYCLE_KEEP_EDITIONS"  # read by the option of `refresh`, which refuses what is no number


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment sets.

    `contact`: whom a source may write to, in the User-Agent. `is_ban_relaxed`: counsel's setting. `needs_two`: whether
    two people record a result. `channels`: addresses of the operator's channels by name, which are secrets. `store`:
    where editions and seals lie, `s3://bucket/prefix`; blank for the data folder. `ledger`: `sqlite:///path` or
    `postgresql://…`; blank for a file in the data folder. `scheduler`: Dask's, `tcp://host:8786`; blank for processes
    of this machine.
    """

    contact: str = ""
    is_ban_relaxed: bool = False
    needs_two: bool = False
    channels: Mapping[str, str] = field(default_factory=dict, repr=False)
    store: str = ""
    ledger: str = ""
    scheduler: str = ""

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """What the environment says; raises EditionError for an address that is none."""
        needs_two = environment.get(TWO_PEOPLE, "").strip().lower() in gate.YES
        channels = {
            name.removeprefix(CHANNEL).lower(): value.strip()
            for name, value in environment.items()
            if name.startswith(CHANNEL) and value.strip()
        }
        store = store_url(environment)
        ledger = environment.get(LEDGER, "").strip()
        if ledger and not re.fullmatch(r"sqlite:///.+|postgres(?:ql)?://.+", ledger):
            raise EditionError(f"{LEDGER}: write it as sqlite:///path or postgresql://user@host/database")
        return cls(
            environment.get(CONTACT, ""),
            gate.is_relaxed(environment),
            needs_two,
            channels,
            store,
            ledger,
            environment.get(SCHEDULER, "").strip(),
        )

    def editions(self, processed: Path) -> EditionStore:
        """The store of editions, by default that folder."""
        return EditionStore(objects_at(processed, self.store))

    def ledger_at(self, processed: Path) -> Path | str:
        """The file of the ledger, or the address of its database."""
        if self.ledger.startswith("sqlite:///"):
            return Path(self.ledger.removeprefix("sqlite:///"))
        return self.ledger or processed / LEDGER_FILE

    def sealed(self, raw: Path) -> Objects:
        """Where the sealed record lies, by default in that folder."""
        return objects_at(raw, self.store)


def editions_of(processed: Path) -> EditionStore:
    """The store of editions that the environment says."""
    return Settings.read().editions(processed)


def ledger_of(processed: Path) -> Path | str:
    """The ledger that the environment says."""
    return Settings.read().ledger_at(processed)


def sealed_of(raw: Path) -> Objects:
    """Where the environment says the sealed record lies."""
    return Settings.read().sealed(raw)
