"""Every source is one module with a line in `MODULES` and a section in the docs, and all are read alike."""

import doctest
import inspect
from dataclasses import fields
from importlib import import_module
from pathlib import Path

import pytest

from pipelines.electorate.settings import SourceSettings, read_sources
from pipelines.errors import RawDataError
from pipelines.http.client import ClientSettings
from pipelines.sources.reading import MODULES, FetchedSource, Source, poll_sources, source_of

ROOT = Path(__file__).parents[3]
HERE = ROOT / "pipelines" / "sources"
DOC = (ROOT / "docs" / "sources.md").read_text("utf-8")
FOLDERS = sorted((ROOT / "data" / "raw" / "electorates").iterdir())


@pytest.mark.parametrize("name", poll_sources())
def test_a_source_is_known_by_its_id_and_described(name: str) -> None:
    assert source_of(name).id == name
    assert f"`{name}`" in DOC
    assert source_of(name).citation.count("{}") == 1


def test_every_module_with_a_source_is_named() -> None:
    modules = [path for path in HERE.rglob("*.py") if "\nSOURCE = " in path.read_text("utf-8")]
    assert len(modules) == len(MODULES)


@pytest.mark.parametrize("name", poll_sources())
def test_polls_are_parsed_by_one_signature(name: str) -> None:
    source = source_of(name)
    assert isinstance(source, Source)
    assert list(inspect.signature(source.parse).parameters) == ["body", "scope", "content_type"]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_a_source_that_an_electorate_asks_has_an_address_over_https_at_one_host(folder: Path) -> None:
    for name, settings in read_sources(folder).items():
        source = source_of(name) if name in poll_sources() else None
        if isinstance(source, FetchedSource):
            own = source.client_settings(settings)
            assert own.schemes == ("https",)
            assert [own.url.split("/")[2]] == list(own.hosts), name
            assert settings.licence
            assert settings.attribution


def test_every_setting_is_documented() -> None:
    for name in (*(field.name for field in fields(ClientSettings)), *SourceSettings.model_fields):
        assert f"`{name}`" in DOC, name


@pytest.mark.parametrize("name", ["cec", "nobody", "../csv", ""])
def test_an_unknown_source_is_named(name: str) -> None:
    with pytest.raises(RawDataError, match="there are"):
        source_of(name)


@pytest.mark.parametrize("path", sorted(HERE.rglob("*.py")), ids=lambda path: str(path.relative_to(HERE)))
def test_examples_in_docstrings_hold(path: Path) -> None:
    name = ".".join(path.relative_to(HERE.parent.parent).with_suffix("").parts).removesuffix(".__init__")
    assert doctest.testmod(import_module(name)).failed == 0
