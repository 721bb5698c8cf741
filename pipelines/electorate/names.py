"""What everything of an electorate is called, in each of its languages: the rows of `names.csv`, looked up by id."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from pipelines.electorate.columns import Kind, NameRow


@dataclass(frozen=True)
class Names:
    """The names of one electorate in its languages, in their order.

    The name of an id in a language is looked for in this order: the row of the id itself; where the id is
    `<election>/<list>`, the row of the list in every campaign, `<list>`; the same two in the electorate's first
    language; and what nobody named goes by its id.
    """

    rows: tuple[NameRow, ...]
    languages: tuple[str, ...]

    def texts(self, kind: Kind, name: str) -> dict[str, str]:
        """The name of an id in each language."""
        return {language: self.text(kind, name, language) for language in self.languages}

    def shorts(self, kind: Kind, name: str) -> dict[str, str]:
        """The chart label of an id in each language."""
        return {language: self.short(kind, name, language) for language in self.languages}

    def text(self, kind: Kind, name: str, language: str) -> str:
        """The name of an id."""
        row = self._nearest(kind, name, language)
        return row.name if row else name.rpartition("/")[2]

    def short(self, kind: Kind, name: str, language: str) -> str:
        """The chart label of an id: its name where the name is short enough to be one."""
        row = self._nearest(kind, name, language)
        return (row.short or row.name) if row else name.rpartition("/")[2]

    def every(self, kind: Kind, name: str) -> Iterator[str]:
        """Each name an id has, in every language, long and short, and the id itself."""
        yield name.rpartition("/")[2]
        for language in self.languages:
            if row := self.find(kind, name, language):
                yield row.name
                yield row.short or row.name

    def find(self, kind: Kind, name: str, language: str) -> NameRow | None:
        """The row of an id in one language, of the list in every campaign where it has none of its own; else None."""
        return next((self._by_id[key] for key in self._keys(kind, name, language) if key in self._by_id), None)

    def of(self, things: Iterable[tuple[Kind, str]]) -> Iterator[NameRow]:
        """Every row that `text` and `short` may read for some ids, without repetition."""
        keys = (key for kind, name in things for language in self.languages for key in self._keys(kind, name, language))
        yield from (self._by_id[key] for key in dict.fromkeys(keys) if key in self._by_id)

    def _nearest(self, kind: Kind, name: str, language: str) -> NameRow | None:
        rows = (self.find(kind, name, each) for each in (language, *self.languages[:1]))
        return next((row for row in rows if row), None)

    @staticmethod
    def _keys(kind: Kind, name: str, language: str) -> tuple[tuple[Kind, str, str], ...]:
        return (kind, name, language), (kind, name.rpartition("/")[2], language)

    @cached_property
    def _by_id(self) -> dict[tuple[Kind, str, str], NameRow]:
        return {(row.kind, row.id, row.language): row for row in self.rows}
