"""`/card/<election>/<page>.png`: what stands beside a link to a page: its finding, a figure, day, source, edition."""

from flask import Flask, Response, request

from dashboard import status
from dashboard.address import Key, UnknownAddress
from dashboard.blocks import Argument, Block
from dashboard.i18n import translator
from dashboard.render import card
from dashboard.render.template import palettes
from dashboard.render.text import say
from dashboard.serve.cache import LruCache
from dashboard.serve.documents import Documents
from dashboard.serve.respond import describe, is_canonical, send_file

PARAMETERS = {"edition", "as_of", "lang"}
MOST_BYTES = 8 * 1024 * 1024


def register(server: Flask, documents: Documents) -> None:
    """Add the route of cards; each is drawn once an edition, page, language, shape and day."""
    cache: LruCache[bytes] = LruCache(MOST_BYTES)

    @server.get("/card/<election>/<page>.png")
    def drawn(election: str, page: str) -> Response:
        path = documents.path(page)
        shape = request.args.get("shape") or "wide"
        if path is None or shape not in card.SHAPES:
            raise UnknownAddress("no such card")
        named = PARAMETERS | {page}  # what stands in the path of a page is called as the page
        parameters = {name: value for name, value in request.args.items() if name in named}
        key = documents.key(path, {**parameters, "election": election})

        def make() -> bytes:
            with documents.bound.place():
                return card.png(draw(documents, key, shape), scale=1)

        content = cache.get((shape, key), make)
        response = send_file(content, "image/png", repeats=is_canonical(key, "shape"))
        return describe(response, documents.view(key))


def draw(documents: Documents, key: Key, shape: str) -> str:
    """The card of a page as SVG; its figure is that of the first block which has one."""
    view, t = documents.view(key), translator(key.lang)
    figures = (part.drawn(t) for part in documents.blocks(key) if isinstance(part, Block) and part.embeddable)
    figure = next((drawing for drawing in figures if drawing is not None), None)
    warning: list[Argument] = [status.frozen(view)] if view.is_frozen else []
    beneath = [*warning, status.source_line(view)]
    return card.card(
        card.SHAPES[shape],
        figure,
        palettes(view.edition.reference)["light"],
        say(documents.pages[key.path].headline(view), t),
        [*(say(text, t) for text in beneath), t("footer.edition", edition=t.isolated(view.edition.id))],
        t,
    )
