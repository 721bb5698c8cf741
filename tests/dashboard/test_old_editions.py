"""Editions stay: one of each format that ever left this house opens, on every page and in both languages."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from dashboard.pages import PAGES
from dashboard.seats import setting_of
from pipelines.editions.edition import check
from pipelines.editions.schema import FORMAT
from pipelines.editions.store import Edition, EditionStore

GOLDEN = Path(__file__).parent.parent / "golden" / "editions"
EDITIONS = sorted(f"{path.parent.name}/{path.name}" for path in GOLDEN.glob("*/*"))


@pytest.fixture(params=EDITIONS)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Edition:
    election, edition = request.param.split("/")
    shutil.copytree(GOLDEN / election / edition, tmp_path / "editions" / election / edition)
    EditionStore(tmp_path).make_current(election, edition)
    return EditionStore(tmp_path).open(election)


def test_every_format_before_this_one_has_a_golden_edition() -> None:
    formats = {json.loads((GOLDEN / name / "manifest.json").read_bytes()).get("format", 1) for name in EDITIONS}
    assert formats >= set(range(1, FORMAT))


def test_it_is_whole_agrees_with_itself_and_can_be_simulated_again(old: Edition) -> None:
    check(old)
    assert old.record is None or old.record.daily
    assert setting_of(old) is not None, "its shares and its rule give its seats"


@pytest.mark.parametrize("lang", ["en", "he"])
def test_every_page_shows_it(old: Edition, lang: str, client_of: Callable[[Path], FlaskClient]) -> None:
    client = client_of(old.folder.parents[2])
    for path in PAGES:
        for address in (path, f"/view{path}"):
            answer = client.get(f"{address}?election={old.election}&edition={old.id}&lang={lang}")
            assert answer.status_code == 200, address
