"""Editions of knesset-22, made once a session by the real command."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import link_il

AS_OF = "2019-09-10"


@pytest.fixture(scope="session", autouse=True)
def _read_once(read_once: None) -> None:
    """Every test here begins with what other tests have read."""


@pytest.fixture(scope="session")
def refreshed(root: Path, command: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder (raw is one electorate's own) with knesset-22 refreshed as of 10 September 2019."""
    folder = tmp_path_factory.mktemp("refreshed")
    link_il(root, folder)
    done = command(
        "pipelines", "refresh", "--election", "knesset-22", "--as-of", AS_OF, "--offline", "--data-dir", folder
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def projection(refreshed: Path, command: Any) -> dict[str, Any]:
    """`projection --json` of that edition."""
    done = command(
        "pipelines", "projection", "--election", "knesset-22", "--as-of", AS_OF, "--json", "--data-dir", refreshed
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
