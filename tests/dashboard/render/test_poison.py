"""A hostile name stays text in every rendering: HTML, SVG, CSV, XLSX, JSON and copied text."""

import csv
import io
import json
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from tempfile import mkdtemp
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.blocks import Block, Control, Name
from dashboard.i18n import HIDDEN, translator
from dashboard.pages import PAGES
from dashboard.reader import Clock, Reader
from dashboard.render import html, sheet
from dashboard.render.text import plain
from dashboard.serve.api import render
from dashboard.serve.documents import Documents
from pipelines.editions.store import Edition
from tests.dashboard import editions
from tests.dashboard.conftest import TODAY

OURS = {
    "div", "section", "p", "a", "b", "h1", "h2", "h3", "ul", "ol", "li", "span", "bdi", "details", "summary", "table",
    "caption", "thead", "tfoot", "tbody", "tr", "th", "td", "figure", "svg", "path", "rect", "text", "tspan", "button",
    "q", "abbr", "form", "input", "label", "output", "noscript", "select", "option", "nav", "pre", "code",
}  # fmt: skip
LETTERS = st.sampled_from("<>&\"'`=+-@{}%/\\;:|\t\u202e\u200f\u2066אab1 ")
POISON = st.one_of(
    st.text(LETTERS, min_size=1, max_size=30),
    st.sampled_from(
        [
            '"><img src=x onerror=alert(1)>',
            "<script>alert(1)</script>",
            "</text><script>",
            "<b>x</b><br>",
            "&lt;img&gt;",
            "=HYPERLINK(1)",
            "javascript:alert(1)",
            "{0.__class__}",
            "%{text}",
            "]]>",
        ]
    ),
)


class Elements(HTMLParser):
    """The elements of a part, their attributes, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


@lru_cache(maxsize=1)
def edition() -> Edition:
    processed = Path(mkdtemp(prefix="poison-"))
    editions.publish(processed)
    return Reader(processed).edition()


def parts(name: str, lang: str) -> list[tuple[Block | Control, Documents, object]]:
    """Every part of every page with a list, a firm, an event and a source called `name`."""
    stored = edition()
    renamed = editions.reference(alpha=name, pollster=name)
    events = [
        event.model_copy(update={"texts": {"en": name, "he": name}, "sources": {"en": name}})
        for event in renamed.events
    ]
    stored.reference = stored.reference.model_copy(
        update={"lists": renamed.lists, "pollsters": renamed.pollsters, "events": events}
    )
    documents = Documents(Reader(stored.folder.parents[2]), Clock(lambda: TODAY), PAGES)
    documents.reader._open = lambda *_: stored  # the edition as it was renamed
    keys = [documents.key(path, {"lang": lang}) for path in PAGES]
    return [(part, documents, key) for key in keys for part in documents.blocks(key)]


@settings(max_examples=8, deadline=None)
@given(POISON, st.sampled_from(["en", "he"]))
def test_a_hostile_name_is_text_everywhere(name: str, lang: str) -> None:
    t = translator(lang)
    for part, documents, key in parts(name, lang):
        view, page = documents.view(key), documents.pages[key.path]
        ctx = documents.context(key, view)
        if isinstance(part, Control):
            assert_harmless_html(html.control(part, ctx))
            continue
        figure = part.drawn(t)
        assert_harmless_html(html.block(part, figure, ctx))
        assert json.loads(render(view, page, part, "json")[0])["id"] == part.id
        if part.finding is not None:
            assert not HIDDEN.search(plain(part.finding, t))
        if figure is not None:
            content, _ = render(view, page, part, "svg")
            tags = {node.tag.rpartition("}")[2] for node in ElementTree.fromstring(content).iter()}
            assert tags <= {"svg", "title", "style", "rect", "text", "tspan", "path", "g", "circle"}
            assert not [text for text in strings(figure) if "<img" in text or "<script" in text]
        if part.table is not None:
            for row in csv.reader(io.StringIO(render(view, page, part, "csv")[0].decode("utf-8-sig"), newline="")):
                assert not [cell for cell in row if cell[:1] in ("=", "+", "@", "\t") or cell[:2] == "-="], row
            assert render(view, page, part, "xlsx")[0].startswith(b"PK")


def assert_harmless_html(part: str) -> None:
    elements = Elements()
    elements.feed(part)
    assert set(elements.tags) <= OURS
    for attribute, value in elements.attributes:
        assert not attribute.startswith("on"), part
        if attribute in ("href", "action"):
            assert (value or "").startswith(("/", "http://", "https://")), value
    assert "\u202e" not in part


def strings(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in strings(item)]
    if isinstance(value, list | tuple):
        return [text for item in value for text in strings(item)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("text", ["<x>", '"', "&amp;", "'"])
def test_the_builder_escapes_children_and_attributes(text: str) -> None:
    elements = Elements()
    elements.feed(html.element("p", text, title=text))
    assert (elements.tags, elements.attributes) == (["p"], [("title", text)])


def test_markup_of_the_builder_is_not_escaped_twice() -> None:
    assert html.element("p", html.element("b", "<")) == "<p><b>&lt;</b></p>"


def test_a_name_is_never_a_formula() -> None:
    assert sheet.harmless(Name("x", {"en": "=1"}).texts["en"]) == "'=1"
