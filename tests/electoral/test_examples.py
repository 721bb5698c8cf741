"""The examples in the docstrings are true."""

import doctest
import importlib
import pkgutil

import pytest

import electoral

MODULES = sorted(f"electoral.{module.name}" for module in pkgutil.iter_modules(electoral.__path__))


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
