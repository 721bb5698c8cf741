"""An API answer → its page: title, revision, sub-pages, and each polling table with its place on the page."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lxml import etree

from electoral.polls import Unit
from pipelines.electorate.settings import SourceSettings
from pipelines.sources.dates import years_in
from pipelines.sources.decode import complete_html, decode, refuse_sheet
from pipelines.sources.errors import PageRefused
from pipelines.sources.guards import refuse_challenge
from pipelines.sources.html import Grid, grid_of, parse_html, references_of, visible_text
from pipelines.sources.text import one_line, tidy


class Section(StrEnum):
    """What the headings over a table make of it."""

    ORDINARY = "ordinary"
    SCENARIO = "scenario"
    EXIT_POLL = "exit poll"
    PERCENTAGE = "percentage"
    SEATS = "seats"
    SUBGROUP = "part of the public"
    OTHER = "no seats asked"
    UNKNOWN = "headings nobody knows"


SUBGROUP = r"\bvoters\b|\bstudents?\b|\bsoldiers?\b|\bby (community|sector|region)\b"
OF_COMMUNITY = r"[- ](?:sector|community|citizens|respondents|electorate)"
OTHER_UNIT = {
    Unit.SEATS: (Section.PERCENTAGE, r"percentages?\b|\bpopular vote\b|\bvote shares?\b"),
    Unit.SHARE: (Section.SEATS, r"\bseats?\b"),
}
HEADINGS = (
    (Section.OTHER, r"prime minister|other questions|approval|favou?rab|pollsters and publishers|graphical|guide"),
    (Section.SCENARIO, r"scenario|hypothetical|merger|alternative|what if"),
    (Section.EXIT_POLL, r"exit polls?\b"),
)
ORDINARY = r"seats?\b|\bpolls?\b|\bpolling\b"
_TITLE_YEARS = re.compile(r"\d{4}(?: ?[–-] ?\d{4})?\b", re.ASCII)
SUBPAGE = re.compile(r"^[\d–\- ]*(opinion polling|opinion polls|polling) for the .{4,60} election$", re.IGNORECASE)


class Headings:
    """What headings say, by the words of a page: the first section that any heading over a table matches.

    Under headings that match none, nothing is read. `settings`: `tables` are words of the headings whose tables are
    read, in place of "polls" and "seats"; its options `communities` name parts of the public ("rural": rural voters,
    the rural community), each asked alone in tables of their own.
    """

    def __init__(self, unit: Unit = Unit.SEATS, settings: SourceSettings | None = None) -> None:
        words = settings.tables if settings else ()
        ordinary = r"\b(?:" + "|".join(map(re.escape, words)) + ")" if words else ORDINARY
        found = ((Section.SUBGROUP, _subgroups(settings)), OTHER_UNIT[unit], *HEADINGS, (Section.ORDINARY, ordinary))
        self._patterns = tuple((section, re.compile(pattern, re.IGNORECASE)) for section, pattern in found)

    def section_of(self, path: tuple[str, ...]) -> Section:
        """What a table under these headings holds; under headings nobody knows, nothing we read.

        >>> Headings().section_of(("Seat projections", "2026")), Headings().section_of(("Scenario polls", "A and B"))
        (<Section.ORDINARY: 'ordinary'>, <Section.SCENARIO: 'scenario'>)
        """
        for section, pattern in self._patterns:
            if any(pattern.search(part[:200]) for part in path):
                return section
        return Section.ORDINARY if any(map(years_in, path)) else Section.UNKNOWN

    def section_of_title(self, title: str) -> Section:
        """A table before any heading is what the page is about: polls, where the title says nothing else."""
        return next((section for section, pattern in self._patterns if pattern.search(title[:200])), Section.ORDINARY)


def _subgroups(settings: SourceSettings | None) -> str:
    """A heading about a part of the public; a name of several words is one wherever it stands."""
    names = (*option(settings, "communities"), "young")
    words = "|".join(re.escape(name) + (r"\S*" if " " not in name else "") for name in names)
    whole = "".join(rf"|\b{re.escape(name)}\b" for name in names if " " in name)
    return rf"{SUBGROUP}|^(?:{words})$|\b(?:{words}){OF_COMMUNITY}\b{whole}"


def option(settings: SourceSettings | None, name: str) -> tuple[str, ...]:
    """The words of an option of sources.toml, none where it is not given."""
    found = settings.options.get(name, ()) if settings else ()
    return (found,) if isinstance(found, str) else tuple(found)


@dataclass(frozen=True, slots=True)
class Page:
    """A polling page as the API gave it."""

    title: str
    revision: int | None
    text: str


@dataclass(frozen=True, slots=True)
class PlacedTable:
    """A polling table with the headings over it, outermost first, and the years they name."""

    number: int
    path: tuple[str, ...]
    section: Section
    years: tuple[int, ...]
    grid: Grid

    @property
    def place(self) -> str:
        return f"{' > '.join(one_line(part, 60) for part in self.path) or 'top'}, table {self.number}"


def read_page(body: bytes, content_type: str = "") -> Page:
    """The page inside an API answer, or a saved page; raises PageRefused when it is neither."""
    text = decode(body, content_type)
    if not text.lstrip().startswith(("{", "[")):
        refuse_challenge(text)
        refuse_sheet(text)
        if not complete_html(text):
            raise PageRefused("the saved page breaks off before </html>; save it again")
        return Page(_html_title(text), None, text)
    answer = _json(text)
    if "error" in answer:
        raise PageRefused(f"the API refused the page: {one_line(answer['error'])}")
    parsed = answer.get("parse")
    content = parsed.get("text") if isinstance(parsed, dict) else None
    page_text = content.get("*") if isinstance(content, dict) else content
    if not isinstance(parsed, dict) or not isinstance(page_text, str):
        raise PageRefused("the answer holds no parse.text; ask for action=parse&prop=text")
    refuse_challenge(page_text)
    revision = parsed.get("revid")
    return Page(tidy(str(parsed.get("title", "")))[:300], revision if isinstance(revision, int) else None, page_text)


def _json(text: str) -> dict[str, Any]:
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PageRefused(f"the answer is not whole JSON: {one_line(error)}; ask again") from error
    if not isinstance(answer, dict):
        raise PageRefused("the answer is no JSON object; ask for action=parse")
    return answer


def _html_title(text: str) -> str:
    match = re.search(r"<title>([^<]{1,300})</title>", text[:20_000], re.IGNORECASE)
    return tidy(match[1].removesuffix(" - Wikipedia")) if match else ""


def tables_of(page: Page, headings: Headings | None = None) -> tuple[PlacedTable, ...]:
    """Every wikitable of a page in order; raises PageRefused when it has none or loses depth."""
    headings = headings or Headings()
    root = parse_html(page.text)
    references = references_of(root)
    tables: list[PlacedTable] = []
    title_years = years_in(match[0]) if (match := _TITLE_YEARS.match(page.title)) else ()
    for path, table in _placed(root):
        named = [years for part in reversed(path) if (years := years_in(part))]
        years = named[0] if named else title_years
        section = headings.section_of(path) if path else headings.section_of_title(page.title)
        tables.append(PlacedTable(len(tables) + 1, path, section, years, grid_of(table, references)))
    if not tables:
        raise PageRefused(f"{page.title or 'the page'!r} has no polling table: a stub, a redirect or an emptied page")
    return tuple(tables)


def _placed(root: etree._Element) -> Iterator[tuple[tuple[str, ...], etree._Element]]:
    path: dict[int, str] = {}
    for element in root.iter("h1", "h2", "h3", "h4", "h5", "h6", "table"):
        if element.tag == "table":
            if "wikitable" in (element.get("class") or "").split() and not _inside_table(element):
                yield tuple(path[level] for level in sorted(path) if level > 1), element
        else:
            level = int(str(element.tag)[1])
            path = {outer: text for outer, text in path.items() if outer < level}
            path[level] = tidy(visible_text(element)).removesuffix("[edit]").strip()


def _inside_table(table: etree._Element) -> bool:
    return any("wikitable" in (outer.get("class") or "").split() for outer in table.iterancestors("table"))


def subpages_of(page: Page) -> tuple[str, ...]:
    """The titles of the polling pages this one sends its reader to, in order, itself not among them."""
    root = parse_html(page.text)
    election = re.search(r"(for the .{4,60} election)$", page.title, re.IGNORECASE)
    titles: dict[str, None] = {}
    for link in root.iter("a"):
        if not any("hatnote" in (outer.get("class") or "").split() for outer in link.iterancestors("div")):
            continue
        title = tidy(link.get("title") or "")[:300]
        same = election is None or title.lower().endswith(election[1].lower())
        if SUBPAGE.match(title) and same and title != page.title:
            titles[title] = None
    return tuple(titles)
