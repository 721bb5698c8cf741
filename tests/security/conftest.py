"""The dashboard as a process on loopback, over an edition in which everything a stranger could write is poisoned."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.editions.store import SEATS_FILE, SHARES_FILE, EditionStore
from tests import servers
from tests.dashboard import editions
from tests.servers import Site

TODAY = "2019-09-02"
POISON = '"><img src=x onerror=alert(1)><svg onload=alert(2)><script>alert(3)</script>\u202e=1+1'
FORMULA = "=1+1 "  # what a spreadsheet works out begins with it
CITATION = "java\tscript:alert(4)"
TEXTS = {"names", "shorts", "texts", "quotes", "conditions", "label", "ruling"}  # of all but one a text a language
CITED = {"source", "url", "urls", "sources"}


def poisoned(value: Any, key: str = "") -> Any:
    """A document with poison in every text that comes from outside."""
    if isinstance(value, dict):
        return {name: poisoned(item, key if key in TEXTS | CITED else name) for name, item in value.items()}
    if isinstance(value, list):
        return [poisoned(item, key) for item in value]
    if isinstance(value, str) and key in CITED:
        return CITATION
    return f"{FORMULA}{value}{POISON}" if isinstance(value, str) and key in TEXTS else value


def publish_poisoned(processed: Path) -> None:
    """An edition like any other, but for its words."""
    edition = editions.publish(processed)
    files = {
        path.name.removesuffix(".gz"): json.dumps(poisoned(json.loads(gzip.decompress(path.read_bytes())))).encode()
        for path in edition.folder.glob("*.json.gz")
    }
    files |= {name: (edition.folder / name).read_bytes() for name in (SEATS_FILE, SHARES_FILE)}
    EditionStore(processed).publish(edition.manifest, files)


@pytest.fixture(scope="session")
def poisoned_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("poisoned") / "data"
    publish_poisoned(folder / "processed")
    return folder


@pytest.fixture(scope="session")
def site(poisoned_data: Path) -> Iterator[Site]:
    with servers.dashboard(poisoned_data, "--today", TODAY) as dashboard:
        yield dashboard
