"""Where editions, pointers and seals lie: named objects in a folder (the default) or in an S3 store, by five verbs.

Put if absent, get, list, compare and swap, delete. An edition appears as a whole: in a folder by one rename, in an
object store with its manifest, which is put last and deleted first.
"""

import errno
import hashlib
import os
import re
import shutil
import tempfile
import time
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from math import inf
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, TypeVar, cast

from pipelines.editions import files
from pipelines.editions.files import ASIDE, alone, make_folder, remove_folder, sync_folder, write_through
from pipelines.errors import EditionError

if TYPE_CHECKING:  # an extra: who keeps editions in a folder has no object store
    from obstore.store import ClientConfig, RetryConfig, S3Store

STORE = "HEMICYCLE_STORE"
SCHEME = "s3://"
URL = re.compile(r"s3://[a-z0-9.-]+(?:/[A-Za-z0-9._-]+)*", re.ASCII)
MOST_TRIES = 20  # of a swap that others come before
MOST_RECENT = 256
FRESH_SECONDS = 2.0  # how long a reader of an object store takes what is there for what it was
PATIENT_SECONDS = 30.0  # after which a night gives a store up that does not answer: one that is restarted is waited for
READER_SECONDS, AWAY_SECONDS = 3.0, 5.0  # after which a reader does, and how long nobody asks it then
T = TypeVar("T")
Names = list[str]
Marks = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Stored:
    """An object's bytes; `tag` changes with them."""

    content: bytes
    mark: str = ""  # an object store's own

    @property
    def tag(self) -> str:
        return self.mark or hashlib.sha256(self.content).hexdigest()


class Objects(ABC):
    """Objects by names with slashes; OSError where the disk or the network refuses."""

    @property
    def fault(self) -> str | None:
        """Why a store that is far away could not be asked the last time."""
        return None

    @abstractmethod
    def put_if_absent(self, name: str, content: bytes) -> bool:
        """Put a new object; False where its name is taken, which is left as it is."""

    @abstractmethod
    def get(self, name: str) -> Stored | None:
        """An object; None where there is none."""

    @abstractmethod
    def list(self, prefix: str) -> Names:
        """The names of all objects below a prefix, in order; those that are not finished are left out."""

    @abstractmethod
    def compare_and_swap(self, name: str, content: bytes, tag: str | None) -> bool:
        """Put an object in the place of the one with that tag (None: of none); False where another stands there."""

    @abstractmethod
    def delete(self, name: str) -> None:
        """Take an object away; one that is not there is no error."""

    @abstractmethod
    def address(self, name: str) -> str:
        """Where an object lies, for a message."""

    @abstractmethod
    def state(self, name: str) -> Hashable:
        """What changes when an object, or with a slash at the end one below, is replaced; None where there is none."""

    def by_digest(self, name: str, digest: str) -> Stored | None:  # noqa: ARG002
        """An object whose SHA-256 should be this: whoever keeps bytes near may answer with those."""
        return self.get(name)

    def anew(self) -> "Objects":
        """The same objects, where nothing is believed that was read before."""
        return self

    def replace(self, name: str, content: bytes) -> None:
        """Put an object whatever stands there; a reader sees the old bytes or the new."""
        self.update(name, lambda: content)

    def update(self, name: str, change: Callable[[], bytes | None]) -> None:
        """Put what `change` makes in an object's place, made again where another writer came before.

        None leaves it as it is, and so does what stands there already.
        """
        for _ in range(MOST_TRIES):
            before = self.get(name)
            content = change()
            if content is None or (before and before.content == content):
                return
            if self.compare_and_swap(name, content, before.tag if before else None):
                return
        raise OSError(errno.EBUSY, "others go on replacing it; run it again", self.address(name))

    def copy(self, prefix: str, target: "Objects") -> int:
        """Put what is below a prefix under the same names elsewhere, in order; how many were not there or differed."""
        count = 0
        for name in self.list(prefix):
            stored, before = self.get(name), target.get(name)
            if stored and (before is None or before.content != stored.content):
                target.replace(name, stored.content)
                count += 1
        return count

    def rename(self, name: str, to: str) -> None:
        """Give an object another name; one that is not there is no error."""
        if stored := self.get(name):
            self.replace(to, stored.content)
            self.delete(name)

    def folders(self, prefix: str, holding: str = "") -> Names:
        """The names right below a prefix that have objects below them, where one is named only with that one."""
        tails = [name.removeprefix(f"{prefix}/").split("/", 1) for name in self.list(prefix)]
        return list(dict.fromkeys(tail[0] for tail in tails if len(tail) > 1 and holding in ("", tail[1])))

    @contextmanager
    def aside(self, name: str) -> Iterator[Path]:  # noqa: ARG002
        """A folder that nobody reads, where what will be below a name is made and checked; gone at the end."""
        with tempfile.TemporaryDirectory(prefix=ASIDE) as room:
            yield Path(room)

    def put_whole(self, folder: Path, name: str, last: str = "") -> None:
        """What was made aside becomes the objects below a name, in the place of those there; `last` makes them one.

        Without `last` they are put only where nothing stands.
        """
        contents = _contents(folder)
        if not last:
            for part, content in contents.items():
                self.put_if_absent(f"{name}/{part}", content)
            return
        closing = contents.pop(last)
        before = self.get(f"{name}/{last}")
        if before and before.content != closing:
            self.delete(f"{name}/{last}")
        for part, content in contents.items():
            self._settle(f"{name}/{part}", content)
        self._settle(f"{name}/{last}", closing)

    def _settle(self, name: str, content: bytes) -> None:
        """A run that was cut off, or another one, may have put the same bytes; what is damaged is replaced."""
        if not self.put_if_absent(name, content):
            before = self.get(name)
            if before is None or before.content != content:
                self.replace(name, content)

    def delete_whole(self, name: str, first: str) -> None:
        """Take away everything below a name; with `first` gone no reader takes the rest for a whole."""
        self.delete(f"{name}/{first}")
        for part in self.list(name):
            self.delete(part)

    def sweep(self) -> None:  # noqa: B027
        """Remove what runs that were cut off left behind; only for who writes alone. A store of objects has none."""


