"""The list of constants is whole: a number that is set in the model's modules stands in it, once."""

import ast
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

from pipelines.hindcast import record
from pipelines.hindcast.record import CONSTANTS, MODULES

ROOMS = ("pipelines/trend", "pipelines/forecast")


def numbers(path: Path) -> set[str]:
    """Names in capitals that a module sets itself, whatever holds a number: alone, in a tuple, in a dataclass."""
    tree = ast.parse(path.read_text("utf-8"))
    assigned = [node for node in tree.body if isinstance(node, ast.Assign)]
    targets = {name.id: node for node in assigned for name in ast.walk(node.targets[0]) if isinstance(name, ast.Name)}
    return {
        name
        for name, node in targets.items()
        if name.isupper()
        and any(isinstance(part, ast.Constant) and isinstance(part.value, int | float) for part in ast.walk(node.value))
    }


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_every_number_is_listed_once(module: ModuleType) -> None:
    listed = Counter(name for row in CONSTANTS if row.module is module for name in row.names)
    constants = {name for name in numbers(Path(str(module.__file__))) if not name.startswith("_")}
    assert set(listed) == constants
    assert set(listed.values()) <= {1}


def test_no_module_of_the_model_is_left_out(root: Path) -> None:
    files = {path for room in ROOMS for path in (root / room).glob("*.py") if numbers(path)}
    assert files <= {Path(str(module.__file__)) for module in MODULES}


def test_each_row_says_its_value_and_where_it_is_from() -> None:
    for row in CONSTANTS:
        assert row.value
        assert row.source
    assert next(row.value for row in CONSTANTS if row.module is record.polling_error) == "1 7 14 30"
