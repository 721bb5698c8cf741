"""What a source answers, and its body: read whole or refused.

The body is capped as it comes and as it unpacks, and never cut short unnoticed.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import requests

from pipelines.errors import PageRefused, one_line

CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Validators:
    """What the last answer said of itself, to ask whether it changed."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A whole answer: its bytes, where they came from, and how to ask for them again."""

    url: str
    body: bytes
    content_type: str
    validators: Validators


@dataclass(frozen=True, slots=True)
class NotModified:
    """The page is as it was."""

    url: str


class BodyCut(Exception):
    """The body ended before it was whole."""


def read_body(response: requests.Response, most: int) -> bytes:
    """The unpacked body; raises BodyCut when it is cut and PageRefused when it passes `most` bytes."""
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding in ("", "identity"):
        return _joined(_pieces(response, most), most)
    if encoding in ("gzip", "x-gzip", "deflate"):
        return _joined(_unpacked(_pieces(response, most)), most)
    raise PageRefused(f"the body is packed as {one_line(encoding, 30)!r}, which was not asked for")


def _joined(pieces: Iterator[bytes], most: int) -> bytes:
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > most:
            raise PageRefused(f"the page is larger than {most:,} bytes; it is not the page we know")
    return bytes(body)


def _pieces(response: requests.Response, most: int) -> Iterator[bytes]:
    """The body as it came over the wire; that an announced length is reached, urllib3 sees to."""
    announced = _announced(response)
    if announced is not None and announced > most:
        raise PageRefused(f"the page announces {announced:,} bytes; at most {most:,} are read")
    while piece := response.raw.read1(CHUNK_BYTES, decode_content=False):
        yield piece


def _announced(response: requests.Response) -> int | None:
    printed = response.headers.get("Content-Length", "").strip()
    if response.headers.get("Transfer-Encoding") or not printed:
        return None
    if not (printed.isascii() and printed.isdigit()):
        raise PageRefused(f"the length {one_line(printed, 30)!r} is no number")
    return int(printed)


def _unpacked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """What gzip or deflate holds, a bounded piece at a time; several gzip members follow one another."""
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 32)
    begun = False
    try:
        for piece in pieces:
            data = piece
            while data:
                if unpack.eof:
                    unpack = zlib.decompressobj(zlib.MAX_WBITS | 32)
                begun = True
                yield unpack.decompress(data, CHUNK_BYTES)
                data = unpack.unconsumed_tail or unpack.unused_data
    except zlib.error as error:
        raise PageRefused(f"the packed body cannot be read: {error}") from error
    if begun and not unpack.eof:
        raise BodyCut("the packed body ends in the middle")
