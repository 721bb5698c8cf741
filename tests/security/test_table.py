"""README.md beside this file: every row is held, by tests that exist."""

import ast
import re
from pathlib import Path

import pytest

TABLE = Path(__file__).with_name("README.md").read_text("utf-8")
ROWS = dict(re.findall(r"^\| ([FS]\d+) \|[^|]*\|([^|]*)\|$", TABLE, re.M))


def test_every_row_is_there() -> None:
    assert set(ROWS) == {*(f"F{at}" for at in range(38, 44)), *(f"S{at}" for at in range(1, 21))}


@pytest.mark.parametrize("row", ROWS)
def test_its_tests_exist(row: str, root: Path) -> None:
    named = re.findall(r"`([^`:]+)::(\w+)`", ROWS[row])
    assert named
    for path, name in named:
        tree = ast.parse((root / path).read_text("utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, f"{path}::{name}"
