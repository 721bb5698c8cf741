"""What the operator decides for all pages: the only place here that reads the environment for it."""

import ipaddress
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipelines.editions import gate

ELECTORATE = "HEMICYCLE_ELECTORATE"
PUBLIC_URL = "HEMICYCLE_PUBLIC_URL"
CACHE, CACHE_MB = "HEMICYCLE_CACHE", "HEMICYCLE_CACHE_MB"
ADDRESS = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+", re.ASCII)
USUAL_ELECTORATE = "il"
CORRECTIONS = "HEMICYCLE_CORRECTIONS"
TRUSTED_PROXIES = "HEMICYCLE_TRUSTED_PROXIES"  # addresses, comma-separated; nobody by default
USER_HEADER, DESK_ALONE = "HEMICYCLE_DESK_USER_HEADER", "HEMICYCLE_DESK_ALONE"
USUAL_HEADER = "X-Forwarded-User"
HEADER = re.compile(r"[A-Za-z][A-Za-z-]{1,63}")
WRITTEN = re.compile(r"(?:mailto:)?[\w.+-]+@[\w.-]+|https?://[\w.:-]+(?:/[\w./-]*)?", re.ASCII)


class SettingsRefused(ValueError):
    """A setting that says nothing of its kind; the message names it, its value and a right one."""


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
    """What the environment says; raises SettingsRefused for an address that is none."""
    corrections = os.environ.get(CORRECTIONS, "").strip()
    if corrections and not WRITTEN.fullmatch(corrections):
        raise SettingsRefused(
            f"{CORRECTIONS}={corrections}: write it as desk@example.org or https://example.org/errors"
        )
    if "@" in corrections and ":" not in corrections:
        corrections = f"mailto:{corrections}"
    public_url = os.environ.get(PUBLIC_URL, "").strip().rstrip("/")
    if public_url and not ADDRESS.fullmatch(public_url):
        raise SettingsRefused(f"{PUBLIC_URL}={public_url}: write it as https://polls.example.org, without a path")
    electorate = os.environ.get(ELECTORATE, "").strip() or USUAL_ELECTORATE
    return Settings(gate.is_relaxed(os.environ), electorate, corrections, public_url)


def cache(environment: Mapping[str, str]) -> tuple[Path, int]:
    """Where editions of an object store are kept near, and how many bytes of them; raises SettingsRefused."""
    folder = environment.get(CACHE, "").strip() or str(Path(tempfile.gettempdir()) / "hemicycle-editions")
    megabytes = environment.get(CACHE_MB, "").strip() or "512"
    if not megabytes.isascii() or not megabytes.isdigit():
        raise SettingsRefused(f"{CACHE_MB}={megabytes}: write it as a number of megabytes, such as 512")
    return Path(folder), int(megabytes) << 20


@dataclass(frozen=True)
class DeskSettings:
    """Whose word on who is at the entry desk counts: `header` from `proxies`; `is_alone`: one person may approve."""

    proxies: frozenset[str] = frozenset()
    header: str = USUAL_HEADER
    is_alone: bool = False


def desk_settings() -> DeskSettings:
    """What the environment says of the desk; raises SettingsRefused for a proxy that is no address."""
    addresses = [address.strip() for address in os.environ.get(TRUSTED_PROXIES, "").split(",") if address.strip()]
    try:
        proxies = frozenset(str(ipaddress.ip_address(address)) for address in addresses)
    except ValueError as error:
        raise SettingsRefused(f"{TRUSTED_PROXIES}: {error}; name addresses, comma-separated") from error
    header = os.environ.get(USER_HEADER, "").strip() or USUAL_HEADER
    if not HEADER.fullmatch(header):
        raise SettingsRefused(f"{USER_HEADER}={header}: name a header such as {USUAL_HEADER}")
    return DeskSettings(proxies, header, os.environ.get(DESK_ALONE, "").strip().lower() in gate.YES)
