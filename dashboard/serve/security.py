"""Limits and headers on every route: nothing malformed gets far, nothing leaves without its headers."""

import gzip
import hashlib
from collections.abc import Sequence

from flask import Flask, Response, abort, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import RequestRedirect

from dashboard.serve.cache import LEVEL, LruCache, Payload
from dashboard.serve.respond import refusal
from dashboard.serve.shell import ASSETS, Shell

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
FRAMED = "/embed/<page>/<block>"  # the one route that may stand in a frame of another host
LONGEST_QUERY = 4000
LARGEST_BODY = 64 * 1024
COMPRESSED = frozenset(
    {"text/html", "text/css", "text/javascript", "application/javascript", "application/json", "image/svg+xml"}
)
MOST_BYTES = 8 * 1024 * 1024
SMALLEST = 300  # bytes; less than that is not worth unpacking

_packed: LruCache[Payload] = LruCache(MOST_BYTES)  # by content: whatever its address, a file is packed once


def limit(app: Shell) -> None:
    """Refuse what is too long, too large or malformed; before every other route looks at it."""
    server: Flask = app.server
    server.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    server.url_map.merge_slashes = False  # "//host" is an unknown path, never a redirect

    @server.before_request
    def check() -> None:
        """No route takes a body and no callback runs here: a body is refused unread, whatever it says."""
        if len(request.query_string) > LONGEST_QUERY:
            abort(414)
        if "Content-Length" in request.headers or "Transfer-Encoding" in request.headers:
            if (request.content_length or 0) > LARGEST_BODY:
                abort(413)
            if request.content_length != 0:
                abort(400)
        if isinstance(request.routing_exception, RequestRedirect):
            abort(404)  # it would lead to the host that the request names
        if request.method == "POST":
            abort(400 if request.path.startswith("/_dash") else 405)

    @server.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        status = error.code or 400
        response = refusal(status, error.name, "refused unread: the API takes GET, without a body, at short addresses")
        response = response or Response("refused\n", status=status, mimetype="text/plain")
        if isinstance(error, MethodNotAllowed):
            response.headers["Allow"] = "GET, HEAD"
        response.headers["Connection"] = "close"  # a body that was not read must not be taken for a request
        return response

    @server.errorhandler(Exception)
    def broken(error: Exception) -> Response:
        """What nobody foresaw: told to the log, in one record, and not to the reader."""
        server.logger.error("failed: %r", request.path, exc_info=error)
        problem = refusal(500, "Internal Server Error", "not available: the fault is ours and in the log")
        return problem or Response("not available\n", status=500, mimetype="text/plain")


def dress(app: Shell) -> None:
    """Put the headers on every answer; last. No page has a script inside it."""
    server: Flask = app.server
    server.config["SEND_FILE_MAX_AGE_DEFAULT"] = 365 * 24 * 3600
    usual = {**HEADERS, "Content-Security-Policy": content_policy(())}
    framed = {name: value for name, value in HEADERS.items() if name != "X-Frame-Options"}
    framed["Content-Security-Policy"] = content_policy((), frame_ancestors="*")

    @server.after_request
    def headers(response: Response) -> Response:
        is_frame = request.url_rule is not None and request.url_rule.rule == FRAMED
        for name, value in (framed if is_frame else usual).items():
            response.headers[name] = value
        response.headers.pop("Date", None)  # the server says it; one that is remembered would be of another hour
        if response.status_code >= 400:
            response.headers["Cache-Control"] = "no-store"
        return compress(response)


def content_policy(script_hashes: Sequence[str], frame_ancestors: str = "'none'") -> str:
    """Everything from this host only; inline scripts by their hashes; inline styles, which the drawings need."""
    rules = {
        "default-src": "'none'",
        "script-src": " ".join(["'self'", *script_hashes]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",  # sliders are forms where there is no script
        "frame-ancestors": frame_ancestors,
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _pack(raw: bytes, mimetype: str) -> Payload:
    """A file packed: as it was packed ahead where that lies beside it, at a level that takes seconds."""
    ahead = ASSETS / f"{request.path.removeprefix('/assets/')}.br"
    if not request.path.startswith("/assets/plotly/") or not ahead.is_file():
        return Payload.of(raw, mimetype)
    return Payload.packed(gzip.compress(raw, LEVEL, mtime=0), ahead.read_bytes(), mimetype)


def compress(response: Response) -> Response:
    """Compress what the reader takes compressed; files from disk once for all readers."""
    if (
        response.status_code != 200
        or response.content_encoding
        or response.mimetype not in COMPRESSED
        or request.method != "GET"
    ):
        return response
    response.direct_passthrough = False
    raw = response.get_data()
    if len(raw) < SMALLEST:
        return response
    payload = _packed.get(hashlib.blake2b(raw).digest(), lambda: _pack(raw, response.mimetype or ""))
    body, encoding = payload.encoded(request.headers.get("Accept-Encoding", ""))
    if encoding:
        response.set_data(body)
        response.content_encoding = encoding
        response.set_etag(f"{payload.etag}-{encoding}")
    response.vary.add("Accept-Encoding")
    return response
