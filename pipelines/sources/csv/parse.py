"""The desk's CSV → reported polls, and the empty sheet to start from."""

import csv
import io
from collections.abc import Iterable

from pipelines.sources.decode import decode
from pipelines.sources.errors import PageRefused
from pipelines.sources.kinds import refuse_markup
from pipelines.sources.reading import Reading, Scope
from pipelines.sources.sheet import read_sheet, template_rows

SEPARATORS = ",;\t|"
LOOKED_AT = 20


def parse(body: bytes, scope: Scope, *, content_type: str = "") -> Reading:
    """Every poll of a sheet in UTF-8, UTF-16 or windows-1255; raises PageRefused."""
    text = decode(body, content_type)
    refuse_markup(text)
    lines = text.splitlines(keepends=True)
    named = lines[0].strip().lower() if lines else ""
    if named.startswith("sep=") and len(named) == len("sep=") + 1:  # Excel's own line that names the separator
        separator, text = named[-1], "\n" + "".join(lines[1:])
    else:
        separator = max(SEPARATORS, key=lambda mark: max((line.count(mark) for line in lines[:LOOKED_AT]), default=0))
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise PageRefused(f"the file is no CSV: {error}; mend the quoting") from error
    return read_sheet(rows, scope)


def template(labels: Iterable[str] = ()) -> bytes:
    """The wide sheet's header, with a byte order mark so that Excel reads its Hebrew."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(template_rows(labels))
    return text.getvalue().encode("utf-8-sig")