class Folder(Objects):
    """Objects as files under a folder, by renames and links, each on the disk before its name is."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __repr__(self) -> str:
        return f"Folder({str(self.root)!r})"

    def put_if_absent(self, name: str, content: bytes) -> bool:
        path = self.root / name
        make_folder(path.parent)
        aside = path.with_name(f"{ASIDE}{path.name}.{os.getpid()}")
        try:
            write_through(aside, content)
            os.link(aside, path)
        except FileExistsError:
            return False
        finally:
            aside.unlink(missing_ok=True)
        sync_folder(path.parent)
        return True

    def get(self, name: str) -> Stored | None:
        try:
            return Stored(files.read(self.root / name))
        except FileNotFoundError:
            return None

    def list(self, prefix: str) -> Names:
        names_below: list[str] = []
        for folder, below, names in os.walk(self.root / prefix):
            below[:] = sorted(name for name in below if not name.startswith("."))
            at = Path(folder).relative_to(self.root)
            names_below += [(at / name).as_posix() for name in names if not name.startswith(".")]
        return sorted(names_below)

    def compare_and_swap(self, name: str, content: bytes, tag: str | None) -> bool:
        path = self.root / name
        make_folder(path.parent)
        with alone(path.parent):
            before = self.get(name)
            if (before.tag if before else None) != tag:
                return False
            files.replace(path, content)
        return True

    def delete(self, name: str) -> None:
        (self.root / name).unlink(missing_ok=True)

    def address(self, name: str) -> str:
        return str(self.root / name)

    def state(self, name: str) -> Hashable:
        try:
            status = os.stat(f"{self.root}/{name}")  # asked for by every request: no path object
        except FileNotFoundError:
            return None
        return status.st_ino, status.st_mtime_ns, status.st_size

    def rename(self, name: str, to: str) -> None:
        with suppress(FileNotFoundError):
            os.replace(self.root / name, self.root / to)

    def folders(self, prefix: str, holding: str = "") -> Names:  # noqa: ARG002
        """As above; a folder is there as a whole, so it is not looked into."""
        try:
            with os.scandir(self.root / prefix) as entries:
                return [entry.name for entry in entries if _is_folder(entry) and not entry.name.startswith(".")]
        except (FileNotFoundError, NotADirectoryError):
            return []

    @contextmanager
    def aside(self, name: str) -> Iterator[Path]:
        parent = (self.root / name).parent
        make_folder(parent)
        room = Path(tempfile.mkdtemp(prefix=ASIDE, dir=parent))
        try:
            yield room
        finally:
            shutil.rmtree(room, ignore_errors=True)

    def put_whole(self, folder: Path, name: str, last: str = "") -> None:
        """As above, by one rename."""
        target = self.root / name
        with alone(target.parent):
            if target.exists():
                if not last or _contents(folder) == _contents(target):
                    return
                remove_folder(target)
            folder.rename(target)
            sync_folder(target.parent)

    def delete_whole(self, name: str, first: str) -> None:  # noqa: ARG002
        remove_folder(self.root / name)

    def sweep(self) -> None:
        for folder in (self.root, *self.root.glob("[!.]*/"), *self.root.glob("[!.]*/[!.]*/")):
            files.sweep(folder)


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    """Whether it leads to a folder; a link that leads nowhere takes none of its neighbours down."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


