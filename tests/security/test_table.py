"""The tables of faults and attacks, here and beside the tests of the night: every row is held, by tests that exist."""

import ast
import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TABLES = [(folder / "README.md").read_text("utf-8") for folder in (HERE.parent / "pipelines", HERE)]
ROWS = [row for table in TABLES for row in re.findall(r"^\| ([FS]\d+) \|[^|]*\|([^|]*)\|$", table, re.M)]


def test_every_row_is_there() -> None:
    assert {row for row, _ in ROWS} == {*(f"F{at}" for at in range(26, 44)), *(f"S{at}" for at in range(1, 21))}


@pytest.mark.parametrize(("row", "tests"), ROWS)
def test_its_tests_exist(row: str, tests: str, root: Path) -> None:
    named = re.findall(r"`([^`:]+)::(\w+)`", tests)
    assert named, row
    for path, name in named:
        tree = ast.parse((root / path).read_text("utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, f"{path}::{name}"
