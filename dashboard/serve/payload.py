"""Bytes to be sent, compressed once when they are made and never when they are asked for."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache

import brotli  # type: ignore[import-untyped]

LEVEL = 9  # of both: a large page takes some 15 ms, once


@dataclass(frozen=True, eq=False, slots=True)
class Payload:
    """One answer's body in the two encodings readers take."""

    gzipped: bytes
    brotli: bytes
    mimetype: str
    etag: str

    @classmethod
    def of(cls, raw: bytes, mimetype: str) -> "Payload":
        """Pack bytes.

        >>> Payload.of(b"seats", "text/plain").raw
        b'seats'
        """
        return cls.packed(gzip.compress(raw, LEVEL, mtime=0), brotli.compress(raw, quality=LEVEL), mimetype)

    @classmethod
    def packed(cls, gzipped: bytes, by_brotli: bytes, mimetype: str) -> "Payload":
        """What was packed before."""
        return cls(gzipped, by_brotli, mimetype, hashlib.blake2b(gzipped, digest_size=12).hexdigest())

    @property
    def raw(self) -> bytes:
        """The bytes themselves: unpacked when asked for, since hardly a reader takes them so."""
        return gzip.decompress(self.gzipped)

    def encoded(self, accepted: str) -> tuple[bytes, str]:
        """The body and its encoding ("" for none) for what a reader accepts: an Accept-Encoding line."""
        encoding = best(accepted)
        if encoding == "br":
            return self.brotli, encoding
        return (self.gzipped, encoding) if encoding == "gzip" else (self.raw, encoding)

    def __len__(self) -> int:
        """How much memory it holds."""
        return len(self.gzipped) + len(self.brotli)


@lru_cache(maxsize=64)
def best(accepted: str) -> str:
    """The best of our encodings that an Accept-Encoding line takes, "" for none.

    >>> best("gzip, deflate, br"), best("gzip;q=0.5, br;q=0"), best("gzip;q=0, deflate")
    ('br', 'gzip', '')
    """
    taken = {name for part in accepted.lower().split(",") if (name := _taken(part))}
    if "br" in taken:
        return "br"
    return "gzip" if "gzip" in taken or "*" in taken else ""


def _taken(part: str) -> str:
    """The encoding a part of the line names, empty where its weight is zero."""
    name, _, weight = part.partition(";")
    is_refused = weight.replace(" ", "").rstrip("0.") in ("q=", "q")
    return "" if is_refused else name.strip()