class Bucket(Objects):
    """Objects in an S3-compatible store, by its conditional puts; AWS_* in the environment says where and who."""

    def __init__(self, url: str, patience_seconds: float = PATIENT_SECONDS) -> None:
        self.url = url.rstrip("/")
        self._bucket, _, self._prefix = self.url.removeprefix(SCHEME).partition("/")
        self._patience_seconds = patience_seconds

    def __repr__(self) -> str:
        return f"Bucket({self.url!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Bucket, (self.url, self._patience_seconds)

    @cached_property
    def _store(self) -> "S3Store":
        try:
            from obstore.store import S3Store
        except ImportError as error:
            raise OSError(errno.ENOPKG, "needs requirements-scale.txt (obstore)", self.url) from error
        patience, pause = timedelta(seconds=self._patience_seconds), timedelta(seconds=1)
        options: ClientConfig = {"allow_http": True, "timeout": "30s", "read_timeout": patience}
        again: RetryConfig = {"retry_timeout": patience, "max_retries": 1000, "backoff": {"max_backoff": pause}}
        return S3Store(self._bucket, prefix=self._prefix or None, client_options=options, retry_config=again)

    def put_if_absent(self, name: str, content: bytes) -> bool:
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        try:
            self._ask(name, lambda: self._store.put(name, content, mode="create"))
        except (AlreadyExistsError, PreconditionError):
            return False
        return True

    def get(self, name: str) -> Stored | None:
        try:
            answer = self._ask(name, lambda: self._store.get(name))
            return Stored(bytes(answer.bytes()), str(answer.meta["e_tag"]))
        except FileNotFoundError:
            return None

    def list(self, prefix: str) -> Names:
        return [name for name, _ in self._listed(prefix)]

    def compare_and_swap(self, name: str, content: bytes, tag: str | None) -> bool:
        from obstore.exceptions import PreconditionError

        if tag is None:
            return self.put_if_absent(name, content)
        try:
            self._ask(name, lambda: self._store.put(name, content, mode={"e_tag": tag}))
        except (PreconditionError, FileNotFoundError):
            return False
        return True

    def delete(self, name: str) -> None:
        with suppress(FileNotFoundError):
            self._ask(name, lambda: self._store.delete(name))

    def address(self, name: str) -> str:
        return f"{self.url}/{name}"

    def state(self, name: str) -> Hashable:
        if name.endswith("/"):
            return tuple(self._listed(name.rstrip("/"))) or None
        try:
            return str(self._ask(name, lambda: self._store.head(name))["e_tag"])
        except FileNotFoundError:
            return None

    def _listed(self, prefix: str) -> Marks:
        pages = self._ask(prefix, lambda: list(self._store.list(prefix)))
        return sorted((each["path"], str(each["e_tag"])) for page in pages for each in page)

    def _ask(self, name: str, ask: Callable[[], T]) -> T:
        """What the store or the network refuses is an OSError that names the object."""
        from obstore import exceptions

        try:
            return ask()
        except (exceptions.AlreadyExistsError, exceptions.PreconditionError):
            raise
        except exceptions.BaseError as error:
            reason = str(error).partition("\n")[0]
            raise OSError(errno.EIO, f"{reason:.160}", self.address(name)) from error


@dataclass(slots=True)
class Away:
    """Why a store did not answer, when it is asked next, and who asks."""

    fault: str | None = None
    again: float = 0.0
    asking: Thread | None = None


