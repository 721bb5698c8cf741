"""`manifest.json`: what an edition was made from, and the hash of every file in it."""

import hashlib
from datetime import date

from pipelines.editions.schema.value import Kind, Value


class Manifest(Value):
    """`manifest.json`: what the edition was made from; equal manifests mean equal bytes.

    `format` is the `FORMAT` it was written in; editions from before it was said are of the first.
    """

    election: str
    as_of: date
    kind: Kind
    edition: str
    inputs: dict[str, str]
    code: str
    libraries: dict[str, str]
    parameters: dict[str, int]
    files: dict[str, str]
    format: int = 1
    seal: str | None = None
    electorate: str | None = None

    def sealed(self) -> "Manifest":
        """The same with `seal`, the hash of everything else in it: how a changed manifest is noticed."""
        unsaid = {"electorate"} if self.electorate is None else set()  # an edition from before it was said
        content = self.model_dump_json(exclude={"seal", *unsaid}).encode()
        return self.model_copy(update={"seal": hashlib.sha256(content).hexdigest()})
