"""Every source folder is whole, documented, and read the same way."""

import doctest
import inspect
from dataclasses import fields
from importlib import import_module
from pathlib import Path

import pytest

from pipelines.errors import RawDataError
from pipelines.sources.catalogue import parse_of, poll_sources
from pipelines.sources.settings import HERE, Settings, read_settings, sources

DOC = (Path(__file__).parents[3] / "docs" / "sources.md").read_text("utf-8")


@pytest.mark.parametrize("source", sources())
def test_a_source_is_a_whole_folder_with_a_row_in_the_docs(source: str) -> None:
    settings = read_settings(source)
    assert settings.id == source
    assert settings.gives in ("polls", "results", "archive")
    for name in ("parse.py", "README.md"):
        assert (HERE / source / name).is_file()
    assert f"pipelines/sources/{source}/README.md" in DOC
    assert bool(settings.hosts) == settings.network == (HERE / source / "fetch.py").is_file()
    assert settings.schemes == ("https",)


def test_every_folder_with_a_parse_is_a_source() -> None:
    assert {path.parent.name for path in HERE.glob("*/parse.py")} == set(sources())


@pytest.mark.parametrize("source", poll_sources())
def test_polls_are_parsed_by_one_signature(source: str) -> None:
    assert list(inspect.signature(parse_of(source)).parameters) == ["body", "scope", "content_type"]


def test_every_setting_is_documented() -> None:
    for field in fields(Settings):
        assert f"`{field.name}`" in DOC


@pytest.mark.parametrize("source", ["cec", "nobody", "../csv", ""])
def test_an_unknown_source_is_named(source: str) -> None:
    with pytest.raises(RawDataError, match="there are"):
        parse_of(source)


@pytest.mark.parametrize("path", sorted(HERE.rglob("*.py")), ids=lambda path: str(path.relative_to(HERE)))
def test_examples_in_docstrings_hold(path: Path) -> None:
    name = ".".join(path.relative_to(HERE.parent.parent).with_suffix("").parts)
    assert doctest.testmod(import_module(name)).failed == 0
