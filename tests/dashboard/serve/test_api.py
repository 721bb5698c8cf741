"""The API: typed answers, one address a block, what every answer says, and what never changes."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from dashboard.blocks import Block
from dashboard.pages import PAGES
from dashboard.serve.api import BlockAnswer
from dashboard.serve.documents import Documents
from dashboard.serve.respond import HEADERS
from pipelines.editions.schema import Correction, Licence
from tests.dashboard import editions
from tests.dashboard.conftest import Client
from tests.dashboard.test_blocks import CHANGES

FIELDS = Path(__file__).with_name("api_fields.txt")
SEATS = "/api/v1/test-1/tonight/seats.json"


def every_block(documents: Documents) -> Iterator[Block]:
    for path in PAGES:
        parts = documents.blocks(documents.key(path, {}))
        yield from (part for part in parts if isinstance(part, Block))


def test_every_block_answers_by_its_declared_type(client: FlaskClient, documents: Documents) -> None:
    for block in every_block(documents):
        answer = client.get(f"/api/v1/test-1/{block.page}/{block.id}.json")
        assert answer.status_code == 200
        page = next(page for page in PAGES.values() if page.name == block.page)
        values = page.values[block.id].model_validate_json(json.dumps(answer.json["values"]))
        assert values == block.values, block.id
        assert BlockAnswer.model_fields.keys() == answer.json.keys()


@pytest.mark.parametrize(("path", "name"), [(path, name) for path, state in CHANGES.items() for name in state])
def test_an_answer_depends_on_the_parameters_it_declares_and_no_other(
    client: FlaskClient, documents: Documents, path: str, name: str
) -> None:
    parameters = {name: CHANGES[path][name]}
    key = documents.key(path, parameters)
    for block in documents.blocks(key):
        if isinstance(block, Block):
            address = f"/api/v1/test-1/{block.page}/{block.id}.json"
            changed, usual = client.get(address, query_string=parameters), client.get(address)
            assert changed.status_code == 200
            if name not in block.parameters:
                assert (changed.data, changed.headers["ETag"]) == (usual.data, usual.headers["ETag"]), block.id
            else:
                assert changed.json["parameters"] == dict(key.state), block.id


def test_an_answer_says_its_edition_terms_and_tag_in_itself_and_in_its_headers(client: FlaskClient) -> None:
    for ending in ("json", "csv", "xlsx", "svg", "png"):
        answer = client.get(f"/api/v1/test-1/tonight/seats.{ending}")
        assert answer.headers["Hemicycle-Edition"] == "2019-09-01-00000000"
        assert answer.headers["Hemicycle-As-Of"] == "2019-09-01"
        assert answer.headers["Hemicycle-Licence"] == "The press: quoted"
        assert 'rel="license"' in answer.headers["Link"]
        assert "must-revalidate" in answer.headers["Cache-Control"]
        again = client.get(f"/api/v1/test-1/tonight/seats.{ending}", headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
    for name in ("elections", "electorates"):
        (row,) = client.get(f"/api/v1/{name}").json[name]
        assert (row["edition"], row["licence"]) == ("2019-09-01-00000000", "The press: quoted")
    content = client.get(SEATS).json
    assert content["made"]["command"].startswith("python -m pipelines refresh --election test-1 --as-of 2019-09-01")
    assert content["inputs"]["poll"]
    assert content["sources"][0]["attribution"]


@pytest.mark.parametrize("address", [SEATS, "/api/v1/elections", "/api/openapi.json", "/api/v1/none", "/api/none"])
def test_any_page_may_read_it_and_no_credentials_are_asked_for(client: FlaskClient, address: str) -> None:
    headers = client.get(address, headers={"Origin": "https://desk.example", "Cookie": "a=b"}).headers
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in headers
    assert set(HEADERS) <= set(headers["Access-Control-Expose-Headers"].split(", "))
    assert headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("address", ["/", "/view/", "/feed.atom", "/download/polls.csv", "/healthz"])
def test_no_other_address_may_be_read_by_pages_of_other_hosts(client: FlaskClient, address: str) -> None:
    assert "Access-Control-Allow-Origin" not in client.get(address).headers


def test_a_day_is_answered_by_the_nearest_edition_before_it(processed: Path, client_of: Client) -> None:
    editions.publish(processed, as_of=date(2019, 8, 25))
    client = client_of(processed)
    for day, as_of in (("2019-08-25", "2019-08-25"), ("2019-08-31", "2019-08-25"), ("2026-01-01", "2019-09-01")):
        answer = client.get(SEATS, query_string={"as_of": day})
        assert (answer.json["as_of"], answer.headers["Hemicycle-As-Of"]) == (as_of, as_of)
    answer = client.get(SEATS, query_string={"as_of": "2019-08-24"})
    assert answer.status_code == 404
    assert "the first day is 2019-08-25" in answer.json["detail"]


def test_an_election_lists_its_editions_pages_and_blocks(client: FlaskClient) -> None:
    election = client.get("/api/v1/test-1").json
    assert election["editions"] == ["2019-09-01-00000000"]
    assert election == {**election, **client.get("/api/v1/elections").json["elections"][0]}
    pages = {page["name"]: page for page in election["pages"]}
    assert pages["trends"]["parameters"]["unit"] == ["seats", "share"]
    for page in pages.values():
        assert {client.get(address).status_code for address in page["blocks"].values()} <= {200}, page["name"]
    assert "waiting" not in pages["tonight"]["blocks"]


def test_what_is_not_there_is_a_problem_that_repeats_nothing(client: FlaskClient) -> None:
    block = "/api/v1/test-1"
    addresses = ("/api/evil", "/api/v1/evil", f"{block}/evil/seats.json", f"{block}/tonight/evil.json")
    for address in (*addresses, f"{block}/tonight/seats.evil", f"{SEATS}?lang=evil", f"{SEATS}?reading=evil"):
        answer = client.get(address)
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
        assert "evil" not in answer.text
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_header_holds_no_line_of_a_strangers_making(processed: Path, client_of: Client) -> None:
    poisoned = Licence(source="x", attributions={"en": "a\r\nSet-Cookie: b"}, licences={"en": "ר" * 900})
    electorate = editions.ELECTORATE.model_copy(update={"licences": [poisoned]})
    editions.publish(processed, electorate=electorate)
    licence = client_of(processed).get(SEATS).headers["Hemicycle-Licence"]
    assert licence.isascii()
    assert licence.isprintable()
    assert len(licence) <= 400


# What never changes


def fields(description: dict[str, Any]) -> set[str]:
    """Every address, and every field of every answer with its type, a line each."""
    schemas = description["components"]["schemas"]
    lines: set[str] = set()
    for path, item in description["paths"].items():
        lines.add(path)
        schema = item["get"]["responses"]["200"]["content"].get("application/json", {}).get("schema", {})
        values = schema.get("allOf", [{}])[-1].get("properties", {}).get("values")
        lines |= {f"{path} {line}" for line in _lines(values or schema, schemas)}
    return lines | {f"every block {line}" for line in _lines(schemas["BlockAnswer"], schemas)}


def _lines(schema: dict[str, Any], schemas: dict[str, Any]) -> Iterator[str]:
    """The fields within a schema by their paths, each with its type."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rsplit("/", 1)[1]]
    for one in schema.get("anyOf", ()):
        yield from _lines(one, schemas)
    inner = schema.get("items") or schema.get("additionalProperties")
    for one in (*schema.get("prefixItems", ()), *([inner] if isinstance(inner, dict) else [])):
        yield from (f"[]{line}" for line in _lines(one, schemas))
    for name, field in schema.get("properties", {}).items():
        yield f".{name} {_type(field, schemas)}"
        yield from (f".{name}{line}" for line in _lines(field, schemas))


