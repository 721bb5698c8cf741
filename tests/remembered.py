"""What the same files give is worked out once a session, in whichever folder or child: what is tested comes after."""

import pickle
from collections.abc import Callable, Hashable
from dataclasses import replace
from datetime import date
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory
from types import GeneratorType, ModuleType
from typing import Any

import pytest

from pipelines.electorate import folder
from pipelines.forecast import polling_error
from pipelines.refresh import run
from pipelines.request import RefreshRequest
from pipelines.trend import local_level


def remember(patch: pytest.MonkeyPatch, module: ModuleType, name: str, key: Callable[..., Hashable]) -> None:
    """Let a function of a module answer from what it gave before for the same key."""
    real, results = getattr(module, name), {}

    def remembered(*arguments: Any) -> Any:
        arguments_key = key(*arguments)
        if arguments_key not in results:
            result = real(*arguments)
            # What was given is kept as well: an id is unique as long as its object lives.
            results[arguments_key] = (list(result) if isinstance(result, GeneratorType) else result), arguments
        return results[arguments_key][0]

    patch.setattr(module, name, remembered)


def content(*arguments: Any) -> bytes:
    """A key of what is in some values, such as tables of the same rows."""
    return blake2b(pickle.dumps(arguments)).digest()


def remember_reading(patch: pytest.MonkeyPatch) -> None:
    """What an electorate's files say, what past elections teach, and the trend of the same rows."""
    remember(patch, local_level, "fit", content)
    remember(patch, local_level, "smooth", content)
    remember(patch, folder, "_read", lambda path, mark: (path.name, mark))
    first_read = folder._read
    patch.setattr(folder, "_read", lambda path, mark: replace(first_read(path, mark), path=path))
    remember(patch, polling_error, "errors", id)


def warm(raw: Path, election: str, as_of: date) -> None:
    """Refresh a campaign once here, so that children read, learn and fit nothing that was before."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "raw").symlink_to(raw)
        request = RefreshRequest(Path(folder), as_of, as_of, draws=100, seed=0)
        assert [outcome.status for outcome in run(election, request, lambda *_: None)] == ["published"]
