"""Ready answers of canonical addresses: from memory, else as made ahead, else made now and kept."""

from dashboard.documents import MOST_BYTES, Documents, Key
from dashboard.kept import Kept
from dashboard.payload import Payload
from dashboard.prerendered import DOCUMENT, PAGE, TYPES, Prerendered
from dashboard.shell import Shell


class Answers:
    """Pages and documents, packed."""

    def __init__(self, documents: Documents, shell: Shell, prerendered: Prerendered) -> None:
        self.documents = documents
        self._shell = shell
        self._prerendered = prerendered
        self._kept: Kept[Payload] = Kept(MOST_BYTES)

    def page(self, key: Key) -> Payload:
        """The HTML of an address, with its document inside."""
        return self._kept.get((PAGE, key), lambda: self._prerendered.read(key, PAGE) or self.make_page(key))

    def document(self, key: Key) -> Payload:
        """The document of an address."""
        return self._kept.get((DOCUMENT, key), lambda: self._prerendered.read(key, DOCUMENT) or self.make_document(key))

    def make_page(self, key: Key) -> Payload:
        return Payload.of(self._shell.page(self.documents.of(key)).encode(), TYPES[PAGE])

    def make_document(self, key: Key) -> Payload:
        return self.documents.of(key).body
