"""Pages made ahead, beside the editions: `pages/<release>/<election>/<edition>/<lang>/<name>.{json,html}.{gz,br}`.

The command `prerender` writes here and the web process only reads; nginx serves the same files straight from disk.
An edition's folder appears by one rename, so nobody meets half of one. All of it can be removed at any time.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dashboard.documents import FOLDER, Key
from dashboard.payload import Payload
from pipelines.editions.files import ASIDE, remove_folder, sweep

RELEASES_KEPT = 3  # readers of the last days find their documents where they were
PAGE, DOCUMENT = "html", "json"
TYPES = {PAGE: "text/html", DOCUMENT: "application/json"}


class Prerendered:
    """The folder of pages made ahead, under one `data/processed`."""

    def __init__(self, processed: Path) -> None:
        self._processed = processed
        self.folder = processed / FOLDER

    def read(self, key: Key, kind: str) -> Payload | None:
        """What was made ahead for an address; None where it was not."""
        path = self._processed / key.folder / f"{key.name}.{kind}"
        try:
            gzipped, by_brotli = (path.with_name(f"{path.name}.{ending}").read_bytes() for ending in ("gz", "br"))
        except OSError:  # not made ahead, or removed this moment; a name too long for a file was not either
            return None
        return Payload.packed(gzipped, by_brotli, TYPES[kind])

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One writer at a time: a second waits until the first is done, and then finds its work done."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def has(self, key: Key) -> bool:
        """Whether the edition of that address was made ahead in both languages."""
        return (self._processed / key.folder).is_dir()

    def write(self, key: Key, files: Iterable[tuple[str, str, Payload]]) -> int:
        """Keep the files of one edition, each as (language, name with its ending, payload); returns their bytes."""
        target = (self._processed / key.folder).parent
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=ASIDE, dir=target.parent))
        size = 0
        try:
            for lang, name, payload in files:
                (aside / lang).mkdir(exist_ok=True)
                for ending, content in (("gz", payload.gzipped), ("br", payload.brotli)):
                    size += (aside / lang / f"{name}.{ending}").write_bytes(content)
            os.sync()
            aside.chmod(0o755)
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
            removed += [kept for kept in election.iterdir() if not self._is_published(election.name, kept.name)]
        for path in removed:
            remove_folder(path)
        return [path.relative_to(self.folder).as_posix() for path in removed]

    def _is_published(self, election: str, edition: str) -> bool:
        return (self._processed / "editions" / election / edition).is_dir()
