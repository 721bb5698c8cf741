"""The Atom feed of a campaign: what each edition changed and the alerts told, in one language.

Ids are tags that never change, links are relative to the feed itself, times are the as-of day's first moment, so
that the same editions give the same bytes. While a publication ban binds there is nothing in it.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from html import escape
from xml.etree import ElementTree

from dashboard import compared, news, sentences, status
from dashboard.address import query
from dashboard.blocks import Join, Name, Words
from dashboard.i18n import HIDDEN, Translator, translator
from dashboard.names import named
from dashboard.reader import sealed_of
from dashboard.render.text import name_text, say
from dashboard.view import View
from pipelines.editions.records import Alerts
from pipelines.errors import EditionError

log = logging.getLogger(__name__)

MIMETYPE = "application/atom+xml"
ATOM = "http://www.w3.org/2005/Atom"
AUTHORITY = "tag:hemicycle,2026"
MOST_ENTRIES = 30


@dataclass(frozen=True)
class Entry:
    """One thing to tell: its id, its day, its page, and what it says."""

    id: str
    day: date
    edition: str
    title: str
    paragraphs: tuple[str, ...]


def atom(view: View, t: Translator) -> bytes:
    """The feed as a file, the newest entry first."""
    rows = [] if view.is_frozen else entries(view, t)
    election = view.edition.reference.election
    root = ElementTree.Element("feed", {"xmlns": ATOM, "xml:lang": view.lang})
    _put(root, "id", f"{AUTHORITY}:{election.id}/{view.lang}")
    _put(root, "title", t("news.feed_title", site=t("site.name"), election=name_text(named(election), t)))
    chain = sealed_of(view.edition)
    texts: list[Words | Name | Join] = [status.frozen(view)] if view.is_frozen else []
    texts += [next(text for name, text in status.notices(view) if name == "kind")] if view.is_over else []
    texts += [*status.rehearsed(view), *([status.sealed_head(chain)] if chain else [])]
    if texts:
        _put(root, "subtitle", " ".join(say(each, t) for each in texts))
    _put(root, "updated", _moment(max([view.projection.as_of, *(entry.day for entry in rows)])))
    ElementTree.SubElement(ElementTree.SubElement(root, "author"), "name").text = t("site.name")
    ElementTree.SubElement(root, "link", {"rel": "self", "type": MIMETYPE, "href": view.feed})
    ElementTree.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": _page(view, None)})
    for entry in rows:
        _entry(root, entry, view)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def entries(view: View, t: Translator) -> list[Entry]:
    """What is told up to the edition on show, the newest first."""
    rows = [*_changes(view, t), *_alerts(view, t)]
    rows.sort(key=lambda entry: (entry.day, entry.id), reverse=True)
    return rows[:MOST_ENTRIES]


def _changes(view: View, t: Translator) -> Iterator[Entry]:
    """One entry an edition that is compared with one before it."""
    for edition in compared.store_of(view.edition).all(view.edition.election):
        if edition.id[:10] > view.edition.id[:10]:
            continue
        past = replace(view, path="/", edition=edition, edition_asked=edition.id, parameters={}, state=())
        try:
            if past.is_waiting:
                continue  # it has no numbers to tell
            pairs = compared.comparisons(edition)
            lines = [
                text for key, changes in pairs for text in (news.title(key, changes), *news.statements(past, changes))
            ]
            texts = tuple(say(text, t) for text in (sentences.headline(past), *lines))
        except EditionError as error:
            log.warning("entry left out: %s", error)
            continue
        if pairs:
            day = pairs[0][1].to_as_of
            title = t("news.feed_entry", date=t.date(day))
            yield Entry(f"changes/{edition.id}", day, edition.id, title, texts)


def _alerts(view: View, t: Translator) -> Iterator[Entry]:
    try:
        recorded = compared.store_of(view.edition).record(Alerts, view.edition.reference.electorate.id)
    except EditionError as error:
        log.warning("alerts left out: %s", error)
        return
    for alert in recorded.alerts if recorded else ():
        if alert.kind == "briefing":  # it has a page of its own
            continue
        if alert.election == view.edition.election and alert.edition[:10] <= view.edition.id[:10]:
            text = news.alert(view, alert, t)
            yield Entry(f"alerts/{alert.key}", alert.date, alert.edition, t("news.alert", text=text), (f"{text}.",))


def _entry(root: ElementTree.Element, entry: Entry, view: View) -> None:
    node = ElementTree.SubElement(root, "entry")
    _put(node, "id", f"{AUTHORITY}:{view.edition.election}/{view.lang}/{entry.id}")
    _put(node, "title", entry.title)
    _put(node, "updated", _moment(entry.day))
    ElementTree.SubElement(node, "link", {"rel": "alternate", "type": "text/html", "href": _page(view, entry.edition)})
    items = "".join(f"<li>{escape(text)}</li>" for text in entry.paragraphs)
    ElementTree.SubElement(
        node, "content", {"type": "html"}
    ).text = f'<ul dir="{translator(view.lang).direction}">{items}</ul>'


def _put(node: ElementTree.Element, name: str, text: str) -> None:
    """A title or id without characters that only a page knows how to show."""
    ElementTree.SubElement(node, name).text = HIDDEN.sub("", text)


def _page(view: View, edition: str | None) -> str:
    return "/" + query({"election": view.edition.election, "edition": edition, "lang": view.lang})


def _moment(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
