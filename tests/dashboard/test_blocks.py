"""The contract of blocks: ids that stay, values that are typed, tables that fit, and no language before rendering."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.blocks import Block, Control, Number, Table, words
from dashboard.i18n import Translator, translator
from dashboard.pages import PAGES
from dashboard.render import html
from dashboard.render.text import plain, say
from dashboard.serve.documents import Documents
from pipelines.editions.store import Edition
from tests.dashboard.conftest import view_of

IDS = Path(__file__).with_name("block_ids.txt")
STATES = {
    "/": [{}, {"reading": "without.firm"}],
    "/trends": [{}, {"unit": "share"}, {"of": "blocs"}, {"panels": "each"}],
    "/coalitions": [{}, {"gov": "alpha,gamma", "support": "beta"}],
    "/what-if": [{}, {"out": "gamma"}, {"sign": "alpha.delta"}],
}
SEEN = [(path, state) for path in PAGES for state in STATES.get(path, [{}])]


def parts(edition: Edition, path: str, state: dict[str, str], lang: str = "en") -> tuple[Block | Control, ...]:
    return PAGES[path].blocks(view_of(edition, path, lang, **state))


def committed() -> set[str]:
    return {line for line in IDS.read_text("utf-8").splitlines() if line and not line.startswith("#")}


def test_an_id_that_was_published_stays(edition: Edition) -> None:
    """The list only grows: an address of a block leads to the same thing for ever."""
    seen = {
        f"{part.page}/{part.id}"
        for path, state in SEEN
        for part in parts(edition, path, state)
        if isinstance(part, Block)
    }
    declared = {f"{page.name}/{name}" for page in PAGES.values() for name in page.values}
    assert seen <= declared, "a new block: declare the type of its values where its page is"
    assert declared == committed(), "a new block: add its id to the list"


@pytest.mark.parametrize(("path", "state"), SEEN)
def test_ids_are_slugs_unique_on_their_page(edition: Edition, path: str, state: dict[str, str]) -> None:
    ids = [part.id for part in parts(edition, path, state)]
    assert len(ids) == len(set(ids))
    assert all(part == part.lower().replace(" ", "-") for part in ids)


@pytest.mark.parametrize(("path", "state"), SEEN)
def test_a_page_is_built_without_a_language(edition: Edition, path: str, state: dict[str, str]) -> None:
    english, hebrew = (parts(edition, path, state, lang) for lang in ("en", "he"))
    for one, other in zip(english, hebrew, strict=True):
        if isinstance(one, Block) and isinstance(other, Block):
            assert (one.values, one.table, one.finding) == (other.values, other.table, other.finding)
        else:
            assert one == other


@pytest.mark.parametrize(("path", "state"), SEEN)
def test_tables_fit_their_columns_and_claims_add_up(edition: Edition, path: str, state: dict[str, str]) -> None:
    for part in parts(edition, path, state):
        if not isinstance(part, Block) or part.table is None:
            continue
        table: Table = part.table
        assert {len(row) for row in table.rows} <= {len(table.columns)}, part.id
        assert len({column.id for column in table.columns}) == len(table.columns), part.id
        for column, total in part.claims_sum:
            at = [one.id for one in table.columns].index(column)
            assert sum(row[at] for row in table.rows) == total, part.id


@pytest.mark.parametrize(("path", "state"), SEEN)
def test_values_are_json_and_say_what_they_are(edition: Edition, path: str, state: dict[str, str]) -> None:
    for part in parts(edition, path, state):
        if isinstance(part, Block):
            assert isinstance(json.loads(part.values.model_dump_json()), dict)
            assert part.values.model_config.get("frozen")
            assert (part.edition, part.as_of) == (edition.id, edition.projection.as_of)
            assert part.inputs


CHANGES = {
    "/": {"reading": "without.firm"},
    "/trends": {
        "of": "blocs", "unit": "share", "line": "lowess", "from": "2019-08-01", "to": "2019-08-20", "panels": "each",
        "firm": "firm", "lists": "alpha",
    },
    "/coalitions": {"gov": "alpha", "support": "beta", "abstain": "gamma"},
    "/threshold": {"bloc": "south"},
    "/what-if": {"out": "gamma", "swing": "alpha", "threshold": "2", "drop": "alpha.gamma", "sign": "beta.delta"},
    "/pollsters": {"list": "alpha", "firm": "other"},
    "/polls": {"sort": "alpha", "order": "up"},
}  # fmt: skip


@pytest.mark.parametrize(("path", "name"), [(path, name) for path, state in CHANGES.items() for name in state])
def test_a_block_depends_on_the_parameters_it_declares_and_no_other(edition: Edition, path: str, name: str) -> None:
    usual = {part.id: part for part in parts(edition, path, {}) if isinstance(part, Block)}
    for part in parts(edition, path, {name: CHANGES[path][name]}):
        if isinstance(part, Block) and part.id in usual and name not in part.parameters:
            before = usual[part.id]
            assert (part.values, part.table, part.finding) == (before.values, before.table, before.finding), part.id


def test_a_blocks_own_address_carries_just_its_parameters(documents: Documents) -> None:
    key = documents.key("/trends", {"unit": "share", "line": "lowess"})
    file = documents.context(key, documents.view(key)).file
    assert "unit=share&line=lowess" in file(documents.block(key, "trend"), "svg")
    assert "unit=share" in file(documents.block(key, "events"), "json")
    assert "line" not in file(documents.block(key, "events"), "json")


def test_a_hash_is_of_the_rendered_bytes(documents: Documents) -> None:
    key = documents.key("/", {})
    ctx = documents.context(key, documents.view(key))
    block = next(part for part in documents.blocks(key) if isinstance(part, Block) and part.id == "near")
    assert html.block(block, None, ctx) == html.block(block, None, ctx)
    other = html.block(replace(block, heading=words("tonight.polls")), None, ctx)
    assert other[other.index("data-hash") :] != html.block(block, None, ctx)[-len(other) :]


def test_values_are_made_once_for_all_languages(documents: Documents, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = documents.blocks(documents.key("/", {"lang": "en"}))
    monkeypatch.setattr(type(documents), "view", lambda *_: pytest.fail("built again"))
    assert documents.blocks(documents.key("/", {"lang": "he"})) is blocks


@given(st.integers(-1000, 1000), st.sampled_from(["en", "he"]))
def test_words_say_the_same_numbers_in_every_language(value: int, lang: str) -> None:
    sentence = plain(words("news.moved", name="x", n=Number(value, 1, "signed")), translator(lang))
    assert f"{abs(value):.1f}" in sentence.replace(",", "")


def test_an_entry_that_is_missing_is_said_as_it_is(en: Translator) -> None:
    assert say(words("warning.not-in-the-catalogue"), en) == "warning.not-in-the-catalogue"
