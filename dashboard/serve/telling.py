"""An alert as a channel is sent it: one sentence in one language; none while a ban is on, or of a move made weekly."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from dashboard import compared, news
from dashboard.blocks import Block, Paragraph
from dashboard.i18n import translator
from dashboard.names import named
from dashboard.pages.briefing.page import PAGE as BRIEFING
from dashboard.pages.tonight.numbers import usual_move
from dashboard.reader import Reader
from dashboard.render.text import letter, name_text
from dashboard.settings import settings
from dashboard.view import View
from pipelines.editions import gate
from pipelines.editions.records import Alert, Changes
from pipelines.editions.store import Edition, EditionStore

MOVES = ("bloc-chance", "list-passes", "lead-changes")  # the rest are no movement of votes


def teller(processed: Path, now: datetime) -> Callable[[Alert, str], tuple[str, str, bool]]:
    """What says an alert: title, text, and whether it is no more than polls move every week.

    The text is blank while the law forbids publishing anything new on that campaign.
    """
    reader = Reader(processed)

    def tell(alert: Alert, language: str) -> tuple[str, str, bool]:
        edition, t = reader.edition(alert.election, alert.edition), translator(language)
        if not settings().is_ban_relaxed and not gate.may_publish(edition.reference, "poll", now):
            return "", "", False
        view = view_of(edition, language, now.astimezone(edition.reference.zone).date())
        title = f"{t('site.name')} · {name_text(named(view.edition.reference.election), t)}"
        if alert.kind == "briefing":
            return title, briefing(view), False
        if alert.kind in MOVES and is_noise(
            view, alert, EditionStore(edition.objects).changes(alert.election, alert.edition)
        ):
            return title, "", True
        return title, f"{news.alert(view, alert, t)}.", False

    return tell


def view_of(edition: Edition, language: str, today: date) -> View:
    """An edition as nobody's browser looks at it: for what is sent."""
    return View("/", edition, edition.id, language, today, {}, (), (edition.reference.election,), settings=settings())


def briefing(view: View) -> str:
    """The briefing of an edition as a letter."""
    (block,) = (part for part in BRIEFING.blocks(view) if isinstance(part, Block))
    assert block.finding is not None
    return letter((Paragraph((block.finding, ".")), *block.lead), translator(view.lang))


def is_noise(view: View, alert: Alert, changes: Changes | None) -> bool:
    """Whether every list the alert is about moved no further than it usually does from a firm's poll to its next."""
    bloc = view.blocs.get(alert.subject)
    about = set(bloc.lists) if bloc and alert.kind == "bloc-chance" else {alert.subject}
    moved = [(move, usual_move(view, row.id)) for row in (changes.lists if changes else ()) if row.id in about
             and (move := compared.move(row)) is not None]  # fmt: skip
    return bool(moved) and all(usual is not None and abs(move) <= usual for move, usual in moved)
