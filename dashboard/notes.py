"""An editor's note on an edition: what a desk wrote beside it, in each language, shown above its numbers.

`data/raw/desk/notes/<edition>.toml` has a text a language (`en = "…"`). It is read, never written, by this program.
"""

import logging
import tomllib
from pathlib import Path

log = logging.getLogger(__name__)

LONGEST = 1000  # letters
SUFFIX = ".toml"


def folder_of(processed: Path) -> Path:
    """Where a desk puts its notes, beside the folder of editions."""
    return processed.parent / "raw" / "desk" / "notes"


def read(processed: Path, edition: str) -> dict[str, str]:
    """The note on an edition by language; empty where there is none, or none that can be read, which the log says."""
    path = folder_of(processed) / f"{edition}{SUFFIX}"
    try:
        said = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        log.error('%s: no note that can be read (%s); write one text a language, as en = "…"', path, error)
        return {}
    return {lang: text[:LONGEST] for lang, text in said.items() if isinstance(text, str) and text.strip()}
