"""`/api/v1/…`: what is published, for programs; docs/api.md says how it is used and what never changes.

A block answers by its own types as JSON, its table as CSV and XLSX, its figure as SVG and PNG. Every answer says its
edition and licence, in itself and in its headers, and may be read by any page of any host, without credentials.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date

from flask import Flask, Response, request
from pydantic import BaseModel, ConfigDict, Field, SerializeAsAny

from dashboard import status
from dashboard.address import Choice, Key, NothingPublished, UnknownAddress, query
from dashboard.blocks import Block, Kind, SourceRef, Values
from dashboard.i18n import offered, translator
from dashboard.reader import Reader, remaking_command
from dashboard.render import sheet
from dashboard.render.text import plain
from dashboard.serve import files
from dashboard.serve.cache import to_json
from dashboard.serve.documents import Documents
from dashboard.serve.openapi import description
from dashboard.serve.respond import HEADERS, PROGRAMS, Problem, describe, is_canonical, send_file, terms
from dashboard.view import Page, View
from pipelines.editions.schema import Texts
from pipelines.editions.store import Edition

ROOT = "/api/v1"
DESCRIPTION = "/api/openapi.json"
JSON = "application/json"
ENDINGS = ("json", *sheet.TYPES, *files.PICTURES)
SHOWN = ("json", *files.PICTURES)  # what a browser shows; the others are saved


class Answer(BaseModel):
    """What every answer of the API is made of: frozen, and nothing in it that is not described."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class MadeAnswer(Answer):
    """What the edition was made from: hashes of the code and of each input, draws and seed; and what makes it again."""

    code: str
    inputs: dict[str, str]
    parameters: dict[str, int]
    command: str


class BlockAnswer(Answer):
    """A block: its values, which have no language, with what they rest on, and its words in the language asked for.

    `inputs` are the polls, results and statements it rests on: kind → id → revision. `parameters` are those of the
    block that the address carries; `depends_on` names all it has.
    """

    id: str
    page: str
    kind: Kind
    election: str
    electorate: str
    edition: str
    as_of: date
    last_poll: date | None
    lang: str
    heading: str | None
    finding: str | None
    notices: tuple[str, ...] = Field(description="What a reader must know first, such as a ban on publishing polls.")
    parameters: dict[str, str]
    depends_on: tuple[str, ...]
    sources: tuple[SourceRef, ...]
    inputs: dict[str, dict[str, int]]
    made: MadeAnswer
    values: SerializeAsAny[Values]


class ElectorateAnswer(Answer):
    """A chamber's rules and calendar; `election` is its newest one here, `licence` the terms of its polls."""

    id: str
    names: Texts
    languages: tuple[str, ...]
    zone: str
    unit: str
    election: str
    edition: str
    licence: str


class ElectionAnswer(Answer):
    """An election and its current edition."""

    id: str
    electorate: str
    names: Texts
    election_date: date
    edition: str
    as_of: date
    licence: str
    href: str


class PageAnswer(Answer):
    """A page: its parameters with their choices (null where any set of ids is one), and its blocks as it opens."""

    name: str
    parameters: dict[str, tuple[str, ...] | None]
    blocks: dict[str, str]


class CampaignAnswer(ElectionAnswer):
    """An election with its editions, oldest first, and all that is offered of the one asked for."""

    languages: tuple[str, ...]
    editions: tuple[str, ...]
    pages: tuple[PageAnswer, ...]


class ElectoratesAnswer(Answer):
    electorates: tuple[ElectorateAnswer, ...]


class ElectionsAnswer(Answer):
    elections: tuple[ElectionAnswer, ...]


def register(server: Flask, documents: Documents) -> None:
    """Add the routes of the API."""
    reader = documents.reader

    @server.get(f"{ROOT}/electorates")
    def electorates() -> Response:
        _hold_readable(reader)
        editions = (reader.edition(newest) for _, newest in reader.electorates())
        answer = ElectoratesAnswer(electorates=tuple(map(_electorate, editions)))
        return send_file(_bytes(answer), JSON, repeats=not request.query_string)

    @server.get(f"{ROOT}/elections")
    def elections() -> Response:
        _hold_readable(reader)
        rows = (_election(reader, item.id) for item in reader.elections())
        return send_file(_bytes(ElectionsAnswer(elections=tuple(rows))), JSON, repeats=not request.query_string)

    @server.get(f"{ROOT}/<election>")
    def campaign(election: str) -> Response:
        key = documents.key("/", {**request.args.to_dict(), "election": election})
        key = replace(key, state=())
        with documents.bound.place():
            content = _bytes(_campaign(documents, key))
        return describe(send_file(content, JSON, repeats=is_canonical(key)), documents.view(key))

    @server.get(f"{ROOT}/<election>/<page>/<block>.<ending>")
    def block(election: str, page: str, block: str, ending: str) -> Response:
        """A block in any of its renderings that are files."""
        if ending not in ENDINGS:
            raise UnknownAddress(f"a block is had as one of {', '.join(ENDINGS)}")
        with documents.bound.place():
            key, part = documents.narrow(page, block, {**request.args.to_dict(), "election": election})
            view, size = documents.view(key), request.args.get("size", "")
            content, mimetype = render(view, documents.pages[key.path], part, ending, size)
        response = send_file(content, mimetype, repeats=is_canonical(key))
        name = files.named(view, block, ending, size)
        response.headers["Content-Disposition"] = f'{"inline" if ending in SHOWN else "attachment"}; filename="{name}"'
        return describe(response, view)

    @server.get(DESCRIPTION)
    def openapi() -> Response:
        return send_file(described, JSON, repeats=not request.query_string)

    described = description(documents.pages, ROOT, BlockAnswer, LISTS, Problem)

    @server.after_request
    def share(response: Response) -> Response:
        """Any page may read what stands here; nothing is asked of whoever reads."""
        if request.path.startswith(PROGRAMS):
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Access-Control-Expose-Headers"] = ", ".join(("ETag", "Link", "Retry-After", *HEADERS))
        return response


