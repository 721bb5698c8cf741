"""Citations are links only where they lead to the web."""

import pytest

from dashboard.render.html import is_web_address, source


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
