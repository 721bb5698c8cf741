"""Every word is there, in every language, and every one is used."""

import ast
import string
from pathlib import Path

import pytest

from dashboard.address import LANGUAGES
from dashboard.i18n.translator import catalogue

DASHBOARD = Path(__file__).parents[3] / "dashboard"
SAME_IN_EVERY_LANGUAGE = {"trends.line_lowess"}


def forms(text: object) -> list[str]:
    return [text] if isinstance(text, str) else list(text.values())


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def constants() -> tuple[set[str], set[str]]:
    """Whole string constants in the code, and the beginnings of composed ones."""
    whole, beginnings = set(), set()
    for path in DASHBOARD.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                beginnings.add(node.values[0].value)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
    return whole, beginnings


def asked() -> set[str]:
    """Keys the code asks the translator for by name."""
    found = set()
    for path in DASHBOARD.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and (getattr(node.func, "id", "") in ("t", "words") or getattr(node.func, "attr", "") == "__call__")
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                found.add(node.args[0].value)
    return found


def test_every_key_the_code_asks_for_exists() -> None:
    assert asked() <= set(catalogue())
    assert len(asked()) > 60


def test_every_key_is_used() -> None:
    whole, beginnings = constants()
    composed = {start for start in beginnings if start.count(".") and start.split(".")[0] in SECTIONS}
    unused = {key for key in catalogue() if key not in whole and not any(key.startswith(start) for start in composed)}
    assert unused == set()


SECTIONS = {key.split(".")[0] for key in catalogue()}


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_a_key_says_the_same_in_every_language(key: str) -> None:
    entry = catalogue()[key]
    assert set(entry) == set(LANGUAGES), "a language is missing or unknown"
    assert all(form.strip() or key == "join.comma" for lang in LANGUAGES for form in forms(entry[lang]))
    wanted = set.union(*(places(form) for form in forms(entry["en"])))
    assert set.union(*(places(form) for form in forms(entry["he"]))) == wanted
    if key not in SAME_IN_EVERY_LANGUAGE:
        assert all(
            any("\u0590" <= letter <= "\u05ff" for letter in form) for form in forms(entry["he"]) if letters(form)
        )


def letters(form: str) -> bool:
    """Whether a form has words of its own, not only places for values."""
    return any(char.isalpha() for literal, *_ in string.Formatter().parse(form) for char in literal)


def test_never_will_and_never_promise() -> None:
    said = [form for entry in catalogue().values() for form in forms(entry["en"])]
    assert not [form for form in said if " will " in f" {form} " or "promise" in form or " eve " in f" {form} "]