LISTS: Mapping[str, tuple[str, type[Answer]]] = {
    "/electorates": ("Every electorate with an edition", ElectoratesAnswer),
    "/elections": ("Every election with an edition, the newest vote first", ElectionsAnswer),
    "/{election}": ("An election: its editions, its pages, their parameters and blocks", CampaignAnswer),
}


def render(view: View, page: Page, block: Block, ending: str, size: str = "") -> tuple[bytes, str]:
    """A block as a file and its type; raises UnknownAddress where it has no such rendering."""
    if ending == "json":
        return _bytes(answer(view, block)), JSON
    return files.render(view, page, block, ending, size)


def answer(view: View, block: Block) -> BlockAnswer:
    """A block's values with what they rest on, for programs."""
    t, basis = translator(view.lang), view.edition.manifest
    inputs: dict[str, dict[str, int]] = {}
    for one in sorted(block.inputs, key=lambda one: (one.kind, one.id)):
        inputs.setdefault(one.kind, {})[one.id] = one.revision
    return BlockAnswer(
        id=block.id,
        page=block.page,
        kind=block.kind,
        election=view.edition.election,
        electorate=view.electorate.id,
        edition=block.edition,
        as_of=block.as_of,
        last_poll=block.last_poll,
        lang=view.lang,
        heading=plain(block.heading, t) if block.heading else None,
        finding=plain(block.finding, t) if block.finding else None,
        notices=tuple(plain(text, t) for kind, text in status.notices(view) if kind != "aside"),
        parameters=dict(view.state),
        depends_on=block.parameters,
        sources=block.sources,
        inputs=inputs,
        made=MadeAnswer(
            code=basis.code, inputs=basis.inputs, parameters=basis.parameters, command=remaking_command(view.edition)
        ),
        values=block.values,
    )


def _hold_readable(reader: Reader) -> None:
    """An empty list is of what was published, and never of what cannot be read; raises EditionError for that."""
    with suppress(NothingPublished):
        reader.edition()


def _bytes(content: Answer) -> bytes:
    return to_json(content.model_dump(mode="json"))


def _electorate(newest: Edition) -> ElectorateAnswer:
    electorate = newest.reference.electorate
    return ElectorateAnswer(
        id=electorate.id,
        names=electorate.names,
        languages=offered(electorate.languages),
        zone=electorate.zone,
        unit=electorate.unit,
        election=newest.election,
        edition=newest.id,
        licence=terms(electorate),
    )


def _election(reader: Reader, election: str, edition: str | None = None) -> ElectionAnswer:
    shown = reader.edition(election, edition)
    item = shown.reference.election
    return ElectionAnswer(
        id=item.id,
        electorate=shown.reference.electorate.id,
        names=item.names,
        election_date=item.election_date,
        edition=shown.id,
        as_of=date.fromisoformat(shown.id[:10]),
        licence=terms(shown.reference.electorate),
        href=f"{ROOT}/{item.id}",
    )


def _campaign(documents: Documents, key: Key) -> CampaignAnswer:
    view = documents.view(key)
    suffix = query({"edition": view.edition_asked, "lang": key.lang})
    pages = []
    for page, own in documents.own_blocks(key):
        choices = page.parameters(view.edition).items()
        blocks = sorted(block.id for block in own)
        pages.append(
            PageAnswer(
                name=page.name,
                parameters={name: one.options if isinstance(one, Choice) else None for name, one in choices},
                blocks={name: f"{ROOT}/{key.election}/{page.name}/{name}.json{suffix}" for name in blocks},
            )
        )
    return CampaignAnswer(
        **_election(documents.reader, key.election, key.edition).model_dump(),
        languages=view.languages,
        editions=documents.reader.editions(key.election),
        pages=tuple(pages),
    )
