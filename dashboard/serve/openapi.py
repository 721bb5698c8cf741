"""`/api/openapi.json`: the API described (OpenAPI 3.1), made from the types of its answers and of blocks' values."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from dashboard.render import sheet
from dashboard.serve.cache import to_json
from dashboard.view import Page

REFERENCE = "#/components/schemas/{model}"
SAME_NAME = re.compile(r"dashboard__pages__(\w+?)__(?:page|numbers)__")  # of types that are called alike
EDITION = r"^\d{4}-\d{2}-\d{2}-[0-9a-f]{1,64}$"
FILES = {**{ending: kind.mimetype for ending, kind in sheet.TYPES.items()}, "svg": "image/svg+xml", "png": "image/png"}
JSON, PROBLEM = "application/json", "application/problem+json"
REFUSALS = {
    "400": "A request with a body, or one that is malformed",
    "404": "No such election, edition, page, block, rendering or choice",
    "405": "Not GET, HEAD or OPTIONS",
    "410": "The edition was removed, and nothing of the block is kept",
    "414": "An address longer than any of ours",
    "503": "Too much is being worked out, or nothing can be read; ask again after Retry-After",
}
TEXTS = {
    "ETag": "Names what the answer holds: sent back as If-None-Match, an answer that did not change is 304",
    "Hemicycle-Election": "The election",
    "Hemicycle-Edition": "The edition of the numbers",
    "Hemicycle-As-Of": "The day up to which polls are known",
    "Hemicycle-Licence": "Who is credited, and on which terms",
    "Hemicycle-Notice": "What a reader must know, while the law forbids publishing polls",
    "Link": "The licences and how the edition was made",
}


def description(
    pages: Mapping[str, Page],
    root: str,
    block_answer: type[BaseModel],
    lists: Mapping[str, tuple[str, type[BaseModel]]],
    problem: type[BaseModel],
) -> bytes:
    """The document as JSON; `block_answer` holds a block's values, `lists` are answers by their paths under `root`."""
    blocks = {(page.name, name): kind for page in pages.values() for name, kind in page.values.items()}
    models = {block_answer, problem, *(model for _, model in lists.values()), *blocks.values()}
    ordered = sorted(models, key=lambda model: (model.__name__, model.__module__))
    names, definitions = models_json_schema([(model, "serialization") for model in ordered], ref_template=REFERENCE)
    schemas = {model: schema for (model, _), schema in names.items()}
    paths = {root + path: _get(path, text, {JSON: schemas[model]}) for path, (text, model) in lists.items()}
    for (page, name), kind in sorted(blocks.items()):
        path = f"/{{election}}/{page}/{name}.json"
        typed = {"allOf": [schemas[block_answer], {"properties": {"values": schemas[kind]}}]}
        text = (kind.__doc__ or name).splitlines()[0]
        paths[root + path] = _get(path, text, {JSON: typed}, has_state=True)
    path = "/{election}/{page}/{block}.{ending}"
    files: dict[str, Any] = {mimetype: {} for mimetype in FILES.values()}
    paths[root + path] = _get(path, "The table of a block as a file, or its figure as a picture", files, has_state=True)
    enums = {"page": sorted({page for page, _ in blocks}), "block": sorted({name for _, name in blocks})}
    for parameter in paths[root + path]["get"]["parameters"]:
        if parameter["name"] in (*enums, "ending"):
            parameter["schema"] = {"type": "string", "enum": enums.get(parameter["name"], list(FILES))}
    document = _open(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "Hemicycle",
                "version": "1",
                "description": "Election polls, smoothed and projected: every block of every page as data. What never"
                " changes within this version is said in docs/api.md.",
                "license": {"name": "By source: said in every answer"},
            },
            "paths": paths,
            "components": {
                "schemas": definitions.get("$defs", {}),
                "headers": {name: {"description": text, "schema": {"type": "string"}} for name, text in TEXTS.items()},
                "responses": {
                    status: {"description": text, "content": {PROBLEM: {"schema": schemas[problem]}}}
                    for status, text in REFUSALS.items()
                },
            },
        }
    )

    return SAME_NAME.sub(lambda match: match[1].title().replace("_", ""), to_json(document).decode()).encode()


def _get(path: str, summary: str, content: Mapping[str, Any], *, has_state: bool = False) -> dict[str, Any]:
    """One address that is read."""
    named = [part.strip("{}") for part in path.replace(".", "/").split("/") if part.startswith("{")]
    parameters = [_parameter(name, "path", {"type": "string", "pattern": "^[a-z0-9-]+$"}) for name in named]
    if named:
        parameters += [
            _parameter("edition", "query", {"type": "string", "pattern": EDITION}),
            _parameter("as_of", "query", {"type": "string", "format": "date"}),
            _parameter("lang", "query", {"type": "string", "pattern": "^[a-z]{2,3}$"}),
        ]
    if has_state:
        choices = {"type": "object", "additionalProperties": True}
        parameters.append({**_parameter("state", "query", choices), "style": "form", "explode": True})
    good = {
        "description": summary,
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in TEXTS},
        "content": {mimetype: {"schema": schema} for mimetype, schema in content.items()},
    }
    refusals = {status: {"$ref": f"#/components/responses/{status}"} for status in REFUSALS}
    return {"get": {"summary": summary, "parameters": parameters, "responses": {"200": good, **refusals}}}


DESCRIPTIONS = {
    "election": "The id of an election; /api/v1/elections lists them",
    "page": "The name of a page",
    "block": "The id of a block",
    "ending": "Which rendering",
    "edition": "An edition by its id; without one the current edition answers",
    "as_of": "A day: the last edition as of it, else as of the nearest day before",
    "lang": "The language of names and words; the first of the electorate's where none is asked for",
    "state": "The block's own parameters, by name; /api/v1/{election} lists each page's with their choices",
}


def _parameter(name: str, place: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    parameter = {"name": name, "in": place, "description": DESCRIPTIONS[name], "schema": dict(schema)}
    return {**parameter, "required": True} if place == "path" else parameter


def _open(value: Any) -> Any:
    """A schema without the word that nothing may be added: fields are added within a version."""
    if isinstance(value, dict):
        return {name: _open(item) for name, item in value.items() if (name, item) != ("additionalProperties", False)}
    return [_open(item) for item in value] if isinstance(value, list) else value
