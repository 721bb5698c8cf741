"""S1, S2, S6, S17: what a stranger wrote into a name or a citation stays text, wherever it is shown or taken away."""

import csv
import io
import json
import re
import zipfile
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from dashboard.pages import PAGES
from tests.dashboard.render.test_poison import OURS as PARTS
from tests.security.conftest import POISON
from tests.servers import Site

LANGUAGES = ("en", "he")
OURS = PARTS | {"html", "head", "meta", "title", "link", "script", "style", "body", "header", "footer", "main"}


class Elements(HTMLParser):
    """The elements of a page outside its scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_page_has_only_its_own_elements(site: Site, path: str, lang: str) -> None:
    answer = site.get(f"{path}?lang={lang}")
    assert answer.status == 200
    assert "alert(1)" in answer.text, "the poison did not reach the page"
    page = Elements()
    page.feed(answer.text)
    assert {tag for tag, _ in page.found} <= OURS
    assert not [name for _, attributes in page.found for name in attributes if name.startswith("on")]


@pytest.mark.parametrize("path", PAGES)
def test_no_link_runs_a_script_and_links_out_open_apart(site: Site, path: str) -> None:
    page = Elements()
    page.feed(site.get(f"{path}?lang=en").text)
    for tag, attributes in page.found:
        for name in ("href", "src", "action"):
            assert re.match(r"[/#?]|https?://", attributes.get(name) or "/"), attributes
        if tag == "a" and (attributes.get("href") or "").startswith("http"):
            assert "noopener" in (attributes.get("rel") or "")


@pytest.mark.parametrize("path", PAGES)
def test_a_drawing_has_no_element_of_a_strangers_making(site: Site, path: str) -> None:
    figures = json.loads(site.get(f"/view{path}").body)["figures"]
    assert not re.search(r"<(img|svg|script)", json.dumps(figures))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_marks_that_turn_text_around_are_gone_or_held_in(site: Site, lang: str) -> None:
    """A right-to-left override in a name may not turn what stands around it."""
    for path in PAGES:
        assert "\u202e" not in site.get(f"{path}?lang={lang}").text, path


def test_files_have_no_formula_and_no_element(site: Site) -> None:
    for path in PAGES:
        for link in set(re.findall('href="(/table/[^"]*csv[^"]*)"', site.get(f"{path}?lang=en").text)):
            sheet = site.get(link.replace("&amp;", "&"))
            assert sheet.status == 200
            assert_harmless(sheet.text)
    assert_harmless(site.get("/download/polls.csv").text)
    with zipfile.ZipFile(io.BytesIO(site.get("/download/polls.xlsx").body)) as book:
        for name in book.namelist():
            if name.endswith(".xml"):
                assert not [node for node in ElementTree.fromstring(book.read(name)).iter() if node.tag.endswith("}f")]


def assert_harmless(text: str) -> None:
    for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")):
        assert not [cell for cell in row if re.match(r"[=+@\t\r]|-(?![\d.]+%?$|$)", cell)], row


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_frame_has_only_its_own_elements(site: Site, lang: str) -> None:
    for address in ("/embed/tonight/seats", "/embed/polls/headline", "/embed/tonight/latest", "/embed/data/licences"):
        answer = site.get(f"{address}?lang={lang}&edition=2019-09-01-00000000")
        assert answer.status == 200
        page = Elements()
        page.feed(answer.text)
        assert {tag for tag, _ in page.found} <= OURS | {"base"}
        assert not [name for _, attributes in page.found for name in attributes if name.startswith("on")]
        assert "\u202e" not in answer.text
    assert "alert(1)" in answer.text, "the poison did not reach the frame"


def test_an_answer_of_the_api_is_data_with_text_in_it(site: Site) -> None:
    for page in PAGES.values():
        for name in page.values:
            answer = site.get(f"/api/v1/test-1/{page.name}/{name}.json?lang=en")
            assert answer.headers["Content-Type"].startswith(("application/json", "application/problem+json"))
            assert json.loads(answer.body)
            assert all(value.isprintable() for value in answer.headers.values())
    assert "alert(1)" in site.get("/api/v1/test-1/tonight/seats.json").text, "the poison did not reach the answer"
    assert_harmless(site.get("/api/v1/test-1/polls/polls.csv").text)
    drawn = ElementTree.fromstring(site.get("/api/v1/test-1/tonight/seats.svg").body)
    assert {node.tag.split("}")[1] for node in drawn.iter()} <= PARTS | {"style", "title", "circle", "g"}


def test_the_feed_is_xml_with_text_in_it(site: Site) -> None:
    feed = ElementTree.fromstring(site.get("/feed.atom").body)
    assert {node.tag.split("}")[1] for node in feed.iter()}.isdisjoint({"img", "svg", "script"})
    assert [node for node in feed.iter() if node.text and "alert(1)" in node.text]


def test_health_repeats_nothing(site: Site) -> None:
    for path in ("/healthz", "/readyz"):
        assert POISON[:4] not in site.get(path).text
