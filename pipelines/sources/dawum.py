"""DAWUM's JSON of all German polls → those of one parliament. Not yet seen live: read by its documented form.

See: https://dawum.de/API/ (objects Parliaments, Institutes, Taskers, Parties and Surveys, each by its number as text).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated
from urllib.parse import urljoin

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from electoral.polls import PollKind, Unit
from pipelines.errors import PageRefused, one_line
from pipelines.http.client import Client, Fetched, NotModified, Validators
from pipelines.sources.cells import read_name, read_sample, read_value
from pipelines.sources.guards import refuse_challenge, refuse_emptied
from pipelines.sources.reading import (
    Aside,
    FetchedPage,
    FetchedSource,
    PageCollector,
    Reading,
    ReportedCell,
    ReportedPoll,
    RowRefused,
    Scope,
)
from pipelines.sources.text import decode, markup_of, refuse_markup, refuse_sheet

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


def parse(body: bytes, scope: Scope, *, content_type: str = "") -> Reading:
    """Every survey of the parliament whose last day is of the campaign; the others are left aside and counted.

    A party that a survey does not print is missing from it, never zero: its firm counted it with the others.
    """
    database = _database(body, content_type)
    parliament = str(scope.settings.options.get(PARLIAMENT, BUNDESTAG)) if scope.settings else BUNDESTAG
    page = PageCollector(scope)
    elsewhere = 0
    for number in sorted(database.surveys, key=lambda name: (len(name), name)):  # the order in which they were entered
        elsewhere += not _read_survey(number, database, parliament, page)
    refuse_emptied(len(page.polls), page.rows, refused=page.refused)
    if elsewhere:
        page.asides.append(Aside(PAGE, "other parliaments or campaigns", elsewhere, "not asked for"))
    return page.reading()


def _database(body: bytes, content_type: str) -> Database:
    text = decode(body, content_type)
    refuse_challenge(text)
    if markup_of(text) != "json":
        refuse_markup(text)
        refuse_sheet(text)
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


def _read_survey(number: str, database: Database, parliament: str, page: PageCollector) -> bool:
    """One survey as a poll or a refusal; False for one of another parliament or campaign, which is only counted."""
    place, name = f"{PAGE}, survey {one_line(number, 20)}", f"refused-{one_line(number, 20)}"
    entry = database.surveys[number]
    text = json.dumps(entry, ensure_ascii=False)
    try:
        survey = Survey.model_validate(entry)
    except ValidationError as error:
        is_here = not isinstance(entry, Mapping) or str(entry.get("Parliament_ID", parliament)) == parliament
        if is_here:
            page.rows += 1
            first = error.errors()[0]
            why = f"{'.'.join(map(str, first['loc']))} is not of the documented form: {first['msg']}"
            page.refuse(name, RowRefused("form", why), text, place)
        return is_here
    if survey.parliament != parliament or not page.scope.first_day <= survey.period.end <= page.scope.last_day:
        return False
    page.rows += 1
    try:
        firm, outlet = _names(survey, database)
        kind = PollKind.EXIT_POLL if survey.period.end == page.scope.vote_date else PollKind.POLL
        name = page.next_id(survey.period.end, firm, outlet, kind)
        sample = read_sample(survey.sample)
        cells = tuple(_cell(party, printed, database) for party, printed in survey.results.items())
        if not cells:
            raise RowRefused("empty", "no party has a percentage")
        if survey.period.start > survey.period.end:
            raise RowRefused("dates", f"it starts {survey.period.start}, after it ends {survey.period.end}")
    except RowRefused as error:
        page.refuse(name, error, text, place)
        return True
    page.poll(
        ReportedPoll(
            id=name,
            election=page.scope.election,
            kind=kind,
            pollster=firm,
            publisher=outlet,
            fieldwork_start=survey.period.start,
            fieldwork_end=survey.period.end,
            published_date=survey.published,
            sample_size=sample.size,
            sample_size_printed=sample.printed,
            cells=cells,
            source=page.scope.source,
            unit=Unit.SHARE,
        ),
        place,
    )
    return True


def _names(survey: Survey, database: Database) -> tuple[str, str | None]:
    """The firm and, where one is said, the outlet that the survey's numbers stand for; raises RowRefused."""
    if survey.institute not in database.institutes:
        raise RowRefused("name", f"Institute_ID {survey.institute!r} is nobody's")
    firm = read_name(database.institutes[survey.institute].name)
    if firm is None:
        raise RowRefused("name", "the institute has no name")
    tasker = database.taskers.get(survey.tasker)
    return firm, read_name(tasker.name) if tasker else None


def _cell(party: str, printed: str, database: Database) -> ReportedCell:
    if party not in database.parties:
        raise RowRefused("cell", f"party {one_line(party, 20)!r} of Results is nobody's")
    return read_value(database.parties[party].shortcut, printed, Unit.SHARE)


@dataclass(frozen=True, slots=True)
class Dawum(FetchedSource):
    """The whole database, asked for only where last_update.txt says another moment than last time."""

    def fetch(self, client: Client, page: str, validators: Mapping[str, Validators]) -> tuple[FetchedPage, ...]:
        """The moment in last_update.txt is kept as the answer's tag: while it stays, nothing else is asked."""
        last_update = client.get(urljoin(client.settings.url, LAST_UPDATE))
        moment = decode(last_update.body, last_update.content_type).strip() if isinstance(last_update, Fetched) else ""
        before = validators.get(page)
        if before and moment and before.etag == moment:
            return (FetchedPage(page, NotModified(client.settings.url)),)
        answer = client.get(client.settings.url)
        if isinstance(answer, Fetched):
            answer = replace(answer, validators=Validators(etag=moment or None))
        return (FetchedPage(page, answer),)


SOURCE = Dawum("dawum", "DAWUM: {}", parse, page=PAGE)
