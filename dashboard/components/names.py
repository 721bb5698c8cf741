"""Names and sources from data: always text, in their own direction, links only to the web."""

from urllib.parse import urlsplit

from dash import html
from dash.development.base_component import Component

from dashboard.components.attributes import aria
from dashboard.i18n.bidi import clean
from dashboard.theme import colours
from pipelines.editions.schema import BlocReference, ListReference


def bdi(text: str) -> Component:
    """Text from data, its direction its own."""
    return html.Bdi(clean(text))


def swatch(item: ListReference | BlocReference) -> Component:
    """A dot in the colour of a list or bloc, beside its name, which says the same in words."""
    return html.Span(className="swatch", style=colours(item), **aria(hidden="true"))


def coloured(item: ListReference | BlocReference, text: str) -> Component:
    return html.Span([swatch(item), bdi(text)], className="named")


def is_web_address(text: str) -> bool:
    """True for http and https addresses without anything odd in them.

    >>> is_web_address("https://example.org/a"), is_web_address("java\\tscript:alert(1)")
    (True, False)
    """
    if text != clean(text).strip() or any(letter.isspace() for letter in text):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def source(text: str) -> Component:
    """A citation: a link where it is a web address, else words."""
    if is_web_address(text):
        return html.A(bdi(urlsplit(text).netloc), href=text, rel="noopener noreferrer nofollow", className="source")
    return html.Span(bdi(text), className="source")
