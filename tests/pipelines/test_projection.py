"""What past elections teach is learned once for the same past, and again where anything of it changed."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipelines.editions.schema import Manifest
from pipelines.forecast.polling_error import PastElection, learn
from pipelines.projection import FOLDER, learned_error
from pipelines.trend.observations import to_z

ROWS = pd.DataFrame({"day": [60.0, 99.0], "z": float(to_z(0.3)), "house": "h", "family": "h"})
PAST = [PastElection({"a": ROWS, "b": ROWS}, 100.0, {"a": 0.48, "b": 0.5})]


def test_a_night_with_news_loads_no_formulas_and_no_signals(root: Path) -> None:
    """What a whole model of statsmodels loads beside a state space: a fifth of a second and 17 MB."""
    code = "import sys, pipelines.projection; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "statsmodels.tsa.statespace.kalman_smoother" in loaded
    assert not loaded & {"statsmodels.tsa.statespace.mlemodel", "formulaic", "scipy.signal"}


def manifest(**changed: Any) -> Manifest:
    facts: dict[str, Any] = {
        "election": "e", "as_of": date(2026, 1, 1), "kind": "live", "edition": "x",
        "inputs": {"past/d": "1", "polls": "1"},
        "code": "c" * 64, "libraries": {"numpy": "2"}, "parameters": {}, "files": {},
    }  # fmt: skip
    return Manifest(**facts | changed)


def unread() -> Iterator[PastElection]:
    raise AssertionError("it was learned already")
    yield


def test_it_is_learned_once_and_read_the_same_to_the_last_digit(tmp_path: Path) -> None:
    assert learned_error(tmp_path, manifest(), PAST) == learn(PAST)
    assert learned_error(tmp_path, manifest(inputs={"past/d": "1", "polls": "2"}), unread()) == learn(PAST)


@pytest.mark.parametrize(
    "changed",
    [{"inputs": {"past/d": "2"}}, {"inputs": {}}, {"code": "d" * 64}, {"libraries": {"numpy": "3"}}],
    ids=["a past election", "fewer of them", "the code", "a library"],
)
def test_it_is_learned_again_where_what_it_was_learned_from_changed(changed: dict[str, Any], tmp_path: Path) -> None:
    learned_error(tmp_path, manifest(), PAST)
    other = [replace(PAST[0], result_share={"a": 0.44, "b": 0.5})]
    assert learned_error(tmp_path, manifest(**changed), other) == learn(other) != learn(PAST)


@pytest.mark.parametrize("content", [b"", b"{", b'{"scales": ["wide"]}', b"\xff"])
def test_a_spoilt_file_is_made_again(content: bytes, tmp_path: Path) -> None:
    learned_error(tmp_path, manifest(), PAST)
    (path,) = (tmp_path / FOLDER).iterdir()
    path.write_bytes(content)
    assert learned_error(tmp_path, manifest(), PAST) == learn(PAST)
    assert learned_error(tmp_path, manifest(), unread()) == learn(PAST)


def test_what_other_code_learned_is_not_kept(tmp_path: Path) -> None:
    for code in ("c" * 64, "d" * 64):
        learned_error(tmp_path, manifest(code=code), PAST)
    assert [path.name[:12] for path in (tmp_path / FOLDER).iterdir()] == ["d" * 12]
