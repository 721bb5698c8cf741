"""What the operator decides for all pages: the only place here that reads the environment for it."""

import os
import re
from dataclasses import dataclass

from pipelines.editions import gate

ELECTORATE = "HEMICYCLE_ELECTORATE"
PUBLIC_URL = "HEMICYCLE_PUBLIC_URL"
ADDRESS = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+", re.ASCII)
USUAL_ELECTORATE = "il"
CORRECTIONS = "HEMICYCLE_CORRECTIONS"
WRITTEN = re.compile(r"(?:mailto:)?[\w.+-]+@[\w.-]+|https?://[\w.:-]+(?:/[\w./-]*)?", re.ASCII)


@dataclass(frozen=True)
class Settings:
    """`electorate` is the one that `/` opens; `is_ban_relaxed` is counsel's word on the publication ban.

    `corrections` is where a reader reports an error, a link to a mailbox or a page; blank where none is set.
    `public_url` is where readers find this installation, without a path; blank where none is set, and then every
    address is relative. No request is believed about it.
    """

    is_ban_relaxed: bool = False
    electorate: str = USUAL_ELECTORATE
    corrections: str = ""
    public_url: str = ""


def settings() -> Settings:
    """What the environment says; raises ValueError for an address that is none."""
    corrections = os.environ.get(CORRECTIONS, "").strip()
    if corrections and not WRITTEN.fullmatch(corrections):
        raise ValueError(f"{CORRECTIONS}={corrections}: write it as desk@example.org or https://example.org/errors")
    if "@" in corrections and ":" not in corrections:
        corrections = f"mailto:{corrections}"
    public_url = os.environ.get(PUBLIC_URL, "").strip().rstrip("/")
    if public_url and not ADDRESS.fullmatch(public_url):
        raise ValueError(f"{PUBLIC_URL}={public_url}: write it as https://polls.example.org, without a path")
    electorate = os.environ.get(ELECTORATE, "").strip() or USUAL_ELECTORATE
    return Settings(gate.is_relaxed(os.environ), electorate, corrections, public_url)
