"""How an answer is sent: packed, to be asked for again by its tag, and repeated where its address is canonical."""

from flask import Response, request
from pydantic import BaseModel, ConfigDict

from dashboard import status
from dashboard.address import Key, query
from dashboard.i18n import translator
from dashboard.names import first_text
from dashboard.render.text import plain
from dashboard.serve.cache import Payload
from dashboard.serve.response_cache import MARK
from dashboard.view import View
from pipelines.editions.schema import ElectorateReference

# What is current changes at any moment: browsers ask again by its tag, and what stands between may keep it for seconds.
CURRENT = "public, max-age=0, s-maxage=2, must-revalidate"
FOREVER = "public, max-age=31536000, immutable"
TEXTS = frozenset({"application/json", "text/csv", "image/svg+xml", "text/html"})
HEADERS = ("Hemicycle-Election", "Hemicycle-Edition", "Hemicycle-As-Of", "Hemicycle-Licence", "Hemicycle-Notice")
LONGEST_HEADER = 400
PROGRAMS = "/api/"  # what begins so is read by programs


class Problem(BaseModel):
    """Why there is no answer (RFC 9457), and where to look; nothing of the request is repeated."""

    model_config = ConfigDict(frozen=True)

    title: str
    status: int
    detail: str


def refusal(status: int, title: str, detail: str) -> Response | None:
    """A refusal as programs read it; None where a person asks, who is told in words of their language."""
    if not request.path.startswith(PROGRAMS):
        return None
    problem = Problem(title=title, status=status, detail=detail)
    return Response(problem.model_dump_json(), status=status, mimetype="application/problem+json")


def is_canonical(key: Key, *also: str) -> bool:
    """Whether the address asked for is the one way to write its query: each value as the page writes it, nothing else.

    `also` are parameters that are no state of the page.
    """
    state = dict(key.state)
    names = {"election", "edition", "lang", *also, *state}
    written = query(request.args.to_dict()).removeprefix("?")
    is_written_so = all(value == request.args.get(name, value) for name, value in state.items())
    return is_written_so and request.args.keys() <= names and written == request.query_string.decode("latin-1")


def send(payload: Payload, caching: str, *, repeats: bool) -> Response:
    """A kept payload in the encoding the reader takes, to be asked for again by its tag.

    Where it `repeats`, the response cache may give the same answer to whoever asks for the same address.
    """
    body, encoding = payload.encoded(request.headers.get("Accept-Encoding", ""))
    response = Response(body, mimetype=payload.mimetype)
    if encoding:
        response.content_encoding = encoding
    response.headers["Vary"] = "Accept-Encoding"
    response.set_etag(f"{payload.etag}-{encoding}" if encoding else payload.etag)
    return _finished(response, caching, repeats)


def send_file(content: bytes, mimetype: str, *, repeats: bool) -> Response:
    """What is current as a file: text packed, what is packed by its own kind as it is."""
    if mimetype in TEXTS:
        return send(Payload.of(content, mimetype), CURRENT, repeats=repeats)
    response = Response(content, mimetype=mimetype)
    response.add_etag()
    return _finished(response, CURRENT, repeats)


def _finished(response: Response, caching: str, repeats: bool) -> Response:
    if repeats:
        request.environ[MARK] = True
    response.headers["Cache-Control"] = caching
    response.make_conditional(request)
    return response


def terms(electorate: ElectorateReference) -> str:
    """Who is credited for an electorate's polls, each with the licence."""
    return "; ".join(f"{first_text(one.attributions)}: {first_text(one.licences)}" for one in electorate.licences)


def describe(response: Response, view: View) -> Response:
    """Which edition an answer is of, on which terms, and what a reader must know, in its headers."""
    about = "/data" + query({"election": view.edition.election, "edition": view.edition.id})
    values = (view.edition.election, view.edition.id, view.projection.as_of.isoformat(), terms(view.electorate))
    notice = plain(status.frozen(view), translator("en")) if view.is_frozen else ""
    for name, value in zip(HEADERS, (*values, notice), strict=True):
        if value:
            response.headers[name] = _ascii(value)
    response.headers["Link"] = f'<{about}#block-licences>; rel="license", <{about}#block-provenance>; rel="describedby"'
    return response


def _ascii(text: str) -> str:
    """A text as a header can hold it.

    >>> _ascii("Źródło: x" + chr(10))
    '?r?d?o: x?'
    """
    return "".join(letter if " " <= letter <= "~" else "?" for letter in text)[:LONGEST_HEADER]
