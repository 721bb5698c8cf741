"""What past elections teach, kept under a hash of all it was learned from, so that a night relearns nothing."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from pipelines.editions import files
from pipelines.editions.schema import Manifest
from pipelines.forecast.polling_error import PastElection, PollingError, learn

FOLDER = "calibration"
PollingErrorFile = TypeAdapter(PollingError)


def taught(processed: Path, manifest: Manifest, past: Iterable[PastElection]) -> PollingError:
    """The polling error that `past` teaches: read where it was learned before, else learned and kept.

    The manifest says what the past elections, the code and the libraries are; a file that does not read is made again.
    """
    path = processed / FOLDER / f"{manifest.code[:12]}-{_key(manifest)[:12]}.json"
    try:
        return PollingErrorFile.validate_json(path.read_bytes(), strict=True)
    except (FileNotFoundError, ValidationError):
        found = learn(past)
    path.parent.mkdir(parents=True, exist_ok=True)
    files.replace(path, PollingErrorFile.dump_json(found))
    for other in path.parent.glob("*.json"):
        if not other.name.startswith(manifest.code[:12]):
            other.unlink()  # learned by other code
    return found


def _key(manifest: Manifest) -> str:
    lessons = {name: mark for name, mark in manifest.inputs.items() if name.startswith("past/")}
    made_from = [lessons, manifest.code, manifest.libraries]
    return hashlib.sha256(json.dumps(made_from, sort_keys=True).encode()).hexdigest()
