"""The desk's CSV → reported polls, and the empty sheet to start from."""

import csv
import io
from collections.abc import Iterable

from pipelines.reported import ReportedPoll
from pipelines.sources.decode import decode
from pipelines.sources.errors import PageRefused
from pipelines.sources.reading import Reading, Scope
from pipelines.sources.sheet import read_sheet, template_rows

SEPARATORS = ",;\t"


def parse(body: bytes, scope: Scope, *, content_type: str = "", known: Iterable[ReportedPoll] = ()) -> Reading:
    """Every poll of a sheet in UTF-8 or windows-1255; raises PageRefused. `known` is not used."""
    del known
    text = decode(body, content_type)
    header = text.partition("\n")[0]
    separator = max(SEPARATORS, key=header.count)
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