def _type(field: dict[str, Any], schemas: dict[str, Any]) -> str:
    if "$ref" in field:
        field = schemas[field["$ref"].rsplit("/", 1)[1]]
    return "|".join(sorted({_type(one, schemas) for one in field.get("anyOf", ())})) or str(field.get("type", "any"))


def test_no_address_field_or_type_is_ever_removed(client: FlaskClient) -> None:
    """What programs read today they read tomorrow, as docs/api.md promises: a line of the list stays true for ever."""
    now, promised = fields(client.get("/api/openapi.json").json), set(FIELDS.read_text("utf-8").splitlines())
    assert promised - now == set(), "removed or of another type: keep it, and add a new one beside it"


def test_a_field_that_goes_would_be_noticed(client: FlaskClient) -> None:
    description = client.get("/api/openapi.json").json
    del description["components"]["schemas"]["SeatsRow"]["properties"]["p_pass"]
    gone = set(FIELDS.read_text("utf-8").splitlines()) - fields(description)
    assert gone == {"/api/v1/{election}/tonight/seats.json .lists[].p_pass number"}


def test_the_description_names_every_block_once(client: FlaskClient) -> None:
    paths = client.get("/api/openapi.json").json["paths"]
    blocks = {f"/api/v1/{{election}}/{page.name}/{name}.json" for page in PAGES.values() for name in page.values}
    assert blocks < paths.keys()
    assert Correction.__name__ in client.get("/api/openapi.json").json["components"]["schemas"]