class Near(Objects):
    """Objects that are far away, for who only reads: what cannot change is kept on a disk here, up to some bytes.

    A file of an edition is kept under its own hash, so that it is read once and checked whenever it is used. Of
    everything else, what was there is believed for two seconds, and longer while one asks again or the store is away:
    then `fault` says why, what nobody asked before is an OSError at once, and a thread of its own asks again.
    """

    def __init__(self, far: Objects, cache: Path, most_bytes: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._far, self._cache, self._most_bytes, self._clock = far, cache, most_bytes, clock
        self._asked: OrderedDict[tuple[str, ...], tuple[float, Any]] = OrderedDict()
        self._lock = Lock()
        self._away = Away()
        self._told: tuple[Away, ...] = (self._away,)  # who learns of a fault

    @property
    def fault(self) -> str | None:
        return self._away.fault

    def anew(self) -> Objects:
        near = Near(self._far, self._cache, self._most_bytes, self._clock)
        near._away = Away(self.fault, inf)  # once cut off it stays so, since what it misses is not asked twice
        near._told = near._away, self._away
        return near

    def by_digest(self, name: str, digest: str) -> Stored | None:
        path = self._cache / digest
        try:
            content = path.read_bytes()
            if hashlib.sha256(content).hexdigest() == digest:
                os.utime(path)  # what was not used for longest goes first
                return Stored(content)
        except OSError:
            pass  # a disk that keeps nothing makes it slower, not wrong
        stored = self._reach(name, lambda: self._far.get(name))
        if stored and hashlib.sha256(stored.content).hexdigest() == digest:
            with suppress(OSError):
                make_folder(self._cache)
                files.replace(path, stored.content)
                self._trim()
        return stored

    def _trim(self) -> None:
        with os.scandir(self._cache) as entries:
            oldest = sorted(((entry.stat(), entry.path) for entry in entries), key=lambda pair: pair[0].st_mtime_ns)
        over = sum(stat.st_size for stat, _ in oldest) - self._most_bytes
        for stat, path in oldest[:-1]:
            if over <= 0:
                return
            Path(path).unlink(missing_ok=True)
            over -= stat.st_size

    def get(self, name: str) -> Stored | None:
        return self._recent(("get", name), lambda: self._far.get(name))

    def list(self, prefix: str) -> Names:
        return self._recent(("list", prefix), lambda: self._far.list(prefix))

    def state(self, name: str) -> Hashable:
        return self._recent(("state", name), lambda: self._far.state(name))

    def _recent(self, key: tuple[str, ...], ask: Callable[[], T]) -> T:
        with self._lock:
            now = self._clock()
            at, before = self._asked.get(key, (None, None))
            if at is not None:
                if now < at + FRESH_SECONDS:
                    return cast("T", before)
                self._asked[key] = now, before  # one asks, the others go on with this
        try:
            answer = self._reach(key[1], ask)
        except OSError:
            if at is None:
                raise
            return cast("T", before)
        with self._lock:
            self._asked[key] = now, answer
            self._asked.move_to_end(key)
            if len(self._asked) > MOST_RECENT:
                self._asked.popitem(last=False)
        return answer

    def _reach(self, name: str, ask: Callable[[], T]) -> T:
        """Ask the store; where it did not answer nobody waits for it, and once in five seconds it is asked apart."""
        with self._lock:
            if self._away.fault:
                refused = OSError(errno.EIO, self._away.fault, self.address(name))
                if self._clock() >= self._away.again:
                    self._away.again = self._clock() + AWAY_SECONDS
                    self._away.asking = Thread(target=self._ask_apart, args=(ask,), daemon=True)
                    self._away.asking.start()
                raise refused
        return self._ask(ask)

    def _ask_apart(self, ask: Callable[[], object]) -> None:
        with suppress(OSError):
            self._ask(ask)

    def _ask(self, ask: Callable[[], T]) -> T:
        try:
            answer = ask()
        except OSError as error:
            for away in self._told:
                away.fault = f"{error.filename}: {error.strerror}"
                away.again = max(away.again, self._clock() + AWAY_SECONDS)
            raise
        self._away.fault = None
        return answer

    def address(self, name: str) -> str:
        return self._far.address(name)

    def put_if_absent(self, name: str, content: bytes) -> bool:  # noqa: ARG002
        raise self._refused(name)

    def compare_and_swap(self, name: str, content: bytes, tag: str | None) -> bool:  # noqa: ARG002
        raise self._refused(name)

    def delete(self, name: str) -> None:
        raise self._refused(name)

    def _refused(self, name: str) -> OSError:
        return OSError(errno.EROFS, "opened for reading only", self.address(name))


def store_url(environment: Mapping[str, str]) -> str:
    """Where the operator keeps editions, blank for the data folder; raises EditionError for an address that is none."""
    url = environment.get(STORE, "").strip().rstrip("/")
    if url and not URL.fullmatch(url):
        raise EditionError(f"{STORE}={url}: write it as s3://bucket/prefix, or leave it away for the data folder")
    return url


def objects_at(folder: Path, url: str = "") -> Objects:
    """The objects of a folder or, where an address `s3://bucket/prefix` is set, of that store."""
    return Bucket(url) if url else Folder(folder)
