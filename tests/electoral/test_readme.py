"""The core's README of theorems: every test it names is there, and every test of theorems is named."""

import re
from pathlib import Path

HERE = Path(__file__).parent


def test_every_theorem_names_a_test_and_every_test_of_theorems_is_named() -> None:
    text = (HERE.parents[1] / "electoral" / "README.md").read_text("utf-8")
    named = set()
    file = ""
    for name in re.findall(r"`((?:test_\w+\.py::)?test_\w+)`", text):
        if "::" in name:
            file = name.split("::")[0]
        named.add((file, name.split("::")[-1]))
    missing = [f"{file}::{name}" for file, name in named if f"def {name}(" not in (HERE / file).read_text("utf-8")]
    assert missing == []
    theorems = re.findall(r"^def (test_\w+)\(", (HERE / "test_theorems.py").read_text("utf-8"), re.MULTILINE)
    assert {("test_theorems.py", name) for name in theorems} <= named
