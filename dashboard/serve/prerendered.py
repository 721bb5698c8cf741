"""Pages made ahead, beside the editions: `pages/<release>/<election>/<edition>/<lang>/<name>.{json,html}.{gz,br}`.

The command `prerender` writes here and the web process only reads; nginx serves the same files straight from disk.
An edition's folder appears by one rename, so nobody meets half of one, and holds the hashes of its files: what the disk
has spoilt is not sent by the web process, and made again by the next `prerender`. All of it can be removed at any time.
"""

import fcntl
import hashlib
import json
import logging
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from pydantic import TypeAdapter

from dashboard.address import FOLDER, Key
from dashboard.serve.cache import Payload
from pipelines.editions.files import (
    ASIDE,
    READABLE_FILE,
    READABLE_FOLDER,
    make_folder,
    naming,
    open_itself,
    remove_folder,
    sweep,
)

log = logging.getLogger(__name__)

RELEASES_KEPT = 3  # readers of the last days find their documents where they were
PAGE, DOCUMENT = "html", "json"
ENDINGS = ("gz", "br")
HASHES = "hashes.json"
HASHES_BY_NAME = TypeAdapter(dict[str, str])
TYPES = {PAGE: "text/html", DOCUMENT: "application/json"}


class Prerendered:
    """The folder of pages made ahead, under one `data/processed`."""

    def __init__(self, processed: Path) -> None:
        self._processed = processed
        self.folder = processed / FOLDER

    def read(self, key: Key, kind: str) -> Payload | None:
        """What was made ahead for an address; None where it was not, or is not what was made."""
        folder = self._edition(key)
        name = f"{key.lang}/{key.name}.{kind}"
        try:
            hashes = _hashes(folder)
            gzipped, by_brotli = ((folder / f"{name}.{ending}").read_bytes() for ending in ENDINGS)
        except (
            OSError,
            ValueError,
        ):  # not made ahead, or removed this moment; a name too long for a file was not either
            return None
        if hashes.get(name) != _hash_of(gzipped, by_brotli):
            log.error("not what was made ahead: %r", str(folder / name))
            return None
        return Payload.packed(gzipped, by_brotli, TYPES[kind])

    def _edition(self, key: Key) -> Path:
        return (self._processed / key.folder).parent

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One writer at a time: a second waits until the first is done, and then finds its work done."""
        make_folder(self.folder)
        handle = open_itself(self.folder / ".lock", os.O_RDWR)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def has(self, key: Key) -> bool:
        """Whether the edition of that address was made ahead, with every file as it was made."""
        folder = self._edition(key)
        try:
            hashes = _hashes(folder)
            return all(
                digest == _hash_of(*((folder / f"{name}.{ending}").read_bytes() for ending in ENDINGS))
                for name, digest in hashes.items()
            )
        except (OSError, ValueError):
            return False

    def write(self, key: Key, files: Iterable[tuple[str, str, Payload]]) -> int:
        """Keep the files of one edition, each as (language, name with its ending, payload); returns their bytes.

        What stands there already is of no use and is taken away.
        """
        target = self._edition(key)
        make_folder(target.parent)
        aside = Path(tempfile.mkdtemp(prefix=ASIDE, dir=target.parent))
        size, hashes = 0, {}
        try:
            for lang, name, payload in files:
                make_folder(aside / lang)
                hashes[f"{lang}/{name}"] = _hash_of(payload.gzipped, payload.brotli)
                for ending, content in zip(ENDINGS, (payload.gzipped, payload.brotli), strict=True):
                    size += _write(aside / lang / f"{name}.{ending}", content)
            _write(aside / HASHES, json.dumps(hashes, sort_keys=True).encode())
            os.sync()
            aside.chmod(READABLE_FOLDER)
            if target.exists():
                remove_folder(target)
            aside.rename(target)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        return size

    def tidy(self) -> list[str]:
        """Remove releases beyond the last few and editions that are gone; returns what was removed."""
        sweep(self.folder)
        releases = sorted(
            (path for path in self.folder.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime_ns
        )
        removed = releases[:-RELEASES_KEPT]
        for election in (path for release in releases[-RELEASES_KEPT:] for path in release.iterdir()):
            sweep(election)
            removed += [stored for stored in election.iterdir() if not self._is_published(election.name, stored.name)]
        for path in removed:
            remove_folder(path)
        return [path.relative_to(self.folder).as_posix() for path in removed]

    def _is_published(self, election: str, edition: str) -> bool:
        return (self._processed / "editions" / election / edition).is_dir()


def _write(path: Path, content: bytes) -> int:
    """Write a file that every user may read; returns its bytes."""
    with naming(path):
        path.write_bytes(content)
        path.chmod(READABLE_FILE)
    return len(content)


def _hash_of(gzipped: bytes, by_brotli: bytes) -> str:
    return hashlib.blake2b(len(gzipped).to_bytes(8, "big") + gzipped + by_brotli, digest_size=16).hexdigest()


def _hashes(folder: Path) -> dict[str, str]:
    """What was made, by language and name; raises OSError where it is not there, ValueError where it makes no sense."""
    path = folder / HASHES
    status = path.stat()
    return _parsed(path, status.st_ino, status.st_mtime_ns)


@lru_cache(maxsize=16)
def _parsed(path: Path, inode: int, written_ns: int) -> dict[str, str]:
    del inode, written_ns  # another file of that name
    return HASHES_BY_NAME.validate_json(path.read_bytes())
