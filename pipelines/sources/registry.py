"""Every source by its id. A new one is a module with a `SOURCE`, and its line here."""

from collections.abc import Mapping

from pipelines.errors import RawDataError
from pipelines.sources import dawum, sheet, swedishpolls, themadad, wikipedia, workbook
from pipelines.sources.reading import Source

SHEET = sheet.SOURCE  # what is typed or pasted at the desk
SOURCES: Mapping[str, Source] = {
    source.id: source
    for source in (
        dawum.SOURCE,
        SHEET,
        swedishpolls.SOURCE,
        themadad.SOURCE,
        wikipedia.SOURCE,
        workbook.SOURCE,
    )
}


def poll_sources() -> tuple[str, ...]:
    """The sources a page or file of polls can be imported from.

    >>> "wikipedia" in poll_sources(), "cec" in poll_sources()
    (True, False)
    """
    return tuple(sorted(SOURCES))


def source_of(name: str) -> Source:
    """One source of polls; raises RawDataError naming those there are."""
    if name not in SOURCES:
        raise RawDataError(f"no source of polls is called {name!r}; there are {', '.join(poll_sources())}")
    return SOURCES[name]
