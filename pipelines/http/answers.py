"""What the client asks with and what it brings back."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

CONTACT = "HEMICYCLE_CONTACT"


def user_agent(environ: Mapping[str, str] = os.environ) -> str:
    """The name we go by, with the contact the operator set; sites refuse tools that give none."""
    contact = "".join(c for c in environ.get(CONTACT, "") if c.isprintable() and c.isascii()).strip()[:200]
    return f"Hemicycle/1.0 (election poll tracker; {contact or 'no contact set'})"


@dataclass(frozen=True, slots=True)
class Validators:
    """What the last answer said of itself, to ask whether it changed."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A whole answer: its bytes, where and when they came from, and how to ask for them again."""

    url: str
    body: bytes
    content_type: str
    validators: Validators
    retrieved_at: datetime
    sha256: str


@dataclass(frozen=True, slots=True)
class NotModified:
    """The page is as it was."""

    url: str
    checked_at: datetime
