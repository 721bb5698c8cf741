"""What an edition was made from: raw files, code and library versions, as hashes that fit in its manifest."""

import hashlib
import json
import platform
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path

from pipelines.editions.schema import Kind

ROOT = Path(__file__).parent.parent
CODE = ("electoral", "pipelines")
LIBRARIES = ("numpy", "pandas", "scipy", "statsmodels", "pyarrow", "pydantic")


@cache
def code_fingerprint() -> str:
    """A hash over every source file that an edition's numbers pass through."""
    digest = hashlib.sha256()
    for path in sorted(path for package in CODE for path in (ROOT / package).rglob("*.py")):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


@cache
def library_versions() -> dict[str, str]:
    return {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}


def edition_id(
    as_of: date, kind: Kind, is_result_known: bool, inputs: dict[str, str], parameters: dict[str, int]
) -> str:
    """The edition's name: its as-of day and a hash of everything it is made from."""
    made_from = {
        "kind": kind,
        "is_result_known": is_result_known,
        "inputs": inputs,
        "parameters": parameters,
        "code": code_fingerprint(),
        "libraries": library_versions(),
    }
    digest = hashlib.sha256(json.dumps(made_from, sort_keys=True).encode()).hexdigest()
    return f"{as_of}-{digest[:12]}"
