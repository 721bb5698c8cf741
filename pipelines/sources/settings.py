"""What the client may do for one source: where it may go, its bounds, and how a body shows that it is whole."""

from dataclasses import dataclass
from typing import Literal

from pipelines.sources.decode import complete_csv, complete_html, complete_json, decode
from pipelines.sources.errors import PageRefused

Kind = Literal["json", "html", "csv", "xlsx", ""]
COMPLETE = {"json": complete_json, "html": complete_html, "csv": complete_csv}


@dataclass(frozen=True, slots=True)
class Settings:
    """The client's bounds for one source, with cautious defaults; `url` is where it is asked."""

    id: str
    url: str = ""
    kind: Kind = "html"
    hosts: tuple[str, ...] = ()
    schemes: tuple[str, ...] = ("https",)
    most_bytes: int = 20_000_000
    deadline_seconds: float = 60.0
    pause_seconds: float = 1.0
    tries: int = 3
    redirects: int = 3

    def refuse_incomplete(self, body: bytes, content_type: str) -> None:
        """A body that does not run to its own end was cut, whatever the wire said; raises PageRefused."""
        complete = COMPLETE.get(self.kind)
        if complete is not None and not complete(decode(body, content_type)):
            raise PageRefused(f"the {self.kind} breaks off before its end ({len(body):,} bytes); ask again")
