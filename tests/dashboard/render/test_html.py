"""Citations are links only where they lead to the web."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from flask.testing import FlaskClient

from dashboard.blocks import Choice, Control, Name, words
from dashboard.pages import PAGES
from dashboard.render import html
from dashboard.render.html import is_web_address, source
from dashboard.serve.documents import Documents


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        " https://example.org",
        "https://",
        "data:text/html,x",
        "//example.org",
        "https://exa\nmple.org",
        "http://[",
        "Times of Israel",
        "\u202ehttps://a.b",
    ],
)
def test_what_is_no_web_address_stays_text(text: str) -> None:
    assert not is_web_address(text)
    assert str(source(text)).startswith("<span")


def test_a_web_address_is_a_link_that_tells_nothing() -> None:
    link = str(source("https://example.org/a?b=c"))
    assert link.startswith("<a ")
    assert "noopener" in link


def test_a_short_name_has_the_whole_one_behind_it(documents: Documents) -> None:
    key = documents.key("/", {"lang": "en"})
    ctx = documents.context(key, documents.view(key))
    lists = documents.view(key).edition.reference.lists
    short = replace(ctx, wholes={"alpha": Name("alpha", {"en": "The Alpha Alliance"})})
    assert (
        html.inline(Name("alpha", {"en": "Alpha"}), short) == '<abbr title="The Alpha Alliance"><bdi>Alpha</bdi></abbr>'
    )
    assert html.inline(Name("beta", {"en": "Beta"}), short) == "<bdi>Beta</bdi>"
    assert {item.id: ctx.wholes[item.id].texts for item in lists} == {item.id: item.names for item in lists}


def test_folded_chips_are_open_once_one_is_pressed(documents: Documents) -> None:
    key = documents.key("/", {"lang": "en"})
    ctx = documents.context(key, documents.view(key))
    chip = Choice("a", Name("a", {"en": "A"}), "/", classes="chip")
    folded = Control("c", "c", words("left_out.firm"), (chip,), "chips", is_folded=True)
    assert "<details" in html.control(folded, ctx)
    assert " open" not in html.control(folded, ctx)
    assert " open" in html.control(replace(folded, choices=(replace(chip, is_current=True),)), ctx)


def test_no_level_of_headings_is_left_out_on_a_page_or_in_a_frame(client: FlaskClient) -> None:
    for path in (*PAGES, "/embed/briefing/briefing", "/embed/tonight/changed"):
        page = client.get(path).get_data(as_text=True)
        levels = [int(level) for level in re.findall(r"<h(\d)", page)]
        assert levels[:1] == [1], path
        assert all(after <= before + 1 for before, after in pairwise(levels)), (path, levels)
