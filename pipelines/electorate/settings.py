"""The settings of an electorate's folder: `electorate.toml`, `rules.toml` and `sources.toml`, one model a table.

`docs/electorates.md` says what each key means.
"""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from electoral.errors import RulesError
from electoral.investiture import Investiture
from electoral.polls import Unit
from electoral.rules import AllianceThresholds, DirectSeatClause, ElectoralRules, Formula, parse_threshold
from pipelines.errors import RawDataError
from pipelines.rows import Language, Slug

ELECTORATE_FILE, RULES_FILE, SOURCES_FILE = "electorate.toml", "rules.toml", "sources.toml"


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError('write a time zone as "Europe/Stockholm"') from error
    return name


Zone = Annotated[str, AfterValidator(_zone)]
Headline = Literal["bloc", "coalition", "lists"]  # of the election's blocs, or coalitions, the one recorded first
DisclosureItem = Literal["commissioner", "pollster", "dates", "population", "mode", "sample", "answered", "margin"]
Text = Annotated[str, Field(min_length=1)]
Texts = Mapping[Language, Text] | Text  # a text in each language, or one for all


class Table(BaseModel):
    """One table of a TOML file."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ElectorateWords(Table):
    """The words that sentences have slots for, in one language; a blank one is the catalogue's, which fits any."""

    name: Text
    house: Text
    the_house: Text
    projection: Text
    the_projection: str = ""
    poll: Text
    law: Text
    exit_polls: str = ""
    disclosure: str = ""
    outdated_poll: str = ""


class ElectorateSettings(Table):
    """`electorate.toml`: calendar zone, languages, unit, and the customs of the field there."""

    languages: tuple[Language, ...] = Field(min_length=1)
    zone: Zone
    unit: Unit
    assumed_sample_size: int = Field(gt=0)
    assumed_others_pct: float = Field(ge=0, lt=100)
    publication_lag_days: int = Field(ge=0)
    headline: Headline = "lists"
    intervals_first: bool = False
    lead_seats: int = Field(default=0, ge=0)
    disclosure: tuple[DisclosureItem, ...] = ()
    results_url: Text | None = None
    words: Mapping[Language, ElectorateWords]


class RulesTable(Table):
    """One state of the law: it holds for elections from `in_force` on, and is known from `known_from` on."""

    in_force: date
    known_from: date | None = None
    house_size: int = Field(gt=0)
    formula: Formula
    threshold: Text
    agreements: bool = False
    investiture: Investiture = Investiture.NONE
    exempt: tuple[Slug, ...] = ()
    direct_seats: int | None = Field(default=None, gt=0)
    alliances: Mapping[int, Text] = Field(default_factory=dict)
    law: Text
    url: Text | None = None

    def rules(self, direct_seats: Mapping[str, int], parties: Mapping[str, int]) -> ElectoralRules:
        """The rules with the direct seats each list has won, and the parties each list unites."""
        return ElectoralRules(
            self.house_size,
            parse_threshold(self.threshold, self.house_size),
            self.formula,
            exempt=frozenset(self.exempt),
            direct_seats=DirectSeatClause(self.direct_seats, direct_seats) if self.direct_seats else None,
            alliances=AllianceThresholds(self._alliance_thresholds(), parties) if self.alliances else None,
            investiture=self.investiture,
        )

    def _alliance_thresholds(self) -> dict[int, Fraction]:
        return {fewest: parse_threshold(text, self.house_size) for fewest, text in self.alliances.items()}


class SourceSettings(Table):
    """One source of polls or counts of an electorate: where it is, in what language and unit, under which licence."""

    language: Language | None = None
    unit: Unit | None = None
    address: str | None = None
    host: str | None = None
    licence: Texts
    licence_url: str | None = None
    attribution: Texts
    tables: tuple[Text, ...] = ()
    pages: Mapping[str, str] = Field(default_factory=dict)
    options: Mapping[str, str | tuple[str, ...]] = Field(default_factory=dict)


def in_languages(texts: Texts, languages: Iterable[str]) -> dict[str, str]:
    """A text in each language; one that is the same in all stands in each."""
    if isinstance(texts, str):
        return dict.fromkeys(languages, texts)
    return dict(texts)


M = TypeVar("M", bound=Table)


def read_electorate(folder: Path) -> ElectorateSettings:
    """`electorate.toml`; raises RawDataError naming file, key and remedy."""
    path = folder / ELECTORATE_FILE
    settings = _table(path, "", _parsed(path), ElectorateSettings)
    lacking = [language for language in settings.languages if language not in settings.words]
    if lacking:
        raise RawDataError(
            f"{path}: languages has {lacking[0]!r}, which has no words; add a table [words.{lacking[0]}]"
        )
    return settings


def read_rules(folder: Path) -> tuple[RulesTable, ...]:
    """`rules.toml`, in order of the law; raises RawDataError naming file, table and remedy."""
    path = folder / RULES_FILE
    tables = _parsed(path).get("rules")
    if not isinstance(tables, list) or not tables:
        raise RawDataError(f"{path}: no table [[rules]] in it; write the law as docs/electorates.md says")
    rules = [_table(path, f"rules {number}: ", table, RulesTable) for number, table in enumerate(tables, start=1)]
    for number, table in enumerate(rules, start=1):
        try:
            table.rules({}, {})
        except RulesError as error:
            raise RawDataError(f"{path}: rules {number}: {error}") from error
    return tuple(sorted(rules, key=lambda table: (table.in_force, table.known_from or date.min)))


def read_sources(folder: Path) -> dict[str, SourceSettings]:
    """`sources.toml` by source, empty where there is none; raises RawDataError naming file, table and remedy."""
    path = folder / SOURCES_FILE
    if not path.exists():
        return {}
    return {name: _table(path, f"{name}: ", table, SourceSettings) for name, table in _parsed(path).items()}


def rules_known(tables: Iterable[RulesTable], election_date: date, on: date) -> RulesTable | None:
    """The last table in force at an election, of those known on a day; None where there is none."""
    in_force = (
        table
        for table in tables
        if table.in_force <= election_date and (table.known_from is None or table.known_from <= on)
    )
    return max(in_force, key=lambda table: (table.in_force, table.known_from or date.min), default=None)


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError as error:
        raise RawDataError(f"{path}: no such file; docs/electorates.md says what is in it") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RawDataError(f"{path}: {error}; mend it there") from error


def _fault(error: ValidationError, model: type[Table]) -> str:
    """What is wrong with the first key that does not fit, and what to do about it."""
    first = error.errors()[0]
    key, kind = ".".join(str(part) for part in first["loc"]), first["type"]
    if kind == "missing":
        return f"{key} is missing; add it"
    if kind == "extra_forbidden":
        return f"{key} is no key here; the keys are {', '.join(model.model_fields)}"
    remedies = {"string_type": "write it in quotes", "date_from_datetime_inexact": "write a day as 2026-10-27"}
    remedy = remedies.get(kind, first["msg"].removeprefix("Value error, "))
    return f"{key} is {first['input']!r}; {remedy}"


def _table(path: Path, place: str, table: object, model: type[M]) -> M:
    try:
        return model.model_validate(table)
    except ValidationError as error:
        raise RawDataError(f"{path}: {place}{_fault(error, model)}") from error
    except RulesError as error:  # what a formula or an investiture says of its own values
        raise RawDataError(f"{path}: {place}{error}") from error
