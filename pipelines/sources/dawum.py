"""DAWUM's JSON of all German polls → those of one parliament. Not yet seen live: read by its documented form.

See: https://dawum.de/API/ (objects Parliaments, Institutes, Taskers, Parties and Surveys, each by its number as text).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated
from urllib.parse import urljoin, urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from electoral.polls import PollKind, Status, Unit
from pipelines.electorate.settings import SourceSettings
from pipelines.errors import PageRefused, one_line
from pipelines.http.answers import Fetched, NotModified, Validators
from pipelines.http.client import Client, ClientSettings
from pipelines.sources.cells import CellRefused, read_cell, read_name, read_sample
from pipelines.sources.decode import decode
from pipelines.sources.guards import refuse_challenge, refuse_emptied
from pipelines.sources.reading import Aside, Ids, Reading, Refusal, ReportedCell, ReportedPoll, Scope, name_refusal
from pipelines.sources.source import FetchedPage, SourceModule

PAGE = "api.dawum.de"
LAST_UPDATE = "last_update.txt"
BUNDESTAG = "0"
PARLIAMENT = "parliament"  # the option of sources.toml that names it


class _Object(BaseModel):
    """An object of the documented form; what it has beside that is not read."""

    model_config = ConfigDict(frozen=True)


class Named(_Object):
    name: str = Field(alias="Name")


class Party(_Object):
    shortcut: str = Field(alias="Shortcut", min_length=1)


class Period(_Object):
    start: date = Field(alias="Date_Start")
    end: date = Field(alias="Date_End")


Printed = Annotated[str, BeforeValidator(str)]  # a number as the JSON writes it: 29, 29.5, "1202"


class Survey(_Object):
    published: date = Field(alias="Date")
    period: Period = Field(alias="Survey_Period")
    sample: Printed = Field(alias="Surveyed_Persons", default="")
    parliament: Printed = Field(alias="Parliament_ID")
    institute: Printed = Field(alias="Institute_ID")
    tasker: Printed = Field(alias="Tasker_ID", default="")
    results: Mapping[str, Printed] = Field(alias="Results")


class Database(_Object):
    """The whole answer, a survey at a time: one that is not of the form refuses itself alone."""

    institutes: Mapping[str, Named] = Field(alias="Institutes")
    taskers: Mapping[str, Named] = Field(alias="Taskers")
    parties: Mapping[str, Party] = Field(alias="Parties")
    surveys: Mapping[str, object] = Field(alias="Surveys")


@dataclass(slots=True)
class _Collected:
    polls: list[ReportedPoll] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)
    ids: Ids = field(default_factory=Ids)
    rows: int = 0
    elsewhere: int = 0


def parse(body: bytes, scope: Scope, *, content_type: str = "") -> Reading:
    """Every survey of the parliament whose last day is of the campaign; the others are left aside and counted.

    A party that a survey does not print is missing from it, never zero: its firm counted it with the others.
    """
    database = _database(body, content_type)
    parliament = str(scope.settings.options.get(PARLIAMENT, BUNDESTAG)) if scope.settings else BUNDESTAG
    collected = _Collected()
    for number in sorted(database.surveys, key=lambda name: (len(name), name)):  # the order in which they were entered
        _read_survey(number, database, parliament, scope, collected)
    refuse_emptied(len(collected.polls), collected.rows, refused=collected.refused)
    aside = Aside(PAGE, "other parliaments or campaigns", collected.elsewhere, "not asked for")
    return Reading(
        polls=tuple(collected.polls),
        places=collected.places,
        refused=tuple(collected.refused),
        asides=(aside,) if collected.elsewhere else (),
        rows=collected.rows,
    )


def _database(body: bytes, content_type: str) -> Database:
    text = decode(body, content_type)
    refuse_challenge(text)
    try:
        return Database.model_validate(json.loads(text))
    except RecursionError as error:
        raise PageRefused("the answer is nested too deep; ask again") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the answer"
        raise PageRefused(f"{place} is not of the documented form: {one_line(first['msg'], 120)}") from error
    except ValueError as error:
        raise PageRefused(f"the answer is not whole JSON: {one_line(error)}; ask again") from error


def _read_survey(number: str, database: Database, parliament: str, scope: Scope, to: _Collected) -> None:
    """One survey as a poll or a refusal; one of another parliament or campaign is only counted."""
    place = f"{PAGE}, survey {one_line(number, 20)}"
    entry = database.surveys[number]
    try:
        survey = Survey.model_validate(entry)
    except ValidationError as error:
        if not isinstance(entry, Mapping) or str(entry.get("Parliament_ID", parliament)) == parliament:
            to.rows += 1
            first = error.errors()[0]
            why = f"{'.'.join(map(str, first['loc']))} is not of the documented form: {first['msg']}"
            _refuse(entry, "form", why, place, scope, to)
        return
    if survey.parliament != parliament or not scope.first_day <= survey.period.end <= scope.last_day:
        to.elsewhere += 1
        return
    to.rows += 1
    try:
        to.polls.append(_poll(survey, database, scope, to.ids))
    except _SurveyRefused as error:
        _refuse(entry, error.check, str(error), place, scope, to, error.poll)
        return
    to.places[to.polls[-1].id] = place


class _SurveyRefused(ValueError):
    def __init__(self, check: str, reason: str, poll: str = "") -> None:
        super().__init__(reason)
        self.check = check
        self.poll = poll


def _poll(survey: Survey, database: Database, scope: Scope, ids: Ids) -> ReportedPoll:
    """A survey with its numbers replaced by what they stand for; raises _SurveyRefused."""
    if survey.institute not in database.institutes:
        raise _SurveyRefused("name", f"Institute_ID {survey.institute!r} is nobody's")
    firm = read_name(database.institutes[survey.institute].name)
    tasker = database.taskers.get(survey.tasker)
    outlet = read_name(tasker.name) if tasker else None
    why = name_refusal((firm, outlet)) if firm else "the institute has no name"
    if why:
        raise _SurveyRefused("name", why)
    kind = PollKind.EXIT_POLL if survey.period.end == scope.vote_date else PollKind.POLL
    poll_id = ids.next(survey.period.end, firm, outlet, kind)
    try:
        sample = read_sample(survey.sample)
        cells = tuple(_cell(party, printed, database) for party, printed in survey.results.items())
    except CellRefused as error:
        raise _SurveyRefused("cell", str(error), poll_id) from error
    if not cells:
        raise _SurveyRefused("empty", "no party has a percentage", poll_id)
    if survey.period.start > survey.period.end:
        raise _SurveyRefused("dates", f"it starts {survey.period.start}, after it ends {survey.period.end}", poll_id)
    return ReportedPoll(
        id=poll_id,
        election=scope.election,
        kind=kind,
        pollster=firm,
        publisher=outlet,
        fieldwork_start=survey.period.start,
        fieldwork_end=survey.period.end,
        published_date=survey.published,
        sample_size=sample,
        cells=cells,
        source=scope.source,
        unit=Unit.SHARE,
    )


def _cell(party: str, printed: str, database: Database) -> ReportedCell:
    if party not in database.parties:
        raise CellRefused(f"party {one_line(party, 20)!r} of Results is nobody's")
    label = database.parties[party].shortcut
    try:
        return ReportedCell(label, Status.SHARE, None, read_cell(printed, Unit.SHARE).pct)
    except CellRefused as error:
        raise CellRefused(f"{one_line(label, 40)}: {error}") from error


def _refuse(entry: object, check: str, why: str, place: str, scope: Scope, to: _Collected, poll: str = "") -> None:
    text = one_line(json.dumps(entry, ensure_ascii=False), 600)
    name = poll or to.ids.next_named(f"refused-{place.rpartition(' ')[2]}")
    to.refused.append(Refusal(scope.election, scope.source, name, check, text, one_line(f"{why} ({place})", 400)))


@dataclass(frozen=True, slots=True)
class Dawum(SourceModule):
    """The whole database, asked for only where last_update.txt says another moment than last time."""

    def page_of(self, settings: SourceSettings, election: str) -> str | None:
        del election
        return PAGE if settings.address else None

    def client_settings(self, settings: SourceSettings) -> ClientSettings:
        address = settings.address or ""
        return ClientSettings(self.id, address, "", hosts=(urlsplit(address).netloc,))

    def fetch(self, client: Client, page: str, known: Mapping[str, Validators]) -> tuple[FetchedPage, ...]:
        """The moment in last_update.txt is kept as the answer's tag: while it stays, nothing else is asked."""
        asked = client.get(urljoin(client.settings.url, LAST_UPDATE))
        moment = decode(asked.body, asked.content_type).strip() if isinstance(asked, Fetched) else ""
        before = known.get(page)
        if before and moment and before.etag == moment:
            return (FetchedPage(page, NotModified(client.settings.url, client.now())),)
        answer = client.get(client.settings.url)
        if isinstance(answer, Fetched):
            answer = replace(answer, validators=Validators(etag=moment or None))
        return (FetchedPage(page, answer),)


SOURCE = Dawum("dawum", "json", "DAWUM: {}", parse, page=PAGE)
