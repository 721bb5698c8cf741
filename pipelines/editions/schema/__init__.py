"""The values an edition holds, a module a file of it; and documents of formats 1 and 2 in the shape of today.

Those were all of one electorate, in two languages that the names of fields ended with; `former.json` has what they did
not say of it.
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.editions.schema.polls import *  # noqa: F403  (names are listed where they are defined, and only there)
from pipelines.editions.schema.projection import *  # noqa: F403
from pipelines.editions.values import *  # noqa: F403

PLURALS = {
    "name": "names",
    "short": "shorts",
    "event": "texts",
    "source": "sources",
    "quote": "quotes",
    "condition": "conditions",
}
IN_A_LANGUAGE = re.compile(rf"({'|'.join(PLURALS)})_([a-z]{{2}})")
PLAIN = ("source", "quote", "condition")  # were in one language without an ending, beside another with one


def upgraded(document: str, content: bytes) -> bytes:
    """A document of an edition of format 1 or 2, by its file's name, as this program writes it."""
    value = json.loads(content)
    if document in ("reference.json", "coalitions.json"):
        value = _by_language(value, PLAIN)
    elif document in ("projection.json", "pollsters.json"):
        value = _by_language(value, ())
    if document == "reference.json":
        election = value["election"]
        start, end = election.pop("publication_ban_start"), election.pop("publication_ban_end")
        election["bans"] = [{"kind": "all", "start": start, "end": end}] if start and end else []
        value["electorate"] = _facts()["electorate"]
    return json.dumps(value).encode()


@cache
def _facts() -> Any:
    return json.loads(Path(__file__).with_name("former.json").read_text("utf-8"))


def _by_language(value: Any, plain: tuple[str, ...]) -> Any:
    """Every text that was spread over fields with a language at their end, as one field by language."""
    if isinstance(value, list):
        return [_by_language(item, plain) for item in value]
    if not isinstance(value, dict):
        return value
    texts: dict[str, dict[str, str]] = {}
    others: dict[str, Any] = {}
    for key, item in value.items():
        ending = IN_A_LANGUAGE.fullmatch(key)
        if ending or key in plain:
            base, language = ending.groups() if ending else (key, _facts()["plain_language"])
            by_language = texts.setdefault(PLURALS[base], {})
            if item is not None:
                by_language[language] = item
        else:
            others[key] = _by_language(item, plain)
    return others | texts
