"""A source's folder in its own words: `source.toml`, read once and checked."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.errors import RawDataError
from pipelines.sources.decode import complete_csv, complete_html, complete_json, decode
from pipelines.sources.errors import PageRefused

HERE = Path(__file__).parent
COMPLETE = {"json": complete_json, "html": complete_html, "csv": complete_csv}


@dataclass(frozen=True, slots=True)
class Settings:
    """What a source's folder says of it; the bounds of its client have cautious defaults."""

    id: str
    name_en: str
    name_he: str
    network: bool
    gives: str = "polls"
    licence: str = ""
    url: str = ""
    kind: str = "html"
    is_whole: bool = False
    hosts: tuple[str, ...] = ()
    schemes: tuple[str, ...] = ("https",)
    most_bytes: int = 20_000_000
    deadline_seconds: float = 60.0
    pause_seconds: float = 1.0
    tries: int = 3
    redirects: int = 3

    def refuse_incomplete(self, body: bytes, content_type: str) -> None:
        """A body that does not run to its own end was cut, whatever the wire said; raises PageRefused."""
        complete = COMPLETE.get(self.kind)
        if complete is not None and not complete(decode(body, content_type)):
            raise PageRefused(f"the {self.kind} breaks off before its end ({len(body):,} bytes); ask again")


def read_settings(source: str) -> Settings:
    """The settings of one source folder; raises RawDataError naming the file."""
    path = HERE / source / "source.toml"
    try:
        found: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RawDataError(f"{path}: {error}; every source has a source.toml") from error
    listed: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in found.items()}
    try:
        return Settings(**listed)
    except TypeError as error:
        raise RawDataError(f"{path}: {error}; docs/sources.md lists the settings") from error


def sources() -> tuple[str, ...]:
    """The ids of every source folder."""
    return tuple(sorted(path.parent.name for path in HERE.glob("*/source.toml")))
