"""Limits and headers on every route: nothing malformed gets far, nothing leaves without its headers."""

import gzip
import json
from collections.abc import Sequence
from functools import lru_cache

from flask import Flask, Response, abort, request

from dashboard.shell import Shell

LONGEST_QUERY = 4000
LARGEST_BODY = 64 * 1024
COMPRESSED = frozenset(
    {"text/html", "text/css", "text/javascript", "application/javascript", "application/json", "image/svg+xml"}
)
FROM_DISK = ("/assets/", "/_dash-component-suites/")


def limit(app: Shell) -> None:
    """Refuse what is too long, too large or malformed; before every other route looks at it."""
    server: Flask = app.server
    server.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    server.url_map.merge_slashes = False  # "//host" is an unknown path, never a redirect

    @server.before_request
    def check() -> None:
        if len(request.query_string) > LONGEST_QUERY:
            abort(414)
        if request.method == "POST" and not is_callback(request.get_data(cache=True), answered(app)):
            abort(400)

    @server.errorhandler(400)
    @server.errorhandler(405)
    @server.errorhandler(413)
    @server.errorhandler(414)
    def refused(error: Exception) -> Response:
        return Response("refused\n", status=getattr(error, "code", 400), mimetype="text/plain")

    @server.errorhandler(500)
    def broken(_error: Exception) -> Response:
        return Response("not available\n", status=500, mimetype="text/plain")


def dress(app: Shell) -> None:
    """Put the headers on every answer; last, when all inline scripts are known."""
    server: Flask = app.server
    server.config["SEND_FILE_MAX_AGE_DEFAULT"] = 365 * 24 * 3600
    policy = content_policy(app.csp_hashes())

    @server.after_request
    def headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        return compress(response)


def answered(app: Shell) -> frozenset[str]:
    """The outputs this server computes; those the browser computes are not asked for here."""
    return frozenset(name for name, callback in app.callback_map.items() if "callback" in callback)


def content_policy(script_hashes: Sequence[str]) -> str:
    """Everything from this host only; inline scripts by their hashes; inline styles, which the drawings need."""
    rules = {
        "default-src": "'none'",
        "script-src": " ".join(["'self'", *script_hashes]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def is_callback(body: bytes, outputs: frozenset[str]) -> bool:
    """Whether a body is a callback this app has: an object with a known output and a list of inputs."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return False
    if not isinstance(said, dict) or not isinstance(said.get("output"), str):
        return False
    return said["output"] in outputs and isinstance(said.get("inputs"), list)


def takes_gzip() -> bool:
    """Whether the reader of this request takes gzip."""
    return request.accept_encodings["gzip"] > 0


def compress(response: Response) -> Response:
    """Compress what the reader takes compressed; files from disk once for all readers."""
    if (
        response.status_code != 200
        or response.content_encoding
        or response.mimetype not in COMPRESSED
        or not takes_gzip()
        or request.method != "GET"
    ):
        return response
    response.direct_passthrough = False
    raw = response.get_data()
    if len(raw) < 1000:
        return response
    response.set_data(_compress_file(raw) if request.path.startswith(FROM_DISK) else gzip.compress(raw, 4))
    response.content_encoding = "gzip"
    response.vary.add("Accept-Encoding")
    return response


@lru_cache(maxsize=48)
def _compress_file(raw: bytes) -> bytes:
    return gzip.compress(raw, 7, mtime=0)
