"""A source's folder in its own words: `source.toml`, read once and checked."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.errors import RawDataError
from pipelines.sources.cells import BlankMeans, BlankRule
from pipelines.sources.decode import complete_csv, complete_html, complete_json, decode
from pipelines.sources.errors import PageRefused
from pipelines.sources.text import spelling_key

HERE = Path(__file__).parent
COMPLETE = {"json": complete_json, "html": complete_html, "csv": complete_csv}


@dataclass(frozen=True, slots=True)
class Settings:
    """What a source's folder says of it; the bounds of its client have cautious defaults.

    `is_whole`: a poll of it is taken whole or not at all (a desk's sheet). `blank_means`: what a blank cell says, a
    value of `BlankMeans`; a table `[pages."<title>"]` says it for one page.
    """

    id: str
    name_en: str
    name_he: str
    network: bool
    gives: str = "polls"
    is_whole: bool = False
    blank_means: BlankMeans = BlankMeans.REFUSED
    pages: Mapping[str, BlankMeans] = field(default_factory=dict)
    licence: str = ""
    url: str = ""
    kind: str = "html"
    hosts: tuple[str, ...] = ()
    schemes: tuple[str, ...] = ("https",)
    most_bytes: int = 20_000_000
    deadline_seconds: float = 60.0
    pause_seconds: float = 1.0
    tries: int = 3
    redirects: int = 3

    def blank_rule(self, title: str, house_size: int | None) -> BlankRule:
        """What a blank cell of a page means."""
        return BlankRule(self.pages.get(spelling_key(title), self.blank_means), house_size)

    def refuse_incomplete(self, body: bytes, content_type: str) -> None:
        """A body that does not run to its own end was cut, whatever the wire said; raises PageRefused."""
        complete = COMPLETE.get(self.kind)
        if complete is not None and not complete(decode(body, content_type)):
            raise PageRefused(f"the {self.kind} breaks off before its end ({len(body):,} bytes); ask again")


@cache
def read_settings(source: str) -> Settings:
    """The settings of one source folder; raises RawDataError naming the file."""
    path = HERE / source / "source.toml"
    try:
        table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        values: dict[str, Any] = {name: tuple(it) if isinstance(it, list) else it for name, it in table.items()}
        values["blank_means"] = BlankMeans(table.get("blank_means", BlankMeans.REFUSED))
        values["pages"] = {
            spelling_key(title): BlankMeans(rule["blank_means"]) for title, rule in table.get("pages", {}).items()
        }
        return Settings(**values)
    except (OSError, ValueError) as error:
        raise RawDataError(f"{path}: {error}; every source has a source.toml") from error
    except (TypeError, KeyError) as error:
        raise RawDataError(f"{path}: {error}; docs/sources.md lists the settings") from error


def sources() -> tuple[str, ...]:
    """The ids of every source folder."""
    return tuple(sorted(path.parent.name for path in HERE.glob("*/source.toml")))
