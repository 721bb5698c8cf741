"""Polls entered at the desk: a draft of one person, approved by another, is a sheet that the next refresh takes in.

Drafts and the names of who approved what lie in data/drafts, beside raw and processed: in no backup, edition or page.
Names are kept for twelve months. An approved sheet is raw data like any other, and says nothing of who entered it.
"""

import csv
import io
import re
import secrets
import threading
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import ConfigDict, TypeAdapter, ValidationError

from pipelines.editions.files import make_folder, replace
from pipelines.editions.values import Value
from pipelines.electorate.folder import DESK
from pipelines.errors import DraftRefused
from pipelines.ingest.imports import DESK_SHEETS
from pipelines.request import clock_now
from pipelines.sources.reading import DISCLOSED, FIXED

FOLDER = "drafts/polls"
APPROVALS = "approvals.json"
RETENTION = timedelta(days=365)
ID = re.compile(r"[0-9a-f]{32}")
MOST_DRAFTS = 500
LARGEST_DRAFT = 64 * 1024
FIELDS = (*FIXED, *DISCLOSED)  # what a form asks for beside the lists
DAYS = ("fieldwork_start", "fieldwork_end", "published_date")
KINDS = ("poll", "scenario")


class Draft(Value):
    """A sheet as it was entered, by whom and when; it never changes: what is mended is another draft."""

    id: str
    election: str
    text: str
    by: str
    moment_utc: str


class Approval(Value):
    """Who entered a sheet, who approved it, and when."""

    draft: str
    election: str
    by: str
    approved_by: str
    moment_utc: str


APPROVALS_FILE = TypeAdapter(list[Approval], config=ConfigDict(defer_build=True))


def sheet_text(fields: Mapping[str, str], lists: Mapping[str, str]) -> str:
    """What was typed into a form as a sheet of one poll: `fields` by their columns' names, `lists` by list."""
    cells = {name: text.strip() for name, text in {**fields, **lists}.items() if text.strip()}
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([cells.keys(), cells.values()])
    return text.getvalue()


def is_same_person(one: str, other: str) -> bool:
    """Whether two names are one person's: case, width and blanks at the ends make no second one.

    >>> is_same_person("Dana", " dana"), is_same_person("dana", "noa")
    (True, False)
    """
    return _key(one) == _key(other)


def _key(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().strip()


class Drafts:
    """The drafts of a data folder; one process writes them, its threads one at a time."""

    def __init__(self, data_dir: Path, now: Callable[[], datetime] = clock_now) -> None:
        self._raw, self._folder, self._now = data_dir / "raw", data_dir / FOLDER, now
        self._alone = threading.Lock()

    def all(self) -> list[Draft]:
        """Every draft that waits, the oldest first; a file that does not read back is none."""
        drafts = [draft for path in self._folder.glob("*.json") if (draft := _read(path))]
        return sorted(drafts, key=lambda draft: (draft.moment_utc, draft.id))

    def get(self, draft_id: str) -> Draft:
        """One draft; raises DraftRefused where there is none of that id."""
        draft = _read(self._file(draft_id)) if ID.fullmatch(draft_id) else None
        if draft is None:
            raise DraftRefused("no draft of this id waits: it was approved, withdrawn or never there")
        return draft

    def add(self, election: str, text: str, by: str) -> Draft:
        """Keep a sheet as a draft; raises DraftRefused where too much waits already."""
        with self._alone:
            if len(text.encode()) > LARGEST_DRAFT or len(list(self._folder.glob("*.json"))) >= MOST_DRAFTS:
                raise DraftRefused(f"at most {MOST_DRAFTS} drafts of {LARGEST_DRAFT:,} bytes wait: settle some first")
            moment = self._now().isoformat(timespec="seconds")
            draft = Draft(id=secrets.token_hex(16), election=election, text=text, by=by, moment_utc=moment)
            self._write(f"{draft.id}.json", draft.model_dump_json().encode())
            return draft

    def withdraw(self, draft_id: str) -> None:
        """Take a draft away; anybody at the desk may."""
        with self._alone:
            self._file(self.get(draft_id).id).unlink(missing_ok=True)

    def approve(self, draft_id: str, by: str, *, is_alone: bool = False) -> Path:
        """Make a draft a sheet of the desk's own, and keep who did; returns the sheet.

        Raises DraftRefused for a draft of one's own, unless the desk is set to be one person's.
        """
        with self._alone:
            draft = self.get(draft_id)
            if is_same_person(draft.by, by) and not is_alone:
                raise DraftRefused("a draft is approved by another person than the one who entered it")
            moment = self._now().isoformat(timespec="seconds")
            row = Approval(draft=draft.id, election=draft.election, by=draft.by, approved_by=by, moment_utc=moment)
            others = [one for one in self.approvals() if one.draft != draft.id]
            self._write(APPROVALS, APPROVALS_FILE.dump_json([*others, row]))
            sheet = self._raw / DESK / DESK_SHEETS / draft.election / f"{draft.id}.csv"
            make_folder(sheet.parent)
            replace(sheet, draft.text.encode())
            self._file(draft.id).unlink(missing_ok=True)  # last: cut off before, it waits and is approved again
            return sheet

    def approvals(self) -> list[Approval]:
        """Who approved what in the last twelve months, the newest last."""
        return [row for row in self._every_approval() if not self._is_past(row.moment_utc)]

    def sweep(self) -> None:
        """Forget the names that are older than twelve months: approvals, and drafts nobody settled."""
        with self._alone:
            approvals = self.approvals()
            if approvals != self._every_approval():
                self._write(APPROVALS, APPROVALS_FILE.dump_json(approvals))
            for draft in self.all():
                if self._is_past(draft.moment_utc):
                    self._file(draft.id).unlink(missing_ok=True)

    def _every_approval(self) -> list[Approval]:
        try:
            return APPROVALS_FILE.validate_json((self._folder / APPROVALS).read_bytes())
        except FileNotFoundError:
            return []
        except ValidationError as error:
            raise DraftRefused(f"{self._folder / APPROVALS}: {error.errors()[0]['msg']}; put the file aside") from error

    def _is_past(self, moment_utc: str) -> bool:
        return datetime.fromisoformat(moment_utc) < self._now() - RETENTION

    def _file(self, draft_id: str) -> Path:
        return self._folder / f"{draft_id}.json"

    def _write(self, name: str, content: bytes) -> None:
        make_folder(self._folder)
        self._folder.chmod(0o700)  # names of people: nobody else's to read
        replace(self._folder / name, content)


def _read(path: Path) -> Draft | None:
    if path.name == APPROVALS:
        return None
    try:
        return Draft.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
