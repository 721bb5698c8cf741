"""docs/protections.md: every row is held, by tests that exist, and a mutation of each still fits the code."""

import ast
import re
from functools import lru_cache
from pathlib import Path

import pytest

from tests.mutants.run import ROOT, Mutation, read

ROWS = dict(
    re.findall(r"^\| ([FSABMCP]\d+) \|[^|]*\|([^|]*)\|$", (ROOT / "docs/protections.md").read_text("utf-8"), re.M)
)
MUTATIONS = read()
EVERY = {*(f"F{at}" for at in range(1, 44)), *(f"S{at}" for at in range(1, 21)), *(f"A{at}" for at in range(1, 12))}
EVERY |= {*(f"M{at}" for at in range(1, 6)), *(f"P{at}" for at in range(1, 8))}


@lru_cache
def functions_of(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_every_row_is_there_and_has_a_mutation() -> None:
    assert ROWS.keys() >= EVERY
    assert {row for mutation in MUTATIONS for row in mutation.rows} >= EVERY


@pytest.mark.parametrize("row", ROWS)
def test_the_tests_of_a_row_exist(row: str) -> None:
    named = re.findall(r"`([^`:]+)::(\w+)`", ROWS[row])
    assert named
    assert [(path, name) for path, name in named if name not in functions_of(ROOT / path)] == []


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_a_mutation_fits_the_code_and_its_tests_stand_in_its_rows(mutation: Mutation) -> None:
    assert (ROOT / mutation.file).read_text("utf-8").count(mutation.old) == 1
    assert mutation.new != mutation.old
    assert mutation.tests
    for row in mutation.rows:
        assert [test for test in mutation.tests if f"`{test}`" not in ROWS[row]] == []
