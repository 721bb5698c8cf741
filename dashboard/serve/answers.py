"""Ready answers of canonical addresses: from memory, else as made ahead, else made now and kept."""

import re
from dataclasses import replace

from dashboard.address import Busy, Key, State
from dashboard.serve.cache import LruCache, Payload
from dashboard.serve.documents import MOST_BYTES, Documents
from dashboard.serve.prerendered import DOCUMENT, PAGE, TYPES, Prerendered
from dashboard.serve.shell import Shell

MOST_ADDRESSES = 1000
RELEASE = re.compile(r"[0-9a-f]{12}", re.ASCII)
Address = tuple[str, str, str, bool, State]


class Answers:
    """Pages and documents, packed."""

    def __init__(self, documents: Documents, shell: Shell, prerendered: Prerendered) -> None:
        self.documents = documents
        self._shell = shell
        self._prerendered = prerendered
        self._memo: LruCache[Payload] = LruCache(MOST_BYTES)
        self._last: dict[Address, Key] = {}  # under which key an address was answered last

    def page(self, key: Key) -> tuple[Payload, bool]:
        """The HTML of an address, with its document inside, and whether it is that of the key.

        When an edition is published the first reader waits for the new page, and the others go on reading the last
        one until it is there, as all do where too much is being worked out: a whole page of one edition either way.
        """
        address = (key.path, key.election, key.lang, key.is_asked, key.state)
        last = self._last.get(address)
        before = self._memo.peek((PAGE, last)) if last is not None and not key.is_asked else None
        try:
            payload = self._memo.get(
                (PAGE, key), lambda: self._prerendered.read(key, PAGE) or self.make_page(key), meanwhile=before
            )
        except Busy:
            if before is None:
                raise
            payload = before
        if payload is before and last != key:
            return payload, False
        if len(self._last) > MOST_ADDRESSES:
            self._last.clear()
        self._last[address] = key
        return payload, True

    def document(self, key: Key) -> Payload:
        """The document of an address."""
        return self._memo.get((DOCUMENT, key), lambda: self._prerendered.read(key, DOCUMENT) or self.make_document(key))

    def of_release(self, key: Key, release: str) -> Payload | None:
        """The document of an earlier release, where it is kept: what its address holds does not change."""
        if not RELEASE.fullmatch(release):
            return None
        earlier = replace(key, release=release)
        return self._memo.peek((DOCUMENT, earlier)) or self._prerendered.read(earlier, DOCUMENT)

    def make_page(self, key: Key) -> Payload:
        """The page worked out and packed; raises Busy where too much is being worked out."""
        with self.documents.bound.place():
            return Payload.of(self._shell.page(self.documents.of(key)).encode(), TYPES[PAGE])

    def make_document(self, key: Key) -> Payload:
        with self.documents.bound.place():
            return self.documents.of(key).body
