"""What the same files give is worked out once a session, in whichever folder or child: what is tested comes after."""

from collections.abc import Callable, Hashable
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import GeneratorType, ModuleType
from typing import Any

import pytest

from pipelines import fingerprint
from pipelines import projection as steps
from pipelines.electorate import folder
from pipelines.forecast import polling_error, pollsters
from pipelines.ingest.archive import open_reference


def remember(patch: pytest.MonkeyPatch, module: ModuleType, name: str, key: Callable[..., Hashable]) -> None:
    """Let a function of a module answer from what it gave before for the same key."""
    real, made = getattr(module, name), {}

    def remembered(*given: Any) -> Any:
        asked = key(*given)
        if asked not in made:
            found = real(*given)
            # What was given is kept as well: an id is unique as long as its object lives.
            made[asked] = (list(found) if isinstance(found, GeneratorType) else found), given
        return made[asked][0]

    patch.setattr(module, name, remembered)


def remember_reading(patch: pytest.MonkeyPatch) -> None:
    """What an electorate's files say, and what past elections teach."""
    remember(patch, folder, "_read", lambda path, mark: (path.name, mark))
    first_read = folder._read
    patch.setattr(folder, "_read", lambda path, mark: replace(first_read(path, mark), path=path))
    remember(patch, polling_error, "errors", id)
    remember(patch, pollsters, "_of_election", lambda _, election: id(election))


def warm(raw: Path, election: str, today: date) -> None:
    """Read and learn here what a refresh of a campaign begins with, so that the children need not."""
    fingerprint.code_fingerprint()
    reference = open_reference(raw, election)
    polling_error.learn(steps.past_elections(raw, reference, reference.campaign(election), today).values())
