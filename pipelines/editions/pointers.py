"""`current/<election>`: one small object a campaign says which of its editions is on show and in what order they came.

An object is replaced by one rename. `current.json`, which held all campaigns before there were pointers, is read
while there is no folder `current`, and left where it is.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from pipelines.editions.errors import EditionDamaged
from pipelines.editions.files import ASIDE, make_folder, replace, sync_folder, write_folder
from pipelines.editions.records import PLAIN_NAME, PlainName, Pointer

FIRST_FORMAT = TypeAdapter(dict[PlainName, PlainName])
REMEDY = "read from its editions; the next refresh writes it anew"


def is_plain(name: str) -> bool:
    """Whether a name is that of a file or a folder and nothing more.

    >>> is_plain("knesset-26"), is_plain("../knesset-26"), is_plain(".hemicycle-x")
    (True, False, False)
    """
    return re.fullmatch(PLAIN_NAME, name, re.ASCII) is not None


class Pointers:
    """The pointers under one `data/processed` folder."""

    def __init__(self, processed: Path) -> None:
        self.folder = processed / "current"
        self.first_format = processed / "current.json"

    def elections(self) -> set[str]:
        """The elections that have a pointer; empty before the first publication."""
        if not self.folder.exists():
            return set()
        return {path.name for path in self.folder.iterdir() if is_plain(path.name)}

    def read(self, election: str) -> Pointer | None:
        """The pointer of an election, None where it is missing; raises EditionDamaged where it does not read back."""
        path = self.folder / election
        try:
            return Pointer.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            return None
        except ValidationError as error:
            raise EditionDamaged(f"{path}: not what was written; {REMEDY}") from error
        except OSError as error:
            raise EditionDamaged(f"{path}: {error.strerror}; {REMEDY}") from error

    def write(self, election: str, pointer: Pointer) -> None:
        make_folder(self.folder)
        replace(self.folder / election, _to_bytes(pointer))

    def write_all(self, pointers: Mapping[str, Pointer]) -> None:
        """The first pointers of all campaigns at once: their folder appears by one rename."""
        aside = Path(tempfile.mkdtemp(prefix=ASIDE, dir=self.folder.parent))
        try:
            write_folder(aside, {election: _to_bytes(pointer) for election, pointer in pointers.items()})
            aside.rename(self.folder)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        sync_folder(self.folder.parent)

    def put_aside(self, election: str) -> None:
        """Keep what is damaged under a name that is no election's."""
        path = self.folder / election
        if path.exists():
            os.replace(path, path.with_suffix(".damaged"))

    def of_first_format(self) -> dict[str, str]:
        """What `current.json` says while no pointer was written; raises EditionDamaged where it does not read back."""
        if self.folder.exists():
            return {}
        try:
            return FIRST_FORMAT.validate_json(self.first_format.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValidationError) as error:
            raise EditionDamaged(f"{self.first_format}: not what was written; {REMEDY}") from error


def _to_bytes(pointer: Pointer) -> bytes:
    return pointer.model_dump_json(indent=1).encode()
